"""Indicators as view models: one figure with all its conditions, ready to be shown anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from tinh.flow.api import Corridor, Freshness, Outage
from tinh.insight.api import Point, against_target, trend
from tinh.jobs import api as jobs
from tinh.kit.periods import between, end
from tinh.packs.api import Indicator
from tinh.places.api import REFORM
from tinh.watch.api import Alert
from tinh.web import formats
from tinh.web.drawing.lines import Spark, spark
from tinh.web.words import words

SHOWN = {"hour": 48, "day": 45, "month": 18, "quarter": 12, "year": 8}


@dataclass(frozen=True, slots=True)
class Tile:
    """`tone` is good, watch, bad or none; `blank` when no value has come yet."""

    id: str
    name: str
    link: str
    figure: str
    unit: str
    period: str
    age: str
    goal: str
    status: str
    tone: str
    cover: str
    change: str
    simulated: bool
    blank: bool
    line: Spark | None
    outage: str = ""  # one state for all that hangs on a source that stopped
    due: str = ""
    likely: str = ""  # the outlook of its nearest target, in words
    likely_tone: str = "none"


def stored(corridor: Corridor, ids: Sequence[str], place: str, as_of: datetime | None = None) -> pl.DataFrame:
    return corridor.lake.values(list(ids), [place], None, None, as_of)


def series_of(indicator: Indicator, frame: pl.DataFrame, place: str) -> list[Point]:
    """Every period from the first stored to the last, gaps included."""
    mine = frame.filter(
        (pl.col("indicator") == indicator.id)
        & (pl.col("version") == indicator.version)
        & (pl.col("place") == place)
    ).sort("period")
    known = {
        p: Point(p, v, n or 0, d or 0, bool(s), u or "", e or 0.0)
        for p, v, n, d, s, u, e in mine.select(
            "period", "value", "cov_num", "cov_den", "simulated", "units", "estimated"
        ).iter_rows()
    }
    if not known:
        return []
    listed = sorted(known)
    return [known.get(p) or Point(p, None) for p in between(listed[0], listed[-1])]


def current(points: Sequence[Point], now: datetime, zone: str) -> Point | None:
    """The figure to show: the newest finished period with a value, else the newest with one."""
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    known = [p for p in points if p.value is not None]
    if not known:
        return None
    finished = [p for p in known if end(p.period) <= local]
    return (finished or known)[-1]


def tile(
    indicator: Indicator,
    points: Sequence[Point],
    corridor: Corridor,
    language: str,
    alerts: Sequence[Alert] = (),
    now: datetime | None = None,
    stands: Freshness | None = None,
) -> Tile:
    say = words(language)
    catalogue, now = corridor.catalogue, now or corridor.clock.now()
    unit = indicator.unit.in_(language)
    name = indicator.name.in_(language)
    at = current(points, now, catalogue.timezone)
    if at is None or at.value is None:
        return Tile(
            indicator.id, name, f"/chi-so/{indicator.id}/", "–", "", "", "", "", say("tile.blank"), "none",
            "", "", False, True, None, outage_words(stands, catalogue.timezone, language),
        )  # fmt: skip
    until = [p for p in points if p.period <= at.period][-SHOWN[indicator.period] :]
    goal, status, tone = _standing(indicator, at, alerts, language)
    local = now.astimezone(ZoneInfo(catalogue.timezone)).replace(tzinfo=None)
    return Tile(
        id=indicator.id,
        name=name,
        link=f"/chi-so/{indicator.id}/",
        figure=formats.number(at.value, indicator.decimals, language),
        unit=unit,
        period=formats.period(at.period, language),
        age=age_words(at, local, stands, language),
        goal=goal,
        status=status,
        tone=tone,
        cover=cover(at, indicator, catalogue.place, language),
        change=change_text(until, indicator, language),
        simulated=at.simulated,
        blank=False,
        line=spark(
            [p.value for p in until], _goal_level(indicator, at, alerts), [bool(p.units) for p in until]
        ),
        outage=outage_words(stands, catalogue.timezone, language),
        due=say("outage.due", due=formats.due(stands.due, language, catalogue.timezone))
        if stands and stands.due
        else "",
    )


def outage_words(stands: Freshness | None, zone: str, language: str) -> str:
    """The one state of everything that hangs on a source that stopped; empty while it delivers."""
    return stopped_words(stands.outage, zone, language) if stands and stands.outage else ""


def stopped_words(outage: Outage, zone: str, language: str) -> str:
    """Since when a source has stopped: Nguồn ngừng từ 06.11.2026."""
    day = formats.day(outage.since.astimezone(ZoneInfo(zone)), language)
    return words(language)("outage.since", day=day)


def age_words(at: Point, local: datetime, stands: Freshness | None, language: str) -> str:
    """How a figure stands to what ought to be there by now; its plain age where nothing is owed."""
    say = words(language)
    plain = formats.age((local - end(at.period)).total_seconds(), language)
    if end(at.period) > local:
        plain = say("tile.running")
    if stands is None or stands.state == "unknown":
        return plain
    if stands.state in ("late", "stopped"):
        if stands.outage and stands.outage.cause == "feed" and not stands.days:
            return plain
        return say("outage.late", by=formats.overdue(stands.days, stands.working_days, language))
    if stands.state == "partial":
        return say("outage.partial", count=formats.number(stands.missing, 0, language))
    return say("outage.fresh") if at.period >= stands.expected and end(at.period) <= local else plain


def _goal_level(indicator: Indicator, at: Point, alerts: Sequence[Alert]) -> float | None:
    for alert in alerts:
        if alert.indicator == indicator.id and alert.threshold is not None:
            return alert.threshold
    aim = against_target(indicator, at.value or 0.0, at.period)
    return aim.target if aim else None


def _standing(
    indicator: Indicator, at: Point, alerts: Sequence[Alert], language: str
) -> tuple[str, str, str]:
    """The goal in words, where the value stands, and its tone."""
    say = words(language)
    unit = indicator.unit.in_(language)

    def write(value: float) -> str:
        # The unit stands beside the figure; a long one is not repeated.
        return formats.with_unit(value, indicator.decimals, unit if len(unit) < 6 else "", language)

    assert at.value is not None
    firing = next((a for a in alerts if a.indicator == indicator.id and a.status == "firing"), None)
    aim = against_target(indicator, at.value, at.period)
    if aim:
        goal = say("tile.target", value=write(aim.target), by=aim.by[:4])
    elif firing and firing.threshold is not None:
        goal = say("tile.threshold", value=write(firing.threshold))
    elif indicator.benchmarks:
        mark = indicator.benchmarks[0]
        goal = f"{mark.name.in_(language)}: {write(mark.value)}"
    else:
        goal = ""
    if firing and firing.periods and firing.value is not None and firing.threshold is not None:
        key = "tile.above" if firing.value > firing.threshold else "tile.below"
        count = formats.number(firing.periods, 0, language)
        return goal, say(key, count=count, grain=say(f"grain.{indicator.period}")), "bad"
    if firing and not firing.periods and not firing.silent:
        return goal, say("tile.met_watched" if aim and aim.met else "tile.watched"), "watch"
    if aim:
        if aim.met:
            return goal, say("tile.met"), "good"
        if aim.by < at.period[:10]:
            return goal, say("tile.missed"), "bad"
        return goal, say("tile.short", gap=write(aim.gap)), "watch"
    return goal, "", "none"


def cover(at: Point, indicator: Indicator, province: str, language: str) -> str:
    """How many of its inputs are in a value: 23/24 giờ, 89/92 xã."""
    say = words(language)
    moved = ""
    if at.units:
        moved = say("restated.cover", share=formats.number(100 * at.estimated, 0, language))
    if not at.den:
        return moved
    finer = [g for g in indicator.through if g != indicator.period]
    communes = len(jobs.gazetteer().communes(province, max(REFORM, end(at.period).date())))
    noun = f"cover.{finer[-1]}" if finer else "cover.commune" if at.den == communes else "cover.input"
    if at.units:
        noun = "cover.input"
    parts = f"{formats.fraction(at.num, at.den, language)} {say(noun)}"
    return f"{parts} · {moved}" if moved else parts


def change_text(points: Sequence[Point], indicator: Indicator, language: str) -> str:
    moved = trend(list(points), indicator)
    if moved is None or moved.previous is None:
        return ""
    change = moved.previous.absolute
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return f"{sign}{formats.number(abs(change), indicator.decimals, language)}"
