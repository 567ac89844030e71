"""Simulated reports: marked, chained, workable, and counted the same by two hands."""

from __future__ import annotations

from collections import Counter

import pytest


@pytest.fixture
def simulated(hands):
    from tinh.desks.api import reports

    reports.simulate(600, seed=7)
    return hands


def _all():
    from tinh.cases import api as cases
    from tinh.people import api as people

    with people.through("case"):
        return list(cases.Case.objects.filter(key__startswith="simulated/7/600/").select_related("report"))


def test_every_history_holds_and_every_report_says_it_is_simulated(simulated) -> None:
    from tinh.cases import api as cases

    found = _all()
    assert len(found) == 600 and all(c.simulated for c in found)
    assert {c.state for c in found} >= {
        "closed",
        "refused",
        "merged",
        "working",
    }  # rounds of others may have closed the published
    assert all(cases.verify_history(c.code).problem == "" for c in found[::20])
    assert (
        Counter(c.place for c in found).most_common(1)[0][1] < 200 and len({c.category for c in found}) > 40
    )
    merged = [c for c in found if c.state == "merged"]
    assert merged and all(c.links.filter(kind="duplicate_of").exists() for c in merged)


def test_officers_find_simulated_reports_of_their_agency_by_words(simulated, who) -> None:
    from tinh.cases import api as cases

    one = next(c for c in _all() if c.agency and len(c.subject.split()) > 3)
    found = cases.search(who("case_officer", one.agency), one.subject)
    assert one.code in {c.code for c in found.items}


def test_the_same_seed_loads_once(simulated) -> None:
    from tinh.desks.api import reports

    assert reports.simulate(600, seed=7) == 0


def test_clerks_and_agencies_go_on_with_a_simulated_report(simulated, who) -> None:
    from tinh.cases import api as cases

    clerk = who("administrator")
    found = _all()
    working = next(c for c in found if c.state == "working")
    assert {o.id for o in cases.actions_of(working, clerk)} >= {"answer", "send_back"}
    done = cases.act(working.code, "answer", clerk, data={"result": "fixed", "answer": "Xong"})
    assert done.state == "answered"
    done = cases.act(working.code, "publish", clerk)
    assert done.state == "published" and done.due_at is None
    assert cases.verify_history(working.code).problem == ""
