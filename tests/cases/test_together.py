"""Many hands on the same cases: nothing is half done, done twice or lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.cases.conftest import MONDAY
from tests.harness.casework import all_due


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Let several do something at the same time; what each got, or how it was refused."""
    from django.db import connections

    from tinh.kit.errors import TinhError

    got: list[Any] = [None] * len(works)
    ready = threading.Barrier(len(works))

    def run(number: int) -> None:
        ready.wait()
        try:
            got[number] = works[number]()
        except TinhError as refused:
            got[number] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(works))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return got


def test_of_two_writers_the_second_is_told_the_newer_version(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    one, clerk = opened(), who("desk_officer")
    assert one.version == 1
    got = at_once(
        lambda: cases.act(one.code, "accept", clerk, version=1),
        lambda: cases.act(one.code, "refuse", clerk, "không thuộc thẩm quyền", version=1),
    )
    refused = [g for g in got if isinstance(g, cases.StaleCase)]
    assert len(refused) == 1
    assert refused[0].facts["version"] == 2 and refused[0].facts["who"] == clerk.name
    assert cases.verify_history(one.code) == cases.Checked(2, 0)


def test_many_openings_of_one_key_are_one_case(opened: Any) -> None:
    got = at_once(*[lambda: opened(key="cùng một lần gửi").code for _ in range(6)])
    assert len(set(got)) == 1


def test_a_timer_fires_once_though_two_rounds_come_at_once(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    one = opened()
    cases.act(one.code, "accept", who("desk_officer"), at=MONDAY)
    when = MONDAY + timedelta(hours=25)
    at_once(*[lambda: all_due(when) for _ in range(4)])
    told = [line.action for line in cases.history(one)]
    assert told.count("timer") == 1
    assert all_due(when) == 0 or [x.action for x in cases.history(one)].count("timer") == 1


def test_a_clock_that_jumps_fires_nothing_early_and_nothing_twice(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    one = opened()
    cases.act(one.code, "accept", who("desk_officer"), at=MONDAY)
    due = cases.one_case(one.code, who("desk_officer")).due_at
    for hours in (-1000, 25, -1000, 25, 26):
        all_due(MONDAY + timedelta(hours=hours))
    assert [line.action for line in cases.history(one)].count("timer") == 1
    cases.act(
        one.code, "answer", who("case_officer", "so-xd"), data={"text": "x"}, at=MONDAY - timedelta(days=3)
    )
    found = cases.one_case(one.code, who("desk_officer"))
    assert found.state == "closed" and found.finish_by == due
    assert cases.verify_history(one.code).problem == ""


def test_each_mark_of_a_limit_is_told_once_and_a_pause_stops_them(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    one, clerk = opened(), who("desk_officer")
    leader = who("leader")
    for when in (one.soon_at, one.due_at + timedelta(minutes=1), one.grave_at + timedelta(minutes=1)):
        for _ in range(2):
            all_due(when)
    marks = [x.action for x in cases.history(one) if x.action in ("soon", "late", "very_late")]
    assert marks == ["soon", "late", "very_late"]
    told = {(n.template, n.recipient) for n in cases.notices_of(one)}
    assert ("late", f"account:{leader.account}") in told and (
        "very_late",
        f"account:{leader.account}",
    ) in told
    still = opened()
    cases.act(still.code, "ask", clerk, "cho xin ảnh", at=MONDAY)
    assert cases.band_of(cases.one_case(still.code, clerk)) == "on_time"
    all_due(still.due_at + timedelta(minutes=1))
    assert "late" not in [x.action for x in cases.history(still)]


@pytest.fixture
def flaky(desk: Any) -> Any:
    from tinh.cases import api as cases

    ran: list[str] = []
    broken = {"yes": True}

    def push(case: Any, _arguments: Any, _moment: Any) -> dict[str, Any]:
        ran.append(case.code)
        if broken["yes"]:
            raise OSError("không nối được")
        return {"remote": "X-1"}

    cases.register_service("test-push", push, attempts=3)
    cases.register_service("test-quick", push, quick=True, attempts=3)
    return ran, broken


@pytest.mark.parametrize("action", ["push", "quick"])
def test_a_service_that_fails_is_retried_then_dead_then_freed_by_hand(
    opened: Any, who: Any, flaky: Any, action: str
) -> None:
    from tinh.cases import api as cases

    ran, broken = flaky
    one, clerk = opened(), who("desk_officer")
    cases.act(one.code, action, clerk, at=MONDAY)
    for minutes in range(0, 600, 30):
        all_due(MONDAY + timedelta(minutes=minutes))
    assert ran.count(one.code) == 3
    dead = next(d for d in cases.dead_letters(clerk) if d.case.code == one.code)
    assert (dead.attempts, "không nối được" in dead.error) == (3, True)
    broken["yes"] = False
    all_due(MONDAY + timedelta(days=1))
    assert ran.count(one.code) == 3  # nobody tries again by himself
    cases.retry_dead(dead.pk, clerk, "đã sửa đường truyền", at=MONDAY + timedelta(days=1))
    all_due(MONDAY + timedelta(days=1))
    found = cases.one_case(one.code, clerk)
    assert (found.state, found.accepted_at is not None, ran.count(one.code)) == ("working", True, 4)
    with pytest.raises(cases.NoSuchDead):
        cases.retry_dead(dead.pk, clerk, "lần nữa")


def test_two_merges_across_do_not_wait_for_each_other(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    a, b, clerk = opened(), opened(), who("desk_officer")
    got = at_once(
        lambda: cases.merge(a.code, b.code, clerk, "trùng"),
        lambda: cases.merge(b.code, a.code, clerk, "trùng"),
    )
    went = [g for g in got if not isinstance(g, Exception)]
    assert len(went) == 1 and went[0].state == "merged"


def _die_within(dsn: str, code: str, told: Any) -> None:
    """Another process begins a change and is killed before it ends."""
    import psycopg

    with psycopg.connect(dsn) as connection:
        for name in ("see", "change"):
            connection.execute(f"select set_config('tinh.{name}.cases_case', '-1', false)")
        done = connection.execute(
            "update cases_case set state = 'closed', version = 99 where code = %s", [code]
        )
        told.put(done.rowcount)
        time.sleep(60)


def test_a_process_that_dies_in_the_middle_leaves_nothing_half(
    opened: Any, who: Any, monkeypatch: Any
) -> None:
    from tinh.cases import api as cases
    from tinh.cases import running
    from tinh.site.state import here

    one, clerk = opened(), who("desk_officer")
    monkeypatch.setattr(  # its event and its steps are written; the case's own row is not yet
        running.Turn, "save", lambda _turn: (_ for _ in ()).throw(RuntimeError("x"))
    )
    with pytest.raises(RuntimeError):
        cases.act(one.code, "accept", clerk)
    monkeypatch.undo()
    assert [x.action for x in cases.history(one)] == ["open"]
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    other = context.Process(target=_die_within, args=(here().database_url, one.code, told))
    other.start()
    assert told.get(timeout=60) == 1
    assert other.pid is not None
    os.kill(other.pid, signal.SIGKILL)
    other.join(30)
    taken = cases.act(one.code, "accept", clerk)
    assert (taken.state, taken.version) == ("working", 2)
    assert cases.verify_history(one.code) == cases.Checked(2, 0)
