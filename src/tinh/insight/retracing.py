"""A restated value opened up: which units it was made from, at which shares, and their own traces."""

from __future__ import annotations

from typing import Any

import polars as pl

from tinh.insight.compute import evaluate
from tinh.insight.formulas import plain_number
from tinh.insight.ground import Ground
from tinh.insight.restate import paired, restatable, restated, systems_of
from tinh.insight.scope import Scope
from tinh.packs.api import Indicator

_DIGITS = 4


def restated_row(
    ground: Ground, indicator: Indicator, place: str, period: str, units: str
) -> dict[str, Any] | None:
    """The restated value at a place of the system `units`; None where none was restated."""
    systems = systems_of(ground)
    target = _target(ground, units)
    if target is None or not restatable(ground, indicator):
        return None
    needed, _ = systems.family([place], indicator.over_reforms)
    scope = Scope(needed, frozenset({period}))
    frame = restated(ground, indicator, scope, target, evaluate)
    here = frame.filter((pl.col("place") == place) & (pl.col("period") == period))
    return here.row(0, named=True) if here.height else None


def _target(ground: Ground, units: str) -> int | None:
    systems = systems_of(ground)
    known = {systems.named(n): n for n in range(len(systems.days))}
    return known.get(units)


def pieces(ground: Ground, indicator: Indicator, place: str, period: str, units: str) -> list[dict[str, Any]]:
    """The units a restated value was made from: place, share, guessed, weight, value, num, den."""
    systems, target = systems_of(ground), _target(ground, units)
    assert target is not None
    needed, _ = systems.family([place], indicator.over_reforms)
    values = systems.placed(evaluate(ground, indicator, Scope(needed, frozenset({period}))))
    out: list[dict[str, Any]] = []
    for source in sorted(set(values["_system"].to_list())):
        mine = values.filter(pl.col("_system") == source)
        if source == target:
            spans = mine.select("place", target="place", share=1.0, guessed=0.0, weight=1.0, weighed=True)
        else:
            spans = systems.spans(source, target, indicator.over_reforms)
        met = mine.join(spans.filter(pl.col("target") == place), on="place").sort("place")
        for row in met.iter_rows(named=True):
            named = {
                k: row[k] for k in ("place", "period", "value", "num", "den", "share", "guessed", "weight")
            }
            out.append({**named, "units": systems.named(source), "simulated": row["simulated"]})
    return out


def written(indicator: Indicator, found: list[dict[str, Any]], value: float | None) -> str:
    """The arithmetic of the pieces: `120 × 1 + 80 × 0.6225 = 169.8`."""
    known = [p for p in found if p["value"] is not None]
    if len({p["units"] for p in found}) > 1:  # a period that a reform cuts
        return plain_number(value)

    def shared(key: str) -> str:
        return " + ".join(f"{_short(p[key])} × {_short(p['share'])}" for p in known if p[key] is not None)

    if paired(indicator):
        scale = "" if indicator.formula.scale == 1 else f"{plain_number(indicator.formula.scale)} × "
        return f"{scale}({shared('num')}) / ({shared('den')}) = {plain_number(value)}"
    if indicator.over_places == "sum":
        return f"{shared('value')} = {plain_number(value)}"
    if indicator.over_places == "mean":
        whole = sum(p["weight"] for p in known) or 1
        made = " + ".join(f"{_short(p['value'])} × {_short(p['weight'] / whole)}" for p in known)
        return f"{made} = {plain_number(value)}"
    listed = ", ".join(_short(p["value"]) for p in known)
    return f"{indicator.over_places}({listed}) = {plain_number(value)}"


def _short(number: float) -> str:
    return plain_number(round(number, _DIGITS))
