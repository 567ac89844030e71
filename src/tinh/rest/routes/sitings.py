"""Siting studies: which there are, their answers, the sites as GeoJSON; solving one again."""

# ruff: noqa: ARG001  # the router hands every view its request, used or not
from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from tinh.jobs import api as jobs
from tinh.packs.api import Siting
from tinh.people import api as people
from tinh.rest import siting_shapes
from tinh.rest.entry import actor
from tinh.rest.render import answer

router = Router(tags=["sitings"])


def _told(one: Siting, whole: bool) -> dict[str, Any]:
    now = jobs.siting_standing(one)
    body: dict[str, Any] = {
        "id": one.id, "name": one.name.as_dict(), "description": one.description.as_dict(), "goal": one.goal,
        "state": "running" if now.since else "refused" if now.refused else "waiting" if now.answer is None
        else "outdated" if now.outdated else "solved",
        "problem": now.refused,
    }  # fmt: skip
    if whole:
        body["answer"] = now.answer
    return body


_SITES = {
    "responses": {
        200: {
            "description": "OK",
            "content": {"application/geo+json": {"schema": {"$ref": "#/components/schemas/Sites"}}},
        }
    }
}


@router.get("/sitings", response=siting_shapes.Sitings, summary="Siting studies and where they stand")
def listing(request: HttpRequest) -> HttpResponse:
    """Declared ones and those made on the web."""
    found = jobs.sitings().all()
    return answer({"items": [_told(one, whole=False) for one in found.values()]})


@router.get("/sitings/{id}", response=siting_shapes.Siting, summary="One study with its answer")
def one(request: HttpRequest, id: str) -> HttpResponse:
    """`answer` is null until it has been solved; it says which period and declaration it stands on."""
    return answer(_told(jobs.siting(id), whole=True))


@router.get(
    "/sitings/{id}/sites.geojson",
    response=siting_shapes.Sites,
    summary="The sites to open and those that stand, as GeoJSON",
    openapi_extra=_SITES,
)
def sites(request: HttpRequest, id: str) -> HttpResponse:
    """Empty until the study has been solved."""
    found = jobs.siting_standing(jobs.siting(id)).answer
    body = jobs.siting_features(found) if found else {"type": "FeatureCollection", "features": []}
    return answer(body, content_type="application/geo+json")


@router.post("/sitings/{id}/solve", response={202: siting_shapes.Siting}, summary="Solve a study again")
def solve(request: HttpRequest, id: str) -> HttpResponse:
    """Answers at once; look at the study until its state is no longer `running`."""
    who = people.require(actor(request), "plan sites")
    found = jobs.siting(id)
    jobs.solve_siting(found.id)
    people.note(who.name, "solve siting", found.id, allowed=True, address=people.address_of(request))
    return answer(_told(found, whole=True), status=202)
