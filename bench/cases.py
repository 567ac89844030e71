"""The case engine on a million cases: opening, lists under row-level security, duplicates near a point,
steps.

Cases are generated and copied in (COPY): half of them open, a hundred agencies, forty categories, a province
of 70 × 120 km with clusters; each open one waits for a mark of its limit. Opening and acting run the real
process.
"""

# ruff: noqa: E501  # rows and a diagram, written as they are
from __future__ import annotations

import random
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.report import Row, p95

ROOT = Path(__file__).parents[1]
SIZE = 1_000_000
AGENCIES, CATEGORIES = 100, 40
LOOKS = 200
THREADS = 4
NOW = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
_WORDS = (
    "đường", "hỏng", "ổ", "gà", "rác", "thải", "cống", "tắc", "nước", "ngập", "đèn", "tối", "cây", "đổ",
    "ồn", "ào", "khói", "bụi", "chó", "thả", "rông", "vỉa", "hè", "lấn", "chiếm", "điện", "cột",
    "nghiêng", "biển", "báo", "mất", "nắp", "mùi", "hôi", "chợ", "cóc", "xe", "tải", "quá", "tốc", "độ",
    "trường", "học", "bệnh", "viện", "thủ", "tục", "chậm", "trả", "lời", "thái", "độ",
)  # fmt: skip
_COLUMNS = (
    "id", "code", "kind", "category", "severity", "source", "subject", "body", "place", "latitude", "longitude",
    "band", "address", "facts", "agency", "state", "outcome", "opened_at", "since", "closed_at", "accept_by",
    "finish_by", "due_at", "soon_at", "grave_at", "paused_for", "extended", "reopened", "limits", "process",
    "digest", "simulated", "public", "supporters", "version", "key", "seq", "head", "mark",
)  # fmt: skip
PROCESS = """\
<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tinh="https://tinh.vn/bpmn"
  id="d" targetNamespace="t"><bpmn:process id="bench" name="Đo" tinh:en="Bench" isExecutable="true">
<bpmn:startEvent id="s" name="Mở" tinh:en="Open"/><bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="new"/>
<bpmn:userTask id="new" name="Mới" tinh:en="New" tinh:role="triage" tinh:state="new"><bpmn:extensionElements>
<tinh:actions><tinh:action id="accept" vi="Nhận"
en="Accept"/></tinh:actions></bpmn:extensionElements></bpmn:userTask> <bpmn:sequenceFlow id="f2"
sourceRef="new" targetRef="taking"/> <bpmn:serviceTask id="taking" name="Nhận" tinh:en="Take"
tinh:service="accept"/> <bpmn:sequenceFlow id="f3" sourceRef="taking" targetRef="working"/>
<bpmn:userTask id="working" name="Xử lý" tinh:en="Working"
tinh:state="working"><bpmn:extensionElements><tinh:actions> <tinh:action id="answer" vi="Trả lời"
en="Answer"/></tinh:actions></bpmn:extensionElements></bpmn:userTask> <bpmn:boundaryEvent id="late"
name="Nhắc" tinh:en="Urge" attachedToRef="working" cancelActivity="false">
<bpmn:timerEventDefinition><bpmn:timeDuration>PT24H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
<bpmn:sequenceFlow id="f5" sourceRef="late" targetRef="urging"/>
<bpmn:serviceTask id="urging" name="Nhắc" tinh:en="Urge" tinh:service="escalate"/>
<bpmn:sequenceFlow id="f6" sourceRef="urging" targetRef="e2"/><bpmn:endEvent id="e2" name="Xong"
tinh:en="Done"/> <bpmn:sequenceFlow id="f4" sourceRef="working" targetRef="e"/>
<bpmn:endEvent id="e" name="Xong" tinh:en="Done" tinh:state="closed"/></bpmn:process></bpmn:definitions>
"""


