"""What other engines add to a step: taken where it says the same here, refused where it changes data."""

from __future__ import annotations

import re

from tinh.packs.process.faults import Noted
from tinh.packs.process.names import BPMN, TINH, T
from tinh.packs.process.tree import Element

OTHERS = ("camunda", "zeebe", "flowable", "activiti", "spiffworkflow", "jboss", "drools", "signavio")
# Taken by `decision`, `called` and tinh.packs.process.loops; they need no word that they are passed over.
TAKEN = frozenset(
    {
        "modelerTemplate",
        "versionTag",
        "diagramRelationId",
        "collection",
        "elementVariable",
        "loopCharacteristics",
        "calledElement",
        "calledDecision",
        "calledDecisionId",
        "decisionRef",
        "resultVariable",
        "mapDecisionResult",
    }
)
_CODE = frozenset({"script", "preScript", "postScript"})
_MOVES = frozenset({"in", "out", "inputParameter", "outputParameter", "input", "output"})
_PLAIN = re.compile(r"(?:=|[$#]\{)?\s*([^\W\d]\w*)\s*\}?")


def owner(space: str) -> str:
    """The engine a namespace belongs to, "" for none known."""
    return next((one for one in OTHERS if one in space.lower()), "")


def decision(element: Element) -> str:
    """The decision a rule task asks: tinh:decision, or as Camunda, Zeebe and SpiffWorkflow say it."""
    return (
        element.get(f"{T}decision")
        or _attribute(element, "decisionRef")
        or next(
            (e.get("decisionId").removeprefix("=").strip('" ') for e in _added(element, "calledDecision")), ""
        )
        or next((e.text.strip() for e in _added(element, "calledDecisionId")), "")
    )


def called(element: Element) -> str:
    """The process a call activity calls; a prefix of the target namespace is left out."""
    said = element.get("calledElement") or next(
        (e.get("processId").removeprefix("=").strip('" ') for e in _added(element, "calledElement")), ""
    )
    return said if "{" in said else said.rpartition(":")[2]


def judge(element: Element, noted: Noted) -> None:
    """Scripts and renamings of facts on a step, each refused by its line."""
    for name in ("startQuantity", "completionQuantity"):
        if element.get(name, "1") != "1":
            noted.add(
                element.line,
                "PCK202",
                f"{name}={element.get(name)[:20]}: bước chờ hoặc sinh nhiều thẻ không được nhận",
                f"{name}={element.get(name)[:20]}: a step that takes or leaves several tokens is not taken",
                "bỏ thuộc tính ấy; dùng nhánh song song hoặc bước lặp",
                "take the attribute away; use a parallel gateway or a multi-instance",
            )
    for one in _added(element, *_CODE):
        noted.add(
            one.line,
            "PCK203",
            f"“{one.name}” là mã chạy trước hoặc sau bước",
            f'"{one.name}" is code run around the step',
            "dùng việc tự động (tinh:service) hoặc bảng quyết định",
            "use a service task (tinh:service) or a decision table",
        )
    for one in _added(element, *_MOVES):
        source = one.get("source") or one.get("sourceExpression") or one.text
        target = one.get("target") or one.get("name")
        plain = _PLAIN.fullmatch(source.strip())
        if (
            one.get("variables") == "all"
            or one.get("businessKey")
            or (plain is not None and plain[1] == target)
        ):
            continue
        noted.add(
            one.line,
            "PCK202",
            f"“{one.name}” đổi tên hoặc tính lại dữ kiện “{target[:60]}”; ở đây các bước dùng chung dữ kiện",
            f'"{one.name}" renames or computes the fact "{target[:60]}"; here the steps share their facts',
            "dùng cùng một tên ở hai đầu, hoặc tính bằng bảng quyết định",
            "use one name at both ends, or compute it in a decision table",
        )
    for one in element.all(BPMN, "dataInputAssociation", "dataOutputAssociation"):
        for part in one.all(BPMN, "assignment", "transformation"):
            noted.add(
                part.line,
                "PCK202",
                "phép gán hoặc biến đổi dữ liệu không có tác dụng ở đây",
                "assigning or transforming data has no effect here",
                "các bước dùng chung dữ kiện; tính bằng bảng quyết định",
                "the steps share facts; compute in a decision table",
                "warning",
            )


def _added(element: Element, *names: str) -> list[Element]:
    holder = element.first(BPMN, "extensionElements")
    found = [] if holder is None else holder.walk()
    return [e for e in found if e.name in names and e.space != TINH and owner(e.space)]


def _attribute(element: Element, name: str) -> str:
    return next(
        (
            value.strip()
            for key, value in element.attributes.items()
            if key.endswith(f"}}{name}") and owner(key) and not key.startswith(T)
        ),
        "",
    )
