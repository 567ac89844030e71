"""Steps that run several times: how `tinh:`, the standard and other tools say it, and whether it can run."""

from __future__ import annotations

import re

from tinh.packs.process import foreign
from tinh.packs.process.faults import Noted
from tinh.packs.process.model import Many, Node
from tinh.packs.process.names import BPMN, T
from tinh.packs.process.tree import Element

KINDS = frozenset({"user", "service", "rule", "sub", "call", "send", "receive", "none"})
# What a completion condition may ask, in the words of BPMN (table 10.32) and of Camunda and Flowable.
COUNTS = tuple(
    f"{head}{what}Instances"
    for head in ("numberOf", "nrOf")
    for what in ("", "Active", "Completed", "Terminated")
)
_ENGINES = ("camunda", "flowable", "activiti")
_NAME = re.compile(r"[^\W\d]\w*")


def many(element: Element, noted: Noted) -> Many | None:
    """The several runs of a step, None for one run; what cannot run is a finding."""
    found = element.first(BPMN, "multiInstanceLoopCharacteristics")
    loop = element.first(BPMN, "standardLoopCharacteristics")
    if found is not None and loop is not None:
        _wrong(
            loop,
            noted,
            "vừa lặp vừa chạy cho từng mục",
            "it is both a loop and a multi-instance",
            "giữ một dấu lặp",
            "keep one of the two marks",
        )
    if found is not None:
        return _each(found, noted)
    return _again(loop, noted) if loop is not None else None


def _text(element: Element, name: str) -> str:
    child = element.first(BPMN, name)
    return child.text.strip() if child is not None else ""


def _each(found: Element, noted: Noted) -> Many:
    if found.get("behavior", "All") != "All" or found.first(BPMN, "complexBehaviorDefinition") is not None:
        _wrong(
            found,
            noted,
            "phát sự kiện theo từng lượt (behavior) không được nhận",
            "events thrown by single runs (behavior) are not taken",
            'bỏ thuộc tính behavior, hoặc để behavior="All"',
            'take the attribute behavior away, or write behavior="All"',
        )
    extension = found.first(BPMN, "extensionElements")
    zeebe = (
        next((e for e in extension.walk() if e.name == "loopCharacteristics"), None) if extension else None
    )
    says = {
        key.rpartition("}")[2]: value.strip()
        for key, value in found.attributes.items()
        if key.startswith("{") and any(e in key.lower() for e in _ENGINES)
    }
    items = found.get(f"{T}items") or says.get("collection", "") or _text(found, "loopDataInputRef")
    item = found.get(f"{T}item") or says.get("elementVariable", "") or _named(found, "inputDataItem")
    takes, gathers = found.get(f"{T}takes"), found.get(f"{T}gathers")
    takes = takes or _named(found, "outputDataItem")
    gathers = gathers or _text(found, "loopDataOutputRef")
    if zeebe is not None:
        items, item = items or zeebe.get("inputCollection"), item or zeebe.get("inputElement")
        takes, gathers = takes or _bare(zeebe.get("outputElement")), gathers or zeebe.get("outputCollection")
    if bool(takes) != bool(gathers) or any(x and not _NAME.fullmatch(x) for x in (takes, gathers, item)):
        _wrong(
            found,
            noted,
            "kết quả của từng lượt cần một dữ kiện để lấy và một dữ kiện để gom",
            "what the runs leave needs one fact to take and one fact to gather it in",
            'ghi tinh:takes="<dữ kiện>" và tinh:gathers="<dữ kiện>"',
            'write tinh:takes="<fact>" and tinh:gathers="<fact>"',
        )
    return Many(
        sequential=found.get("isSequential") == "true",
        items=foreign.condition(items),
        count=foreign.condition(_text(found, "loopCardinality")),
        item=item or "item",
        until=foreign.condition(_text(found, "completionCondition")),
        takes=takes,
        gathers=gathers,
    )


def _named(element: Element, name: str) -> str:
    child = element.first(BPMN, name)
    return (child.get("name") or child.get("id")) if child is not None else ""


def _bare(text: str) -> str:
    return text.strip().removeprefix("=").strip()


def _again(loop: Element, noted: Noted) -> Many:
    most = loop.get("loopMaximum").strip()
    if most and not (most.isdecimal() and 0 < len(most) <= 4):
        _wrong(
            loop,
            noted,
            f"loopMaximum “{most[:20]}” không phải một số đếm",
            f'loopMaximum "{most[:20]}" is no count',
            "ghi một số, ví dụ 3",
            "write a number, such as 3",
        )
        most = ""
    condition = foreign.condition(_text(loop, "loopCondition"))
    if not condition and not most:
        _wrong(
            loop,
            noted,
            "vòng lặp không có điều kiện và không có số lượt, nên không bao giờ dừng",
            "the loop has neither a condition nor a greatest number of rounds, so it never ends",
            "ghi loopCondition hoặc loopMaximum",
            "write loopCondition or loopMaximum",
        )
    return Many(
        sequential=True,
        loops=True,
        again=condition,
        before=loop.get("testBefore") == "true",
        most=int(most) if most else None,
    )


def judge(node: Node, said: str, noted: Noted) -> None:
    """Whether a step of this kind can run several times in this way."""
    what = node.many
    if what is None:
        return
    if node.kind not in KINDS:
        noted.add(
            node.line,
            "PCK221",
            f"“{said}” không lặp được",
            f'"{said}" cannot be repeated',
            "bỏ dấu lặp, hoặc đặt nó trong một quy trình con có dấu lặp",
            "take the mark away, or put it into a sub-process that has it",
        )
    elif not what.loops and bool(what.items) == bool(what.count):
        noted.add(
            node.line,
            "PCK221",
            f"“{said}” cần đúng một trong tinh:items và loopCardinality",
            f'"{said}" needs exactly one of tinh:items and loopCardinality',
            'ghi tinh:items="<dữ kiện là danh sách>"',
            'write tinh:items="<a fact that is a list>"',
        )
    if what.gathers and node.kind in ("sub", "call") and not what.sequential:
        noted.add(
            node.line,
            "PCK221",
            f"“{said}”: các lượt chạy cùng lúc dùng chung dữ kiện nên không gom riêng được",
            f'"{said}": runs at the same time share the facts, so what each leaves cannot be told apart',
            'đặt isSequential="true", hoặc gom ở một bước của người trong đó',
            'write isSequential="true", or gather from a single step',
        )


def _wrong(element: Element, noted: Noted, vi: str, en: str, cure_vi: str, cure_en: str) -> None:
    noted.add(element.line, "PCK221", vi, en, cure_vi, cure_en)
