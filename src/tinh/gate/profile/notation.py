"""How a column writes its numbers: which sign is the decimal mark and which parts the thousands.

One cell such as `1.234` may be read both ways, so the whole column decides: a notation is chosen
by the cells that only it can read, and doubted when there is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

SIGN = r"[-+−]?"
_SPACE = r"[ \x{a0}\x{202f}]"


@dataclass(frozen=True, slots=True)
class Notation:
    """`sure`: some cell can be read no other way, or no cell needs a choice."""

    decimal: str
    group: str
    hits: int
    sure: bool
    mixed: int = 0  # cells that only another notation reads


def _form(decimal: str, group: str) -> str:
    mark = _SPACE if group == " " else re.escape(group)
    whole = rf"(?:\d{{1,3}}(?:{mark}\d{{3}})+|\d+)" if group else r"\d+"
    return rf"^{SIGN}{whole}(?:{re.escape(decimal)}\d+)?$"


NOTATIONS: tuple[tuple[str, str], ...] = ((",", "."), (".", ","), (",", " "), (".", " "))
_PLAIN = rf"^{SIGN}\d+$"
# Cells both marks may claim: one mark, exactly three digits behind it, at most three before.
_EITHER = rf"^{SIGN}[1-9]\d{{0,2}}[.,]\d{{3}}$"
NUMBER = rf"^{SIGN}(?:\d[\d.,'\x{{a0}}\x{{202f}} ]*\d|\d|[.,]\d+)(?:[eE][-+]?\d+)?$"


def decide(values: pl.Series, counts: pl.Series, counting: bool) -> Notation:
    """The notation of distinct `values`, weighed by `counts`; `counting`: the header speaks of things
    that are counted, so a lone `1.234` is more likely a thousand."""
    total = int(counts.sum())
    plain = values.str.contains(_PLAIN)
    scientific = values.str.contains(rf"^{SIGN}\d+(?:\.\d+)?[eE][-+]?\d+$")
    either = values.str.contains(_EITHER)
    fits = {n: values.str.contains(_form(*n)) for n in NOTATIONS}
    weight = {n: int(counts.filter(mask | scientific).sum()) for n, mask in fits.items()}
    proof = {
        n: int(
            counts.filter(
                mask & ~plain & ~either & ~_any([f for m, f in fits.items() if not _same(m, n, values)])
            ).sum()
        )
        for n, mask in fits.items()
    }
    best = max(NOTATIONS, key=lambda n: (weight[n], proof[n], _prior(n, values, either, counting)))
    hits = weight[best]
    doubtful = int(counts.filter(either).sum())
    rivals = [n for n in NOTATIONS if n != best and weight[n] == hits and n[0] != best[0]]
    sure = not doubtful or not rivals or proof[best] > 0
    decimal, group = best
    grouped = (
        values.filter(fits[best])
        .str.contains(rf"\d{_SPACE if group == ' ' else re.escape(group)}\d{{3}}")
        .any()
    )
    if not grouped:
        group = ""
    return Notation(decimal, group, hits, sure, total - hits)


def _any(masks: list[pl.Series]) -> pl.Series:
    out = masks[0]
    for mask in masks[1:]:
        out = out | mask
    return out


def _same(one: tuple[str, str], other: tuple[str, str], values: pl.Series) -> bool:
    """Notations with one decimal mark do not contradict each other."""
    del values
    return one[0] == other[0]


def _prior(notation: tuple[str, str], values: pl.Series, either: pl.Series, counting: bool) -> int:
    """When nothing proves it: grouping if things are counted, else what the lone marks say."""
    lone = values.filter(either)
    mark = "." if lone.str.contains(".", literal=True).sum() * 2 >= len(lone) else ","
    if not len(lone):
        return 1 if notation == (",", ".") else 0
    whole_beyond = values.str.contains(rf"^{SIGN}\d{{4,}}$").any()
    as_group = counting or not whole_beyond
    return int((notation[1] == mark) if as_group else (notation[0] == mark and notation[1] != mark))


def read(values: pl.Series, decimal: str, group: str) -> pl.Series:
    """The numbers of cells written so; null where they are not."""
    form = _form(decimal, group)
    plain = values.str.replace_all(_SPACE if group == " " else re.escape(group), "") if group else values
    plain = plain.str.replace_all("−", "-", literal=True)
    if decimal != ".":
        plain = plain.str.replace(decimal, ".", literal=True)
    good = pl.select(pl.when(values.str.contains(form)).then(plain).otherwise(values)).to_series()
    return good.cast(pl.Float64, strict=False)
