"""The operations room: what needs attention, where, how much, and whether the data lives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl
from django.http import HttpRequest, HttpResponse

from tinh.flow.api import Corridor, Outage, Status, explained, freshness, of_indicator
from tinh.gate.api import Score, Scores
from tinh.insight.api import map_classes
from tinh.jobs import api as jobs
from tinh.jobs.api import Anomaly
from tinh.kit.periods import between
from tinh.packs.api import Indicator
from tinh.people import api as people
from tinh.watch.api import Alert, watch_all
from tinh.web import formats
from tinh.web.drawing.map import Area, Drawn, Step, band_of, legend, outline
from tinh.web.pages.likelihoods import near, outlook_notices, with_outlook
from tinh.web.pages.moments import as_of_of
from tinh.web.pages.naming import place_name, today_name
from tinh.web.pages.values import Tile, series_of, stopped_words, stored, tile
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

NOTICES = 6
PERIODS = 24


@dataclass(frozen=True, slots=True)
class Notice:
    key: str
    tone: str
    topic: str
    sentence: str
    action: str
    link: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the four scores, shown as a share that keeps its parts."""

    percent: str
    parts: str
    full: str
    tone: str
    width: float
    name: str
    asks: str = ""  # what the score means, in a sentence


@dataclass(frozen=True, slots=True)
class Health:
    name: str
    link: str
    measures: tuple[Measure, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class MapView:
    indicator: str
    choices: tuple[tuple[str, str], ...]
    period: str
    periods: tuple[tuple[str, str], ...]
    areas: tuple[Area, ...]
    viewbox: str
    legend: tuple[Step, ...]
    unit: str
    cover: str
    approximate: bool
    simulated: bool
    label: str
    period_name: str
    outage: str = ""


@signed_in
def room(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    corridor = jobs.corridor()
    catalogue = corridor.catalogue
    as_of = as_of_of(request, catalogue.timezone, corridor.clock.now())
    alerts = corridor.alerts() if as_of is None else alerts_then(corridor, as_of)
    whole = corridor.status()
    status = whole.within(people.among(people.actor_of(request), "read receipts", catalogue.datasets))
    seen = notices(corridor, None if as_of else status, alerts, language)
    return page(
        request, "room.html", "room", say("room.title"),
        notices=seen[:NOTICES],
        notice_count=len(seen),
        more_notices=len(seen) - NOTICES if len(seen) > NOTICES else 0,
        more_at="/du-lieu/" if all(n.link.startswith("/du-lieu/") for n in seen[NOTICES:]) else "/canh-bao/",
        tiles=tiles(corridor, alerts, language, as_of, None if as_of else whole),
        counted=say("room.counted", shown=len(chosen(corridor)), all=len(catalogue.indicators)),
        map=map_view(
            corridor, request.GET.get("map", ""), request.GET.get("ky", ""), language, as_of,
            () if as_of else whole.outages,
        ),
        health=() if as_of else tuple(sorted(health(status, language), key=_worst)),
        empty=not whole.receipts,
        may_push=any(people.may(people.actor_of(request), "push", d) for d in catalogue.datasets.values()),
        as_of=as_of.date().isoformat() if as_of else "",
        past=formats.day(as_of, language) if as_of else "",
    )  # fmt: skip


def chosen(corridor: Corridor) -> tuple[str, ...]:
    """The tiles the province asked for, else the first indicators it has."""
    declared = corridor.catalogue.room.tiles
    return (
        tuple(i for i in declared if i in corridor.catalogue.indicators)
        or tuple(corridor.catalogue.indicators)[:12]
    )


def tiles(
    corridor: Corridor,
    alerts: Sequence[Alert],
    language: str,
    as_of: datetime | None = None,
    status: Status | None = None,
) -> tuple[Tile, ...]:
    catalogue = corridor.catalogue
    ids = chosen(corridor)
    frame = stored(corridor, ids, catalogue.place, as_of)
    made = (
        tile(
            catalogue.indicators[i],
            series_of(catalogue.indicators[i], frame, catalogue.place),
            corridor, language, alerts, as_of,
            freshness(catalogue, status, catalogue.indicators[i]) if status else None,
        )
        for i in ids
    )  # fmt: skip
    likely = near(corridor, as_of)
    return tuple(
        replace(with_outlook(each, likely, language), link=each.link + _trail(as_of)) for each in made
    )


def _trail(as_of: datetime | None) -> str:
    return f"?as-of={as_of.date().isoformat()}" if as_of else ""


def alerts_then(corridor: Corridor, as_of: datetime) -> tuple[Alert, ...]:
    """The alerts as the values of that moment raised them."""
    wanted = sorted({rule.indicator for rule in corridor.catalogue.alerts.values()})
    frame = corridor.lake.values(wanted, None, None, None, as_of)
    return watch_all(corridor.catalogue, frame, as_of) if wanted else ()


def notices(
    corridor: Corridor, status: Status | None, alerts: Sequence[Alert], language: str
) -> list[Notice]:
    """The sentences to read first, gravest first; each with the one action that fits."""
    say = words(language)
    catalogue = corridor.catalogue
    out: list[Notice] = []

    def topic_of(indicator: str) -> str:
        return catalogue.packs[catalogue.indicators[indicator].pack].name.in_(language)

    why = explained(alerts, status.outages) if status else {}
    stopped = {outage.dataset for outage in status.outages} if status else set()
    for outage in status.outages if status else ():
        mine = sum(one.dataset == outage.dataset for one in why.values())
        out.append(_stopped(corridor, outage, mine, language))
    for alert in alerts:
        if alert.status not in {"firing", "silent"} or alert in why:
            continue
        grave = alert.status == "firing" and alert.severity in {"serious", "critical"}
        out.append(
            Notice(
                f"{alert.rule}-{alert.place}", "bad" if grave else "watch", topic_of(alert.indicator),
                alert.sentence.in_(language), say("room.open"),
                f"/chi-so/{alert.indicator}/?noi={alert.place}", alert.simulated,
            )
        )  # fmt: skip
    out += (
        [
            Notice(f"outlook-{id}-{by}", "watch", topic_of(id), said, say("room.open"), link, simulated)
            for id, by, said, link, simulated in outlook_notices(corridor, language)
        ]
        if status
        else []
    )
    today = corridor.clock.now().astimezone(ZoneInfo(catalogue.timezone)).date()
    for each in status.datasets if status else ():
        if each.late and each.dataset not in stopped:
            worst = max(each.late, key=lambda one: one.days)
            facts = {
                "count": len(each.late), "dataset": each.name.in_(language),
                "window": formats.period_words(worst.window, language), "days": worst.days,
                "place": today_name(worst.place, today) if worst.place else "",
            }  # fmt: skip
            key = "room.late" if worst.place and each.late[0].place else "room.late_dataset"
            out.append(
                Notice(f"late-{each.dataset}", "watch", say("room.topic_data"), say(key, **facts),
                       say("room.see"), f"/du-lieu/{each.dataset}/", each.simulated)
            )  # fmt: skip
    for each in sorted(status.datasets, key=lambda d: -d.held) if status else ():
        if each.held:
            out.append(
                Notice(f"held-{each.dataset}", "watch", say("room.topic_data"),
                       say("room.held", dataset=each.name.in_(language),
                           count=formats.number(each.held, 0, language)),
                       say("room.see"), f"/du-lieu/{each.dataset}/", each.simulated)
            )  # fmt: skip
    if status and (odd := [a for a in jobs.anomalies() if a.standing == "open"] if jobs.looked_at() else []):
        out.append(_unusual(odd, language))
    return sorted(out, key=lambda n: {"bad": 0, "watch": 1}.get(n.tone, 2))


def _unusual(odd: Sequence[Anomaly], language: str) -> Notice:
    """One sentence for all that waits in the inbox, with the most surprising of it."""
    say, catalogue, row = words(language), jobs.catalogue(), odd[0].row
    known = catalogue.indicators.get(row["indicator"]) or catalogue.datasets.get(row["indicator"])
    where = (
        catalogue.name.in_(language)
        if row["place"] == catalogue.place
        else place_name(row["place"], row["last"])
    )
    said = say(
        "anomalies.notice", count=formats.number(len(odd), 0, language), place=where,
        name=known.name.in_(language) if known else row["indicator"],
    )  # fmt: skip
    return Notice("anomalies", "watch", say("anomalies.title"), said, say("room.see"), "/bat-thuong/",
                  any(a.row["simulated"] for a in odd))  # fmt: skip


def _stopped(corridor: Corridor, outage: Outage, alerts: int, language: str) -> Notice:
    """The one notice of a source that stopped, instead of one for each thing that hangs on it."""
    say = words(language)
    catalogue = corridor.catalogue
    agency = catalogue.agencies.get(outage.owner)
    facts = {
        "dataset": outage.name.in_(language),
        "agency": (agency.short.in_(language) or agency.name.in_(language)) if agency else outage.owner,
        "day": formats.day(outage.since.astimezone(ZoneInfo(catalogue.timezone)), language),
        "by": formats.overdue(outage.days, outage.working_days, language),
        "count": formats.number(len(outage.indicators), 0, language),
    }
    said = say("outage.notice_feed" if outage.cause == "feed" else "outage.notice", **facts)
    if alerts:
        said += " " + say("outage.notice_alerts", count=formats.number(alerts, 0, language))
    link = f"/du-lieu/lich?bo-du-lieu={outage.dataset}"
    return Notice(
        f"outage-{outage.dataset}", "bad", say("room.topic_data"), said, say("outage.see"), link,
        outage.simulated,
    )  # fmt: skip


def measures(scores: Scores, language: str) -> tuple[Measure, ...]:
    say = words(language)
    return tuple(
        _measure(getattr(scores, name), say(f"score.{name}"), say(f"score_asks.{name}"), language)
        for name in ("correct", "sufficient", "clean", "alive")
    )


def _measure(score: Score, name: str, asks: str, language: str) -> Measure:
    share = score.num / score.den if score.den else None
    tone = "none" if share is None else "good" if share >= 0.95 else "watch" if share >= 0.8 else "bad"
    full = f"{formats.number(score.num, 0, language)}/{formats.number(score.den, 0, language)}"
    parts = formats.fraction(score.num, score.den, language) if score.den else ""
    width = 0.0 if share is None else round(100 * share, 1)
    return Measure(
        formats.percent(score.num, score.den, language), parts, f"{name}: {full}", tone, width, name, asks
    )


def health(status: Status, language: str) -> tuple[Health, ...]:
    return tuple(
        Health(a.name.in_(language), f"/du-lieu/#{a.agency}", measures(a.scores, language), a.agency)
        for a in status.agencies
        if a.datasets
    )


def _worst(one: Health) -> float:
    """The lowest of an agency's scores: the worst stand first, for a wall may not show them all."""
    return min((m.width for m in one.measures if m.tone != "none"), default=100.0)


def by_commune(corridor: Corridor) -> tuple[Indicator, ...]:
    """Indicators that can colour a map of communes."""
    return tuple(i for i in corridor.catalogue.indicators.values() if {"own", "commune"} & set(i.places))


def map_view(
    corridor: Corridor,
    wanted: str,
    period: str,
    language: str,
    as_of: datetime | None = None,
    stopped: Sequence[Outage] = (),
) -> MapView | None:
    catalogue = corridor.catalogue
    choices = by_commune(corridor)
    if not choices:
        return None
    first = wanted or catalogue.room.map
    indicator = next((i for i in choices if i.id == first), choices[0])
    say = words(language)
    today = corridor.clock.now().astimezone(ZoneInfo(catalogue.timezone)).date()
    drawn = drawn_map(corridor, today)
    frame = corridor.lake.values(indicator.id, None, None, None, as_of).filter(
        (pl.col("version") == indicator.version) & pl.col("place").is_in(list(drawn.paths))
    )
    known = frame.filter(pl.col("value").is_not_null())
    last = known.get_column("period").max() if known.height else None
    listed = between(str(known.get_column("period").min()), str(last))[-PERIODS:] if known.height else []
    at = period if period in listed else (str(last) if last else "")
    here = frame.filter(pl.col("period") == at)
    values = dict(here.select("place", "value").iter_rows())
    edges = map_classes(list(values.values()), indicator.bands)[:4]
    unit = indicator.unit.in_(language)

    def write(value: float) -> str:
        return formats.number(value, indicator.decimals if edges and edges[-1] < 1000 else 0, language)

    out = of_indicator(stopped, indicator.id)
    areas = []
    order = _ranks(values, indicator)
    for code, path in drawn.paths.items():
        value = values.get(code)
        if value is None:
            text = say("room.no_value")
        else:
            text = formats.with_unit(value, indicator.decimals, unit, language)
            text += " · " + say("room.rank", rank=order[code], among=len(order))
        link = (
            f"/nguon/{indicator.id}/{code}/{at}{_trail(as_of)}"
            if value is not None
            else f"/chi-so/{indicator.id}/?noi={code}"
        )
        areas.append(Area(code, place_name(code, today.isoformat()), path, band_of(value, edges), text, link))
    return MapView(
        indicator=indicator.id,
        choices=tuple((i.id, i.name.in_(language)) for i in choices),
        period=at,
        periods=tuple((p, formats.period(p, language)) for p in reversed(listed)),
        areas=tuple(areas),
        viewbox=drawn.viewbox,
        legend=legend(edges, write, say("room.no_value")),
        unit=unit,
        cover=say("room.map_cover", num=len(order), den=len(drawn.paths)),
        approximate=drawn.approximate,
        simulated=bool(here.get_column("simulated").any()) if here.height else False,
        label=say("room.map_label", count=len(drawn.paths), name=indicator.name.in_(language)),
        period_name=formats.period_words(at, language) if at else "",
        outage=stopped_words(out, catalogue.timezone, language) if out else "",
    )


def drawn_map(corridor: Corridor, today: date) -> Drawn:
    official = corridor.home.outlines(today)
    changed = official.stat().st_mtime if official else 0.0
    return outline(corridor.catalogue.place, today, official, changed, corridor.gazetteer)


def _ranks(values: dict[str, float | None], indicator: Indicator) -> dict[str, int]:
    known = [(v, code) for code, v in values.items() if v is not None]
    known.sort(key=lambda item: item[0], reverse=indicator.direction != "down")
    ranks: dict[str, int] = {}
    for place, (value, code) in enumerate(known, 1):
        before = known[place - 2] if place > 1 else None
        ranks[code] = ranks[before[1]] if before and before[0] == value else place
    return ranks
