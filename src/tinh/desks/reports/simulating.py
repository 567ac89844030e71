"""Loading simulated reports, all of them marked as such, fast: for demonstrations and for measuring."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from django.db import transaction

from tinh.cases import api as cases
from tinh.desks.reports.ground import ground, outlines, working
from tinh.desks.reports.imagining import imagine
from tinh.desks.reports.lives import Life, Lives
from tinh.desks.reports.models import Report
from tinh.people import api as people

BATCH = 1000


def simulate(
    count: int = 4000, seed: int = 19, *, end: datetime | None = None, days: int = 730,
    told: Callable[[int], None] | None = None,
) -> int:  # fmt: skip
    """Load `count` simulated reports of the `days` before `end`; how many are new. The same seed and count
    loads the same reports once: what is there already is left alone."""
    moment = (end or ground().now()).astimezone(UTC)
    key = f"simulated/{seed}/{count}"
    with people.through("case"):
        if cases.Case.objects.filter(key=f"{key}/0").exists():
            return 0
    made = imagine(ground().catalogue(), outlines(moment.date()), moment, count, seed, days)
    flows = {p: cases.ground().process(p) for p in {one.category.process for one in made}}
    wound = working()
    lives = {p: Lives(wound, flow, moment, seed) for p, flow in flows.items()}
    done = 0
    batch: list[Life] = []
    for one in made:
        first = f"{key}/{one.repeats}" if one.repeats is not None else ""
        batch.append(lives[one.category.process].live(one, f"{key}/{one.number}", first))
        if len(batch) == BATCH:
            done += _keep(batch)
            batch = []
            if told is not None:
                told(done)
    return done + _keep(batch)


def _keep(batch: list[Life]) -> int:
    with people.through("case"), transaction.atomic():
        numbers = cases.open_past(life.past for life in batch)
        Report.objects.bulk_create(list(_rows(batch, numbers)), BATCH, ignore_conflicts=True)
    return len(batch)


def _rows(batch: list[Life], numbers: dict[str, int]) -> Iterator[Report]:
    for life in batch:
        life.row.case_id = numbers[life.past.opening.key]
        yield life.row
