"""Recall of a receipt: what it would change is shown first, then it is done with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.flow.api import Corridor, Effect, Moved, ReasonNeeded
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.watch.api import Alert
from tinh.web import formats
from tinh.web.pages.data import receipt_line
from tinh.web.pages.naming import place_name
from tinh.web.pages.room import measures
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

VALUES = 30
OTHERS = 12


@dataclass(frozen=True, slots=True)
class Told:
    """A recall in words: by whom, when, why, and the receipt it went with, if it was another one."""

    by: str
    at: str
    reason: str
    through: str


def recall_told(corridor: Corridor, receipt: str, language: str) -> Told | None:
    out = corridor.lake.recalls.why(receipt)
    if out is None:
        return None
    at = formats.minute(out.at, language, corridor.catalogue.timezone)
    return Told(out.actor, at, out.reason, out.receipt if out.receipt != receipt else "")


@require_http_methods(["GET", "POST"])
@signed_in
def recall(request: HttpRequest, id: str) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    corridor = jobs.corridor()
    stored = corridor.lake.receipt(id)
    if stored is None:
        raise Http404
    found = corridor.catalogue.datasets.get(stored.dataset)
    address = people.address_of(request)
    who = people.require(people.actor_of(request), "read receipts", found)
    try:
        people.require(who, "recall", found)
    except people.NotAllowed:
        people.note(who.name, "recall", id, allowed=False, address=address)
        raise
    fault, reason = "", ""
    if request.method == "POST":
        people.note(who.name, "recall", id, allowed=True, address=address)
        reason = request.POST.get("reason", "").replace("\0", "")
        do = jobs.reinstate if request.POST.get("do") == "reinstate" else jobs.recall
        try:
            do(id, reason, who.name)
            return redirect(f"/du-lieu/nhan/{id}")
        except ReasonNeeded as error:
            fault = error.told().in_(language)
    told = recall_told(corridor, id, language)
    base: dict[str, Any] = {
        "receipt": receipt_line(corridor, stored, language), "dataset_id": stored.dataset,
        "dataset_name": found.name.in_(language) if found else stored.dataset,
        "out": told, "fault": fault, "reason": reason, "again": "lai" in request.GET,
    }  # fmt: skip
    title = say("recall.title_back" if told else "recall.title")
    if told and told.through:
        return page(request, "recall.html", "data", title, effect=None, **base)
    effect = jobs.effect(id)
    return page(
        request, "recall.html", "data", title, status=422 if fault else 200,
        effect=effect, **_shown(corridor, effect, language), **base,
    )  # fmt: skip


def _shown(corridor: Corridor, effect: Effect, language: str) -> dict[str, Any]:
    catalogue = corridor.catalogue

    def count(n: int) -> str:
        return formats.number(n, 0, language)

    others = [
        (receipt_line(corridor, one, language), count(n))
        for one, n in ((corridor.lake.receipt(r), n) for r, n in effect.others[:OTHERS])
        if one is not None
    ]
    return {
        "rows": count(effect.rows),
        "others": others,
        "others_rows": count(sum(n for _, n in effect.others)),
        "others_total": count(len(effect.others)),
        "others_more": len(effect.others) > OTHERS,
        "company": effect.company,
        "unread": effect.unread,
        "values": count(effect.values),
        "moved_by": [(catalogue.indicators[i].name.in_(language), i, count(n)) for i, n in effect.moved_by],
        "moved": [_moved(corridor, m, language) for m in effect.moved[:VALUES]],
        "moved_more": effect.values > VALUES,
        "begin": [_alert(a, language) for a in effect.begin],
        "end": [_alert(a, language) for a in effect.end],
        "scores": [
            (before.name, before, after)
            for before, after in zip(
                measures(effect.before, language), measures(effect.after, language), strict=True
            )
        ],
        "broken": [
            (
                catalogue.datasets[b.dataset].name.in_(language),
                b.dataset,
                b.column,
                count(b.rows),
                ", ".join(b.values[:8]) + (" …" if len(b.values) > 8 else ""),
            )
            for b in effect.broken
        ],
        "nothing": not effect.rows and not effect.values and not effect.others,
        "failed": [catalogue.indicators[i].name.in_(language) for i in effect.failed],
    }


def _moved(corridor: Corridor, moved: Moved, language: str) -> dict[str, str]:
    catalogue = corridor.catalogue
    indicator = catalogue.indicators[moved.indicator]
    unit = indicator.unit.in_(language)
    decimals = max(indicator.decimals, formats.decimals_of([moved.before, moved.after]))

    def written(value: float | None, none: str = "recall.no_value") -> str:
        if value is None:
            return words(language)(none)
        return formats.with_unit(value, decimals, unit, language)

    at_home = moved.place == catalogue.place
    return {
        "name": indicator.name.in_(language),
        "place": catalogue.name.in_(language) if at_home else place_name(moved.place, moved.period),
        "period": formats.period(moved.period, language),
        "before": written(moved.before),
        "after": written(moved.after, "recall.gone"),
        "link": f"/nguon/{moved.indicator}/{moved.place}/{moved.period}" if moved.before is not None else "",
    }


def _alert(alert: Alert, language: str) -> tuple[str, str]:
    return alert.name.in_(language), alert.sentence.in_(language)
