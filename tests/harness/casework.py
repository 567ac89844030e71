"""Cases to work on: a small process as a pack would draw it, and how to open cases in it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from tests.cases.diagrams import definition, flow


def _action(id: str, vi: str, en: str, attributes: str = "", fields: str = "") -> str:
    return f'<tinh:action id="{id}" vi="{vi}" en="{en}" {attributes}>{fields}</tinh:action>'


def _task(id: str, vi: str, en: str, attributes: str, actions: str) -> str:
    return (
        f'<bpmn:userTask id="{id}" name="{vi}" tinh:en="{en}" {attributes}><bpmn:extensionElements>'
        f"<tinh:actions>{actions}</tinh:actions></bpmn:extensionElements></bpmn:userTask>"
    )


_ANSWER = '<tinh:field id="text" vi="Nội dung trả lời" en="Answer" kind="text" required="true"/>'
_PROCESS = "".join((
    '<bpmn:startEvent id="start" name="Bắt đầu" tinh:en="Start"/>', flow("start", "sorting"),
    _task("sorting", "Xem và tiếp nhận", "Look and accept", 'tinh:role="triage" tinh:state="new"',
          _action("accept", "Tiếp nhận", "Accept")
          + _action("refuse", "Từ chối", "Refuse", 'reason="required"')
          + _action("ask", "Yêu cầu bổ sung", "Ask for more", 'reason="required"')),
    flow("sorting", "which"), '<bpmn:exclusiveGateway id="which" name="?" tinh:en="?"/>',
    flow("which", "accepting", "action = 'accept'"), flow("which", "refused", "action = 'refuse'"),
    flow("which", "asking", "action = 'ask'"),
    '<bpmn:serviceTask id="accepting" name="Ghi nhận" tinh:en="Accepting" tinh:service="accept"/>',
    flow("accepting", "working"),
    _task("working", "Xử lý và trả lời người gửi", "Handle and answer", 'tinh:state="working"',
          _action("answer", "Trả lời", "Answer", "", _ANSWER)),
    flow("working", "answering"),
    '<bpmn:serviceTask id="answering" name="Trả lời" tinh:en="Answering" tinh:service="answer"/>',
    flow("answering", "closed"),
    _task("asking", "Chờ người gửi bổ sung", "Waiting for the sender",
          'tinh:role="citizen" tinh:state="waiting" tinh:pauses="true"',
          _action("supplement", "Bổ sung", "Add")),
    flow("asking", "sorting"),
    '<bpmn:endEvent id="refused" name="Từ chối" tinh:en="Refused" tinh:state="refused"/>',
    '<bpmn:endEvent id="closed" name="Xong" tinh:en="Done" tinh:state="closed"/>',
))  # fmt: skip


@cache
def process() -> Any:
    return definition(_PROCESS)


@contextmanager
def desk() -> Iterator[None]:
    """While it lasts every case runs through the process above; the rest of the ground is the province's."""
    from dataclasses import replace

    from tinh.cases import ground

    there = ground.ground()
    ground.stand_on(replace(there, process=lambda _id: process()))
    try:
        yield
    finally:
        ground.stand_on(there)


def opened(subject: str, agency: str, at: datetime | None = None, **fields: Any) -> str:
    """The code of a new case."""
    from tinh.cases import api as cases

    said: dict[str, Any] = {
        "kind": "report", "subject": subject, "key": uuid.uuid4().hex, "agency": agency, "process": "p",
        "place": "05443", "body": subject + ". Đề nghị xử lý.", "at": at, "latitude": 21.5942,
        "longitude": 105.8482, "category": "thu",
        "party": cases.Party(name="Nguyễn Văn An", phone="0912 345 678", email="an@example.vn"),
        **fields,
    }  # fmt: skip
    return cases.open_case(cases.Opening(**said), None).code


def accepted(code: str) -> None:
    """The step of the desk that takes reports in."""
    from tinh.cases import api as cases
    from tinh.people import api as people

    cases.act(code, "accept", people.Actor("ban-tiep-nhan", "desk_officer"))


def ago(**length: float) -> datetime:
    from tinh.jobs import api as jobs

    return jobs.now() - timedelta(**length)


def all_due(moment: datetime | None = None) -> int:
    """Take up everything due at `moment`, however much other tests left behind; how many steps."""
    from tinh.cases import api as cases

    return cases.round_of_steps(moment, limit=100_000)
