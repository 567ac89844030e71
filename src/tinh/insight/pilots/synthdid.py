"""Synthetic difference-in-differences: the estimate, and its standard error by drawing again.

Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review 111(12): variance by placebo
(algorithm 4), jackknife (3) or bootstrap (2). Pilots that start at several times: one estimate a start,
weighted by treated cells (their appendix A; Clarke, Pailañir, Athey & Imbens 2023, algorithm 1), and their
common error: units are drawn once, and every start is estimated anew on that draw, with the weights of the
starts as drawn, as in their package `sdid`. One start keeps the penalties of the whole sample on each draw,
as the package `synthdid` does; several starts find them anew, as `sdid` does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tinh.insight.pilots.balance import Penalty, Problem, Weights, gap_of, normal, penalty, weigh
from tinh.insight.pilots.blocks import Block
from tinh.insight.pilots.panel import Floats, Ints
from tinh.packs.api import SyntheticDid


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
    each = [weigh([(b.controls, b.treated)], b.before)[0] for b in found]
    cells = np.array([b.cells for b in found], dtype=float)
    values = np.array([gap_of(b.controls, b.treated, b.before, w) for b, w in zip(found, each, strict=True)])
    value = float(values @ cells / cells.sum())
    if choices.inference == "jackknife":
        return Estimate(value, _jackknife(found, each), np.zeros(0), tuple(each))
    many = sum(len(b.treated) for b in found)
    if choices.inference == "placebo" and many == 1:
        kept = np.array(_every(found[0], each[0]))
        return Estimate(value, _spread(kept), kept, tuple(each))
    if choices.inference == "bootstrap" and many == 1:  # a draw has the treated unit or has none
        return Estimate(value, float("nan"), np.zeros(0), tuple(each))
    rng = np.random.default_rng(seed)
    draw = _placebo if choices.inference == "placebo" else _bootstrap
    drawn: list[float] = []
    tries = 0
    while len(drawn) < choices.replications and tries < 20 * choices.replications:
        size = min(choices.replications - len(drawn), _chunk(found))
        tries += size
        drawn += draw(found, each, size, rng)
        if progress:
            progress(len(drawn))
    kept = np.array(drawn)
    return Estimate(value, _spread(kept), kept, tuple(each))


def path(block: Block, weights: Weights) -> Floats:
    """The comparison path, shifted to meet the treated mean over the weighted periods before."""
    line = weights.units @ block.controls
    shift = block.treated.mean(axis=0)[: block.before] @ weights.times - line[: block.before] @ weights.times
    out: Floats = line + shift
    return out


def _spread(drawn: Floats) -> float:
    """sqrt((R − 1) / R) times the sample deviation, as both packages take it."""
    return float(drawn.std()) if len(drawn) > 1 else float("nan")


def _chunk(found: list[Block]) -> int:
    """Problems solved together, so that their matrices stay under some 100 MB."""
    largest = max(max(len(b.controls), b.before) for b in found)
    return max(1, min(100, int(1.2e7 / largest**2)))


def _held(found: list[Block]) -> list[Penalty | None]:
    if len(found) > 1:
        return [None] * len(found)
    return [penalty(found[0].controls, found[0].treated, found[0].before)]


def _placebo(found: list[Block], each: list[Weights], size: int, rng: np.random.Generator) -> list[float]:
    """As many controls as there are treated units take their places and their starts (Algorithm 4)."""
    sizes = [len(b.treated) for b in found]
    pool = found[0].controls_at
    for block in found[1:]:
        pool = np.intersect1d(pool, block.controls_at)  # whoever takes a place must be known throughout
    if len(pool) - sum(sizes) < 1:
        return []
    cells = np.array([b.cells for b in found], dtype=float)
    total = np.zeros(size)
    orders = [rng.permutation(pool)[: sum(sizes)] for _ in range(size)]
    for k, (block, weights, held) in enumerate(zip(found, each, _held(found), strict=True)):
        skip = sum(sizes[:k])
        problems, begin = [], []
        for order in orders:
            mine = np.isin(block.controls_at, order[skip : skip + sizes[k]])
            others = ~np.isin(block.controls_at, order)
            problems.append((block.controls[others], block.controls[mine]))
            begin.append(Weights(normal(weights.units[others]), weights.times))
        total += np.array(_gaps(problems, block.before, begin, held)) * cells[k] / cells.sum()
    return [float(v) for v in total]


def _every(block: Block, weights: Weights) -> list[float]:
    """One treated unit: each control takes its place once, which is what more and more draws come to."""
    n = len(block.controls)
    if n < 2:
        return []
    others = [np.delete(np.arange(n), i) for i in range(n)]
    problems = [(block.controls[o], block.controls[i : i + 1]) for i, o in enumerate(others)]
    begin = [Weights(normal(weights.units[o]), weights.times) for o in others]
    (held,) = _held([block])
    size = _chunk([block])
    out: list[float] = []
    for i in range(0, n, size):
        out += _gaps(problems[i : i + size], block.before, begin[i : i + size], held)
    return out


def _bootstrap(found: list[Block], each: list[Weights], size: int, rng: np.random.Generator) -> list[float]:
    """Units drawn with replacement, once for all starts (Algorithm 2); a start nobody drawn has is absent
    from the draw, and a draw without treated or without controls counts for nothing."""
    rows = _rows(found)
    times = np.array([np.bincount(rng.integers(0, len(rows), len(rows)), minlength=len(rows))
                      for _ in range(size)])  # fmt: skip
    sound = np.ones(size, dtype=bool)
    values, cells = np.zeros((len(found), size)), np.zeros((len(found), size))
    for k, (block, weights, held) in enumerate(zip(found, each, _held(found), strict=True)):
        some, others = (times[:, np.searchsorted(rows, at)] for at in (block.treated_at, block.controls_at))
        there = some.sum(axis=1) > 0
        sound &= ~there | (others.sum(axis=1) > 0)
        live = np.flatnonzero(there & sound)
        problems = [(np.repeat(block.controls, others[i], axis=0), np.repeat(block.treated, some[i], axis=0))
                    for i in live]  # fmt: skip
        begin = [Weights(normal(np.repeat(weights.units, others[i])), weights.times) for i in live]
        if problems:
            values[k, live] = _gaps(problems, block.before, begin, held)
            cells[k, live] = some[live].sum(axis=1) * block.after
    sound &= cells.sum(axis=0) > 0
    return [float(v) for v in (values * cells).sum(axis=0)[sound] / cells.sum(axis=0)[sound]]


def _gaps(problems: list[Problem], before: int, begin: list[Weights], held: Penalty | None) -> list[float]:
    solved = weigh(problems, before, begin, held)
    return [gap_of(a, b, before, w) for (a, b), w in zip(problems, solved, strict=True)]


def _jackknife(found: list[Block], each: list[Weights]) -> float:
    """Each unit left out in turn, weights kept (Algorithm 3); NaN where one unit carries it all."""
    if any(len(b.treated) < 2 or (w.units > 0).sum() < 2 for b, w in zip(found, each, strict=True)):
        return float("nan")
    drawn = []
    rows = _rows(found)
    for row in rows:
        values, cells = [], []
        for b, w in zip(found, each, strict=True):
            t, c = b.treated_at != row, b.controls_at != row
            left = w if c.all() else Weights(normal(w.units[c]), w.times)
            values.append(gap_of(b.controls[c], b.treated[t], b.before, left))
            cells.append(t.sum() * b.after)
        drawn.append(np.average(values, weights=cells))
    n = len(drawn)
    return float(np.sqrt((n - 1) ** 2 / n * np.var(drawn, ddof=1)))


def _rows(found: list[Block]) -> Ints:
    """Rows of the panel that some block uses, in order."""
    return np.unique(np.concatenate([at for b in found for at in (b.treated_at, b.controls_at)]))
