"""Figures that two sources tell differently."""

# the router hands every view its request, used or not
from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from tinh.flow import api as flow
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.rest import conflict_shapes
from tinh.rest.entry import actor
from tinh.rest.errors import NoSuchAgency
from tinh.rest.fresh import conditional
from tinh.rest.moments import moment
from tinh.rest.moments import period as period_of
from tinh.rest.paging import limit_of, link, pack, unpack
from tinh.rest.render import answer
from tinh.rest.routes.datasets import dataset_of

router = Router(tags=["datasets"])


@router.get(
    "/conflicts", response=conflict_shapes.Conflicts, summary="Figures that two sources tell differently"
)
@conditional
def conflicts(
    request: HttpRequest, dataset: str = "", agency: str = "", period: str = "", place: str = "",
    kind: Literal["", "agree", "adds_up", "senders"] = "", as_of: str = "", limit: int = 50, cursor: str = "",
) -> HttpResponse:  # fmt: skip
    """The biggest difference first. `dataset` and `agency` match either side, `period` what lies within it.
    Nothing is stored: a correction on either side clears a conflict, and `as_of` shows those of then."""
    catalogue = jobs.catalogue()
    if dataset:
        dataset_of(dataset)
    if agency and agency not in catalogue.agencies:
        raise NoSuchAgency(agency=agency, known=", ".join(sorted(catalogue.agencies)))
    size, skipped = limit_of(limit), max(0, unpack(cursor, int)[0]) if cursor else 0
    corridor = jobs.corridor()
    found = flow.conflicts(corridor, moment("as_of", as_of))
    seen = people.among(actor(request), "read receipts", catalogue.datasets)
    owned = (
        [d.id for d in catalogue.datasets.values() if d.owner == catalogue.agencies[agency].id]
        if agency
        else None
    )
    asked = period_of("period", period) or ""
    items = flow.narrowed(found.items, seen, dataset, owned, asked, kind, place=place)
    rows = items.slice(skipped, size).to_dicts()
    sent = flow.behind(corridor, rows)
    following = pack(skipped + size) if len(items) > skipped + size else None
    unjudged = flow.narrowed(found.unjudged, seen, dataset, owned, asked).to_dicts()
    body = {"items": [flow.told(row, sent) for row in rows], "next": following, "unjudged": unjudged}
    return answer(body, headers=link(request, following))
