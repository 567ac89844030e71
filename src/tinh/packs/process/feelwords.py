"""The functions decision tables may call, by their FEEL names; what does not fit is missing (None)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from tinh.packs.process.evaluate import kind


def _texts(*things: Any) -> bool:
    return all(isinstance(t, str) for t in things)


def _numbers(things: list[Any]) -> list[Any] | None:
    flat = list(things[0]) if len(things) == 1 and isinstance(things[0], list | tuple) else things
    return flat if flat and all(kind(t) == "number" for t in flat) else None


def _extreme(pick: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    def run(*things: Any) -> Any:
        found = list(things[0]) if len(things) == 1 and isinstance(things[0], list | tuple) else list(things)
        kinds = {kind(t) for t in found}
        return pick(found) if len(kinds) == 1 and kinds <= {"number", "text", "day", "time"} else None

    return run


def day(text: Any) -> Any:
    try:
        if isinstance(text, str):
            return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        return None
    return text if isinstance(text, date) else None


def _round(down: bool) -> Callable[[Any], Any]:
    def run(number: Any) -> Any:
        if kind(number) != "number":
            return None
        return int(number // 1) if down else -int(-number // 1)

    return run


def _total(*things: Any) -> Any:
    found = _numbers(list(things))
    return sum(found) if found is not None else None


FUNCTIONS: dict[str, tuple[int, int, Callable[..., Any]]] = {
    "date": (1, 1, day),
    "date and time": (1, 1, day),
    "abs": (1, 1, lambda n: abs(n) if kind(n) == "number" else None),
    "floor": (1, 1, _round(True)),
    "ceiling": (1, 1, _round(False)),
    "min": (1, 20, _extreme(min)),
    "max": (1, 20, _extreme(max)),
    "sum": (1, 20, _total),
    "count": (1, 1, lambda one: len(one) if isinstance(one, list | tuple) else None),
    "not": (1, 1, lambda one: None if not isinstance(one, bool) else not one),
    "string length": (1, 1, lambda t: len(t) if _texts(t) else None),
    "upper case": (1, 1, lambda t: t.upper() if _texts(t) else None),
    "lower case": (1, 1, lambda t: t.lower() if _texts(t) else None),
    "contains": (2, 2, lambda t, part: part in t if _texts(t, part) else None),
    "starts with": (2, 2, lambda t, part: t.startswith(part) if _texts(t, part) else None),
    "ends with": (2, 2, lambda t, part: t.endswith(part) if _texts(t, part) else None),
    "list contains": (2, 2, lambda many, one: one in many if isinstance(many, list | tuple) else None),
}
