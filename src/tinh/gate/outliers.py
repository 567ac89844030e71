"""Values far outside the usual: flagged for a look, never held."""

from __future__ import annotations

import polars as pl

from tinh.gate.cells import Cells
from tinh.gate.known import Past
from tinh.packs.api import Column, Dataset

FAR = 10.0  # robust deviations; skewed environmental series stay within
FEWEST = 30
_SAMPLE = 50_000
_SCALE = 1.4826  # makes the median deviation comparable with a standard deviation


def outliers(cells: Cells) -> dict[str, pl.Series]:
    """`outlier:<column>` → rows further than FAR robust deviations from the median, of the
    past when it is known, else of this delivery."""
    out: dict[str, pl.Series] = {}
    for column in measured(cells.dataset):
        if column.name in cells.missing:
            continue
        values = cells.typed[column.name]
        found = _usual(values, column.name, cells)
        if found is None:
            continue
        median, spread = found
        low, high = values.min(), values.max()
        if low is None or (low >= median - FAR * spread and high <= median + FAR * spread):  # type: ignore[operator]  # numbers
            continue
        mask = cells.typed.select(((pl.col(column.name) - median).abs() > FAR * spread).fill_null(False))
        far = mask.to_series()
        if far.any():
            out[f"outlier:{column.name}"] = far
    return out


def measured(dataset: Dataset) -> list[Column]:
    """The columns whose values can be far out: numbers that name nothing."""
    bound = {b.column for b in (dataset.place, dataset.period) if b is not None}
    return [
        c
        for c in dataset.columns
        if c.logical in ("number", "integer") and c.name not in {*dataset.key, *bound} and not c.allowed
    ]


def from_past(past: Past | None) -> tuple[float, float] | None:
    """Middle and spread of what came before, when enough of it is known."""
    if past is not None and past.n >= FEWEST and past.median is not None and past.mad:
        return past.median, _SCALE * past.mad
    return None


def _usual(values: pl.Series, name: str, cells: Cells) -> tuple[float, float] | None:
    before = from_past(cells.known.past(name))
    if before is not None:
        return before
    if cells.across is not None:
        return cells.across.usual.get(name)
    return usual(values.gather_every(stride(len(values))))


def stride(height: int) -> int:
    """Every how many rows one is looked at: a power of two, so that a sample can be thinned out
    while rows still come."""
    return 1 << max(0, (height // _SAMPLE).bit_length() - 1)


def usual(sample: pl.Series) -> tuple[float, float] | None:
    """Middle and spread of a sample of this delivery."""
    sample = sample.drop_nulls().cast(pl.Float64)
    if len(sample) < FEWEST:
        return None
    median = sample.median()
    assert isinstance(median, float)
    mad = (sample - median).abs().median()
    return (median, _SCALE * mad) if isinstance(mad, float) and mad > 0 else None
