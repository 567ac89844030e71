"""Work lists, counts and search, as far as whoever asks may see.

The earliest due comes first; a page begins after a cursor, so that rows that come in between shift nothing.
PostgreSQL asks its own question of every row besides; see docs/guide/second-lock.md. For a role of few
agencies each agency's list is read along its own index and the lists are merged: the cost is that of the
page.
"""

from __future__ import annotations

import base64
import heapq
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Case as Choice
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Least

from tinh.cases import words
from tinh.cases.case_errors import BadCursor, BadFilter
from tinh.cases.clock import BANDS
from tinh.cases.codes import read_code
from tinh.cases.ground import ground
from tinh.cases.models import Case, Watch
from tinh.cases.reading import veiled
from tinh.cases.shapes import SEVERITIES, SOURCES, STATES, Filter, Page
from tinh.people import api as people

MOST = 1000
_FEW = 8  # agencies whose lists are merged; more are read together
_ORDERS = {"due": ("due_at", "pk"), "newest": ("-opened_at", "-pk")}


def queue(
    actor: people.Actor, wanted: Filter | None = None, after: str = "", limit: int = 100,
    moment: datetime | None = None,
) -> Page:  # fmt: skip
    """A page of cases. `after` is the cursor the page before gave. Raises BadCursor, BadFilter,
    NotAllowed."""
    people.require_anywhere(actor, "read cases")
    asked = wanted or Filter()
    order = _known("order", asked.order, _ORDERS) or "due"
    _legible(asked)
    limit = max(1, min(limit, MOST))
    now = moment or ground().now()
    if code := read_code(asked.text):
        asked = replace(asked, text="")
    with people.as_person(actor), transaction.atomic():
        found = _narrowed(Case.objects.all(), actor, asked, now)
        if code:
            found = found.filter(code=code)
        if order == "due" and not asked.state and not code:
            found = found.filter(due_at__isnull=False)
        elif order == "due":
            order = "newest" if asked.state not in ("open", "", *_OPEN) else "due"
            if order == "due":
                found = found.filter(due_at__isnull=False)
        if after:
            found = found.filter(_beyond(after, order))
        rows = _page(found, actor, asked, order, limit + 1)
    more = len(rows) > limit
    return Page(tuple(veiled(rows[:limit], actor)), _cursor(rows[limit - 1], order) if more else "")


_OPEN = ("new", "accepted", "waiting", "assigned", "working", "answered")


def search(actor: people.Actor, text: str, after: str = "", limit: int = 50) -> Page:
    """Cases of any state with all these words, with or without diacritics, the newest first; or one by its
    code."""
    return queue(actor, Filter(text=text, order="newest"), after, limit)


def _page(found: QuerySet[Case], actor: people.Actor, asked: Filter, order: str, limit: int) -> list[Case]:
    agencies = _own(actor, asked)
    if agencies is None or len(agencies) > _FEW:
        return list(found.order_by(*_ORDERS[order])[:limit])
    if found.query.extra or not asked.text:
        with connection.cursor() as cursor:  # along the index in its order; the planner would gather and sort
            cursor.execute("set local enable_bitmapscan = off")
    lists = [list(found.filter(agency=one).order_by(*_ORDERS[order])[:limit]) for one in sorted(agencies)]
    if len(lists) == 1:
        return lists[0]

    def place(case: Case) -> tuple[float, int]:
        if order == "due":
            return (case.due_at.timestamp() if case.due_at else 0.0, case.pk)
        return (-case.opened_at.timestamp(), -case.pk)

    return list(heapq.merge(*lists, key=place))[:limit]


def _own(actor: people.Actor, asked: Filter) -> frozenset[str] | None:
    """The agencies whose cases are asked for, None for all; what PostgreSQL would show anyway, said in a way
    that an index answers."""
    mine = people.among_agencies(actor, "read cases")
    if asked.agency:
        named = people.own_agencies(asked.agency) | {asked.agency}
        return frozenset(named if mine is None else named & mine)
    return mine


def _narrowed(found: QuerySet[Case], actor: people.Actor, asked: Filter, now: datetime) -> QuerySet[Case]:
    if asked.state == "open":
        found = found.filter(closed_at__isnull=True)
    elif asked.state == "closed":
        found = found.filter(closed_at__isnull=False)
    elif asked.state:
        found = found.filter(state=_known("state", asked.state, STATES))
    if asked.band:
        found = _banded(found, _known("band", asked.band, BANDS), now)
    _known("severity", asked.severity, SEVERITIES)
    _known("source", asked.source, SOURCES)
    for name in ("kind", "category", "place", "severity", "source", "outcome"):
        if value := getattr(asked, name):
            found = found.filter(**{name: value})
    if asked.mine:
        found = found.filter(person_id=actor.account or -1)
    if asked.person is not None:
        found = found.filter(person_id=asked.person)
    if asked.unassigned:
        found = found.filter(person__isnull=True)
    if asked.simulated is not None:
        found = found.filter(simulated=asked.simulated)
    if asked.since is not None:
        found = found.filter(opened_at__gte=asked.since)
    if asked.until is not None:
        found = found.filter(opened_at__lt=asked.until)
    if asked.watched:
        mine = Watch.objects.filter(case=OuterRef("pk"), account_id=actor.account or -1)
        found = found.filter(Exists(mine))
    return _with_words(found, actor, asked) if asked.text.strip() else found


