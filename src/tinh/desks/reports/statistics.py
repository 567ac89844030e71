"""How the desk does, as provinces publish it: every rate with its numerator and denominator.

One statement counts each report once under agency, category, place and month of arrival (local time): as a
cube for the monthly delivery, as sums along each edge for pages and files. Both read the same facts, so they
always agree.

on time   handled: answered by its limit, of those answered or overdue. Accepted alike.
5.2       (QĐ 766) of all received: those in which no step was late: refused by 2, asked for more by 5,
          handled by 15 (or the category's own limit), published by 2 working days.
5.3       (QĐ 766) of all received: those neither overdue, nor disliked, nor repeated (reopened or a
duplicate of
          one before). A report is taken away once, under the first of these that holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Literal

from django.db import connection

from tinh.desks.reports.ground import ground, working
from tinh.desks.reports.keeping import Keeper
from tinh.people import api as people

By = Literal["agency", "category", "group", "place", "month", "source"]


@dataclass(slots=True)
class Counts:
    """Numbers of reports. `overdue`: with any step late (5.2); `disliked` and `repeated` without those before
    (5.3). `answered_owed`: answered and not refused, merged or withdrawn after that. `answer_seconds` sums
    opening to answer of the answered."""

    received: int = 0
    accepted: int = 0
    accepted_on_time: int = 0
    accept_late: int = 0
    refused: int = 0
    merged: int = 0
    withdrawn: int = 0
    waiting: int = 0
    open: int = 0
    open_late: int = 0
    answered: int = 0
    on_time: int = 0
    late: int = 0
    published: int = 0
    fixed: int = 0
    planned: int = 0
    not_found: int = 0
    rated: int = 0
    satisfied: int = 0
    acceptable: int = 0
    unsatisfied: int = 0
    reopened: int = 0
    overdue: int = 0
    disliked: int = 0
    repeated: int = 0
    supporters: int = 0
    simulated: int = 0
    answered_owed: int = 0
    answer_seconds: float = 0.0

    def add(self, other: Counts) -> None:
        for name in NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def rates(self) -> dict[str, tuple[float, float]]:
        """Name → numerator, denominator."""
        return {
            "accepted_on_time": (self.accepted_on_time, self.accepted_on_time + self.accept_late),
            "on_time": (self.on_time, self.on_time + self.late + self.open_late),
            "answered": (self.answered_owed, self.received - self.refused - self.merged - self.withdrawn),
            "refused": (self.refused, self.received),
            "satisfied": (self.satisfied + self.acceptable, self.rated),
            "rated": (self.rated, self.published),
            "progress_766": (self.received - self.overdue, self.received),
            "satisfaction_766": (self.received - self.overdue - self.disliked - self.repeated, self.received),
        }

    @property
    def mean_days(self) -> float | None:
        """Calendar days from opening to answer; None while nothing is answered."""
        return self.answer_seconds / 86_400 / self.answered if self.answered else None

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


NAMES = tuple(f.name for f in fields(Counts))


@dataclass(frozen=True, slots=True)
class Key:
    agency: str
    category: str
    group: str
    place: str
    source: str
    month: str


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to before `end`, by the moment of arrival; None: open."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Statistics:
    """The whole, and the parts by what was asked. `simulated`: all of it, part of it or none is."""

    total: Counts
    parts: dict[str, Counts]
    by: By
    at: datetime
    simulated: Literal["all", "some", "none"]


_LATE = """(
  c.answered_at > c.finish_by
  or (c.answered_at is null and c.closed_at is null and c.paused_at is null and c.finish_by < %(now)s)
  or (c.state = 'refused' and r.refusal <> 'no-supplement' and c.closed_at > r.refuse_by)
  or r.asked_at > r.ask_by
  or coalesce(r.published_at, case when c.answered_at is not null and c.closed_at is null then %(now)s end)
     > r.publish_by
)"""
_FACTS = f"""
select c.agency, c.category, coalesce(r."group", '') as grp, c.place, c.source,
  to_char(c.opened_at at time zone %(zone)s, 'YYYY-MM') as month,
  c.state, c.outcome, c.opened_at, c.accepted_at, c.accept_by, c.answered_at, c.finish_by, c.closed_at,
  c.paused_at, c.reopened, c.supporters, c.simulated, r.published_at, r.word, coalesce({_LATE}, false) as late
from cases_case c left join desks_report r on r.case_id = c.id
where c.kind = 'report' and (%(start)s::timestamptz is null or c.opened_at >= %(start)s)
  and (%(end)s::timestamptz is null or c.opened_at < %(end)s) {{more}}
