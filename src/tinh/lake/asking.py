"""What is asked of a collection that is read page by page, and what a page is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import polars as pl

from tinh.lake.columns import quoted

Op = Literal["eq", "ne", "ge", "gt", "le", "lt", "in", "null", "filled"]
_SIGNS = {"eq": "=", "ne": "<>", "ge": ">=", "gt": ">", "le": "<=", "lt": "<"}


@dataclass(frozen=True, slots=True)
class Condition:
    """`column op values`, the values in the column's type."""

    column: str
    op: Op
    values: tuple[Any, ...] = ()

    def sql(self) -> tuple[str, list[Any]]:
        name = quoted(self.column)
        if self.op == "null":
            return f"{name} IS NULL", []
        if self.op == "filled":
            return f"{name} IS NOT NULL", []
        if self.op == "in":
            marks = ", ".join("?" * len(self.values)) or "NULL"
            return f"{name} IN ({marks})", list(self.values)
        return f"{name} {_SIGNS[self.op]} ?", [self.values[0]]


@dataclass(frozen=True, slots=True)
class Pin:
    """The versions of the tables that all pages of one reading come from (-1: not there yet), and the
    moment whose recalls count."""

    data: int
    spare: int
    receipts: int
    at: datetime

    @property
    def mark(self) -> str:
        """Equal marks, equal rows, as long as nothing was recalled in between."""
        return f"{self.data}.{self.spare}"


@dataclass(frozen=True, slots=True)
class Ask:
    """One page: `limit` rows after `after` (a page's `last`), in the order of the key.

    `scope` is a checked expression in SQL; `places` None means all of them; `veiled` orders by a
    digest of the key, so that neither the order nor `last` tells anything of it.
    """

    columns: Sequence[str]
    conditions: Sequence[Condition] = ()
    scope: str = ""
    places: Sequence[str] | None = None
    first: str = ""
    last: str = ""
    key: str | None = None
    limit: int = 1000
    after: tuple[Any, ...] | None = None
    descending: bool = False
    veiled: bool = False
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and what to go on `after`; None where nothing is left."""

    rows: pl.DataFrame
    last: tuple[Any, ...] | None
