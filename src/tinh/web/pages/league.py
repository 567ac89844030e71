"""The league of agencies: shares with their parts, over a span, beside the span before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from tinh.flow.api import MONTHS, SCORES, By, League, LeaguePlace
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.room import Measure, measures
from tinh.web.sheets import sheet
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

DEFAULT = 3
SHOWN = ("correct", "sufficient", "clean", "alive")  # as everywhere the four stand side by side


@dataclass(frozen=True, slots=True)
class Row:
    agency: str
    name: str
    rank: str
    mine: bool
    measures: tuple[Measure, ...]
    owed: str
    on_time: str
    late: str
    missing: str
    held: str
    change: str
    tone: str
    datasets: int


def _asked(request: HttpRequest) -> tuple[int, By]:
    months, by = request.GET.get("thang", ""), request.GET.get("theo", "")
    span = int(months) if months in {str(m) for m in MONTHS} else DEFAULT
    return span, cast(By, by) if by in get_args(By) else "alive"


@signed_in
def league(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    who = people.require(people.actor_of(request), "read league")
    months, by = _asked(request)
    corridor = jobs.corridor()
    found = corridor.board.league(months, corridor.clock.now())
    own = {id for post in who.posts for id in people.own_agencies(post.agency)}
    zone = ZoneInfo(corridor.catalogue.timezone)
    return page(
        request, "league.html", "data", say("league.title"),
        rows=[_row(one, str(rank), by, language, own) for rank, one in found.ranked(by)],
        apart=[_row(one, "–", by, language, own) for one in found.apart(by)],
        since=formats.day(found.since.astimezone(zone), language),
        until=formats.day(found.until.astimezone(zone), language),
        months=months, by=by,
        spans=[(n, say("league.months", count=n)) for n in MONTHS],
        scores=[(s, say(f"score.{s}"), say(f"score_asks.{s}")) for s in SHOWN],
    )  # fmt: skip


@signed_in
def export(request: HttpRequest) -> HttpResponse:
    """The same as a table, whole numbers only: numerators and denominators."""
    people.require(people.actor_of(request), "read league")
    months, by = _asked(request)
    corridor = jobs.corridor()
    found = corridor.board.league(months, corridor.clock.now())
    columns = [
        "rank", "agency", "name", *(f"{s}_{part}" for s in SCORES for part in ("num", "den")),
        "owed", "on_time", "late", "missing", "held", "receipts", "since", "until",
    ]  # fmt: skip
    lines = [_cells(found, rank, one) for rank, one in found.ranked(by)]
    lines += [_cells(found, "", one) for one in found.apart(by)]
    return sheet(columns, lines, "xep-hang.csv")


def _cells(found: League, rank: int | str, one: LeaguePlace) -> list[object]:
    parts = [part for s in SCORES for part in (one.score(s).num, one.score(s).den)]
    alive = one.scores.alive
    return [
        rank, one.agency, one.name.vi, *parts, alive.den, alive.num, one.late, one.missing, one.held,
        one.receipts, found.since.isoformat(), found.until.isoformat(),
    ]  # fmt: skip


def _row(one: LeaguePlace, rank: str, by: By, language: str, own: set[str]) -> Row:
    change = one.change(by)
    shown, tone = words(language)("league.no_change"), "none"
    if change is not None and abs(change) >= 0.05:
        points = formats.number(abs(change), 1, language)
        shown = words(language)("league.up" if change > 0 else "league.down", points=points)
        tone = "good" if change > 0 else "bad"
    elif change is None:
        shown = "–"

    def count(n: int) -> str:
        return formats.number(n, 0, language)

    return Row(
        one.agency, one.name.in_(language), rank, one.agency in own, measures(one.scores, language),
        count(one.scores.alive.den), count(one.scores.alive.num), count(one.late), count(one.missing),
        count(one.held), shown, tone, len(one.datasets),
    )  # fmt: skip
