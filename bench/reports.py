"""Citizens' reports by the million: lists, searches, maps, counts; and whole reports taken in, photo included."""

# ruff: noqa: E501  # statements and rows, written as they are
from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from bench.report import Row, p95

ROOT = Path(__file__).parents[1]
SIZE = 1_000_000
LOOKS = 20


def run(scale: float) -> Iterator[Row]:
    from bench import front, lives, taking
    from tinh.site.state import here

    with _prepared() as home:
        begun = time.perf_counter()
        size = lives.fill(here().owner_url, max(5000, int(SIZE * scale)))
        yield Row(
            f"{size:,} reports with their histories, steps and parties filled in",
            time.perf_counter() - begun,
            "s",
        )
        yield from looked(size)
        yield from taking.run(home, max(200, int(1600 * min(1.0, scale * 5))))
        yield from front.run(home, max(100, int(600 * min(1.0, scale * 5))))


def run_workers(workers: int, scale: float) -> Iterator[Row]:
    """Whole reports taken in by worker processes, then sent through one door to one serving process, to two …
    `workers`; on an empty database."""
    from bench import front, taking

    with _prepared() as home:
        yield from taking.run(home, max(200, int(1600 * min(1.0, scale * 5))), workers)
        yield from front.run(
            home, max(100, int(600 * min(1.0, scale * 5))), range(1, workers + 1), weigh=False
        )


@contextmanager
def _prepared() -> Iterator[Path]:
    """A province made ready in a folder of its own, which goes afterwards."""
    from tinh.packs.api import compile as compile_province
    from tinh.site.api import prepare, read_options

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        declared = compile_province(ROOT / "provinces" / "thai-nguyen")
        options = read_options({}, home=Path(name), log="error")
        prepared = prepare(declared, Path(name) / declared.id, options)
        try:
            yield Path(name)
        finally:
            prepared.close()


def _timed(look: Callable[[], Any], times: int = LOOKS) -> float:
    """p95 in milliseconds, once warm; what takes long is looked at less often."""
    look()
    spent: list[float] = []
    while len(spent) < times and (len(spent) < 4 or sum(spent) < 3000):
        begun = time.perf_counter()
        look()
        spent.append((time.perf_counter() - begun) * 1000)
    return p95(spent)


