"""After rows have come: the values they reach, computed anew and written in one commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import structlog

from tinh.flow.errors import UnknownIndicators
from tinh.insight.api import Together, Touched, affected
from tinh.kit.errors import TinhError
from tinh.lake.api import Lake
from tinh.packs.api import Catalogue, Dataset, Indicator, ends, with_version

log = structlog.get_logger()


@dataclass(slots=True)
class News:
    """Which places and periods of a dataset a group of receipts has touched; `gone` when rows may
    have left without others in their places."""

    dataset: Dataset
    places: set[str] = field(default_factory=set)
    periods: set[str] = field(default_factory=set)
    rows: int = 0
    gone: bool = False

    def add(self, frame: pl.DataFrame) -> None:
        """Take in rows that carry `_place` and `_period`."""
        self.rows += len(frame)
        for column, into in (("_place", self.places), ("_period", self.periods)):
            if column in frame.columns:
                into.update(frame.get_column(column).drop_nulls().unique().to_list())


class Values:
    """Brings the values of a province up to date."""

    def __init__(self, catalogue: Catalogue, lake: Lake, gazetteer: Any) -> None:
        self._catalogue = catalogue
        self._lake = lake
        self._gazetteer = gazetteer

    def after(self, news: Iterable[News], run_id: str, now: datetime) -> tuple[int, dict[str, str]]:
        """Recompute what the news reaches: how many values were written, and the indicators that
        could not be computed with the reason. One broken indicator stops no delivery."""
        basis = self._lake.version()
        frames, failed = self.of(self._lake, news, now)
        return self._write(frames, run_id, now, basis), failed

    def of(
        self, lake: Lake, news: Iterable[News], now: datetime
    ) -> tuple[list[pl.DataFrame], dict[str, str]]:
        """The values the news reaches, as a lake reads, and the indicators that could not be computed."""
        frames: list[pl.DataFrame] = []
        failed: dict[str, str] = {}
        for n in news:
            touched = Touched(n.dataset.id, frozenset(n.places), frozenset(n.periods), n.gone)
            reached = affected(self._catalogue, n.dataset.id) if n.rows else ()
            work = Together(self._catalogue, lake, self._gazetteer, now, reached)
            for indicator in reached:
                try:
                    frames += [work.compute(indicator, touched), work.restated(indicator, touched)]
                except Exception as error:
                    if isinstance(error, TinhError) and error.retry:
                        raise
                    failed[indicator.id] = str(error)[:300]
                    log.exception("flow.indicator_failed", indicator=indicator.id)
            if n.rows:
                frames += self._older(lake, touched, now, failed)
        return frames, failed

    def anew(self, indicator_ids: Iterable[str] | None, run_id: str, now: datetime) -> int:
        """Recompute indicators from all rows; all indicators when none is named."""
        known = self._catalogue.indicators
        wanted = list(known) if indicator_ids is None else list(indicator_ids)
        for indicator in wanted:
            if indicator not in known:
                raise UnknownIndicators(indicator=indicator, known=", ".join(sorted(known)))
        basis = self._lake.version()
        work = self._together([known[i] for i in wanted], now)
        frames = [f(known[i], None) for i in wanted for f in (work.compute, work.restated)]
        for older in self._catalogue.former.values():
            if older.id in wanted and self._runs(older, now):
                beside = self._beside(self._lake, older, now)
                frames += [beside.compute(older, None), beside.restated(older, None)]
        return self._write(frames, run_id, now, basis)

    # ── versions that live on beside the newest ──

    def _older(
        self, lake: Lake, touched: Touched, now: datetime, failed: dict[str, str]
    ) -> Iterable[pl.DataFrame]:
        for name, older in self._catalogue.former.items():
            seen = with_version(self._catalogue, older)
            if older not in affected(seen, touched.dataset) or not self._runs(older, now):
                continue
            try:
                work = self._beside(lake, older, now)
                yield from (work.compute(older, touched), work.restated(older, touched))
            except Exception as error:
                if isinstance(error, TinhError) and error.retry:
                    raise
                failed[name] = str(error)[:300]
                log.exception("flow.indicator_failed", indicator=name)

    def _runs(self, older: Indicator, now: datetime) -> bool:
        """Whether a replaced version is still computed today."""
        last = ends(self._catalogue, older)
        return last is None or now.astimezone(ZoneInfo(self._catalogue.timezone)).date() <= last

    def _beside(self, lake: Lake, older: Indicator, now: datetime) -> Together:
        seen = with_version(self._catalogue, older)
        return Together(seen, lake, self._gazetteer, now, [older])

    def _together(self, indicators: Iterable[Indicator], now: datetime) -> Together:
        return Together(self._catalogue, self._lake, self._gazetteer, now, indicators)

    def _write(self, frames: list[pl.DataFrame], run_id: str, now: datetime, basis: int) -> int:
        found = [frame for frame in frames if len(frame)]
        if not found:
            return 0
        rows = pl.concat(found, how="diagonal_relaxed")
        if "units" not in rows.columns:
            rows = rows.with_columns(units=pl.lit(""), estimated=pl.lit(0.0))
        rows = rows.with_columns(pl.col("units").fill_null(""), pl.col("estimated").fill_null(0.0))
        cell = ["indicator", "version", "units", "place", "period"]
        rows = rows.unique(cell, keep="last", maintain_order=True)
        self._lake.write_values(rows, run_id, now, basis)
        return rows.filter(pl.col("units") == "").height
