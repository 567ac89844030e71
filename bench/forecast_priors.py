"""Where the priors of the forecasts come from: `python -m bench.forecast_priors [processes]`.

Generated series of two makes (bench/series.py, bench/competition.py; seeds 50 and 51), weekly ones also
without their season, and yearly and quarterly ones of which only three to eight values are left, are each
forecast alone, as a file of one series would be. Their true errors over what they moved in the past are
regressed on the features of `calibration` (likelihood of Student's t, every kind with the same weight);
the quantiles of what is left, both signs together, of short pasts and of long ones, are the prior
quantiles, widened by one factor so that intervals of 80 % cover 82 % when the whole method runs on each
series alone. Two points more than they promise, since real series alone (statsmodels, great_tables) were
covered less than generated ones.
Writes `src/tinh/insight/forecasting/priors.py`.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from bench import competition, contest, series
from tinh.insight.forecasting import calibration
from tinh.insight.forecasting.blend import bench, blended
from tinh.insight.forecasting.study import Study, study

PAGE = Path(__file__).parents[1] / "src" / "tinh" / "insight" / "forecasting" / "priors.py"


Pair = tuple[Study, np.ndarray]


KINDS = series.KINDS
MAKES = {"first": series.drawn, "second": competition.drawn, "third": contest.drawn}  # the third only judges
_SEEDS = {"first": 50, "second": 51}
_COUNTS = {  # of the first make, of the second, and of the second without a season
    "yearly": (120, 220, 0), "quarterly": (100, 180, 0), "monthly": (100, 180, 0),
    "weekly": (40, 110, 90), "daily": (30, 30, 0), "hourly": (50, 90, 0),
}  # fmt: skip
_SHORT = 150  # of the yearly ones and of the quarterly ones
_RECORD = list(calibration.FEATURES).index("record")
_TRUST = 0.6  # power of the record: the likelihood asks for 1, interval scores of other series for half

Job = tuple[np.ndarray, np.ndarray, tuple[int, ...]]


def jobs(make: str, kind: str, count: int, plain: bool = False) -> list[Job]:
    """Past, future and seasons of the series that move."""
    found = []
    for number in range(count):
        dice = np.random.default_rng([_SEEDS[make], number, len(kind) + plain])
        past, future = MAKES[make](kind, dice)
        if np.ptp(past) > 0:
            found.append((past, future, () if plain else KINDS[kind].seasons))
    return found


def shortened(number: int, job: Job) -> Job:
    past, future, _ = job
    count = 3 + number % 6
    while np.ptp(past[-count:]) == 0 and count < len(past):
        count += 1
    return past[-count:], future, ()


def pair(job: Job) -> Pair:
    past, future, seasons = job
    return study(past, seasons, len(future)), future


def derived(found: dict[str, list[Pair]]) -> tuple[np.ndarray, np.ndarray]:
    """Powers and quantiles from studies and what came after, by kind."""
    columns, misses, parts, longs = [], [], [], []
    for pairs in found.values():
        for looked, future in pairs:
            pool = bench([looked])
            blend = blended(pool)
            columns.append(calibration.features(pool, blend, calibration.records(pool, blend))[0])
            misses.append(np.abs(future - blend.mean[0]) / pool.reach[0])
            parts.append(np.full(len(future), 1 / len(future) / len(pairs)))
            longs.append(np.full(len(future), calibration.lengthy(pool.past[:1])[0]))
    matrix, miss, part, long = (np.concatenate(x) for x in (columns, misses, parts, longs))
    start, stiff = np.zeros(matrix.shape[1]), np.ones(matrix.shape[1])
    start[_RECORD], stiff[_RECORD] = _TRUST, 1e7
    powers = calibration.likeliest(matrix, miss, part / part.sum() * len(columns), start, stiff)
    left = miss / np.exp(matrix @ powers)
    rows = []
    for share in (1 - long, long):
        both = np.concatenate((part * share, part * share))
        row = calibration.weighted(np.concatenate((left, -left)), both, calibration.GRID)
        rows.append(0.5 * (row - row[::-1]))
    calibration.POWERS, calibration.QUANTILES = powers, np.array(rows)
    return powers, calibration.QUANTILES * widened(found)


def widened(found: dict[str, list[Pair]]) -> float:
    """How much wider intervals of 80 % must be to cover 82 % of what came after each series alone."""
    beyond, parts = [], []
    for pairs in found.values():
        for looked, future in pairs:
            pool = bench([looked])
            blend = blended(pool)
            spread = calibration.calibrated(pool, blend)
            high, low = (calibration.at(spread.quantiles, tail) for tail in (0.9, 0.1))
            half = spread.scale[0] * (high - low) / 2
            beyond.append(np.abs(future - blend.mean[0]) / half)
            parts.append(np.full(len(future), 1 / len(future) / len(pairs)))
    far, part = np.concatenate(beyond), np.concatenate(parts)
    return float(calibration.weighted(far, part, np.array([0.82]))[0])


def main() -> None:
    asked: dict[str, list[Job]] = {}
    for kind, (first, second, plain) in _COUNTS.items():
        asked[f"{kind} first"] = jobs("first", kind, first)
        asked[f"{kind} second"] = jobs("second", kind, second)
        if plain:
            asked[f"{kind} plain"] = jobs("second", kind, plain, plain=True)
        if kind in ("yearly", "quarterly"):
            both = [*asked[f"{kind} first"], *asked[f"{kind} second"]][:_SHORT]
            asked[f"{kind} short"] = [shortened(number, job) for number, job in enumerate(both)]
    with ProcessPoolExecutor(int(sys.argv[1]) if len(sys.argv) > 1 else None) as pool:
        found = {name: list(pool.map(pair, group, chunksize=4)) for name, group in asked.items()}
    PAGE.write_text(page(*derived(found)))


def page(powers: np.ndarray, quantiles: np.ndarray) -> str:
    def rows(values: np.ndarray) -> str:
        shown = [f"{value:.3f}" for value in values]
        lines = [", ".join(shown[start : start + 12]) for start in range(0, len(shown), 12)]
        return "\n".join(f"        {line}," for line in lines)

    short, long = quantiles
    return (
        '"""What errors look like where a file teaches little; written by bench/forecast_priors.py.\n\n'
        "`POWERS` of the features of `calibration`, and `QUANTILES` of error over scale at its `GRID`, of\n"
        "short pasts and of long ones (`calibration.lengthy`).\n"
        '"""\n\nfrom __future__ import annotations\n\nimport numpy as np\n\n'
        f"POWERS = np.array(\n    [\n{rows(powers)}\n    ]\n)\n"
        f"_SHORT = [\n{rows(short)}\n]\n_LONG = [\n{rows(long)}\n]\n"
        "QUANTILES = np.array([_SHORT, _LONG])\n"
    )


if __name__ == "__main__":
    main()
