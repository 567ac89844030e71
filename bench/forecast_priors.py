"""Where the priors of the forecasts come from: `python -m bench.forecast_priors [series of each kind]`.

Generated series (bench/series.py, seed 1), and yearly and quarterly ones of which only three to eight values
are left, are each forecast alone, as a file of one series would be. Their true errors over what they moved in
the past are regressed on the features of `calibration` (likelihood of Student's t, every kind with the same
weight); the quantiles of what is left, both signs together, are the prior quantiles, widened by one factor
so that intervals of 80 % cover 80 % when the whole method runs on each series alone.
Writes `src/tinh/insight/forecasting/priors.py`.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from bench.series import KINDS, drawn
from tinh.insight.forecasting import calibration
from tinh.insight.forecasting.blend import bench, blended
from tinh.insight.forecasting.study import Study, study

PAGE = Path(__file__).parents[1] / "src" / "tinh" / "insight" / "forecasting" / "priors.py"


Pair = tuple[Study, np.ndarray]


def one(kind: str, seed: int) -> Pair:
    past, future = drawn(kind, np.random.default_rng([1, 17, list(KINDS).index(kind), seed]))
    return study(past, KINDS[kind].seasons, KINDS[kind].horizon), future


def short(kind: str, seed: int) -> Pair:
    past, future = drawn(kind, np.random.default_rng([1, 18, list(KINDS).index(kind), seed]))
    count = 3 + seed % 6
    while np.ptp(past[-count:]) == 0 and count < len(past):
        count += 1
    return study(past[-count:], (), len(future)), future


def derived(found: dict[str, list[Pair]]) -> tuple[np.ndarray, np.ndarray]:
    """Powers and quantiles from studies and what came after, by kind."""
    columns, misses, parts = [], [], []
    for pairs in found.values():
        for looked, future in pairs:
            pool = bench([looked])
            blend = blended(pool)
            columns.append(calibration.features(pool, blend, calibration.records(pool, blend))[0])
            misses.append(np.abs(future - blend.mean[0]) / pool.reach[0])
            parts.append(np.full(len(future), 1 / len(future) / len(pairs)))
    matrix, miss, part = np.concatenate(columns), np.concatenate(misses), np.concatenate(parts)
    start = np.zeros(matrix.shape[1])
    powers = calibration.likeliest(matrix, miss, part / part.sum() * len(columns), start, 1.0)
    left = miss / np.exp(matrix @ powers)
    both = calibration.weighted(np.concatenate((left, -left)), np.concatenate((part, part)), calibration.GRID)
    both = 0.5 * (both - both[::-1])
    calibration.POWERS, calibration.QUANTILES = powers, both
    return powers, both * widened(found)


def widened(found: dict[str, list[Pair]]) -> float:
    """How much wider intervals of 80 % must be to cover 80 % of what came after each series alone."""
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
    return float(calibration.weighted(far, part, np.array([0.8]))[0])


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 80
    found = {}
    with ProcessPoolExecutor() as pool:
        for kind in KINDS:
            count = many if kind in ("yearly", "quarterly", "monthly") else many // 4
            found[kind] = list(pool.map(one, [kind] * count, range(count), chunksize=4))
        for kind in ("yearly", "quarterly"):
            found[f"short {kind}"] = list(pool.map(short, [kind] * many, range(many), chunksize=4))
    PAGE.write_text(page(*derived(found)))


def page(powers: np.ndarray, quantiles: np.ndarray) -> str:
    def rows(values: np.ndarray) -> str:
        shown = [f"{value:.3f}" for value in values]
        lines = [", ".join(shown[start : start + 12]) for start in range(0, len(shown), 12)]
        return "\n".join(f"        {line}," for line in lines)

    return (
        '"""What errors look like where a file teaches little; written by bench/forecast_priors.py.\n\n'
        "`POWERS` of the features of `calibration`, and `QUANTILES` of error over scale at its `GRID`.\n"
        '"""\n\nfrom __future__ import annotations\n\nimport numpy as np\n\n'
        f"POWERS = np.array(\n    [\n{rows(powers)}\n    ]\n)\n"
        f"QUANTILES = np.array(\n    [\n{rows(quantiles)}\n    ]\n)\n"
    )


if __name__ == "__main__":
    main()
