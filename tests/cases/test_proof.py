"""The walk over histories finds one that was changed, tells of it once, and sees a history written anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.cases.conftest import MONDAY
from tests.cases.test_history import tampering


@pytest.fixture
def lived(opened: Any, who: Any) -> Any:
    from tinh.cases import api as cases

    one = opened()
    return cases.act(one.code, "accept", who("desk_officer"))


@pytest.fixture
def unbroken() -> Iterator[None]:
    """What a test breaks is put right again, for all tests share the walk."""
    yield
    from tinh.cases.models import Broken

    Broken.objects.all().delete()


def walk(now: Any = MONDAY) -> list[Any]:
    """Rounds until the walk has come to its end, and what they found."""
    from tinh.cases import api as cases
    from tinh.cases.models import Walk

    found: list[Any] = []
    Walk.objects.filter(pk=1).update(after=0)
    for _ in range(10_000):
        found += cases.round_of_proofs(0.0, now)
        if not Walk.objects.get(pk=1).after:
            return found
    raise AssertionError("the walk does not end")


def test_a_changed_history_is_found_by_the_clock_and_told_to_the_administrators_once(
    opened: Any, lived: Any, who: Any, unbroken: None
) -> None:
    from tinh.cases import api as cases
    from tinh.channels import api as channels
    from tinh.jobs import proving

    def mine(found: Any) -> list[tuple[str, int]]:
        return [(f.problem, f.number) for f in found if f.case == lived.code]

    cases.act(opened().code, "accept", who("desk_officer"))  # one beside it, which stays whole
    administrator = who("administrator")
    from tinh.people import api as people

    with people.through("work"):
        people.User.objects.filter(pk=administrator.account).update(email="quan-tri@example.vn")
    assert mine(walk()) == []
    with tampering() as cursor:
        cursor.execute(
            "update cases_event set actor = 'khác' where case_id = %s and seq = 2 returning actor", [lived.pk]
        )
    before = channels.outbox(search="history:cases").count()
    found = proving.prove(120.0)  # ends with the last case
    assert mine(found) == [("changed", 2)]
    told = channels.outbox(search="history:cases")
    assert told.count() > before and any(lived.code in letter.body for letter in told)
    assert mine(walk()) == []  # known, told of once
    standing = cases.proof(administrator)
    assert (lived.code, "changed") in {(f.case, f.problem) for f in standing.faults}
    assert standing.whole_cases > 0 and standing.whole_events > standing.whole_cases


def test_a_history_written_anew_with_all_its_digests_does_not_fit_its_anchor(
    lived: Any, who: Any, unbroken: None
) -> None:
    from tinh.cases import api as cases
    from tinh.cases import chain
    from tinh.cases.models import Anchor, Walk
    from tinh.people import api as people

    day = MONDAY + timedelta(days=400)  # later than any anchor another test may have set
    newest = Anchor.objects.order_by("-last").first()
    if newest is not None:
        day = max(day, newest.at + timedelta(days=2))
    last = cases.Event.objects.filter(case=lived).order_by("-pk").values_list("pk", flat=True)[0]
    for _ in range(6):  # marks, then anchors; a mark set before the case was opened comes first
        cases.round_of_proofs(0.0, day)
        anchor = Anchor.objects.order_by("-last").first()
        if anchor is not None and anchor.last >= last:
            break
        day += timedelta(days=2)
    assert anchor is not None and anchor.last >= last and anchor.at == day
    with people.through("record"):
        line = people.Access.objects.filter(action="anchor case histories").order_by("-pk").first()
    assert line is not None and line.subject.endswith(anchor.digest)
    assert people.verify().problem == ""
    with people.through("case"):
        rows = list(cases.Event.objects.filter(case=lived).order_by("seq").values())
    rows[1]["reason"] = "viết lại"
    with tampering() as cursor:
        head = chain.event_digest(lived.code, rows[1], rows[0]["digest"])
        cursor.execute(
            "update cases_event set reason = 'viết lại', digest = %s where id = %s", [head, rows[1]["id"]]
        )
        cursor.execute("update cases_case set head = %s where id = %s", [head, lived.pk])
    assert cases.verify_history(lived.code).problem == ""  # the chain alone does not show it
    Walk.objects.filter(pk=1).update(anchor=anchor.pk - 1)
    found = cases.round_of_proofs(0.0, day)
    assert [(f.anchor, f.problem) for f in found if f.anchor] == [(anchor.pk, "anchor")]
    with tampering() as cursor:  # as it was, for the tests that share the anchor
        cursor.execute(
            "update cases_event set reason = %s, digest = %s where id = %s", ["", lived.head, rows[1]["id"]]
        )
        cursor.execute("update cases_case set head = %s where id = %s", [lived.head, lived.pk])
    Walk.objects.filter(pk=1).update(anchor=anchor.pk - 1)
    assert [f for f in cases.round_of_proofs(0.0, day) if f.anchor] == []
    assert not [f for f in cases.proof(who("administrator")).faults if f.anchor]


def test_a_case_that_changes_while_it_is_checked_is_not_called_broken(opened: Any, who: Any) -> None:
    from tests.cases.test_together import at_once
    from tinh.cases import api as cases
    from tinh.cases.history import verify_histories

    one, officer = opened(), who("case_officer", "so-xd")

    def write() -> None:
        for number in range(25):
            cases.note(one.code, f"lần {number}", officer)

    def check() -> list[str]:
        return [
            found.problem for _ in range(25) for code, found in verify_histories(one.pk - 1)[0]
            if code == one.code
        ]  # fmt: skip

    _, found = at_once(write, check)
    assert set(found) == {""}
