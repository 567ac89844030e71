"""From places to levels: the place itself, the communes, and the province of today."""

from __future__ import annotations

import polars as pl

from tinh.insight.ground import Ground
from tinh.insight.leaf import name, place_of, text
from tinh.insight.territory import communes, facts, not_inside_another
from tinh.kit.periods import end, start
from tinh.packs.api import Dataset, Indicator

STANDS = pl.col("num").is_not_null() & pl.col("den").is_not_null()
COLUMNS = ("place", "period", "num", "den", "cov_num", "cov_den", "simulated")


def raise_to_levels(
    ground: Ground, indicator: Indicator, dataset: Dataset, cells: pl.DataFrame, over: str, paired: bool
) -> pl.DataFrame:
    """Values at every level the indicator asks for; at one code the province's own roll-up stands."""
    known = facts(ground, cells, also_today=dataset.kind == "register")
    out = []
    if "province" in indicator.places and over != "none":
        out.append(_province(ground, indicator, dataset, cells, known, over, paired))
    if "own" in indicator.places or "commune" in indicator.places:
        own = cells
        if "own" not in indicator.places:
            own = cells.join(known.filter(pl.col("level") == "commune"), on=["place", "period"], how="semi")
        out.append(
            own.with_columns(
                cov_num=pl.coalesce("have", STANDS.cast(pl.Int64)),
                cov_den=pl.coalesce("owed", pl.lit(1, pl.Int64)),
            ).select(COLUMNS)
        )
    if not out:
        return cells.with_columns(cov_num=pl.lit(0), cov_den=pl.lit(0)).select(COLUMNS).clear()
    return pl.concat(out).unique(["place", "period"], keep="first", maintain_order=True)


def _province(
    ground: Ground,
    indicator: Indicator,
    dataset: Dataset,
    cells: pl.DataFrame,
    known: pl.DataFrame,
    over: str,
    paired: bool,
) -> pl.DataFrame:
    if paired or over == "sum":
        cells = not_inside_another(cells, known)
    held = cells.join(known.filter(pl.col("province").is_not_null()), on=["place", "period"])
    held = held.sort("place", "period")  # sums of doubles depend on their order
    if paired or over == "sum":
        held = _for_its_time(held, indicator.over_time, paired)
    num, den = pl.col("num").filter(STANDS), pl.col("den").filter(STANDS)
    if paired or over == "sum":
        total = num.sum()
    else:
        total = {"mean": num.mean(), "min": num.min(), "max": num.max()}[over]
    grouped = held.group_by("province", "period").agg(
        pl.when(STANDS.any()).then(total).alias("num"),
        pl.when(STANDS.any()).then(den.sum() if paired else den.first()).alias("den"),
        pl.coalesce("have", STANDS.cast(pl.Int64)).sum().alias("cov_num"),
        pl.coalesce("owed", pl.lit(1, pl.Int64)).sum().alias("present_owed"),
        pl.col("owed").first().alias("each"),
        pl.col("simulated").any(),
        pl.col("place").alias("places"),
        (pl.col("level") == "province").any().alias("whole"),
    )
    absent = _absent(ground, dataset, grouped)
    return (
        grouped.with_columns(absent=pl.Series(absent, dtype=pl.Int64))
        .with_columns(cov_den=pl.col("present_owed") + pl.col("absent") * pl.coalesce("each", pl.lit(1)))
        .rename({"province": "place"})
        .select(COLUMNS)
    )


def _for_its_time(held: pl.DataFrame, over_time: str, paired: bool) -> pl.DataFrame:
    """In a period a reform cuts, a place and its successor stand in a total only for their own time.

    Otherwise a stock would be counted twice: a mean weighs by the share of the period a place
    lived, a last value stands only if the place saw the period's end.
    """
    if over_time == "last":
        gone = pl.col("ended")
        return held.with_columns(pl.when(~gone).then(c).alias(c) for c in ("num", "den"))
    if over_time == "mean":
        weighed = ("num", "den") if paired else ("num",)
        return held.with_columns((pl.col(c) * pl.col("share")).alias(c) for c in weighed)
    return held


def _absent(ground: Ground, dataset: Dataset, grouped: pl.DataFrame) -> list[int]:
    """How many places owed something for each (province, period) and sent nothing."""
    expected = dataset.expect.places
    if expected in ("given", "province"):
        return [0] * grouped.height
    known = _known(ground, dataset, grouped) if expected == "known" else {}
    out = []
    for province, period, places, whole in grouped.select(
        "province", "period", "places", "whole"
    ).iter_rows():
        if whole:  # the province spoke for all of it
            out.append(0)
            continue
        if expected == "known":
            owed = known.get((province, period), frozenset())
        else:
            owed = communes(ground, province, period)
        out.append(len(owed - set(places)))
    return out


def first_seen(ground: Ground, dataset: Dataset) -> pl.DataFrame:
    """When each place of a dataset was first spoken of: `place, since` (a dataset period)."""
    key = ("first seen", dataset.id)
    if key not in ground.cache:
        timeless = dataset.kind == "register" or dataset.period is None
        when = text("0001") if timeless else "min(_period)"
        at = place_of(ground, dataset)
        ground.cache[key] = ground.query(
            f"SELECT {at} AS place, {when} AS since FROM {name(dataset.id)}"
            f" WHERE {at} IS NOT NULL GROUP BY 1",
            dataset.id,
        ).drop_nulls()
    out: pl.DataFrame = ground.cache[key]
    return out


def _known(ground: Ground, dataset: Dataset, grouped: pl.DataFrame) -> dict[tuple[str, str], frozenset[str]]:
    """Per (province, period): the places valid then that had been heard of by its end."""
    seen = first_seen(ground, dataset)
    periods = grouped["period"].unique().to_list()
    begun = pl.Series("begun", [start(p) for p in seen["since"]], dtype=pl.Datetime("us"))
    ends = pl.DataFrame(
        {"period": periods, "end": [end(p) for p in periods]},
        schema={"period": pl.String, "end": pl.Datetime("us")},
    )
    asked = seen.with_columns(begun).join(ends, how="cross").filter(pl.col("begun") < pl.col("end"))
    found = facts(ground, asked, also_today=dataset.kind == "register")
    held = found.drop_nulls("province").group_by("province", "period").agg("place")
    return {(v, p): frozenset(places) for v, p, places in held.iter_rows()}
