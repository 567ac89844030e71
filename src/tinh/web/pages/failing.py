"""What was written where a rule failed, and what a check of a whole delivery measured, for a page."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from tinh.gate.api import examples
from tinh.packs.api import Dataset
from tinh.web import formats
from tinh.web.words import words

_LONGEST = 40
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def seen_by_rule(
    held: pl.DataFrame, found: Dataset | None, language: str
) -> dict[str, tuple[tuple[str, str], ...]]:
    """By rule, up to five times what was written and in which row."""
    say = words(language)
    labels = {c.name: c.label.in_(language) or c.name for c in found.columns} if found else {}
    out = {}
    for rule, rows in examples(held, found).items():
        told = []
        for one in rows:
            several = len(one["values"]) > 1
            parts = [
                (f"{labels.get(c, c)}: " if several else "")
                + _cut(say("receipt.blank_cell") if v is None else v)
                for c, v in one["values"].items()
            ]
            told.append(("; ".join(parts[:4]), one["at"] or say("receipt.at_row", row=one["row"])))
        out[rule] = tuple(t for t in told if t[0])
    return out


def _cut(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def shown_check(check: dict[str, Any], language: str) -> dict[str, Any]:
    """A check with its figures written as the language writes them."""

    def figure(found: re.Match[str]) -> str:
        value = float(found[0])
        return formats.number(value, formats.decimals_of([value], 3), language)

    measured = check["measured"]
    shown = (
        "–"
        if measured is None
        else figure(m)
        if (m := _NUMBER.fullmatch(f"{measured:.10g}"))
        else str(measured)
    )
    return {**check, "measured": shown, "expected": _NUMBER.sub(figure, str(check["expected"]))}
