"""The desk's own figures as a delivery: lead agency × month of the deadline, by the pack's contract."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tinh.cases import api as cases
from tinh.desks.directives.ground import ground
from tinh.desks.directives.issuing import KIND
from tinh.people import api as people

DATASET = "directives-monthly"
COLUMNS = (
    "period", "province_code", "agency", "issued", "reported", "on_time", "late", "due", "extended",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filing:
    """One month's file. `simulated` when any directive in it is."""

    month: str
    name: str
    data: bytes
    rows: int
    simulated: bool


def monthly(month: str) -> Filing:
    """The file of one month, `YYYY-MM`: directives whose deadline, as it stands now, falls in it.

    On time: the result was reported by the deadline and not sent back since; late: reported later, or not
    yet and the deadline has passed. Withdrawn ones do not count. The same directives give the same bytes.
    """
    clock, now = cases.ground().clock(), cases.ground().now()
    first = date.fromisoformat(f"{month}-01")
    after = (first + timedelta(days=32)).replace(day=1)
    start, end = (datetime.combine(d, datetime.min.time(), clock.zone) for d in (first, after))
    with people.through("case"):
        rows = list(
            cases.Case.objects.filter(kind=KIND, finish_by__gte=start, finish_by__lt=end)
            .exclude(outcome="withdrawn")
            .values_list("agency", "finish_by", "answered_at", "extended", "simulated")
        )
    counts: dict[str, Counter[str]] = {}
    for agency, finish_by, answered_at, extended, _simulated in rows:
        own = counts.setdefault(agency, Counter())
        own["issued"] += 1
        own["extended"] += bool(extended)
        own["reported"] += answered_at is not None
        if answered_at is not None or finish_by < now:
            own["due"] += 1
            own["on_time" if answered_at is not None and answered_at <= finish_by else "late"] += 1
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for agency, own in sorted(counts.items()):
        writer.writerow((month, ground().place(), agency, *(own[name] for name in COLUMNS[3:])))
    return Filing(
        month, f"chi-dao-{month}.csv", out.getvalue().encode(), len(counts), any(row[-1] for row in rows)
    )
