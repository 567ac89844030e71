"""Weights that are not negative and add up to one.

Exact: the nearest point of a convex hull by non-negative least squares (`nearest`). As the reference
implementation of synthetic DID finds them: Frank-Wolfe with exact line search, many problems at once
(`wander`).
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

from tinh.insight.pilots.panel import Flags, Floats


def nearest(rows: Floats, goal: Floats, ridge: float = 0.0) -> Floats:
    """argmin ‖rows·w − goal‖² + ridge·‖w‖² over the simplex (rows: k × J).

    As Σw = 1, rows·w − goal = B·w with B = rows − goal·1'. The minimum of ‖B·w‖² over the simplex is that of
    ‖B·w‖² + (Σw − 1)² over w ≥ 0, scaled to add up to one: both fall apart into a length and a direction.
    """
    offsets = rows - goal[:, None]
    size = float(np.sqrt((offsets**2).mean())) or 1.0
    parts = [offsets / size, np.ones((1, rows.shape[1]))]
    if ridge > 0:
        parts.insert(1, np.sqrt(ridge) / size * np.eye(rows.shape[1]))
    matrix = np.vstack(parts)
    aim = np.zeros(len(matrix))
    aim[-1] = 1.0
    try:
        weights = nnls(matrix, aim, maxiter=30 * matrix.shape[1])[0]
    except RuntimeError:
        weights = np.full(rows.shape[1], 1.0)
    total = float(weights.sum())
    out: Floats = weights / total if total > 0 else np.full(rows.shape[1], 1 / rows.shape[1])
    return out


def wander(
    gram: Floats, cross: Floats, square: Floats, ridge: Floats, rows: Floats,
    begin: Floats, least: Floats, most: int,
) -> Floats:  # fmt: skip
    """Frank-Wolfe for R problems ‖A·x − b‖² + ridge·‖x‖² over the simplex, in lockstep.

    gram R × J × J is A'A, cross R × J is A'b, square R is b'b, rows R the rows of A. A problem ends when a
    step lowers (‖A·x − b‖² + ridge·‖x‖²) / rows by no more than `least`² (after two steps), or after `most`.
    """
    x = begin.copy()
    count = len(x)
    gx = np.einsum("rij,rj->ri", gram, x)
    value = np.full(count, np.inf)
    going: Flags = np.ones(count, dtype=bool)
    index = np.arange(count)
    for step in range(most):
        live = index[going]
        if not len(live):
            break
        xs, gxs = x[live], gx[live]
        slope = gxs - cross[live] + ridge[live, None] * xs
        pick = slope.argmin(axis=1)
        at = np.arange(len(live))
        toward = -xs
        toward[at, pick] += 1
        column = gram[live, :, pick] - gxs  # A'A times the direction
        curve = (toward * column).sum(axis=1) + ridge[live] * (toward**2).sum(axis=1)
        fall = -(slope * toward).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            stride = np.where(curve > 0, np.clip(fall / curve, 0, 1), 0.0)
        x[live] = xs + stride[:, None] * toward
        gx[live] = gxs + stride[:, None] * column
        now = (
            (x[live] * gx[live]).sum(axis=1) - 2 * (cross[live] * x[live]).sum(axis=1) + square[live]
            + ridge[live] * (x[live] ** 2).sum(axis=1)
        ) / rows[live]  # fmt: skip
        done = (value[live] - now <= least[live] ** 2) & (step >= 1)
        value[live] = now
        going[live[done]] = False
    return x
