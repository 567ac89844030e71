"""Reports parted and merged: nobody learns who sent the parts, and whoever sent the whole hears of each."""

from __future__ import annotations

from typing import Any


def parted(sent: Any, clerk: Any, *subjects: str) -> list[Any]:
    from tinh.cases import api as cases

    whole = cases.case(sent.code, clerk).case  # as whoever may see reporters reads it
    openings = [
        cases.Opening(
            "report", subject, f"{sent.code}/{subject}"[:100], category=whole.category, body=whole.body,
            place=whole.place, agency="so-xd", process=whole.process,
        )
        for subject in subjects
    ]  # fmt: skip
    return cases.split(sent.code, openings, clerk, "Hai việc")


NAMED = "Cột đèn tắt và rác chất đống. Hạnh ở số 12 kể lại, hỏi Nguyễn Thị Hạnh."


def test_an_agency_that_handles_a_part_does_not_learn_who_sent_the_whole(
    draft: Any, caller: Any, who: Any
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent = reports.submit(draft(text=NAMED), caller())
    (part,) = parted(sent, who("desk_officer"), "Rác chất đống ở nhà Nguyễn Thị Hạnh")
    seen = cases.case(part.code, who("case_officer", "so-xd")).case
    assert "Nguyễn Thị Hạnh" not in seen.subject + seen.body and "Rác chất đống" in seen.subject


def test_whoever_sent_the_whole_is_told_of_its_parts_and_rates_each(
    draft: Any, caller: Any, who: Any, run: Any
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent, clerk = reports.submit(draft(), caller()), who("desk_officer")
    lamp, waste = parted(sent, clerk, "Cột đèn tắt", "Rác chất đống")
    told = [n.template for n in cases.notices_of(cases.one_case(sent.code, clerk)) if n.channel == "mail"]
    assert told == ["parted"]
    run(lamp.code)
    heard = [n.template for n in cases.notices_of(cases.one_case(lamp.code, clerk)) if n.channel == "mail"]
    assert "report-published" in heard
    own = reports.track_link(sent.token, caller())
    assert [(one.code, one.state) for one in own.parts] == [(lamp.code, "published"), (waste.code, "new")]
    assert own.parts[0].answer.startswith("Đã thay bóng") and own.parts[1].answer == ""
    assert "rate" in reports.track(lamp.code, "0912345678", caller()).may


def test_whoever_sent_a_duplicate_reads_what_came_of_the_other_though_it_is_not_public(
    draft: Any, caller: Any, who: Any, run: Any
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    clerk = who("desk_officer")
    first, second, last = (reports.submit(draft(email=f"{n}@example.vn"), caller()) for n in "abc")
    cases.merge(first.code, second.code, clerk, "trùng")
    cases.merge(second.code, last.code, clerk, "trùng")
    run(last.code)
    into = reports.track_link(first.token, caller()).into
    assert into is not None and (into.code, into.state) == (last.code, "published")
    assert into.answer.startswith("Đã thay bóng")
