"""From the children of a node to the node (handbook, step 6)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from tinh.insight.composite.frontier import benefit
from tinh.insight.composite.moments import Array
from tinh.insight.composite.orders import SECONDS, kemeny
from tinh.insight.composite.unobserved import unobserved
from tinh.packs.api import AggregateRule, Doubt, Penalty

Rule = AggregateRule
FREE = Doubt()


@dataclass(frozen=True, slots=True)
class Options:
    """Of the rules that have any: the exponent, the limits of weights, what unevenness does."""

    power: float = 1.0
    doubt: Doubt = FREE
    penalty: Penalty = "low"


@dataclass(slots=True)
class Search:
    """The time that the rankings with most support have together, and what those that could not be proven in
    it are worth: of the greatest support there can be, at least these shares."""

    until: float = field(default_factory=lambda: time.monotonic() + SECONDS)
    unproven: list[float] = field(default_factory=list)


def aggregate(
    x: Array,
    weights: Array,
    rule: Rule,
    options: Options | None = None,
    available: float = 0.0,
    search: Search | None = None,
) -> Array:
    """Values of a node from `x` (…, units, children) and `weights` (…, children).

    Weights are relative; those of missing children are left out and the rest scaled to one.
    arithmetic: Σw·x/Σw · geometric: exp(Σw·ln x/Σw) · harmonic: Σw/Σ(w/x) · generalised:
    (Σw·x^p/Σw)^(1/p) · median: weighted median, the mean of the two middle values where the weights split
    evenly · mazziotta_pareto: M ∓ S²/M with M = Σw·x/Σw and S² = Σw·(x − M)²/Σw, minus where `penalty` is
    low (De Muro, Mazziotta & Pareto 2011; Mazziotta & Pareto 2016) · bod, unobserved: see
    `frontier.benefit` and `unobserved.unobserved`, of children with a weight, whatever it is · kemeny: how
    many units stand behind this one in the ranking with most support (`orders.kemeny`) · copeland: sum over
    the other units of the share of weight on which this one is better, ties half (COINr `a_copeland`;
    handbook p. 114 gives the outranking matrix) · sum: Σx of points, weights only as factors. Below a share
    `available` of children there is no value.
    """
    options = options or Options()
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
            out = ((w * filled**options.power).sum(axis=-1) / total) ** (1 / options.power)
        elif rule == "mazziotta_pareto":
            mean = (w * filled).sum(axis=-1) / total
            uneven = (w * (filled - mean[..., None]) ** 2).sum(axis=-1) / total / mean
            out = mean - uneven if options.penalty == "low" else mean + uneven
        elif rule in ("bod", "unobserved", "kemeny"):
            out = _among(x, weights, rule, options, search or Search())
        else:
            out = _median(x, w)
    enough = there.mean(axis=-1) >= available
    out = np.where(enough & there.any(axis=-1), out, np.nan)
    if rule == "sum":
        return out
    return np.where(total == 0, np.nan, out)


def positive_needed(rule: Rule, power: float) -> bool:
    """Whether a value of zero or less cannot be combined by the rule."""
    return rule in ("geometric", "harmonic", "bod", "mazziotta_pareto") or (
        rule == "generalised" and power <= 0
    )


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


def _among(x: Array, weights: Array, rule: Rule, options: Options, search: Search) -> Array:
    """Rules that look at all units of a set (…, units, children) together, each set once."""
    units, children = x.shape[-2:]
    sets = x.reshape(-1, units, children)
    many = np.broadcast_to(weights, (*x.shape[:-2], children)).reshape(-1, children)
    known: dict[bytes, Array] = {}
    out = np.empty((len(sets), units))
    for n, (one, w) in enumerate(zip(sets, many, strict=True)):
        said = w if rule == "kemeny" else w > 0
        key = one.tobytes() + said.tobytes()
        if key not in known:
            known[key] = _together(one, w, rule, options, search)
        out[n] = known[key]
    return out.reshape(x.shape[:-1])


def _together(x: Array, weights: Array, rule: Rule, options: Options, search: Search) -> Array:
    if rule == "bod":
        return benefit(x, weights > 0, options.doubt)
    if rule == "unobserved":
        return unobserved(x, weights > 0)
    there = np.flatnonzero(~np.isnan(x).all(axis=1))
    found = kemeny(outranking(x[there], weights), search.until)
    if not found.proven:
        search.unproven.append(found.share)
    out = np.full(len(x), np.nan)
    out[there[found.order]] = np.arange(len(found.order))[::-1]
    return out


def _copeland(x: Array, weights: Array) -> Array:
    out: Array = outranking(x, weights).sum(axis=-1)
    return out
