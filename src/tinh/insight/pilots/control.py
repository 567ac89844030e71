"""Synthetic control: the treated units against a weighted mean of others.

Abadie, Diamond & Hainmueller (2010), JASA 105(490): weights W on the simplex that minimise the distance of
predictors under the importance V (their eq. 2, section 2.3), V chosen so that the outcome before the start
is met best; placebos in space, and the ratio of root mean squared prediction errors after and before
(section 3.4). Without predictors W meets the outcome of every period before directly (with the ridge of
`sc_estimate` in the package synthdid, 1e-6 sigma, which only settles ties). Units that start together are
averaged first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from tinh.insight.pilots.blocks import Block
from tinh.insight.pilots.panel import Flags, Floats, Ints, Panel, place
from tinh.insight.pilots.simplex import nearest
from tinh.packs.api import Synthetic


@dataclass(frozen=True)
class Match:
    """What a weighted mean is matched on: rows of predictors, and outcomes the importance is fitted to."""

    predictors: Floats | None  # k × all units of the panel
    names: tuple[str, ...]
    fitted: bool


@dataclass(frozen=True)
class Control:
    """One block against its synthetic control."""

    block: Block
    weights: Floats
    importance: tuple[tuple[str, float], ...]
    gaps: Floats  # every period of the block
    before: float  # root mean squared gap
    after: float
    balance: tuple[tuple[str, float, float, float], ...]  # predictor: treated, synthetic, mean of controls

    @property
    def value(self) -> float:
        return float(self.gaps[self.block.before :].mean())


@dataclass(frozen=True)
class Result:
    """`placebos`: mean gap, RMSPE before and after of each placebo; `p` the rank of the treated ratio."""

    value: float
    controls: tuple[Control, ...]
    placebos: Floats
    p: float
    se: float


def match(panel: Panel, block: Block, choices: Synthetic, outcome: str) -> Match:
    """The rows of predictors a declaration asks for; holes in a predictor's periods are passed over."""
    if not choices.predictors:
        return Match(None, (), False)
    rows, names = [], []
    for entry in choices.predictors:
        grid = panel.x[entry.column] if entry.column and entry.column != outcome else panel.y
        first = 0 if entry.begins is None else place(entry.begins, panel.times, panel.clock)
        last = block.start if entry.ends is None else place(entry.ends, panel.times, panel.clock, after=True)
        part = grid[:, first : max(last, first + 1)]
        counts = (~np.isnan(part)).sum(axis=1)
        with np.errstate(invalid="ignore"):
            rows.append(np.where(counts > 0, np.nansum(part, axis=1) / np.maximum(counts, 1), np.nan))
        one = first + 1 == last
        names.append(
            f"{entry.column or outcome} {panel.times[first]}" + ("" if one else f"–{panel.times[last - 1]}")
        )
    matrix = np.array(rows)
    seen = ~np.isnan(matrix[:, np.concatenate([block.treated_at, block.controls_at])]).any(axis=1)
    return Match(
        matrix[seen], tuple(n for n, s in zip(names, seen, strict=True) if s), choices.weights == "fitted"
    )


def window(panel: Panel, block: Block, choices: Synthetic) -> Flags:
    """True for the periods before the start that the importance is fitted to."""
    first = 0 if choices.begins is None else place(choices.begins, panel.times, panel.clock)
    last = block.start if choices.ends is None else place(choices.ends, panel.times, panel.clock, after=True)
    early = block.periods[: block.before]
    inside = (early >= first) & (early < last)
    out: Flags = np.asarray(inside if inside.any() else np.ones(block.before, dtype=bool))
    return out


def synthetic_control(
    found: list[Block], matches: Sequence[Match], windows: Sequence[Flags], draws: int, seed: int,
    progress: Callable[[int], None] | None = None,
) -> Result:  # fmt: skip
    """The effect, and its rank among placebos: every control in the place of the treated unit, or `draws`
    sets of controls when several are treated."""
    each: list[Control] = []
    placebos: list[list[tuple[float, float, float]]] = []
    rng = np.random.default_rng(seed)
    sizes = [len(b.treated) for b in found]
    pool = min(len(b.controls) for b in found)
    single = sum(sizes) == 1
    count = pool if single else (min(draws, 200) if pool > sum(sizes) + 1 else 0)
    orders = [np.roll(np.arange(pool), -i) if single else rng.permutation(pool) for i in range(count)]
    for k, (block, rows, early) in enumerate(zip(found, matches, windows, strict=True)):
        everyone = np.arange(len(block.controls))
        one, importance = _one(block, rows, early, block.treated, block.treated_at, everyone)
        each.append(_told(block, rows, one, importance))
        taken: list[tuple[float, float, float]] = []
        for n, order in enumerate(orders):
            mine = order[sum(sizes[:k]) : sum(sizes[:k]) + sizes[k]]
            others = np.setdiff1d(everyone, order[: sum(sizes)])
            weights, _ = _one(block, rows, early, block.controls[mine], block.controls_at[mine], others,
                              importance if not single else None, True)  # fmt: skip
            gap = block.controls[mine].mean(axis=0) - weights @ block.controls[others]
            taken.append((float(gap[block.before :].mean()), *_errors(gap, block.before)))
            if progress:
                progress(n + 1)
        placebos.append(taken)
    cells = np.array([b.cells for b in found], dtype=float)
    share = cells / cells.sum()
    value = float(share @ np.array([c.value for c in each]))
    drawn = np.einsum("k,knj->nj", share, np.array(placebos)) if count else np.zeros((0, 3))
    ratio = _ratio(share @ np.array([c.after for c in each]), share @ np.array([c.before for c in each]))
    ranks = [_ratio(after, before) for _, before, after in drawn]
    p = (1 + sum(r >= ratio for r in ranks)) / (1 + len(ranks)) if ranks else float("nan")
    se = float(drawn[:, 0].std()) if len(drawn) > 1 else float("nan")
    return Result(value, tuple(each), drawn, p, se)


