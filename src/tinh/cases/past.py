"""Cases with a past, many at once: for simulations, and for what another system handled before.

Every history is chained as one that grew here would be, so `verify_history` holds; cases that still run get
their process, its steps and the marks of their clock. What happened is told, not done: no service runs and
nobody is told anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from tinh.cases import chain, clock, near, words
from tinh.cases.clock import Times
from tinh.cases.codes import LONG, new_code
from tinh.cases.ground import ground
from tinh.cases.kinds import covered, kind_of
from tinh.cases.models import Case, Event, Instance, Link, Party, Payload, Sent, Step
from tinh.cases.parties import email_mark, phone_mark
from tinh.cases.running import keep_definition, step_row
from tinh.cases.shapes import Opening
from tinh.cases.turn import set_mark, times_of, wind
from tinh.people import api as people

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a history. `actor` is a user name, "" a citizen or the house itself, by `role`."""

    at: datetime
    action: str
    role: str
    actor: str = ""
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Past:
    """A case as it stands today. `fields`: columns besides those of the opening (`state`, `outcome`,
    `agency`, `answered_at`, `public`, `supporters`, `reopened`); `running`: what its process says, None
    once it is over."""

    opening: Opening
    times: Times
    happened: Sequence[Happened]
    fields: Mapping[str, Any] = field(default_factory=dict)
    running: Any = None
    same_as: str = ""  # the key of the opening it is a duplicate of, earlier in the row of pasts


def open_past(pasts: Iterable[Past], told: Any = None) -> dict[str, int]:
    """Key → number of the case. Whole batches or not at all; a key that is there already is left out."""
    found: dict[str, int] = {}
    rest = iter(pasts)
    while batch := list(islice(rest, BATCH)):
        with people.through("case"), transaction.atomic():
            _batch(batch, found)
        if told is not None:
            told(len(found))
    return found


def _batch(batch: list[Past], found: dict[str, int]) -> None:
    there = dict(Case.objects.filter(key__in=[p.opening.key for p in batch]).values_list("key", "pk"))
    found |= there
    fresh = [p for p in batch if p.opening.key not in there]
    rows = [_case(p) for p in fresh]
    events = [
        [_event(n, one) for n, one in enumerate(p.happened, 1)] for row, p in zip(rows, fresh, strict=True)
    ]
    sent = [_cover(row, p) for row, p in zip(rows, fresh, strict=True)]
    payloads = [_chained(row, own, raw) for row, own, raw in zip(rows, events, sent, strict=True)]
    Case.objects.bulk_create(rows, BATCH)
    for row, own in zip(rows, events, strict=True):
        for event in own:
            event.case_id = row.pk
    Event.objects.bulk_create([event for own in events for event in own], BATCH)
    for row, own, payload in zip(rows, events, payloads, strict=True):
        payload.event, payload.case = own[0], row
    Payload.objects.bulk_create(payloads, BATCH)
    Party.objects.bulk_create(
        [one for row, p in zip(rows, fresh, strict=True) for one in _parties(row, p)], BATCH
    )
    found |= {row.key: row.pk for row in rows}
    _tie(fresh, found)
    _find(rows, sent)
    _run(rows, fresh)


def _case(past: Past) -> Case:
    opening = past.opening
    digest = (
        keep_definition(opening.process, opening.at or past.times.opened_at).digest if past.running else ""
    )
    case = Case(
        code=new_code(kind_of(opening.kind).prefix, LONG), kind=opening.kind, category=opening.category,
        severity=opening.severity, source=opening.source, subject=opening.subject[:200], body=opening.body,
        place=opening.place, latitude=opening.latitude, longitude=opening.longitude,
        accuracy=opening.accuracy,
        band=near.band_of(opening.latitude), address=opening.address[:300], agency=opening.agency,
        opened_at=opening.at or past.times.opened_at, since=past.times.opened_at,
        limits=opening.limits.as_json(),
        process=opening.process, digest=digest, simulated=opening.simulated, public=opening.public,
        key=opening.key,
    )  # fmt: skip
    wind(case, past.times)
    for name, value in past.fields.items():
        setattr(case, name, value)
    if case.state == "answered" and case.answered_at is not None:  # its publishing is owed
        wind(case, clock.answered(times_of(case), ground().clock(), opening.limits, case.answered_at))
    case.seq = len(past.happened)
    return case


