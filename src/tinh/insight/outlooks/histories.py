"""The past of a series as forecasts take it: finished periods only, a gap stays a gap."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tinh.insight.outlooks.natures import KEPT
from tinh.kit.periods import between, end, grain_of, of, shift, start
from tinh.packs.api import Indicator


@dataclass(frozen=True)
class History:
    """One indicator at one place: `values` (n,) with NaN where a period has none, the last one known."""

    indicator: str
    place: str
    periods: tuple[str, ...]
    values: NDArray[np.float64]
    simulated: float  # share of the known values that are simulated in whole or part, 0–1

    @property
    def id(self) -> str:
        return f"{self.indicator}|{self.place}"

    @property
    def origin(self) -> str:
        return self.periods[-1]

    @property
    def last(self) -> float:
        return float(self.values[-1])

    @property
    def known(self) -> int:
        return int(np.isfinite(self.values).sum())

    def until(self, period: str) -> History | None:
        """The same as it ended at `period`; None where nothing was known by then."""
        kept = [i for i, p in enumerate(self.periods) if p <= period and np.isfinite(self.values[i])]
        if not kept:
            return None
        upto = kept[-1] + 1
        return History(self.indicator, self.place, self.periods[:upto], self.values[:upto], self.simulated)

    def digest(self, *also: object) -> str:
        """Changes when a value, or anything else that the forecast stands on, does."""
        text = "\n".join(f"{p} {v!r}" for p, v in zip(self.periods, self.values.tolist(), strict=True))
        return hashlib.sha256(f"{text}\n{also!r}".encode()).hexdigest()[:24]

    def rows(self, name: str | None = None) -> list[tuple[str, str, float]]:
        """`unique_id, ds, y` of the periods that have a value."""
        return [
            (name or self.id, _moment(p), float(v))
            for p, v in zip(self.periods, self.values.tolist(), strict=True)
            if np.isfinite(v)
        ]


def _moment(period: str) -> str:
    return start(period).isoformat(sep=" ") if grain_of(period) == "hour" else period


def histories(frame: pl.DataFrame, indicator: Indicator, local: datetime | None) -> Iterator[History]:
    """Of the stored values of an indicator, one history a place with at least one value that is finished at
    `local`; None takes running periods too."""
    known = frame.filter(
        (pl.col("indicator") == indicator.id)
        & (pl.col("version") == indicator.version)
        & pl.col("value").is_finite()
    ).sort("place", "period")
    for (place,), mine in known.partition_by("place", as_dict=True, maintain_order=True).items():
        rows = [
            r
            for r in mine.select("period", "value", "simulated").iter_rows()
            if local is None or end(r[0]) <= local
        ]
        if not rows:
            continue
        last = rows[-1][0]
        first = max(rows[0][0], shift(last, 1 - KEPT[indicator.period]))
        found = {p: (v, bool(s)) for p, v, s in rows}
        listed = tuple(between(first, last))
        values = np.array([found[p][0] if p in found else np.nan for p in listed], dtype=np.float64)
        shares = [found[p][1] for p in listed if p in found]
        yield History(indicator.id, str(place), listed, values, sum(shares) / len(shares))


def table(given: Iterable[tuple[str, str, float]]) -> pl.DataFrame:
    """`unique_id, ds, y` as forecasts take them."""
    return pl.DataFrame(
        list(given), schema={"unique_id": pl.String, "ds": pl.String, "y": pl.Float64}, orient="row"
    )


def due_period(by: date, grain: str) -> str:
    """The last period of a grain that is over when the day `by` ends."""
    held = of(by, grain)  # type: ignore[arg-type]  # one of the five grains
    return (
        held
        if end(held) <= datetime.combine(by, datetime.min.time()) + timedelta(days=1)
        else shift(held, -1)
    )


def steps(first: str, last: str) -> int:
    """How many periods `last` lies after `first`; negative before it."""
    if last < first:
        return -steps(last, first)
    if grain_of(first) in ("hour", "day"):
        width = timedelta(hours=1) if grain_of(first) == "hour" else timedelta(days=1)
        return round((start(last) - start(first)) / width)
    return len(between(first, last)) - 1
