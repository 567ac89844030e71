"""How the desk does, as provinces publish it: every rate with its numerator and denominator.

One statement counts each report once under agency, category, place and month of arrival (local time); sums
over those are what pages, files and the monthly delivery show, so they always agree.

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
from tinh.people import api as people

By = Literal["agency", "category", "group", "place", "month", "source"]


@dataclass(slots=True)
class Counts:
    """Numbers of reports. `overdue`: with any step late (5.2); `disliked` and `repeated` without those before
    (5.3). `answer_seconds` sums opening to answer of the answered."""

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
            "answered": (self.answered, self.received - self.refused - self.merged - self.withdrawn),
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
_REPEATED = "(c.reopened > 0 or c.state = 'merged')"
_SQL = f"""
select c.agency, c.category, coalesce(r."group", '') as grp, c.place, c.source,
  to_char(c.opened_at at time zone %(zone)s, 'YYYY-MM') as month,
  count(*) as received,
  count(c.accepted_at),
  count(*) filter (where c.accepted_at <= c.accept_by),
  count(*) filter (where c.accepted_at > c.accept_by
    or (c.accepted_at is null and c.closed_at is null and c.paused_at is null and c.accept_by < %(now)s)),
  count(*) filter (where c.state = 'refused'),
  count(*) filter (where c.state = 'merged'),
  count(*) filter (where c.outcome = 'withdrawn'),
  count(*) filter (where c.state = 'waiting'),
  count(*) filter (where c.answered_at is null and c.closed_at is null),
  count(*) filter (where c.answered_at is null and c.closed_at is null and c.paused_at is null
    and c.finish_by < %(now)s),
  count(c.answered_at),
  count(*) filter (where c.answered_at <= c.finish_by),
  count(*) filter (where c.answered_at > c.finish_by),
  count(r.published_at),
  count(*) filter (where c.outcome = 'fixed'),
  count(*) filter (where c.outcome = 'planned'),
  count(*) filter (where c.outcome = 'not_found'),
  count(*) filter (where r.word <> ''),
  count(*) filter (where r.word = 'satisfied'),
  count(*) filter (where r.word = 'acceptable'),
  count(*) filter (where r.word = 'unsatisfied'),
  count(*) filter (where c.reopened > 0),
  count(*) filter (where {_LATE}),
  count(*) filter (where {_LATE} is not true and r.word = 'unsatisfied'),
  count(*) filter (where {_LATE} is not true and r.word is distinct from 'unsatisfied' and {_REPEATED}),
  coalesce(sum(c.supporters), 0),
  count(*) filter (where c.simulated),
  coalesce(sum(extract(epoch from c.answered_at - c.opened_at)), 0)
from cases_case c left join desks_report r on r.case_id = c.id
where c.kind = 'report' and (%(start)s::timestamptz is null or c.opened_at >= %(start)s)
  and (%(end)s::timestamptz is null or c.opened_at < %(end)s) {{more}}
group by 1, 2, 3, 4, 5, 6
"""


def cube(period: Period = Period(), **only: str) -> dict[Key, Counts]:
    """Counts by agency, category, group, place, source and month. `only`: agency, category, place, source or
    group → the one wanted."""
    known = {
        "agency": "c.agency",
        "category": "c.category",
        "place": "c.place",
        "source": "c.source",
        "group": 'r."group"',
    }
    wanted = {name: value for name, value in only.items() if value}
    more = "".join(f" and {known[name]} = %({name})s" for name in wanted)
    facts = {
        "now": ground().now(), "zone": working().zone.key, "start": period.start, "end": period.end, **wanted,
    }  # fmt: skip
    with people.through("case"), connection.cursor() as cursor:
        cursor.execute(_SQL.format(more=more), facts)
        found = cursor.fetchall()
    return {Key(*row[:6]): _counts(row[6:]) for row in found}


def _counts(row: Sequence[Any]) -> Counts:
    found = Counts(*(int(value) for value in row[:-1]))
    found.answer_seconds = float(row[-1])
    return found


def statistics(by: By = "agency", period: Period = Period(), **only: str) -> Statistics:
    """The counts of a period, summed by what is asked, in the order of most received (months in order)."""
    return summed(cube(period, **only), by)


def summed(found: Mapping[Key, Counts], by: By) -> Statistics:
    """The sums of a cube by one of its edges."""
    total, parts = Counts(), dict[str, Counts]()
    for key, counts in found.items():
        total.add(counts)
        parts.setdefault(getattr(key, by), Counts()).add(counts)
    order: Iterable[str] = (
        sorted(parts) if by == "month" else sorted(parts, key=lambda k: (-parts[k].received, k))
    )
    simulated: Literal["all", "some", "none"] = (
        "none" if not total.simulated else "all" if total.simulated == total.received else "some"
    )
    return Statistics(total, {k: parts[k] for k in order}, by, ground().now(), simulated)