offset 0
"""  # offset 0: whether a report is late is found once for all counts that ask it
_COUNTS = """
  count(*),
  count(accepted_at),
  count(*) filter (where accepted_at <= accept_by),
  count(*) filter (where accepted_at > accept_by
    or (accepted_at is null and closed_at is null and paused_at is null and accept_by < %(now)s)),
  count(*) filter (where state = 'refused'),
  count(*) filter (where state = 'merged'),
  count(*) filter (where outcome = 'withdrawn'),
  count(*) filter (where state = 'waiting'),
  count(*) filter (where answered_at is null and closed_at is null),
  count(*) filter (where answered_at is null and closed_at is null and paused_at is null
    and finish_by < %(now)s),
  count(answered_at),
  count(*) filter (where answered_at <= finish_by),
  count(*) filter (where answered_at > finish_by),
  count(published_at),
  count(*) filter (where outcome = 'fixed'),
  count(*) filter (where outcome = 'planned'),
  count(*) filter (where outcome = 'not_found'),
  count(*) filter (where word <> ''),
  count(*) filter (where word = 'satisfied'),
  count(*) filter (where word = 'acceptable'),
  count(*) filter (where word = 'unsatisfied'),
  count(*) filter (where reopened > 0),
  count(*) filter (where late),
  count(*) filter (where not late and word = 'unsatisfied'),
  count(*) filter (where not late and word is distinct from 'unsatisfied'
    and (reopened > 0 or state = 'merged')),
  coalesce(sum(supporters), 0),
  count(*) filter (where simulated),
  count(*) filter (where answered_at is not null and state not in ('refused', 'merged')
    and outcome is distinct from 'withdrawn'),
  coalesce(extract(epoch from sum(answered_at - opened_at)), 0)
"""
_EDGES: dict[By, str] = {
    "agency": "agency", "category": "category", "group": "grp", "place": "place", "source": "source",
    "month": "month",
}  # fmt: skip
_ALL = ", ".join(_EDGES.values())
_CUBE = f"select {_ALL}, {_COUNTS} from ({_FACTS}) f group by {_ALL}"
_SIDES = f"""
select grouping({_ALL}), coalesce({_ALL}), {_COUNTS} from ({_FACTS}) f
group by grouping sets ({", ".join(f"({one})" for one in _EDGES.values())})
"""


def cube(period: Period = Period(), **only: str) -> dict[Key, Counts]:
    """Counts by agency, category, group, place, source and month. `only`: agency, category, place, source or
    group → the one wanted. A million reports have some hundred thousand such cells: for sums by one edge ask
    `statistics`."""
    return {Key(*row[:6]): _counts(row[6:]) for row in _asked(_CUBE, ground().now(), period, only)}


Edges = dict[By, dict[str, Counts]]


def edges(period: Period = Period(), **only: str) -> tuple[Edges, datetime]:
    """The sums of that cube by each of its edges, of one reading, and the moment they were counted at."""
    at = ground().now()
    found: Edges = {edge: {} for edge in _EDGES}
    by_mark = {(1 << len(_EDGES)) - 1 - (1 << n): edge for n, edge in enumerate(reversed(_EDGES))}
    for mark, name, *counts in _asked(_SIDES, at, period, only):
        found[by_mark[mark]][name] = _counts(counts)
    return found, at


def _asked(sql: str, at: datetime, period: Period, only: Mapping[str, str]) -> list[Any]:
    known = {
        "agency": "c.agency",
        "category": "c.category",
        "place": "c.place",
        "source": "c.source",
        "group": 'r."group"',
    }
    wanted = {name: value for name, value in only.items() if value}
    more = "".join(f" and {known[name]} = %({name})s" for name in wanted)
    facts = {"now": at, "zone": working().zone.key, "start": period.start, "end": period.end, **wanted}
    with people.through("case"), connection.cursor() as cursor:
        cursor.execute(sql.format(more=more), facts)
        return list(cursor.fetchall())


def _counts(row: Sequence[Any]) -> Counts:
    found = Counts(*(int(value) for value in row[:-1]))
    found.answer_seconds = float(row[-1])
    return found


_DEAR = 50_000  # reports from which on a count is kept a while
_kept: Keeper[tuple[Edges, datetime]] = Keeper(
    lambda counted: sum(one.received for one in counted[0]["month"].values()) >= _DEAR
)


def statistics(by: By = "agency", period: Period = Period(), **only: str) -> Statistics:
    """The counts of a period, summed by what is asked, in the order of most received (months in order). Of
    very many reports they may be some minutes old (keeping.py): `at` says of when they are."""
    question = (ground().catalogue().digest, period, tuple(sorted(only.items())))
    found, at = _kept.get(question, lambda: edges(period, **only))
    return _told(found[by], by, at)


def summed(found: Mapping[Key, Counts], by: By, at: datetime | None = None) -> Statistics:
    """The sums of a cube, counted `at`, by one of its edges."""
    parts = dict[str, Counts]()
    for key, counts in found.items():
        parts.setdefault(getattr(key, by), Counts()).add(counts)
    return _told(parts, by, at or ground().now())


def _told(parts: Mapping[str, Counts], by: By, at: datetime) -> Statistics:
    total = Counts()
    for counts in parts.values():
        total.add(counts)
    order: Iterable[str] = (
        sorted(parts) if by == "month" else sorted(parts, key=lambda k: (-parts[k].received, k))
    )
    simulated: Literal["all", "some", "none"] = (
        "none" if not total.simulated else "all" if total.simulated == total.received else "some"
    )
    return Statistics(total, {k: parts[k] for k in order}, by, at, simulated)
