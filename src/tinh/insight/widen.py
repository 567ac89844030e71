"""When a new place is heard of, what was owed since then has grown: those periods change too."""

from __future__ import annotations

import polars as pl

from tinh.insight.ground import Ground
from tinh.insight.leaf import name
from tinh.insight.levels import first_seen
from tinh.insight.scope import Scope, Touched
from tinh.kit.periods import between, up
from tinh.packs.api import Indicator


def widened(ground: Ground, indicator: Indicator, touched: Touched, scope: Scope) -> Scope:
    """For datasets that expect every place seen before, reaches on to the newest period."""
    dataset = ground.dataset(touched.dataset)
    if dataset.expect.places != "known" or scope.periods is None or "province" not in indicator.places:
        return scope
    if touched.gone:  # a place may never have been heard of, or only later
        return Scope(scope.places, None)
    new = first_seen(ground, dataset).filter(
        pl.col("place").is_in(list(touched.places)) & pl.col("since").is_in(list(touched.periods))
    )
    if new.is_empty():
        return scope
    newest = ground.query(f"SELECT max(_period) AS last FROM {name(dataset.id)}", dataset.id)["last"].item()
    since = str(new["since"].min())
    later = between(up(since, indicator.period), up(newest, indicator.period))
    return Scope(scope.places, scope.periods | frozenset(later))
