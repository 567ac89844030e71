"""Processes killed in the middle of acts and rounds leave every case whole, whenever it happens."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.cases import diagrams
from tests.cases.conftest import MONDAY, REPORT
from tests.harness.casework import all_due

SEED = 20261122


def _work(home: str, database: str, codes: list[str], seed: int, told: Any) -> None:
    """Another process: acts, remarks and rounds of timers, in any order, until it is killed."""
    from tests.harness.server import ROOT
    from tinh.packs.api import compile as compile_province
    from tinh.site.api import prepare, read_options

    prepare(
        compile_province(ROOT / "provinces" / "thai-nguyen"), Path(home),
        read_options({}, home=Path(home).parent, port=0, log="error", database_url=database),
    )  # fmt: skip
    from tinh.cases import api as cases
    from tinh.kit.errors import TinhError
    from tinh.people import api as people

    found, there = diagrams.definition(REPORT), cases.ground()
    cases.stand_on(cases.Ground(clock=there.clock, process=lambda _id: found, now=lambda: MONDAY))
    with people.through("work"):
        clerk, officer = (
            people.actor_named(people.User.objects.get(username=name))
            for name in ("desk_officer", "case_officer-so-xd")
        )
    dice = random.Random(seed)
    moment = MONDAY
    told.put("ready")
    while True:
        code, moment = dice.choice(codes), moment + timedelta(minutes=dice.randrange(1, 120))
        does = dice.choice(("accept", "ask", "supplement", "answer", "note", "round", "extend", "reopen"))
        try:
            if does == "round":
                cases.round_of_steps(moment)
            elif does == "note":
                cases.note(code, "đã gọi", officer)
            elif does == "extend":
                cases.extend(code, moment + timedelta(days=30), officer, "mưa", "xin lỗi", at=moment)
            elif does == "reopen":
                cases.reopen(code, clerk, "chưa xong", at=moment)
            else:
                by = None if does == "supplement" else officer if does == "answer" else clerk
                cases.act(code, does, by, "lý do", {"text": "Đã vá"} if does == "answer" else {}, at=moment)
        except TinhError:
            continue  # not offered now


def test_kills_at_any_moment_leave_histories_steps_and_processes_whole(
    opened: Any, who: Any, site: Any
) -> None:
    from tinh.cases import api as cases
    from tinh.cases.models import Instance
    from tinh.people import api as people
    from tinh.site.state import here

    clerk = who("desk_officer")
    who("case_officer", "so-xd")
    codes = [opened().code for _ in range(4)]
    dice, context = random.Random(), multiprocessing.get_context("spawn")
    told = context.Queue()
    place = str(site.prepared.home)

    worker = context.Process(target=_work, args=(place, here().database_url, codes, SEED, told))
    worker.start()
    assert told.get(timeout=120) == "ready"

    def done() -> int:
        with people.through("case"):
            return sum(cases.Case.objects.filter(code__in=codes).values_list("seq", flat=True)) - len(codes)

    until = time.monotonic() + 0.7 + dice.random()
    while time.monotonic() < until or (done() < 20 and time.monotonic() < until + 60):
        # beside it, so that locks are held by both
        cases.note(dice.choice(codes), "bên này cũng ghi", clerk)
        cases.round_of_steps(MONDAY + timedelta(hours=dice.randrange(60)))
    assert worker.pid is not None and worker.is_alive()
    os.kill(worker.pid, signal.SIGKILL)
    worker.join(30)
    found = diagrams.definition(REPORT)
    for code in codes:
        assert cases.verify_history(code).problem == "", code
        with people.through("case"):
            case = cases.Case.objects.get(code=code)
            events = cases.Event.objects.filter(case=case)
            rows = set(cases.Step.objects.filter(case=case).exclude(task="").values_list("step", flat=True))
            state = Instance.objects.get(case=case).state
        assert case.seq == events.count() and case.version >= 1
        now = cases.process.look(found, state)
        assert rows == (set() if now.ended else {s.id for s in now.waiting}), code
        assert now.ended == (case.closed_at is not None)
    assert done() > 10, "the workers did too little to prove anything"
    moment = MONDAY + timedelta(days=4)
    for _ in range(3):  # nothing is held for ever: what waits can be done
        all_due(moment)
    for code in codes:
        case = cases.one_case(code, who("desk_officer"))
        if case.closed_at is None:
            cases.note(code, "tiếp tục", who("case_officer", "so-xd"))
        assert cases.verify_history(code).problem == ""
