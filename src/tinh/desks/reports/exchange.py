"""What other programs are told of reports: pages of what everybody may see, single ones by their code, and
what happened between two moments. A program that sent a report sees it before a clerk has shown it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q, QuerySet

from tinh.cases import api as cases
from tinh.desks.photos import door as photos
from tinh.desks.reports.abuse import Caller, guessed
from tinh.desks.reports.models import Report
from tinh.desks.reports.moments import Moment, moments_of, notes_of
from tinh.desks.reports.showing import Shown, open_to_all, shown_of
from tinh.people import api as people

MOST = 1000
GUESSED = 100  # codes that never were, asked after from one network in an hour
_TIMES = (
    "case__accepted_at", "asked_at", "case__answered_at", "published_at", "case__closed_at", "rated_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """Which reports, by when they were sent and when something last happened; empty narrows nothing.

    `closed`: only those that have ended, or only those that have not. `offset` and `limit` part long answers.
    """

    since: datetime | None = None
    until: datetime | None = None
    changed_since: datetime | None = None
    changed_until: datetime | None = None
    categories: Sequence[str] = ()
    closed: bool | None = None
    offset: int = 0
    limit: int = MOST


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a report."""

    report: Shown
    moment: Moment


def listed(asked: Asked) -> tuple[list[Shown], bool]:
    """Shown reports, the newest first, and whether there are more after them."""
    with people.through("case"):
        found = open_to_all()
        for name, value in (("case__opened_at__gte", asked.since), ("case__opened_at__lte", asked.until)):
            found = found.filter(**{name: value}) if value is not None else found
        if asked.changed_since is not None or asked.changed_until is not None:
            found = found.filter(
                _changed(asked.changed_since, asked.changed_until, ("case__opened_at", *_TIMES))
            )
        if asked.categories:
            found = found.filter(category__in=asked.categories)
        if asked.closed is not None:
            ended = Q(case__closed_at__isnull=False) | Q(published_at__isnull=False)
            found = found.filter(ended if asked.closed else ~ended)
        limit = min(max(asked.limit, 1), MOST)
        rows = list(found.order_by("-case__opened_at", "-case_id")[asked.offset : asked.offset + limit + 1])
        pictures = photos.of_cases([row.case.code for row in rows])
        out = [_of(row, pictures) for row in rows[:limit]]
    return out, len(rows) > limit


def named(
    codes: Sequence[str], actor: people.Actor | None = None, caller: Caller | None = None
) -> list[Shown]:
    """Reports by their codes, in that order. Of one that not everybody may see only whether it is open is
    told, unless this program sent it. Codes that never were are counted for the network of `caller`: whoever
    tries codes out hears of shown reports alone for that hour (TooManyReports for any other)."""
    wanted = [code for code in map(cases.read_code, codes[:MOST]) if code]
    with people.through("case"):
        found = Report.objects.filter(case__code__in=wanted).select_related("case")
        rows = {row.case.code: row for row in found}
        own = _own(found, actor)
        pictures = photos.of_cases([row.case.code for row in rows.values()])
        out = [
            _of(rows[code], pictures) if _told(rows[code], own) else _veiled(rows[code])
            for code in dict.fromkeys(wanted)
            if code in rows
        ]
    if caller is not None and not all(code in rows and _told(rows[code], own) for code in wanted):
        guessed(caller, sum(code not in rows for code in set(wanted)), GUESSED)
    return out


def happened(
    since: datetime, until: datetime, actor: people.Actor | None = None, limit: int = MOST,
    codes: Sequence[str] = (),
) -> list[Happened]:  # fmt: skip
    """What happened to shown reports, and to those this program sent, oldest first; to those of `codes` alone
    where some are given."""
    with people.through("case"):
        found = Report.objects.filter(_sees(actor))
        if codes:
            found = found.filter(case__code__in=[cases.read_code(one) for one in codes[:MOST]])
        # what is among the first of all is among the first of its column
        first: set[int] = set()
        for column in _TIMES:
            within = found.filter(_changed(since, until, (column,))).order_by(column, "case_id")
            first.update(within.values_list("case_id", flat=True)[:limit])
        word = cases.Note.objects.filter(public=True, erased_at=None, account__isnull=False)
        word = word.filter(at__gte=since, at__lte=until, case__in=found.values("case_id"))
        first.update(word.order_by("at", "pk").values_list("case_id", flat=True)[:limit])
        rows = list(found.filter(pk__in=first).select_related("case"))
        pictures = photos.of_cases([row.case.code for row in rows])
        notes = notes_of([row.case for row in rows])
        out = [
            Happened(report, moment)
            for row in rows
            for report in (_of(row, pictures),)
            for moment in moments_of(row.case, row, notes.get(row.pk, ()))
            if since <= moment.at <= until and moment.what not in ("opened", "added")
        ]
    return sorted(out, key=lambda one: (one.moment.at, one.report.code))[:limit]


def sent_by(code: str, actor: people.Actor) -> bool:
    """Whether this program sent the report."""
    with people.through("case"):
        found = Report.objects.filter(case__code=cases.read_code(code))
        return bool(_own(found, actor))


def _changed(since: datetime | None, until: datetime | None, columns: Sequence[str]) -> Q:
    out = Q()
    for column in columns:
        ends = {f"{column}__gte": since, f"{column}__lte": until}
        out |= Q(**{name: value for name, value in ends.items() if value is not None})
    return out


def _sees(actor: people.Actor | None) -> Q:
    shown = Q(shown_at__isnull=False, case__public="shown")
    if actor is None or actor.account is None:
        return shown
    return shown | Q(case__source="open311", case__events__seq=1, case__events__account=actor.account)


def _own(found: QuerySet[Report], actor: people.Actor | None) -> frozenset[int]:
    if actor is None or actor.account is None:
        return frozenset()
    own = found.filter(case__events__seq=1, case__events__account=actor.account)
    return frozenset(own.values_list("case_id", flat=True))


def _told(row: Report, own: frozenset[int]) -> bool:
    return row.pk in own or (row.shown_at is not None and row.case.public == "shown")


def _of(row: Report, pictures: dict[str, photos.View]) -> Shown:
    seen = (pictures[row.case.code],) if row.case.code in pictures else ()
    return shown_of(row, seen, moments_of(row.case, row))


def _veiled(row: Report) -> Shown:
    """Whether a hidden report is open, since when and until when; nothing of what it says, who handles it,
    how it was judged, or what its sender did after the end."""
    ends = [at for at in (row.published_at, row.case.closed_at) if at is not None]
    ended = bool(ends)
    return replace(
        shown_of(row, (), ()), updated_at=min(ends, default=row.case.opened_at), subject="", body="",
        address="", latitude=None, longitude=None, answer="", remark="", answers=(), place="",
        source="", agency="", outcome="", refusal=None, word="", severity="",
        supporters=0, late=False, merged_into="", state="closed" if ended else "",
    )  # fmt: skip
