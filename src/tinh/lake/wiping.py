"""The part of `Lake` that finds and erases what it holds of people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from tinh.lake import erasing
from tinh.lake.engine import Engine, scan
from tinh.lake.erasing import Wipe, Wiped
from tinh.lake.rows import Rows
from tinh.lake.tables import Table
from tinh.packs.api import Dataset

if TYPE_CHECKING:
    from tinh.lake.events import Events
    from tinh.lake.values import Values


class Wiping:
    """What a lake answers about people."""

    _engine: Engine
    _rows: Rows
    _receipts: Table
    _values: Values
    _events: Events

    def of_people(self, dataset: Dataset, terms: Sequence[str], held: bool = False) -> pl.DataFrame:
        """Every stored (or held) row that names one of `terms`, replaced or not."""
        table = self._rows.held(dataset.id) if held else self._rows.data(dataset.id)
        now = table.snapshot()
        if now is None or not now.paths() or not terms:
            return pl.DataFrame()
        rows = self._engine.frame(scan(now.paths(), dict(now.schema), now.schema))
        return rows.filter(Wipe((), terms=tuple(terms)).which(rows))

    def wipe(
        self, dataset: Dataset | str, terms: Sequence[str] = (), before: datetime | None = None,
        columns: Collection[str] = (),
    ) -> Wiped:  # fmt: skip
        """Erase the personal `columns` of rows that name one of `terms`, or that came before a moment: for
        ever, from every file. Of a dataset nobody declares any more, texts with the terms."""
        done = Wiped()
        id = dataset if isinstance(dataset, str) else dataset.id
        keyed = not isinstance(dataset, str) and bool(set(dataset.key) & set(columns))
        erasing.wipe(self._engine, self._rows, id, Wipe(tuple(columns), keyed, tuple(terms), before), done)
        return done

    def wipe_texts(self, terms: Sequence[str]) -> Wiped:
        """Take terms out of receipts, their events and values."""
        done = Wiped()
        tables = [self._receipts, self._events.table, self._values.table]
        erasing.scrub(self._engine, tables, tuple(terms), done)
        return done

    def put(self, dataset: Dataset, terms: Sequence[str], column: str, value: str) -> Wiped:
        """Correct one column in every stored row that names one of `terms`."""
        done = Wiped()
        erasing.put(self._engine, self._rows.data(dataset.id), tuple(terms), column, value, done)
        return done
