"""Rows of the lake that a held row brought back may not replace.

A held row is as old as the delivery it came in. What a newer delivery says of its key stands, and
so does what any other delivery says of a key that the row did not have while its own was readable.
"""

from __future__ import annotations

import polars as pl

from tinh.flow.held import Left
from tinh.flow.touched import touched
from tinh.gate.api import CELL_ERROR, SHAPE, Answering
from tinh.lake.api import Lake, StoredReceipt
from tinh.packs.api import Dataset
from tinh.sources.api import ROW, Table

_OF_PLACES_AND_KEYS = frozenset({"key", "place", "place-name", "period", SHAPE, CELL_ERROR})


class Rivals:
    """What stands against an answer to `left`; `met` are the receipts that kept a row out."""

    def __init__(self, lake: Lake, left: Left, mine: str) -> None:
        self._lake = lake
        self._left = left
        self._mine = mine
        self._answers = [a.id for a in lake.answers(left.stored.id) if a.id != mine]
        self.met: dict[int, str] = {}

    def answering(self, table: Table, released: bool) -> Answering:
        """What the gate is to know of the rows of `table`."""
        family = [self._left.stored.id, *self._answers]
        moved = _moved(table, self._left)

        def taken(rows: pl.DataFrame) -> pl.Series:
            found = self._bearers(rows).filter(pl.col("_receipt").is_in(family))
            return rows.get_column(ROW).is_in(found.get_column(ROW).implode())

        def others(rows: pl.DataFrame) -> pl.Series:
            if self._left.dataset.kind == "stream":
                return pl.Series("others", [False] * len(rows), dtype=pl.Boolean)
            found = self._bearers(rows).filter(~pl.col("_receipt").is_in([*family, self._mine]))
            against = {r: self._against(r) for r in found.get_column("_receipt").unique().sort()}
            self.met = {
                row: receipt
                for row, receipt in found.select(ROW, "_receipt").iter_rows()
                if against[receipt] == "newer" or (against[receipt] == "older" and row in moved)
            }
            return rows.get_column(ROW).is_in(list(self.met))

        return Answering(taken, others, released)

    def _bearers(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`_row` and `_receipt`: which receipts bear the key of each row."""
        dataset = self._left.dataset
        timed = dataset.period is not None and dataset.period.column in dataset.key
        by = ["_key", "_period"] if timed else ["_key"]
        found = self._lake.bearers(dataset, rows.get_column("_key")).select(*by, "_receipt").unique()
        return rows.select(ROW, *by).join(found, on=by, nulls_equal=False)

    def _against(self, receipt: str) -> str:
        """Whether a receipt is `newer` than the one answered or `older`; "" when its rows and those of
        the one answered stand side by side. An answer is as old as what it answers."""
        mine, found = self._left.stored, self._lake.receipt(receipt)
        other = self._lake.receipt(found.answers) if found and found.answers else found
        if other is None or (self._left.dataset.prefer and _who(other) != _who(mine)):
            return ""
        return "newer" if (other.received_at, other.id) > (mine.received_at, mine.id) else "older"


def _who(receipt: StoredReceipt) -> str:
    return receipt.sender.partition("/")[0]


def _moved(table: Table, left: Left) -> frozenset[int]:
    """Rows that were given another key, though nothing was wrong with the one they had."""
    dataset = left.dataset
    cells = [pl.col(name) for name in dataset.key if name in left.names]
    if not cells:
        return frozenset()
    rekeyed = touched(table.frame, left).filter(pl.any_horizontal(cells)).get_column(ROW).to_list()
    sound = pl.col("_rules").list.set_intersection(sorted(_rules_of_key(dataset))).list.len() == 0
    rows = left.frame.filter(pl.col(ROW).is_in(rekeyed) & sound)
    return frozenset(rows.get_column(ROW).to_list())


def _rules_of_key(dataset: Dataset) -> frozenset[str]:
    """The rules whose failing may mean that the key is misspelt."""
    implied = {f"{c}-{kind}" for c in dataset.key for kind in ("type", "required", "unique", "enum")}
    named = {r.id for r in dataset.rules if set(r.columns) & set(dataset.key)}
    return _OF_PLACES_AND_KEYS | implied | named
