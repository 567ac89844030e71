"""What rights cost: the question itself, telling PostgreSQL who asks, and lists under row-level security.

Accounts, keys and log lines grow from 10 thousand to a million; the lists stay those of one page. The peer
is the owner of the tables, whom no policy binds.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.report import Row, p95

ROOT = Path(__file__).parents[1]
SIZES = (10_000, 100_000, 1_000_000)
LOOKS = 60
OWN = 50  # accounts of the own agency, at every size
_ACCOUNTS = (
    "insert into people_user (username, password, email, full_name, role, agency, place, sector, is_active,"
    " demo, created_at) select 'can-bo-' || i, 'x', 'cb' || i || '@example.vn', 'Cán bộ ' || i, 'viewer',"
    " 'co-quan-' || (i / %s), '', '', true, false, now() from generate_series(%s::int, %s::int) i"
)
_LINES = (
    "insert into people_access (at, who, action, subject, allowed, address)"
    " select now() - (i || ' seconds')::interval, 'can-bo-' || (i %% 20000), 'push', 'x', true, ''"
    " from generate_series(%s::int, %s::int) i"
)
LISTS = {
    "accounts in order": "select * from people_user order by username limit 100",
    "one account by name": "select * from people_user where name_key = lower('Can-Bo-177')",
    "newest log lines": "select * from people_access order by at desc limit 100",
}


def run(scale: float) -> Iterator[Row]:
    import psycopg

    from tinh.packs.api import compile as compile_province
    from tinh.site.api import prepare, read_options

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        home = Path(name) / "home"
        prepared = prepare(
            compile_province(ROOT / "provinces" / "thai-nguyen"),
            home,
            read_options({}, home=Path(name), log="error"),
        )
        try:
            from tinh.site.state import here

            yield from _question(prepared.catalogue.datasets)
            with psycopg.connect(here().owner_url, autocommit=True) as owner:
                yield from _lists(owner, [max(1000, int(size * scale)) for size in SIZES])
        finally:
            prepared.close()


def _timed(work: Callable[[], Any], times: int) -> float:
    """p95 in milliseconds."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        found.append((time.perf_counter() - begun) * 1000)
    return p95(found)


def _question(datasets: Any) -> Iterator[Row]:
    from django.db import connection

    from tinh.people import api as people

    further = tuple(people.Scope("data_officer", f"co-quan-{n}") for n in range(5))
    who = people.Actor("x", "data_officer", "so-nnmt", account=1, further=further)

    def ask() -> None:
        for dataset in datasets.values():
            people.may(who, "push", dataset)

    each = _timed(ask, 2000) / len(datasets)
    yield Row("one question of rights, six posts (p95)", each, "ms", promised="≤ 1 ms", kept=each <= 1)

    def turn(actor: people.Actor) -> None:
        with people.as_person(actor), connection.cursor() as cursor:
            cursor.execute("select 1")

    def stay() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select 1")

    told = _timed(lambda: turn(who), 1000)
    plain = _timed(stay, 1000)
    yield Row(
        "a query with telling PostgreSQL who asks (p95)", told, "ms", "without", plain, told / plain,
        "≤ 1 ms more", told - plain <= 1,
    )  # fmt: skip


def _lists(owner: Any, sizes: list[int]) -> Iterator[Row]:
    from tinh.people import api as people

    done, first = 0, {}
    for size in sizes:
        for sql, more in ((_ACCOUNTS, (OWN,)), (_LINES, ())):
            owner.execute(sql, (*more, done + 1, size))
        owner.execute("analyze people_user")
        owner.execute("analyze people_access")
        done = size
        askers = {
            "administrator": people.Actor("quantri", "administrator", account=-1),
            "data officer": people.Actor("can-bo-177", "data_officer", "co-quan-3", account=177),
        }
        for what, sql in LISTS.items():
            free = _timed(lambda sql=sql: owner.execute(sql).fetchall(), LOOKS)  # type: ignore[misc]
            for name, actor in askers.items():
                taken = _timed(_as(actor, sql), LOOKS)
                key = (what, name)
                first.setdefault(key, taken)
                yield Row(
                    f"{what}, {size:,} rows, {name} (p95)", taken, "ms", "owner, no policies", free,
                    taken / free,
                    "flat: ≤ 3 × the first or 10 ms" if size != sizes[0] else "",
                    taken <= max(3 * first[key], 10.0) if size != sizes[0] else None,
                )  # fmt: skip


def _as(actor: Any, sql: str) -> Callable[[], Any]:
    from django.db import connection

    from tinh.people import api as people

    def look() -> Any:
        with people.as_person(actor), connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    return look
