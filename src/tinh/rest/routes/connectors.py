"""Sources made here: listed, made, checked, looked at, paused, reset, removed."""

# the router hands every view its request, used or not
from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from tinh.jobs import api as jobs
from tinh.packs.api import Connector
from tinh.people import api as people
from tinh.rest import connector_shapes as shapes
from tinh.rest.entry import actor
from tinh.rest.paging import page
from tinh.rest.render import answer

router = Router(tags=["sources"])


@router.get("/connectors", response=shapes.Connectors, summary="Sources made here that you may manage")
def connectors(request: HttpRequest) -> HttpResponse:
    who, book = actor(request), jobs.connecting()
    seen = []
    for one in book.all():
        declared = book.declared(one.id)
        if people.may(who, "manage sources", agency=str(declared.get("sender") or "")):
            found = [f.as_dict() for f in one.findings]
            seen.append(_shown(one, declared, found))
    return answer(page(seen, None))


@router.post("/connectors", response={201: shapes.Connector}, summary="Make or change a source")
def make(request: HttpRequest, wanted: shapes.SourceWanted) -> HttpResponse:
    declared, book = {"format": 1, **wanted.declared}, jobs.connecting()
    who = people.require(actor(request), "manage sources", agency=str(declared.get("sender") or ""))
    dataset = jobs.catalogue().datasets.get(str(declared.get("dataset") or ""))
    if dataset is not None:
        people.require(who, "manage sources", dataset)
    elif declared.get("dataset"):
        people.require(who, "manage sources")  # whose it will be is not known yet
    if wanted.replace:
        _mine(request, str(declared.get("id", "")))
    every = people.may(who, "manage sources")
    one = book.save(declared, who.name, jobs.now(), fresh=not wanted.replace, every_secret=every)
    people.note(who.name, "save source", one.id, allowed=True, address=people.address_of(request))
    shown = _shown(one, book.declared(one.id), [])
    return answer(shown, 201, {"Cache-Control": "no-store"})


@router.post("/connectors/{id}/check", response=shapes.Steps, summary="Connect, sign in, see: step by step")
def check(request: HttpRequest, id: str) -> HttpResponse:
    _mine(request, id)
    steps = jobs.connecting().check(id)
    body = {"id": id, "ok": steps[-1].ok, "steps": [s.as_dict() for s in steps]}
    return answer(body, 200, {"Cache-Control": "no-store"})


@router.post("/connectors/{id}/look", response=shapes.Looked, summary="What it holds, and the first rows")
def look(request: HttpRequest, id: str) -> HttpResponse:
    _mine(request, id)
    return answer(jobs.connecting().look(id).as_dict(), 200, {"Cache-Control": "no-store"})


@router.delete("/connectors/{id}", response={204: None}, summary="Do away with a source; its deliveries stay")
def remove(request: HttpRequest, id: str) -> HttpResponse:
    who = _mine(request, id)
    jobs.connecting().remove(id)
    people.note(who.name, "remove source", id, allowed=True, address=people.address_of(request))
    return HttpResponse(status=204)


@router.post("/feeds/{id}/pause", response=shapes.Done, summary="Stop pulling a source until it is resumed")
def pause(request: HttpRequest, id: str, why: shapes.Why) -> HttpResponse:
    who = _pulled(request, id)
    jobs.feeds().pause(id, " ".join(why.reason.split()), who.name)
    return _done(id, "paused")


@router.post("/feeds/{id}/resume", response=shapes.Done, summary="Go on with a source")
def resume(request: HttpRequest, id: str) -> HttpResponse:
    _pulled(request, id)
    jobs.feeds().resume(id)
    return _done(id, "resumed")


@router.post("/feeds/{id}/reset", response=shapes.Done, summary="Forget how far a source was fetched")
def reset(request: HttpRequest, id: str, sure: bool = False) -> HttpResponse:
    """Without `sure=true` nothing happens; `says` tells what would."""
    _pulled(request, id)
    found = jobs.feeds()
    says = found.reset_says(id).as_dict()
    if sure:
        found.reset(id)
    return _done(id, "reset" if sure else "planned", says)


def _shown(one: Connector, declared: dict[str, Any], findings: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": one.id, "kind": str(declared.get("kind", "")), "dataset": str(declared.get("dataset") or ""),
        "waits": one.waits, "declared": declared, "findings": findings,
    }  # fmt: skip


def _done(id: str, done: str, says: dict[str, str] | None = None) -> HttpResponse:
    return answer({"id": id, "done": done, "says": says}, 200, {"Cache-Control": "no-store"})


def _mine(request: HttpRequest, id: str) -> people.Actor:
    """Whoever may manage this source; first of all somebody who may manage any."""
    who = actor(request)
    if not people.may_anywhere(who, "manage sources"):
        return people.require(who, "manage sources")
    declared = jobs.connecting().declared(id)
    return people.require(who, "manage sources", agency=str(declared.get("sender") or ""))


def _pulled(request: HttpRequest, id: str) -> people.Actor:
    who = actor(request)
    if not people.may_anywhere(who, "manage sources"):
        return people.require(who, "manage sources")
    feed = jobs.feeds().one(id)
    who = people.require(who, "manage sources", jobs.catalogue().datasets.get(feed.dataset))
    people.note(who.name, "manage source", id, allowed=True, address=people.address_of(request))
    return who
