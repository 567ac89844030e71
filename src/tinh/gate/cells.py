"""The rows under judgement: raw cells, typed columns, and what else the rules look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite

import polars as pl

from tinh.gate.across import Across
from tinh.gate.casts import cast, dtype_of
from tinh.gate.known import Known
from tinh.gate.threads import side_by_side
from tinh.packs.api import Dataset
from tinh.sources.api import AT, ROW, Receipt, Table


@dataclass
class Cells:
    """One delivery, read into the contract's types."""

    table: Table
    dataset: Dataset
    receipt: Receipt
    known: Known
    raw: pl.DataFrame
    typed: pl.DataFrame
    missing: frozenset[str]
    notes: list[str] = field(default_factory=list)
    copies: pl.Series | None = None  # exact repeats of an earlier row, once keys are known
    across: Across | None = None  # what the rest of the delivery says, where these rows are a piece of it

    @property
    def height(self) -> int:
        return self.raw.height

    def note(self, remark: str) -> None:
        if remark not in self.notes:
            self.notes.append(remark)

    def has(self, column: str) -> bool:
        return column in self.raw.columns

    def nothing(self, dtype: pl.DataType) -> pl.Series:
        return pl.Series("none", [None], dtype).new_from_index(0, self.height)

    def false(self) -> pl.Series:
        return pl.Series("false", [False], pl.Boolean).new_from_index(0, self.height)

    def true(self) -> pl.Series:
        return pl.Series("true", [True], pl.Boolean).new_from_index(0, self.height)

    @cached_property
    def local(self) -> pl.DataFrame:
        """The typed columns with moments in the province's own time, for expressions."""
        zone = self.known.timezone
        return self.typed.with_columns(
            pl.col(name).dt.convert_time_zone(zone).dt.replace_time_zone(None)
            for name, kind in self.typed.schema.items()
            if isinstance(kind, pl.Datetime) and kind.time_zone
        )


def read_cells(table: Table, dataset: Dataset, receipt: Receipt, known: Known) -> Cells:
    """Cast every column the delivery brings; the others are null throughout."""
    raw = table.frame
    # A sum that is a number has no NaN in it.
    floats = [n for n, k in raw.schema.items() if k.is_float() and not isfinite(raw[n].sum())]
    if floats:
        raw = raw.with_columns(pl.col(n).fill_nan(None) for n in floats)
    present = [c for c in dataset.columns if c.name in raw.columns]

    def typed(index: int) -> pl.Series:
        return cast(raw[present[index].name], present[index], known.timezone)

    columns = side_by_side(typed, range(len(present)), raw.height)
    by_name = {c.name: c for c in columns}
    row = raw[ROW] if ROW in raw.columns else pl.Series(ROW, range(1, raw.height + 1), pl.UInt32)
    frame = pl.DataFrame(
        [
            row.cast(pl.UInt32),
            raw[AT] if AT in raw.columns else pl.Series(AT, [None], pl.String).new_from_index(0, raw.height),
            *(
                by_name.get(c.name, pl.Series(c.name, [None], dtype_of(c)).new_from_index(0, raw.height))
                for c in dataset.columns
            ),
        ]
    )
    missing = frozenset(c.name for c in dataset.columns if c.name not in by_name)
    return Cells(table, dataset, receipt, known, raw, frame, missing)
