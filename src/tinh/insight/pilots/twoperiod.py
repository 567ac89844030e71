"""Two groups, two periods: the effect on the treated with its influence function.

Sant'Anna & Zhao (2020), "Doubly robust difference-in-differences estimators", J. Econometrics 219: the
traditional doubly robust estimator (their eq. 2.6 with OLS and logit first steps), the outcome regression and
the normalised (Hájek) inverse probability weighting, each with the influence function of its appendix.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from tinh.insight.pilots.panel import Floats

Estimator = Literal["dr", "or", "ipw"]


def effect(change: Floats, treated: Floats, x: Floats, estimator: Estimator) -> tuple[float, Floats]:
    """The effect and its influence function (one number a unit, mean zero).

    `change`: outcome after minus before; `treated`: 1 or 0; `x`: units × k with the constant first.
    Raises LinAlgError when the covariates do not identify the first steps.
    """
    if estimator == "ipw":
        return _weighted(change, treated, x)
    if estimator == "or":
        return _regressed(change, treated, x)
    return _doubly(change, treated, x)


def _regression(change: Floats, weight: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Fitted values for all, and the influence of the coefficients (units × k)."""
    inverse = _inverse((x * weight[:, None]).T @ x / len(change))
    beta = inverse @ ((x * weight[:, None]).T @ change) / len(change)
    fitted = x @ beta
    return fitted, (weight * (change - fitted))[:, None] * x @ inverse


def _propensity(treated: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Chances of being treated by logit (Newton), and the influence of the coefficients."""
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(x @ beta, -35, 35)))
        hessian = (x * (chance * (1 - chance))[:, None]).T @ x
        step = np.linalg.solve(hessian, x.T @ (treated - chance))
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    chance = np.minimum(1 / (1 + np.exp(-np.clip(x @ beta, -35, 35))), 1 - 1e-6)
    inverse = _inverse((x * (chance * (1 - chance))[:, None]).T @ x / len(treated))
    return chance, (treated - chance)[:, None] * x @ inverse


def _doubly(change: Floats, treated: Floats, x: Floats) -> tuple[float, Floats]:
    chance, of_chance = _propensity(treated, x)
    fitted, of_fit = _regression(change, 1 - treated, x)
    left = change - fitted
    w1, w0 = treated, chance * (1 - treated) / (1 - chance)
    eta1, eta0 = (w1 * left).mean() / w1.mean(), (w0 * left).mean() / w0.mean()
    inf1 = w1 * (left - eta1) - of_fit @ (w1[:, None] * x).mean(axis=0)
    inf0 = w0 * (left - eta0)
    inf0 = inf0 + of_chance @ ((w0 * (left - eta0))[:, None] * x).mean(axis=0)
    inf0 = inf0 - of_fit @ (w0[:, None] * x).mean(axis=0)
    return float(eta1 - eta0), inf1 / w1.mean() - inf0 / w0.mean()


def _weighted(change: Floats, treated: Floats, x: Floats) -> tuple[float, Floats]:
    chance, of_chance = _propensity(treated, x)
    w1, w0 = treated, chance * (1 - treated) / (1 - chance)
    eta1, eta0 = (w1 * change).mean() / w1.mean(), (w0 * change).mean() / w0.mean()
    inf0 = w0 * (change - eta0) + of_chance @ ((w0 * (change - eta0))[:, None] * x).mean(axis=0)
    return float(eta1 - eta0), w1 * (change - eta1) / w1.mean() - inf0 / w0.mean()


def _regressed(change: Floats, treated: Floats, x: Floats) -> tuple[float, Floats]:
    fitted, of_fit = _regression(change, 1 - treated, x)
    share = treated.mean()
    eta1, eta0 = (treated * change).mean() / share, (treated * fitted).mean() / share
    inf1 = treated * (change - eta1)
    inf0 = treated * (fitted - eta0) + of_fit @ (treated[:, None] * x).mean(axis=0)
    return float(eta1 - eta0), (inf1 - inf0) / share


def _inverse(square: Floats) -> Floats:
    if np.linalg.cond(square) > 1e14:
        raise np.linalg.LinAlgError("singular")
    out: Floats = np.linalg.inv(square).astype(float)
    return out
