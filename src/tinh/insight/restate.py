"""Values on other units than those they were reported on: sums by share, means weighed, the rest as declared.

Numerators and denominators are restated, never the ratio. What a value rests on by estimate is its
`estimated`, 0 to 1. Nothing is restated where the indicator says `none` of places or of reforms,
nor values of provinces and districts. Exactly: docs/reference/reforms.md.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from tinh.insight.derived import from_indicators
from tinh.insight.finish import VALUES, finished, finite
from tinh.insight.ground import Ground
from tinh.insight.order import roots
from tinh.insight.scope import Scope
from tinh.insight.unitsystems import Systems
from tinh.packs.api import Indicator

RESTATED: dict[str, type[pl.DataType]] = {**VALUES, "units": pl.String, "estimated": pl.Float64}
_SURE = 1 - 1e-9
Evaluate = Callable[[Ground, Indicator, Scope], pl.DataFrame]


def systems_of(ground: Ground) -> Systems:
    key = ("systems",)
    if key not in ground.cache:
        ground.cache[key] = Systems(ground.places, ground.catalogue.place, ground.local_now.date())
    out: Systems = ground.cache[key]
    return out


def restatable(ground: Ground, indicator: Indicator) -> bool:
    """Whether values of an indicator can be followed across a reform."""
    if indicator.over_reforms == "none" or not {"own", "commune"} & set(indicator.places):
        return False
    if indicator.formula.kind == "derived":
        inner = (ground.catalogue.indicators[id] for id in indicator.formula.indicators)
        return all(restatable(ground, i) for i in inner)
    return paired(indicator) or indicator.over_places != "none"


def paired(indicator: Indicator) -> bool:
    return indicator.formula.kind in ("ratio", "weighted")


def targets(ground: Ground, indicator: Indicator) -> list[int]:
    """The systems an indicator is restated to. A stream's new readings are not shared back to old units."""
    systems = systems_of(ground)
    streams = any(ground.dataset(d).kind == "stream" for d in roots(ground.catalogue, indicator))
    return [n for n in range(len(systems.days)) if not streams or n == len(systems.days) - 1]


def empty() -> pl.DataFrame:
    return pl.DataFrame(schema=RESTATED)


def restated(
    ground: Ground, indicator: Indicator, scope: Scope, target: int, evaluate: Evaluate
) -> pl.DataFrame:
    """The values at the units of system `target` that were reported on other units."""
    key = ("restated", indicator.id, scope, target)
    if key not in ground.cache:
        if indicator.formula.kind == "derived":
            frame = _derived(ground, indicator, scope, target, evaluate)
        else:
            frame = _plain(ground, indicator, scope, target, evaluate)
        ground.cache[key] = frame
    out: pl.DataFrame = ground.cache[key]
    return out


def on_units(
    ground: Ground, indicator: Indicator, scope: Scope, target: int, evaluate: Evaluate
) -> pl.DataFrame:
    """All values at the units of a system: those reported on them, and those restated."""
    moved = restated(ground, indicator, scope, target, evaluate)
    own = systems_of(ground).placed(evaluate(ground, indicator, scope))
    own = own.filter(pl.col("_system") == target).join(moved, on=["place", "period"], how="anti")
    stood = own.drop("_system").with_columns(
        units=pl.lit(""), estimated=pl.lit(0.0)
    ).select(pl.col(c).cast(t) for c, t in RESTATED.items())  # fmt: skip
    return pl.concat([stood, moved]).sort("place", "period")


