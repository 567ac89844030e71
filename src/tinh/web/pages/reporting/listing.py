"""What everybody may see: reports on a map and in a list, one report, and the same as CSV, RSS and Atom."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from tinh.desks.api import reports
from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.web import formats
from tinh.web.drawing import sites
from tinh.web.pages.cases import position
from tinh.web.pages.reporting import counter, ground
from tinh.web.pages.reporting.answers import answers_of
from tinh.web.pages.reporting.promises import how_counted, promises_of
from tinh.web.pages.reporting.public import public_page
from tinh.web.sheets import sheet
from tinh.web.shell import language_of
from tinh.web.words import words

_PAGE = 30
_ON_MAP = 200
_STATES = ("open", "done")


def wanted_of(request: HttpRequest) -> tuple[reports.Wanted, dict[str, str]]:
    """What a list is narrowed to, and the same as it stands in the address."""
    asked = {
        name: request.GET.get(name, "").strip()[:80]
        for name in ("trang-thai", "nhom", "chuyen-muc", "noi", "tim")
    }
    asked["trang-thai"] = asked["trang-thai"] if asked["trang-thai"] in _STATES else ""
    wanted = reports.Wanted(
        state=asked["trang-thai"],
        group=asked["nhom"],
        category=asked["chuyen-muc"],
        place=asked["noi"],
        text=asked["tim"],
    )
    return wanted, {name: value for name, value in asked.items() if value}


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The public map and list."""
    language = language_of(request)
    say = words(language)
    wanted, asked = wanted_of(request)
    found = reports.public_list(wanted, request.GET.get("sau", ""), _PAGE)
    lines = [counter.line(one, language) for one in found.items]
    newest = reports.public_list(wanted, "", _ON_MAP)
    on_map = request.GET.get("xem", "") == "ban-do"
    more = {**asked, "sau": found.next}
    catalogue = jobs.catalogue()
    return public_page(
        request,
        "list.html",
        "public",
        say("reporting.list_title"),
        lines=lines,
        asked=asked,
        next=f"?{urlencode(more)}" if found.next else "",
        map=drawn([one for one in (counter.line(n, language) for n in newest.items) if one["latitude"]]),
        fewer=_ON_MAP if newest.next else 0,
        on_map=on_map,
        as_list=f"?{urlencode(asked)}" if asked else "/phan-anh/",
        as_map=f"?{urlencode({**asked, 'xem': 'ban-do'})}",
        groups=[(g.id, g.name.in_(language)) for g in catalogue.report_groups.values()],
        communes=ground.communes(),
        simulated=any(line["simulated"] for line in lines),
        narrowed=bool(asked),
        group=asked.get("nhom", ""),
        place=asked.get("noi", ""),
        state=asked.get("trang-thai", ""),
        text=asked.get("tim", ""),
    )


def drawn(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The communes, and a dot for each line that has a point."""
    day = ground.today()
    official = jobs.official_boundaries(day)
    changed = official.stat().st_mtime if official else 0.0
    plan = sites.ground(jobs.catalogue().place, day, official, changed, jobs.gazetteer())
    dots = []
    for line in lines:
        x, y = plan.at(line["longitude"], line["latitude"])
        dots.append({
            "x": f"{x:.1f}", "y": f"{y:.1f}", "code": line["code"], "says": line["subject"],
            "latitude": f"{line['latitude']:.4f}", "longitude": f"{line['longitude']:.4f}",
        })  # fmt: skip
    return {"viewbox": plan.viewbox, "paths": list(plan.paths.items()), "dots": dots}


@require_GET
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One report as everybody sees it."""
    language = language_of(request)
    say = words(language)
    try:
        shown = reports.public_case(code)
    except TinhError as error:
        return public_page(
            request,
            "refused.html",
            "public",
            say("reporting.not_there"),
            status=error.status,
            detail=error.detail().in_(language),
            cure=error.remedy().in_(language),
        )
    zone = jobs.catalogue().timezone
    line = counter.line(shown, language)
    agency = jobs.catalogue().agencies.get(shown.agency)
    answers = answers_of(shown, language)
    return public_page(
        request,
        "one.html",
        "public",
        shown.subject,
        shown=shown,
        line=line,
        body=shown.body,
        code=shown.code,
        agency=agency.name.in_(language) if agency else "",
        limits=promises_of(shown, language),
        counted=how_counted(language),
        answers=[(a.in_(language), b.in_(language)) for a, b in shown.answers],
        moments=[(formats.minute(m.at, language, zone), m.says.in_(language), m.text) for m in shown.moments],
        refusal=shown.refusal
        and {
            "says": shown.refusal.says.in_(language),
            "go": shown.refusal.go.in_(language),
            "phone": shown.refusal.phone,
        },
        word=counter.rating(shown, language),
        past=answers.past,
        papers=answers.papers,
        before=[p for p in shown.photos if p.role == "report"],
        after=answers.photos,
        drawn=position.of(
            SimpleNamespace(
                place=shown.place, latitude=shown.latitude, longitude=shown.longitude, accuracy=None
            )
        ),
        follows=request.GET.get("theo", "") == "1",
        letter=request.GET.get("theo", "") == "thu",
        may_follow=shown.state not in ("merged", "closed", "refused"),
    )


@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """The list as CSV, up to 5,000 of the newest."""
    language = language_of(request)
    wanted, _ = wanted_of(request)
    zone = ZoneInfo(jobs.catalogue().timezone)
    rows: list[list[Any]] = []
    after = ""
    while len(rows) < 5000:
        found = reports.public_list(wanted, after, 200)
        for r in found.items:
            rows.append(
                [
                    r.code,
                    r.category,
                    counter.category_name(r.category, language),
                    r.state,
                    r.outcome,
                    r.place,
                    ground.name_of(r.place),
                    r.address,
                    r.latitude,
                    r.longitude,
                    r.agency,
                    r.source,
                    *(
                        at.astimezone(zone).isoformat(timespec="seconds") if at else ""
                        for at in (r.opened_at, r.accepted_at, r.answered_at, r.closed_at)
                    ),
                    int(r.late),
                    r.supporters,
                    r.word,
                    int(r.simulated),
                    r.subject,
                    r.body,
                ]
            )
        after = found.next
        if not after:
            break
    columns = [
        "code",
        "category",
        "category_name",
        "state",
        "outcome",
        "place",
        "place_name",
        "address",
        "latitude",
        "longitude",
        "agency",
        "source",
        "opened_at",
        "accepted_at",
        "answered_at",
        "closed_at",
        "late",
        "followers",
        "rating",
        "simulated",
        "subject",
        "text",
    ]
    return sheet(columns, rows, "phan-anh.csv")
