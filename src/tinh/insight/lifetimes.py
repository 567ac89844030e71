"""What a place owes to a period it lived through only in part."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl

from tinh.insight.ground import REMEMBERED, Ground
from tinh.insight.ladder import Owed
from tinh.kit.periods import Grain, count_within, end, start, within

DUE = {
    "place": pl.String,
    "period": pl.String,
    "owed": pl.Int64,
    "share": pl.Float64,
    "ended": pl.Boolean,
}


def owing(ground: Ground) -> Owed:
    """The finer periods each place owes: all, unless the gazetteer says it began or ended within."""

    def owed(cells: pl.DataFrame, fine: Grain) -> pl.DataFrame:
        if cells.height > REMEMBERED:
            return whole_or_cut(cells, fine)
        cells = cells.sort("period", "place")
        key = ("owed", fine, tuple(cells.iter_rows()))
        if key not in ground.cache:
            ground.cache[key] = whole_or_cut(cells, fine)
        out: pl.DataFrame = ground.cache[key]
        return out

    def whole_or_cut(cells: pl.DataFrame, fine: Grain) -> pl.DataFrame:
        spelt = cells["period"].unique().to_list()
        whole = pl.DataFrame(
            {"period": spelt, "owed": [count_within(p, fine) for p in spelt]},
            schema={"period": pl.String, "owed": pl.Int64},
        )
        due = cells.join(whole, on="period", how="left").with_columns(share=pl.lit(1.0), ended=pl.lit(False))
        cut = _cut(ground, cells, fine)
        if cut.is_empty():
            return due.select(list(DUE))
        return due.join(cut, on=["place", "period"], how="left", suffix="_cut").select(
            "place", "period", *(pl.coalesce(f"{c}_cut", c).alias(c) for c in ("owed", "share", "ended"))
        )

    return owed


def _cut(ground: Ground, cells: pl.DataFrame, fine: Grain) -> pl.DataFrame:
    """Only periods longer than a day can be cut, and only by places that do not last through them."""
    rows = []
    lived = cells.select("place", "period").unique().group_by("period").agg("place")
    for period, places in lived.iter_rows():
        first, last = start(period), end(period)
        if last - first <= timedelta(days=1):
            continue
        for place in places:
            life = _life(ground, place, first.date(), (last - timedelta(seconds=1)).date())
            if life is None:
                continue
            began, ended = life
            inside = [p for p in within(period, fine) if _lived(p, began, ended)]
            if inside:
                whole = count_within(period, fine)
                rows.append((place, period, len(inside), len(inside) / whole, ended is not None))
    return pl.DataFrame(rows, schema=DUE, orient="row")


def _life(ground: Ground, place: str, early: date, late: date) -> tuple[date | None, date | None] | None:
    """When a code began or ended between two days; None if it stood on both, or on neither."""
    key = ("life", place, early, late)
    if key not in ground.cache:
        before, after = ground.places.find(place, early), ground.places.find(place, late)
        if (before is None) == (after is None):
            ground.cache[key] = None
        elif before is not None:
            ground.cache[key] = (None, before.valid_to)
        else:
            ground.cache[key] = (after.valid_from, None)
    out: tuple[date | None, date | None] | None = ground.cache[key]
    return out


def _lived(period: str, began: date | None, ended: date | None) -> bool:
    midnight = datetime.min.time()
    return (began is None or start(period) >= datetime.combine(began, midnight)) and (
        ended is None or end(period) <= datetime.combine(ended, midnight)
    )