def _one(
    block: Block, rows: Match, early: Flags, treated: Floats, treated_at: Ints, others: Ints,
    importance: Floats | None = None, quick: bool = False,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Weights of `others` (rows of the block's controls), and the importance used."""
    before = block.controls[others][:, : block.before].T  # periods × controls
    goal = treated.mean(axis=0)[: block.before]
    if rows.predictors is None:
        steps = np.diff(before, axis=0)
        sigma = float(steps.std(ddof=1)) if steps.size > 1 else 0.0
        return nearest(before, goal, block.before * (1e-6 * sigma) ** 2), np.zeros(0)
    x0 = rows.predictors[:, block.controls_at[others]]
    x1 = rows.predictors[:, treated_at].mean(axis=1)
    scale = np.column_stack([x0, x1]).std(axis=1, ddof=1)
    scale = np.where(scale > 0, scale, 1.0)
    x0, x1 = x0 / scale[:, None], x1 / scale
    if importance is None:
        importance = (
            _importance(x0, x1, before[early], goal[early], 1 if quick else 3)
            if rows.fitted
            else np.full(len(x1), 1 / len(x1))
        )
    return _weights(x0, x1, importance, before[early], goal[early]), importance


def _weights(x0: Floats, x1: Floats, importance: Floats, z0: Floats, z1: Floats) -> Floats:
    """Many mixtures may meet the predictors alike: the outcome before the start then settles which."""
    root, size = np.sqrt(importance), float(z0.std()) or 1.0
    settle = np.sqrt(1e-10 / len(z1)) / size
    return nearest(np.vstack([x0 * root[:, None], z0 * settle]), np.concatenate([x1 * root, z1 * settle]))


def _importance(x0: Floats, x1: Floats, z0: Floats, z1: Floats, runs: int) -> Floats:
    """V, diagonal, adding up to one, by Nelder-Mead on logarithms from several starts: all alike, the
    regression of the outcome on the predictors (as in the package Synth), and each predictor foremost."""
    k = len(x1)
    if k == 1:
        return np.ones(1)

    def importance(logs: Floats) -> Floats:
        raised = np.exp(np.clip(logs - logs.max(), -14, 0))
        out: Floats = raised / raised.sum()
        return out

    def loss(logs: Floats) -> float:
        return float(((z1 - z0 @ _weights(x0, x1, importance(logs), z0, z1)) ** 2).mean())

    both, outcome = np.column_stack([x1, x0]).T, np.column_stack([z1, z0]).T
    design = np.column_stack([np.ones(len(both)), both])
    slopes = (np.linalg.pinv(design) @ outcome)[1:]
    regression = np.log(np.maximum((slopes**2).sum(axis=1), 1e-12))
    starts = [np.zeros(k), regression, *(np.where(np.arange(k) == i, 2.0, -1.0) for i in range(k))]
    starts.sort(key=loss)
    best = starts[0]
    for start in starts[:runs]:
        found = minimize(loss, start, method="Nelder-Mead",
                         options={"maxfev": 120 * k, "xatol": 1e-3, "fatol": 1e-10})  # fmt: skip
        best = found.x if found.fun < loss(best) else best
    found = minimize(
        loss, best, method="Nelder-Mead", options={"maxfev": 200 * k, "xatol": 1e-4, "fatol": 1e-12}
    )
    return importance(found.x if found.fun < loss(best) else best)


def _told(block: Block, rows: Match, weights: Floats, importance: Floats) -> Control:
    gaps = block.treated.mean(axis=0) - weights @ block.controls
    balance = []
    if rows.predictors is not None:
        mine = rows.predictors[:, block.treated_at].mean(axis=1)
        theirs = rows.predictors[:, block.controls_at]
        balance = [(name, float(mine[i]), float(theirs[i] @ weights), float(theirs[i].mean()))
                   for i, name in enumerate(rows.names)]  # fmt: skip
    before, after = _errors(gaps, block.before)
    named = tuple((n, float(v)) for n, v in zip(rows.names, importance, strict=False))
    return Control(block, weights, named, gaps, before, after, tuple(balance))


def _errors(gap: Floats, before: int) -> tuple[float, float]:
    return float(np.sqrt((gap[:before] ** 2).mean())), float(np.sqrt((gap[before:] ** 2).mean()))


def _ratio(after: float, before: float) -> float:
    return float(after) / max(float(before), 1e-12)