def run(scale: float) -> Iterator[Row]:
    import psycopg

    from tinh.packs.api import compile as compile_province
    from tinh.packs.api import pack_process, unpack_process
    from tinh.site.api import prepare, read_options

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        home = Path(name) / "home"
        prepared = prepare(
            compile_province(ROOT / "provinces" / "thai-nguyen"),
            home,
            read_options({}, home=Path(name), log="error"),
        )
        try:
            from tinh.cases import api as cases
            from tinh.site.state import here

            definition = unpack_process(pack_process("bench", {"bench.bpmn": PROCESS}))
            cases.stand_on(cases.Ground(process=lambda _id: definition, now=lambda: NOW))
            size = max(10_000, int(SIZE * scale))
            with psycopg.connect(here().owner_url) as owner:
                owner.execute("set session_replication_role = replica")
                points = _fill(owner, size)
                owner.commit()
                for table in ("case", "words", "step"):
                    owner.execute(f"analyze cases_{table}")
                owner.commit()
            yield from _measured(cases, size, points)
        finally:
            prepared.close()


def _fill(owner: Any, size: int) -> list[tuple[str, float, float]]:
    """Copy generated cases, their words and the marks they wait for; a sample of their points."""
    from django.db import connection

    from tinh.cases import words
    from tinh.cases.near import band_of
    from tinh.people import api as people

    owner.execute("select set_config('tinh.see.cases_case', '-9223372036854775808', false)")
    people.tell(owner, "work")
    connection.close()
    dice = random.Random(766)
    centres = [(21.3 + dice.random() * 1.0, 105.4 + dice.random() * 0.8) for _ in range(120)]
    sample = []
    marks = {word: words.marks_of(word) for word in _WORDS}
    said = owner.cursor()
    texts = []
    with said.copy(f"copy cases_case ({', '.join(_COLUMNS)}) from stdin") as copy:
        for n in range(1, size + 1):
            at, chosen = NOW - timedelta(minutes=dice.random() * 525_600), dice.choices(_WORDS, k=8)
            centre = dice.choice(centres)
            latitude, longitude = dice.gauss(centre[0], 0.02), dice.gauss(centre[1], 0.02)
            due = None if n % 2 else NOW + timedelta(minutes=dice.uniform(-20_000, 40_000))
            category, agency = f"loai-{dice.randrange(CATEGORIES)}", f"co-quan-{dice.randrange(AGENCIES)}"
            if n % (size // 400 or 1) == 0:
                sample.append((category, latitude, longitude))
            texts.append((n, chosen, agency))
            copy.write_row((
                n, f"B-{n}", "report", category, "normal", "web", " ".join(chosen), "", "05443", latitude, longitude,
                band_of(latitude), "", "{}", agency, "closed" if n % 2 else "working", "", at, at,
                at + timedelta(days=9) if n % 2 else None, None, due, due,
                due - timedelta(hours=4) if due else None, due + timedelta(days=30) if due else None, 0.0, False, 0,
                "{}", "", "", True, "hidden", 0, 1, f"b-{n}", 0, "", "",
            ))  # fmt: skip
    with said.copy("copy cases_words (case_id, words) from stdin") as copy:
        for n, chosen, agency in texts:
            found = {m for word in chosen for m in marks[word]} | {words.agency_mark(agency)}
            copy.write_row((n, " ".join(sorted(found))))
    with said.copy(
        "copy cases_step (case_id, step, task, kind, name, vi, en, role, lane, state, pauses, actions, arguments, at,"
        " due_at, attempts, error, dead) from stdin"
    ) as copy:
        for n, _, _ in texts:
            when = NOW + timedelta(minutes=dice.uniform(10, 500_000))
            copy.write_row((n, "~clock", "", "clock", "late", "", "", "", "", "", False, "[]", "{}", NOW, when, 0, "",
                            False))  # fmt: skip
    owner.execute("select setval('cases_case_id_seq', %s)", [size + 1])
    return sample


def _timed(work: Callable[[], Any], times: int = LOOKS) -> float:
    """p95 in milliseconds."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        found.append((time.perf_counter() - begun) * 1000)
    return p95(found)


def _measured(cases: Any, size: int, points: list[tuple[str, float, float]]) -> Iterator[Row]:
    from tinh.people import api as people

    officer = people.Actor("can-bo", "case_officer", "co-quan-7", account=-1)
    two = people.Actor(
        "hai", "case_officer", "co-quan-7", account=-2, further=(people.Scope("case_officer", "co-quan-8"),)
    )
    clerk = people.Actor("tiep-nhan", "desk_officer", account=-3)
    of = f"of {size:,}"
    whole = cases.queue(officer, limit=100)
    assert whole.items
    deep = cases.queue(officer, after=cases.queue(officer, limit=1000).next or "", limit=100)
    assert deep.items
    looks: dict[str, tuple[Callable[[], Any], float]] = {
        f"list 100 {of}, officer of one agency": (lambda: cases.queue(officer, limit=100), 100),
        f"list 100 {of}, officer of two agencies": (lambda: cases.queue(two, limit=100), 100),
        f"list 100 {of}, desk officer": (lambda: cases.queue(clerk, limit=100), 100),
        f"list 100 late ones {of}, officer": (lambda: cases.queue(officer, cases.Filter(band="late")), 100),
        f"list 100 of a category {of}, officer": (
            lambda: cases.queue(officer, cases.Filter(category="loai-3")), 100,
        ),
        f"newest 100 {of}, officer": (lambda: cases.queue(officer, cases.Filter(order="newest")), 100),
        f"search two words {of}, officer": (lambda: cases.search(officer, "nước ngập"), 100),
        f"search two words without diacritics {of}, desk officer": (lambda: cases.search(clerk, "nuoc ngap"), 100),
        f"search four words {of}, desk officer": (lambda: cases.search(clerk, "cho tha rong ngap"), 100),
    }  # fmt: skip
    for what, (look, most) in looks.items():
        taken = _timed(look)
        yield Row(f"{what} (p95)", taken, "ms", promised=f"≤ {most:.0f} ms", kept=taken <= most)
    taken = _timed(lambda: cases.counts(officer), 60)
    yield Row(f"counts of the bands {of}, officer (p95)", taken, "ms")
    taken = _timed(lambda: cases.counts(clerk), 20)
    yield Row(f"counts of the bands {of}, desk officer (p95)", taken, "ms")
    at = iter(points * 10)

    def near() -> None:
        category, latitude, longitude = next(at)
        cases.near("report", category, latitude, longitude, 200, 10)

    taken = _timed(near)
    yield Row(f"duplicates within 200 m {of} (p95)", taken, "ms", promised="≤ 50 ms", kept=taken <= 50)
    taken = _timed(lambda: cases.round_of_steps(NOW))
    yield Row(
        f"a round while {size:,} steps wait (p95)", taken, "ms", promised="nothing: ≤ 5 ms", kept=taken <= 5
    )
    yield from _worked(cases, clerk)


def _worked(cases: Any, clerk: Any) -> Iterator[Row]:
    from django.db import connections

    made: list[str] = []

    def opening() -> Any:
        key = uuid.uuid4().hex
        return cases.Opening(
            kind="report", subject=" ".join(random.choices(_WORDS, k=8)), key=key, category="loai-3",
            body=" ".join(random.choices(_WORDS, k=60)), agency="co-quan-7", process="bench", place="05443",
            latitude=21.59 + random.random() / 10, longitude=105.8, address="phường Phan Đình Phùng",
            party=cases.Party(name="Nguyễn Văn A", phone="0912345678", email="a@example.vn"),
        )  # fmt: skip

    for _ in range(20):
        made.append(cases.open_case(opening(), None).code)
    each = 400
    spent: list[float] = []

    def work() -> None:
        for _ in range(each):
            begun = time.perf_counter()
            made.append(cases.open_case(opening(), None).code)
            spent.append((time.perf_counter() - begun) * 1000)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    begun = time.perf_counter()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    rate = each * THREADS / (time.perf_counter() - begun)
    yield Row(
        f"cases opened with process, party and history, {THREADS} threads", rate, "/s", promised="≥ 200/s",
        kept=rate >= 200, note=f"p95 {p95(spent):.1f} ms each",
    )  # fmt: skip
    left = iter(made)
    taken = _timed(lambda: cases.act(next(left), "accept", clerk))
    yield Row("a step of a process: accept (p95)", taken, "ms", promised="≤ 20 ms", kept=taken <= 20)
    left = iter(made)
    taken = _timed(lambda: cases.act(next(left), "answer", clerk))
    yield Row("a step of a process: answer and end (p95)", taken, "ms", promised="≤ 20 ms", kept=taken <= 20)
    left = iter(made)
    taken = _timed(lambda: cases.verify_history(next(left)))
    yield Row("a history verified (p95)", taken, "ms")