def _with_words(found: QuerySet[Case], actor: people.Actor, asked: Filter) -> QuerySet[Case]:
    """What has all the words. For few agencies the hits are fetched first, for they are part of what is asked
    of the index; where they are many, and for all agencies, the list is walked in its order."""
    marks = words.asked(asked.text)
    if not marks:
        return found.none()
    agencies = _own(actor, asked)
    told = words.query(marks, agencies)
    if agencies is not None and len(agencies) <= _FEW:
        with connection.cursor() as cursor:
            cursor.execute(f"{_HITS} limit {_GATHERED + 1}", [told])
            hits = [number for (number,) in cursor.fetchall()]
        if len(hits) <= _GATHERED:
            return found.filter(pk__in=hits)
    return found.extra(where=[f"cases_case.id in ({_HITS})"], params=[told])


_HITS = "select case_id from cases_words where words @@ %s::tsquery"
_GATHERED = 2000


def seen_at(now: datetime) -> Any:
    """The moment the clock of a row shows: it stands while paused, and once answered."""
    answered = Choice(When(state="answered", then=F("answered_at")))
    return Coalesce(Least(Value(now), F("paused_at"), answered), Value(now))


def _banded(found: QuerySet[Case], band: str, now: datetime) -> QuerySet[Case]:
    """A case that stands is in the band it stood in."""
    seen = found.filter(due_at__isnull=False).annotate(seen=seen_at(now))
    return seen.filter(
        {
            "on_time": Q(seen__lt=F("soon_at")),
            "soon": Q(seen__gte=F("soon_at"), seen__lte=F("due_at")),
            "late": Q(seen__gt=F("due_at"), seen__lte=F("grave_at")),
            "very_late": Q(seen__gt=F("grave_at")),
        }[band]
    )


def _legible(asked: Filter) -> None:
    """No row holds what the database cannot be asked for."""
    for name in ("kind", "category", "place", "agency", "outcome"):
        if "\0" in (value := getattr(asked, name)):
            raise BadFilter(name=name, value=value.replace("\0", "")[:40], known="–")


def _known(name: str, value: str, known: Any) -> str:
    if value and value not in known:
        raise BadFilter(name=name, value=value[:40], known=", ".join(known))
    return value


def counts(
    actor: people.Actor, wanted: Filter | None = None, moment: datetime | None = None
) -> Mapping[str, int]:
    """How many open cases are in each band, of what the filter leaves (its own band and order aside)."""
    people.require_anywhere(actor, "read cases")
    asked, now = replace(wanted or Filter(), band="", order="due"), moment or ground().now()
    _legible(asked)
    with people.as_person(actor):
        found = _narrowed(Case.objects.filter(due_at__isnull=False), actor, asked, now)
        agencies = _own(actor, asked)
        if agencies is not None:
            found = found.filter(agency__in=agencies)
        rows = found.annotate(seen=seen_at(now)).aggregate(
            very_late=Count("pk", filter=Q(seen__gt=F("grave_at"))),
            late=Count("pk", filter=Q(seen__gt=F("due_at"), seen__lte=F("grave_at"))),
            soon=Count("pk", filter=Q(seen__gte=F("soon_at"), seen__lte=F("due_at"))),
            on_time=Count("pk", filter=Q(seen__lt=F("soon_at"))),
        )
    return {band: rows[band] for band in BANDS}


def _cursor(case: Case, order: str) -> str:
    at = case.due_at if order == "due" else case.opened_at
    key = [order, at.astimezone(UTC).isoformat() if at else "", case.pk]
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _beyond(cursor: str, order: str) -> Q:
    try:
        said, at, number = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_"))
        moment, number = datetime.fromisoformat(at), int(number)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise BadCursor from error
    if said != order or moment.tzinfo is None or not 1900 < moment.year < 9000 or abs(number) >= 1 << 62:
        raise BadCursor
    if order == "due":
        return Q(due_at__gte=moment) & (Q(due_at__gt=moment) | Q(pk__gt=number))
    return Q(opened_at__lte=moment) & (Q(opened_at__lt=moment) | Q(pk__lt=number))
