"""What doors ask of stored values: the newest, a series with its gaps, a ranking, a trend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import polars as pl

from tinh.insight.ground import Rows
from tinh.kit.periods import between, count_within, shift
from tinh.packs.api import Catalogue, Indicator

Good = Literal["better", "worse", "same", "none"]


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a series; `num`/`den` are its coverage, 0/0 where nothing came at all."""

    period: str
    value: float | None
    num: int = 0
    den: int = 0
    simulated: bool = False
    units: str = ""  # the day whose units a restated value stands on; "" as reported
    estimated: float = 0.0

    @property
    def gap(self) -> bool:
        return self.value is None


@dataclass(frozen=True, slots=True)
class Change:
    """A value against an earlier one of the same series."""

    period: str
    value: float
    absolute: float
    relative: float | None
    judged: Good


@dataclass(frozen=True, slots=True)
class Trend:
    """The newest known point against the one a period before and a year before, where known."""

    point: Point
    previous: Change | None
    last_year: Change | None


@dataclass(frozen=True, slots=True)
class Aim:
    """A value against the nearest target: `gap` is what is missing in the wanted direction."""

    target: float
    by: str
    source: str
    met: bool
    gap: float
    share: float | None


def latest(values: pl.DataFrame) -> pl.DataFrame:
    """Of a value frame, the newest row with a value for each indicator and place."""
    known = values.filter(pl.col("value").is_not_null())
    return (
        known.sort("version", "period")
        .unique(["indicator", "place"], keep="last", maintain_order=True)
        .sort("indicator", "place")
    )


def points(values: pl.DataFrame, place: str) -> list[Point]:
    """The stored points of one place, in order, gaps left out."""
    mine = values.filter(pl.col("place") == place).sort("period")
    rows = mine.select("period", "value", "cov_num", "cov_den", "simulated").iter_rows()
    return [Point(p, v, n or 0, d or 0, bool(s)) for p, v, n, d, s in rows]


def series(
    lake: Rows,
    indicator: Indicator,
    place: str,
    first: str | None = None,
    last: str | None = None,
    as_of: datetime | None = None,
) -> list[Point]:
    """Every period from `first` to `last` (else from the first to the last stored); gaps have no value."""
    stored = lake.values(indicator.id, [place], first, last, as_of)
    known = points(stored.filter(pl.col("version") == indicator.version), place)
    if not known and (first is None or last is None):
        return []
    begin, finish = first or known[0].period, last or known[-1].period
    by_period = {p.period: p for p in known}
    return [by_period.get(p) or Point(p, None, 0, owed(indicator, p)) for p in between(begin, finish)]


def owed(indicator: Indicator, period: str) -> int:
    """What one place owes to a period by the indicator's ladder; 0 where there is no time step."""
    finer = [g for g in indicator.through if g != indicator.period]
    return count_within(period, finer[-1]) if finer else 0


def ranking(
    lake: Rows, indicator: Indicator, period: str, as_of: datetime | None = None
) -> list[dict[str, Any]]:
    """Places with a value in a period, best first; equals share a rank.

    Communes are ranked among communes and provinces among provinces: official codes of one
    level have one length.
    """
    stored = lake.values(indicator.id, None, period, period, as_of)
    known = stored.filter((pl.col("version") == indicator.version) & pl.col("value").is_not_null())
    descending = indicator.direction != "down"
    ranked = known.with_columns(
        level=pl.col("place").str.len_chars(),
        rank=pl.col("value").rank("min", descending=descending).over(pl.col("place").str.len_chars()),
        among=pl.len().over(pl.col("place").str.len_chars()),
    ).sort("level", "rank", "place", descending=[True, False, False])
    return [
        {
            "rank": int(row["rank"]),
            "among": int(row["among"]),
            "place": row["place"],
            "value": row["value"],
            "coverage": {"num": row["cov_num"], "den": row["cov_den"]},
            "simulated": bool(row["simulated"]),
        }
        for row in ranked.iter_rows(named=True)
    ]


def trend(series: Sequence[Point], indicator: Indicator) -> Trend | None:
    """The newest known point, and how it changed; None when nothing is known."""
    known = {p.period: p for p in series if p.value is not None}
    if not known:
        return None
    point = known[max(known)]
    back = {"hour": None, "day": None, "month": -12, "quarter": -4, "year": None}[indicator.period]
    year = shift(point.period, back) if back else _same_day_last_year(point.period)
    return Trend(
        point,
        _change(indicator, point, known.get(shift(point.period, -1))),
        None if year is None else _change(indicator, point, known.get(year)),
    )


def _same_day_last_year(period: str) -> str | None:
    if len(period) < 10 or period[5:10] == "02-29":
        return None
    return f"{int(period[:4]) - 1:04d}{period[4:]}"


def _change(indicator: Indicator, point: Point, before: Point | None) -> Change | None:
    if before is None or before.value is None or point.value is None:
        return None
    absolute = point.value - before.value
    relative = absolute / abs(before.value) if before.value else None
    return Change(before.period, before.value, absolute, relative, judged(indicator, absolute))


def judged(indicator: Indicator, change: float) -> Good:
    """Whether a change goes the wanted way; too small to show at the declared decimals is `same`."""
    if indicator.direction == "none":
        return "none"
    if abs(change) < 0.5 * 10.0**-indicator.decimals:
        return "same"
    return "better" if (change > 0) == (indicator.direction == "up") else "worse"


def against_target(indicator: Indicator, value: float, period: str | None = None) -> Aim | None:
    """The value against the first target not yet due at `period` (else the last one declared)."""
    if not indicator.targets:
        return None
    ordered = sorted(indicator.targets, key=lambda t: t.by)
    due = [t for t in ordered if period is None or t.by.isoformat() >= period[:10]] if period else []
    target = due[0] if due else ordered[-1]
    missing = value - target.value if indicator.direction == "down" else target.value - value
    share = value / target.value if target.value and indicator.direction != "down" else None
    return Aim(target.value, target.by.isoformat(), target.source, missing <= 0, max(0.0, missing), share)


def map_classes(values: Sequence[float | None], bands: Sequence[float] = (), classes: int = 5) -> list[float]:
    """Upper edges between map classes: the declared bands, else quantiles without repeats.

    A value belongs to the class whose number is the count of edges it is at or above.
    """
    if bands:
        return sorted(bands)
    known = pl.Series([v for v in values if v is not None], dtype=pl.Float64).sort()
    if known.is_empty():
        return []
    cuts = [known.quantile(i / classes, "nearest") for i in range(1, classes)]
    return sorted({c for c in cuts if c is not None and c > float(known[0])})


def rows_of(
    values: pl.DataFrame, catalogue: Catalogue, place_name: Callable[[str, str], str | None]
) -> list[dict[str, Any]]:
    """The JSON rows of `values`: place, period, value, coverage, unit and the rest."""
    out = []
    for row in values.iter_rows(named=True):
        indicator = catalogue.indicators.get(row["indicator"])
        out.append(
            {
                "indicator": row["indicator"],
                "version": row["version"],
                "place": row["place"],
                "place_name": place_name(row["place"], row["period"]) or row["place"],
                "period": row["period"],
                "value": row["value"],
                "coverage": {"num": row["cov_num"], "den": row["cov_den"]},
                "simulated": row["simulated"],
                "on_units": row.get("units") or "",
                "estimated": row.get("estimated") or 0.0,
                "unit": indicator.unit.as_dict() if indicator else None,
            }
        )
    return out
