"""A desk of its own for tests of the engine: a kind, a process, people of two agencies."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cases import diagrams

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 09:00 in Viet Nam


def task(id: str, actions: str, attributes: str = "") -> str:
    return (
        f'<bpmn:userTask id="{id}" name="{id}" tinh:en="{id}" {attributes}>'
        "<bpmn:extensionElements><tinh:actions>"
        f"{actions}</tinh:actions></bpmn:extensionElements></bpmn:userTask>"
    )


def action(id: str, attributes: str = "", fields: str = "") -> str:
    return f'<tinh:action id="{id}" vi="{id}" en="{id}" {attributes}>{fields}</tinh:action>'


def service(id: str, name: str, arguments: str = "") -> str:
    inside = f"<bpmn:extensionElements>{arguments}</bpmn:extensionElements>" if arguments else ""
    return diagrams.node("serviceTask", id, f'tinh:service="{name}"', inside)


def when(source: str, **targets: str) -> str:
    """A gateway after `source` that goes by the action pressed."""
    arrows = "".join(diagrams.flow(f"{source}_x", to, f"action = '{id}'") for id, to in targets.items())
    gate = f'<bpmn:exclusiveGateway id="{source}_x" name="?" tinh:en="?"/>'
    return diagrams.flow(source, f"{source}_x") + gate + arrows


def boundary(id: str, on: str, text: str, to: str, interrupts: bool = True) -> str:
    cancels = "" if interrupts else 'cancelActivity="false"'
    event = diagrams.timer(text)
    return diagrams.node("boundaryEvent", id, f'attachedToRef="{on}" {cancels}', event) + diagrams.flow(
        id, to
    )


FIELDS = (
    '<tinh:field id="text" vi="Nội dung" en="Text" kind="text" required="true"/>'
    '<tinh:field id="cost" vi="Chi phí" en="Cost" kind="number"/>'
)
TOLD = (
    '<tinh:argument name="audience" value="\'reporter\'"/>'
    '<tinh:argument name="template" value="\'changed\'"/>'
)
REPORT = "".join((
    diagrams.start("new"),
    task("new", action("accept") + action("refuse", 'reason="required"') + action("ask", 'reason="required"')
         + action("push") + action("quick"), 'tinh:role="triage" tinh:state="new"'),
    when("new", accept="accepting", refuse="refused", ask="asking", push="pushing", quick="stumbling"),
    service("accepting", "accept"), diagrams.flow("accepting", "working"),
    task("working", action("answer", "", FIELDS), 'tinh:state="working"'),
    diagrams.flow("working", "answering"),
    boundary("urging", "working", "PT24H", "escalating", interrupts=False),
    service("escalating", "escalate"), diagrams.flow("escalating", "e_urged"), diagrams.end("e_urged"),
    task("asking", action("supplement"), 'tinh:role="citizen" tinh:state="waiting" tinh:pauses="true"'),
    diagrams.flow("asking", "new"), boundary("silent", "asking", "PT72H", "refused"),
    service("answering", "answer"), diagrams.flow("answering", "telling"),
    service("telling", "notify", TOLD), diagrams.flow("telling", "closing"),
    service("closing", "set", "<tinh:argument name=\"outcome\" value=\"'fixed'\"/>"),
    diagrams.flow("closing", "closed"),
    service("pushing", "test-push"), diagrams.flow("pushing", "accepting"),
    service("stumbling", "test-quick"), diagrams.flow("stumbling", "accepting"),
    '<bpmn:endEvent id="refused" name="Từ chối" tinh:en="Refused" tinh:state="refused"/>',
    '<bpmn:endEvent id="closed" name="Xong" tinh:en="Done" tinh:state="closed"/>',
))  # fmt: skip


@pytest.fixture
def desk(site: Any) -> Iterator[Any]:
    """The engine on its ground, with the test's own process `p`."""
    from tinh.cases import ground

    there = ground.ground()
    found = diagrams.definition(REPORT)
    ground.stand_on(ground.Ground(clock=there.clock, process=lambda _id: found, now=lambda: MONDAY))
    yield
    ground.stand_on(there)


@pytest.fixture
def who(site: Any) -> Callable[..., Any]:
    from tinh.people import api as people

    def of(role: str, agency: str = "") -> Any:
        return people.actor_named(site.account(role, agency))

    return of


@pytest.fixture
def opened(desk: Any) -> Callable[..., Any]:
    """Open a case; words and agency as given, the rest as usual."""
    from tinh.cases import api as cases

    def make(**fields: Any) -> Any:
        said: dict[str, Any] = {
            "kind": "report", "subject": "Ổ gà trên đường Lương Ngọc Quyến", "key": uuid.uuid4().hex,
            "category": "roads", "agency": "so-xd", "process": "p", "place": "05443",
            "body": "Xe máy dễ ngã", "at": MONDAY,
            "party": cases.Party(name="Nguyễn Văn An", phone="0912 345 678", email="an@example.vn"),
            "latitude": 21.5942, "longitude": 105.8482,
        }  # fmt: skip
        return cases.open_case(cases.Opening(**{**said, **fields}), None)

    return make
