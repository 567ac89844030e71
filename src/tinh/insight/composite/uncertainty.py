"""How far scores and ranks depend on choices: Monte Carlo, and Sobol's first- and total-order indices.

Saisana, Saltelli & Tarantola (2005), J. R. Statist. Soc. A 168(2), and the handbook, step 7; the design and
the estimators are those of Saltelli et al. (2010) as COINr uses them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tinh.insight.composite.assuming import Draws, assumptions, drawn
from tinh.insight.composite.building import Builder
from tinh.insight.composite.errors import TooCertain, TooFewUnits
from tinh.insight.composite.moments import Array
from tinh.insight.composite.ranking import best_first
from tinh.packs.api import Assumption

TOGETHER = 250  # rebuilds computed side by side
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Spread:
    """Per unit, over the replicates: ranks and scores; `failed` replicates gave no index."""

    ranks: Array  # (replicates, units)
    scores: Array
    nominal: Array  # ranks
    failed: int

    def quantiles(self, *shares: float) -> Array:
        """(shares, units) of ranks, R's type 7."""
        return np.nanquantile(self.ranks, shares, axis=0)

    def table(self, units: Sequence[str]) -> list[dict[str, float | str]]:
        """unit, rank, and mean, median, 5 % and 95 % of ranks and scores."""
        low, mid, high = self.quantiles(0.05, 0.5, 0.95)
        score_low, score_high = np.nanquantile(self.scores, (0.05, 0.95), axis=0)
        mean = np.nanmean(self.ranks, axis=0)
        return [
            {
                "unit": unit, "rank": float(self.nominal[n]), "rank_mean": float(mean[n]),
                "rank_median": float(mid[n]), "rank_q5": float(low[n]), "rank_q95": float(high[n]),
                "score_q5": float(score_low[n]), "score_q95": float(score_high[n]),
            }
            for n, unit in enumerate(units)
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Influence:
    """Sobol indices of one assumption, with 5 % and 95 % bootstrap quantiles."""

    what: str
    first: float
    total: float
    first_low: float
    first_high: float
    total_low: float
    total_high: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    spread: Spread
    influences: tuple[Influence, ...]
    variance: float  # of the mean absolute change of ranks


def rebuild(builder: Builder, draws: Draws, progress: Progress | None = None) -> Array:
    """Root scores (replicates, units) of every draw; NaN where a way cannot be gone."""
    out = np.full((len(draws.which), len(builder.table.units)), np.nan)
    points = _points(builder)
    with np.errstate(divide="ignore", invalid="ignore"):
        for number, choice in enumerate(draws.choices):
            rows = np.flatnonzero(draws.which == number)
            base = builder.weights if choice.weighting is None else builder.weighed(choice)
            ready = None if draws.noise is not None else builder.prepare(builder.raw[:, None], choice)
            for start in range(0, len(rows), TOGETHER):
                some = rows[start : start + TOGETHER]
                if draws.noise is not None and draws.data is not None:
                    raw = builder.raw[None] * draws.noise[draws.data[some]]
                    raw[..., builder.ruled] = np.clip(raw[..., builder.ruled], 0.0, 1.0)
                    ready = builder.prepare(np.ascontiguousarray(np.swapaxes(raw, 0, 1)), choice)
                if ready is None:
                    continue
                weights = _kept_total(builder, base * draws.weights[some], points)
                out[some] = builder.climb(ready, weights, choice.aggregate)[..., -1]
                if progress:
                    progress(len(some))
    return out


def monte_carlo(
    builder: Builder, replicates: int, seed: int = 1, given: Sequence[Assumption] | None = None,
    progress: Progress | None = None,
) -> Spread:  # fmt: skip
    """`replicates` rebuilds, every assumption drawn at random each time."""
    _enough(builder)
    given = assumptions(builder.index, builder) if given is None else given
    random = np.random.default_rng(seed).random((replicates, len(given)))
    scores = rebuild(builder, drawn(builder, given, random, seed), progress)
    return _spread(builder, scores)


def sobol(
    builder: Builder, base: int, seed: int = 1, given: Sequence[Assumption] | None = None,
    bootstraps: int = 500, progress: Progress | None = None,
) -> Sensitivity:  # fmt: skip
    """First- and total-order indices of each assumption for the mean absolute change of ranks.

    base·(d + 2) rebuilds: matrices A, B and, for each assumption i, A with column i of B. With V the sample
    variance of f(A) and f(B), and f less its mean: S_i = mean(f(B)·(f(AB_i) − f(A)))/V,
    ST_i = Σ(f(A) − f(AB_i))²/(2·N·V) (Saltelli et al. 2010, Table 2 (b); Jansen 1999). Taking the mean off
    changes no expectation and much of the noise. The bootstrap resamples the N terms of each.
    """
    _enough(builder)
    given = assumptions(builder.index, builder) if given is None else given
    many = len(given)
    if many < 2:
        raise TooCertain(have=many)
    random = saltelli(base, many, np.random.default_rng(seed))
    scores = rebuild(builder, drawn(builder, given, random, seed), progress)
    nominal = best_first(builder.build().scores)
    change = np.nanmean(np.abs(best_first(scores.T) - nominal[:, None]), axis=0)
    found, variance = estimate(change, base, many, bootstraps, np.random.default_rng([seed, 3]))
    names = _names(given)
    influences = tuple(Influence(names[i], *(float(v) for v in found[:, i])) for i in range(many))
    return Sensitivity(_spread(builder, scores[: 2 * base]), influences, variance)


def saltelli(base: int, many: int, rng: np.random.Generator) -> Array:
    """The design (base·(many + 2), many): A, then B, then A with each column of B in turn."""
    both = rng.random((base, 2 * many))
    a, b = both[:, :many], both[:, many:]
    blocks = [a, b]
    for i in range(many):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        blocks.append(mixed)
    return np.concatenate(blocks)


def estimate(
    y: Array, base: int, many: int, bootstraps: int, rng: np.random.Generator
) -> tuple[Array, float]:
    """Rows first, total, first_low, first_high, total_low, total_high by columns of assumptions, from
    outputs in the order of `saltelli`; and the variance. Replicates without output are left out."""
    y = y - np.nanmean(y[: 2 * base])
    a, b = y[:base], y[base : 2 * base]
    mixed = y[2 * base :].reshape(many, base).T
    both = np.concatenate([a, b])
    variance = float(np.nanvar(both, ddof=1))
    out = np.zeros((6, many))
    if not variance > 0:
        return out, 0.0
    first = b[:, None] * (mixed - a[:, None]) / variance
    total = (a[:, None] - mixed) ** 2 / (2 * variance)
    out[0], out[1] = np.nanmean(first, axis=0), np.nanmean(total, axis=0)
    if bootstraps:
        rows = rng.integers(0, base, (bootstraps, base))
        for at, terms in ((2, first), (4, total)):
            means = np.stack([np.nanmean(terms[pick], axis=0) for pick in rows])
            out[at], out[at + 1] = np.nanquantile(means, (0.05, 0.95), axis=0)
    return out, variance


def _spread(builder: Builder, scores: Array) -> Spread:
    failed = np.isnan(scores).any(axis=1) & ~np.isnan(builder.build().scores).any()
    kept = scores[~failed]
    ranks = best_first(kept.T).T
    return Spread(ranks, kept, best_first(builder.build().scores), int(failed.sum()))


def _points(builder: Builder) -> Array:
    return np.array([e.total() for e in builder.tree.elements])


def _kept_total(builder: Builder, weights: Array, points: Array) -> Array:
    """Where points add up, changed points keep the node's total, so that the scale stays."""
    weights = weights.copy()
    for node in builder.tree.nodes:
        if node.rule == "sum":
            share = weights[:, node.children] @ points[node.children]
            whole = builder.weights[node.children] @ points[node.children]
            weights[:, node.children] *= np.where(share > 0, whole / np.where(share > 0, share, 1), 0)[
                :, None
            ]
    return weights


def _enough(builder: Builder) -> None:
    if len(builder.table.units) < 2:
        raise TooFewUnits(
            have=len(builder.table.units), need=2, what_vi="khoảng thứ hạng", what_en="rank intervals"
        )


def _names(given: Sequence[Assumption]) -> list[str]:
    plain = [one.what if one.level is None else f"{one.what} {one.level}" for one in given]
    return [
        name if name not in plain[:n] else f"{name} ({plain[:n].count(name) + 1})"
        for n, name in enumerate(plain)
    ]
