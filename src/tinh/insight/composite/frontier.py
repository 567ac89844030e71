"""Benefit of the doubt: each unit weighed as suits it best (handbook, step 6.3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tinh.insight.composite.errors import NoRoom
from tinh.insight.composite.moments import Array
from tinh.packs.api import Doubt

DIGITS = 9  # kept of a programme's value, so that units on the frontier share their place


def benefit(x: Array, counted: NDArray[np.bool_], limits: Doubt) -> Array:
    """Values (units,) from 0 to 1, 1 on the frontier, of `x` (units, children) ≥ 0.

    For each unit c the linear programme max Σ_q w_q·x_cq, subject to Σ_q w_q·x_kq ≤ 1 for every unit k and
    w ≥ 0 (handbook, equations 21 and 22; Melyn & Moesen 1991; Cherchye et al. 2004), solved by HiGHS.
    `limits` hold each child's share of Σw (the handbook's note 29), or of the unit's own Σ w_q·x_cq
    (Cherchye et al. 2008), between `least` and `most`. Children that a unit lacks, and those not
    `counted` (children,), are left out of its programme; where another unit lacks one it adds nothing to
    that unit's sum. No weights within the limits: NoRoom.
    """
    out = np.full(len(x), np.nan)
    known = np.where(np.isnan(x), 0.0, x)
    for unit in range(len(x)):
        mine = counted & ~np.isnan(x[unit])
        if mine.any():
            out[unit] = _best(known[:, mine], unit, limits)
    return out


def _best(x: Array, unit: int, limits: Doubt) -> float:
    from scipy.optimize import linprog

    many = x.shape[1]
    if limits.least * many > 1 + 1e-9 or limits.most * many < 1 - 1e-9:
        raise NoRoom(children=many, least=f"{limits.least:g}", most=f"{limits.most:g}")
    own = x[unit]
    if not own.any():
        return 0.0
    scale = float(x.max())
    x, own = x / scale, own / scale
    whole = np.ones(many) if limits.of == "weights" else own
    part = np.eye(many) * whole
    rows, right = [x], [np.ones(len(x))]
    if limits.least > 0:
        rows.append(limits.least * whole[None, :] - part)
        right.append(np.zeros(many))
    if limits.most < 1:
        rows.append(part - limits.most * whole[None, :])
        right.append(np.zeros(many))
    found = linprog(-own, A_ub=np.vstack(rows), b_ub=np.concatenate(right), method="highs")
    if found.status != 0 or found.fun is None:
        return float("nan")
    return round(min(max(0.0, -found.fun), 1.0), DIGITS)
