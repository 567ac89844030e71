"""The league of agencies, and the deadlines that were moved."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.rest import shapes
from tinh.rest.entry import actor
from tinh.rest.fresh import conditional_this_minute
from tinh.rest.render import answer

router = Router()


@router.get(
    "/league",
    response=shapes.Anything,
    tags=["health of data"],
    summary="Agencies by the four scores over a span",
)
@conditional_this_minute
def league(
    request: HttpRequest,
    months: Literal["1", "3", "6", "12"] = "3",
    by: Literal["alive", "correct", "sufficient", "clean"] = "alive",
) -> HttpResponse:
    """The last `months`, beside as many before. `rank` is null where nothing was owed or brought."""
    people.require(actor(request), "read league")
    corridor = jobs.corridor()
    return answer(corridor.board.league(int(months), corridor.clock.now()).as_dict(by))


@router.get(
    "/extensions", response=shapes.Anything, tags=["health of data"], summary="Deadlines that were moved"
)
def extensions(request: HttpRequest) -> HttpResponse:
    """The grants that hold, of datasets whose receipts the caller may read."""
    corridor = jobs.corridor()
    seen = people.among(actor(request), "read receipts", corridor.catalogue.datasets)
    held = [one.as_dict() for one in corridor.extensions.granted() if seen is None or one.dataset in seen]
    return answer({"items": held})
