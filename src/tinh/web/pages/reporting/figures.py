"""How the desk does, as provinces publish it: every rate with its numerator and denominator, and as CSV."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from tinh.desks.api import reports
from tinh.jobs import api as jobs
from tinh.web import formats
from tinh.web.pages.reporting import counter, ground
from tinh.web.pages.reporting.public import public_page
from tinh.web.sheets import sheet
from tinh.web.shell import language_of
from tinh.web.words import words

_BY: dict[str, Literal["agency", "category", "place", "month", "source"]] = {
    "co-quan": "agency",
    "chuyen-muc": "category",
    "noi": "place",
    "thang": "month",
    "nguon": "source",
}
_RATES = (
    "accepted_on_time",
    "on_time",
    "answered",
    "refused",
    "satisfied",
    "progress_766",
    "satisfaction_766",
)


_COUNTED = (
    "received", "accepted", "refused", "answered", "open", "overdue", "on_time", "satisfied", "mean",
)  # fmt: skip

_FIRST = 12  # lines a phone shows at first


def _asked(request: HttpRequest) -> tuple[str, int, reports.Statistics]:
    """What it is sorted by, the year (0: all), and the figures."""
    by = request.GET.get("theo", "")
    by = by if by in _BY else "co-quan"
    year = request.GET.get("nam", "")
    number = int(year) if len(year) == 4 and year.isdecimal() and 2000 <= int(year) <= 2100 else 0
    zone = ZoneInfo(jobs.catalogue().timezone)
    period = (
        reports.Period(datetime(number, 1, 1, tzinfo=zone), datetime(number + 1, 1, 1, tzinfo=zone))
        if number
        else reports.Period()
    )
    return by, number, reports.statistics(_BY[by], period)


def _name(by: str, key: str, language: str) -> str:
    if by == "agency":
        found = jobs.catalogue().agencies.get(key)
        return found.name.in_(language) if found else key
    if by == "category":
        return counter.category_name(key, language)
    if by == "place":
        return ground.name_of(key) or words(language)("reporting.no_place")
    if by == "source":
        return words(language)(f"reporting.source.{key}")
    return f"{key[5:]}.{key[:4]}" if len(key) == 7 else key


def _line(name: str, counts: reports.Counts, language: str) -> dict[str, Any]:
    def rate(of: str) -> str:
        over, under = counts.rates[of]
        return formats.percent(round(over), round(under), language) if under else "–"

    shown = ("received", "accepted", "refused", "answered", "open", "open_late")
    return {
        "name": name,
        **{of: formats.number(getattr(counts, of), 0, language) for of in shown},
        "on_time": rate("on_time"),
        "satisfied": rate("satisfied"),
        "late": counts.open_late > 0,
    }


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    by, year, found = _asked(request)
    this = ground.today().year
    parts = sorted(found.parts.items(), key=lambda one: one[0] if by == "thang" else -one[1].received)
    if by == "thang":
        parts.reverse()
    rates = [
        {
            "says": say(f"reporting.rates_of.{name}"),
            "parts": f"{formats.number(over, 0, language)}/{formats.number(under, 0, language)}",
            "share": formats.percent(round(over), round(under), language) if under else "–",
        }
        for name, (over, under) in ((name, found.total.rates[name]) for name in _RATES)
    ]
    return public_page(
        request,
        "statistics.html",
        "statistics",
        say("reporting.statistics_title"),
        total=_line("", found.total, language),
        rates=rates,
        counted=[(say(f"reporting.{name}"), say(f"reporting.counted_as.{name}")) for name in _COUNTED],
        by=by,
        year=year,
        first=_FIRST,
        part=_first_up(say(f"reporting.by.{_BY[by]}")),
        whole=request.GET.get("het") == "1",
        simulated=found.simulated,
        lines=[_line(_name(_BY[by], key, language), counts, language) for key, counts in parts],
        ways=[(id, say(f"reporting.by.{name}")) for id, name in _BY.items()],
        years=[this, this - 1, this - 2],
        at=formats.minute(found.at, language, jobs.catalogue().timezone),
        days=formats.number(found.total.mean_days, 1, language) if found.total.mean_days is not None else "–",
    )


@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """The same as CSV, with numerators and denominators."""
    language = language_of(request)
    by, year, found = _asked(request)
    names = list(found.total.as_dict())
    rows = [
        [key, _name(_BY[by], key, language), *(round(value, 1) for value in counts.as_dict().values())]
        for key, counts in sorted(found.parts.items())
    ]
    rows.append(["", "total", *(round(value, 1) for value in found.total.as_dict().values())])
    return sheet([_BY[by], "name", *names], rows, f"phan-anh-{by}{f'-{year}' if year else ''}.csv")
