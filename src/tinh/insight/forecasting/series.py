"""A table of series (`unique_id, ds, y`) taken apart into even series, and what had to be refused.

Nothing is mended in silence: a hole is filled for the models only and counted, anything else wrong
refuses that series and no other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tinh.insight.forecasting.errors import (
    DoubledMoments,
    NeverVaries,
    NotFinite,
    NotNumbers,
    NotSeries,
    NoValues,
    OutOfBounds,
    SeriesError,
    TooGappy,
    TooShort,
    UnreadableMoments,
)
from tinh.insight.forecasting.nature import Nature
from tinh.insight.forecasting.steps import Step, read

LEAST = 3
_LARGEST = 1e150
_EMPTY = {"", "na", "n/a", "nan", "null", "none", "-", "–"}


@dataclass(frozen=True, slots=True)
class Series:
    """One even series: `y` (n,) without holes, `filled` how many of them were interpolated."""

    id: str
    step: Step
    y: NDArray[np.float64]
    seasons: tuple[int, ...]
    nature: Nature
    filled: int

    @property
    def season(self) -> int:
        """The leading season, 1 when there is none."""
        return self.seasons[0] if self.seasons else 1

    def until(self, count: int) -> Series:
        """The first `count` values of the series."""
        return replace(self, y=self.y[:count])


def taken_apart(
    table: pl.DataFrame, season: int | None, natures: Mapping[str, Nature], *, flat: bool = False
) -> tuple[list[Series], dict[str, SeriesError]]:
    """Every series of `table` in the order they first appear, and the refused ones.

    With `flat`, a series of one value, always, is kept; else it is refused (NeverVaries).
    Raises NotSeries when a column is missing.
    """
    missing = [name for name in ("unique_id", "ds", "y") if name not in table.columns]
    if missing:
        raise NotSeries(missing=", ".join(missing), found=", ".join(table.columns))
    kept, refused = [], {}
    columns = table.select(pl.col("unique_id").cast(pl.String), "ds", "y")
    for (name,), rows in columns.partition_by("unique_id", as_dict=True, maintain_order=True).items():
        known = "" if name is None else str(name)
        try:
            kept.append(_one(known, rows, season, natures.get(known, Nature()), flat))
        except SeriesError as error:
            refused[known] = error
    return kept, refused


def _one(name: str, rows: pl.DataFrame, season: int | None, nature: Nature, flat: bool) -> Series:
    texts = [_spelt(one) for one in rows["ds"].to_list()]
    values = _numbers(name, texts, rows["y"])
    if not np.isfinite(values).any():
        raise NoValues(series=name)
    if "" in texts:
        raise UnreadableMoments(series=name, found="")
    if len(texts) > len(set(texts)):
        _doubled(name, texts)
    step, positions = read(name, texts)
    if len(np.unique(positions)) < len(positions):
        order = np.argsort(positions, kind="stable")
        at = int(np.flatnonzero(np.diff(positions[order]) == 0)[0])
        raise DoubledMoments(series=name, count=2, found=texts[int(order[at])])
    known = np.isfinite(values)
    first, last = int(positions[known].min()), int(positions[known].max())
    count, span = int(known.sum()), last - first + 1
    if count < LEAST:
        raise TooShort(series=name, count=count, least=LEAST)
    if span > 2 * count + 1:
        raise TooGappy(series=name, count=count, holes=span - count)
    even = np.full(span, np.nan)
    even[positions[known] - first] = values[known]
    _within(name, even, step, first, nature)
    if not flat and float(np.nanmax(even)) == float(np.nanmin(even)):
        raise never_varies(name, even)
    moved = replace(step, origin=step.origin + first * step.size)
    seasons = step.seasons if season is None else _seasons(season, step)
    return Series(name, moved, filled(even, seasons[0] if seasons else 1), seasons, nature, span - count)


def never_varies(name: str, y: NDArray[np.float64]) -> NeverVaries:
    """What is said of a series whose known values are all the same."""
    known = y[np.isfinite(y)]
    return NeverVaries(series=name, value=f"{float(known[0]):g}", count=len(known))


def _seasons(season: int, step: Step) -> tuple[int, ...]:
    """The season asked for, with the week above it where it is a day of hours (or parts of them).

    Moments say so themselves; whole numbers with a season of 24 are taken for hours.
    """
    if season in step.seasons[:1]:
        return step.seasons
    if step.unit == "integer" and season == 24:
        return 24, 168
    return (season,) if season > 1 else ()


def _spelt(moment: object) -> str:
    if isinstance(moment, datetime):
        text = moment.isoformat(sep=" ")
        return text[:10] if moment.tzinfo is None and text.endswith("00:00:00") else text
    if isinstance(moment, date):
        return moment.isoformat()
    if isinstance(moment, float) and moment.is_integer():
        return str(int(moment))
    return "" if moment is None else str(moment).strip()


def _doubled(name: str, texts: list[str]) -> None:
    seen: dict[str, int] = {}
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
    worst = max(seen, key=lambda text: seen[text])
    raise DoubledMoments(series=name, count=seen[worst], found=worst)


def _numbers(name: str, texts: list[str], column: pl.Series) -> NDArray[np.float64]:
    """Values as floats, missing as NaN. Raises NotNumbers and NotFinite."""
    out = np.full(len(column), np.nan)
    for at, cell in enumerate(column.to_list()):
        if cell is None or (isinstance(cell, str) and cell.strip().lower() in _EMPTY):
            continue
        try:
            value = float(cell.strip() if isinstance(cell, str) else cell)
        except (TypeError, ValueError):
            raise NotNumbers(series=name, found=str(cell)[:40], where=texts[at]) from None
        if math.isnan(value):
            continue
        if abs(value) > _LARGEST:
            raise NotFinite(series=name, found=str(cell)[:40], where=texts[at])
        out[at] = value
    return out


def _within(name: str, even: NDArray[np.float64], step: Step, first: int, nature: Nature) -> None:
    for bound, beyond in ((nature.lower, np.less), (nature.upper, np.greater)):
        if bound is not None and (wrong := np.flatnonzero(beyond(even, bound))).size:
            at = int(wrong[0])
            raise OutOfBounds(
                series=name, found=f"{even[at]:g}", where=step.text(first + at),
                bounds=f"[{'' if nature.lower is None else f'{nature.lower:g}'};"
                f" {'' if nature.upper is None else f'{nature.upper:g}'}]",
            )  # fmt: skip


def filled(even: NDArray[np.float64], season: int) -> NDArray[np.float64]:
    """Holes filled on the line between neighbours, after taking the mean of each season out."""
    holes = ~np.isfinite(even)
    if not holes.any():
        return even
    at = np.arange(len(even))
    level = np.interp(at, at[~holes], even[~holes])
    if season > 1 and len(even) >= 2 * season:
        window = np.ones(season) / season
        trend = np.convolve(np.pad(level, season // 2, mode="edge"), window, "same")
        trend = trend[season // 2 : season // 2 + len(even)]
        rest = np.where(holes, np.nan, even - trend)
        wave = np.zeros(season)
        for phase in range(season):
            seen = rest[phase::season][np.isfinite(rest[phase::season])]
            wave[phase] = float(np.mean(seen)) if len(seen) else 0.0
        shape = wave[at % season]
        level = shape + np.interp(at, at[~holes], (even - shape)[~holes])
    return np.where(holes, level, even)
