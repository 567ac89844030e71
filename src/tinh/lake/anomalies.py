"""What was found unusual, and how people marked it: two tables that only grow.

Each look writes a row for what is new or has changed; the newest row of an id counts. A mark is a row of
its own, so that what was thought before stays readable. Nothing here judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from tinh.lake.columns import UTC, literal
from tinh.lake.engine import Engine, scan
from tinh.lake.tables import Table

ANOMALIES: dict[str, pl.DataType] = {
    "id": pl.String(),
    "subject": pl.String(),  # indicator, relation, dataset
    "indicator": pl.String(),  # or the dataset's id
    "relation": pl.String(),
    "version": pl.Int64(),
    "place": pl.String(),
    "kind": pl.String(),
    "first": pl.String(),
    "last": pl.String(),
    "length": pl.Int64(),
    "grain": pl.String(),
    "value": pl.Float64(),
    "expected": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "size": pl.Float64(),
    "score": pl.Float64(),
    "weight": pl.Float64(),
    "group": pl.String(),
    "cause": pl.String(),  # receipt, place, many; empty alone
    "receipt": pl.String(),
    "why_vi": pl.String(),
    "why_en": pl.String(),
    "state": pl.String(),  # raised, quiet, gone
    "because": pl.String(),  # of a quiet one: budget, known:<anomaly>, threshold:<n>
    "simulated": pl.Boolean(),
    "raised_at": UTC,  # first raised; null while it was not
    "seen_at": UTC,
    "run_id": pl.String(),
    "declared": pl.String(),  # digest of the declarations in force
}
MARKS: dict[str, pl.DataType] = {
    "id": pl.String(),
    "anomaly": pl.String(),
    "mark": pl.String(),  # real, data_error, known, open
    "note": pl.String(),
    "by": pl.String(),
    "at": UTC,
}


class Anomalies:
    """The anomalies of one lake and the marks on them."""

    def __init__(self, root: Path, engine: Engine) -> None:
        self.table = Table(root / "anomalies")
        self.marked = Table(root / "anomaly_marks")
        self._engine = engine

    def write(self, frame: pl.DataFrame, run_id: str) -> bool:
        """Add rows by ANOMALIES; several writers may, the newest `seen_at` of an id counts."""
        rows = frame.select(pl.col(name).cast(dtype) for name, dtype in ANOMALIES.items())
        return len(rows) > 0 and self.table.append(lambda _now: rows, ANOMALIES, turn=run_id)

    def read(self, ids: Sequence[str] | None = None, as_of: datetime | None = None) -> pl.DataFrame:
        """The newest row of each id, or as it stood at `as_of`."""
        now = self.table.snapshot()
        if now is None:
            return pl.DataFrame(schema=ANOMALIES)
        where = ["true"]
        if ids is not None:
            where.append(f"id IN ({', '.join(literal(i) for i in ids) or 'NULL'})")
        if as_of is not None:
            where.append(f"seen_at <= TIMESTAMPTZ {literal(as_of.isoformat())}")
        return self._engine.frame(
            f"SELECT * FROM ({scan(now.paths(), ANOMALIES, now.schema)}) WHERE {' AND '.join(where)} "
            "QUALIFY row_number() OVER (PARTITION BY id ORDER BY seen_at DESC, run_id DESC) = 1"
        )

    def mark(self, frame: pl.DataFrame) -> bool:
        """Add marks by MARKS."""
        rows = frame.select(pl.col(name).cast(dtype) for name, dtype in MARKS.items())
        return self.marked.append(lambda _now: rows, MARKS, turn="marks")

    def marks(self, anomaly: str | None = None) -> pl.DataFrame:
        """Every mark, or those of one anomaly, oldest first."""
        now = self.marked.snapshot()
        if now is None:
            return pl.DataFrame(schema=MARKS)
        where = "" if anomaly is None else f"WHERE anomaly = {literal(anomaly)}"
        return self._engine.frame(
            f'SELECT * FROM ({scan(now.paths(), MARKS, now.schema)}) {where} ORDER BY "at", id'
        )

    def version(self) -> int:
        """Grows with everything found and every mark."""
        return self.table.version() + self.marked.version()
