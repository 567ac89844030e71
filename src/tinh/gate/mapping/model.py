"""A proposed layout: which header is which column, with confidence and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tinh.kit.errors import Text


@dataclass(frozen=True, slots=True)
class Match:
    """A header's best column. `column` is empty when it is left open; `others` are the runners-up."""

    position: int
    header: str
    column: str
    confidence: float
    why: tuple[Text, ...] = ()
    others: tuple[tuple[str, float], ...] = ()
    wide: bool = False  # one of the columns that become rows
    examples: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "position": self.position,
            "header": self.header,
            "column": self.column,
            "confidence": round(self.confidence, 2),
            "why": [w.as_dict() for w in self.why],
            "others": [{"column": c, "confidence": round(s, 2)} for c, s in self.others],
            "wide": self.wide,
            "examples": list(self.examples),
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    """`layout` has the keys of a contract's `layout`; `headers` are what a file must have for it."""

    dataset: str
    sheet: str
    sheets: tuple[str, ...]
    matches: tuple[Match, ...]
    layout: Mapping[str, Any]
    headers: tuple[str, ...]
    remarks: tuple[Text, ...] = ()
    open: tuple[str, ...] = ()  # columns the contract needs and nothing gives
    titles: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            "dataset": self.dataset,
            "sheet": self.sheet,
            "sheets": list(self.sheets),
            "columns": [m.as_dict() for m in self.matches],
            "layout": dict(self.layout),
            "match": {"headers": list(self.headers)},
            "remarks": [r.as_dict() for r in self.remarks],
            "open": list(self.open),
            "titles": list(self.titles),
        }
