"""Which indicators add up over places, and with which weights."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tinh.insight.outlooks.histories import History, steps
from tinh.packs.api import Indicator

LATE = 3  # periods a part may lag behind the whole and still be added up
_CLOSE = 1e-6


def adds(indicator: Indicator) -> bool:
    """Whether the whole is the plain sum of its places, as counts are and shares are not."""
    direct = indicator.formula.kind == "direct" and indicator.formula.terms[0].how in ("sum", "count")
    return direct and indicator.over_places == "sum"


def weights_of(
    indicator: Indicator, frame: pl.DataFrame, whole: History, parts: Mapping[str, History]
) -> tuple[tuple[str, ...], NDArray[np.float64]] | None:
    """The parts (places) whose weighted sum is the whole, in order, and their weights; None when it is none.

    A sum weighs each place 1; a ratio of sums weighs it by its share of the denominator in the newest
    period, taken to stay. It must hold of the newest values to a millionth, or it is not a hierarchy.
    """
    if indicator.over_places != "sum" or not (adds(indicator) or indicator.formula.kind == "ratio"):
        return None
    here = frame.filter(
        (pl.col("version") == indicator.version)
        & (pl.col("period") == whole.origin)
        & (pl.col("place") != whole.place)
    ).sort("place")
    known = here.filter(pl.col("value").is_finite())
    places = tuple(known.get_column("place").to_list())
    if len(places) < 2 or any(p not in parts or steps(parts[p].origin, whole.origin) > LATE for p in places):
        return None
    if adds(indicator):
        weights = np.ones(len(places))
    else:
        dens = known.get_column("den").cast(pl.Float64).to_numpy().astype(np.float64)
        if not np.isfinite(dens).all() or dens.sum() <= 0:
            return None
        weights = dens / dens.sum()
    values = known.get_column("value").to_numpy().astype(np.float64)
    if abs(float(weights @ values) - whole.last) > _CLOSE * max(1.0, abs(whole.last)):
        return None
    return places, weights


def changes(whole: History, parts: list[History]) -> NDArray[np.float64]:
    """Changes from period to period of the whole and its parts: (periods − 1) × (1 + parts)."""
    columns = []
    for one in (whole, *parts):
        known = dict(zip(one.periods, one.values.tolist(), strict=True))
        columns.append(np.array([known.get(p, np.nan) for p in whole.periods]))
    return np.diff(np.stack(columns, axis=1), axis=0)
