"""What `tinh:` says on the elements of a diagram: names, actions, services, times."""

from __future__ import annotations

import re
from typing import Any

from tinh.packs.process import engines, foreign
from tinh.packs.process.faults import Noted
from tinh.packs.process.model import Action, ActionField, Option, Timer
from tinh.packs.process.names import BPMN, TINH, T
from tinh.packs.process.tree import Element

ATTRIBUTES = {
    "vi",
    "en",
    "role",
    "state",
    "pauses",
    "service",
    "decision",
    "working",
    "working-hours",
    "until",
    "due",
    "items",
    "item",
    "takes",
    "gathers",
    "message",
    "signal",
    "error",
    "escalation",
}
CHILDREN: dict[str, set[str]] = {
    "actions": set(),
    "action": {"id", "vi", "en", "reason", "role"},
    "field": {"id", "vi", "en", "kind", "required"},
    "option": {"id", "vi", "en"},
    "argument": {"name", "value"},
    "gives": {"name"},
    "fact": {"name", "vi", "en", "kind"},
}
_ID = re.compile(r"[a-z][a-z0-9_-]{0,59}")
FIELD_KINDS = ("text", "choice", "multi", "number", "date", "boolean")


def names(element: Element) -> tuple[str, str]:
    """Vietnamese and English. The drawing's own `name` is Vietnamese unless `tinh:vi` is given."""
    bare = " ".join(element.get("name").split())
    return " ".join(element.get(f"{T}vi").split()) or bare, " ".join(element.get(f"{T}en").split())


def within(element: Element, name: str) -> list[Element]:
    """`tinh:` elements of that name among the extension elements, at any depth."""
    holder = element.first(BPMN, "extensionElements")
    return [] if holder is None else [e for e in holder.walk() if e.space == TINH and e.name == name]


def said(element: Element, noted: Noted) -> dict[str, Any]:
    """The `tinh:` fields of a Node."""
    unknown(element, noted)
    return {
        "actions": tuple(_action(a, noted) for a in within(element, "action")),
        "role": element.get(f"{T}role"),
        "state": element.get(f"{T}state"),
        "pauses": element.get(f"{T}pauses") == "true",
        "service": element.get(f"{T}service"),
        "decision": engines.decision(element),
        "arguments": tuple((a.get("name"), a.get("value")) for a in within(element, "argument")),
        "gives": tuple(g.get("name") for g in within(element, "gives")),
        "due": timer(element, noted) if _timed(element) else None,
    }


def _timed(element: Element) -> bool:
    return element.name != "timerEventDefinition" and any(
        element.get(f"{T}{key}") for key in ("working", "working-hours", "until", "due")
    )


def timer(element: Element, noted: Noted) -> Timer:
    """The time of a timer event, or of a task with tinh:due, tinh:working or tinh:until."""
    given: list[Timer] = []
    for name, kind in (("timeDate", "date"), ("timeDuration", "duration"), ("timeCycle", "cycle")):
        child = element.first(BPMN, name)
        if child is not None:
            unknown(child, noted)
            text = foreign.time(child.text.strip())
            held = foreign.fact(text) if kind == "date" else ""
            given.append(Timer("date", fact=held) if held else Timer(kind, text))  # type: ignore[arg-type]  # of the three
    unknown(element, noted)
    if element.get(f"{T}working"):
        given.append(Timer("duration", element.get(f"{T}working").strip(), working=True))
    if element.get(f"{T}working-hours"):
        given.append(Timer("duration", f"PT{element.get(f'{T}working-hours').strip()}H", working=True))
    if element.get(f"{T}until"):
        given.append(Timer("date", fact=element.get(f"{T}until").strip()))
    if element.get(f"{T}due"):
        given.append(Timer("duration", element.get(f"{T}due").strip()))
    own = [t for t in given if t.working or t.fact]
    if len(given) != 1 and not (len(given) == 2 and len(own) == 1):
        noted.add(
            element.line,
            "PCK212",
            "hạn giờ cần đúng một cách ghi",
            "a timer says its time in exactly one way",
            "ghi timeDate, timeDuration, timeCycle, hoặc tinh:working, tinh:until",
            "write timeDate, timeDuration, timeCycle, or tinh:working, tinh:until",
        )
    # tinh:working and tinh:until win over the ISO time a modeller insists on.
    return own[0] if own else given[0] if given else Timer("duration", "")


def _action(element: Element, noted: Noted) -> Action:
    fields = tuple(_field(f, noted) for f in element.all(TINH, "field"))
    for one in (element, *element.all(TINH, "field")):
        if not _ID.fullmatch(one.get("id")):
            noted.add(
                one.line,
                "PCK223",
                f"mã “{one.get('id')[:60]}” viết sai dạng",
                f'the id "{one.get("id")[:60]}" is not well formed',
                "dùng chữ thường không dấu, số và _",
                "use lower-case letters, digits and _",
            )
        if not one.get("vi") or not one.get("en"):
            noted.add(
                one.line,
                "PCK215",
                f"“{one.get('id')}” thiếu lời tiếng Việt hoặc tiếng Anh",
                f'"{one.get("id")}" lacks its Vietnamese or English words',
                "ghi cả vi và en",
                "write both vi and en",
            )
    return Action(
        element.get("id"),
        element.get("vi"),
        element.get("en"),
        element.get("reason") in ("required", "true"),
        element.get("role"),
        fields,
    )


def _field(element: Element, noted: Noted) -> ActionField:
    kind = element.get("kind", "text")
    options = tuple(Option(o.get("id"), o.get("vi"), o.get("en")) for o in element.all(TINH, "option"))
    if kind not in FIELD_KINDS or (kind in ("choice", "multi")) != bool(options):
        noted.add(
            element.line,
            "PCK223",
            f"ô “{element.get('id')}” có kiểu hoặc lựa chọn sai",
            f'the field "{element.get("id")}" has a kind or options that do not fit',
            f"kind là một trong {', '.join(FIELD_KINDS)}; choice và multi cần tinh:option",
            f"kind is one of {', '.join(FIELD_KINDS)}; choice and multi need tinh:option",
        )
    return ActionField(
        element.get("id"),
        element.get("vi"),
        element.get("en"),
        kind,
        element.get("required") == "true",
        options,
    )


def unknown(element: Element, noted: Noted) -> None:
    """`tinh:` words that mean nothing, on an element and among its extension elements."""
    for key in element.attributes:
        if key.startswith(T) and key[len(T) :] not in ATTRIBUTES:
            _unknown(element.line, f"tinh:{key[len(T) :]}", noted)
    holder = element.first(BPMN, "extensionElements")
    for child in holder.walk() if holder is not None else ():
        if child.space != TINH:
            continue
        if child.name not in CHILDREN:
            _unknown(child.line, f"tinh:{child.name}", noted)
            continue
        for key in child.attributes:
            if key not in CHILDREN[child.name]:
                _unknown(child.line, f"{key} (tinh:{child.name})", noted)


def _unknown(line: int, name: str, noted: Noted) -> None:
    noted.add(
        line,
        "PCK228",
        f"không có khóa “{name[:80]}”",
        f'there is no "{name[:80]}"',
        "xem danh sách trong docs/reference/processes.md",
        "see the list in docs/reference/processes.md",
    )
