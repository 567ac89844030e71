"""The walk that proves histories: a little at a time, over and over, and the anchors that hold them.

`round_of_proofs` checks the chains of the next cases and the next anchor, and remembers where it stopped.
Once a day the digests of all events since the last anchor become one digest, which is a line of the access
log as well: a history rewritten from its first event on, digests and all, no longer fits its anchor. An
anchor goes up to an event only when every change under way when that event was the newest has ended, so that
no number below it can still be filled.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Max

from tinh.cases.ground import ground
from tinh.cases.history import verify_histories
from tinh.cases.models import Anchor, Broken, Case, Event, Walk
from tinh.people import api as people

log = structlog.get_logger()
ANCHORED = "anchor case histories"
EVERY = timedelta(days=1)
_BATCH = 200
_MOST = 500_000  # events of one anchor


@dataclass(frozen=True, slots=True)
class Fault:
    """A history (`case`: its code) or an anchor (`anchor`: its number) that is not as it was written.
    `problem`: changed, missing, reordered, payload, cut or anchor; `number`: the event it starts at."""

    case: str
    anchor: int
    problem: str
    number: int
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """How far the walk is, what the last whole one saw, the newest anchor, and what is broken now."""

    cases: int
    events: int
    whole_at: datetime | None
    whole_cases: int
    whole_events: int
    anchors: int
    anchored_at: datetime | None
    anchored: str
    faults: tuple[Fault, ...]


def round_of_proofs(seconds: float = 15.0, now: datetime | None = None) -> list[Fault]:
    """Check for so long, go on next time where this one stopped; what was found broken for the first time."""
    moment, until = now or ground().now(), time.monotonic() + seconds
    found: list[Fault] = []
    with people.through("case"):
        _anchor(moment)
        found += _check_anchor(moment)
        while True:
            whole, new = _check_some(moment)
            found += new
            if whole or time.monotonic() >= until:
                break
    for one in found:
        log.error("case.history_broken", case=one.case, anchor=one.anchor, problem=one.problem, at=one.number)
    return found


def proof(actor: people.Actor) -> Proof:
    """Whether histories stand, for a page. Asks `manage desks`."""
    people.require_anywhere(actor, "manage desks")
    with people.through("case"):
        walk = Walk.objects.filter(pk=1).first() or Walk()
        newest = Anchor.objects.order_by("-last").first()
        return Proof(
            walk.cases, walk.events, walk.whole_at, walk.whole_cases, walk.whole_events,
            Anchor.objects.count(), newest.at if newest else None, newest.digest if newest else "",
            tuple(_fault(b) for b in Broken.objects.filter(mended_at=None).select_related("case")[:100]),
        )  # fmt: skip


def _check_some(now: datetime) -> tuple[bool, list[Fault]]:
    """The next cases; whether these were the last."""
    with transaction.atomic():
        Walk.objects.get_or_create(pk=1)
    after = Walk.objects.values_list("after", flat=True).get(pk=1)
    checked, following = verify_histories(after, _BATCH)
    bad = {code: one for code, one in checked if one.problem}
    with transaction.atomic():
        walk = Walk.objects.select_for_update().get(pk=1)
        if walk.after != after:  # another process has checked them meanwhile
            return False, []
        if not after:
            walk.began_at, walk.cases, walk.events = now, 0, 0
        walk.cases += len(checked)
        walk.events += sum(one.events for _, one in checked)
        walk.after = following
        if not following:
            walk.whole_at, walk.whole_cases, walk.whole_events = now, walk.cases, walk.events
        walk.save()
        standing = {b.case.code: b for b in Broken.objects.filter(
            mended_at=None, case__code__in=[code for code, _ in checked]
        ).select_related("case")}  # fmt: skip
        for code, row in standing.items():
            if code not in bad:
                row.mended_at = now
                row.save(update_fields=["mended_at"])
        numbers = dict(Case.objects.filter(code__in=bad).values_list("code", "pk"))
        made = [
            Broken.objects.create(case_id=numbers[code], problem=one.problem, number=one.seq, found_at=now)
            for code, one in bad.items() if code not in standing
        ]  # fmt: skip
    return not following, [_fault(row) for row in made]


def _anchor(now: datetime) -> None:
    """Mark how far an anchor may go, and anchor once nothing below the mark can still be filled."""
    with transaction.atomic():
        Walk.objects.get_or_create(pk=1)
        walk = Walk.objects.select_for_update(skip_locked=True).filter(pk=1).first()
        newest = Anchor.objects.order_by("-last").first()
        if walk is None or (newest is not None and now - newest.at < EVERY and newest.events < _MOST):
            return
        if walk.mark is not None:
            if _snapshot("xmin") >= walk.mark_xid:
                _hold(newest.last if newest else 0, walk.mark, now)
                walk.mark = walk.mark_xid = None
                walk.save()
            return
        last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
        if last > (newest.last if newest else 0):
            walk.mark, walk.mark_xid = last, _snapshot("xmax")
            walk.save()


def _hold(before: int, last: int, now: datetime) -> None:
    digest, count, end = _digest(before + 1, last)
    if not count:
        return
    row = Anchor.objects.create(at=now, first=before + 1, last=end, events=count, digest=digest)
    people.note("tinh", ANCHORED, _line(row), allowed=True)
    log.info("case.anchored", first=row.first, last=row.last, events=count)


def _line(row: Anchor) -> str:
    return f"{row.first}-{row.last} {row.events} {row.digest}"


def _digest(first: int, last: int) -> tuple[str, int, int]:
    """One digest of the events' own, how many they are, and the last of them (`_MOST` at most)."""
    found, count, end = hashlib.sha256(b"tinh case events"), 0, first
    rows = Event.objects.filter(pk__gte=first, pk__lte=last).order_by("pk")[:_MOST]
    for pk, case, seq, digest in rows.values_list("pk", "case_id", "seq", "digest").iterator(5000):
        found.update(f"{pk} {case} {seq} {digest}\n".encode())
        count, end = count + 1, pk
    return found.hexdigest(), count, end


def _check_anchor(now: datetime) -> list[Fault]:
    """The next anchor, against the events and against the access log."""
    walk = Walk.objects.get(pk=1)
    row = Anchor.objects.filter(pk__gt=walk.anchor).order_by("pk").first()
    Walk.objects.filter(pk=1, anchor=walk.anchor).update(anchor=row.pk if row is not None else 0)
    if row is None:
        return []
    digest, count, _ = _digest(row.first, row.last)
    whole = (digest, count) == (row.digest, row.events) and _logged(row)
    standing = Broken.objects.filter(anchor=row, mended_at=None).first()
    if whole and standing is not None:
        standing.mended_at = now
        standing.save(update_fields=["mended_at"])
    if whole or standing is not None:
        return []
    return [_fault(Broken.objects.create(anchor=row, problem="anchor", number=0, found_at=now))]


def _logged(row: Anchor) -> bool:
    """Whether the access log says the same; lines too old for it have gone with its own anchors."""
    with people.through("record"):
        if people.Access.objects.filter(action=ANCHORED, subject=_line(row)).exists():
            return True
        oldest = people.Access.objects.order_by("pk").values_list("at", flat=True).first()
    return oldest is not None and row.at < oldest


def _snapshot(end: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select pg_snapshot_{end}(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def _fault(row: Broken) -> Fault:
    code = row.case.code if row.case_id else ""
    return Fault(code, row.anchor_id or 0, row.problem, row.number, row.found_at)
