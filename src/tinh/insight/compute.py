"""Values of an indicator: all of them, or those that a piece of news may have changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import polars as pl

from tinh.insight.derived import from_indicators
from tinh.insight.finish import finished
from tinh.insight.ground import Ground, Places, Rows
from tinh.insight.order import chain, roots
from tinh.insight.restate import RESTATED, empty, restatable, restated, systems_of, targets
from tinh.insight.scope import ALL, Scope, Touched, scope_of
from tinh.insight.sqlfile import by_period, from_sql
from tinh.insight.terms import from_terms
from tinh.insight.widen import widened
from tinh.packs.api import Catalogue, Indicator


def compute(
    indicator: Indicator,
    catalogue: Catalogue,
    lake: Rows,
    gazetteer: Places,
    touched: Touched | None,
    now: datetime,
    as_of: datetime | None = None,
) -> pl.DataFrame:
    """The value frame of an indicator over the rows of the lake.

    `touched=None` computes everything. Otherwise only values the touched places and periods
    reach; a value whose rows have all been replaced away comes back with `_gone` true, which takes
    the stored value back.
    """
    return Together(catalogue, lake, gazetteer, now, [indicator], as_of).compute(indicator, touched)


class Together:
    """Several indicators over one state of the lake: what they share is read once."""

    def __init__(
        self,
        catalogue: Catalogue,
        lake: Rows,
        gazetteer: Places,
        now: datetime,
        indicators: Iterable[Indicator],
        as_of: datetime | None = None,
    ) -> None:
        self._ground = Ground(catalogue, lake, gazetteer, now, as_of)
        self._ids = sorted({i.id for i in indicators})

    def compute(self, indicator: Indicator, touched: Touched | None) -> pl.DataFrame:
        """The same as `compute`, for one of the indicators."""
        ground = self._ground
        chain(ground.catalogue, [indicator.id])
        scope = ALL if touched is None else reach(ground, indicator, touched)
        frame = evaluate(ground, indicator, scope).with_columns(_gone=pl.lit(False))
        if ground.as_of is not None or (
            touched is not None and not touched.gone and _only_grows(ground, indicator)
        ):
            return frame
        return _with_withdrawn(ground, indicator, scope, frame, self._ids)

    def restated(self, indicator: Indicator, touched: Touched | None) -> pl.DataFrame:
        """The same values on the units of other days, as far as the news reaches them.

        A stored one that nothing stands behind any more comes back with `_gone` true.
        """
        ground = self._ground
        nothing = empty().with_columns(_gone=pl.lit(False))
        if not restatable(ground, indicator) or not systems_of(ground).several:
            return nothing
        scope = ALL if touched is None else reach(ground, indicator, touched)
        hit = None
        if scope.places is not None:
            systems = systems_of(ground)
            places = scope.places & systems.everybody
            if not places:
                return nothing
            needed, hit = systems.family(places, indicator.over_reforms)
            scope = Scope(needed, scope.periods)
        frames = []
        for target in targets(ground, indicator):
            frame = restated(ground, indicator, scope, target, evaluate)
            reached = None
            if hit is not None:
                reached = frozenset().union(*(t for (_, to), t in hit.items() if to == target))
                frame = frame.filter(pl.col("place").is_in(list(reached)))
            frame = frame.with_columns(_gone=pl.lit(False))
            if ground.as_of is None:
                within = Scope(reached, scope.periods)
                frame = self._withdrawn(indicator, within, frame, systems_of(ground).named(target))
            frames.append(frame)
        return pl.concat(frames) if frames else nothing

    def _withdrawn(self, indicator: Indicator, scope: Scope, frame: pl.DataFrame, units: str) -> pl.DataFrame:
        stored = _stored(self._ground, scope, self._ids, units).filter(
            (pl.col("indicator") == indicator.id) & (pl.col("version") == indicator.version)
        )
        gone = (
            inside(stored, scope)
            .join(frame, on=["place", "period"], how="anti")
            .with_columns(
                value=None, num=None, den=None, cov_num=0, cov_den=0, simulated=False, estimated=0.0,
                units=pl.lit(units), _gone=True,
            )
        )  # fmt: skip
        kinds: dict[str, Any] = {**RESTATED, "_gone": pl.Boolean}
        return pl.concat([frame, gone.select(pl.col(c).cast(t) for c, t in kinds.items())])


def reach(ground: Ground, indicator: Indicator, touched: Touched) -> Scope:
    """The part of an indicator's values that news of one dataset can change."""
    if indicator.formula.kind == "derived":
        return _reach_through(ground, indicator, touched)
    if touched.dataset not in indicator.reads():
        return Scope(frozenset(), frozenset())
    if indicator.formula.kind == "sql" and not by_period(indicator.formula):
        return ALL
    return widened(ground, indicator, touched, scope_of(ground, indicator, touched))


