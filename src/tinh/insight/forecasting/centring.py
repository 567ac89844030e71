"""Forecasts moved by what like series were missed by, all one way, in looks from the past.

Damped members go less far than growing series do, and all of them alike, so that no weights mend it. The
median of error over scale, lead by lead over all looks of like series, shows it; what is moved is that median
shrunk towards nothing by its own doubt (positive part of James & Stein 1961: a median within its standard
error moves nothing), so that series missed to both sides alike are left where they were.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tinh.insight.forecasting.blend import Bench, Blend
from tinh.insight.forecasting.calibration import calibrated, weighted

Array = NDArray[np.float64]
_KIN = 30  # and kin share their moments: so many series count as half as many of their own
_LEAST_SPREAD = 0.8  # of errors over scale: few series that happen to agree are not sure of it


def centred(bench: Bench, blend: Blend) -> Blend:
    """`blend` with the mean of every look moved by as much of its scale as like series say."""
    error = bench.actual - blend.mean
    known = np.isfinite(error) & (bench.turn > 0)[:, None]
    looked = known.any(axis=1)
    if not looked.any():
        return blend
    scale = calibrated(bench, blend).scale
    count = np.bincount(bench.owner[looked])
    part = np.broadcast_to(
        (1 / np.maximum(count, 1)[np.minimum(bench.owner, len(count) - 1)])[:, None], error.shape
    )
    move = _moves(np.where(known, error / scale, np.nan), part, int(np.count_nonzero(count)))
    return replace(blend, mean=blend.mean + move * scale)


def _moves(unitless: Array, part: Array, series: int) -> Array:
    """The shrunken median of error over scale at each lead (horizon,), neighbouring leads taken with it."""
    horizon = unitless.shape[1]
    out, span = np.zeros(horizon), max(1, horizon // 8)
    worth = series**2 / (series + _KIN)
    for lead in range(horizon):
        near = slice(max(0, lead - span), lead + span + 1)
        there = np.isfinite(unitless[:, near])
        if there.any():
            low, middle, high = weighted(
                unitless[:, near][there], part[:, near][there], np.array([0.16, 0.5, 0.84])
            )
            doubt = (1.25 * max((high - low) / 2, _LEAST_SPREAD)) ** 2 / worth
            out[lead] = middle * max(0.0, 1 - doubt / max(middle**2, 1e-12))
    return out
