"""Forecasts of generated series of three makes (bench/series.py, competition.py, contest.py): time, here and
on a cluster, and how well they hold.

Times are wall time, with processor time estimated from a dozen series beside it: a busy machine stretches
the first far more than the second.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

import numpy as np
import polars as pl

from bench.clusters import clustered, timed
from bench.forecast_priors import KINDS, MAKES
from bench.report import Row
from tinh.insight.api import backtest
from tinh.insight.forecasting.study import studies_of

_SEED = 2026  # none of the seeds that priors were derived from


def run(scale: float) -> Iterator[Row]:
    monthly = table({"monthly": max(20, int(1000 * scale))})
    took = timed(monthly, 18)
    count = monthly["unique_id"].n_unique()
    yield Row(
        f"forecast {count:,} monthly series, 18 steps", took, "s", promised=f"≤ {60 * max(scale, 0.1):.0f} s",
        kept=took <= 60 * max(scale, 0.1), note=f"{spent({'monthly': count}, 18):.0f} s of processor time",
    )  # fmt: skip
    third = max(20, int(1000 * scale))
    mixed = table({"yearly": third, "quarterly": third, "monthly": third})
    took = timed(mixed, 12)
    yield Row(
        f"forecast {3 * third:,} yearly, quarterly and monthly series, 12 steps", took, "s",
        promised=f"≤ {240 * max(scale, 0.1):.0f} s", kept=took <= 240 * max(scale, 0.1),
        note=f"{spent(dict.fromkeys(('yearly', 'quarterly', 'monthly'), third), 12):.0f} s of processor time",
    )  # fmt: skip
    for kind in KINDS:
        for make in MAKES:
            many = 300 if kind in ("yearly", "quarterly", "monthly") else 60
            yield from held(kind, max(12, int(many * scale)), make)
    yield from clustered(table({"quarterly": max(40, int(2000 * scale))}))


def table(counts: dict[str, int], make: str = "first") -> pl.DataFrame:
    """A file of series with dates, each with its future at the end."""
    parts = []
    for kind, count in counts.items():
        k = KINDS[kind]
        for number in range(count):
            dice = np.random.default_rng([_SEED, list(KINDS).index(kind), number])
            past, future = MAKES[make](kind, dice)
            y = np.concatenate((past, future))
            spelt = "%Y" if len(k.begins) == 4 else "%Y-%m-%d" if len(k.begins) == 10 else "%Y-%m-%d %H:%M:%S"
            begin = datetime.strptime(k.begins, spelt)
            ahead = pl.int_range(len(y), eager=True).cast(pl.String) + k.every.removeprefix("1")
            ds = pl.select(pl.lit(begin).dt.offset_by(ahead)).to_series()
            parts.append(pl.DataFrame({"unique_id": [f"{kind}-{number}"] * len(y), "ds": ds, "y": y}))
    return pl.concat(parts)


def spent(kinds: dict[str, int], horizon: int) -> float:
    """Processor time of studying so many series of each kind, from twelve of each in this process."""
    out = 0.0
    for kind, count in kinds.items():
        jobs = [
            (
                MAKES["first"](kind, np.random.default_rng([_SEED, list(KINDS).index(kind), n]))[0],
                KINDS[kind].seasons,
                horizon,
            )
            for n in range(12)
        ]
        studies_of(jobs[:1])
        begun = time.process_time()
        studies_of(jobs)
        out += (time.process_time() - begun) / len(jobs) * count
    return out


def held(kind: str, count: int, make: str) -> Iterator[Row]:
    found = backtest(table({kind: count}, make), KINDS[kind].horizon).table
    by = {row["method"]: row for row in found.iter_rows(named=True)}
    ours = by.pop("Tỉnh")
    best = min(by, key=lambda name: by[name]["owa"])
    wide = "" if count >= 200 else " (few series: ± 4 points)"
    for level in (80, 95):
        share = 100 * ours[f"coverage-{level}"]
        yield Row(
            f"coverage of {level} % intervals, {count} {kind} series of the {make} make", share, "%", "ETS",
            100 * by["ETS"][f"coverage-{level}"], None, "78–82 %" if level == 80 else "93–97 %",
            (78 <= share <= 82) if level == 80 else (93 <= share <= 97),
            f"MSIS {ours[f'msis-{level}']:.2f}, ETS {by['ETS'][f'msis-{level}']:.2f}{wide}",
        )  # fmt: skip
    yield Row(
        f"OWA, {count} {kind} series of the {make} make", ours["owa"], "",
        f"best single ({best})", by[best]["owa"],
        ours["owa"] / by[best]["owa"], "≤ 1 ×", ours["owa"] <= by[best]["owa"],
        f"MASE {ours['mase']:.3f} beside {by[best]['mase']:.3f}",
    )  # fmt: skip
