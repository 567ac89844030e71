"""Numbers and percentages as people write them → plain figures, only where the form is exact."""

from __future__ import annotations

import re

import polars as pl

from tinh.packs.api import CleaningStep

_SPACE = r"[ \x{a0}\x{202f}]"
_SIGN = "[-+−]?"
_TAIL = r"(?:[eE][-+]?\d+)?"
_PERCENT = r"(?i)\s*(?:[%％]|phần trăm|percent)$"

# Marks of footnotes stand right behind a figure; a power of ten is none.
_NOTED = r"\s*\*{1,3}|\s*\((?:\*{1,3}|[a-e])\)|\(\d\)|\[\d{1,2}\]"
_RAISED = r"[\x{b9}\x{b2}\x{b3}]"
_TEN = r"^[-+−]?(?:.*[^\d.,])?10[\x{b9}\x{b2}\x{b3}]"

# Forms that can only be read one way: (pattern, marks between thousands, decimal mark).
_PLAIN: tuple[tuple[str, str, str], ...] = (
    (rf"^{_SIGN}\d{{1,3}}(?:\.\d{{3}})+,\d+$", r"\.", ","),
    (rf"^{_SIGN}\d{{1,3}}(?:,\d{{3}})+\.\d+$", ",", "."),
    (rf"^{_SIGN}\d{{1,3}}(?:{_SPACE}\d{{3}})+(?:,\d+)?$", _SPACE, ","),
    (rf"^{_SIGN}\d{{1,3}}(?:{_SPACE}\d{{3}})+\.\d+$", _SPACE, "."),
    (rf"^{_SIGN}[1-9]\d{{0,2}}(?:\.\d{{3}}){{2,}}$", r"\.", ""),
    (rf"^{_SIGN}[1-9]\d{{0,2}}(?:,\d{{3}}){{2,}}$", ",", ""),
    (rf"^{_SIGN}(?:\d+,(?:\d{{1,2}}|\d{{4,}})|(?:0|\d{{4,}}),\d{{3}}|,\d+){_TAIL}$", "", ","),
    (rf"^{_SIGN}(?:\d+\.(?:\d{{1,2}}|\d{{4,}})|(?:0|\d{{4,}})\.\d{{3}}|\.\d+){_TAIL}$", "", "."),
)


def number(value: pl.Expr, step: CleaningStep) -> pl.Expr:
    """`1.234,5` → `1234.5`, only where the value has exactly the declared form, or with `auto` a
    form that leaves no doubt."""
    declared = explained(value, step.decimal or ".", step.group)
    return _certain(value, declared) if step.auto else declared


def percent(value: pl.Expr, step: CleaningStep) -> pl.Expr:
    """`45,5%` → `45.5`, or `0.455` as a share; without its sign a figure stands as it is meant."""
    signed = value.str.contains(_PERCENT)
    bare = unsigned(value)
    figure = _certain(bare, explained(bare, step.decimal or ".", step.group))
    readable = figure.str.contains(rf"^[-+]?(?:\d+\.?\d*|\.\d+){_TAIL}$")
    if step.as_ == "share":
        shared = (figure.cast(pl.Float64, strict=False) / 100).round_sig_figs(15)
        figure = pl.when(signed).then(_figure(shared)).otherwise(figure)
    return pl.when(readable).then(figure).otherwise(value)


def unmarked(value: pl.Expr) -> pl.Expr:
    """A figure without the mark of a footnote behind it: `1.234*`, `1.234(1)`; other cells as they are."""
    body = r"(?P<n>[-+−]?\d[\d.,]*)"
    plain = value.str.replace(rf"^{body}(?:{_NOTED})$", "$n")
    raised = value.str.replace(rf"^{body}{_RAISED}$", "$n")
    return (
        pl.when(value.str.contains(_TEN))
        .then(plain)
        .otherwise(pl.when(plain != value).then(plain).otherwise(raised))
    )


def unsigned(value: pl.Expr) -> pl.Expr:
    """A figure without its sign of percent."""
    return value.str.replace(_PERCENT, "")


def shows(value: pl.Expr, decimal: str) -> pl.Expr:
    """Whether a figure can only have been written with this decimal mark: `1.234,5`, `12,5` or
    `1.234.567` with ","."""
    other = "." if decimal == "," else ","
    tests = [value.str.contains(form) for form, mark, point in _PLAIN if point == decimal and mark != _SPACE]
    spaced = rf"^{_SIGN}\d{{1,3}}(?:{_SPACE}\d{{3}})+{re.escape(decimal)}\d+$"
    grouped = rf"^{_SIGN}[1-9]\d{{0,2}}(?:{re.escape(other)}\d{{3}}){{2,}}$"
    return pl.any_horizontal(*tests, value.str.contains(spaced), value.str.contains(grouped))


def shown_percent(value: pl.Expr) -> pl.Expr:
    """A cell of 0.07 formatted as a percentage, as its sheet shows it: `7%`."""
    hundredfold = (value.cast(pl.Float64, strict=False) * 100).round_sig_figs(15)
    return pl.when(hundredfold.is_not_null()).then(_figure(hundredfold) + "%").otherwise(value)


def _figure(value: pl.Expr) -> pl.Expr:
    return value.cast(pl.String).str.replace(r"\.0$", "")


def explained(value: pl.Expr, decimal: str, group: str) -> pl.Expr:
    fraction = rf"(?:{re.escape(decimal)}\d+)?{_TAIL}"
    mark = _SPACE if group.isspace() else re.escape(group)
    whole = rf"(?:\d{{1,3}}(?:{mark}\d{{3}})+|\d+)" if group else r"\d+"
    return (
        pl.when(value.str.contains(rf"^{_SIGN}{whole}{fraction}$"))
        .then(_plain(value, mark if group else "", decimal))
        .otherwise(value)
    )


def _certain(value: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
    out = otherwise
    for form, mark, decimal in _PLAIN:
        out = pl.when(value.str.contains(form)).then(_plain(value, mark, decimal)).otherwise(out)
    return out


def _plain(value: pl.Expr, mark: str, decimal: str) -> pl.Expr:
    plain = value.str.replace_all(mark, "") if mark else value
    plain = plain.str.replace_all("−", "-", literal=True)
    return plain.str.replace(decimal, ".", literal=True) if decimal not in ("", ".") else plain
