"""Directives: issued by a leader, carried out by an agency to the deadline set, confirmed or returned."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.harness.casework import all_due

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 09:00 in Viet Nam
FRIDAY = date(2026, 11, 20)
END_OF_FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)  # 17:00
LEAD, HELPS, OTHER = "so-xd", "so-nnmt", "so-tc"


@dataclass
class Hands:
    """What tests turn: the moment everything asks for."""

    now: datetime = MONDAY


@pytest.fixture
def hands(site: Any, by_hand: None) -> Iterator[Hands]:
    from tinh.cases import api as cases

    found, before = Hands(), cases.ground()
    catalogue = site.prepared.catalogue
    cases.stand_on(replace(before, clock=lambda: cases.clock_of(catalogue), now=lambda: found.now))
    yield found
    cases.stand_on(before)


@pytest.fixture
def who(site: Any) -> Callable[..., Any]:
    from tinh.people import api as people

    def of(role: str, agency: str = "") -> Any:
        return people.actor_named(site.account(role, agency))

    return of


@pytest.fixture
def draft() -> Callable[..., Any]:
    from tinh.desks.api import directives

    def make(**fields: Any) -> Any:
        said: dict[str, Any] = {
            "key": uuid.uuid4().hex, "subject": "Xử lý ngập úng đường Bến Oánh", "agency": LEAD,
            "content": "Kiểm tra hệ thống thoát nước, xử lý dứt điểm.", "until": FRIDAY,
            "cooperating": (HELPS,),
        }  # fmt: skip
        return directives.Draft(**{**said, **fields})

    return make


@pytest.fixture
def issued(hands: Hands, who: Callable[..., Any], draft: Callable[..., Any]) -> Callable[..., Any]:
    from tinh.desks.api import directives

    return lambda **fields: directives.issue(draft(**fields), who("leader"))


@pytest.fixture
def does(who: Callable[..., Any]) -> Callable[..., Any]:
    """The lead agency or a leader takes a step of the process."""
    from tinh.cases import api as cases

    def act(code: str, action: str, reason: str = "", *, leads: bool = False, **data: Any) -> Any:
        actor = who("leader") if leads else who("case_officer", LEAD)
        return cases.act(code, action, actor, reason, data)

    return act


def _report(subject: str = "Ngập nước trước chợ") -> str:
    from tests.harness import casework

    return casework.opened(subject, LEAD, MONDAY)


def test_the_deadline_is_the_end_of_work_of_the_day_the_leader_set(
    issued: Callable[..., Any], does: Callable[..., Any]
) -> None:
    code = issued().code
    assert code.startswith("CD-")
    taken = does(code, "accept")
    assert taken.finish_by == taken.due_at == END_OF_FRIDAY
    assert taken.state == "working"


def test_a_directive_is_reported_returned_reported_again_and_confirmed(
    issued: Callable[..., Any], does: Callable[..., Any], hands: Hands, who: Callable[..., Any]
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import directives

    code = issued().code
    does(code, "accept")
    does(code, "progress", done=40, progress="Đã nạo vét hai hố ga")
    seen = directives.one(code, who("leader"))
    assert (seen.row.done, seen.row.progress) == (40, "Đã nạo vét hai hố ga")
    does(code, "answer", result="fixed", answer="Đã nạo vét xong")
    assert directives.one(code, who("leader")).decide
    does(code, "return", "Chưa nêu biện pháp lâu dài", leads=True)
    back = directives.one(code, who("case_officer", LEAD))
    assert (back.case.state, back.case.answered_at, back.row.returned) == ("working", None, 1)
    does(code, "answer", result="fixed", answer="Đã nạo vét, lắp lưới chắn rác")
    over = does(code, "confirm", leads=True)
    assert (over.state, over.outcome, over.due_at) == ("closed", "fixed", None)
    assert directives.one(code, who("leader")).row.answer == "Đã nạo vét, lắp lưới chắn rác"
    assert not cases.verify_history(code).problem


def test_more_time_is_asked_for_and_granted_by_a_leader_with_a_reason(
    issued: Callable[..., Any], does: Callable[..., Any], who: Callable[..., Any]
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import directives
    from tinh.people import api as people

    code = issued().code
    does(code, "accept")
    does(code, "ask_more", "Mưa lớn, chưa thi công được", until="2026-11-25")
    asked = directives.one(code, who("leader"))
    assert asked.row.asked_until == date(2026, 11, 25)
    assert asked.case.finish_by == END_OF_FRIDAY  # until somebody decides
    with pytest.raises(people.NotAllowed):
        does(code, "grant", "Tự gia hạn", until="2026-11-25")
    with pytest.raises(cases.ReasonMissing):
        does(code, "grant", leads=True, until="2026-11-23")
    granted = does(code, "grant", "Đồng ý đến thứ hai", leads=True, until="2026-11-23")
    assert granted.finish_by == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    late = cases.Step.objects.filter(case=granted, task="finish_late")
    with people.through("case"):
        assert list(late.values_list("due_at", flat=True)) == [granted.finish_by]
    assert directives.one(code, who("leader")).row.asked_until is None


def test_an_earlier_day_is_no_more_time_and_a_request_can_be_denied(
    issued: Callable[..., Any], does: Callable[..., Any], who: Callable[..., Any]
) -> None:
    from tinh.cases.clock_errors import NotLater
    from tinh.desks.api import directives

    code = issued().code
    does(code, "accept")
    does(code, "ask_more", "Cần thêm thời gian", until="2026-11-25")
    with pytest.raises(NotLater):
        does(code, "grant", "Đồng ý", leads=True, until="2026-11-19")
    kept = does(code, "deny", "Việc cấp bách", leads=True)
    assert kept.finish_by == END_OF_FRIDAY
    assert directives.one(code, who("leader")).row.asked_until is None


def test_an_agency_cannot_move_pause_or_withdraw_what_it_was_told(
    issued: Callable[..., Any], does: Callable[..., Any], who: Callable[..., Any]
) -> None:
    from tinh.cases import api as cases

    code = issued().code
    does(code, "accept")
    officer, clerk = who("case_officer", LEAD), who("desk_officer")
    offered = {o.id for o in cases.case(code, officer).offers}
    assert offered == {"progress", "answer", "ask_more", "assign"}
    later = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    from tinh.people import api as people

    with pytest.raises(people.NotAllowed):
        cases.extend(code, later, officer, "tự gia hạn")
    with pytest.raises(cases.NotOffered):
        cases.pause(code, officer, "tạm dừng")
    with pytest.raises(people.NotAllowed):
        cases.withdraw(code, clerk, "rút")
    [moved] = cases.assign(code, clerk, agency=OTHER)
    assert isinstance(moved.error, cases.NotOffered)
    with pytest.raises(cases.NotOffered):
        cases.set_public(code, True, clerk)


def test_an_agency_never_sees_the_directive_of_another(
    issued: Callable[..., Any], who: Callable[..., Any]
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import directives
    from tinh.people import api as people

    code = issued().code
    lead, helper, other = (who("case_officer", a) for a in (LEAD, HELPS, OTHER))
    assert code in {s.case.code for s in directives.listed(lead).items}
    helps = {s.case.code: s for s in directives.listed(helper).items}[code]
    assert not helps.whole
    assert code not in {s.case.code for s in directives.listed(other, limit=1000).items}
    for actor in (helper, other):
        with pytest.raises(cases.NoSuchCase):
            cases.case(code, actor)
    with pytest.raises(directives.NoSuchDirective):
        directives.one(code, other)
    with people.as_person(other):  # the second lock, whatever the code above does
        assert not cases.Case.objects.filter(code=code).exists()
    with pytest.raises(people.NotAllowed):
        directives.listed(who("viewer"))


def test_nobody_but_a_leader_issues_and_no_field_is_taken_on_trust(
    hands: Hands, who: Callable[..., Any], draft: Callable[..., Any]
) -> None:
    from tinh.desks.api import directives
    from tinh.people import api as people

    with pytest.raises(people.NotAllowed):
        directives.issue(draft(), who("case_officer", LEAD))
    wrong = draft(
        subject=" ", content="", agency="khong-co", until=date(2026, 11, 13), cooperating=("la-ai",),
        cases=("PA-0000-0001",), signed_on=date(2027, 1, 1),
    )  # fmt: skip
    with pytest.raises(directives.DirectiveUnfit) as refused:
        directives.issue(wrong, who("leader"))
    assert set(refused.value.faults) == {
        "subject", "content", "agency", "until", "cooperating", "cases", "signed_on",
    }  # fmt: skip


def test_the_same_draft_sent_twice_is_one_directive(
    hands: Hands, who: Callable[..., Any], draft: Callable[..., Any]
) -> None:
    from tinh.desks.api import directives

    same, leader = draft(), who("leader")
    assert directives.issue(same, leader).code == directives.issue(same, leader).code


def test_a_case_shows_the_directives_it_caused_to_those_who_may_know(
    issued: Callable[..., Any], does: Callable[..., Any], who: Callable[..., Any]
) -> None:
    from tests.harness import casework
    from tinh.cases import api as cases
    from tinh.desks.api import directives

    with casework.desk():
        report = _report()
    code = issued(cases=(report,), agency=OTHER).code
    officer = who("case_officer", LEAD)  # who has the report, and is not told to do anything
    assert cases.case(report, officer).linked == ()
    assert directives.of_cases([report], officer) == {}
    [seen] = directives.of_cases([report], who("leader"))[report]
    assert seen.case.code == code
    assert [one.code for one in directives.tied_to(seen, who("leader"))] == [report]
    assert directives.tied_to(seen, who("case_officer", OTHER)) == []


def test_watchers_and_agencies_are_told_at_each_turn(
    issued: Callable[..., Any], does: Callable[..., Any], hands: Hands, who: Callable[..., Any]
) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    who("case_officer", HELPS), who("case_officer", LEAD)
    case = issued()

    def told() -> set[tuple[str, str]]:
        with people.through("case"):
            return set(cases.Notice.objects.filter(case=case).values_list("template", "audience"))

    def heard(template: str) -> int:
        """How many people of the leading and the cooperating agency were told so."""
        with people.through("case"):
            return (
                cases.Notice.objects.filter(case=case, template=template)
                .values("recipient")
                .distinct()
                .count()
            )

    assert {("directive-issued", "agency"), ("directive-cooperate", "agency")} <= told()
    does(case.code, "accept")
    hands.now = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    all_due()
    assert ("soon", "agency") in told()
    hands.now = datetime(2026, 11, 20, 10, 1, tzinfo=UTC)
    all_due()
    assert {("directive-late", "watchers")} <= told()
    assert {t for t in told() if t[1] == "supervisors"}
    does(case.code, "answer", result="fixed", answer="Đã xong")
    assert ("directive-reported", "watchers") in told()
    does(case.code, "return", "Chưa nêu biện pháp lâu dài", leads=True)
    assert heard("directive-returned") >= 2  # who leads, and who helps and would else take it as done
    does(case.code, "answer", result="fixed", answer="Đã xong hẳn")
    does(case.code, "confirm", leads=True)
    assert ("directive-closed", "agency") in told()


def test_a_reopened_directive_gets_as_many_working_days_again(
    issued: Callable[..., Any], does: Callable[..., Any], hands: Hands, who: Callable[..., Any]
) -> None:
    from tinh.cases import api as cases

    code = issued().code
    does(code, "accept")
    does(code, "answer", result="fixed", answer="Đã xong")
    does(code, "confirm", leads=True)
    again = cases.reopen(code, who("leader"), "Ngập trở lại")
    assert again.state == "new" and again.finish_by is not None
    assert again.finish_by >= END_OF_FRIDAY


def test_monthly_figures_tell_on_time_from_late_by_lead_agency(
    issued: Callable[..., Any], does: Callable[..., Any], hands: Hands, who: Callable[..., Any]
) -> None:
    import csv
    import io

    from tinh.cases import api as cases
    from tinh.desks.api import directives

    def row() -> dict[str, int]:
        text = directives.monthly("2027-03").data.decode()
        found = [r for r in csv.DictReader(io.StringIO(text)) if r["agency"] == LEAD]
        counted = found[0] if found else {}
        return {name: int(counted.get(name, 0)) for name in ("issued", "reported", "on_time", "late", "due")}

    hands.now = datetime(2027, 3, 1, 2, 0, tzinfo=UTC)
    before = row()
    codes = [issued(until=date(2027, 3, day)).code for day in (5, 5, 5, 26, 5)]
    for code in codes[:2]:
        does(code, "accept")
    does(codes[0], "answer", result="fixed", answer="Đã xong")
    cases.withdraw(codes[4], who("leader"), "Nhầm")
    hands.now = datetime(2027, 3, 9, 2, 0, tzinfo=UTC)
    does(codes[1], "answer", result="fixed", answer="Đã xong, chậm")
    gained = {name: value - before[name] for name, value in row().items()}
    assert gained == {"issued": 4, "reported": 2, "on_time": 1, "late": 2, "due": 3}


def test_public_statistics_of_reports_do_not_count_directives(
    hands: Hands, issued: Callable[..., Any]
) -> None:
    from tinh.desks.api import reports

    before = reports.cube(reports.Period())
    issued()
    assert reports.cube(reports.Period()) == before


def test_software_reads_them_by_kind_and_no_public_page_knows_one(
    issued: Callable[..., Any], who: Callable[..., Any], site: Any
) -> None:
    code = issued().code
    asked = "/api/v1/cases?kind=directive&order=newest&limit=1000"

    def listed(role: str, agency: str = "") -> set[str]:
        with site.person(role, agency) as client:
            found = client.get(asked).json()["items"]
        assert {one["kind"] for one in found} <= {"directive"}
        return {one["code"] for one in found}

    assert code in listed("leader") & listed("case_officer", LEAD)
    assert code not in listed("case_officer", OTHER)
    with site.person("viewer") as client:
        assert client.get("/chi-dao/").status_code == 403
        assert client.get(f"/phan-anh/{code}").status_code == 404


def test_simulated_directives_lie_on_hot_spots_and_go_on_as_real_ones_do(site: Any) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import directives, reports
    from tinh.people import api as people

    end = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
    reports.simulate(260, 77, end=end, days=90)
    made = directives.simulate(8, 77, end=end, days=60)
    assert made >= 3
    assert directives.simulate(8, 77, end=end, days=60) == 0
    with people.through("case"):
        rows = list(cases.Case.objects.filter(key__startswith="simulated/directives/77/8/"))
        ties = cases.Link.objects.filter(case__in=rows, kind="caused_by").values_list("case_id", flat=True)
    assert len(rows) == made and all(row.simulated for row in rows)
    assert set(ties) == {row.pk for row in rows}
    assert not any(cases.verify_history(row.code).problem for row in rows)
    leader = people.actor_named(site.account("leader", ""))
    for row in rows:
        if row.closed_at is None:
            assert [o for o in cases.case(row.code, leader).offers if o.id == "withdraw"]
            assert cases.case(row.code, leader).steps
