"""All rules of a province over its values, as alerts a person can read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from tinh.insight.api import Point, number_text, period_text, points
from tinh.kit.errors import Text
from tinh.kit.periods import end
from tinh.packs.api import AlertRule, Catalogue, Indicator, versions
from tinh.watch.rules import State, Status, evaluate
from tinh.watch.sentences import sentence

PlaceName = Callable[[str], Text | None]
_GRAVITY = {"critical": 0, "serious": 1, "watch": 2, "info": 3}
_URGENCY = {"firing": 0, "silent": 1, "pending": 2, "ok": 3}


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that is not at rest at a place. `since` and `period` are periods of the indicator."""

    rule: str
    name: Text
    indicator: str
    place: str
    status: Status
    since: str | None
    period: str | None
    value: float | None
    threshold: float | None
    severity: str
    sentence: Text
    tell: tuple[str, ...]
    periods: int = 0
    silent: bool = False
    simulated: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "name": self.name.as_dict(),
            "sentence": self.sentence.as_dict(),
            "tell": list(self.tell),
        }


def watch_all(
    catalogue: Catalogue,
    values: pl.DataFrame,
    now: datetime,
    place_name: PlaceName | None = None,
    gone: Callable[[str], bool] | None = None,
) -> tuple[Alert, ...]:
    """Every rule that is pending, firing or silent, gravest first.

    `values` is a value frame of any indicators. `place_name` puts places in words (the code
    stands otherwise); `gone` says of a place that it exists no more, so that its silence is
    no alarm.
    """
    local = now.astimezone(ZoneInfo(catalogue.timezone)).replace(tzinfo=None)
    alerts = []
    for rule in catalogue.alerts.values():
        named = (i for i in versions(catalogue, rule.indicator) if rule.version in (0, i.version))
        indicator = next(named, None)
        if indicator is None:
            continue
        mine = values.filter(
            (pl.col("indicator") == rule.indicator) & (pl.col("version") == indicator.version)
        )
        for place in _places(catalogue, rule, mine):
            if gone is not None and place != catalogue.place and gone(place):
                continue
            series = _judged(rule, indicator, points(mine, place), local)
            state = evaluate(rule, series, now, catalogue.timezone)
            if state.status != "ok":
                alerts.append(_alert(catalogue, rule, indicator, place, state, series, place_name))
    return tuple(sorted(alerts, key=lambda a: (_URGENCY[a.status], _GRAVITY[a.severity], a.rule, a.place)))


def _places(catalogue: Catalogue, rule: AlertRule, mine: pl.DataFrame) -> list[str]:
    if rule.places == "province":
        return [catalogue.place]
    each = sorted(set(mine["place"].to_list()) - {catalogue.place})
    return each or mine["place"].unique().to_list()


def _judged(rule: AlertRule, indicator: Indicator, series: list[Point], local: datetime) -> list[Point]:
    """A sum that is still growing has not yet fallen short: it waits for its period's end."""
    if rule.below is None or indicator.over_time != "sum":
        return series
    return [p for p in series if end(p.period) <= local]


def _alert(
    catalogue: Catalogue,
    rule: AlertRule,
    indicator: Indicator,
    place: str,
    state: State,
    series: list[Point],
    place_name: PlaceName | None,
) -> Alert:
    threshold = _threshold(rule, state)
    named = place_name(place) if place_name else None
    if named is None:
        named = catalogue.name if place == catalogue.place else Text(place, place)
    return Alert(
        rule=rule.id,
        name=rule.name,
        indicator=rule.indicator,
        place=place,
        status=state.status,
        since=state.since,
        period=state.period,
        value=state.value,
        threshold=threshold,
        severity=rule.severity,
        sentence=sentence(rule, indicator, state, threshold, named, period_text, number_text),
        tell=rule.tell,
        periods=state.periods,
        silent=state.silent,
        simulated=any(p.simulated for p in series if p.period == state.period),
    )


def _threshold(rule: AlertRule, state: State) -> float | None:
    if rule.above is None or rule.below is None:
        return rule.above if rule.above is not None else rule.below
    return rule.above if state.value is not None and state.value > rule.above else rule.below
