"""Figures that two sources tell differently: both numbers, what is behind each, and which one counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode

from tinh.flow import api as flow
from tinh.flow.api import Behind, Corridor
from tinh.jobs import api as jobs
from tinh.kit.periods import end
from tinh.packs.api import Dataset
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.data import agency_name
from tinh.web.pages.naming import place_name
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

PAGE = 50
KINDS = ("agree", "adds_up", "senders")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two figures."""

    value: str
    dataset_id: str
    dataset: str
    column: str
    sender: str
    receipts: tuple[tuple[str, str], ...]  # id, when; without an id for who may not read it
    counts: bool


@dataclass(frozen=True, slots=True)
class Line:
    kind: str
    says: str
    place: str
    period: str
    key: str
    ours: Side
    theirs: Side
    difference: str
    share: str
    allowed: str
    why: str
    simulated: bool


@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    corridor = jobs.corridor()
    catalogue = corridor.catalogue
    seen = people.among(people.actor_of(request), "read receipts", catalogue.datasets)
    found = flow.conflicts(corridor)
    mine = flow.narrowed(found.items, seen)
    sides = sorted({*mine["dataset"].to_list(), *mine["their_dataset"].to_list()})
    dataset = _one(request, "bo-du-lieu", {*catalogue.datasets})
    agencies = sorted({catalogue.datasets[d].owner for d in sides})
    agency = _one(request, "co-quan", {*catalogue.agencies})
    kind = _one(request, "loai", {*KINDS})
    period = _period(request.GET.get("ky", ""))
    owned = [d.id for d in catalogue.datasets.values() if d.owner == agency] if agency else None
    items = flow.narrowed(mine, None, dataset, owned, period, kind)
    given = request.GET.get("tu", "")
    start = int(given) if given.isdecimal() and len(given) < 9 else 0
    rows = items.slice(start, PAGE).to_dicts()
    sent = flow.behind(corridor, rows)
    chosen = {"bo-du-lieu": dataset, "co-quan": agency, "loai": kind, "ky": period}
    asked: dict[str, str] = {name: value for name, value in chosen.items() if value}
    unjudged = flow.narrowed(found.unjudged, seen, dataset, owned, period).to_dicts() if not kind else []
    names = {d.id: d.name.in_(language) for d in catalogue.datasets.values()}
    return page(
        request, "conflicts.html", "data", say("conflicts.title"),
        total=formats.number(len(items), 0, language),
        lines=[_line(corridor, row, sent, seen, language) for row in rows],
        unjudged=[
            (names[u["dataset"]], u["dataset"], _says(catalogue.datasets[u["dataset"]], u["rule"], language),
             formats.period(u["period"], language), u["have"], u["owed"])
            for u in unjudged
        ],
        asked=asked, dataset=dataset, agency=agency, kind=kind, period=period,
        datasets=[(d, names[d]) for d in sorted({*sides, *([dataset] if dataset else [])})],
        agencies=[(a, agency_name(corridor, a, language)) for a in agencies],
        kinds=[(k, say(f"conflicts.{k}")) for k in KINDS],
        periods=[(p, formats.period(p, language)) for p in _periods(mine["period"].to_list(), period)],
        declared=any(r.kind in ("agree", "adds_up") for d in catalogue.datasets.values() for r in d.rules),
        first=start + 1, last=start + len(rows),
        following=urlencode({**asked, "tu": str(start + PAGE)}) if len(items) > start + PAGE else "",
        preceding=urlencode({**asked, "tu": str(max(0, start - PAGE))}) if start else "",
    )  # fmt: skip


def _one(request: HttpRequest, name: str, known: set[str]) -> str:
    given = request.GET.get(name, "")
    return given if given in known else ""


def _period(text: str) -> str:
    try:
        end(text)
    except (ValueError, OverflowError):  # no period, or one beyond the calendar
        return ""
    return text