def _plain(
    ground: Ground, indicator: Indicator, scope: Scope, target: int, evaluate: Evaluate
) -> pl.DataFrame:
    systems = systems_of(ground)
    placed = systems.placed(evaluate(ground, indicator, scope))
    staged = []
    for source in sorted(set(placed["_system"].to_list())):
        mine = placed.filter(pl.col("_system") == source)
        if source == target:
            staged.append(_own(mine))
        else:
            owed = _owing(ground, indicator)
            spans = systems.spans(source, target, indicator.over_reforms)
            staged.append(_combined(mine.join(spans, on="place"), indicator, owed))
    staged = [s for s in staged if not s.is_empty()]
    if not staged:
        return empty()
    every = pl.concat(staged)
    moved = every.filter(pl.col("_system") != target).select("place", "period").unique()
    every = every.join(moved, on=["place", "period"], how="semi")
    if not every.select("place", "period").is_duplicated().any():
        return _named(indicator, every, systems.named(target))
    return _named(indicator, _over_time(every, indicator), systems.named(target))


_STAGED = (
    "place", "period", "value", "num", "den", "cov_num", "cov_den", "simulated", "estimated", "_system",
)  # fmt: skip


def _own(mine: pl.DataFrame) -> pl.DataFrame:
    return mine.with_columns(estimated=pl.lit(0.0)).select(_STAGED)


def _owing(ground: Ground, indicator: Indicator) -> bool:
    """Whether a unit that sent nothing owed something."""
    return any(ground.dataset(d).expect.places == "communes" for d in indicator.reads())


def _combined(pieces: pl.DataFrame, indicator: Indicator, owed: bool) -> pl.DataFrame:
    """Pieces of sources (`place`) gathered into one row a target and period."""
    pieces = pieces.sort("target", "period", "place")  # sums of doubles depend on their order
    value, num, den = pl.col("value"), pl.col("num"), pl.col("den")
    share, weight = pl.col("share"), pl.col("weight")
    stands = value.is_not_null()
    if paired(indicator) or indicator.formula.kind == "sql":
        both = num.is_not_null() & den.is_not_null()
    else:
        both = pl.lit(False)
    nums, dens = (num * share).filter(both).sum(), (den * share).filter(both).sum()
    as_pair = both.any()
    if indicator.over_places == "sum":
        plain = (value * share).filter(stands).sum()
        guess = _guessed(value.filter(stands & ~both), stands & ~both)
    elif indicator.over_places == "mean":
        plain = (value * weight).filter(stands).sum() / weight.filter(stands).sum()
        guess = (weight * (~pl.col("weighed"))).filter(stands).sum() / weight.filter(stands).sum()
    else:
        low = indicator.over_places == "min"
        at = value.filter(stands).arg_min() if low else value.filter(stands).arg_max()
        plain = value.filter(stands).min() if low else value.filter(stands).max()
        guess = (share < _SURE).filter(stands).get(at, null_on_oob=True).cast(pl.Float64)
    pair_guess = pl.max_horizontal(_guessed(num.filter(both), both), _guessed(den.filter(both), both))
    gathered = pieces.group_by("target", "period", maintain_order=True).agg(
        pl.when(as_pair).then(nums).alias("num"),
        pl.when(as_pair).then(dens).alias("den"),
        pl.when(~as_pair & stands.any()).then(plain).alias("_value"),
        pl.when(as_pair).then(pair_guess).otherwise(guess).alias("estimated"),
        pl.col("cov_num").sum(),
        pl.col("cov_den").sum().alias("_owed"),
        (pl.col("sources").first() - pl.len()).cast(pl.Int64).alias("_absent"),
        pl.col("cov_den").max().alias("_each"),
        pl.col("simulated").any(),
        pl.col("_system").first(),
    )
    absent = pl.col("_absent") * pl.max_horizontal(pl.col("_each"), pl.lit(1)) if owed else pl.lit(0)
    ratio = finite(indicator.formula.scale * pl.col("num") / pl.col("den"))
    return gathered.with_columns(
        value=pl.coalesce(ratio, finite(pl.col("_value"))),
        cov_den=(pl.col("_owed") + absent).cast(pl.Int64),
        estimated=pl.col("estimated").fill_nan(0.0).fill_null(0.0).clip(0.0, 1.0),
    ).rename({"target": "place"}).select(_STAGED)  # fmt: skip


