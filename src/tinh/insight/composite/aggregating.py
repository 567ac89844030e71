"""From the children of a node to the node (handbook, step 6)."""

from __future__ import annotations

import numpy as np

from tinh.insight.composite.moments import Array
from tinh.packs.api import AggregateRule

Rule = AggregateRule


def aggregate(x: Array, weights: Array, rule: Rule, *, power: float = 1.0, available: float = 0.0) -> Array:
    """Values of a node from `x` (…, units, children) and `weights` (…, children).

    Weights are relative; those of missing children are left out and the rest scaled to one.
    arithmetic: Σw·x/Σw · geometric: exp(Σw·ln x/Σw) · harmonic: Σw/Σ(w/x) · generalised:
    (Σw·x^p/Σw)^(1/p) · median: weighted median, the mean of the two middle values where the weights split
    evenly · copeland: sum over the other units of the share of weight on which this one is better, ties
    half (COINr `a_copeland`; handbook p. 114 gives the outranking matrix) · sum: Σx of points, weights
    only as factors. Below a share `available` of children there is no value.
    """
    there = ~np.isnan(x)
    w = np.where(there, weights[..., None, :], 0.0)
    total = w.sum(axis=-1)
    filled = np.where(there, x, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if rule == "copeland":
            out = _copeland(x, weights)
        elif rule == "sum":
            out = (w * filled).sum(axis=-1)
        elif rule == "arithmetic":
            out = (w * filled).sum(axis=-1) / total
        elif rule == "geometric":
            out = np.exp((w * np.log(filled)).sum(axis=-1) / total)
        elif rule == "harmonic":
            out = total / (w / filled).sum(axis=-1)
        elif rule == "generalised":
            out = ((w * filled**power).sum(axis=-1) / total) ** (1 / power)
        else:
            out = _median(x, w)
    enough = there.mean(axis=-1) >= available
    out = np.where(enough & there.any(axis=-1), out, np.nan)
    if rule == "sum":
        return out
    return np.where(total == 0, np.nan, out)


def positive_needed(rule: Rule, power: float) -> bool:
    """Whether a value of zero or less cannot be combined by the rule."""
    return rule in ("geometric", "harmonic") or (rule == "generalised" and power <= 0)


def _median(x: Array, w: Array) -> Array:
    order = np.argsort(np.where(np.isnan(x), np.inf, x), axis=-1)
    values, weights = np.take_along_axis(x, order, -1), np.take_along_axis(w, order, -1)
    half = weights.sum(axis=-1, keepdims=True) / 2
    climbed = np.cumsum(weights, axis=-1)
    near = 1e-12 * half
    low = np.take_along_axis(values, np.argmax(climbed >= half - near, axis=-1)[..., None], -1)
    high = np.take_along_axis(values, np.argmax(climbed > half + near, axis=-1)[..., None], -1)
    out: Array = ((low + high) / 2)[..., 0]
    return out


def outranking(x: Array, weights: Array) -> Array:
    """Matrix (…, units, units): share of weight on which the row is better than the column, ties half.

    Components missing in either unit count for neither, as in COINr.
    """
    share = weights / weights.sum(axis=-1, keepdims=True)
    a, b = x[..., :, None, :], x[..., None, :, :]
    better = (a > b) * 1.0 + (a == b) * 0.5
    out: Array = (better * share[..., None, None, :]).sum(axis=-1)
    upper = np.triu(np.ones(out.shape[-2:], dtype=bool), 1)
    out = np.where(upper, out, 1 - np.swapaxes(out, -1, -2))
    index = np.arange(out.shape[-1])
    out[..., index, index] = 0.0
    return out


def _copeland(x: Array, weights: Array) -> Array:
    out: Array = outranking(x, weights).sum(axis=-1)
    return out
