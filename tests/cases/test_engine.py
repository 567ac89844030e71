"""A case is opened once, acted on by who may, and says so in a history nobody can rewrite."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cases.conftest import MONDAY


def test_the_same_key_opens_one_case(opened) -> None:
    first = opened(key="k-1")
    assert opened(key="k-1").code == first.code
    assert first.state == "new" and first.due_at is not None
    assert first.due_at == MONDAY + timedelta(hours=8 + 16 + 0 - 0) or first.due_at > MONDAY


def test_a_case_runs_from_accepting_to_its_answer(opened, who) -> None:
    from tinh.cases import api as cases

    one = opened()
    clerk, officer = who("desk_officer"), who("case_officer", "so-xd")
    taken = cases.act(one.code, "accept", clerk, at=MONDAY + timedelta(hours=1))
    assert (taken.state, taken.accepted_at) == ("working", MONDAY + timedelta(hours=1))
    done = cases.act(one.code, "answer", officer, data={"text": "Đã vá", "cost": "12"})
    assert (done.state, done.outcome, done.due_at) == ("closed", "fixed", None)
    told = cases.history(done)
    assert [line.action for line in told] == ["open", "accept", "answer"]
    assert told[2].facts == {"cost": 12} and told[2].personal == {"text": "Đã vá"}
    assert cases.verify_history(one.code) == cases.Checked(3, 0)


def test_offers_are_what_the_person_may_do(opened, who) -> None:
    from tinh.cases import api as cases

    one = opened()
    assert {o.id for o in cases.actions_of(one, who("desk_officer"))} >= {
        "accept",
        "refuse",
        "assign",
        "merge",
    }
    assert "accept" not in {o.id for o in cases.actions_of(one, who("case_officer", "so-xd"))}
    assert cases.actions_of(one, who("auditor")) == ()


def test_what_is_not_offered_is_refused_with_what_is(opened, who) -> None:
    from tinh.cases import api as cases

    one = opened()
    with pytest.raises(cases.NotOffered, match="accept"):
        cases.act(one.code, "answer", who("desk_officer"))
    with pytest.raises(cases.ReasonMissing):
        cases.act(one.code, "refuse", who("desk_officer"))
