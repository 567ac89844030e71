"""The functions decision tables may call, by their FEEL names; what does not fit is missing (None)."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_FLOOR, Context, Decimal
from functools import partial, reduce
from typing import Any

from tinh.packs.process.evaluate import ZONE, binary, kind

_CONTEXT = Context(prec=34)  # decimal128
_SIGNS = {"+": Context.add, "-": Context.subtract, "*": Context.multiply, "/": Context.divide}


def _texts(*things: Any) -> bool:
    return all(isinstance(t, str) for t in things)


def _numbers(things: list[Any]) -> list[Any] | None:
    flat = list(things[0]) if len(things) == 1 and isinstance(things[0], list | tuple) else things
    return flat if flat and all(kind(t) == "number" for t in flat) else None


def _extreme(pick: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    def run(*things: Any) -> Any:
        found = list(things[0]) if len(things) == 1 and isinstance(things[0], list | tuple) else list(things)
        found = [t.replace(tzinfo=ZONE) if isinstance(t, datetime) and not t.tzinfo else t for t in found]
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
    return reduce(partial(counted, "+"), found) if found is not None else None


def counted(sign: str, left: Any, right: Any) -> Any:
    """`left sign right` in decimal, as FEEL counts: 0.1 + 0.2 is 0.3 (DMN 1.5 §10.3.2.3.1)."""
    if sign not in _SIGNS or not (kind(left) == kind(right) == "number") or (
        isinstance(left, int) and isinstance(right, int) and sign != "/"
    ):  # fmt: skip
        return binary(sign, left, right)
    try:
        out = _SIGNS[sign](_CONTEXT, Decimal(repr(left)), Decimal(repr(right)))
    except ArithmeticError:
        return None
    found = float(out)
    return found if math.isfinite(found) else None


def _modulo(number: Any, by: Any) -> Any:
    if not (kind(number) == kind(by) == "number" and by):
        return None
    if isinstance(number, int) and isinstance(by, int):
        return number % by
    left, right = Decimal(repr(number)), Decimal(repr(by))
    return float(left - right * (left / right).to_integral_value(ROUND_FLOOR))


def _odd(number: Any) -> Any:
    whole = kind(number) == "number" and number == int(number)
    return bool(int(number) % 2) if whole else None


def _even(number: Any) -> Any:
    found = _odd(number)
    return None if found is None else not found


def _part(text: Any, first: Any, length: Any = None) -> Any:
    """Letters from the `first`, counted from 1, or from the end where it is negative (DMN 1.5, table 73)."""
    counts = [first] if length is None else [first, length]
    if not _texts(text) or any(kind(n) != "number" or n != int(n) for n in counts) or not first:
        return None
    begin = int(first) - 1 if first > 0 else max(len(text) + int(first), 0)
    return text[begin:] if length is None else text[begin : begin + max(int(length), 0)]


FUNCTIONS: dict[str, tuple[int, int, Callable[..., Any]]] = {
    "date": (1, 1, day),
    "date and time": (1, 1, day),
    "abs": (1, 1, lambda n: abs(n) if kind(n) == "number" else None),
    "floor": (1, 1, _round(True)),
    "ceiling": (1, 1, _round(False)),
    "modulo": (2, 2, _modulo),
    "odd": (1, 1, _odd),
    "even": (1, 1, _even),
    "substring": (2, 3, _part),
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
