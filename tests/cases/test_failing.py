"""A service that fails for good goes the way the diagram draws for it; a promise that moves takes its timers
along."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.cases import diagrams
from tests.cases.conftest import MONDAY, action, service, task
from tests.harness.casework import all_due

ERRORS = (
    '<bpmn:error id="er_road" name="no road" errorCode="no_road"/>'
    '<bpmn:error id="er_other" name="another" errorCode="another"/>'
)


def caught(id: str, on: str, to: str, error: str = "") -> str:
    reference = f'errorRef="{error}"' if error else ""
    event = f"<bpmn:errorEventDefinition {reference}/>"
    return diagrams.node("boundaryEvent", id, f'attachedToRef="{on}"', event) + diagrams.flow(id, to)


PUSHED = "".join((
    diagrams.start("new"),
    task("new", action("push"), 'tinh:role="triage" tinh:state="new"'), diagrams.flow("new", "pushing"),
    service("pushing", "test-remote"), diagrams.flow("pushing", "done"), diagrams.end("done"),
    caught("lost", "pushing", "by_hand", "er_road"), caught("broken", "pushing", "mend"),
    task("by_hand", action("ok"), 'tinh:state="working"'), diagrams.flow("by_hand", "e_hand"),
    diagrams.end("e_hand"),
    task("mend", action("ok"), 'tinh:state="assigned"'), diagrams.flow("mend", "e_mend"),
    diagrams.end("e_mend"),
))  # fmt: skip


@pytest.fixture
def running(site: Any) -> Iterator[Callable[..., None]]:
    """Let new cases run through a diagram of the test's own."""
    from tinh.cases import ground

    there = ground.ground()

    def through(body: str) -> None:
        found = diagrams.definition(body, ERRORS)
        ground.stand_on(ground.Ground(clock=there.clock, process=lambda _id: found, now=lambda: MONDAY))

    yield through
    ground.stand_on(there)


@pytest.fixture
def remote(site: Any) -> Callable[..., list[str]]:
    """A service that fails with what is given, and how often it was called."""

    def fails(fault: Exception, *, quick: bool = False, attempts: int = 3) -> list[str]:
        from tinh.cases import api as cases

        ran: list[str] = []

        def run(case: Any, _arguments: Any, _moment: Any) -> None:
            ran.append(case.code)
            raise fault

        cases.register_service("test-remote", run, quick=quick, attempts=attempts)
        return ran

    return fails


def rounds(hours: int = 10) -> None:

    for half in range(hours * 2):
        all_due(MONDAY + timedelta(minutes=30 * half))


def standing(code: str, who: Any) -> set[str]:
    from tinh.cases import api as cases
    from tinh.people import api as people

    with people.through("case"):
        return set(cases.Step.objects.filter(case__code=code, kind="user").values_list("task", flat=True))


@pytest.mark.parametrize("quick", [True, False])
def test_a_service_that_fails_for_good_takes_the_error_event_after_its_retries(
    opened: Any, who: Any, running: Any, remote: Any, quick: bool
) -> None:
    from tinh.cases import api as cases

    running(PUSHED)
    ran = remote(OSError("không nối được"), quick=quick)
    one, clerk = opened(), who("desk_officer")
    cases.act(one.code, "push", clerk, at=MONDAY)
    rounds()
    assert ran.count(one.code) == 3
    assert standing(one.code, who) == {"mend"}
    assert one.code not in {d.case.code for d in cases.dead_letters(clerk)}
    told = next(x for x in cases.history(one) if x.action == "service failed")
    assert told.facts == {"service": "test-remote", "step": "pushing", "error": "failed"}
    assert cases.verify_history(one.code).problem == ""


@pytest.mark.parametrize("quick", [True, False])
def test_a_declared_error_takes_the_event_that_names_it_at_once(
    opened: Any, who: Any, running: Any, remote: Any, quick: bool
) -> None:
    from tinh.cases import api as cases

    running(PUSHED)
    ran = remote(cases.ServiceDeclined(error="no_road", why="không có tuyến"), quick=quick)
    one = opened()
    cases.act(one.code, "push", who("desk_officer"), at=MONDAY)
    all_due(MONDAY)
    assert ran.count(one.code) == 1
    assert standing(one.code, who) == {"by_hand"}
    assert cases.one_case(one.code, who("desk_officer")).state == "working"


