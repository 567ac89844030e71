"""The desk's own figures as a delivery: commune × month of arrival × group, by the pack's contract."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tinh.desks.reports.ground import ground, zone
from tinh.desks.reports.statistics import Counts, Period, cube

DATASET = "citizen-reports-monthly"
COLUMNS = (
    "period", "commune_code", "category_group", "received", "accepted", "refused", "merged", "answered",
    "on_time",
    "late", "due", "rated", "satisfied", "unsatisfied", "in_time_766", "content_766", "population",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filing:
    """One month's file. `simulated` when any report in it is."""

    month: str
    name: str
    data: bytes
    rows: int
    simulated: bool


def monthly(month: str, population: Mapping[str, int] | None = None) -> Filing:
    """The file of one month, `YYYY-MM`. `population`: commune → people, where it is known.

    Reports without a commune or a group declared now are left out; the same figures give the same bytes.
    """
    first = date.fromisoformat(f"{month}-01")
    after = (first + timedelta(days=32)).replace(day=1)
    start, end = (datetime.combine(d, datetime.min.time(), zone()) for d in (first, after))
    known, sums = ground().catalogue().report_groups, dict[tuple[str, str], Counts]()
    for key, counts in cube(Period(start, end)).items():
        if key.place and key.group in known:
            sums.setdefault((key.place, key.group), Counts()).add(counts)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for (place, group), c in sorted(sums.items()):
        in_time = c.received - c.overdue
        people = (population or {}).get(place, "")
        writer.writerow((
            month, place, group, c.received, c.accepted, c.refused, c.merged, c.answered, c.on_time,
            c.late + c.open_late, c.answered + c.open_late, c.rated, c.satisfied + c.acceptable,
            c.unsatisfied,
            in_time, in_time - c.disliked - c.repeated, people,
        ))  # fmt: skip
    simulated = any(c.simulated for c in sums.values())
    return Filing(month, f"phan-anh-{month}.csv", out.getvalue().encode(), len(sums), simulated)


def months(count: int, until: date) -> list[str]:
    """The `count` months that end with that of `until`, the earliest first."""
    found, day = [], until.replace(day=1)
    for _ in range(count):
        found.append(f"{day:%Y-%m}")
        day = (day - timedelta(days=1)).replace(day=1)
    return found[::-1]
