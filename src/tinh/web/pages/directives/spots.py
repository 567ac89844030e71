"""Hot spots for the staff: where reports lie close together, what was ordered about them, a map."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tinh.desks.api import directives, reports
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web import formats
from tinh.web.drawing.sites import ground
from tinh.web.pages.cases.lines import category_name, teller
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

HOME = "/vu-viec/diem-nong"
PERIODS = (30, 90, 180)
SHOWN = 30
_NEAR = 0.002  # degrees: a spot moves a little as reports come in
_NAMED = 3  # categories a spot is told by


def of_days(days: int, category: str = "") -> list[reports.HotSpot]:
    since = jobs.now() - timedelta(days=days)
    return reports.hot_spots(since, category=category, shown_only=False, most=SHOWN)


def named(id: str) -> reports.HotSpot | None:
    """The hot spot that lies at `<latitude>,<longitude>` in one of the periods offered."""
    try:
        latitude, longitude = (float(part) for part in id.split(","))
    except ValueError:
        return None
    for days in PERIODS:
        for spot in of_days(days):
            if abs(spot.latitude - latitude) < _NEAR and abs(spot.longitude - longitude) < _NEAR:
                return spot
    return None


@signed_in
def listing(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.require(people.actor_of(request), "read cases")
    sent = request.GET
    days = next((d for d in PERIODS if str(d) == sent.get("ngay", "")), 90)
    known = jobs.catalogue().report_categories
    category = sent.get("chuyen-muc", "") if sent.get("chuyen-muc", "") in known else ""
    found = of_days(days, category)
    tied = directives.of_cases([code for spot in found for code in spot.codes], who)
    tell = teller(language)
    lines = [_line(n, spot, tied, tell, language) for n, spot in enumerate(found, 1)]
    return page(
        request, "hot_spots.html", "cases", say("directives.spots"), lines=lines, drawn=_map(found),
        days=days, category=category, simulated=any(spot.simulated for spot in found),
        periods=[(d, say("directives.days", count=d)) for d in PERIODS],
        categories=sorted(((c.id, c.name.in_(language)) for c in known.values()), key=lambda p: p[1]),
    )  # fmt: skip


def _line(number: int, spot: Any, tied: dict[str, Any], tell: Any, language: str) -> dict[str, Any]:
    seen = {s.case.code: s for code in spot.codes for s in tied.get(code, ())}
    names = [
        f"{category_name(id, language)} ({formats.number(count, 0, language)})"
        for id, count in spot.categories[:_NAMED]
    ]
    return {
        "number": number, "id": f"{spot.latitude:.4f},{spot.longitude:.4f}", "place": tell.place(spot.place),
        "reports": formats.number(spot.reports, 0, language), "open": formats.number(spot.open, 0, language),
        "reach": formats.number(max(spot.reach, 1), 0, language), "categories": ", ".join(names),
        "more": max(len(spot.categories) - _NAMED, 0), "first": tell.at(spot.first),
        "last": tell.at(spot.last),
        "directives": [
            {"code": code, "state": tell.say(state_key(s)), "tone": tone(s)} for code, s in seen.items()
        ],
    }  # fmt: skip


def state_key(seen: Any) -> str:
    """The word for where a directive stands."""
    if seen.case.outcome == "withdrawn":
        return "directivestate.withdrawn"
    if seen.case.closed_at is None and seen.row.asked_until is not None:
        return "directivestate.asked"
    return f"directivestate.{seen.case.state}"


def tone(seen: Any) -> str:
    if seen.case.closed_at is not None:
        return "none" if seen.case.outcome == "withdrawn" else "good"
    return "watch" if seen.decide else "none"


def _map(found: list[reports.HotSpot]) -> dict[str, Any] | None:
    if not found:
        return None
    catalogue = jobs.catalogue()
    today = jobs.now().astimezone(ZoneInfo(catalogue.timezone)).date()
    official = jobs.official_boundaries(today)
    changed = official.stat().st_mtime if official is not None else 0.0
    drawn = ground(catalogue.place, today, official, changed, jobs.gazetteer())
    most = max(spot.reports for spot in found)
    marks = []
    for number, spot in reversed(list(enumerate(found, 1))):  # the largest lies on top
        x, y = drawn.at(spot.longitude, spot.latitude)
        marks.append((x, y, round(5 + 11 * (spot.reports / most) ** 0.5, 1), number))
    return {"viewbox": drawn.viewbox, "paths": list(drawn.paths.items()), "marks": marks}
