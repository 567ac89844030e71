"""Datasets and agencies by the four scores, and one dataset with its contract and deliveries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from tinh.flow.api import Corridor, DatasetStatus
from tinh.jobs import api as jobs
from tinh.lake.api import StoredReceipt
from tinh.packs.api import Column, Dataset
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.naming import place_name
from tinh.web.pages.room import Measure, health, measures
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

RECEIPTS = 25
TONES = {"accepted": "good", "in part": "watch", "refused": "bad"}


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    name: str
    owner: str
    agency: str
    kind: str
    measures: tuple[Measure, ...]
    newest: str
    age: str
    next_due: str
    receipts: str
    held: int
    late: int
    simulated: bool


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    id: str
    file: str
    when: str
    age: str
    sender: str
    verdict: str
    tone: str
    received: str
    held: str
    simulated: bool


def line(corridor: Corridor, each: DatasetStatus, language: str) -> Line:
    say = words(language)
    agency = corridor.catalogue.agencies.get(each.owner)
    return Line(
        id=each.dataset,
        name=each.name.in_(language),
        owner=each.owner,
        agency=agency.name.in_(language) if agency else each.owner or say("data.nobody"),
        kind=say(f"kind.{each.kind}"),
        measures=measures(each.scores, language),
        newest=formats.period(each.newest_period, language) if each.newest_period else "–",
        age=formats.age(each.age_seconds, language) if each.age_seconds is not None else say("data.never"),
        next_due=formats.minute(each.next_due, language, corridor.catalogue.timezone)
        if each.next_due
        else "–",
        receipts=formats.number(each.receipts, 0, language),
        held=each.held,
        late=len(each.late),
        simulated=each.simulated,
    )


def receipt_line(corridor: Corridor, one: StoredReceipt, language: str) -> ReceiptLine:
    verdict = one.verdict or {}
    outcome = str(verdict.get("verdict", ""))
    agency = corridor.catalogue.agencies.get(one.sender)
    named = agency.name.in_(language) if agency else one.sender or "–"
    if one.sender.isdigit():
        named = place_name(one.sender, one.received_at.date().isoformat())
    return ReceiptLine(
        id=one.id,
        file=one.filename or one.id,
        when=formats.minute(one.received_at, language, corridor.catalogue.timezone),
        age=formats.age((corridor.clock.now() - one.received_at).total_seconds(), language),
        sender=named,
        verdict=words(language)(f"verdict.{outcome.replace(' ', '_')}") if outcome else "–",
        tone=TONES.get(outcome, "none"),
        received=formats.number(verdict.get("received", 0), 0, language),
        held=formats.number(verdict.get("held", 0), 0, language),
        simulated=one.simulated,
    )


@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    corridor = jobs.corridor()
    status = corridor.status()
    return page(
        request, "data.html", "data", words(language)("data.title"),
        lines=[line(corridor, each, language) for each in status.datasets],
        agencies=health(status, language),
        receipts=[receipt_line(corridor, one, language) for one in corridor.lake.receipts(limit=12)],
        waiting=status.waiting,
        may_push=any(people.may(people.actor_of(request), "push", d) for d in _datasets(corridor)),
    )  # fmt: skip


def _datasets(corridor: Corridor) -> Iterable[Dataset]:
    return corridor.catalogue.datasets.values()


def dataset_or_404(corridor: Corridor, id: str) -> Dataset:
    found = corridor.catalogue.datasets.get(id)
    if found is None:
        raise Http404
    return found


@signed_in
def dataset(request: HttpRequest, id: str) -> HttpResponse:
    language = language_of(request)
    corridor = jobs.corridor()
    found = dataset_or_404(corridor, id)
    each = corridor.status().dataset(id)
    before = request.GET.get("truoc") or None
    listed = corridor.lake.receipts(dataset=id, limit=RECEIPTS + 1, before=before)
    zone = corridor.catalogue.timezone
    return page(
        request, "dataset.html", "data", found.name.in_(language),
        dataset=found,
        line=line(corridor, each, language),
        description=found.description.in_(language),
        columns=[_column(column, language) for column in found.columns],
        rules=[(rule.id, rule.says.in_(language), rule.kind, rule.holds) for rule in found.rules],
        carried=[(c.where, c.text, c.reason.in_(language)) for c in found.carried],
        late=[
            (place_name(x.place, x.window) if x.place else "–", formats.period(x.window, language),
             formats.minute(x.due_at, language, zone), x.days)
            for x in each.late
        ],
        receipts=[receipt_line(corridor, one, language) for one in listed[:RECEIPTS]],
        more=listed[RECEIPTS - 1].id if len(listed) > RECEIPTS else "",
        feeds=[
            (i.id, i.name.in_(language)) for i in corridor.catalogue.indicators.values() if id in i.reads()
        ],
        may_push=people.may(people.actor_of(request), "push", found),
    )  # fmt: skip


def _column(column: Column, language: str) -> dict[str, Any]:
    say = words(language)
    facts = [say("column.required")] if column.required else []
    if column.unique:
        facts.append(say("column.unique"))
    if column.personal != "none":
        facts.append(say("column.personal"))
    return {
        "name": column.name,
        "headers": ", ".join(h for h in column.headers if h != column.name),
        "type": say(f"type.{column.logical}") + (f", {column.unit}" if column.unit else ""),
        "facts": ", ".join(facts),
        "cleaning": ", ".join(say(f"clean.{step.do}") for step in column.cleaning),
    }
