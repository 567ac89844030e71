"""An alert ends in a case."""

from __future__ import annotations

from dataclasses import replace

from tinh.cases.models import Case, Link
from tinh.cases.opening import open_case
from tinh.cases.shapes import Opening
from tinh.cases.talking import tie
from tinh.cases.turn import turn
from tinh.people import api as people


def open_from_alert(alert: str, opening: Opening, actor: people.Actor) -> Case:
    """The case an alert was answered with: opened once, however often it is asked for. `alert` is its id
    (`<rule>/<place>/<opened at>`); the case is `caused_by` it. Asks `triage cases`."""
    people.require(actor, "triage cases")
    made = open_case(replace(opening, source="alert", key=f"alert/{alert}"[:120]), actor)
    with people.through("case"):
        there = Link.objects.filter(case=made, kind="caused_by").exists()
    if not there:
        with turn(made.code, actor, open_only=False) as found:
            tie(found, "caused_by", f"alert:{alert}")
            return found.case
    return made
