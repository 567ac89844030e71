"""Looking into files, and layouts for those that are not as their contract says."""

# ruff: noqa: ARG001  # the router hands every view its request, used or not
from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from ninja import Router

from tinh.flow.api import LayoutBook, name_for, profile_file, proposed, tried, written
from tinh.jobs import api as jobs
from tinh.packs.api import Dataset
from tinh.people import api as people
from tinh.rest import shapes
from tinh.rest.entry import actor
from tinh.rest.errors import NotUtf8, TooLarge
from tinh.rest.incoming import parcels
from tinh.rest.paging import page
from tinh.rest.render import answer
from tinh.rest.routes.datasets import BODY as FILE_BODY
from tinh.rest.routes.datasets import dataset_of

router = Router(tags=["layouts"])
LONGEST = 1_000_000
_YAML_BODY = {
    "requestBody": {
        "required": True,
        "description": (
            "The layout as a YAML file; its dataset, name, made_by and made_at are set by the address."
        ),
        "content": {"application/yaml": {"schema": {"type": "string"}}},
    }
}


@contextmanager
def _held(request: HttpRequest, named: str) -> Iterator[tuple[Path, str]]:
    """The first file of a request, on disk for as long as it is looked at."""
    with parcels(request, named) as delivered, tempfile.NamedTemporaryFile(prefix="tinh-xem-") as kept:
        parcel = delivered[0]
        for block in iter(lambda: parcel.stream.read(1 << 20), b""):
            kept.write(block)
        kept.flush()
        yield Path(kept.name), parcel.filename


def _allowed(request: HttpRequest, found: Dataset) -> people.Actor:
    who = actor(request)
    try:
        return people.require(who, "write layouts", found)
    except people.NotAllowed:
        people.note(who.name, "write layouts", found.id, allowed=False, address=people.address_of(request))
        raise


@router.post(
    "/profile",
    response=shapes.Anything,
    summary="What is in a file, and a drafted contract",
    openapi_extra=FILE_BODY,
)
def profile(request: HttpRequest, filename: str = "", dataset_id: str = "") -> HttpResponse:
    """The file is looked at and forgotten; the draft is tried on it before it is answered."""
    who = actor(request)
    corridor = jobs.corridor()
    if not any(people.may(who, "write layouts", d) for d in corridor.catalogue.datasets.values()):
        people.require(who, "write layouts", None)
    with _held(request, "tep") as (path, name):
        found = profile_file(
            path, name, corridor.catalogue, name_for(dataset_id) if dataset_id else "", corridor.clock
        )
    return answer(found.as_dict(), headers={"Cache-Control": "no-store"})


@router.post(
    "/datasets/{id}/layouts/propose",
    response=shapes.Anything,
    summary="A layout proposed from a first file",
    openapi_extra=FILE_BODY,
)
def propose(
    request: HttpRequest, id: str, filename: str = "", sheet: str = "", header_rows: int = 0
) -> HttpResponse:
    """The layout with confidences and reasons, its YAML, and what the gate would say; nothing is stored."""
    found = dataset_of(id)
    _allowed(request, found)
    corridor = jobs.corridor()
    now = corridor.clock.now()
    with _held(request, id) as (path, name):
        proposal = proposed(
            path, name, found, corridor.catalogue, now, corridor.lake, sheet, max(0, min(header_rows, 3))
        )
        trial = tried(path, name, found, proposal.layout, corridor.catalogue, now)
    called = name_for(name.rsplit(".", 1)[0] or found.id)
    text = written(found.id, called, list(proposal.headers), proposal.layout, "", None)
    return answer(
        {**proposal.as_dict(), "yaml": text, "trial": trial.as_dict()}, headers={"Cache-Control": "no-store"}
    )


@router.get("/datasets/{id}/layouts", response=shapes.Layouts, summary="Saved layouts of a dataset")
def layouts(request: HttpRequest, id: str) -> HttpResponse:
    found = dataset_of(id)
    _allowed(request, found)
    return answer(page([k.as_dict() for k in _book().of(found)], None))


@router.get("/datasets/{id}/layouts/{name}", summary="One saved layout, as YAML")
def layout(request: HttpRequest, id: str, name: str) -> HttpResponse:
    found = dataset_of(id)
    _allowed(request, found)
    return HttpResponse(_book().text(found, name), content_type="application/yaml; charset=utf-8")


@router.put(
    "/datasets/{id}/layouts/{name}", response=shapes.Layout, summary="Save a layout", openapi_extra=_YAML_BODY
)
def save(request: HttpRequest, id: str, name: str) -> HttpResponse:
    """Checked against the contract first; what stood under the name is kept as a version."""
    found = dataset_of(id)
    who = _allowed(request, found)
    body = request.read(LONGEST + 1)
    if len(body) > LONGEST:
        raise TooLarge(limit="1 MB")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise NotUtf8 from None
    kept = _book().save(found, name, text, who.name, jobs.corridor().moment())
    people.note(
        who.name, "write layouts", f"{found.id}/{kept.name}", allowed=True, address=people.address_of(request)
    )
    return answer(kept.as_dict())


@router.delete("/datasets/{id}/layouts/{name}", response={204: None}, summary="Take a layout out of use")
def delete(request: HttpRequest, id: str, name: str) -> HttpResponse:
    found = dataset_of(id)
    who = _allowed(request, found)
    _book().delete(found, name, jobs.now())
    people.note(
        who.name, "write layouts", f"{found.id}/{name}", allowed=True, address=people.address_of(request)
    )
    return HttpResponse(status=204)


def _book() -> LayoutBook:
    corridor = jobs.corridor()
    return LayoutBook(corridor.catalogue, corridor.home)
