"""A service that hangs stops no other."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.axis.conftest import Pair
from tinh.axis.lanes import LaneFull, Lanes


def test_a_hanging_service_keeps_its_own_lane_and_others_go_on() -> None:
    lanes, hang = Lanes(threads=8, lane=3, waiting=5), threading.Event()
    stuck: list[Future[Any]] = [lanes.submit("slow", hang.wait, 20) for _ in range(8)]
    with pytest.raises(LaneFull):
        lanes.submit("slow", hang.wait, 20)
    quick = [lanes.submit("quick", lambda n=n: n) for n in range(6)]
    assert [one.result(5) for one in quick] == list(range(6))
    assert sum(one.running() for one in stuck) == 3
    assert stuck[-1].cancel(), "who waits in line may leave it"
    hang.set()
    assert all(one.result(5) for one in stuck[:-1])
    assert lanes.submit("slow", lambda: "again").result(5) == "again"
    assert not lanes._busy or lanes._busy == {}


def test_what_fails_in_a_lane_frees_it() -> None:
    lanes = Lanes(threads=2, lane=1)
    failed = [lanes.submit("a", lambda: 1 / 0) for _ in range(3)]
    for one in failed:
        with pytest.raises(ZeroDivisionError):
            one.result(5)
    assert lanes.submit("a", lambda: 1).result(5) == 1


def test_calls_of_one_service_go_on_while_forty_calls_of_another_hang(pair: Pair) -> None:
    from tinh.axis import api as axis

    hang = threading.Event()

    class Hanging:
        def answer(self, _exchange: Any) -> Any:
            hang.wait(20)
            return axis.Answer(200, {}, b"")

        def openapi(self) -> dict[str, Any]:
            return {}

    axis.provide("hang", lambda _reference: Hanging())
    slow = axis.publish(f"{pair.provider}/slow", "hang:", endpoints=[("GET", "/**")])
    axis.grant(slow, axis.subsystem(pair.client), purpose="p", basis="b", by="t")
    headers = {"X-Road-Client": pair.client, "Authorization": f"Bearer {pair.key}"}
    there = f"{pair.site.address}/r1/{slow}"
    with ThreadPoolExecutor(40) as hands:
        calls = [hands.submit(httpx.get, there, headers=headers, timeout=30) for _ in range(40)]
        time.sleep(1)
        assert not any(one.done() for one in calls)
        assert pair.call("GET", "/a").status_code == 200
        hang.set()
        assert {one.result().status_code for one in calls} == {200}
