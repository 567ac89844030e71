"""A directive as a leader writes it, judged field by field before it is issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from tinh.cases import api as cases
from tinh.desks.directives.ground import ground
from tinh.kit.errors import Text
from tinh.people import api as people

CAUSES = ("spot", "agency", "indicator", "anomaly", "alert")
MOST_CASES, MOST_COOPERATING = 200, 20
LONGEST, NUMBER = 10_000, 60


@dataclass(frozen=True, slots=True)
class Cause:
    """What made the leader write, besides cases: a hot spot, a late agency, an indicator, an anomaly, an
    alert. `link` is its page; `simulated` when what it rests on is."""

    kind: Literal["spot", "agency", "indicator", "anomaly", "alert"]
    id: str
    says: Text
    link: str = ""
    simulated: bool = False

    def as_json(self) -> dict[str, str]:
        return {"kind": self.kind, "id": self.id, "vi": self.says.vi, "en": self.says.en, "link": self.link}


@dataclass(frozen=True, slots=True)
class Draft:
    """`until`: the day by whose end of work it is to be carried out; `number` and `signed_on` of the signed
    document, where there is one; `cases`: codes of those it is about; the same `key` issues it once."""

    key: str
    subject: str
    content: str
    agency: str
    until: date | None
    cooperating: tuple[str, ...] = ()
    severity: str = "normal"
    number: str = ""
    signed_on: date | None = None
    cases: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    place: str = ""


def faults_of(draft: Draft, actor: people.Actor, now: datetime) -> dict[str, Text]:
    """Field → what is wrong with it; empty: it can be issued."""
    found: dict[str, Text] = {}
    known, clock = ground().agencies(), cases.ground().clock()
    if not draft.subject.strip():
        found["subject"] = Text("chưa có trích yếu", "the subject is empty")
    if not draft.content.strip():
        found["content"] = Text("chưa có nội dung chỉ đạo", "the content is empty")
    elif len(draft.content) > LONGEST:
        found["content"] = Text(
            f"nội dung dài quá {LONGEST} ký tự", f"the content is longer than {LONGEST} characters"
        )
    if draft.agency not in known:
        found["agency"] = Text("chưa chọn cơ quan chủ trì", "no lead agency is chosen")
    if any(one not in known for one in draft.cooperating):
        found["cooperating"] = Text("có cơ quan phối hợp không có trong tỉnh", "an agency is not known")
    elif len(draft.cooperating) > MOST_COOPERATING:
        found["cooperating"] = Text(
            f"quá {MOST_COOPERATING} cơ quan phối hợp", f"more than {MOST_COOPERATING} agencies"
        )
    if draft.until is None:
        found["until"] = Text("chưa chọn hạn thực hiện", "no deadline is set")
    elif clock.day_end(draft.until) <= now:
        found["until"] = Text("hạn thực hiện đã qua", "the deadline has passed")
    if draft.severity not in cases.SEVERITIES:
        found["severity"] = Text("mức độ không có", "there is no such severity")
    if len(draft.number) > NUMBER:
        found["number"] = Text(f"số văn bản dài quá {NUMBER} ký tự", f"longer than {NUMBER} characters")
    today = now.astimezone(clock.zone).date()
    if draft.signed_on is not None and draft.signed_on > today:
        found["signed_on"] = Text("ngày ký ở tương lai", "the day of signing lies ahead")
    if len(draft.cases) > MOST_CASES:
        found["cases"] = Text(f"quá {MOST_CASES} vụ việc", f"more than {MOST_CASES} cases")
    elif missing := [code for code in draft.cases if _case(code, actor) is None]:
        said = ", ".join(missing[:3])
        found["cases"] = Text(f"không có vụ việc {said}", f"there is no case {said}")
    return found


def cases_of(draft: Draft, actor: people.Actor) -> list[Any]:
    """The rows of the cases named, each once."""
    found = [_case(code, actor) for code in dict.fromkeys(draft.cases)]
    return [one for one in found if one is not None]


def _case(code: str, actor: people.Actor) -> Any:
    try:
        return cases.one_case(code, actor)
    except cases.NoSuchCase:
        return None
