"""Running cases move to a newer definition in bulk; who cannot says why and stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.cases import diagrams
from tests.cases.conftest import MONDAY, action, boundary, service, task
from tests.harness.casework import all_due

HEAD = diagrams.start("new") + task("new", action("accept"), 'tinh:role="triage" tinh:state="new"')
OLD = "".join((
    HEAD, diagrams.flow("new", "work"), task("work", action("done"), 'tinh:state="working"'),
    diagrams.flow("work", "ask"), task("ask", action("told"), 'tinh:state="waiting" tinh:pauses="true"'),
    diagrams.flow("ask", "e"), diagrams.end(),
))  # fmt: skip
NEW = "".join((
    HEAD, diagrams.flow("new", "handle"),
    task("handle", action("finish"), 'tinh:state="working" tinh:role="supervise"'),
    diagrams.flow("handle", "check"), boundary("urge", "handle", "PT24H", "e_urged", interrupts=False),
    diagrams.end("e_urged"),
    task("check", action("ok"), 'tinh:state="answered"'), diagrams.flow("check", "e"), diagrams.end(),
))  # fmt: skip
LATER = MONDAY + timedelta(hours=3)


@pytest.fixture
def older(site: Any) -> Iterator[Any]:
    """Cases opened now run by an older definition; the newer one is given."""
    from tinh.cases import ground

    there = ground.ground()
    old = diagrams.definition(OLD)
    ground.stand_on(ground.Ground(clock=there.clock, process=lambda _id: old, now=lambda: LATER))
    yield old, diagrams.definition(NEW)
    ground.stand_on(there)


def test_each_case_moves_by_itself_and_those_without_a_place_are_named(
    opened: Any, older: Any, who: Any
) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    old, new = older
    clerk, officer = who("desk_officer"), who("case_officer", "so-xd")
    fresh, working, asked, closed = opened(), opened(), opened(), opened()
    for one in (working, asked):
        cases.act(one.code, "accept", clerk, at=MONDAY)
    cases.act(asked.code, "done", officer, at=MONDAY)
    cases.withdraw(closed.code, clerk, "rút", at=MONDAY)
    mine = {fresh.code, working.code, asked.code, closed.code}

    def told(steps: dict[str, str], dry: bool) -> dict[str, str]:
        found = cases.move_cases(old.digest, new, steps, "bản mới", dry=dry)
        return {m.code: m.problem.en if m.problem else "" for m in found if m.code in mine}

    tried = told({}, dry=True)
    assert (tried[fresh.code], set(tried)) == ("", mine - {closed.code})
    assert "work" in tried[working.code] and "ask" in tried[asked.code]
    assert cases.one_case(working.code, clerk).digest == old.digest  # tried only
    moved = told({"work": "handle"}, dry=False)
    assert (moved[fresh.code], moved[working.code]) == ("", "") and "CAS012" in moved[asked.code]
    now = cases.one_case(working.code, clerk)
    assert (now.digest, now.state) == (new.digest, "working")
    last = cases.history(now)[-1]
    assert (last.action, last.reason, last.facts["from"]) == ("move process", "bản mới", old.digest[:12])
    with people.through("case"):
        rows = {s.task: s for s in cases.Step.objects.filter(case=now).exclude(task="")}
    assert set(rows) == {"handle", "urge"} and rows["urge"].due_at == LATER + timedelta(hours=24)
    assert {o.id for o in cases.actions_of(now, who("leader"))} >= {"finish"}
    assert cases.act(working.code, "finish", who("leader")).state == "answered"
    assert cases.one_case(asked.code, clerk).digest == old.digest
    assert all(cases.verify_history(code).problem == "" for code in mine)
    assert told({"work": "handle"}, dry=False).keys() == {asked.code}  # begun again, only the rest is left


def test_a_case_that_leaves_a_pause_by_its_move_counts_its_time_again(
    opened: Any, older: Any, who: Any
) -> None:
    from tinh.cases import api as cases

    old, new = older
    one = opened()
    cases.act(one.code, "accept", who("desk_officer"), at=MONDAY)
    still = cases.act(one.code, "done", who("case_officer", "so-xd"), at=MONDAY)
    assert still.paused_at is not None
    list(cases.move_cases(old.digest, new, {"ask": "check", "work": "handle"}, "bản mới"))
    now = cases.one_case(one.code, who("desk_officer"))
    assert (now.state, now.paused_at) == ("answered", None)
    assert now.finish_by > still.finish_by


def test_a_case_with_a_dead_letter_waits_until_it_is_freed(opened: Any, older: Any, who: Any) -> None:
    from tinh.cases import api as cases
    from tinh.cases import ground

    def broken(*_: Any) -> None:
        raise OSError("x")

    cases.register_service("test-broken", broken, attempts=1)
    body = diagrams.start("new") + service("new", "test-broken") + diagrams.flow("new", "e") + diagrams.end()
    there = ground.ground()
    stuck, new = diagrams.definition(body), diagrams.definition(body.replace('name="Bước new"', 'name="Đẩy"'))
    ground.stand_on(ground.Ground(clock=there.clock, process=lambda _id: stuck, now=lambda: LATER))
    one = opened()
    all_due(LATER)
    found = list(cases.move_cases(stuck.digest, new, {}, "bản mới"))
    assert [(m.code, str(m.problem and m.problem.en)) for m in found] == [
        (one.code, "a dead letter waits, free it first")
    ]
    with pytest.raises(cases.ReasonMissing):
        list(cases.move_cases(stuck.digest, new, {}, " "))
