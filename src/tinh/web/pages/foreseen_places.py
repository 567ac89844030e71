"""Forecasts at places: every place of one indicator, and every indicator of one place."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tinh.flow.api import Corridor
from tinh.insight.api import VERDICTS, AtPlace, by_place, percent_text
from tinh.packs.api import Indicator
from tinh.web import formats
from tinh.web.pages.likelihoods import TONES
from tinh.web.pages.naming import place_name
from tinh.web.words import words


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One forecast in a table; `likely` with the verdict's words and tone, empty without a target."""

    name: str
    link: str
    period: str
    mean: str
    in80: str
    target: str
    likely: str
    verdict: str
    tone: str
    simulated: bool


def of_indicator(
    corridor: Corridor, indicator: Indicator, kept: pl.DataFrame, period: str, language: str
) -> tuple[Foreseen, ...]:
    """A row a place below the province, the least likely to be at its target first."""
    return tuple(
        _row(indicator, one, place_name(one.place, one.period), language)
        for one in by_place(indicator, corridor.catalogue, kept, period)
    )


def of_place(corridor: Corridor, place: str, language: str) -> tuple[Foreseen, ...]:
    """A row an indicator that is forecast at a place."""
    catalogue = corridor.catalogue
    kept = corridor.lake.foreseen.forecasts(None, [place])
    out = []
    for id, indicator in catalogue.indicators.items():
        mine = kept.filter(pl.col("indicator") == id)
        periods = (mine.row(0, named=True)["periods"] or []) if mine.height else []
        if periods:
            at = periods[min(len(periods), _AHEAD[indicator.period]) - 1]
            found = by_place(indicator, catalogue, mine, at)
            out += [_row(indicator, one, indicator.name.in_(language), language) for one in found]
    return tuple(out)


_AHEAD = {"hour": 24, "day": 28, "month": 12, "quarter": 4, "year": 3}


def _row(indicator: Indicator, one: AtPlace, name: str, language: str) -> Foreseen:
    unit = indicator.unit.in_(language)

    def write(value: float) -> str:
        return formats.with_unit(value, indicator.decimals, unit, language)

    say = words(language)
    target = ""
    if one.target is not None:
        target = say(
            "outlook.own_target" if one.own else "outlook.whole_target",
            target=write(one.target.value), by=formats.day(one.target.by, language),
        )  # fmt: skip
    return Foreseen(
        name, f"/chi-so/{indicator.id}/?noi={one.place}#trien-vong", formats.period(one.period, language),
        write(one.mean), say("outlook.range", low=write(one.low80), high=write(one.high80)), target,
        "" if one.likely is None else percent_text(one.likely).in_(language),
        VERDICTS[one.verdict].in_(language) if one.verdict else "", TONES.get(one.verdict or "", "none"),
        one.simulated,
    )  # fmt: skip
