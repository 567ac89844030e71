"""A report from the phone to the answer, the rating and the question of four weeks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.harness.casework import all_due


def test_a_report_goes_from_the_phone_to_a_published_answer(draft, caller, run, hands) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent = reports.submit(draft(), caller())
    assert sent.accept_by == hands.now + timedelta(
        days=1, minutes=30
    )  # 6 working hours on Monday, 2 on Tuesday
    told = reports.track_link(sent.token, caller())
    assert (told.state, told.may, told.place) == ("new", ("withdraw",), "05443")
    done = run(sent.code)
    assert (done.state, done.outcome, done.agency, done.due_at) == ("published", "fixed", "so-xd", None)
    told = reports.track_link(sent.token, caller())
    assert told.may == ("rate",) and told.reopens and told.answer == "Đã thay bóng, gọi ▮▮▮"
    seen = reports.public_case(sent.code)
    assert "0912" not in seen.body and "▮▮▮" in seen.body and seen.name == ""
    assert (seen.answer, seen.outcome, seen.late) == ("Đã thay bóng, gọi ▮▮▮", "fixed", False)
    assert cases.verify_history(sent.code).problem == ""


def test_a_report_sent_twice_is_one_report(draft, caller) -> None:
    from tinh.desks.api import reports

    one = draft()
    first, again = reports.submit(one, caller()), reports.submit(one, caller())
    assert (first.code, first.token, first.new, again.new) == (again.code, again.token, True, False)


def test_a_refusal_names_the_reason_and_where_to_go(draft, caller, who) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent = reports.submit(draft(), caller())
    done = cases.act(
        sent.code, "refuse", who("desk_officer"), "Tranh chấp ranh giới", {"refusal": "land-dispute"}
    )
    assert (done.state, done.outcome, done.closed_at is not None) == ("refused", "refused", True)
    told = reports.track_link(sent.token, caller())
    assert told.refusal is not None and "Tòa án" in told.refusal.go.vi and told.may == ()


def test_the_clock_stands_while_the_sender_adds_and_may_be_asked_once(draft, caller, who, hands) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent = reports.submit(draft(), caller())
    clerk = who("desk_officer")
    hands.later(hours=1)
    asked = cases.act(sent.code, "ask", clerk, "Cột đèn số mấy?")
    assert asked.state == "waiting" and asked.paused_at is not None
    assert reports.track_link(sent.token, caller()).question == "Cột đèn số mấy?"
    hands.later(days=1)
    told = reports.supplement(sent.code, "Cột số 15, gọi 0912345678")
    assert told.state == "new" and not told.paused and told.accept_by > sent.accept_by
    offered = {o.id for o in cases.actions_of(cases.one_case(sent.code, clerk), clerk)}
    assert "accept" in offered and "ask" not in offered
    with pytest.raises(reports.NotNow):
        reports.supplement(sent.code, "Thêm nữa")


def test_what_is_not_added_in_five_working_days_closes_the_report_with_word(
    draft, caller, who, hands
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent = reports.submit(draft(), caller())
    cases.act(sent.code, "ask", who("desk_officer"), "Ở đoạn nào?")
    hands.later(days=6, hours=23)
    all_due(hands.now)
    assert reports.track_link(sent.token, caller()).state == "waiting"
    hands.later(hours=12)
    all_due(hands.now)
    told = reports.track_link(sent.token, caller())
    assert told.state == "refused" and told.refusal is not None and told.refusal.id == "no-supplement"


def test_not_satisfied_opens_it_again_once(draft, caller, run, hands) -> None:
    from tinh.desks.api import reports

    sent = reports.submit(draft(), caller())
    run(sent.code)
    told = reports.rate(sent.code, "unsatisfied", "Đèn vẫn tắt. Nguyễn Thị Hạnh")
    assert told.remark == "Đèn vẫn tắt. ▮▮▮"
    assert (told.state, told.word, told.finish_by > hands.now) == ("assigned", "unsatisfied", True)
    from tinh.cases import api as cases
    from tinh.people import api as people

    with people.through("case"):
        assert cases.Case.objects.get(code=sent.code).answered_at is None
    _finish(sent.code, hands)
    told = reports.rate(sent.code, "unsatisfied")
    assert told.state == "closed" and told.may == ()


def _finish(code, hands) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    officer = people.Actor(name="x", role="administrator")
    for action, data in (
        ("start", {}),
        ("answer", {"result": "fixed", "answer": "Thay lại"}),
        ("publish", {}),
    ):
        cases.act(code, action, officer, data=data, at=hands.later(hours=1))


def test_after_four_weeks_the_sender_is_asked_and_after_five_it_is_over(draft, caller, run, hands) -> None:
    from tinh.desks.api import reports

    sent = reports.submit(draft(), caller())
    run(sent.code)
    hands.later(days=28, hours=1)
    all_due(hands.now)
    told = reports.track_link(sent.token, caller())
    assert (told.state, told.asked_again, told.may) == ("published", True, ("rate",))
    hands.later(days=7)
    all_due(hands.now)
    told = reports.track_link(sent.token, caller())
    assert (told.state, told.outcome, told.may) == ("closed", "fixed", ())


def test_supervisors_hear_of_an_acceptance_that_is_overdue(draft, caller, who, hands) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports
    from tinh.people import api as people

    leader = who("leader")
    sent = reports.submit(draft(), caller())
    hands.later(days=3)
    all_due(hands.now)
    with people.through("case"):
        told = cases.Notice.objects.filter(case__code=sent.code, audience="supervisors")
        assert [n.template for n in told] == ["late"] * len(told)
        heard = {int(n.recipient.removeprefix("account:")) for n in told}
    leaders = people.User.objects.filter(role="leader", is_active=True)
    assert heard and heard <= set(leaders.values_list("pk", flat=True)) and leader.account


def test_handling_agencies_never_see_the_sender(draft, caller, run, who) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports
    from tinh.people import api as people

    sent = reports.submit(draft(), caller())
    run(sent.code)
    officer = who("case_officer", "so-xd")
    assert not cases.case(sent.code, officer).sees_parties
    with pytest.raises(people.NotAllowed):
        cases.parties_of(sent.code, officer, "Muốn gọi lại cho người gửi")
    seen = cases.parties_of(sent.code, who("desk_officer"), "Gọi lại để hỏi vị trí")
    assert [p.name for p in seen] == ["Nguyễn Thị Hạnh"]


def test_what_the_desk_keeps_of_people_is_erased_with_the_case(draft, caller, run, who) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports
    from tinh.desks.reports.models import Report
    from tinh.people import api as people

    sent = reports.submit(draft(), caller())
    run(sent.code)
    cases.erase_party(sent.code, who("administrator"), "Người gửi yêu cầu xóa")
    with people.through("case"):
        row = Report.objects.get(case__code=sent.code)
    assert (row.subject, row.body, row.answers, row.sent_from) == ("", "", {}, {})
    assert row.published_at is not None  # figures stay
    with pytest.raises(reports.NoSuchReport):
        reports.public_case(sent.code)
    with pytest.raises(reports.NotTold):
        reports.track_link(sent.token, caller())
    assert cases.verify_history(sent.code).problem == ""


def test_other_systems_hear_of_what_happened_in_the_order_it_happened(hands, draft, caller, who) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    clerk = who("desk_officer")
    codes = [reports.submit(draft(), caller()).code for _ in range(7)]
    since = hands.later(minutes=1)
    accepted = []
    for code in reversed(codes):  # the youngest first
        reports.show(code, clerk)
        cases.act(code, "accept", clerk, at=hands.later(minutes=1))
        accepted.append(code)
    told = reports.happened(since, hands.now, codes=codes)
    assert [one.report.code for one in told] == accepted
    [first] = reports.happened(since, hands.now, limit=1, codes=codes)
    assert first.report.code == accepted[0], "those after it come with the next question"


def test_the_name_of_a_hidden_sender_stands_in_no_answer_and_no_text_put_right(
    draft, caller, who, run
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    clerk, officer = who("desk_officer"), who("case_officer", "so-xd")
    sent, named = reports.submit(draft(), caller()), reports.submit(draft(show_name=True), caller())
    for one, said in ((sent, "▮▮▮"), (named, "Nguyễn Thị Hạnh")):
        cases.act(one.code, "accept", clerk, data={"handler": "so-xd"})
        cases.act(one.code, "start", officer)
        cases.act(
            one.code, "answer", officer,
            data={"result": "fixed", "answer": "Kính gửi bà Nguyễn Thị Hạnh, đèn đã sáng."},
        )  # fmt: skip
        cases.act(one.code, "publish", clerk)
        assert reports.public_case(one.code).answer == f"Kính gửi bà {said}, đèn đã sáng."
        shown = reports.show(one.code, clerk, body="Bà Nguyễn Thị Hạnh báo đèn tắt.")
        assert shown.body == f"Bà {said} báo đèn tắt."
