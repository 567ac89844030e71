"""Which part of an indicator a piece of news touches, closed upward over time and places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tinh.insight.ground import Ground
from tinh.insight.ladder import rungs
from tinh.kit.periods import Grain, end, grain_of, start, up, within
from tinh.packs.api import Dataset, Indicator


@dataclass(frozen=True, slots=True)
class Touched:
    """Rows of `dataset` have come or been replaced at these places and (dataset) periods; `gone`:
    rows may also have left without another in their place."""

    dataset: str
    places: Iterable[str] = frozenset()
    periods: Iterable[str] = frozenset()
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Periods are of the indicator's grain; None means all."""

    places: frozenset[str] | None = None
    periods: frozenset[str] | None = None

    def joined(self, other: Scope) -> Scope:
        return Scope(
            None if self.places is None or other.places is None else self.places | other.places,
            None if self.periods is None or other.periods is None else self.periods | other.periods,
        )


ALL = Scope()


def scope_of(ground: Ground, indicator: Indicator, touched: Touched) -> Scope:
    """The values of a directly read dataset that `touched` may change."""
    dataset = ground.dataset(touched.dataset)
    formula = indicator.formula
    mixed = formula.kind == "ratio" and len({t.dataset for t in formula.terms}) > 1
    if dataset.kind == "register" or mixed or dataset.period is None:
        return ALL
    replaced = dataset.kind == "report"
    keyed_by_period = dataset.period.column in dataset.key
    keyed_by_place = dataset.place is None or dataset.place.column in dataset.key
    periods = frozenset(up(p, indicator.period) for p in touched.periods if p)
    places = _upward(ground, frozenset(p for p in touched.places if p), periods)
    if dataset.place is None:
        places |= {ground.catalogue.place}
    return Scope(
        places if keyed_by_place or not replaced else None,
        periods if periods and (keyed_by_period or not replaced) else None,
    )


def _upward(ground: Ground, places: frozenset[str], periods: frozenset[str]) -> frozenset[str]:
    if not places or not periods:
        return places
    spelt = sorted(periods)
    days = {start(spelt[0]).date(), end(spelt[-1]).date(), start(spelt[-1]).date()}
    over = {ground.places.rollup(p, day) for p in places for day in days}
    return places | {p for p in over if p is not None}


def leaf_spans(scope: Scope, every: Grain) -> list[tuple[str, str]] | None:
    """First and last dataset period of each unbroken run of the scope's periods."""
    if scope.periods is None:
        return None
    spans: list[tuple[str, str]] = []
    after = None
    for period in sorted(scope.periods):
        inside = within(period, every) if grain_of(period) != every else [period]
        if after == start(period):
            spans[-1] = (spans[-1][0], inside[-1])
        else:
            spans.append((inside[0], inside[-1]))
        after = end(period)
    return spans


def ladder_of(indicator: Indicator, dataset: Dataset) -> tuple[Grain, ...]:
    assert dataset.period is not None
    return rungs(dataset.period.every, indicator.through, indicator.period)
