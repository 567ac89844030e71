"""A round of reminders: the plan of a moment, written down as letters, each person and stage once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import get_args

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from tinh.channels.errors import NobodyToRemind, NoMailServer, NoSuchPause, PauseUnfit, ReasonMissing
from tinh.channels.mail import configured
from tinh.channels.models import Pause, Preference, Reminded, Round
from tinh.channels.notice import Notice
from tinh.channels.outbox import overtaken, send
from tinh.channels.reminders import Clockwork, Digest, Matter, Person, Rhythm, Told, items_of, joined, plan
from tinh.people import api as people

ABOUT = "reminders"
LONGEST = 500
_FARTHEST = timedelta(days=366)
_TURN = 0x6E686163  # "nhac": rounds are made one after the other

Letter = Callable[[Digest], tuple[str, str]]  # subject and body


@dataclass(frozen=True, slots=True)
class Sent:
    """What a round did. `done`: the day has had its round; `quiet`: letters do not go out now."""

    letters: tuple[Digest, ...] = ()
    done: bool = False
    quiet: bool = False


def round_of(
    matters: Sequence[Matter], who: Sequence[Person], now: datetime, by: Clockwork, letter: Letter
) -> Sent:
    """The day's letters, once: made by whichever process comes first after the hour, or when it can."""
    if not by.open(now):
        return Sent(quiet=True)
    day = by.day(now)
    with people.through("work"), transaction.atomic():
        _turn()
        if Round.objects.filter(day=day, agency="").exists():
            return Sent(done=True)
        made = plan(matters, who, told(), now, by)
        for digest in made:
            _write(digest, now, now, letter)
        Round.objects.create(day=day, at=now, letters=len(made))
    return Sent(made)


def send_now(
    agency: str, names: frozenset[str], matters: Sequence[Matter], who: Sequence[Person],
    now: datetime, by: Clockwork, letter: Letter, actor: str, reason: str,
) -> Sent:  # fmt: skip
    """Letters about one agency's matters to its officers and head, because somebody says so: at once, or in
    the morning when it is late; to nobody who has had or will have a letter that day."""
    if not reason.strip():
        raise ReasonMissing
    if not configured():
        raise NoMailServer
    at = by.next_open(now)
    day = by.day(at)
    mine = [matter for matter in matters if matter.agency in names]
    if not mine:
        raise NobodyToRemind(
            agency=agency, reason_vi="không có việc nào đang chờ", reason_en="nothing is due or held"
        )
    with people.through("work"), transaction.atomic():
        _turn()
        had = told()
        made = []
        for person in joined(who):
            desks = [d for d in person.desks if d.duty in ("officer", "head")]
            if not desks or had.last.get(person.key) == day:
                continue
            items = items_of(
                Person(person.address, person.name, tuple(desks), person.language, "daily", person.account),
                mine, day, by,
            )  # fmt: skip
            if items:
                made.append(Digest(person, day, items))
        if not made:
            raise NobodyToRemind(
                agency=agency,
                reason_vi="cơ quan chưa có người nhận, hoặc người nhận đã có thư trong ngày",
                reason_en="it has nobody to tell, or they have had a letter that day",
            )
        for digest in made:
            _write(digest, now, at, letter)
        Round.objects.create(
            day=day, agency=agency, at=now, letters=len(made), by=actor[:200], reason=_line(reason)
        )
    return Sent(tuple(made))


def round_done(day: date) -> bool:
    with people.through("work"):
        return Round.objects.filter(day=day, agency="").exists()


def told() -> Told:
    """What has been told so far, as the plan asks for it."""
    with people.through("work"):
        stages = Reminded.objects.values_list("address", "matter", "stage")
        last = Reminded.objects.values("address").annotate(newest=Max("day")).values_list("address", "newest")
        return Told(frozenset(stages), dict(last))


def _write(digest: Digest, now: datetime, at: datetime, letter: Letter) -> None:
    person = digest.person
    subject, body = letter(digest)
    overtaken(ABOUT, person.address)
    send(
        Notice(
            person.address, subject, body, f"digest/{digest.day}", ABOUT, person.name, person.language, at
        ),
        now,
    )
    Reminded.objects.bulk_create(
        [
            Reminded(
                address=person.key, name=person.name[:200], agency=item.matter.agency,
                dataset=item.matter.dataset, window=item.matter.window, matter=item.matter.key[:200],
                stage=item.stage, day=digest.day, at=now,
            )
            for item in digest.items
        ],
        update_conflicts=True, unique_fields=["address", "matter", "stage"], update_fields=["day", "at"],
    )  # fmt: skip


def _turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_TURN])


# ── what people and operators may change ────────────────────────────────────────────


def rhythms() -> dict[int, Rhythm]:
    """How often each account wants letters, where they said so."""
    with people.through("work"):
        return dict(Preference.objects.values_list("account_id", "rhythm"))


def rhythm_of(account: int) -> Rhythm:
    found = Preference.objects.filter(account_id=account).values_list("rhythm", flat=True).first()
    known: tuple[Rhythm, ...] = get_args(Rhythm)
    return next((one for one in known if one == found), "daily")


def set_rhythm(account: int, rhythm: Rhythm) -> None:
    Preference.objects.update_or_create(account_id=account, defaults={"rhythm": rhythm})


def pauses(today: date) -> list[Pause]:
    """The datasets of which nobody is reminded now."""
    with people.through("work"):
        return list(Pause.objects.filter(ended_at=None, until__gte=today).order_by("until", "pk"))


def pause(dataset: str, until: date, by: str, reason: str, now: datetime, today: date) -> Pause:
    if not reason.strip():
        raise ReasonMissing
    if not today <= until <= today + _FARTHEST:
        raise PauseUnfit(
            reason_vi="ngày kết thúc không nằm trong vòng một năm tới",
            reason_en="the end is not within the next year",
        )
    if any(one.dataset == dataset for one in pauses(today)):
        raise PauseUnfit(reason_vi="bộ dữ liệu này đang tạm tắt nhắc", reason_en="it is paused already")
    return Pause.objects.create(dataset=dataset, until=until, at=now, by=by[:200], reason=_line(reason))


def resume(number: int, by: str, now: datetime) -> Pause:
    one = Pause.objects.filter(pk=number, ended_at=None).first()
    if one is None:
        raise NoSuchPause(number=number)
    one.ended_at, one.ended_by = now, by[:200]
    one.save(update_fields=["ended_at", "ended_by"])
    return one


def reminded(agency: str = "", address: str = "") -> QuerySet[Reminded]:
    """What was told, the newest first; as far as whoever asks may see it."""
    found = Reminded.objects.order_by("-day", "-pk")
    if agency:
        found = found.filter(agency=agency)
    if address:
        found = found.filter(address=address.strip().lower())
    return found


def rounds(most: int = 30) -> list[Round]:
    return list(Round.objects.order_by("-at", "-pk")[:most])


def told_to(addresses: Iterable[str], most: int = 30) -> list[Reminded]:
    """What one person was told: their own letters, whoever they are."""
    keys = [address.strip().lower() for address in addresses if address.strip()]
    with people.through("work"):
        return list(Reminded.objects.filter(address__in=keys).order_by("-day", "-pk")[:most])


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:LONGEST]
