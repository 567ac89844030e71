"""The value of a checked expression (tinh.kit.expr) over facts held in memory; nothing else is executed.

Missing is missing, as in SQL: a sum or a comparison with a missing fact is missing (None), `not` of it
too, and `and`/`or` follow three-valued logic. `=` between kinds that differ is false; `<` between kinds
that differ is missing. Days are read from ISO texts. Names of nested facts are written "report.street".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from tinh.kit import expr

LONGEST_TEXT = 10_000
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # of a time without an offset


@lru_cache(maxsize=4096)
def parsed(text: str) -> expr.Expression:
    """`text`, read once. ExpressionError as of expr.parse."""
    return expr.parse(text)


def evaluate(text: str, facts: Mapping[str, Any]) -> Any:
    """The value of the expression `text`: number, text, boolean, date, list or None."""
    return value(parsed(text).root, facts)


def holds(text: str, facts: Mapping[str, Any]) -> bool:
    """Whether the condition is true; false and missing are both no."""
    return evaluate(text, facts) is True


def fact(name: str, facts: Mapping[str, Any]) -> Any:
    """The fact called `name`; None when it is not there. Dots go into nested facts."""
    if name in facts:
        return facts[name]
    here: Any = facts
    for part in name.split("."):
        if not isinstance(here, Mapping) or part not in here:
            return None
        here = here[part]
    return here


def value(node: expr._Node, facts: Mapping[str, Any]) -> Any:
    """The value of a node of a checked expression."""
    if node.op == "name":
        return fact(node.text, facts)
    if node.op == "number":
        return int(node.text) if node.text.isdecimal() else float(node.text)
    if node.op == "string":
        return node.text
    if node.op == "word":
        return {"true": True, "false": False, "null": None}[node.text]
    if node.op in ("and", "or"):
        return _logic(node, facts)
    parts = [value(part, facts) for part in node.parts]
    if node.op == "null":
        return (parts[0] is None) != node.negated
    if node.op == "call":
        return _call(node.text, parts)
    if node.op == "neg":
        return -parts[0] if _number(parts[0]) else None
    if node.op == "not":
        return None if not isinstance(parts[0], bool) else not parts[0]
    if node.op == "in":
        found = _among(parts[0], parts[1:])
        return None if found is None else found != node.negated
    return binary(node.text, parts[0], parts[1])


def binary(sign: str, left: Any, right: Any) -> Any:
    """`left sign right`; None when either is missing or the kinds do not go together."""
    if left is None or right is None:
        return None
    left, right = _alike(left, right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        left, right = (t if t.tzinfo else t.replace(tzinfo=ZONE) for t in (left, right))
    if sign in ("=", "<>"):
        same = left == right if kind(left) == kind(right) else False
        return same if sign == "=" else not same
    if sign in ("<", "<=", ">", ">="):
        if kind(left) != kind(right) or kind(left) not in ("number", "text", "day", "time"):
            return None
        if sign in ("<", "<="):
            return left < right or (sign == "<=" and left == right)
        return left > right or (sign == ">=" and left == right)
    if sign == "+" and kind(left) == kind(right) == "text":
        return (left + right)[:LONGEST_TEXT]
    if not (_number(left) and _number(right)):
        return None
    return _arithmetic(sign, left, right)


def kind(thing: Any) -> str:
    """`boolean`, `number`, `text`, `day`, `time`, `list`, `missing` or `other`."""
    if thing is None:
        return "missing"
    if isinstance(thing, bool):
        return "boolean"
    if isinstance(thing, int | float):
        return "number"
    if isinstance(thing, str):
        return "text"
    if isinstance(thing, datetime):
        return "time"
    if isinstance(thing, date):
        return "day"
    return "list" if isinstance(thing, list | tuple) else "other"


def _arithmetic(sign: str, left: float, right: float) -> Any:
    try:
        if sign == "+":
            out: Any = left + right
        elif sign == "-":
            out = left - right
        elif sign == "*":
            out = left * right
        else:
            out = left / right
    except (ZeroDivisionError, OverflowError):
        return None
    if isinstance(out, float):
        return out if math.isfinite(out) else None
    return out if abs(out) < 10**30 else None


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """An ISO text beside a day (or a time) is read as one."""
    for there in (date, datetime):
        if isinstance(left, str) and type(right) is there:
            left = _read(left, there) or left
        if isinstance(right, str) and type(left) is there:
            right = _read(right, there) or right
    return left, right


def _read(text: str, wanted: type) -> Any:
    try:
        return datetime.fromisoformat(text) if wanted is datetime else date.fromisoformat(text[:10])
    except ValueError:
        return None


def _logic(node: expr._Node, facts: Mapping[str, Any]) -> Any:
    decides = node.op == "or"
    missing = False
    for part in node.parts:
        here = value(part, facts)
        if here is decides:
            return decides
        missing |= not isinstance(here, bool)
    return None if missing else not decides


def _among(wanted: Any, choices: list[Any]) -> Any:
    if wanted is None:
        return None
    answers = [binary("=", wanted, choice) for choice in choices]
    return True if True in answers else None if None in answers else False


def _number(thing: Any) -> bool:
    return isinstance(thing, int | float) and not isinstance(thing, bool)


def _call(name: str, parts: list[Any]) -> Any:
    if name == "coalesce":
        return next((part for part in parts if part is not None), None)
    if name in ("min", "max"):
        known = [part for part in parts if part is not None]
        if not known or len({kind(part) for part in known}) > 1 or kind(known[0]) in ("list", "other"):
            return None
        return min(known) if name == "min" else max(known)
    one = parts[0]
    if name == "abs":
        return abs(one) if _number(one) else None
    if name == "length":
        return len(one) if isinstance(one, str | list | tuple) else None
    day = _read(one, date) if isinstance(one, str) else one if isinstance(one, date) else None
    if name == "date":
        return day
    return getattr(day, name, None)