def _reach_through(ground: Ground, indicator: Indicator, touched: Touched) -> Scope:
    scope = Scope(frozenset(), frozenset())
    for id in indicator.formula.indicators:
        inner = ground.catalogue.indicators[id]
        if touched.dataset not in roots(ground.catalogue, inner):
            continue
        reached = reach(ground, inner, touched)
        if inner.period != indicator.period:  # carried forward, so later periods change too
            reached = Scope(reached.places, None)
        scope = scope.joined(reached)
    return scope


def evaluate(ground: Ground, indicator: Indicator, scope: Scope) -> pl.DataFrame:
    """The value frame over a scope; computed once per piece of work."""
    key = ("values", indicator.id, scope)
    if key not in ground.cache:
        kind = indicator.formula.kind
        if scope.places is not None and kind != "derived" and "province" in indicator.places:
            # Every place is read for the province's sake, so the next question may share the answer.
            ground.cache[key] = inside(evaluate(ground, indicator, Scope(None, scope.periods)), scope)
            return evaluate(ground, indicator, scope)
        if kind == "derived":
            frame = from_indicators(ground, indicator, scope, evaluate)
        elif kind == "sql":
            frame = from_sql(ground, indicator, scope)
        else:
            frame = from_terms(ground, indicator, scope)
        ground.cache[key] = inside(finished(indicator, frame), scope)
    out: pl.DataFrame = ground.cache[key]
    return out


def inside(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    if scope.places is not None:
        frame = frame.filter(pl.col("place").is_in(list(scope.places)))
    if scope.periods is not None:
        frame = frame.filter(pl.col("period").is_in(list(scope.periods)))
    return frame


def _only_grows(ground: Ground, indicator: Indicator) -> bool:
    """Whether no news can leave a value with nothing behind it: streams never lose a row."""
    inputs = chain(ground.catalogue, [indicator.id])
    plain = all(i.formula.kind != "sql" for i in inputs)
    return plain and all(ground.dataset(d).kind == "stream" for d in roots(ground.catalogue, indicator))


def _with_withdrawn(
    ground: Ground, indicator: Indicator, scope: Scope, frame: pl.DataFrame, ids: list[str]
) -> pl.DataFrame:
    """Adds an empty row for every stored value of this version that no longer has anything behind it."""
    stored = _stored(ground, scope, ids).filter(
        (pl.col("indicator") == indicator.id) & (pl.col("version") == indicator.version)
    )
    if stored.is_empty():
        return frame
    stored = inside(stored, scope)
    if stored.is_empty():
        return frame
    gone = stored.join(frame, on=["place", "period"], how="anti").with_columns(
        value=None, num=None, den=None, cov_num=0, cov_den=0, simulated=False, _gone=True
    )
    return pl.concat([frame, gone.select(frame.columns).cast(dict(frame.schema))]).sort("place", "period")  # type: ignore[arg-type]  # polars accepts a plain dict


def _stored(ground: Ground, scope: Scope, ids: list[str], units: str = "") -> pl.DataFrame:
    """The stored values of `ids` in the years of a scope, read once for all of them."""
    years = sorted(p[:4] for p in scope.periods) if scope.periods else []
    first, last = (years[0], years[-1]) if years else (None, None)
    key = ("stored", first, last, units)
    if key not in ground.cache:
        named = ids[0] if len(ids) == 1 else ids
        ground.cache[key] = ground.lake.values(named, None, first, last, None, units=units)
    out: pl.DataFrame = ground.cache[key]
    return out
