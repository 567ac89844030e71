"""Reading the log: exchanges by who, what, when and how it ended; figures of a day; bodies that are over."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import connection
from django.utils import timezone

from tinh.axis.errors import NoSuchExchange
from tinh.axis.models import Entry, Kept, Member

Result = Literal["", "ok", "refused", "failed", "open"]

_RESULTS = {
    "ok": "r.status < 400 and r.error = ''",
    "refused": "r.error <> ''",
    "failed": "r.status >= 400 and r.error = ''",
    "open": "r.seq is null",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; `members` are those whose exchanges may be seen, None for all."""

    members: Collection[str] | None = None
    client: str = ""
    service: str = ""
    id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    result: Result = ""

    def where(self) -> tuple[str, list[Any]]:
        terms, given = ["q.kind = 'request'"], list[Any]()
        if self.members is not None:
            terms.append("(q.client_member = any(%s) or q.service_member = any(%s))")
            given += [list(self.members), list(self.members)]
        for column, text in (("client", self.client), ("service", self.service)):
            if text:
                terms.append(f"strpos(lower(q.{column}), lower(%s)) > 0")
                given.append(text)
        if self.id:
            terms.append("(q.message_id = %s or q.exchange = %s)")
            given += [self.id, self.id]
        if self.since:
            terms.append("q.at >= %s")
            given.append(self.since)
        if self.until:
            terms.append("q.at < %s")
            given.append(self.until)
        if self.result:
            terms.append(_RESULTS[self.result])
        return " and ".join(terms), given


@dataclass(frozen=True, slots=True)
class Row:
    """An exchange as a line of a list. `status` is None while no answer is on record."""

    seq: int
    at: datetime
    exchange: str
    message_id: str
    direction: str
    client: str
    service: str
    method: str
    path: str
    status: int | None
    error: str | None
    took: int | None  # microseconds
    batch: int = 0
    answered: tuple[int, int] = (0, 0)  # the entry of the answer, and its batch

    @property
    def result(self) -> Result:
        if self.status is None:
            return "open"
        return "refused" if self.error else "failed" if self.status >= 400 else "ok"


_COLUMNS = (
    "q.seq, q.at, q.exchange, q.message_id, q.direction, q.client, q.service, q.method, q.path, r.status, "
    "r.error, r.took, q.batch, array[coalesce(r.seq, 0), coalesce(r.batch, 0)]"
)
_JOIN = "axis_entry q left join axis_entry r on r.exchange = q.exchange and r.kind = 'response'"


def exchanges(wanted: Wanted, limit: int = 50, before: int | None = None) -> list[Row]:
    """The newest first; `before` is the `seq` of the last one seen."""
    terms, given = wanted.where()
    if before is not None:
        terms, given = f"{terms} and q.seq < %s", [*given, before]
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {_COLUMNS} from {_JOIN} where {terms} order by q.seq desc limit %s", [*given, limit]
        )
        return [Row(*row) for row in cursor.fetchall()]


def every(wanted: Wanted, most: int = 100_000) -> Iterator[Row]:
    """All of them, in portions."""
    before: int | None = None
    while most > 0:
        rows = exchanges(wanted, min(1000, most), before)
        yield from rows
        if len(rows) < 1000:
            return
        before, most = rows[-1].seq, most - len(rows)


def exchange(id: str, members: Collection[str] | None = None) -> list[Entry]:
    """The messages of one exchange, by its number or the message's X-Road-Id; NoSuchExchange otherwise."""
    found = list(Entry.objects.filter(exchange=id).order_by("seq"))
    if not found:
        first = Entry.objects.filter(message_id=id).order_by("-seq").first()
        found = list(Entry.objects.filter(exchange=first.exchange).order_by("seq")) if first else []
    if not found or (
        members is not None and not {found[0].client_member, found[0].service_member} & set(members)
    ):
        raise NoSuchExchange(id=id[:80])
    return found


@dataclass(frozen=True, slots=True)
class Figures:
    """A span of time in numbers: how many, how many refused, how many failed, and how slow (milliseconds)."""

    exchanges: int
    refused: int
    failed: int
    median: float | None
    slow: float | None  # 95 of 100 were faster
    slowest: tuple[tuple[str, float, int], ...]  # service, milliseconds of its 95th part, calls


def figures(since: datetime, members: Collection[str] | None = None) -> Figures:
    terms = "kind = 'response' and at >= %s"
    given: list[Any] = [since]
    if members is not None:
        terms += " and (client_member = any(%s) or service_member = any(%s))"
        given = [since, list(members), list(members)]
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*), count(*) filter (where error <> ''), "
            "count(*) filter (where status >= 400 and error = ''), "
            "percentile_cont(0.5) within group (order by took) / 1000, "
            f"percentile_cont(0.95) within group (order by took) / 1000 from axis_entry where {terms}",
            given,
        )
        count, refused, failed, median, slow = cursor.fetchone() or (0, 0, 0, None, None)
        cursor.execute(
            "select service, percentile_cont(0.95) within group (order by took) / 1000, count(*) "
            f"from axis_entry where {terms} and error = '' group by service order by 2 desc limit 5",
            given,
        )
        slowest = tuple((str(row[0]), float(row[1]), int(row[2])) for row in cursor.fetchall())
    return Figures(count, refused, failed, median, slow, slowest)


def named_members() -> dict[str, tuple[str, str]]:
    """Each member by its identifier: the agency that it is, "" where it is none of ours, and its own name."""
    return {str(one): (one.agency, one.name) for one in Member.objects.all()}


def members_of(agencies: Collection[str]) -> list[str]:
    """The identifiers of the members that these agencies are."""
    return [str(member) for member in Member.objects.filter(agency__in=[a for a in agencies if a])]


def forget() -> int:
    """Drop the bodies whose time is over; their digests stay in the chain."""
    return Kept.objects.filter(until__lt=timezone.now()).delete()[0]