def test_what_no_event_catches_is_dead_at_once_when_declared_and_can_be_skipped(
    opened: Any, who: Any, running: Any, remote: Any
) -> None:
    from tinh.cases import api as cases

    running(PUSHED.replace(caught("broken", "pushing", "mend"), "").replace("er_road", "er_other"))
    ran = remote(cases.ServiceDeclined(error="no_road", why="không có tuyến"))
    one, clerk = opened(), who("desk_officer")
    cases.act(one.code, "push", clerk, at=MONDAY)
    rounds()
    assert ran.count(one.code) == 1
    dead = next(d for d in cases.dead_letters(clerk) if d.case.code == one.code)
    assert "no_road" in dead.error
    cases.skip_dead(dead.pk, clerk, "gửi bằng giấy")
    assert cases.one_case(one.code, clerk).state == "closed"


def test_an_error_climbs_to_the_sub_process_and_stops_what_else_goes_on_there(
    opened: Any, who: Any, running: Any, remote: Any
) -> None:
    from tinh.cases import api as cases

    inner = "".join((
        '<bpmn:startEvent id="is"/>', diagrams.flow("is", "fork"), diagrams.node("parallelGateway", "fork"),
        diagrams.flow("fork", "pushing"), diagrams.flow("fork", "beside"), service("pushing", "test-remote"),
        diagrams.flow("pushing", "ie"), task("beside", action("ok")), diagrams.flow("beside", "ie"),
        diagrams.end("ie"),
    ))  # fmt: skip
    running("".join((
        diagrams.start("new"), task("new", action("push"), 'tinh:role="triage" tinh:state="new"'),
        diagrams.flow("new", "sub"), diagrams.node("subProcess", "sub", "", inner),
        diagrams.flow("sub", "done"), diagrams.end("done"), caught("broken", "sub", "mend"),
        task("mend", action("ok"), 'tinh:state="assigned"'), diagrams.flow("mend", "e_mend"),
        diagrams.end("e_mend"),
    )))  # fmt: skip
    remote(OSError("x"), attempts=1, quick=True)
    one = opened()
    cases.act(one.code, "push", who("desk_officer"), at=MONDAY)
    assert standing(one.code, who) == {"mend"}


def test_timers_of_the_case_s_own_promise_move_with_it_and_wait_while_its_clock_stands(
    opened: Any, who: Any, running: Any
) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    event = '<bpmn:timerEventDefinition tinh:until="finish_by"/>'
    running("".join((
        diagrams.start("work"), task("work", action("ok"), 'tinh:state="working"'),
        diagrams.flow("work", "done"), diagrams.end("done"),
        diagrams.node("boundaryEvent", "owed", 'attachedToRef="work" cancelActivity="false"', event),
        diagrams.flow("owed", "late"), task("late", action("seen")), diagrams.flow("late", "e_late"),
        diagrams.end("e_late"),
    )))  # fmt: skip
    one, officer = opened(), who("case_officer", "so-xd")

    def due() -> Any:
        with people.through("case"):
            return cases.Step.objects.get(case=one, task="owed").due_at

    assert due() == one.finish_by
    until = one.finish_by + timedelta(days=3)
    cases.extend(one.code, until, officer, "mưa lớn", "xin lỗi", at=MONDAY)
    assert due() == until
    cases.pause(one.code, officer, "chờ vật tư", at=MONDAY + timedelta(hours=1))
    assert due() is None
    all_due(until + timedelta(days=1))
    assert standing(one.code, who) == {"work"}
    back = cases.resume(one.code, officer, at=until + timedelta(days=2))
    assert due() == back.finish_by > until
    all_due(back.finish_by)
    assert standing(one.code, who) == {"work", "late"}
