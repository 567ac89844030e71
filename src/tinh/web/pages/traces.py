"""From a number to its formula, inputs, rows, verdict and the message as received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from tinh.flow.api import definition
from tinh.insight.api import trace as follow
from tinh.jobs import api as jobs
from tinh.packs.api import Indicator
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.data import ReceiptLine, agency_name, receipt_line
from tinh.web.pages.moments import as_of_of
from tinh.web.pages.naming import place_name
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

INPUTS = 200
NUMBERS = 60


@dataclass(frozen=True, slots=True)
class Source:
    line: ReceiptLine
    digest: str
    rows: str
    count: str


@signed_in
def trace(request: HttpRequest, id: str, place: str, period: str) -> HttpResponse:
    language = language_of(request)
    corridor = jobs.corridor()
    catalogue = corridor.catalogue
    as_of: datetime | None = as_of_of(request, catalogue.timezone, corridor.clock.now())
    units = request.GET.get("theo", "")
    asked = request.GET.get("phien-ban", "")
    wanted = int(asked) if asked.isdecimal() and len(asked) < 6 else None
    defined = definition(jobs.applied(), catalogue, id, wanted, as_of)
    if defined is None:
        raise Http404
    indicator = defined.indicator
    found = follow(
        defined.catalogue, corridor.lake, corridor.gazetteer, id, place, period, as_of,
        corridor.clock.now(), units,
    )  # fmt: skip
    unit = indicator.unit.in_(language)
    shown = found.inputs[:INPUTS]
    decimals = formats.decimals_of(i.get("value") for i in shown)
    sources, withheld = [], dict[str, int]()
    who = people.actor_of(request)
    for each in found.receipts:
        if not people.may(who, "read receipts", catalogue.datasets.get(each["dataset"])):
            withheld[each["dataset"]] = withheld.get(each["dataset"], 0) + 1
            continue
        stored = corridor.lake.receipt(each["receipt"])
        if stored is not None:
            sources.append(
                Source(
                    receipt_line(corridor, stored, language), stored.digest,
                    places_of(each) or spans(each["rows"]),
                    formats.number(each.get("rows_total") or len(each["rows"]), 0, language),
                )
            )  # fmt: skip
    return page(
        request, "trace.html", "indicators", indicator.name.in_(language),
        id=id,
        name=indicator.name.in_(language),
        place=place,
        place_title=catalogue.name.in_(language)
        if place == catalogue.place
        else place_name(place, found.units or period),
        restated=words(language)("restated.cover", share=formats.number(100 * found.estimated, 0, language))
        if found.units
        else "",
        spans=[_span(s, indicator, period, language) for s in found.spans],
        period=formats.period_words(period, language),
        figure="–" if found.value is None else formats.number(found.value, indicator.decimals, language),
        unit=unit,
        version=found.version,
        cover=f"{formats.number(found.num, 0, language)}/{formats.number(found.den, 0, language)}",
        simulated=found.simulated,
        words=found.words.in_(language),
        expression=formats.expression(found.expression, language),
        parts=[] if found.spans else [_part(p, language) for p in found.derived_from],
        inputs=[_input(i, decimals, language) for i in shown],
        mixed=len({i.get("dataset") for i in shown}) > 1,
        inputs_total=formats.number(found.inputs_total, 0, language),
        inputs_more=found.inputs_total > len(shown),
        rows_total=formats.number(found.rows_total, 0, language),
        sources=sources,
        withheld=[
            (d.name.in_(language), agency_name(corridor, d.owner, language), formats.number(n, 0, language))
            for d, n in ((catalogue.datasets[i], n) for i, n in withheld.items() if i in catalogue.datasets)
        ],
        contract=indicator.file.name,
        applied=defined.applied or jobs.in_force(),
    )  # fmt: skip


def _span(span: dict[str, Any], indicator: Indicator, period: str, language: str) -> dict[str, Any]:
    """One unit a restated value was made from: its value, the share of it, and whether that is known."""
    value = span["value"]
    return {
        "name": place_name(span["place"], span["units"]),
        "code": span["place"],
        "link": f"/nguon/{indicator.id}/{span['place']}/{period}",
        "place": f"/dia-ban/{span['place']}/lich-su?ngay={span['units']}",
        "value": "–" if value is None else formats.number(value, indicator.decimals, language),
        "share": formats.number(100 * span["share"], 1, language),
        "guessed": bool(span["guessed"]),
    }


def _part(part: Any, language: str) -> dict[str, Any]:
    indicator = jobs.corridor().catalogue.indicators[part.indicator]
    return {
        "name": indicator.name.in_(language),
        "link": f"/nguon/{part.indicator}/{part.place}/{part.period}"
        + (f"?theo={part.units}" if part.units else ""),
        "value": "–" if part.value is None else formats.number(part.value, indicator.decimals, language),
    }


def _input(each: dict[str, Any], decimals: int, language: str) -> dict[str, Any]:
    value = each.get("value")
    dataset = jobs.corridor().catalogue.datasets.get(each.get("dataset", ""))
    num, den = each.get("num"), each.get("den")
    return {
        "dataset": dataset.name.in_(language) if dataset else each.get("dataset", ""),
        "place": place_name(each["place"], each["period"])
        if each.get("place") and each.get("period")
        else "",
        "period": formats.period(each["period"], language) if each.get("period") else "",
        "value": "–" if value is None else formats.number(float(value), decimals, language),
        "parts": ""
        if num is None or den is None
        else " / ".join(formats.number(x, formats.decimals_of([x]), language) for x in (num, den)),
        "rows": each.get("rows", ""),
    }


def places_of(each: dict[str, Any]) -> str:
    """Sheet and cell of each row, where its number alone does not say it."""
    told = each.get("at") or []
    return ", ".join(told[:NUMBERS]) + (" …" if len(told) > NUMBERS else "")


def spans(rows: list[int]) -> str:
    """Row numbers as people write them: 2–25, 31, 40–48 …"""
    out: list[str] = []
    start = before = None
    for row in [*sorted(rows), None]:
        if start is None:
            start = before = row
        elif row is not None and before is not None and row == before + 1:
            before = row
        else:
            out.append(str(start) if start == before else f"{start}–{before}")
            start = before = row
        if len(out) >= NUMBERS:
            return ", ".join(out) + " …"
    return ", ".join(out)
