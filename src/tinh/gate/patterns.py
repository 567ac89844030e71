"""Patterns and named formats as vectorised tests of text."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

import polars as pl

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_CLOCK = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
_ZONE = "(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})"
FORMATS = {
    "email": r"^[^\s@<>\"(),:;\[\]\\]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}$",
    "uuid": r"^(?i)(?:urn:uuid:)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$",
    "url": r"^[A-Za-z][A-Za-z0-9+.-]*://[^\s<>\"{}|\\^`]+$",
    "hostname": rf"^(?:{_LABEL}\.)*{_LABEL}\.?$",
    "ipv4": rf"^(?:{_OCTET}\.){{3}}{_OCTET}$",
    "byte": r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    "date": r"^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$",
    "date-time": rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[Tt ]{_CLOCK}{_ZONE}$",
    "time": rf"^{_CLOCK}{_ZONE}?$",
}
_ANY_ONCE = re.compile(r"\\(.)|\[|\]", re.DOTALL)


def has_format(text: pl.Series, name: str) -> pl.Series | None:
    """Which values have the format; None when the format is not one that a value can show."""
    if name == "ipv6":
        return _by_value(text, _is_ipv6)
    pattern = FORMATS.get(name)
    return None if pattern is None else matches(text, pattern)


def matches(text: pl.Series, pattern: str) -> pl.Series | None:
    """Which values hold the pattern somewhere (as ECMA-262 searches). Rust's engine first; a
    pattern it cannot take (look-around, back-reference) runs once per distinct value."""
    try:
        return text.str.contains(_ascii_classes(pattern), strict=True)
    except pl.exceptions.PolarsError:
        pass
    try:
        search = re.compile(pattern, re.ASCII).search
    except (re.error, RecursionError):
        return None
    return _by_value(text, lambda value: search(value) is not None)


def _by_value(text: pl.Series, test: Callable[[str], bool]) -> pl.Series:
    distinct = text.unique().drop_nulls()
    if not len(distinct):
        return pl.Series(text.name, [None], pl.Boolean).new_from_index(0, len(text))
    answers = pl.Series([test(value) for value in distinct.to_list()], dtype=pl.Boolean)
    return text.replace_strict(distinct, answers, default=None, return_dtype=pl.Boolean)


def _is_ipv6(value: str) -> bool:
    try:
        ipaddress.IPv6Address(value)
    except ValueError:
        return False
    return True


def _ascii_classes(pattern: str) -> str:
    """`\\d` and `\\w` mean ASCII in ECMA; Rust would take any script's digits."""
    depth = 0
    out = []
    last = 0
    for found in _ANY_ONCE.finditer(pattern):
        out.append(pattern[last : found.start()])
        last = found.end()
        piece = found.group()
        if piece == "[":
            depth += 1
        elif piece == "]":
            depth = max(0, depth - 1)
        elif found.group(1) == "d":
            piece = "0-9" if depth else "[0-9]"
        elif found.group(1) == "w":
            piece = "A-Za-z0-9_" if depth else "[A-Za-z0-9_]"
        elif found.group(1) == "/":
            piece = "/"
        out.append(piece)
    return "".join([*out, pattern[last:]])
