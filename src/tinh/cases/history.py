"""Reading a case's history, checking its chain, and erasing what is personal in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from tinh.cases import chain, words
from tinh.cases.case_errors import NoSuchCase
from tinh.cases.codes import read_code
from tinh.cases.kinds import erasers, forget_parties
from tinh.cases.models import Attachment, Case, Event, Note, Party, Payload, Sent
from tinh.cases.shapes import Checked, Told
from tinh.cases.turn import Turn, turn, who_of
from tinh.people import api as people

ERASE = "erase personal data"


def history(case: Case, *, personal: bool = True) -> list[Told]:
    """The events of a case in order. `personal` False leaves the erasable part out, as for a public page."""
    with people.through("case"):
        rows = Event.objects.filter(case=case).order_by("seq").select_related("payload")
        return [_told(one, personal) for one in rows]


def _told(one: Event, personal: bool) -> Told:
    kept: Payload | None = getattr(one, "payload", None)
    return Told(
        one.seq, one.at, one.actor, one.role, one.action, one.reason, one.facts,
        kept.content if kept is not None and personal else None,
        kept is not None and kept.erased_at is not None, one.digest,
    )  # fmt: skip


def verify_history(code: str) -> Checked:
    """Walk a case's chain from its first event to the head its row names. What was erased is counted and must
    have been erased on record; what was changed, taken out, put in another order or cut off is named."""
    with people.through("case"):
        case = Case.objects.filter(code=read_code(code)).first()
        if case is None:
            raise NoSuchCase(case=code[:40])
        rows = list(Event.objects.filter(case=case).order_by("seq").values())
        kept = {p.event_id: p for p in Payload.objects.filter(case=case)}
    return _checked(case, rows, kept)


def _checked(case: Case, rows: list[dict[str, Any]], kept: Mapping[int, Payload]) -> Checked:
    before, erased = "", 0
    on_record = max((e["at"] for e in rows if e["action"] == ERASE), default=None)
    for number, event in enumerate(rows, 1):
        if event["seq"] != number:
            return Checked(number - 1, erased, "missing", number)
        if chain.event_digest(case.code, event, event["before"]) != event["digest"]:
            return Checked(number - 1, erased, "changed", number)
        if event["before"] != before:
            return Checked(number - 1, erased, "reordered", number)
        if event["payload_digest"]:
            own = kept.get(event["id"])
            if own is None or (own.content is None and (own.erased_at is None or on_record is None)):
                return Checked(number - 1, erased, "payload", number)
            if own.content is None:
                erased += 1
            elif chain.payload_digest(own.salt, own.content) != event["payload_digest"]:
                return Checked(number - 1, erased, "payload", number)
        before = event["digest"]
    if (case.seq, case.head) != (len(rows), before):
        return Checked(len(rows), erased, "cut", len(rows) + 1)
    return Checked(len(rows), erased)


@contextmanager
def _one_moment() -> Iterator[None]:
    """One snapshot for all that is read, unless a transaction is under way."""
    if connection.in_atomic_block:
        yield
        return
    connection.cursor().execute("select 1")  # which doors are open is told by a first query, outside of it
    with transaction.atomic():
        connection.cursor().execute("set transaction isolation level repeatable read")
        yield


def verify_histories(after: int = 0, most: int = 200) -> tuple[list[tuple[str, Checked]], int]:
    """The same for many cases, by number and as one moment saw them; and the number to go on after (0 at the
    end)."""
    with people.through("case"), _one_moment():
        found = list(Case.objects.filter(pk__gt=after).order_by("pk")[:most])
        ids = [case.pk for case in found]
        rows: dict[int, list[dict[str, Any]]] = {pk: [] for pk in ids}
        for row in Event.objects.filter(case__in=ids).order_by("case_id", "seq").values():
            rows[row["case_id"]].append(row)
        kept = {p.event_id: p for p in Payload.objects.filter(case__in=ids)}
    checked = [(case.code, _checked(case, rows[case.pk], kept)) for case in found]
    return checked, ids[-1] if len(ids) == most else 0


def erase_party(code: str, actor: people.Actor, reason: str, *, at: datetime | None = None) -> Case:
    """Erase what the case says of people: its parties, the texts of its opening, notes and answers. The chain
    stays whole; the erasing itself is on record. Asks `handle subject requests`."""
    people.require(actor, "handle subject requests")
    with turn(code, None, at, who=who_of(actor), open_only=False) as found:
        erase(found, reason or "–")
        return found.case


def erase(found: Turn, reason: str) -> None:
    """Erase within a turn. Files are blanked here; their bytes are the desk's to drop
    (`attachments.digest`)."""
    case, now = found.case, found.moment
    parties = Party.objects.filter(case=case, erased_at=None)
    forget_parties(list(parties.values_list("pk", flat=True)))
    count = parties.update(
        name="", phone="", email="", address="", phone_mark="", email_mark="", token="", account=None,
        wishes=[], shown=False, erased_at=now,
    )  # fmt: skip
    Payload.objects.filter(case=case, erased_at=None).update(content=None, salt="", erased_at=now)
    notes = Note.objects.filter(case=case, erased_at=None).update(text="", erased_at=now)
    files = Attachment.objects.filter(case=case, erased_at=None).update(name="", erased_at=now, public=False)
    case.body, case.address, case.facts = "", "", {}
    case.subject = case.code
    case.latitude = case.longitude = case.accuracy = case.band = None
    Sent.objects.filter(case=case).delete()
    words.forget(case)
    for own in erasers():
        own(case)
    found.event(ERASE, reason, {"parties": count, "notes": notes, "files": files})
