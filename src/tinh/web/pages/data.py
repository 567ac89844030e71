"""Datasets and agencies by the four scores, and one dataset with its contract and deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from tinh.flow.api import Corridor, DatasetStatus, Outage
from tinh.jobs import api as jobs
from tinh.lake.api import StoredReceipt, Wanted
from tinh.packs.api import Column, Dataset
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages import feeds
from tinh.web.pages.naming import place_name
from tinh.web.pages.rhythm import rhythm
from tinh.web.pages.room import Measure, health, measures
from tinh.web.pages.values import stopped_words
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
    rhythm: str
    next_due: str
    receipts: str
    held: int
    late: int
    simulated: bool
    outage: str = ""
    behind: str = ""


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
    dataset: str = ""
    first_verdict: str = ""  # of a receipt that stands otherwise now: recalled, or mended
    mended: bool = False


def line(corridor: Corridor, each: DatasetStatus, language: str, out: Outage | None = None) -> Line:
    say = words(language)
    zone, gap = corridor.catalogue.timezone, each.silence
    return Line(
        id=each.dataset,
        name=each.name.in_(language),
        owner=each.owner,
        agency=agency_name(corridor, each.owner, language),
        kind=say(f"kind.{each.kind}"),
        measures=measures(each.scores, language),
        newest=formats.period(each.newest_period, language) if each.newest_period else "–",
        age=formats.age(each.age_seconds, language) if each.age_seconds is not None else say("data.never"),
        rhythm=rhythm(corridor.catalogue.datasets[each.dataset], language),
        next_due=formats.due(each.next_due, language, zone) if each.next_due else "–",
        receipts=formats.number(each.receipts, 0, language),
        held=each.held,
        late=len(each.late),
        simulated=each.simulated,
        outage=stopped_words(out, zone, language) if out else "",
        behind=say("outage.late", by=formats.overdue(gap.days, gap.working_days, language)) if gap else "",
    )


def receipt_lines(corridor: Corridor, listed: Sequence[StoredReceipt], language: str) -> list[ReceiptLine]:
    """Receipts as they stand now: what is left of the held rows, and what was recalled."""
    mended = corridor.lake.held_since({one.id for one in listed})
    return [receipt_line(corridor, one, language, mended.get(one.id, 0)) for one in listed]


def receipt_line(corridor: Corridor, one: StoredReceipt, language: str, held_since: int = 0) -> ReceiptLine:
    say = words(language)
    verdict = one.verdict or {}
    outcome = str(verdict.get("verdict", ""))
    agency = corridor.catalogue.agencies.get(one.sender)
    named = agency.name.in_(language) if agency else one.sender or "–"
    if one.sender.isdecimal():
        named = place_name(one.sender, one.received_at.date().isoformat())
    said = say(f"verdict.{outcome.replace(' ', '_')}") if outcome else "–"
    out = corridor.lake.recalls.why(one.id) is not None
    held = verdict.get("held", 0) + held_since
    mended = outcome == "in part" and held == 0 and not out
    dataset = corridor.catalogue.datasets.get(one.dataset)
    return ReceiptLine(
        id=one.id,
        file=one.filename or one.id,
        when=formats.minute(one.received_at, language, corridor.catalogue.timezone),
        age=formats.age((corridor.clock.now() - one.received_at).total_seconds(), language),
        sender=named,
        verdict=say("recall.recalled") if out else say("receipt.mended") if mended else said,
        tone="none" if out else "good" if mended else TONES.get(outcome, "none"),
        received=formats.number(verdict.get("received", 0), 0, language),
        held=formats.number(held, 0, language),
        simulated=one.simulated,
        dataset=dataset.name.in_(language) if dataset else one.dataset,
        first_verdict=said if out or mended else "",
        mended=mended,
    )


@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    corridor = jobs.corridor()
    seen = people.among(people.actor_of(request), "read receipts", corridor.catalogue.datasets)
    status = corridor.status().within(seen)
    stopped = {outage.dataset: outage for outage in status.outages}
    listed = corridor.lake.receipts(limit=12, wanted=Wanted(seen))
    return page(
        request, "data.html", "data", words(language)("data.title"),
        lines=[line(corridor, each, language, stopped.get(each.dataset)) for each in status.datasets],
        others=[
            (d.id, d.name.in_(language), agency_name(corridor, d.owner, language))
            for d in _datasets(corridor) if seen is not None and d.id not in seen
        ],
        agencies=health(status, language),
        receipts=receipt_lines(corridor, listed, language),
        waiting=status.waiting,
        may_push=any(people.may(people.actor_of(request), "push", d) for d in _datasets(corridor)),
        may_remind=people.may(people.actor_of(request), "manage reminders"),
    )  # fmt: skip


def agency_name(corridor: Corridor, id: str, language: str) -> str:
    agency = corridor.catalogue.agencies.get(id)
    return agency.name.in_(language) if agency else id or words(language)("data.nobody")


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
    status = corridor.status()
    each = status.dataset(id)
    out = next((o for o in status.outages if o.dataset == id), None)
    before = request.GET.get("truoc") or None
    may_read = people.may(people.actor_of(request), "read receipts", found)
    listed = corridor.lake.receipts(dataset=id, limit=RECEIPTS + 1, before=before) if may_read else []
    zone = corridor.catalogue.timezone
    return page(
        request, "dataset.html", "data", found.name.in_(language),
        dataset=found,
        line=line(corridor, each, language, out),
        description=found.description.in_(language),
        key=[_label(found.column(name), language) for name in found.key],
        columns=[_column(column, language) for column in found.columns],
        rules=[(rule.id, rule.says.in_(language), rule.kind, rule.holds) for rule in found.rules],
        carried=[(c.where, c.text, c.reason.in_(language)) for c in found.carried],
        late=[
            (place_name(x.place, x.window) if x.place else "–", formats.period(x.window, language),
             formats.due(x.due_at, language, zone),
             formats.overdue(x.days, x.working_days, language))
            for x in each.late
        ] if may_read else [],
        may_read=may_read,
        receipts=receipt_lines(corridor, listed[:RECEIPTS], language),
        more=listed[RECEIPTS - 1].id if len(listed) > RECEIPTS else "",
        feeds=[
            (i.id, i.name.in_(language)) for i in corridor.catalogue.indicators.values() if id in i.reads()
        ],
        may_push=people.may(people.actor_of(request), "push", found),
        sources=feeds.lines(id, language),
    )  # fmt: skip


def _label(column: Column, language: str) -> str:
    return column.label.in_(language) or column.name


def _column(column: Column, language: str) -> dict[str, Any]:
    say = words(language)
    facts = [say("column.required")] if column.required else []
    if column.unique:
        facts.append(say("column.unique"))
    if column.personal != "none":
        facts.append(say("column.personal"))
    return {
        "name": column.name,
        "label": _label(column, language),
        "headers": ", ".join(h for h in column.headers if h != column.name),
        "type": say(f"type.{column.logical}") + (f", {column.unit}" if column.unit else ""),
        "facts": ", ".join(facts),
        "cleaning": ", ".join(say(f"clean.{step.do}") for step in column.cleaning),
    }
