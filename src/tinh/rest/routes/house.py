"""The province as a whole: what it declares, how its data is, who is asking."""

# ruff: noqa: ARG001  # the router hands every view its request, used or not
from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from tinh.flow.api import explained
from tinh.jobs import api as jobs
from tinh.kit.errors import Text
from tinh.packs.api import Catalogue, Indicator, Pack, ends, versions
from tinh.people import api as people
from tinh.rest import shapes
from tinh.rest.entry import actor
from tinh.rest.errors import NothingThere
from tinh.rest.fresh import conditional, conditional_this_minute
from tinh.rest.paging import page
from tinh.rest.render import answer, plain

router = Router()
INDICATOR = Text("chỉ tiêu", "indicator")


@router.get("/catalogue", response=shapes.Province, tags=["catalogue"], summary="The province")
@conditional
def province(request: HttpRequest) -> HttpResponse:
    """What this server serves: the province, its packs and the ids of all it declares."""
    return answer(_province(jobs.catalogue()))


@router.get("/packs", response=shapes.Packs, tags=["catalogue"], summary="Packs in use")
@conditional
def packs(request: HttpRequest) -> HttpResponse:
    return answer(page([_pack(pack) for pack in jobs.catalogue().packs.values()], None))


@router.get("/indicators", response=shapes.Indicators, tags=["catalogue"], summary="Indicators")
@conditional
def indicators(request: HttpRequest, pack: str = "") -> HttpResponse:
    found = [one for one in jobs.catalogue().indicators.values() if pack in ("", one.pack)]
    return answer(page([describe(one) for one in found], None))


@router.get("/indicators/{id}", response=shapes.Indicator, tags=["catalogue"], summary="One indicator")
@conditional
def indicator(request: HttpRequest, id: str) -> HttpResponse:
    """With `versions`: every declared one, newest first, with the last day an older one is computed."""
    one, declared = indicator_of(id), jobs.catalogue()
    all_ = [{"version": i.version, "until": ends(declared, i)} for i in versions(declared, id)]
    return answer({**describe(one), "versions": all_})


@router.get(
    "/status",
    response=shapes.Anything,
    tags=["health of data"],
    summary="The four scores, by dataset and agency",
)
@conditional_this_minute
def status(request: HttpRequest) -> HttpResponse:
    """Of the datasets whose receipts the caller may read."""
    seen = people.among(actor(request), "read receipts", jobs.catalogue().datasets)
    return answer(shown(jobs.corridor().status().within(seen)))


@router.get("/alerts", response=shapes.Alerts, tags=["health of data"], summary="Alerts now")
@conditional_this_minute
def alerts(request: HttpRequest) -> HttpResponse:
    """`outage`: the dataset whose silence explains why an alert has no data."""
    corridor = jobs.corridor()
    raised = corridor.alerts()
    why = explained(raised, corridor.status().outages)
    items = [{**shown(a), "outage": why[a].dataset if a in why else None} for a in raised]
    return answer(page(items, None))


@router.get("/me", response=shapes.Me, tags=["access"], summary="Who is asking")
def me(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    datasets = jobs.catalogue().datasets
    granted = [
        action
        for action in people.ACTIONS
        if people.may_anywhere(who, action) or people.among(who, action, datasets)
    ]
    return answer({
        "name": who.name, "role": who.role, "agency": who.agency,
        "datasets": None if who.datasets is None else sorted(who.datasets), "may": granted,
    })  # fmt: skip


def indicator_of(id: str) -> Indicator:
    found = jobs.catalogue().indicators.get(id)
    if found is None:
        raise NothingThere(what_vi=INDICATOR.vi, what_en=INDICATOR.en, id=id, list="/api/v1/indicators")
    return found


def describe(one: Indicator) -> Any:
    """An indicator without the paths of this machine."""
    return plain(one.model_dump(exclude={"file"}))


def shown(thing: Any) -> Any:
    """A room's own account of itself."""
    return plain(thing.as_dict() if hasattr(thing, "as_dict") else thing)


def _pack(pack: Pack) -> Any:
    return plain(pack.model_dump(exclude={"folder"}))


def _province(found: Catalogue) -> Any:
    agencies = [
        {"id": a.id, "name": a.name, "short": a.short, "code": a.code} for a in found.agencies.values()
    ]
    return plain({
        "id": found.id, "name": found.name, "place": found.place, "digest": found.digest,
        "languages": found.languages, "timezone": found.timezone, "agencies": agencies,
        "packs": list(found.packs), "datasets": list(found.datasets), "indicators": list(found.indicators),
        "alerts": list(found.alerts), "room": found.room.model_dump(),
    })  # fmt: skip
