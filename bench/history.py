"""A lake with a long past: 100 M rows of one stream, and 100 M stored values of an indicator.

Rows go through the lake's own tables, past the gate (what the gate costs is another row).
Values are written month by month; every tenth month is computed a second time after the old
day, and the last month's rows and values came after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from tinh.gate.api import Judgement, Score, Scores, Verdict
from tinh.lake.api import Entry, Lake
from tinh.packs.api import Catalogue, Dataset
from tinh.places.api import REFORM, gazetteer
from tinh.sources.api import Receipt

OLD_DAY = datetime(2026, 6, 1, 12, tzinfo=UTC)
MONTHS = 48
_FIRST_YEAR = 2022


@dataclass(frozen=True)
class Past:
    lake: Lake
    months: list[str]
    rows: int
    values: int


def fill(catalogue: Catalogue, folder: Path, count: int) -> Past:
    """`count` stream rows over 48 months and `count` stored values over the same months."""
    lake = Lake(folder)
    dataset = catalogue.datasets["readings"]
    months = [f"{_FIRST_YEAR + m // 12}-{m % 12 + 1:02d}" for m in range(MONTHS)]
    rows = sum(_rows(lake, dataset, month, count // MONTHS, at) for at, month in enumerate(months))
    values = 0
    for at, frame in enumerate(_values(months, count)):
        lake.write_values(frame, f"run{at}", _computed(at), basis=at)
        values += frame.height
        if at % 10 == 0:  # a month computed again after the old day: then its first values count
            lake.write_values(frame, f"again{at}", OLD_DAY + timedelta(days=30), basis=MONTHS + at)
            values += frame.height
    return Past(lake, months, rows, values)


def _computed(at: int) -> datetime:
    """The last month came after the old day."""
    return OLD_DAY + timedelta(days=at - MONTHS + 2)


def _communes() -> pl.Series:
    return pl.Series([u.code for u in gazetteer().communes("19", REFORM)])


def _hours(month: str) -> np.ndarray:
    begin = np.datetime64(month, "M")
    return np.arange(begin.astype("datetime64[h]"), (begin + 1).astype("datetime64[h]"))


def _rows(lake: Lake, dataset: Dataset, month: str, count: int, at: int) -> int:
    """One month of readings as one receipt, as the gate would have handed it over."""
    dice = np.random.default_rng([19, at])
    communes, hours = _communes(), _hours(month)
    spelt = pl.Series(np.datetime_as_string(hours, "h"))
    place = communes.gather(dice.integers(0, len(communes), count))
    hour = np.sort(dice.integers(0, len(hours), count))
    stations = dice.integers(1, 500, count)
    ids = np.arange(at * count, (at + 1) * count)
    frame = pl.DataFrame(
        {
            "id": ids,
            "commune": place,
            "stations": stations,
            "shared": stations // 2,
            "share": dice.random(count).round(4),
            "people": dice.integers(1, 100_000, count),
            "level": (dice.random(count) * 1000).round(2),
            "kind": pl.Series(["a", "b", "c"]).gather(dice.integers(0, 3, count)),
            "at": pl.Series(hours[hour].astype("datetime64[us]")).dt.replace_time_zone("UTC"),
            "_row": np.arange(2, count + 2),
            "_place": place,
            "_period": spelt.gather(hour),
            "_key": pl.Series(ids).cast(pl.String),
            "_flags": pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, count),
        }
    )
    whole = Score(count, count)
    verdict = Verdict("accepted", count, count, 0, Scores(whole, whole, whole, whole), ())
    receipt = Receipt(
        f"r{at:063d}", dataset.id, f"{at:064d}", count, f"{month}.csv", "file", "", _computed(at), True
    )
    lake.commit([Entry(receipt, dataset, Judgement(verdict, frame, pl.DataFrame()))])
    return count


def _values(months: list[str], count: int) -> Iterator[pl.DataFrame]:
    """As many stored values as asked: places beyond the province's fill the number."""
    per_month = count // ((len(months) + 5) * 720)
    places = pl.Series([f"{p:05d}" for p in range(max(1, per_month))])
    for at, month in enumerate(months):
        spelt = pl.Series(np.datetime_as_string(_hours(month)[:720], "h"))
        dice = np.random.default_rng([20, at])
        total = len(spelt) * len(places)
        yield pl.DataFrame(
            {
                "indicator": pl.Series(["level-hourly"]).new_from_index(0, total),
                "version": pl.Series([1]).new_from_index(0, total),
                "place": pl.concat([places] * len(spelt)),
                "period": spelt.gather(np.repeat(np.arange(len(spelt)), len(places))),
                "grain": pl.Series(["hour"]).new_from_index(0, total),
                "value": dice.random(total),
                "num": pl.Series([None], dtype=pl.Float64).new_from_index(0, total),
                "den": pl.Series([None], dtype=pl.Float64).new_from_index(0, total),
                "cov_num": pl.Series([1]).new_from_index(0, total),
                "cov_den": pl.Series([1]).new_from_index(0, total),
                "simulated": pl.Series([True]).new_from_index(0, total),
            }
        )
