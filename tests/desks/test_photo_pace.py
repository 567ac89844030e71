"""How many photos may come from one address in an hour, whichever process takes them; who waits for them."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from tinh.kit.ids import fresh

HOUR = 1_800_000_000 // 3600 * 3600


def test_what_came_to_one_process_counts_in_the_other(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tinh.desks.photos import limits
    from tinh.desks.photos.errors import UploadsTooFast

    clock = SimpleNamespace(time=lambda: HOUR + 1200.0)
    monkeypatch.setattr(limits, "time", clock)
    of = limits.Limits(hourly_photos=3, hourly_bytes=1000)
    one, other, network = limits.Pace(of), limits.Pace(of), fresh()  # as two processes hold them
    for pace in (one, other, one):
        pace.take(network, 100)
    with pytest.raises(UploadsTooFast) as found:
        other.take(network, 100)
    assert found.value.facts["minutes"] == 40
    heavy = fresh()
    one.take(heavy, 900)
    with pytest.raises(UploadsTooFast):
        other.take(heavy, 101)
    other.take(heavy, 100)
    for _ in range(4):
        one.take("", 10_000)  # nobody knows from where: not counted
    clock.time = lambda: HOUR + 3600.0
    other.take(network, 100)


def test_a_full_row_of_networks_forgets_the_one_that_sent_least(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tinh.desks.photos import limits
    from tinh.desks.photos.errors import UploadsTooFast

    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: HOUR + 3600 * 50.0))
    monkeypatch.setattr(limits, "_ROWS", 1)  # all of them stand in the same eight rows
    pace, busy = limits.Pace(limits.Limits(hourly_photos=3)), fresh()
    for _ in range(3):
        pace.take(busy, 1)
    for _ in range(40):
        pace.take(fresh(), 1)
    with pytest.raises(UploadsTooFast):
        pace.take(busy, 1)


def test_few_requests_wait_for_photos_at_a_time(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tinh.desks.api import photos
    from tinh.desks.photos import likeness

    looks: list[str] = []

    class Never:
        """Photos of a draft that nobody looks at."""

        def filter(self, **_: Any) -> Never:
            return self

        def exists(self) -> bool:
            looks.append(threading.current_thread().name)
            return True

    monkeypatch.setattr(likeness, "Photo", SimpleNamespace(objects=Never()))
    with ThreadPoolExecutor(likeness.WAITERS, thread_name_prefix="waits") as people:
        waiting = [people.submit(photos.settle, fresh(26), 2.0) for _ in range(likeness.WAITERS)]
        while len(looks) < 2 * likeness.WAITERS:
            time.sleep(0.01)
        begun = time.monotonic()
        assert [photos.settle(fresh(26), 2.0) for _ in range(20)] == [False] * 20
        assert time.monotonic() - begun < 1.0
        assert not any(one.result() for one in waiting)
    begun = time.monotonic()
    assert not photos.settle(fresh(26), 0.3) and time.monotonic() - begun >= 0.3  # there is room again
