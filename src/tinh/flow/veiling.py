"""Rows as somebody sees them who has not asked to see personal data: each value under its kind's mask."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from tinh.packs.api import HIDDEN, Column, Dataset, PersonalRegister, masked, plain_of


@dataclass(frozen=True, slots=True)
class Veil:
    """`lifted` shows values as they are, but for those of `restricted` people; a dataset that is no longer
    declared shows nothing, for nobody can say what its columns hold."""

    dataset: Dataset | None
    register: PersonalRegister
    lifted: bool = False
    restricted: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that say something of people."""
        return tuple(c for c in self.dataset.columns if c.privacy) if self.dataset else ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    @property
    def drawn(self) -> bool:
        """Whether anything is hidden."""
        if self.dataset is None:
            return not self.lifted
        return bool(self.columns) and (not self.lifted or bool(self.restricted))

    def cell(self, column: str, value: Any) -> Any:
        """One value as it may be seen; a value that is no column's is shown."""
        if not self.drawn:
            return value
        if self.dataset is None:
            return None if value is None else HIDDEN
        if self.lifted and plain_of(value) not in self.restricted:
            return value
        found = next((c for c in self.columns if c.name == column), None)
        if found is None or found.privacy is None:
            return value
        return masked(value, self.register.kinds.get(found.privacy.kind))

    def row(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.cell(name, value) for name, value in values.items()}

    def frame(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The same rows with personal values masked, those the gate saw (`_values`) too. What a row's key is
        made of does not show."""
        if not self.drawn or rows.is_empty():
            return rows
        rows = rows.drop("_key", strict=False)
        if self.dataset is None:
            hidden = [c for c in rows.columns if not c.startswith("_")]
            return self._seen(rows.with_columns(pl.lit(HIDDEN).alias(c) for c in hidden))
        which = self._restricted_rows(rows)
        if self.lifted:
            open_rows, closed = rows.filter(~which), rows.filter(which)
            veiled = replace(self, lifted=False, restricted=frozenset()).frame(closed)
            if veiled.is_empty():
                return open_rows
            order = [c for c in rows.columns if c in veiled.columns]
            both = [part.select(order).with_columns(_texts(part, self.names)) for part in (open_rows, veiled)]
            together = pl.concat(both, how="vertical_relaxed")
            return together.sort("_row") if "_row" in together.columns else together
        return self._seen(rows.with_columns(self._masked(rows)))

    def _masked(self, rows: pl.DataFrame) -> Iterable[pl.Series]:
        for column in self.columns:
            if column.name in rows.columns and column.privacy:
                kind = self.register.kinds.get(column.privacy.kind)
                values = [masked(v, kind) for v in rows.get_column(column.name).to_list()]
                yield pl.Series(column.name, values, dtype=pl.String)

    def _seen(self, rows: pl.DataFrame) -> pl.DataFrame:
        if "_values" not in rows.columns:
            return rows
        told = [self._seen_of(text) for text in rows.get_column("_values").to_list()]
        return rows.with_columns(pl.Series("_values", told, dtype=pl.String))

    def _seen_of(self, text: str | None) -> str | None:
        if not text:
            return text
        return json.dumps(replace(self, lifted=False).row(json.loads(text)), ensure_ascii=False)

    def _restricted_rows(self, rows: pl.DataFrame) -> pl.Series:
        if not self.lifted or not self.restricted:
            return pl.Series("restricted", [False] * len(rows), dtype=pl.Boolean)
        parts = [
            [plain_of(v) in self.restricted for v in rows.get_column(n).to_list()]
            for n in self.names
            if n in rows.columns
        ]
        hits = [any(each) for each in zip(*parts, strict=True)] if parts else [False] * len(rows)
        return pl.Series("restricted", hits, dtype=pl.Boolean)


def _texts(rows: pl.DataFrame, names: Iterable[str]) -> list[pl.Expr]:
    return [pl.col(n).cast(pl.String) for n in names if n in rows.columns]
