"""Held rows: corrected and sent back, released with a reason, or taken as proposed."""

# ruff: noqa: ARG001  # the router hands every view its request, used or not
from __future__ import annotations

import tempfile
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from tinh.flow.api import Mended
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.rest import shapes
from tinh.rest.entry import actor
from tinh.rest.errors import OneFile
from tinh.rest.fresh import conditional
from tinh.rest.incoming import parcels
from tinh.rest.paging import page
from tinh.rest.render import answer, plain
from tinh.rest.routes.datasets import BODY
from tinh.rest.routes.receipts import dataset_or_none, stored_receipt

router = Router(tags=["receipts"])
_BLOCK = 1 << 18


class Release(BaseModel):
    """Rows to let through as they are, and why."""

    model_config = ConfigDict(extra="forbid")

    rows: Annotated[list[int], Field(min_length=1, max_length=100_000)]
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class Accept(BaseModel):
    """Ids of proposals, or `all` of those that have no rival."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[str], Field(max_length=10_000)] = []
    all: bool = False


@router.post(
    "/receipts/{id}/answer",
    response=shapes.Mended,
    summary="Send held rows back, corrected",
    openapi_extra=BODY,
)
def send_back(request: HttpRequest, id: str, filename: str = "") -> HttpResponse:
    """The spreadsheet (`held?format=xlsx`) or the CSV (`held?format=csv`) of held rows, corrected.
    Rows are known by “Mã dòng” / “Row id”, or by `_row`. The same bytes again change nothing."""
    stored, who = _who(request, id, "mend")
    with parcels(request, stored.dataset) as brought:
        if len(brought) != 1:
            raise OneFile(count=len(brought))
        with tempfile.SpooledTemporaryFile(1 << 20) as kept:
            for block in iter(lambda: brought[0].stream.read(_BLOCK), b""):
                kept.write(block)
            kept.seek(0)
            done = jobs.corridor().mending.answer(
                iter(lambda: kept.read(_BLOCK), b""), id,
                actor=who.name, sender=who.agency or who.name, filename=brought[0].filename, channel="push",
            )  # fmt: skip
    return _told(request, who, "mend", done)


@router.post("/receipts/{id}/release", response=shapes.Mended, summary="Let held rows through, with a reason")
def release(request: HttpRequest, id: str, wanted: Release) -> HttpResponse:
    """All of the rows or none; they enter flagged `released`."""
    _, who = _who(request, id, "release")
    done = jobs.corridor().mending.release(
        id, wanted.rows, actor=who.name, reason=wanted.reason, sender=who.agency or who.name
    )
    return _told(request, who, "release", done)


@router.get(
    "/receipts/{id}/proposals", response=shapes.Proposals, summary="Corrections offered for held rows"
)
@conditional
def proposals(request: HttpRequest, id: str) -> HttpResponse:
    """None is taken by itself. Those of one `group` are rivals."""
    stored = stored_receipt(id)
    people.require(actor(request), "read receipts", dataset_or_none(stored.dataset))
    people.require(actor(request), "read held rows", dataset_or_none(stored.dataset))
    seen = jobs.sight(request, actor(request), dataset_or_none(stored.dataset))
    found = seen.proposals(jobs.corridor().mending.proposals(id))
    return answer(page([plain(one.as_dict()) for one in found], None))


@router.post(
    "/receipts/{id}/proposals", response=shapes.Mended, summary="Take proposals over into their rows"
)
def accept(request: HttpRequest, id: str, wanted: Accept) -> HttpResponse:
    _, who = _who(request, id, "mend")
    ids = None if wanted.all and not wanted.ids else wanted.ids
    done = jobs.corridor().mending.accept(id, ids, actor=who.name, sender=who.agency or who.name)
    return _told(request, who, "mend", done)


@router.get(
    "/receipts/{id}/events", response=shapes.Events, summary="What happened to a delivery since its verdict"
)
@conditional
def events(request: HttpRequest, id: str) -> HttpResponse:
    """Oldest first, each with the scores before and after."""
    stored = stored_receipt(id)
    people.require(actor(request), "read receipts", dataset_or_none(stored.dataset))
    steps = jobs.corridor().mending.history(stored)
    return answer(page([plain(step.as_dict()) for step in steps], None))


def _who(request: HttpRequest, id: str, action: people.Action) -> tuple[Any, people.Actor]:
    stored, who = stored_receipt(id), actor(request)
    try:
        return stored, people.require(who, action, dataset_or_none(stored.dataset))
    except people.NotAllowed:
        people.note(who.name, action, id, allowed=False, address=people.address_of(request))
        raise


def _told(request: HttpRequest, who: people.Actor, action: people.Action, done: Mended) -> HttpResponse:
    people.note(who.name, action, done.original.id, allowed=True, address=people.address_of(request))
    return answer(plain(done.as_dict()), headers={"Cache-Control": "no-store"})
