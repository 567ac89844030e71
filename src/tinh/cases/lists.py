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
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Least

from tinh.cases import hits, words
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
    order = _order(asked)
    _legible(asked)
    limit = max(1, min(limit, MOST))
    now = moment or ground().now()
    if code := read_code(asked.text):
        asked = replace(asked, text="")
    with people.as_person(actor), transaction.atomic():
        found = _narrowed(Case.objects.all(), actor, asked, now)
        if code:
            found = found.filter(code=code)
        if order == "due":
            found = found.filter(due_at__isnull=False)
        if after:
            found = found.filter(_beyond(after, order))
        if asked.text.strip():
            rows = _worded(found, actor, asked, order, after, limit + 1)
        else:
            rows = _page(found, actor, asked, order, limit + 1)
    more = len(rows) > limit
    return Page(tuple(veiled(rows[:limit], actor)), _cursor(rows[limit - 1], order) if more else "")


_OPEN = ("new", "accepted", "waiting", "assigned", "working", "answered")


def _order(asked: Filter) -> str:
    """What is over owes nothing: it comes the newest first."""
    order = _known("order", asked.order, _ORDERS) or "due"
    return "newest" if order == "due" and asked.state and asked.state not in ("open", *_OPEN) else order


def cursor_of(case: Case, wanted: Filter | None = None) -> str:
    """The cursor a page of `queue` would give had it ended with this case; "" where it has no place in such a
    list."""
    order = _order(wanted or Filter())
    return "" if order == "due" and case.due_at is None else _cursor(case, order)


def search(actor: people.Actor, text: str, after: str = "", limit: int = 50) -> Page:
    """Cases of any state with all these words, with or without diacritics, the newest first; or one by its
    code."""
    return queue(actor, Filter(text=text, order="newest"), after, limit)


def _page(found: QuerySet[Case], actor: people.Actor, asked: Filter, order: str, limit: int) -> list[Case]:
    agencies = _own(actor, asked)
    few = agencies is not None and len(agencies) <= _FEW
    if few or asked.band:  # along the index in its order; the planner would gather and sort
        with connection.cursor() as cursor:
            cursor.execute("set local enable_bitmapscan = off")
    if agencies is None or not few:
        return list(found.order_by(*_ORDERS[order])[:limit])
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
    return found


def _sought(actor: people.Actor, asked: Filter) -> hits.Sought | None:
    """None where a text without a word was asked for."""
    marks = words.asked(asked.text)
    if not marks:
        return None
    agencies = _own(actor, asked)
    few = agencies is not None and len(agencies) <= _FEW
    sent = people.among_agencies(actor, "see reporters") is None
    return hits.Sought(tuple(marks), agencies if few else None, asked.category, asked.place, sent)


def _gathered(asked: Filter) -> int:
    """How many hits are fetched before a list is walked instead: where it is narrowed by what no mark stands
    for, a walk may have far to go."""
    plain = replace(asked, text="", agency="", category="", place="", order="due")
    return hits.GATHERED * (1 if plain == Filter() else 10)


def _worded(
    found: QuerySet[Case], actor: people.Actor, asked: Filter, order: str, after: str, limit: int
) -> list[Case]:
    """The page of a list that words were asked of."""
    sought = _sought(actor, asked)
    if sought is None:
        return []
    if order == "due":
        parts: Iterable[hits.Part] = (hits.having(found, sought, _gathered(asked)),)
    else:
        until = _place_of(after, order)[0] if after else asked.until
        parts = hits.newest(found, sought, asked.since, until)
    rows: list[Case] = []
    for part in parts:
        left = limit - len(rows)
        if part.walked:
            rows += _page(part.rows, actor, asked, order, left)
        else:
            rows += part.rows.order_by(*_ORDERS[order])[:left]
        if len(rows) >= limit:
            break
    return rows


def seen_at(now: datetime) -> Any:
    """The moment the clock of a row shows: it stands while paused."""
    return Coalesce(Least(Value(now), F("paused_at")), Value(now))


def _banded(found: QuerySet[Case], band: str, now: datetime) -> QuerySet[Case]:
    """A case that stands is in the band it stood in."""
    seen = found.filter(due_at__isnull=False).annotate(seen=seen_at(now))
    if band in ("late", "very_late"):
        seen = seen.filter(due_at__lt=now)  # where a walk in the order of what is owed may end
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
        if asked.text.strip():
            sought = _sought(actor, asked)
            found = hits.having(found, sought, _gathered(asked)).rows if sought else found.none()
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


def _place_of(cursor: str, order: str) -> tuple[datetime, int]:
    """The moment and number a cursor stands at."""
    try:
        said, at, number = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_"))
        moment, number = datetime.fromisoformat(at), int(number)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise BadCursor from error
    if said != order or moment.tzinfo is None or not 1900 < moment.year < 9000 or abs(number) >= 1 << 62:
        raise BadCursor
    return moment, number


def _beyond(cursor: str, order: str) -> Q:
    moment, number = _place_of(cursor, order)
    if order == "due":
        return Q(due_at__gte=moment) & (Q(due_at__gt=moment) | Q(pk__gt=number))
    return Q(opened_at__lte=moment) & (Q(opened_at__lt=moment) | Q(pk__lt=number))
