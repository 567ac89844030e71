"""What a look at a table of text cells found, before anybody has declared anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tinh.kit.errors import Text
from tinh.packs.api import Logical

Kind = Literal[
    "empty", "integer", "number", "percent", "date", "timestamp", "boolean", "code", "phone", "tax code",
    "citizen id", "e-mail", "place", "period", "enumeration", "text",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading that some cells allow: `hits` of `of` filled cells."""

    kind: Kind
    hits: int
    of: int


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person should look at; `column` is empty when it concerns the table."""

    code: str
    says: Text
    column: str = ""
    rows: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "column": self.column,
            "says": self.says.as_dict(),
            "rows": list(self.rows),
        }


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column: the reading chosen (`kind`), what speaks for it and what it was read with.

    `facts` holds what the kind needs: decimal, group, units, formats, words, values, low, high,
    level, by, side, rate, grain, width, pattern.
    """

    header: str
    name: str
    height: int
    filled: int
    distinct: int
    kind: Kind
    logical: Logical
    candidates: tuple[Candidate, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    nothing: tuple[str, ...] = ()  # words that stand for an empty cell
    unit: str = ""
    personal: str = "none"
    examples: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "header": self.header, "name": self.name, "rows": self.height, "filled": self.filled,
            "distinct": self.distinct, "kind": self.kind, "logical": self.logical,
            "candidates": [{"kind": c.kind, "hits": c.hits, "of": c.of} for c in self.candidates],
            "facts": dict(self.facts), "nothing": list(self.nothing), "unit": self.unit,
            "personal": self.personal, "examples": list(self.examples),
            "remarks": [r.as_dict() for r in self.remarks],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class TableProfile:
    """A table: its columns, the keys that would tell its rows apart, where and when they are."""

    height: int
    columns: tuple[ColumnProfile, ...]
    keys: tuple[tuple[str, ...], ...] = ()
    place: str = ""
    period: str = ""
    remarks: tuple[Remark, ...] = ()
    fixed: tuple[Mapping[str, Any], ...] = ()  # entries of a layout that make the period of its parts

    def column(self, name: str) -> ColumnProfile:
        return next(c for c in self.columns if c.name == name)

    def as_dict(self) -> dict[str, Any]:
        return {
            "rows": self.height, "columns": [c.as_dict() for c in self.columns],
            "keys": [list(k) for k in self.keys], "place": self.place, "period": self.period,
            "fixed": [dict(f) for f in self.fixed],
            "remarks": [r.as_dict() for r in self.remarks],
        }  # fmt: skip
