"""How a list of receipts is narrowed, and how a recall is told."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema

from tinh.jobs import api as jobs
from tinh.lake.api import Recall, Wanted
from tinh.rest.errors import NoSuchAgency
from tinh.rest.moments import moment


class Asked(Schema):
    """Filters of a list of receipts."""

    outcome: Literal["", "accepted", "in part", "refused"] = ""
    recalled: bool | None = None
    since: str = ""
    until: str = ""
    text: str = ""

    def wanted(self, datasets: frozenset[str] | None) -> Wanted:
        return Wanted(
            datasets, self.outcome, moment("since", self.since, start=True), moment("until", self.until),
            self.text, self.recalled,
        )  # fmt: skip


def among_agency(agency: str, seen: frozenset[str] | None) -> frozenset[str]:
    """The datasets of an agency that the caller may see receipts of."""
    catalogue = jobs.catalogue()
    if agency not in catalogue.agencies:
        raise NoSuchAgency(agency=agency, known=", ".join(sorted(catalogue.agencies)))
    named = catalogue.agencies[agency].id
    owned = {d.id for d in catalogue.datasets.values() if d.owner == named}
    return frozenset(owned if seen is None else owned & seen)


def recall_of(recall: Recall) -> dict[str, Any]:
    return {
        "receipt": recall.receipt,
        "at": recall.at.isoformat(),
        "by": recall.actor,
        "reason": recall.reason,
    }
