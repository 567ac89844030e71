"""Reminders in a serving process: what is owed and held, who answers for it, and the day's round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tinh.channels import api as channels
from tinh.channels.api import Clockwork, Desk, Digest, Matter, Person, Sent, Writer
from tinh.jobs.agencies import agencies
from tinh.jobs.house import corridor, now
from tinh.jobs.territory import Territory
from tinh.kit.calendar import WorkingCalendar
from tinh.kit.periods import start

if TYPE_CHECKING:
    from tinh.flow.api import Corridor, Outage, Span
    from tinh.packs.api import Dataset
    from tinh.people.api import Scope, User

_FINE = ("hour", "day")  # grains told as a source that stopped, not window by window
_LAST, _AHEAD = 12, 2
_OFFICERS = ("data_officer", "commune_officer")


@dataclass(frozen=True)
class Outlook:
    """Who would be told what at `at`, the next moment letters go out; `vacant`: agencies with data to
    deliver and nobody to tell."""

    at: datetime
    matters: tuple[Matter, ...]
    people: tuple[Person, ...]
    digests: tuple[Digest, ...]
    vacant: tuple[str, ...]


def clockwork() -> Clockwork:
    found = corridor().catalogue
    return Clockwork(found.reminders, WorkingCalendar(extra=found.calendar), found.timezone)


def matters(moment: datetime | None = None) -> tuple[Matter, ...]:
    """All that is due, overdue, stopped or held, but of paused datasets."""
    found, by = corridor(), clockwork()
    today = by.day(moment or now())
    paused = {one.dataset for one in channels.pauses(today)}
    status = found.status()
    gone = {outage.dataset: outage for outage in status.outages}
    out: list[Matter] = []
    for each in status.datasets:
        dataset = found.catalogue.datasets[each.dataset]
        if dataset.id in paused or not dataset.owner:
            continue
        out += _owed(found, dataset, gone.get(dataset.id))
        if each.held:
            out.append(Matter("held", dataset.owner, dataset.id, dataset.name, dataset.pack, held=each.held))
    return tuple(out)


def _owed(found: Corridor, dataset: Dataset, outage: Outage | None) -> Iterator[Matter]:
    listed = found.board.deliveries(dataset.id, found.clock.now(), _LAST, _AHEAD)
    fine = listed.grain in _FINE
    stopped = outage is not None and (fine or outage.cause == "feed")
    if stopped and outage is not None:
        yield Matter(
            "stopped", dataset.owner, dataset.id, dataset.name, dataset.pack,
            outage.window or _window(outage.since), outage.since, hangs=len(outage.indicators),
        )  # fmt: skip
    lead = dataset.expect.remind
    if lead is None:
        lead = 0 if fine else found.catalogue.reminders.before
    for span in listed.spans:
        due = span.extended_to or span.due_at
        gone = [one for one in span.deliveries if one.received_at is None]
        passed = due <= found.clock.now()
        if gone and not (passed and (fine or stopped)) and (passed or lead):
            yield _matter(dataset, span, due, lead, sorted(one.place for one in gone if one.place))


def _matter(dataset: Dataset, span: Span, due: datetime, lead: int, places: list[str]) -> Matter:
    missing = sum(one.received_at is None for one in span.deliveries)
    return Matter(
        "owed", dataset.owner, dataset.id, dataset.name, dataset.pack, span.window, due, lead, span.owed,
        missing, tuple(places), tuple(one.place for one in span.deliveries if one.place),
        extended=span.extended_to is not None,
    )  # fmt: skip


def _window(since: datetime) -> str:
    return f"{since.astimezone(clockwork().zone):%Y-%m-%d}"


def people_to_tell(moment: datetime | None = None) -> tuple[Person, ...]:
    """Everybody with an address at whose desk matters can land: officers and heads of agencies, acting
    deputies among them, operators and administrators. Whoever left is nobody."""
    from tinh.people import api as people

    moment, rhythms = moment or now(), channels.rhythms()
    heads, out = _heads(), []
    with people.through("work"):
        for user in people.User.objects.filter(is_active=True).order_by("username"):
            desks = tuple(_desks(user, moment, heads))
            if desks and channels.is_address(user.email):
                out.append(
                    Person(
                        user.email, user.full_name or user.username, desks,
                        rhythm=rhythms.get(user.pk, "daily"), account=user.pk,
                    )
                )  # fmt: skip
    return tuple(out) + _contacts(out)


def _heads() -> dict[str, str]:
    """The agencies whose head is declared, by agency."""
    return {one.id: one.head for one in agencies().values() if one.head}


def _contacts(found: Sequence[Person]) -> tuple[Person, ...]:
    """The declared addresses of agencies at whose head nobody with an address sits."""
    reached = {a for p in found for d in p.desks if d.duty == "head" for a in d.agencies or ()}
    return tuple(
        Person(one.contact.email, one.contact.name, (Desk("head", agencies().names(one.id)),))
        for one in agencies().values()
        if one.id not in reached and channels.is_address(one.contact.email)
    )


def _desks(user: User, moment: datetime, heads: Mapping[str, str]) -> Iterator[Desk]:
    from tinh.people import api as people

    main = people.Scope(user.role, user.agency, user.place, user.sector)
    for post in (main, *people.live_posts(user, moment)):
        yield from _desk(post, post.acting_for or user.username, heads)
    for agency, head in heads.items():
        if head == user.username:
            yield Desk("head", people.own_agencies(agency))


def _desk(post: Scope, holder: str, heads: Mapping[str, str]) -> Iterator[Desk]:
    """Where a post sits; `holder` is whose post it is, also while a deputy acts."""
    from tinh.people import api as people

    own = people.own_agencies(post.agency)
    declared = {heads[agency] for agency in own if agency in heads}
    if post.role in _OFFICERS and own:
        yield Desk("officer", own, post.sector, _within(post.place))
    elif post.role == "leader" and own and (not declared or holder in declared):
        yield Desk("head", own, post.sector, _within(post.place))
    elif post.role == "operator":
        yield Desk("operator", None, post.sector, _within(post.place))
    elif post.role == "administrator":
        yield Desk("administrator")


def _within(place: str) -> frozenset[str] | None:
    """The communes of a post's place, today's and those that went into it; None for the whole province."""
    if not place:
        return None
    found = corridor()
    today = clockwork().day(now())
    inside = Territory().inside
    codes = {unit.code for unit in found.gazetteer.communes(found.catalogue.place, today)}
    return frozenset({place, *(code for code in codes if inside(place, code))})


def vacancies(listed: Sequence[Person]) -> tuple[str, ...]:
    """The agencies that deliver data and have nobody with an address to tell."""
    from tinh.people import api as people

    reached: set[str] = set()
    for person in listed:
        for desk in person.desks:
            if desk.duty == "officer":
                reached |= desk.agencies or frozenset()
    owners = dict.fromkeys(d.owner for d in corridor().catalogue.datasets.values() if d.owner)
    return tuple(o for o in owners if not people.own_agencies(o) & reached)


def _all(moment: datetime) -> tuple[tuple[Matter, ...], tuple[Person, ...], tuple[str, ...]]:
    listed = people_to_tell(moment)
    empty = vacancies(listed)
    owned = [d.owner for d in corridor().catalogue.datasets.values()]
    lonely = tuple(Matter("vacant", agency, owed=owned.count(agency)) for agency in empty)
    return (*matters(moment), *lonely), listed, empty


def outlook(moment: datetime | None = None) -> Outlook:
    """What the next round will tell, as things stand now."""
    by, moment = clockwork(), moment or now()
    at = by.next_open(moment)
    heard = channels.told()
    if channels.round_done(by.day(at)):  # today's is over, so the next morning's
        at = by.next_open(by.evening(at))
    found, listed, empty = _all(at)
    return Outlook(at, found, listed, channels.plan(found, listed, heard, at, by), empty)


def remind(moment: datetime | None = None) -> Sent:
    """The round of the day, if it is time and has not been; nothing where no mail server is named, so that
    no heap of old letters goes out once one is."""
    by, moment = clockwork(), moment or now()
    if not channels.configured() or not by.open(moment):
        return Sent(quiet=True)
    if channels.round_done(by.day(moment)):
        return Sent(done=True)
    found, listed, _ = _all(moment)
    return channels.round_of(found, listed, moment, by, writer().letter)


def remind_agency(agency: str, actor: str, reason: str) -> Sent:
    """Tell one agency now, because somebody says so."""
    from tinh.people import api as people

    moment = now()
    found, listed, _ = _all(moment)
    names = people.own_agencies(agency)
    mine = [
        p for p in listed
        if any(d.duty in ("officer", "head") and (d.agencies or frozenset()) & names for d in p.desks)
    ]  # fmt: skip
    sent = channels.send_now(agency, names, found, mine, moment, clockwork(), writer().letter, actor, reason)
    people.note(actor, "manage reminders", f"{agency}: {len(sent.letters)}", allowed=True)
    return sent


def writer() -> Writer:
    from django.conf import settings

    found = corridor().catalogue
    return Writer(found.name, found.timezone, _Names(), settings.PUBLIC_URL)


class _Names:
    def agency(self, id: str, language: str) -> str:
        one = agencies().get(id)
        return one.name.in_("en" if language == "en" else "vi") if one else id

    def place(self, code: str, window: str, language: str) -> str:  # noqa: ARG002  names are Vietnamese
        found = corridor().gazetteer
        day = start(window).date()
        unit = found.find(code, day) or next(iter(found.versions(code)), None)
        return str(unit.name) if unit is not None else code
