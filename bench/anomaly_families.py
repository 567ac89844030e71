"""More families to judge anomalies on: whole years, Tết that moves, wandering, points in trends and seasons,
and the real air readings with faults put in.

Each maker gives moments, values and how large an ordinary surprise is, like those of `bench.anomalies`.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

Maker = Callable[[np.random.Generator], tuple[list[Any], np.ndarray, float]]
_TET = [datetime(2022, 2, 1), datetime(2023, 1, 22), datetime(2024, 2, 10), datetime(2025, 1, 29)]
_AIR = ("pm25", "pm10", "no2", "temperature", "humidity", "aqi")


def years(g: np.random.Generator) -> tuple[list[Any], np.ndarray, float]:
    """Days of two and a half to four years with a week and a year in them."""
    n = int(g.integers(900, 1460))
    begin = datetime(2021, 7, 1) + timedelta(days=int(g.integers(0, 200)))
    t = np.arange(n)
    year = g.uniform(3, 12) * np.sin(2 * np.pi * t / 365.25 + g.uniform(0, 6))
    year = year + g.uniform(0, 4) * np.sin(4 * np.pi * t / 365.25 + g.uniform(0, 6))
    week = g.normal(size=7) * g.uniform(0.5, 3)
    y = 100 + g.uniform(-0.01, 0.01) * t + year + week[t % 7] + g.normal(size=n)
    return [f"{begin + timedelta(days=int(i)):%Y-%m-%d}" for i in t], y, 1.0


def tet(g: np.random.Generator) -> tuple[list[Any], np.ndarray, float]:
    """Days of three years that live by the week and by Tết, which comes on another day each year."""
    n = int(g.integers(1000, 1300))
    begin = datetime(2022, 1, 10)
    t = np.arange(n)
    week = np.exp(g.normal(size=7) * 0.15)
    level = 200 * np.exp(g.uniform(-0.0003, 0.0005) * t) * week[t % 7]
    depth = g.uniform(0.3, 0.8) * g.choice([-1, 1])
    for new in _TET:
        for off in range(-6, 9):
            k = (new - begin).days + off
            if 0 <= k < n:
                level[k] *= 1 - depth * np.exp(-(((off - 1.0) / 3.5) ** 2))
    return (
        [f"{begin + timedelta(days=int(i)):%Y-%m-%d}" for i in t],
        level * np.exp(0.05 * g.normal(size=n)),
        10.0,
    )


def walk(g: np.random.Generator) -> tuple[list[Any], np.ndarray, float]:
    """A wandering level read with a little noise."""
    n = int(g.integers(500, 1500))
    y = 500 + np.cumsum(g.normal(size=n)) + 0.5 * g.normal(size=n)
    return list(range(n)), y, 1.6


def points(g: np.random.Generator) -> tuple[list[Any], np.ndarray, float]:
    """Hours in which a trend bends and seasons and noise change their size, as in public benchmarks."""
    n = 1680
    t = np.arange(n)
    turn = int(g.integers(n // 4, 3 * n // 4))
    y = np.where(t < turn, g.uniform(-1, 1) * t, 0.0)
    y = y + np.where(t >= turn, g.uniform(-1, 1) * (t - turn) + y[turn - 1], 0.0)
    scale = g.uniform(4, 12)
    size = np.where(t < turn, 1.0, g.uniform(0.6, 1.6))
    for period in (12, 24, 168):
        y = y + size * g.uniform(10, 120) * np.sin(2 * np.pi * t / period + g.uniform(0, 6))
    return list(range(1, n + 1)), 1000 + y + scale * g.normal(size=n), scale


def production(g: np.random.Generator) -> tuple[list[Any], np.ndarray, float]:
    """Hours of a service: a daily shape, bursts that decay, a floor at zero, skewed noise."""
    n = 1430
    t = np.arange(n)
    day = 0.3 + np.maximum(0, np.sin(2 * np.pi * t / 24 + g.uniform(0, 6))) ** g.uniform(0.7, 2)
    noise = np.zeros(n)
    e = g.gamma(1.5, 1.0, n) - 1.5
    for i in range(1, n):
        noise[i] = 0.6 * noise[i - 1] + e[i] * 0.1
    y = g.uniform(0.05, 20) * day * np.maximum(0.05, 1 + noise)
    return list(range(1, n + 1)), y, float(np.median(y) * 0.25)


def air() -> dict[str, Maker]:
    """The real readings by the hour, a family a column; empty where they are not at hand."""
    folder = (
        Path(os.environ.get("TINH_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "air-quality"
    )
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for file in sorted(folder.glob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as text:
            for line in csv.DictReader(text):
                for name in _AIR:
                    figure = line[name].split(" ")[0].rstrip("%°C")
                    if figure not in ("N/A", "-", ""):
                        found[name][line["timestamp"][:13]] = float(figure)
    return {f"air {name}": _real(list(hours.items())) for name, hours in found.items() if len(hours) > 800}


def _real(hours: list[tuple[str, float]]) -> Maker:
    def make(g: np.random.Generator) -> tuple[list[Any], np.ndarray, float]:
        n = min(1500, len(hours))
        first = int(g.integers(0, len(hours) - n + 1))
        part = hours[first : first + n]
        y = np.array([v for _, v in part])
        return [d for d, _ in part], y, float(1.4826 * np.median(np.abs(np.diff(y)))) + 0.5 * float(y.std())

    return make


FAMILIES: dict[str, Maker] = {
    "years": years, "Tết": tet, "walk": walk, "points in trends": points, "production": production, **air(),
}  # fmt: skip


def together(seeds: range) -> tuple[int, int, int]:
    """(right, false, planted) over pairs that move together a period apart, where one at times does not."""
    import polars as pl

    from tinh.insight.api import breaches
    from tinh.kit.errors import Text
    from tinh.kit.periods import shift
    from tinh.packs.api import Relation

    rule = Relation(
        id="r", pack="p", kind="together", indicator="b", other="a", lag=1, says=Text("", ""), file=Path("r")
    )
    right = false = planted = 0
    for seed in seeds:
        g = np.random.default_rng([99, seed])
        periods = [shift("2018-01", k) for k in range(96)]
        moves = g.normal(size=96)
        big = g.choice(np.arange(10, 94), 3, replace=False)
        moves[big] += 10 * g.choice([-1, 1], 3)
        follow = 0.5 * g.normal(size=96)
        follow[1:] += moves[:-1]
        against = int(big[0])
        follow[against + 1] -= 2 * moves[against]
        rows = [("a", p, v) for p, v in zip(periods, np.cumsum(moves).tolist(), strict=True)]
        rows += [("b", p, v) for p, v in zip(periods, np.cumsum(follow).tolist(), strict=True)]
        frame = pl.DataFrame(rows, schema=["indicator", "period", "value"], orient="row")
        frame = frame.with_columns(place=pl.lit("19"), simulated=pl.lit(False))
        found = set(breaches(rule, frame)["period"])
        planted += 1
        right += periods[against + 1] in found
        false += len(found - {periods[against + 1]})
    return right, false, planted
