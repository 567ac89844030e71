"""Impossible co-movements: places and periods at which a declared relation between indicators is broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from tinh.insight.anomalies.rolling import MAD
from tinh.insight.anomalies.words import plain
from tinh.insight.wording import number_text
from tinh.kit.errors import Text
from tinh.kit.periods import shift
from tinh.packs.api import Indicator, Relation

_FUZZ = 1e-9
_LEAST = 8  # changes seen before a usual one can be told
_MOVES = 4.0  # spreads the other indicator must move for the first to have to follow
_AGAINST = 2.0  # spreads the first must move the wrong way

FRAME: dict[str, pl.DataType] = {
    "place": pl.String(), "period": pl.String(), "value": pl.Float64(), "low": pl.Float64(),
    "high": pl.Float64(), "score": pl.Float64(), "simulated": pl.Boolean(), "other": pl.Float64(),
}  # fmt: skip


def breaches(relation: Relation, values: pl.DataFrame) -> pl.DataFrame:
    """FRAME, one row for each place and period at which the relation is broken. `values` holds indicator,
    place, period, value and simulated. `low` and `high` are what the other side allows; `score` counts the
    decades of surprise, 3 at the edge of what is allowed plus how far beyond it, at most 20."""
    if relation.kind == "together":
        return _together(relation, values)
    both = _side(values, relation.indicator).join(_other(relation, values), on=["place", "period"])
    both = both.drop_nulls(["value", "other"])
    if relation.kind == "ratio":
        first, last = _band(pl.col("other"), relation)
    else:
        slack = relation.tolerance + relation.tolerance_share * pl.col("other").abs()
        slack = slack + _FUZZ * pl.max_horizontal(pl.col("other").abs(), pl.col("value").abs())
        first = pl.col("other") - slack if relation.kind == "parts" else pl.lit(None, pl.Float64)
        last = pl.col("other") + slack
    both = both.with_columns(low=first, high=last)
    beyond = pl.max_horizontal(
        pl.col("value") - pl.col("high"), pl.col("low") - pl.col("value"), pl.lit(0.0)
    ).fill_null(0.0)
    size = pl.max_horizontal(pl.col("other").abs(), pl.lit(1e-12))
    return _shaped(both.with_columns(score=(3 + 100 * beyond / size).clip(3, 20)).filter(beyond > 0))


def _band(other: pl.Expr, relation: Relation) -> tuple[pl.Expr, pl.Expr]:
    lower = pl.lit(None, pl.Float64) if relation.lower is None else other * relation.lower
    upper = pl.lit(None, pl.Float64) if relation.upper is None else other * relation.upper
    return pl.min_horizontal(lower, upper) if relation.lower and relation.upper else lower, upper


def _side(values: pl.DataFrame, indicator: str) -> pl.DataFrame:
    return values.filter(pl.col("indicator") == indicator).select("place", "period", "value", "simulated")


def _other(relation: Relation, values: pl.DataFrame) -> pl.DataFrame:
    """What the indicator is held to, by place and period; a sum only where every part is there."""
    parts: Sequence[str] = relation.parts or (relation.other,)
    return (
        values.filter(pl.col("indicator").is_in(parts))
        .drop_nulls("value")
        .group_by("place", "period")
        .agg(pl.col("value").sum().alias("other"), pl.col("simulated").any().alias("_s"), n=pl.len())
        .filter(pl.col("n") == len(parts))
        .drop("n")
    )


def _together(relation: Relation, values: pl.DataFrame) -> pl.DataFrame:
    """Where the other indicator moved far and this one moved the wrong way, each by its own usual move."""
    own, other = _moves(_side(values, relation.indicator)), _moves(_side(values, relation.other))
    if relation.lag:
        later = {p: shift(p, relation.lag) for p in other["period"].unique()}
        other = other.with_columns(pl.col("period").replace_strict(later, return_dtype=pl.String))
    both = own.join(other, on=["place", "period"], suffix="_other")
    sign = 1.0 if relation.sign == "same" else -1.0
    agree = pl.col("z") * pl.col("z_other").sign() * sign
    broken = both.filter((pl.col("z_other").abs() >= _MOVES) & (agree <= -_AGAINST))
    still = pl.col("before")
    up = pl.col("z_other") * sign > 0
    broken = broken.with_columns(
        low=pl.when(up).then(still), high=pl.when(~up).then(still),
        score=(3 + agree.abs() / 2).clip(3, 20), other=pl.col("value_other"), _s=pl.col("simulated_other"),
    )  # fmt: skip
    return _shaped(broken)


def _moves(side: pl.DataFrame) -> pl.DataFrame:
    """Each change from the period before, in spreads of the place's usual change."""
    side = side.drop_nulls("value").sort("place", "period")
    follows = pl.Series([shift(p, 1) for p in side["period"]], dtype=pl.String)
    side = side.with_columns(
        before=pl.col("value").shift(1).over("place"),
        _due=follows,
    ).with_columns(_due=pl.col("_due").shift(1).over("place"))
    side = side.with_columns(
        move=pl.when(pl.col("_due") == pl.col("period")).then(pl.col("value") - pl.col("before"))
    )
    middle = pl.col("move").median().over("place")
    usual = MAD * (pl.col("move") - middle).abs().median().over("place")
    known = pl.col("move").count().over("place")
    z = pl.when((known >= _LEAST) & (usual > 0)).then((pl.col("move") - middle) / usual)
    return side.with_columns(z=z).drop_nulls("z")


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    marked = frame.with_columns(simulated=pl.col("simulated") | pl.col("_s"))
    return marked.select(pl.col(name).cast(dtype) for name, dtype in FRAME.items()).sort("place", "period")


_SAYS = {
    "at_most": Text(
        "{a} là {value}, vượt {b} ({other}). {says}", "{a} is {value}, above {b} ({other}). {says}"
    ),
    "parts": Text(
        "{a} là {value}, trong khi các phần cộng lại là {other}. {says}",
        "{a} is {value}, while its parts add up to {other}. {says}",
    ),
    "ratio": Text(
        "{a} là {value} khi {b} là {other}: tỷ lệ ra ngoài khoảng cho phép. {says}",
        "{a} is {value} while {b} is {other}: their ratio leaves the band. {says}",
    ),
    "together": Text(
        "{a} đi ngược chiều với {b}: {a} là {value}, {b} là {other}. {says}",
        "{a} moved against {b}: {a} is {value}, {b} is {other}. {says}",
    ),
}


def why(relation: Relation, row: Mapping[str, Any], indicators: Mapping[str, Indicator]) -> Text:
    """The sentence of one breach, numbers and the declared reason in it."""
    a = indicators[relation.indicator]
    b = indicators.get(relation.other)
    out = []
    for lang in ("vi", "en"):
        out.append(
            _SAYS[relation.kind].in_(lang).format(
                a=a.name.in_(lang), b=b.name.in_(lang) if b else "",
                value=number_text(row["value"], a.decimals).in_(lang),
                other=number_text(row["other"], b.decimals).in_(lang) if b else plain(row["other"], lang),
                says=relation.says.in_(lang),
            ).strip()
        )  # fmt: skip
    return Text(*out)
