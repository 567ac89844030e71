"""Generated rows, seeded: the same scale gives the same rows."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl

from tinh.places.api import REFORM, gazetteer


def readings(
    count: int, first: int = 0, seed: int = 19, begin: str = "2026-01-01", hours: int = 4380
) -> pl.DataFrame:
    """`count` rows for bench's contracts; about one in a thousand breaks a rule."""
    dice = np.random.default_rng([seed, first])
    communes = [u.code for u in gazetteer().communes("19", REFORM)]
    stations = dice.integers(1, 500, count)
    shared = (stations * dice.random(count)).astype(np.int64)
    wrong = dice.random(count) < 0.001
    start = np.datetime64(datetime.fromisoformat(begin), "us")
    at = start + np.sort(dice.integers(0, hours, count)).astype("timedelta64[h]")
    return pl.DataFrame(
        {
            "id": np.arange(first, first + count),
            "commune": pl.Series(communes).gather(dice.integers(0, len(communes), count)),
            "stations": stations,
            "shared": np.where(wrong, stations + 1, shared),
            "share": dice.random(count).round(4),
            "people": dice.integers(1, 100_000, count),
            "level": (dice.random(count) * 1000).round(2),
            "kind": pl.Series(["a", "b", "c"]).gather(dice.integers(0, 3, count)),
            "at": at,
        }
    )
