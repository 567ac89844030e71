from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lake_trials import START, entry  # type: ignore[import-not-found]

from tinh.lake.api import DELTAS, Event, Lake, standing

_VERDICT: dict[str, Any] = {
    "accepted": 8,
    "held": 4,
    "scores": {
        "correct": {"num": 9, "den": 12},
        "sufficient": {"num": 3, "den": 3},
        "clean": {"num": 7, "den": 8},
        "alive": {"num": 1, "den": 1},
    },
}


def test_an_event_reads_back_as_it_was_told_and_a_repeat_of_it_is_a_no_op(lake: Lake) -> None:
    told = Event(
        "r1", START, "answered", "an@tinh", "sửa mã xã", "r2", (2, 7), {"from": "xlsx"}, 2, 0, 2, -2, 1, 2
    )
    before = lake.version()
    assert lake.add_events([told]) == 1
    assert lake.events("r1") == [told]
    after = lake.version()
    assert after > before
    assert lake.add_events([told]) == 0
    assert lake.version() == after
    assert lake.events("r2") == []


def test_another_process_sees_the_events(lake: Lake) -> None:
    other = Lake(lake.root)
    assert other.events() == []
    lake.add_events([Event("r1", START, "recalled", "b", "gửi nhầm")])
    assert [e.kind for e in other.events()] == ["recalled"]
    assert standing(_VERDICT, other.events()).recalled


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.integers(-9, 9), min_size=len(DELTAS), max_size=len(DELTAS)), max_size=5))
def test_a_standing_is_the_verdict_and_the_sum_of_the_deltas_in_any_order(deltas: list[list[int]]) -> None:
    events = [
        Event("r", START, "answered", other=str(i), **dict(zip(DELTAS, d, strict=True)))
        for i, d in enumerate(deltas)
    ]
    one, other = standing(_VERDICT, events), standing(_VERDICT, reversed(events))
    assert one == other
    assert one.held == 4 + sum(d[DELTAS.index("d_held")] for d in deltas)
    assert one.scores.correct.num == 9 + sum(d[DELTAS.index("d_correct_num")] for d in deltas)
    assert one.scores.alive.num == 1


def test_a_receipt_remembers_what_it_answers_and_which_rows_it_brought(lake: Lake) -> None:
    first = entry("a", [("A", "2026-01", 1)])
    answer = entry("b", [("A", "2026-02", 1)], hours=1)
    judged = replace(answer.judgement, extra={"mended": [3]})
    lake.commit(
        [first, replace(answer, receipt=replace(answer.receipt, answers=first.receipt.id), judgement=judged)]
    )
    assert [(a.id, a.answers, a.mended) for a in lake.answers(first.receipt.id)] == [
        (answer.receipt.id, first.receipt.id, (3,))
    ]
    stored = lake.receipt(first.receipt.id)
    assert stored is not None
    assert (stored.answers, stored.mended) == ("", ())