def _slowest(what: str, looks: dict[str, Callable[[], Any]], most: float) -> Row:
    """One row for a family of questions: the slowest p95 of them, and which it was."""
    found = {name: _timed(look) for name, look in looks.items()}
    worst = max(found, key=lambda name: found[name])
    middle = sorted(found.values())[len(found) // 2]
    late = [name for name, taken in found.items() if taken > most]
    over = f"; over the promise: {', '.join(late)}" if late else ""
    note = f"slowest: {worst}; median of the {len(found)} p95: {middle:.0f} ms{over}"
    return Row(f"{what}, slowest of {len(found)} (p95)", found[worst], "ms", promised=f"≤ {most:.0f} ms",
               kept=found[worst] <= most, note=note)  # fmt: skip


def looked(size: int) -> Iterator[Row]:
    from django.db import connection

    from tinh.cases import api as cases
    from tinh.desks.api import reports
    from tinh.people import api as people

    def column(sql: str) -> list[Any]:
        with people.through("case"), connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    big, second, small = (
        column(f"select agency from cases_case group by 1 order by count(*) desc offset {n} limit 1")[0][0]
        for n in (0, 1, 12)
    )
    category = column("select category from cases_case group by 1 order by count(*) desc limit 1")[0][0]
    place = column("select place from cases_case group by 1 order by count(*) desc limit 1")[0][0]
    now = datetime.now(UTC)
    asked = {
        "open": cases.Filter(), "newest": cases.Filter(order="newest"),
        **{band: cases.Filter(band=band) for band in ("on_time", "soon", "late", "very_late")},
        "category": cases.Filter(category=category), "place": cases.Filter(place=place),
        "category and place": cases.Filter(category=category, place=place),
        "late of a category": cases.Filter(band="late", category=category),
        "closed": cases.Filter(state="closed"), "closed of a category": cases.Filter(state="closed", category=category),
        "closed of a place": cases.Filter(state="closed", place=place),
        "closed of a category and place": cases.Filter(state="closed", category=category, place=place),
        "newest of a category": cases.Filter(category=category, order="newest"),
        "newest of a place": cases.Filter(place=place, order="newest"),
        **{f"state {state}": cases.Filter(state=state) for state in ("new", "working", "waiting", "refused")},
        "nobody's": cases.Filter(unassigned=True), "mine": cases.Filter(mine=True),
        "urgent": cases.Filter(severity="urgent"), "by telephone": cases.Filter(source="hotline"),
        "of thirty days": cases.Filter(since=now - timedelta(days=30), order="newest"),
        "words": cases.Filter(text="ngập nước", order="newest"),
        "words without diacritics": cases.Filter(text="duong hong", order="newest"),
        "words nobody wrote": cases.Filter(text="xyzxyz", order="newest"),
        "words, open, of a category": cases.Filter(text="ngập nước", category=category),
    }  # fmt: skip
    roles = {
        "officer of the largest agency": people.Actor("can-bo", "case_officer", big, account=-1),
        "officer of a small agency": people.Actor("nho", "case_officer", small, account=-5),
        "officer of two agencies": people.Actor(
            "hai", "case_officer", big, account=-2, further=(people.Scope("case_officer", second),)
        ),
        "desk officer": people.Actor("tiep-nhan", "desk_officer", account=-3),
    }
    of = f"of {size:,}"
    for said, who in roles.items():
        looks = {name: (lambda who=who, f=f: cases.queue(who, f, limit=100)) for name, f in asked.items()}
        yield _slowest(f"list 100 {of}, {said}", looks, 100)
        after = cases.queue(who, asked["newest"], limit=1000).next
        deeper = cases.queue(who, asked["newest"], after=after, limit=1000).next if after else ""
        taken = _timed(partial(cases.queue, who, asked["newest"], after=deeper, limit=100))
        yield Row(
            f"list 100 {of} from the 2,001st on, {said} (p95)",
            taken,
            "ms",
            promised="≤ 100 ms",
            kept=taken <= 100,
        )
        taken = _timed(partial(cases.counts, who))
        yield Row(f"counts of the bands {of}, {said} (p95)", taken, "ms")
    leader = people.Actor("lanh-dao", "leader", account=-4)
    yield Row(f"supervision: loads of all agencies {of} (p95)", _timed(lambda: cases.loads(leader)), "ms")
    yield Row(
        f"supervision: loads of one agency's people {of} (p95)",
        _timed(lambda: cases.loads(leader, big)),
        "ms",
    )
    points = column(
        "select category, latitude, longitude from cases_case where public = 'shown' and id % 499 = 0"
    )
    dice = random.Random(766)
    dice.shuffle(points)
    at = cycle(points)
    taken = _timed(lambda: reports.near(*next(at)), 300)
    yield Row(
        f"reports alike near a clustered point {of}, as the form asks (p95)",
        taken,
        "ms",
        promised="≤ 50 ms",
        kept=taken <= 50,
    )
    wanted = {
        "all": reports.Wanted(), "open": reports.Wanted(state="open"), "done": reports.Wanted(state="done"),
        "category": reports.Wanted(category=category), "place": reports.Wanted(place=place),
        "agency": reports.Wanted(agency=big), "words": reports.Wanted(text="ngập nước"),
        "words without diacritics": reports.Wanted(text="duong hong"), "words nobody wrote": reports.Wanted(text="xyzxyz"),
        "words, open": reports.Wanted(text="ngập nước", state="open"),
        "category and place, open": reports.Wanted(category=category, place=place, state="open"),
        "a box of the map": reports.Wanted(box=(105.80, 21.55, 105.86, 21.61)),
    }  # fmt: skip
    looks = {name: (lambda w=w: reports.public_list(w, limit=30)) for name, w in wanted.items()}
    yield _slowest(f"public list and map {of}", looks, 100)
    begun = time.perf_counter()
    reports.statistics("agency")
    yield Row(f"statistics {of}, counted anew", (time.perf_counter() - begun) * 1000, "ms")
    yield Row(f"statistics {of}, asked again (p95)", _timed(lambda: reports.statistics("agency")), "ms")
    taken = _timed(lambda: cases.round_of_steps(now - timedelta(days=4000)))
    yield Row(
        f"a round while the steps of {size:,} wait (p95)",
        taken,
        "ms",
        promised="nothing: ≤ 5 ms",
        kept=taken <= 5,
    )
