"""Inference when treated units are few: wild cluster bootstrap and randomisation.

Wild cluster bootstrap-t with the null imposed (Cameron, Gelbach & Miller 2008, Review of Economics and
Statistics 90(3)), Rademacher weights, or the six-point weights of Webb (2023) when clusters are under
twelve; every sign pattern when there are few enough. Interval by inverting the test. Randomisation
inference after MacKinnon & Webb (2020), Journal of Econometrics 218: the starts are dealt out again over
the clusters; both the estimate and its t statistic are ranked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from math import factorial, lgamma, log

import numpy as np

from tinh.insight.pilots.fixed import Fit, Within
from tinh.insight.pilots.panel import NEVER, Floats, Ints, Panel

WEBB = np.array([-np.sqrt(1.5), -1.0, -np.sqrt(0.5), np.sqrt(0.5), 1.0, np.sqrt(1.5)])


@dataclass(frozen=True)
class Wild:
    p: float
    low: float
    high: float
    weights: str  # rademacher, webb, every
    draws: int


@dataclass(frozen=True)
class Dealt:
    """`p` ranks |estimate|, `p_t` ranks |t|; `least` is the smallest p the design allows."""

    p: float
    p_t: float
    least: float
    draws: int
    exact: bool
    estimates: Floats


def wild(within: Within, y: Floats, d: Floats, level: float, draws: int, seed: int) -> Wild:
    """The two-way estimate of the effect of `d` tested against zero; all inputs are observed cells."""
    groups = within.groups
    dr, yr = within.residual(d), within.residual(y)
    bread = float(dr @ dr)
    weights, kind = _signs(groups, draws, seed)
    marks = (within.cluster[:, None] == np.arange(groups)[None, :]).astype(float)
    spread = [within.gathered(dr[:, None] * within.residual(column[:, None] * marks)) for column in (yr, dr)]
    plain = [within.gathered(dr * column) for column in (yr, dr)]
    inner = within.gathered(dr * dr)
    beta = float(dr @ yr) / bread

    def p(null: float) -> float:
        """u = y - null d are the restricted residuals; scores of y* = u w gather to `cross` w."""
        cross = spread[0] - null * spread[1]
        u = plain[0] - null * plain[1]
        own = u - inner * (float(u.sum()) / bread)
        actual = abs(float(u.sum())) / float(np.sqrt((own**2).sum()))
        effects = (weights @ u) / bread
        scores = weights @ cross.T - effects[:, None] * inner
        with np.errstate(divide="ignore", invalid="ignore"):
            drawn = np.abs(effects * bread) / np.sqrt((scores**2).sum(axis=1))
        drawn = np.where(np.isfinite(drawn), drawn, np.inf)
        above = drawn >= actual * (1 - 1e-10)
        return float(above.mean()) if kind == "every" else float((1 + above.sum()) / (1 + len(above)))

    at_zero = p(0.0)
    scale = float(np.sqrt(((plain[0] - inner * beta) ** 2).sum())) / bread
    low, high = (_edge(p, beta, sign * scale, 1 - level / 100) for sign in (-1, 1))
    return Wild(at_zero, low, high, kind, len(weights))


def _signs(groups: int, draws: int, seed: int) -> tuple[Floats, str]:
    if groups <= 16 and 2**groups <= draws + 1:
        return np.array(list(product((-1.0, 1.0), repeat=groups))), "every"
    rng = np.random.default_rng(seed)
    if groups < 12:
        return rng.choice(WEBB, (draws, groups)), "webb"
    return rng.choice([-1.0, 1.0], (draws, groups)), "rademacher"


def _edge(p: Callable[[float], float], beta: float, step: float, alpha: float) -> float:
    """Where the test of a null stops rejecting, going out from the estimate; infinite when it never does."""
    if not step:
        return beta
    near, far = beta, beta + 2 * step
    for _ in range(12):
        if p(far) < alpha:
            break
        near, far = far, beta + 2 * (far - beta)
    else:
        return float(np.copysign(np.inf, step))
    for _ in range(40):
        middle = (near + far) / 2
        near, far = (near, middle) if p(middle) < alpha else (middle, far)
        if abs(far - near) < 1e-4 * abs(step):
            break
    return (near + far) / 2


def deal(
    panel: Panel, within: Within, y: Floats, fit: Fit, draws: int, seed: int,
    progress: Callable[[int], None] | None = None,
) -> Dealt:  # fmt: skip
    """The two-way estimate against what it is when the starts are dealt out again."""
    owner, starts = _owners(panel)
    total = _ways(starts)
    exact = total <= draws + 1
    patterns = _every(starts) if exact else _random(starts, draws, seed)
    yr = within.residual(y)
    when = np.arange(len(panel.times))
    estimates, ts = [], []
    size = max(1, min(200, int(4e6 / within.n)))
    for begin in range(0, len(patterns), size):
        dealt = patterns[begin : begin + size][:, owner]  # draws × units
        on = (when[within.time][:, None] >= dealt[:, within.unit].T).astype(float)
        dr = within.residual(on)
        bread = (dr**2).sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            beta = dr.T @ yr / bread
            scores = within.gathered(dr * (yr[:, None] - dr * beta))
            ts.append(beta * bread / np.sqrt((scores**2).sum(axis=0)))
        estimates.append(beta)
        if progress:
            progress(min(begin + size, len(patterns)))
    drawn, t = np.concatenate(estimates), np.concatenate(ts)
    actual = abs(float(fit.beta[0]))
    scores = within.gathered(within.residual(within.cells(panel.on)) * fit.residual)
    bread = float((within.residual(within.cells(panel.on)) ** 2).sum())
    spread = float(np.sqrt((scores**2).sum()))
    actual_t = actual * bread / spread if spread else float("inf")
    p, p_t = (_rank(np.abs(a), b, exact) for a, b in ((drawn, actual), (t, actual_t)))
    least = 1 / total if exact else 1 / (len(patterns) + 1)
    return Dealt(p, p_t, float(least), len(patterns), exact, drawn)


def deal_again(
    panel: Panel, statistic: Callable[[Panel], float], actual: float, draws: int, seed: int
) -> Dealt:
    """Any statistic of a panel against what it is when the starts are dealt out again; `p_t` is `p`."""
    owner, starts = _owners(panel)
    total = _ways(starts)
    exact = total <= draws + 1
    patterns = _every(starts) if exact else _random(starts, draws, seed)
    drawn = np.array([statistic(replace(panel, start=row[owner])) for row in patterns])
    p = _rank(np.abs(drawn), abs(actual), exact)
    least = 1 / total if exact else 1 / (len(patterns) + 1)
    return Dealt(p, p, float(least), len(patterns), exact, drawn)


def _rank(drawn: Floats, actual: float, exact: bool) -> float:
    sound = drawn[np.isfinite(drawn)]
    above = int((sound >= actual * (1 - 1e-10)).sum())
    return above / len(sound) if exact and len(sound) else (1 + above) / (1 + len(sound))


def _owners(panel: Panel) -> tuple[Ints, Ints]:
    """Who is dealt a start: clusters when all their units start together, else units."""
    groups = panel.clusters
    low, high = np.full(groups, NEVER, dtype=np.int64), np.zeros(groups, dtype=np.int64)
    np.minimum.at(low, panel.cluster, panel.start)
    np.maximum.at(high, panel.cluster, panel.start)
    if (low == high).all():
        return panel.cluster, low
    return np.arange(len(panel.units), dtype=np.int64), panel.start


def _ways(starts: Ints) -> float:
    """How many different deals there are."""
    counts = np.unique(starts, return_counts=True)[1]
    logs = lgamma(len(starts) + 1) - sum(lgamma(c + 1) for c in counts)
    if logs > log(1e7):
        return float("inf")
    out = factorial(len(starts))
    for c in counts:
        out //= factorial(int(c))
    return float(out)


def _every(starts: Ints) -> Ints:
    values, counts = np.unique(starts, return_counts=True)
    out: list[list[int]] = []

    def fill(so_far: list[int], left: list[int]) -> None:
        if len(so_far) == len(starts):
            out.append(so_far)
            return
        for i, value in enumerate(values):
            if left[i]:
                fill([*so_far, int(value)], [c - (j == i) for j, c in enumerate(left)])

    fill([], [int(c) for c in counts])
    return np.array(out, dtype=np.int64)


def _random(starts: Ints, draws: int, seed: int) -> Ints:
    rng = np.random.default_rng(seed)
    return np.array([rng.permutation(starts) for _ in range(draws)], dtype=np.int64)