def _periods(found: list[str | None], chosen: str) -> list[str]:
    """The periods that conflicts speak of, newest first, and the years they lie in."""
    periods = {p for p in found if p}
    return sorted(periods | {p[:4] for p in periods} | ({chosen} if chosen else set()), reverse=True)[:200]


def _says(dataset: Dataset, rule: str, language: str) -> str:
    return next((r.says.in_(language) for r in dataset.rules if r.id == rule), rule)


def _line(
    corridor: Corridor,
    row: Mapping[str, Any],
    sent: Mapping[str, Behind],
    seen: frozenset[str] | None,
    language: str,
) -> Line:
    say = words(language)
    dataset = corridor.catalogue.datasets[row["dataset"]]
    numbers = [row["ours"], row["theirs"], row["difference"]]
    decimals = formats.decimals_of(numbers)
    share = ""
    if row["share"] is not None:
        percent = 100 * row["share"]
        share = f"{'+' if percent > 0 else '−'}{formats.number(abs(percent), 1, language)}{formats.THIN}%"
    difference = ""
    if row["difference"] is not None:
        sign = "+" if row["difference"] > 0 else "−"
        difference = sign + formats.number(abs(row["difference"]), decimals, language)
    allowed = ""
    if row["tolerance"] is not None:
        amount = 100 * row["tolerance"]
        allowed = formats.with_unit(amount, formats.decimals_of([amount]), "%", language)
    elif row["tolerance_abs"] is not None:
        amount = row["tolerance_abs"]
        allowed = formats.number(amount, formats.decimals_of([amount]), language)
    why = say(f"conflicts.why_{row['why']}")
    if row["trust"]:
        why = say(f"conflicts.trust_{row['trust']}")
    period, today = row["period"] or "", corridor.clock.now().date().isoformat()
    return Line(
        kind=say(f"conflicts.{row['kind']}"),
        says=_says(dataset, row["rule"], language) if row["rule"] else "",
        place=place_name(row["place"], period or today) if row["place"] else "",
        period=formats.period(period, language) if period else "",
        key=(row["key"] or "") if not (row["place"] and period) else "",
        ours=_side(corridor, row, sent, seen, "our", decimals, language),
        theirs=_side(corridor, row, sent, seen, "their", decimals, language),
        difference=difference, share=share, allowed=allowed, why=why, simulated=bool(row["simulated"]),
    )  # fmt: skip


def _side(
    corridor: Corridor,
    row: Mapping[str, Any],
    sent: Mapping[str, Behind],
    seen: frozenset[str] | None,
    side: str,
    decimals: int,
    language: str,
) -> Side:
    own = side == "our"
    dataset = corridor.catalogue.datasets[row["dataset" if own else "their_dataset"]]
    value = row["ours" if own else "theirs"]
    name = row["column" if own else "their_column"]
    column = next((c for c in dataset.columns if c.name == name), None)
    receipts = sorted(
        (sent[r] for r in row[f"{side}_receipts"] or () if r in sent),
        key=lambda b: (b.received_at, b.receipt), reverse=True,
    )  # fmt: skip
    senders = dict.fromkeys(_sender(corridor, b, language) for b in receipts if b.sender)
    zone = corridor.catalogue.timezone
    may = seen is None or dataset.id in seen
    return Side(
        value=(row["ours_text" if own else "theirs_text"] or "") if value is None
        else formats.number(value, decimals, language),
        dataset_id=dataset.id,
        dataset=dataset.name.in_(language),
        column=(column.label.in_(language) or name) if column else words(language)("conflicts.rows"),
        sender=", ".join([*senders][:3]) + (" …" if len(senders) > 3 else ""),
        receipts=tuple(
            (b.receipt if may else "", formats.minute(b.received_at, language, zone)) for b in receipts[:2]
        ),
        counts=own or row["counts"] == "both",
    )  # fmt: skip


def _sender(corridor: Corridor, behind: Behind, language: str) -> str:
    if behind.sender.isdecimal():
        return place_name(behind.sender, behind.received_at.date().isoformat())
    return agency_name(corridor, behind.sender, language)
