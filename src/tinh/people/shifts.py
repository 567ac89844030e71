"""The book of the operations room: who took a shift, what they noted, how they handed it over.

Entries are only ever added. Who is on duty follows from them: whoever took a shift last, also while
what they have handed over waits for the next to take it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from tinh.people.access import note
from tinh.people.errors import ShiftRefused, ShiftTaken
from tinh.people.models import ShiftEntry, User
from tinh.people.rights import Actor, require

_TURN = 0x73686966  # "shif": entries are added one after the other
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Duty:
    """`taken` is the entry of whoever is on duty, `handed` what they leave to the next, `last` the number
    of the newest entry: hand it back when acting, so that nobody acts on an old page."""

    taken: ShiftEntry | None
    handed: ShiftEntry | None
    last: int


def duty(actor: Actor | None) -> Duty:
    require(actor, "hand over")
    return _duty()


def _duty() -> Duty:
    taken = ShiftEntry.objects.filter(kind=ShiftEntry.TAKEN).order_by("-pk").first()
    handed = None
    if taken is not None:
        handed = ShiftEntry.objects.filter(kind=ShiftEntry.HANDED, pk__gt=taken.pk).order_by("-pk").first()
    newest = ShiftEntry.objects.order_by("-pk").first()
    return Duty(taken, handed, newest.pk if newest else 0)


def shift_book(actor: Actor | None, before: int = 0, most: int = 50) -> list[ShiftEntry]:
    """Entries, the newest first."""
    require(actor, "hand over")
    found = ShiftEntry.objects.order_by("-pk")
    return list((found.filter(pk__lt=before) if before else found)[:most])


def take_shift(
    actor: Actor | None, seen: int, *, confirmed: bool, text: str = "", open: Sequence[Any] = ()
) -> ShiftEntry:
    """Take over. `confirmed` says that what was handed over has been read; a shift that nobody handed
    over can be taken with a word why."""
    who = require(actor, "hand over")
    with _turn(seen) as now:
        if now.taken is not None and now.taken.account_id == who.account:  # type: ignore[attr-defined]  # Django's own
            raise ShiftRefused(reason_vi="bạn đang trực ca này", reason_en="you are on duty already")
        if not confirmed:
            raise ShiftRefused(
                reason_vi="chưa xác nhận đã đọc những việc đang mở",
                reason_en="it is not confirmed that what is open has been read",
            )
        if now.taken is not None and now.handed is None and not text.strip():
            raise ShiftRefused(
                reason_vi="người trực chưa giao ca, cần ghi lý do nhận",
                reason_en="nobody has handed it over, so a reason is needed",
            )
        return _enter(who, ShiftEntry.TAKEN, text, open)


def hand_over_shift(actor: Actor | None, seen: int, text: str, open: Sequence[Any]) -> ShiftEntry:
    """Leave the shift to the next, with a note and what is open; on duty until somebody takes it."""
    who = require(actor, "hand over")
    with _turn(seen) as now:
        _on_duty(who, now)
        if not text.strip():
            raise ShiftRefused(
                reason_vi="cần ghi chú cho người nhận ca", reason_en="the next person needs a note"
            )
        return _enter(who, ShiftEntry.HANDED, text, open)


def note_in_shift(actor: Actor | None, seen: int, text: str) -> ShiftEntry:
    """A line of the one on duty."""
    who = require(actor, "hand over")
    with _turn(seen) as now:
        _on_duty(who, now)
        if not text.strip():
            raise ShiftRefused(reason_vi="ghi chú còn trống", reason_en="the note is empty")
        return _enter(who, ShiftEntry.NOTED, text, ())


@contextmanager
def _turn(seen: int) -> Iterator[Duty]:
    """One at a time, and only on the page that shows the newest entry."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_TURN])
        now = _duty()
        if now.last != seen:
            newest = ShiftEntry.objects.filter(pk=now.last).first()
            raise ShiftTaken(who=(newest.name or newest.who) if newest else "–")
        yield now


def _on_duty(who: Actor, now: Duty) -> None:
    if now.taken is None or now.taken.account_id != who.account:  # type: ignore[attr-defined]  # Django's own
        raise ShiftRefused(reason_vi="bạn không trực ca này", reason_en="you are not on duty")


def _enter(who: Actor, kind: str, text: str, open: Sequence[Any]) -> ShiftEntry:
    user = User.objects.filter(pk=who.account).first()
    if user is None:
        raise ShiftRefused(reason_vi="cần một tài khoản", reason_en="it takes an account")
    made = ShiftEntry.objects.create(
        account=user, who=user.username, name=user.full_name, kind=kind,
        note=text.strip()[:LONGEST].replace("\0", ""), open=list(open),
    )  # fmt: skip
    note(who.name, "hand over", f"{kind} #{made.pk}", allowed=True)
    return made
