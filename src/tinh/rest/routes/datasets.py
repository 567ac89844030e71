"""Datasets, and the door through which deliveries come."""

# ruff: noqa: ARG001  # the router hands every view its request, used or not
from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Header

from tinh.flow.api import AHEAD, LAST, MOST
from tinh.jobs import api as jobs
from tinh.kit.errors import Text
from tinh.packs.api import Dataset
from tinh.people import api as people
from tinh.rest import shapes
from tinh.rest.entry import actor
from tinh.rest.errors import BadParameter, NothingThere
from tinh.rest.fresh import conditional, conditional_this_minute
from tinh.rest.idempotency import hold
from tinh.rest.incoming import SUFFIXES, Parcel, parcels
from tinh.rest.paging import page
from tinh.rest.render import answer, plain

router = Router(tags=["datasets"])
_WHAT = Text("bộ dữ liệu", "dataset")
WAIT_SECONDS = 60.0
_AT = "/api/v1/receipts"
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=255)]

BODY = {
    "requestBody": {
        "required": True,
        "description": "The file as it is. Its type says how to read it; `filename` only names it.",
        "content": {
            **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in SUFFIXES},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "array", "items": {"type": "string", "format": "binary"}}
                    },
                    "required": ["file"],
                }
            },
        },
    }
}


def dataset_of(id: str) -> Dataset:
    found = jobs.catalogue().datasets.get(id)
    if found is None:
        raise NothingThere(what_vi=_WHAT.vi, what_en=_WHAT.en, id=id, list="/api/v1/datasets")
    return found


@router.get("/datasets", response=shapes.Datasets, summary="Datasets")
@conditional
def datasets(request: HttpRequest, pack: str = "", owner: str = "") -> HttpResponse:
    found = [d for d in jobs.catalogue().datasets.values() if pack in ("", d.pack) and owner in ("", d.owner)]
    return answer(page([_describe(one) for one in found], None))


@router.get("/datasets/{id}", response=shapes.Dataset, summary="One dataset with its compiled rules")
@conditional
def dataset(request: HttpRequest, id: str) -> HttpResponse:
    return answer(_describe(dataset_of(id)))


@router.get(
    "/datasets/{id}/calendar",
    response=shapes.Deliveries,
    summary="Deliveries owed and received",
)
@conditional_this_minute
def calendar(request: HttpRequest, id: str, last: int = LAST, next: int = AHEAD) -> HttpResponse:
    """The `last` windows that were due and the `next` ones (at most 120 each), oldest first."""
    found = dataset_of(id)
    people.require(actor(request), "read receipts", found)
    for name, count in (("last", last), ("next", next)):
        if not 0 <= count <= MOST:
            raise BadParameter(name=name, value=count, expected=f"0–{MOST}")
    corridor = jobs.corridor()
    return answer(plain(corridor.board.deliveries(id, jobs.now(), last, next).as_dict()))


@router.get("/datasets/{id}/contract", summary="The data contract (ODCS) as written")
@conditional
def contract(request: HttpRequest, id: str) -> HttpResponse:
    text = dataset_of(id).file.read_text(encoding="utf-8")
    return HttpResponse(text, content_type="application/yaml; charset=utf-8")


@router.post(
    "/datasets/{id}/receipts",
    response={202: shapes.Accepted, 200: shapes.Accepted},
    summary="Deliver a batch",
    openapi_extra=BODY,
)
def push(
    request: HttpRequest,
    id: str,
    wait: bool = False,
    filename: str = "",
    idempotency_key: Key = "",
) -> HttpResponse:
    """Answered only when the bytes are on disk: 202 with `Location`. With `wait=true` the answer
    comes after the judging, 200 with the verdict (202 if that takes longer than a minute). The
    same bytes for the same dataset are the same receipt, whoever repeats them."""
    who = actor(request)
    found = dataset_of(id)
    try:
        people.require(who, "push", found)
    except people.NotAllowed:
        people.note(who.name, "push", id, allowed=False, address=people.address_of(request))
        raise
    with parcels(request, id) as delivered:
        kept = [_keep(parcel, found, who, idempotency_key, number) for number, parcel in enumerate(delivered)]
    people.note(who.name, "push", id, allowed=True, address=people.address_of(request))
    bodies = [_await(one) if wait else one for one in kept]
    done = all(body["state"] == "judged" for body in bodies) and (wait or all(b["repeated"] for b in bodies))
    headers = {"Location": f"{_AT}/{bodies[0]['receipt']}", "Cache-Control": "no-store"}
    if len(bodies) == 1:
        return answer(bodies[0], 200 if done else 202, headers)
    return answer(page(bodies, None), 200 if done else 202, headers)


def _keep(parcel: Parcel, found: Dataset, who: people.Actor, key: str, number: int) -> dict[str, Any]:
    if key:
        hold(who.name, f"{key}#{number}" if number else key, found.id, parcel.stream)
    receipt, repeated = jobs.accept(parcel.stream, found.id, sender=who.name, filename=parcel.filename)
    return {
        "receipt": receipt.id, "dataset": receipt.dataset, "digest": receipt.digest, "size": receipt.size,
        "filename": receipt.filename, "received_at": receipt.received_at.isoformat(), "repeated": repeated,
        "state": "judged" if repeated and jobs.judged(receipt.id) else "waiting",
        "links": {"receipt": f"{_AT}/{receipt.id}", "verdict": f"{_AT}/{receipt.id}/verdict"},
    }  # fmt: skip


def _await(body: dict[str, Any]) -> dict[str, Any]:
    stored = jobs.wait_for(body["receipt"], WAIT_SECONDS)
    if stored is None:
        return body
    return {**body, **plain(stored.verdict or {}), "state": "judged"}


def _describe(one: Dataset) -> Any:
    """A dataset without the paths of this machine."""
    return plain(one.model_dump(exclude={"file"}))
