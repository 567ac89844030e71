"""An indicator for all places out of 100 M rows, now and as of an old day.

Asked in both ways a door can ask: computed from 100 M stream rows (`Lake.query`, a mean by
place over one month), and read from 100 M stored values (`Lake.values`, every place at one hour).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from bench.province import make
from bench.report import Row, p95

LOOK_UPS = 40
_SQL = (
    'SELECT _place AS place, avg(level) AS value, count(*) AS n FROM "readings" '
    "WHERE _period BETWEEN ? AND ? GROUP BY _place"
)


def run(scale: float) -> Iterator[Row]:
    from bench.history import OLD_DAY, fill

    count = max(100_000, int(100_000_000 * scale))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        catalogue = make(Path(name) / "province")
        begun = time.perf_counter()
        past = fill(catalogue, Path(name) / "lake", count)
        filled = f"filled in {time.perf_counter() - begun:.0f} s"
        lake, months = past.lake, past.months
        datasets = {"readings": catalogue.datasets["readings"]}

        def computed(at: int, as_of: datetime | None) -> int:
            month = months[at % (len(months) - 1)]
            return lake.query(_SQL, datasets, [month, month + "~"], as_of).height

        def read(at: int, as_of: datetime | None) -> int:
            hour = f"{months[at % (len(months) - 1)]}-15T07"
            return lake.values("level-hourly", first=hour, last=hour, as_of=as_of).height

        yield from _both(f"by place, one month of {past.rows:,} rows (p95)", computed, OLD_DAY, filled)
        yield from _both(f"every place, one hour of {past.values:,} stored values (p95)", read, OLD_DAY)


def _both(
    what: str, look: Callable[[int, datetime | None], int], old_day: datetime, note: str = ""
) -> Iterator[Row]:
    """Now and then by turns, so that the machine's noise meets both alike."""
    now, then = [], []
    for at in range(-2, LOOK_UPS):
        for found, as_of in ((now, None), (then, old_day)):
            begun = time.perf_counter()
            assert look(abs(at), as_of)
            if at >= 0:
                found.append(time.perf_counter() - begun)
    today, old = p95(now) * 1000, p95(then) * 1000
    yield Row(what, today, "ms", promised="≤ 100 ms", kept=today <= 100, note=note)
    yield Row(f"{what}, as of an old day", old, "ms", "today", today, old / today, "≤ 2 ×", old / today <= 2)
