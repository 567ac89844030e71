"""Values far outside the usual: flagged for a look, never held."""

from __future__ import annotations

import polars as pl

from tinh.gate.cells import Cells

FAR = 10.0  # robust deviations; skewed environmental series stay within
FEWEST = 30
_SAMPLE = 50_000
_SCALE = 1.4826  # makes the median deviation comparable with a standard deviation


def outliers(cells: Cells) -> dict[str, pl.Series]:
    """`outlier:<column>` → rows further than FAR robust deviations from the median, of the
    past when it is known, else of this delivery."""
    out: dict[str, pl.Series] = {}
    skip = set(cells.dataset.key) | _bound(cells)
    for column in cells.dataset.columns:
        if column.logical not in ("number", "integer") or column.name in skip or column.name in cells.missing:
            continue
        if column.allowed:
            continue
        values = cells.typed[column.name]
        usual = _usual(values, column.name, cells)
        if usual is None:
            continue
        median, spread = usual
        low, high = values.min(), values.max()
        if low is None or (low >= median - FAR * spread and high <= median + FAR * spread):  # type: ignore[operator]  # numbers
            continue
        mask = cells.typed.select(((pl.col(column.name) - median).abs() > FAR * spread).fill_null(False))
        far = mask.to_series()
        if far.any():
            out[f"outlier:{column.name}"] = far
    return out


def _bound(cells: Cells) -> set[str]:
    dataset = cells.dataset
    return {b.column for b in (dataset.place, dataset.period) if b is not None}


def _usual(values: pl.Series, name: str, cells: Cells) -> tuple[float, float] | None:
    past = cells.known.past(name)
    if past is not None and past.n >= FEWEST and past.median is not None and past.mad:
        return past.median, _SCALE * past.mad
    step = max(1, len(values) // _SAMPLE)
    sample = values.gather_every(step).drop_nulls().cast(pl.Float64)
    if len(sample) < FEWEST:
        return None
    median = sample.median()
    assert isinstance(median, float)
    mad = (sample - median).abs().median()
    return (median, _SCALE * mad) if isinstance(mad, float) and mad > 0 else None
