"""The smallest effect a pilot of this size and length could show, before it starts.

Randomisation on the periods before: pretend pilots of as many units (clusters), as long, at several
moments; how far their difference-in-differences strays without any effect is how far it can stray by
chance, with all the serial correlation the outcome has (Bertrand, Duflo & Mullainathan 2004; Burlig,
Preonas & Woerman 2020, J. Dev. Econ. 144). Too short a past: residuals of two-way fixed effects, an AR(1)
pooled over units with the bias of short panels taken out (Nickell 1981: rho + (1 + rho) / (T - 1)), drawn
anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb

import numpy as np

from tinh.insight.pilots.errors import NoBefore, NobodyToCompare, NobodyTreated
from tinh.insight.pilots.fixed import Within
from tinh.insight.pilots.panel import NEVER, Flags, Floats, Ints, Panel


@dataclass(frozen=True)
class Power:
    """`detectable` at `power` and two-sided `alpha`; `curve`: effect and the chance of seeing it."""

    detectable: float
    relative: float  # to the mean of the treated before the start
    critical: float
    spread: float
    power: float
    alpha: float
    before: int
    after: int
    treated: int
    candidates: int
    way: str  # past, model
    correlation: float  # of residuals from one period to the next
    draws: int
    curve: tuple[tuple[float, float], ...]


def power(
    panel: Panel, after: int | None, alpha: float, chance: float, draws: int, seed: int,
    progress: Callable[[int], None] | None = None,
) -> Power:  # fmt: skip
    """From the periods before the first start. `after`: periods the pilot will be watched for; as many as the
    table has after the start when None, else a third of the past."""
    treated = panel.start < NEVER
    if not treated.any():
        raise NobodyTreated(first=panel.times[0], last=panel.times[-1])
    if treated.all():
        raise NobodyToCompare()
    first = int(panel.start[treated].min())
    size = len(panel.times)
    if first < 3:
        raise NoBefore(start=panel.times[min(first, size - 1)])
    watched = after or (size - first if size > first else max(1, first // 3))
    early = panel.span(np.arange(size) < first)
    sound = (~np.isnan(early.y)).sum(axis=1) >= 2
    y, owner = early.y[sound], _owners(panel, treated)[sound]
    owners = np.unique(owner, return_inverse=True)[1]
    dealt = np.zeros(owners.max() + 1, dtype=bool)
    dealt[owners] = treated[sound]
    rng = np.random.default_rng(seed)
    rho, residual = _residuals(early.keep(sound))
    if first >= 2 * watched + 1:
        cuts = list(range(max(watched, first - watched - 11, 2), first - watched + 1))
        changes = np.array([_change(y[:, : cut + watched], cut) for cut in cuts])
        way = "past"
    else:
        changes = _modelled(residual, rho, first, watched, min(draws, 400), rng)
        way = "model"
    drawn = np.zeros(draws)
    for i in range(draws):
        mine = rng.permutation(dealt)[owners]
        change = changes[rng.integers(len(changes))]
        drawn[i] = np.nanmean(change[mine]) - np.nanmean(change[~mine])
        if progress and i % 100 == 99:
            progress(i + 1)
    drawn = drawn[np.isfinite(drawn)]
    drawn = np.concatenate([drawn, -drawn])  # who is treated and who is compared is by chance
    critical = float(np.quantile(np.abs(drawn), 1 - alpha))
    detectable = critical - float(np.quantile(drawn, 1 - chance))
    if comb(len(dealt), int(dealt.sum())) < 1 / alpha:  # no deal is rare enough to reject anything
        detectable = float("inf")
    level = float(np.nanmean(panel.y[treated][:, :first]))
    scale = detectable if np.isfinite(detectable) else critical * 2
    steps = np.linspace(0, 2 * scale, 21)
    curve = tuple((float(s), float((np.abs(drawn + s) > critical).mean())) for s in steps)
    return Power(
        detectable, abs(detectable / level) if level else float("nan"), critical, float(drawn.std()), chance,
        alpha, first, watched, int(dealt.sum()), int((~dealt).sum()), way, rho, draws, curve,
    )  # fmt: skip


def _owners(panel: Panel, treated: Flags) -> Ints:
    """Clusters, when all their units share a fate; else units."""
    for c in np.unique(panel.cluster):
        mine = treated[panel.cluster == c]
        if mine.any() and not mine.all():
            return np.arange(len(panel.units), dtype=np.int64)
    return panel.cluster


def _change(y: Floats, cut: int) -> Floats:
    counts = (~np.isnan(y[:, :cut])).sum(axis=1), (~np.isnan(y[:, cut:])).sum(axis=1)
    with np.errstate(invalid="ignore"):
        means = [np.nansum(part, axis=1) / np.where(n > 0, n, np.nan)
                 for part, n in zip((y[:, :cut], y[:, cut:]), counts, strict=True)]  # fmt: skip
    out: Floats = means[1] - means[0]
    return out


def _residuals(early: Panel) -> tuple[float, Floats]:
    within = Within(early)
    out = np.full(early.y.shape, np.nan)
    out[within.seen] = within.residual(within.cells(early.y))
    now, before = out[:, 1:], out[:, :-1]
    both = ~np.isnan(now) & ~np.isnan(before)
    bottom = float((before[both] ** 2).sum())
    rho = float((now[both] * before[both]).sum()) / bottom if bottom > 0 else 0.0
    rho += (1 + rho) / max(len(early.times) - 1, 1)
    return float(np.clip(rho, -0.95, 0.98)), out


def _modelled(
    residual: Floats, rho: float, first: int, watched: int, draws: int, rng: np.random.Generator
) -> Floats:
    """Changes of every unit, drawn from an AR(1) with each unit's own spread."""
    spread = np.sqrt(np.nanmean(residual**2, axis=1) * residual.shape[1] / max(residual.shape[1] - 1, 1))
    n, size = len(spread), first + watched
    out = np.empty((draws, n))
    for d in range(draws):
        shocks = rng.normal(size=(n, size)) * np.sqrt(1 - rho**2)
        path = np.empty((n, size))
        path[:, 0] = rng.normal(size=n)
        for t in range(1, size):
            path[:, t] = rho * path[:, t - 1] + shocks[:, t]
        out[d] = _change(path * spread[:, None], first)
    return out