def _guessed(amount: pl.Expr, which: pl.Expr) -> pl.Expr:
    """The part of a sum that rests on estimated shares; by the shares alone where all amounts are 0."""
    share, guessed = pl.col("share").filter(which), pl.col("guessed").filter(which)
    whole = (amount.abs() * share).sum()
    return (
        pl.when(whole > 0).then((amount.abs() * guessed).sum() / whole).otherwise(guessed.sum() / share.sum())
    )


def _over_time(every: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """A period that a reform cuts: what was reported before it and since, combined as time is."""
    how = indicator.over_time
    every = every.sort("place", "period", "_system")
    stands = pl.col("value").is_not_null()
    lived = pl.max_horizontal(pl.col("cov_den"), pl.lit(1)).cast(pl.Float64)

    def over(column: str) -> pl.Expr:
        at = pl.col(column).filter(stands)
        if how == "last":
            return at.last()
        if how == "mean":
            return (at * lived.filter(stands)).sum() / lived.filter(stands).sum()
        return {"sum": at.sum(), "min": at.min(), "max": at.max()}[how]

    pair = every["num"].is_not_null().any() and how in ("sum", "mean", "last")
    out = every.group_by("place", "period", maintain_order=True).agg(
        pl.when(stands.any()).then(over("value")).alias("value"),
        *(pl.when(pl.col(c).is_not_null().any() & pair).then(over(c)).alias(c) for c in ("num", "den")),
        pl.col("cov_num").sum(),
        pl.col("cov_den").sum(),
        pl.col("simulated").any(),
        pl.col("estimated").filter(stands).max().fill_null(0.0) if how != "last"
        else pl.col("estimated").filter(stands).last().fill_null(0.0),
        pl.col("_system").last(),
    )  # fmt: skip
    ratio = finite(indicator.formula.scale * pl.col("num") / pl.col("den"))
    return out.with_columns(value=pl.coalesce(ratio, "value")).select(_STAGED)


def _named(indicator: Indicator, staged: pl.DataFrame, units: str) -> pl.DataFrame:
    frame = finished(indicator, staged).with_row_index("_at")
    marks = staged.sort("place", "period").select("estimated").with_row_index("_at")
    return (
        frame.join(marks, on="_at")
        .with_columns(units=pl.lit(units))
        .select(pl.col(c).cast(t) for c, t in RESTATED.items())
    )


def _derived(
    ground: Ground, indicator: Indicator, scope: Scope, target: int, evaluate: Evaluate
) -> pl.DataFrame:
    """The expression over restated inputs; the estimate is that of the input with the most of it."""

    def inner(ground: Ground, source: Indicator, scope: Scope) -> pl.DataFrame:
        return on_units(ground, source, scope, target, evaluate)

    value = from_indicators(ground, indicator, scope, inner)
    if value.is_empty():
        return empty()
    marks = [
        inner(ground, source, scope if source.period == indicator.period else Scope(scope.places, None))
        .filter(pl.col("units") != "")
        .select("place", "period", "estimated", same=pl.lit(source.period == indicator.period))
        for source in (ground.catalogue.indicators[id] for id in indicator.formula.indicators)
    ]
    known = pl.concat(marks)
    direct = known.filter("same").group_by("place", "period").agg(pl.col("estimated").max())
    carried = known.filter(~pl.col("same")).group_by("place").agg(pl.col("estimated").max().alias("_far"))
    met = (
        value.join(direct, on=["place", "period"], how="left")
        .join(carried, on="place", how="left")
        .with_columns(
            _direct=pl.col("estimated").is_not_null(),
            estimated=pl.max_horizontal("estimated", "_far").fill_null(0.0),
            _system=pl.lit(target, pl.Int64),
        )
    )
    systems = systems_of(ground)
    native = systems.placed(met.select("place", "period")).filter(pl.col("_system") == target)
    native = native.select("place", "period", _native=pl.lit(True))
    moved = met.join(native, on=["place", "period"], how="left").filter(
        pl.col("_native").is_null() | pl.col("_direct")
    )
    return _named(indicator, moved.select(_STAGED), systems.named(target)) if moved.height else empty()
