"""What is written while a report is handled: to its sender, to everybody, and to programs."""

from __future__ import annotations

from typing import Any

import pytest


def texts(one: Any, what: str) -> list[str]:
    return [m.text for m in one.moments if m.what == what]


def test_a_public_note_is_read_by_its_sender_at_once_and_by_everybody_once_the_report_is_shown(
    draft: Any, caller: Any, who: Any, hands: Any
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent, clerk = reports.submit(draft(), caller()), who("desk_officer")
    cases.note(sent.code, "Đã đặt mua bóng đèn, chị Nguyễn Thị Hạnh chờ đến thứ Sáu.", clerk, public=True)
    cases.note(sent.code, "Kho báo hết bóng.", clerk)
    (own,) = texts(reports.track_link(sent.token, caller()), "noted")
    assert own.startswith("Đã đặt mua bóng đèn") and "Hạnh" not in own
    reports.show(sent.code, clerk)
    assert texts(reports.public_case(sent.code), "noted") == [own]
    (found,) = [
        h.moment
        for h in reports.happened(hands.now, hands.now, codes=[sent.code])
        if h.moment.what == "noted"
    ]
    assert found.text == own


def test_an_agency_speaks_to_citizens_by_its_answer_alone(draft: Any, caller: Any, who: Any) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports
    from tinh.people import api as people

    sent = reports.submit(draft(), caller())
    agency = cases.one_case(sent.code, who("desk_officer")).agency
    officer = who("case_officer", agency)
    cases.note(sent.code, "Nội bộ thì được.", officer)
    with pytest.raises(people.NotAllowed):
        cases.note(sent.code, "Chưa ai duyệt.", officer, public=True)
    assert texts(reports.track_link(sent.token, caller()), "noted") == []


def test_its_sender_is_told_of_a_public_note_and_followers_once_they_can_read_it(
    draft: Any, caller: Any, who: Any, hands: Any
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent, clerk = reports.submit(draft(), caller()), who("desk_officer")
    cases.support(sent.code, cases.Party(email="theo@example.vn"))

    def told() -> list[tuple[str, str]]:
        found = cases.notices_of(cases.one_case(sent.code, clerk))
        return sorted((n.audience, n.channel) for n in found if n.template == "noted")

    own = [("reporter", "mail"), ("reporter", "sms")]
    cases.note(sent.code, "Chưa có bóng.", clerk)
    assert told() == []
    cases.note(sent.code, "Thợ đến chiều nay.", clerk, public=True)
    assert told() == own
    reports.show(sent.code, clerk)
    cases.note(sent.code, "Thợ đã đến.", clerk, public=True)
    assert told() == sorted([*own, *own, ("supporters", "mail")])


def test_its_sender_reads_what_was_asked_until_when_and_what_they_added(
    draft: Any, caller: Any, who: Any, hands: Any
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent, clerk = reports.submit(draft(), caller()), who("desk_officer")
    cases.act(sent.code, "ask", clerk, "Cột đèn số mấy?")
    asked = reports.track_link(sent.token, caller())
    assert asked.asked_until is not None
    assert asked.asked_until.astimezone(cases.ground().clock().zone).strftime("%d.%m %H:%M") == "23.11 17:00"
    hands.later(days=1)
    told = reports.supplement(sent.code, "Cột số 15, gọi 0912345678")
    assert told.asked_until is None and texts(told, "added") == ["Cột số 15, gọi 0912345678"]
    reports.show(sent.code, clerk)
    assert texts(reports.public_case(sent.code), "added") == [""]


def test_whoever_handles_a_report_again_reads_how_the_answer_was_rated(
    draft: Any, caller: Any, who: Any, run: Any
) -> None:
    from tinh.desks.api import reports

    sent = reports.submit(draft(), caller())
    run(sent.code)
    reports.rate(sent.code, "unsatisfied", "Đèn vẫn chớp, hỏi chị Nguyễn Thị Hạnh")
    (one,) = reports.ratings(sent.code, who("case_officer", "so-xd"))
    assert one.word == "unsatisfied" and one.remark.startswith("Đèn vẫn chớp") and "Hạnh" not in one.remark
    assert one.again and one.answer.startswith("Đã thay bóng")


def test_an_extension_and_its_apology_stand_in_the_story(
    draft: Any, caller: Any, who: Any, hands: Any
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent, clerk = reports.submit(draft(), caller()), who("desk_officer")
    case = cases.act(sent.code, "accept", clerk, data={"handler": "so-xd"})
    until = cases.clock_of(reports_catalogue()).add_working(case.finish_by, days=3)
    cases.extend(sent.code, until, clerk, "Chờ vật tư.", "Chúng tôi xin lỗi.")
    (moment,) = [m for m in reports.track_link(sent.token, caller()).moments if m.what == "extended"]
    assert moment.text == "Chờ vật tư.\nChúng tôi xin lỗi." and "gia hạn đến" in moment.says.vi


def test_a_report_opened_again_by_a_clerk_keeps_when_it_was_answered_before(
    draft: Any, caller: Any, who: Any, run: Any
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent = reports.submit(draft(), caller())
    run(sent.code)
    reports.rate(sent.code, "satisfied")
    cases.reopen(sent.code, who("desk_officer"), "Đèn lại tắt")
    told = [m.what for m in reports.track_link(sent.token, caller()).moments]
    assert told == ["opened", "accepted", "answered", "published", "rated", "reopened"]


def reports_catalogue() -> Any:
    from tinh.jobs import api as jobs

    return jobs.catalogue()


def test_a_refusal_says_why_once_and_followers_hear_of_it(draft: Any, caller: Any, who: Any) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent, clerk = reports.submit(draft(), caller()), who("desk_officer")
    cases.support(sent.code, cases.Party(email="theo@example.vn"))
    why = reports_catalogue().refusals["not-here"]
    words = f"{why.says.vi} {why.go.vi}" + (f" ({why.phone})" if why.phone else "")
    cases.act(sent.code, "refuse", clerk, f"{words} Cột ở bên kia cầu.", {"refusal": "not-here"})
    own = reports.track_link(sent.token, caller())
    assert own.refusal is not None and own.answer == "Cột ở bên kia cầu."
    told = cases.notices_of(cases.one_case(sent.code, clerk))
    assert {n.audience for n in told if n.template == "report-refused"} == {"reporter", "supporters"}
    letters = [c for c in cases.claim("mail", 1000) if c.code == sent.code]
    assert letters and all(one.body.count(why.says.vi) == 1 for one in letters)


def test_a_refused_report_that_a_clerk_opens_again_still_says_that_it_was_refused(
    draft: Any, caller: Any, who: Any, hands: Any
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent, clerk = reports.submit(draft(), caller()), who("desk_officer")
    hands.later(minutes=5)
    cases.act(sent.code, "refuse", clerk, "Không rõ.", {"refusal": "unclear"})
    hands.later(hours=1)
    cases.reopen(sent.code, clerk, "Người gửi gọi lại, nói rõ")
    own = reports.track_link(sent.token, caller())
    assert [m.what for m in own.moments] == ["opened", "refused", "reopened"]
    assert own.refusal is None and own.answer == ""
