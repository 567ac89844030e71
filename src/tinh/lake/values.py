"""The table of indicator values: every computation stays, the newest one counts.

`units` names the units a value stands on: "" those it was reported on, else a day on which they stood.

Large batches go to a partition of their indicator; small ones, which arrive all day, share
a common partition until upkeep sorts them in. `_basis` is the version of the receipts a
computation had seen: of two computations the one that saw more wins, whoever wrote first.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import polars as pl

from tinh.lake.columns import UTC, literal
from tinh.lake.engine import Engine, scan
from tinh.lake.laying import folder
from tinh.lake.tables import Snapshot, Table, bound

VALUES: dict[str, pl.DataType] = {
    "indicator": pl.String(),
    "version": pl.Int64(),
    "place": pl.String(),
    "period": pl.String(),
    "grain": pl.String(),
    "value": pl.Float64(),
    "num": pl.Float64(),
    "den": pl.Float64(),
    "cov_num": pl.Int64(),
    "cov_den": pl.Int64(),
    "simulated": pl.Boolean(),
    "computed_at": UTC,
    "run_id": pl.String(),
}
_READ: dict[str, pl.DataType] = {**VALUES, "units": pl.String(), "estimated": pl.Float64()}
_KEPT: dict[str, pl.DataType] = {
    **_READ,
    "_basis": pl.Int64(),
    "_turn": pl.Int64(),
    "_part": pl.String(),
}
STORED = {name: dtype for name, dtype in _KEPT.items() if name != "_part"}
_CELL = ("indicator", "version", "place", "period", "units")
# Values written before these columns were kept stand as reported.
_ROWS = "SELECT * REPLACE (coalesce(units, '') AS units, coalesce(estimated, 0) AS estimated) FROM"
OWN_PARTITION = 20_000  # rows of one indicator in one write from which they get their own file
SHARED = "-"


class Values:
    """Indicator values of one lake."""

    def __init__(self, root: Path, engine: Engine) -> None:
        self.table = Table(root / "indicator_values", partition=["_part"])
        self._engine = engine

    def write(self, frame: pl.DataFrame, run_id: str, computed_at: datetime, basis: int) -> bool:
        """Add computed values; a value without anything behind it (coverage 0/0) takes the old one back."""
        if frame.is_empty():
            return False
        rows = _shape(frame, run_id, computed_at, basis)
        return self.table.append(lambda _now: rows, _KEPT, turn=run_id)

    def read(
        self,
        indicator: str | Sequence[str] | None,
        places: Sequence[str] | None,
        first: str | None,
        last: str | None,
        as_of: datetime | None,
        version: int | None,
        units: str | None = "",
    ) -> pl.DataFrame:
        now = self.table.snapshot()
        if now is None:
            return pl.DataFrame(schema=_READ)
        sql, params = self.select(now, indicator, places, first, last, as_of, version, units)
        return self._engine.frame(sql, params)

    def select(
        self,
        now: Snapshot,
        indicator: str | Sequence[str] | None,
        places: Sequence[str] | None,
        first: str | None,
        last: str | None,
        as_of: datetime | None,
        version: int | None,
        units: str | None,
    ) -> tuple[str, list[Any]]:
        """The same of one snapshot, as a SELECT and its parameters."""
        named = [indicator] if isinstance(indicator, str) else None if indicator is None else list(indicator)
        where, params = ["true"], []
        prune = pl.lit(True)
        if named is not None:
            prune &= pl.col("partition._part").is_in([SHARED, *(folder(i) for i in named)])
            prune &= now.span("indicator", min(named, default=""), max(named, default="")).fill_null(True)
            where.append(f"indicator IN ({', '.join(literal(i) for i in named) or 'NULL'})")
        if places is not None:
            where.append(f"place IN ({', '.join(literal(p) for p in places) or 'NULL'})")
        if first is not None:
            where.append("(period >= ? OR starts_with(?, period))")
            params += [first, first]
            prune &= _may_reach(first).fill_null(True)
        if last is not None:
            where.append("period <= ?")
            params.append(last + "~")
            prune &= (pl.col("min.period") <= last + "~").fill_null(True)
        if units is not None:
            where.append(f"units = {literal(units)}")
        if version is not None:
            where.append(f"version = {int(version)}")
        if as_of is not None:
            where.append(f"computed_at <= TIMESTAMPTZ {literal(as_of.isoformat())}")
            prune &= (pl.col("min.computed_at") <= bound(as_of)).fill_null(True)
        return _newest(now, now.files.filter(prune.fill_null(True)), " AND ".join(where), params)


def _newest(now: Snapshot, files: pl.DataFrame, where: str, params: list[Any]) -> tuple[str, list[Any]]:
    """The newest row of each cell. Files of one single write hold each cell once, so only
    the cells that other files have too are compared."""
    single, mixed = _split(files)
    shown = ", ".join(_READ)
    cell = ", ".join(_CELL)

    def rows(paths: list[str]) -> str:
        return f"SELECT * FROM ({_ROWS} ({scan(paths, STORED, now.schema)})) WHERE {where}"

    newest = (
        f"QUALIFY row_number() OVER (PARTITION BY {cell} "
        "ORDER BY _basis DESC, computed_at DESC, _turn DESC) = 1"
    )
    standing = "WHERE value IS NOT NULL OR cov_den > 0"
    order = "ORDER BY indicator, version, period, place"
    if not mixed:
        return f"SELECT {shown} FROM ({rows(single)}) {standing} {order}", params
    if not single:
        return f"SELECT {shown} FROM ({rows(mixed)} {newest}) {standing} {order}", params
    return (
        f"WITH later AS MATERIALIZED ({rows(mixed)}), early AS ({rows(single)}), "
        f"both_ AS (SELECT * FROM later UNION ALL SELECT * FROM early SEMI JOIN later USING ({cell})) "
        f"SELECT {shown} FROM (SELECT * FROM (SELECT * FROM both_ {newest}) "
        f"UNION ALL SELECT * FROM early ANTI JOIN later USING ({cell})) {standing} {order}",
        [*params, *params],
    )


def _split(files: pl.DataFrame) -> tuple[list[str], list[str]]:
    """The files of the one write that is largest here, and the others."""
    if files.is_empty():
        return [], []
    writes = files.filter(pl.col("min._turn") == pl.col("max._turn")).group_by("min._turn")
    sizes = writes.agg(pl.col("num_records").sum()).sort("num_records", descending=True)
    if sizes.is_empty():
        return [], files.get_column("path").to_list()
    turn = sizes.row(0)[0]
    single = (pl.col("min._turn") == turn) & (pl.col("max._turn") == turn)
    return (
        files.filter(single.fill_null(False)).get_column("path").to_list(),
        files.filter(~single.fill_null(False)).get_column("path").to_list(),
    )


def _may_reach(first: str) -> pl.Expr:
    """Files with a period from `first` on, or with the month or year that holds it."""
    low, high = pl.col("min.period"), pl.col("max.period")
    holders = {first[:n] for n in (4, 7, 10) if n < len(first)}
    return reduce(or_, ((low <= p) & (high >= p) for p in sorted(holders)), high >= first)


def _shape(frame: pl.DataFrame, run_id: str, computed_at: datetime, basis: int) -> pl.DataFrame:
    if "computed_at" not in frame.columns:
        frame = frame.with_columns(pl.lit(computed_at).alias("computed_at"))
    given = set(frame.columns)
    rows = frame.with_columns(
        pl.lit(run_id).alias("run_id"),
        pl.lit(basis).alias("_basis"),
        pl.lit(time.time_ns()).alias("_turn"),
        *(pl.lit(None).alias(name) for name in _READ if name not in given | {"run_id"}),
    )
    rows = rows.with_columns(
        pl.col("units").cast(pl.String).fill_null(""), pl.col("estimated").cast(pl.Float64).fill_null(0.0)
    )
    if rows.select(_CELL).n_unique() < len(rows):
        rows = rows.unique(_CELL, keep="last", maintain_order=True)
    own = pl.len().over("indicator") >= OWN_PARTITION
    names = {i: folder(i) for i in rows.get_column("indicator").unique().to_list()}
    rows = rows.with_columns(
        pl.when(own)
        .then(pl.col("indicator").replace_strict(names, return_dtype=pl.String))
        .otherwise(pl.lit(SHARED))
        .alias("_part")
    )
    return rows.select(pl.col(n).cast(t) for n, t in _KEPT.items()).sort(
        "_part", "indicator", "period", "place"
    )
