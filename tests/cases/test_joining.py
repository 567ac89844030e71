"""Cases are joined, parted, handed over, extended once and reopened, and both sides of it say so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.cases.conftest import MONDAY


def test_a_merged_case_leaves_its_people_to_the_other(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    kept, gone, clerk = opened(), opened(party=cases.Party("Bình", "0988 000 111")), who("desk_officer")
    cases.merge(gone.code, kept.code, clerk, "cùng một ổ gà")
    found = cases.one_case(kept.code, clerk)
    assert found.supporters == 1
    assert {p.role for p in cases.parties_of(kept.code, clerk, "kiểm tra người theo dõi")} == {
        "reporter", "supporter",
    }  # fmt: skip
    merged = cases.case(gone.code, clerk)
    assert (merged.case.state, merged.case.outcome, merged.case.due_at) == ("merged", "duplicate", None)
    assert [(x.kind, x.to.code) for x in merged.links] == [("duplicate_of", kept.code)]
    for code in (kept.code, gone.code):
        assert cases.verify_history(code).problem == ""
    with pytest.raises(cases.CaseClosed):
        cases.act(gone.code, "accept", clerk)
    with pytest.raises(cases.LinkUnfit):
        cases.merge(opened().code, gone.code, clerk, "gộp vào vụ việc đã gộp")


def test_a_case_is_parted_wholly_or_not_at_all(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    one, clerk = opened(), who("desk_officer")
    parts = [
        cases.Opening(kind="report", subject=f"Phần {n}", key=f"{one.code}/{n}", process="p", agency="so-xd")
        for n in (1, 2)
    ]
    with pytest.raises(cases.OpeningUnfit):
        empty = cases.Opening(kind="report", subject="", key="x")
        cases.split(one.code, [parts[0], empty], clerk, "hai việc")
    with pytest.raises(cases.OpeningUnfit):
        cases.split(one.code, parts * 30, clerk, "sáu mươi việc")
    assert cases.case(one.code, clerk).linked == ()
    made = cases.split(one.code, parts, clerk, "hai việc")
    assert {x.case.code for x in cases.case(one.code, clerk).linked} == {m.code for m in made}


def test_bulk_assigning_gives_one_result_a_case(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    a, b, clerk = opened(), opened(), who("desk_officer")
    done = cases.assign([a.code, "PA-0000-0000", b.code], clerk, agency="so-nv", reason="đúng thẩm quyền")
    went = [(d.code, d.error is None) for d in done]
    assert went == [(a.code, True), ("PA-0000-0000", False), (b.code, True)]
    officer = who("case_officer", "so-nv")
    assert {a.code, b.code} <= {c.code for c in cases.search(officer, "lương ngọc quyến").items}
    before = cases.search(who("case_officer", "so-xd"), "lương ngọc quyến")
    assert a.code not in {c.code for c in before.items}
    done = cases.assign(a.code, officer, person=who("case_officer", "so-yt").account)
    assert done[0].error is not None and "CAS042" in str(done[0].error)


def test_a_case_given_to_whoever_has_it_already_is_not_assigned(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    one, clerk = opened(), who("desk_officer")
    before = cases.case(one.code, clerk).case
    for agency in ("", before.agency):
        [done] = cases.assign(one.code, clerk, agency=agency, reason="đúng thẩm quyền")
        assert done.error is not None and "CAS050" in str(done.error)
    assert cases.case(one.code, clerk).case.seq == before.seq


def test_the_earliest_deadline_an_agency_owes_is_of_those_whose_clock_runs(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    one, clerk, lead = opened(), who("desk_officer"), who("leader")
    cases.assign(one.code, clerk, agency="walk-owes", reason="đúng thẩm quyền")

    def owed() -> object:
        return next(x.oldest for x in cases.loads(lead) if x.agency == "walk-owes")

    assert owed() == cases.case(one.code, clerk).case.due_at
    cases.pause(one.code, clerk, "chờ người gửi")
    assert owed() is None


def test_what_one_has_open_is_handed_to_a_colleague(opened: Any, who: Any, site: Any) -> None:
    from tinh.cases import api as cases

    officer, clerk = who("case_officer", "so-xd"), who("desk_officer")
    one = opened()
    cases.assign(one.code, officer, person=officer.account)
    assert one.code in {c.code for c in cases.queue(officer, cases.Filter(mine=True), limit=1000).items}
    done = cases.hand_over(officer.account, clerk.account, clerk, "nghỉ thai sản", codes=[one.code])
    assert [d.case.person_id for d in done if d.case] == [clerk.account]


def test_more_time_is_given_once_with_a_reason(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases
    from tinh.kit.errors import TinhError

    one, officer = opened(), who("case_officer", "so-xd")
    later = one.finish_by + timedelta(days=5)
    with pytest.raises(cases.ReasonMissing):
        cases.extend(one.code, later, officer, " ")
    assert cases.extend(one.code, later, officer, "Chờ vật tư", "Xin lỗi ông An").finish_by == later
    with pytest.raises(TinhError, match="CAS10"):
        cases.extend(one.code, later + timedelta(days=5), officer, "lần nữa")


def test_a_pause_gives_back_the_working_time_it_took(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    one, clerk = opened(), who("desk_officer")
    cases.act(one.code, "ask", clerk, "cho xin ảnh", at=MONDAY)
    back = cases.act(one.code, "supplement", None, at=MONDAY + timedelta(hours=1))
    clock = cases.ground().clock()
    assert back.paused_at is None
    assert clock.working_between(one.accept_by, back.accept_by) == 3600


def test_a_reopened_case_starts_its_promise_and_its_process_anew(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    one, clerk = opened(), who("desk_officer")
    cases.act(one.code, "refuse", clerk, "không thuộc thẩm quyền")
    again = cases.reopen(one.code, None, "chưa đúng", at=MONDAY + timedelta(days=7))
    assert (again.state, again.outcome, again.reopened) == ("new", "", 1)
    assert again.due_at > MONDAY + timedelta(days=7)
    assert cases.act(one.code, "accept", clerk, at=MONDAY + timedelta(days=7)).state == "working"
    with pytest.raises(cases.CaseOpen):
        cases.reopen(one.code, clerk, "lần nữa")
    assert cases.verify_history(one.code).problem == ""


def test_a_running_case_keeps_its_definition_when_a_newer_is_applied(opened: Any, who: Any) -> None:
    from tests.cases import diagrams
    from tests.cases.conftest import REPORT
    from tinh.cases import api as cases
    from tinh.cases import ground

    one = opened()
    newer = diagrams.definition(REPORT.replace('id="accept"', 'id="take"').replace("'accept'", "'take'"))
    ground.stand_on(ground.Ground(process=lambda _id: newer, now=lambda: MONDAY))
    two = opened()
    assert one.digest != two.digest
    assert cases.act(one.code, "accept", who("desk_officer")).state == "working"
    assert cases.act(two.code, "take", who("desk_officer")).state == "working"


def test_an_alert_opens_one_case(desk: Any, who: Any) -> None:
    from tinh.cases import api as cases

    said = cases.Opening(kind="incident", subject="PM2.5 vượt ngưỡng", key="-", agency="so-nnmt", process="p")
    first = cases.open_from_alert("pm25-high/05443/2026-11-16", said, who("operator"))
    assert cases.open_from_alert("pm25-high/05443/2026-11-16", said, who("operator")).code == first.code
    assert first.source == "alert"
    links = cases.case(first.code, who("desk_officer")).links
    assert [(x.kind, x.ref) for x in links] == [("caused_by", "alert:pm25-high/05443/2026-11-16")]
