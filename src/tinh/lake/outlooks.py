"""What is expected: the tables of forecasts and of outlooks. Every computation stays, the newest counts.

`forecasts` has a row a series and run; its lists run over `periods`, the first after `origin`. `base`,
`base_bands` (lower and upper 80, lower and upper 95 %, one after the other) and `base_ends` are what the
models said before parts and whole were made to add up, `mean` and `ends` what stands. `ends` are the values
of the sample paths at the periods of `dues` (targets of the indicator), one due after the other; path 17 of a
commune and path 17 of the province belong together. `outlooks` has a row a target and run; `kind` is `live`,
or `replay` where a past day was played again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from tinh.lake import upkeep
from tinh.lake.columns import UTC, literal
from tinh.lake.engine import Engine, scan
from tinh.lake.tables import Table

_NUMBERS = pl.List(pl.Float64())
_MADE: dict[str, pl.DataType] = {
    "model": pl.String(),
    "simulated": pl.Float64(),
    "applied": pl.Int64(),
    "method": pl.String(),
    "digest": pl.String(),
    "refused": pl.String(),
    "refused_vi": pl.String(),
    "refused_en": pl.String(),
    "made_at": UTC,
    "run_id": pl.String(),
}
FORECASTS: dict[str, pl.DataType] = {
    "indicator": pl.String(),
    "version": pl.Int64(),
    "place": pl.String(),
    "grain": pl.String(),
    "origin": pl.String(),
    "values": pl.Int64(),
    "periods": pl.List(pl.String()),
    "mean": _NUMBERS,
    "lo_80": _NUMBERS,
    "hi_80": _NUMBERS,
    "lo_95": _NUMBERS,
    "hi_95": _NUMBERS,
    "base": _NUMBERS,
    "base_bands": _NUMBERS,
    "dues": pl.List(pl.String()),
    "ends": _NUMBERS,
    "base_ends": _NUMBERS,
    "reconciled": pl.Boolean(),
    "smape": pl.Float64(),
    "mase": pl.Float64(),
    "msis_95": pl.Float64(),
    "coverage_80": pl.Float64(),
    "coverage_95": pl.Float64(),
    **_MADE,
}
OUTLOOKS: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "indicator": pl.String(),
    "version": pl.Int64(),
    "place": pl.String(),
    "by": pl.String(),
    "target": pl.Float64(),
    "direction": pl.String(),
    "state": pl.String(),
    "origin": pl.String(),
    "value": pl.Float64(),
    "due": pl.String(),
    "probability": pl.Float64(),
    "ever": pl.Float64(),
    "expected": pl.String(),
    "until": pl.String(),
    "needed": pl.Float64(),
    "seen": pl.Float64(),
    "verdict": pl.String(),
    "far": pl.Boolean(),
    "middle": pl.Float64(),
    "lo_80": pl.Float64(),
    "hi_80": pl.Float64(),
    "lo_95": pl.Float64(),
    "hi_95": pl.Float64(),
    "outcome": pl.Boolean(),
    "before": pl.Float64(),
    "moved_vi": pl.String(),
    "moved_en": pl.String(),
    **_MADE,
}
KEPT = timedelta(days=30)  # how long a forecast that a newer one replaced is kept
_SERIES = "indicator, version, place"


class Foreseen:
    """Forecasts and outlooks of one lake."""

    def __init__(self, root: Path, engine: Engine) -> None:
        self._forecasts = Table(root / "forecasts")
        self._outlooks = Table(root / "outlooks")
        self._engine = engine

    @property
    def tables(self) -> tuple[Table, Table]:
        return self._forecasts, self._outlooks

    def version(self) -> int:
        """Grows with every run that wrote anything."""
        return self._forecasts.version() + self._outlooks.version()

    def add(self, forecasts: Sequence[dict[str, Any]], outlooks: Sequence[dict[str, Any]]) -> None:
        """Rows of FORECASTS and OUTLOOKS; what a row leaves out is null."""
        self._append(self._forecasts, forecasts, FORECASTS)
        self._append(self._outlooks, outlooks, OUTLOOKS)

    def _append(self, table: Table, rows: Sequence[dict[str, Any]], schema: dict[str, pl.DataType]) -> None:
        if rows:
            frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
            table.append(lambda _now: frame, schema)

    def forecasts(
        self, indicators: Sequence[str] | None = None, places: Sequence[str] | None = None,
        as_of: datetime | None = None, columns: Sequence[str] = (),
    ) -> pl.DataFrame:  # fmt: skip
        """The newest forecast of each indicator, version and place, or the newest made by `as_of`."""
        return self._read(self._forecasts, FORECASTS, _SERIES, indicators, places, as_of, columns)

    def outlooks(
        self, indicators: Sequence[str] | None = None, places: Sequence[str] | None = None,
        as_of: datetime | None = None, kind: str = "live",
    ) -> pl.DataFrame:  # fmt: skip
        """The newest outlook of each target."""
        frame = self._read(
            self._outlooks,
            OUTLOOKS,
            'indicator, place, "by"',
            indicators,
            places,
            as_of,
            (),
            f"kind = {literal(kind)}",
        )
        return frame.sort("indicator", "place", "by")

    def every_outlook(self, indicators: Sequence[str] | None = None, kind: str | None = None) -> pl.DataFrame:
        """All outlooks that were ever made, oldest first."""
        where = "true" if kind is None else f"kind = {literal(kind)}"
        return self._read(self._outlooks, OUTLOOKS, "", indicators, None, None, (), where).sort("made_at")

    def _read(
        self, table: Table, schema: dict[str, pl.DataType], newest: str, indicators: Sequence[str] | None,
        places: Sequence[str] | None, as_of: datetime | None, columns: Sequence[str], also: str = "true",
    ) -> pl.DataFrame:  # fmt: skip
        wanted = {n: schema[n] for n in columns} if columns else schema
        now = table.snapshot()
        if now is None:
            return pl.DataFrame(schema=wanted)
        where = [also]
        for name, values in (("indicator", indicators), ("place", places)):
            if values is not None:
                where.append(f"{name} IN ({', '.join(literal(v) for v in values) or 'NULL'})")
        if as_of is not None:
            where.append(f"made_at <= TIMESTAMPTZ {literal(as_of.isoformat())}")
        last = (
            f"QUALIFY row_number() OVER (PARTITION BY {newest} ORDER BY made_at DESC, run_id DESC) = 1"
            if newest
            else ""
        )
        listed = ", ".join(f'"{n}"' for n in wanted)
        source = scan(now.paths(), schema, now.schema)
        return self._engine.frame(f"SELECT {listed} FROM ({source}) WHERE {' AND '.join(where)} {last}")

    def retain(self, now: datetime) -> int:
        """Drop forecasts that a newer one replaced long ago; outlooks all stay, they are the record."""
        limit = f"TIMESTAMPTZ {literal((now - KEPT).isoformat())}"
        return upkeep.drop(
            self._engine, self._forecasts, "true", _SERIES, "made_at", "made_at DESC, run_id DESC", limit
        )
