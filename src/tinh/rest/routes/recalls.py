"""Recall of a receipt: what it would change, then done with a reason, and taken back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from tinh.jobs import api as jobs
from tinh.kit.errors import Text
from tinh.lake.api import Event
from tinh.people import api as people
from tinh.rest import shapes
from tinh.rest.entry import actor
from tinh.rest.errors import NothingThere
from tinh.rest.render import answer

router = Router(tags=["receipts"])
_WHAT = Text("biên nhận", "receipt")


class RecallReason(Schema):
    reason: str


@router.get(
    "/receipts/{id}/recall", response=shapes.Anything, summary="What recalling (or reinstating) would change"
)
def foreseen(request: HttpRequest, id: str) -> HttpResponse:
    """Of a receipt that counts, what its recall would change; of a recalled one, what its
    reinstatement would. Nothing is changed by asking."""
    _allowed(request, id, note=False)
    return answer(jobs.effect(id).as_dict(), headers={"Cache-Control": "no-store"})


@router.post("/receipts/{id}/recall", response=shapes.Anything, summary="Recall a receipt")
def recall(request: HttpRequest, id: str, body: RecallReason) -> HttpResponse:
    who = _allowed(request, id)
    return answer(_told(jobs.recall(id, body.reason, who.name)))


@router.post("/receipts/{id}/reinstate", response=shapes.Anything, summary="Reinstate a recalled receipt")
def reinstate(request: HttpRequest, id: str, body: RecallReason) -> HttpResponse:
    who = _allowed(request, id)
    return answer(_told(jobs.reinstate(id, body.reason, who.name)))


def _allowed(request: HttpRequest, id: str, note: bool = True) -> people.Actor:
    stored = jobs.corridor().lake.receipt(id)
    if stored is None:
        raise NothingThere(what_vi=_WHAT.vi, what_en=_WHAT.en, id=id, list="/api/v1/receipts")
    who, address = actor(request), people.address_of(request)
    try:
        people.require(who, "recall", jobs.catalogue().datasets.get(stored.dataset))
    except people.NotAllowed:
        people.note(who.name, "recall", id, allowed=False, address=address)
        raise
    if note:
        people.note(who.name, "recall", id, allowed=True, address=address)
    return who


def _told(event: Event) -> dict[str, Any]:
    return {
        "receipt": event.receipt,
        "event": event.kind,
        "at": event.at.isoformat(),
        "by": event.actor,
        "reason": event.reason,
    }
