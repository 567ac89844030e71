"""Sources: how they fare, what came of each try, and pulling one now."""

# the router hands every view its request, used or not
from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.rest import shapes
from tinh.rest.entry import actor
from tinh.rest.paging import page
from tinh.rest.render import answer

router = Router(tags=["health of data"])
WAIT_SECONDS = 60.0


@router.get("/feeds", response=shapes.Feeds, summary="Sources, the worst first")
def feeds(request: HttpRequest, dataset: str = "") -> HttpResponse:
    who, declared = actor(request), jobs.catalogue().datasets
    seen = [
        health.as_dict()
        for health in jobs.feeds().healths(dataset)
        if people.may(who, "read sources", declared.get(health.feed.dataset))
    ]
    return answer(page(seen, None))


@router.get("/feeds/{id}", response=shapes.Feed, summary="One source with its history")
def feed(request: HttpRequest, id: str) -> HttpResponse:
    found = jobs.feeds()
    one = found.one(id)
    people.require(actor(request), "read sources", jobs.catalogue().datasets.get(one.dataset))
    tries = [each.as_dict() for each in found.history(one)]
    declared = one.model_dump(exclude={"file"})
    return answer({**found.of(one).as_dict(), "declared": declared, "history": tries})


@router.post(
    "/feeds/{id}/pull",
    response={200: shapes.Pulled, 202: shapes.Pulled},
    summary="Pull a source now",
)
def pull(request: HttpRequest, id: str, wait: bool = False) -> HttpResponse:
    """202 when the pull has begun, its outcome then stands in the history; with `wait=true` 200 and
    the outcome (202 if it takes longer than a minute)."""
    owed = jobs.catalogue().datasets.get(jobs.feeds().one(id).dataset)
    who = people.require(actor(request), "manage sources", owed)
    people.note(who.name, "pull source", id, allowed=True, address=people.address_of(request))
    done = jobs.pull(id, who.name, WAIT_SECONDS if wait else 0.05)
    body = {"feed": id, "state": "done" if done else "pulling", "result": done.as_dict() if done else None}
    headers = {"Location": f"/api/v1/feeds/{id}", "Cache-Control": "no-store"}
    return answer(body, 200 if done else 202, headers)
