"""Synthetic difference-in-differences.

Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review 111(12): algorithm 1 with
the regularisation of eq. 5 (zeta_omega = (N_tr T_post)^(1/4) sigma, sigma the standard deviation of first
differences of the controls before the start; zeta_lambda = 1e-6 sigma), weights by Frank-Wolfe, thinned
once, as in the authors' package; variance by placebo (algorithm 4), jackknife (3) or bootstrap (2). Pilots
that start at several times: one estimate a start, weighted by treated cells (their appendix A; Clarke et
al. 2023).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tinh.insight.pilots.blocks import Block
from tinh.insight.pilots.panel import Floats
from tinh.insight.pilots.simplex import wander
from tinh.packs.api import SyntheticDid

_FIRST, _MOST = 100, 10_000


@dataclass(frozen=True)
class Weights:
    """Of controls and of periods before."""

    units: Floats
    times: Floats


@dataclass(frozen=True)
class Estimate:
    value: float
    se: float
    draws: Floats  # estimates of the placebos (or bootstrap), empty for the jackknife
    weights: tuple[Weights, ...]


def synthetic_did(
    found: list[Block], choices: SyntheticDid, seed: int, progress: Callable[[int], None] | None = None
) -> Estimate:
    """The effect over all blocks with its standard error (NaN when it cannot be had)."""
    each = [_weigh(b.controls[None], b.treated[None], b.before)[0] for b in found]
    cells = np.array([b.cells for b in found], dtype=float)
    values = np.array([_gap(b.controls, b.treated, b.before, w) for b, w in zip(found, each, strict=True)])
    value = float(values @ cells / cells.sum())
    rng = np.random.default_rng(seed)
    if choices.inference == "jackknife":
        return Estimate(value, _jackknife(found, each, cells), np.zeros(0), tuple(each))
    if choices.inference == "placebo" and sum(len(b.treated) for b in found) == 1:
        kept = np.array(_every(found[0], each[0]))
        return Estimate(value, float(kept.std()) if len(kept) > 1 else float("nan"), kept, tuple(each))
    draw = _placebo if choices.inference == "placebo" else _bootstrap
    drawn: list[float] = []
    tries = 0
    while len(drawn) < choices.replications and tries < 20 * choices.replications:
        size = min(choices.replications - len(drawn), _chunk(found))
        tries += size
        drawn += draw(found, each, cells, size, rng)
        if progress:
            progress(len(drawn))
    kept = np.array(drawn)
    se = float(kept.std()) if len(kept) > 1 else float("nan")  # sqrt((R-1)/R) times the sample deviation
    return Estimate(value, se, kept, tuple(each))


def path(block: Block, weights: Weights) -> Floats:
    """The comparison path, shifted to meet the treated mean over the weighted periods before."""
    line = weights.units @ block.controls
    shift = block.treated.mean(axis=0)[: block.before] @ weights.times - line[: block.before] @ weights.times
    out: Floats = line + shift
    return out


def _gap(controls: Floats, treated: Floats, before: int, weights: Weights) -> float:
    gap = treated.mean(axis=0) - weights.units @ controls
    return float(gap[before:].mean() - gap[:before] @ weights.times)


def _noise(controls: Floats, before: int) -> Floats:
    """sigma of each problem (controls: R × J × T)."""
    steps = np.diff(controls[:, :, :before], axis=2).reshape(len(controls), -1)
    out: Floats = steps.std(axis=1, ddof=1) if steps.shape[1] > 1 else np.ones(len(controls))
    return out


def _weigh(
    controls: Floats, treated: Floats, before: int, begin: list[Weights] | None = None,
    noise: float | None = None,
) -> list[Weights]:  # fmt: skip
    """Weights of R problems at once (controls: R × J × T, treated: R × N × T)."""
    count, units, _ = controls.shape
    after = controls.shape[2] - before
    sigma = _noise(controls, before) if noise is None else np.full(count, noise)
    least = 1e-5 * sigma
    zeta = (treated.shape[1] * after) ** 0.25 * sigma
    early, goal = controls[:, :, :before], controls[:, :, before:].mean(axis=2)
    start_times = np.array([w.times for w in begin]) if begin else np.full((count, before), 1 / before)
    times = _solve(early, goal, 1e-6 * sigma, least, start_times)
    start_units = np.array([w.units for w in begin]) if begin else np.full((count, units), 1 / units)
    across = early.transpose(0, 2, 1)
    units_ = _solve(across, treated[:, :, :before].mean(axis=1), zeta, least, start_units)
    return [Weights(u, t) for u, t in zip(units_, times, strict=True)]


def _solve(rows: Floats, goal: Floats, zeta: Floats, least: Floats, begin: Floats) -> Floats:
    """Centred (an intercept), a first walk, small weights dropped, then on to the end."""
    a = rows - rows.mean(axis=1, keepdims=True)
    b = goal - goal.mean(axis=1, keepdims=True)
    gram, cross = np.einsum("rki,rkj->rij", a, a, optimize=True), np.einsum("rki,rk->ri", a, b)
    square, n = (b**2).sum(axis=1), rows.shape[1]
    ridge = n * zeta**2
    first = wander(gram, cross, square, ridge, n, begin, least, _FIRST)
    thin = np.where(first <= first.max(axis=1, keepdims=True) / 4, 0.0, first)
    thin = thin / thin.sum(axis=1, keepdims=True)
    return wander(gram, cross, square, ridge, n, thin, least, _MOST)


def _chunk(found: list[Block]) -> int:
    """Problems solved together, so that their matrices stay under some 100 MB."""
    largest = max(max(len(b.controls), b.before) for b in found)
    return max(1, min(100, int(1.2e7 / largest**2)))


def _normal(weights: Floats) -> Floats:
    total = weights.sum()
    out: Floats = weights / total if total > 0 else np.full(len(weights), 1 / len(weights))
    return out


def _placebo(
    found: list[Block], each: list[Weights], cells: Floats, size: int, rng: np.random.Generator
) -> list[float]:
    """As many controls as there are treated units take their places (Algorithm 4)."""
    sizes = [len(b.treated) for b in found]
    least = min(len(b.controls) for b in found)
    if least - sum(sizes) < 1:
        return [float("nan")] * 0
    total = np.zeros(size)
    orders = [rng.permutation(least) for _ in range(size)]
    for k, (block, weights) in enumerate(zip(found, each, strict=True)):
        skip = sum(sizes[:k])
        controls, treated, begin = [], [], []
        for order in orders:
            mine = order[skip : skip + sizes[k]]
            others = np.setdiff1d(np.arange(len(block.controls)), order[: sum(sizes)])
            controls.append(block.controls[others])
            treated.append(block.controls[mine])
            begin.append(Weights(_normal(weights.units[others]), weights.times))
        a, b = np.array(controls), np.array(treated)
        solved = _weigh(a, b, block.before, begin, float(_noise(block.controls[None], block.before)[0]))
        gaps = np.array([_gap(a[i], b[i], block.before, solved[i]) for i in range(size)])
        total += gaps * cells[k] / cells.sum()
    return [float(v) for v in total]


def _every(block: Block, weights: Weights) -> list[float]:
    """One treated unit: each control takes its place once, which is what more and more draws come to."""
    n = len(block.controls)
    if n < 2:
        return []
    others = [np.delete(np.arange(n), i) for i in range(n)]
    a, b = np.array([block.controls[o] for o in others]), block.controls[:, None, :]
    begin = [Weights(_normal(weights.units[o]), weights.times) for o in others]
    noise = float(_noise(block.controls[None], block.before)[0])
    size = _chunk([block])
    out: list[float] = []
    for i in range(0, n, size):
        part = slice(i, i + size)
        solved = _weigh(a[part], b[part], block.before, begin[part], noise)
        out += [_gap(x, y, block.before, w) for x, y, w in zip(a[part], b[part], solved, strict=True)]
    return out


def _bootstrap(
    found: list[Block], each: list[Weights], cells: Floats, size: int, rng: np.random.Generator
) -> list[float]:
    """Units drawn with replacement (Algorithm 2); draws without treated or controls are drawn again."""
    out: list[float] = []
    for _ in range(size):
        values = []
        for block, weights in zip(found, each, strict=True):
            ones, n = len(block.treated), len(block.treated) + len(block.controls)
            picked = np.sort(rng.integers(0, n, n))
            controls, treated = picked[picked < n - ones], picked[picked >= n - ones] - (n - ones)
            if not len(controls) or not len(treated):
                break
            a, b = block.controls[controls][None], block.treated[treated][None]
            begin = [Weights(_normal(weights.units[controls]), weights.times)]
            noise = float(_noise(block.controls[None], block.before)[0])
            values.append(_gap(a[0], b[0], block.before, _weigh(a, b, block.before, begin, noise)[0]))
        if len(values) == len(found):
            out.append(float(np.array(values) @ cells / cells.sum()))
    return out


def _jackknife(found: list[Block], each: list[Weights], cells: Floats) -> float:
    """Each unit left out in turn, weights kept (Algorithm 3); NaN where one unit carries it all."""
    if any(len(b.treated) < 2 or (w.units > 0).sum() < 2 for b, w in zip(found, each, strict=True)):
        return float("nan")
    whole = [_gap(b.controls, b.treated, b.before, w) for b, w in zip(found, each, strict=True)]
    rows = sorted({int(i) for b in found for i in (*b.treated_at, *b.controls_at)})
    drawn = []
    for row in rows:
        values = list(whole)
        counts = cells.copy()
        for k, (b, w) in enumerate(zip(found, each, strict=True)):
            t, c = b.treated_at != row, b.controls_at != row
            if t.all() and c.all():
                continue
            left = Weights(_normal(w.units[c]), w.times)
            values[k] = _gap(b.controls[c], b.treated[t], b.before, left)
            counts[k] = t.sum() * b.after
        drawn.append(np.array(values) @ counts / counts.sum())
    n = len(drawn)
    return float(np.sqrt((n - 1) ** 2 / n * np.var(drawn, ddof=1)))