def _event(seq: int, one: Happened) -> Event:
    return Event(
        seq=seq, at=one.at, actor=one.actor[:200], role=one.role, account=None, action=one.action[:64],
        reason=one.reason, facts=dict(one.facts),
    )  # fmt: skip


Texts = tuple[str, str, str]


def _cover(case: Case, past: Past) -> Texts:
    """Let the row keep what its desk covers; what was sent."""
    sent, party = (case.subject, case.body, case.address), past.opening.party
    known = party is not None and not party.shown and party.name
    case.subject, case.body, case.address = covered(case.kind, sent, (known,) if known else ())
    return sent


def _chained(case: Case, events: list[Event], sent: Texts) -> Payload:
    """Chain a history; the first event carries what was sent, apart."""
    content = {
        "subject": sent[0], "body": sent[1], "address": sent[2], "latitude": case.latitude,
        "longitude": case.longitude, "facts": {},
    }  # fmt: skip
    salt, before = chain.new_salt(), ""
    events[0].payload_digest = chain.payload_digest(salt, content)
    for event in events:
        said = {
            "seq": event.seq, "at": event.at, "actor": event.actor, "role": event.role, "account": None,
            "action": event.action, "reason": event.reason, "facts": event.facts,
            "payload_digest": event.payload_digest,
        }  # fmt: skip
        event.before = before
        event.digest = before = chain.event_digest(case.code, said, before)
    case.head = before
    return Payload(salt=salt, content=content)


def _parties(case: Case, past: Past) -> list[Party]:
    one = past.opening.party
    if one is None or one.empty:
        return []
    return [Party(
        case_id=case.pk, role=one.role[:12], name=one.name[:200], phone=one.phone[:32], email=one.email[:254],
        phone_mark=phone_mark(one.phone), email_mark=email_mark(one.email), language=one.language,
        wishes=list(one.wishes), shown=one.shown, token=one.token, at=case.opened_at,
    )]  # fmt: skip


def _tie(fresh: list[Past], found: Mapping[str, int]) -> None:
    Link.objects.bulk_create(
        Link(case_id=found[p.opening.key], kind="duplicate_of", to_id=found[p.same_as], at=p.happened[-1].at,
             author=p.happened[-1].actor)
        for p in fresh if p.same_as in found
    )  # fmt: skip


def _find(rows: list[Case], sent: list[Texts]) -> None:
    apart = {
        row.pk: raw for row, raw in zip(rows, sent, strict=True)
        if raw != (row.subject, row.body, row.address)
    }  # fmt: skip
    Sent.objects.bulk_create(
        [Sent(case_id=pk, subject=raw[0], body=raw[1], address=raw[2]) for pk, raw in apart.items()], BATCH
    )
    own = [words.line_of(row, apart[row.pk]) if row.pk in apart else None for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cases_words (case_id, words, sent) select i, w::tsvector, s::tsvector "
            "from unnest(%s::bigint[], %s::text[], %s::text[]) "
            "as t(i, w, s) on conflict (case_id) do nothing",
            [[row.pk for row in rows], [words.line_of(row) for row in rows], own],
        )


def _run(rows: list[Case], fresh: list[Past]) -> None:
    running = [(row, p) for row, p in zip(rows, fresh, strict=True) if p.running is not None]
    Instance.objects.bulk_create(Instance(case=row, state=p.running.state) for row, p in running)
    steps: list[Step] = []
    for row, p in running:
        moment = p.happened[-1].at
        steps += [step_row(row, one, None, moment, "") for one in p.running.waiting]
    Step.objects.bulk_create(steps, BATCH)
    for row, p in running:
        set_mark(row, p.happened[-1].at)
