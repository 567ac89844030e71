"""Pilots: which there are and where they stand; one with all that was found."""

# ruff: noqa: ARG001  # the router hands every view its request, used or not
from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from tinh.jobs import api as jobs
from tinh.rest import pilot_shapes
from tinh.rest.render import answer

router = Router(tags=["pilots"])


def _told(id: str, whole: bool) -> dict[str, Any]:
    found = jobs.study(id)
    pilot = found.pilot
    body: dict[str, Any] = {
        "id": id, "name": pilot.name.as_dict(), "description": pilot.description.as_dict(),
        "indicator": pilot.indicator, "closed": pilot.closed, "state": found.standing,
        "simulated": found.simulated, "verdict": found.told["verdict"] if found.told else None,
        "problem": found.refused,
    }  # fmt: skip
    if whole:
        body["treated"] = [{"start": str(t.start), "units": [str(u) for u in t.units]} for t in pilot.treated]
        body["at"] = found.at or None
        body["answer"] = found.told
    return body


@router.get("/pilots", response=pilot_shapes.Pilots, summary="Pilots and where they stand")
def listing(request: HttpRequest) -> HttpResponse:
    """Declared ones and those made on the web, each with its verdict."""
    return answer({"items": [_told(id, whole=False) for id in sorted(jobs.pilots().all())]})


@router.get("/pilots/{id}", response=pilot_shapes.Pilot, summary="One pilot with all that was found")
def one(request: HttpRequest, id: str) -> HttpResponse:
    """`answer` is null until it has been judged; while `state` is `computing` it is the last one."""
    return answer(_told(id, whole=True))
