"""Receipts: what came, what the gate made of it, and the bytes as received."""

# the router hands every view its request, used or not
from __future__ import annotations

import asyncio
import base64
import json
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router

from tinh.flow.api import write_sheet
from tinh.gate.api import examples
from tinh.jobs import api as jobs
from tinh.kit.errors import Text
from tinh.lake.api import StoredReceipt
from tinh.packs.api import Dataset
from tinh.people import api as people
from tinh.rest import shapes
from tinh.rest.entry import actor
from tinh.rest.errors import NothingThere
from tinh.rest.fresh import conditional
from tinh.rest.moments import moment
from tinh.rest.paging import limit_of, link, pack, page, unpack
from tinh.rest.render import TYPES, answer, format_of, plain, table
from tinh.rest.routes.asked import Asked, among_agency, recall_of
from tinh.rest.routes.datasets import dataset_of
from tinh.rest.routes.datasets import router as of_datasets

router = Router(tags=["receipts"])
_WHAT = Text("biên nhận", "receipt")


@router.get("/receipts", response=shapes.Receipts, summary="Deliveries, newest first")
@conditional
def receipts(
    request: HttpRequest,
    asked: Query[Asked],
    dataset: str = "",
    agency: str = "",
    as_of: str = "",
    limit: int = 50,
    cursor: str = "",
) -> HttpResponse:
    """Those the caller may read: a data officer's own agency's."""
    seen = people.among(actor(request), "read receipts", jobs.catalogue().datasets)
    if dataset:
        people.require(actor(request), "read receipts", dataset_of(dataset))
        seen = frozenset({dataset})
    if agency:
        seen = among_agency(agency, seen)
    return _list(request, asked, seen, as_of, limit, cursor)


# On the router that takes deliveries at the same address: a path belongs to one of them.
@of_datasets.get(
    "/datasets/{id}/receipts",
    tags=["receipts"],
    response=shapes.Receipts,
    summary="Deliveries to one dataset",
)
@conditional
def receipts_of(
    request: HttpRequest, id: str, asked: Query[Asked], as_of: str = "", limit: int = 50, cursor: str = ""
) -> HttpResponse:
    people.require(actor(request), "read receipts", dataset_of(id))
    return _list(request, asked, frozenset({id}), as_of, limit, cursor)


@router.get("/receipts/{id}", response=shapes.Receipt, summary="One delivery")
@conditional
def receipt(request: HttpRequest, id: str) -> HttpResponse:
    stored = jobs.corridor().lake.receipt(id)
    if stored is not None:
        people.require(actor(request), "read receipts", dataset_or_none(stored.dataset))
        return answer(_standing(stored))
    waiting = jobs.waiting(id)
    if waiting is None:
        raise _unknown(id)
    people.require(actor(request), "read receipts", dataset_or_none(waiting.dataset))
    body = plain(waiting.as_dict())
    return answer({"receipt": body.pop("id"), **body, "state": "waiting"}, headers={"Retry-After": "1"})


@router.get("/receipts/{id}/verdict", response=shapes.Verdict, summary="What the gate made of it")
@conditional
def verdict(request: HttpRequest, id: str) -> HttpResponse:
    """Each reason says its rule in words and gives up to five of the rows it held, as delivered, to those
    who may read held rows."""
    stored = stored_receipt(id)
    found = dataset_or_none(stored.dataset)
    people.require(actor(request), "read receipts", found)
    rules = _reasons(stored.dataset)
    body = _standing(stored)
    who = actor(request)
    failing = examples_of(request, stored) if people.may(who, "read held rows", found) else {}
    body["reasons"] = [
        {**one, "says": rules.get(one["rule"]), "examples": failing.get(one["rule"], [])}
        for one in body.get("reasons", [])
    ]
    body["checks"] = [{**one, "says": rules.get(one["rule"])} for one in body.get("checks", [])]
    return answer(body)


@router.get("/receipts/{id}/held", response=shapes.HeldRows, summary="Rows that were held, with their rules")
@conditional
def held(request: HttpRequest, id: str, limit: int = 200, cursor: str = "") -> HttpResponse:
    """Those still held, after every answer: JSON by pages; CSV or Parquet (`format=csv`, or Accept)
    whole; `format=xlsx` is the spreadsheet to mend in."""
    stored = stored_receipt(id)
    people.require(actor(request), "read receipts", dataset_or_none(stored.dataset))
    people.require(actor(request), "read held rows", dataset_or_none(stored.dataset))
    form = format_of(request, ("json", "csv", "parquet", "xlsx"))
    if form == "xlsx":
        return sheet(request, id)
    seen = jobs.sight(request, actor(request), dataset_or_none(stored.dataset))
    frame = jobs.corridor().mending.held(stored).drop("_receipt", "_received_at", "_numeric", strict=False)
    if form != "json":
        return table(seen.frame(frame, id), form, f"{stored.dataset}-{id}-held")
    size = limit_of(limit)
    if cursor:
        (after,) = unpack(cursor, int)
        frame = frame.filter(pl.col("_row") > after)
    rows = seen.frame(frame.head(size), id).to_dicts()
    following = pack(int(rows[-1]["_row"])) if len(frame) > size else None
    return answer(page([_held(row) for row in rows], following), headers=link(request, following))


@router.get("/receipts/{id}/raw", summary="The bytes as received")
def raw(request: HttpRequest, id: str) -> HttpResponseBase:
    stored = stored_receipt(id)
    found = dataset_or_none(stored.dataset)
    who = people.require(actor(request), "read raw", found)
    if found is not None:
        jobs.clear(request, who, found).record_whole(id)
    jobs.raw(stored.digest).close()  # erased bytes are refused before an answer begins
    people.note(who.name, "read raw", id, allowed=True, address=people.address_of(request))
    response = StreamingHttpResponse(_blocks(stored.digest), content_type="application/octet-stream")
    response.headers["Content-Length"] = str(stored.size)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stored.filename)}"
    encoded = base64.b64encode(bytes.fromhex(stored.digest)).decode()
    response.headers["Repr-Digest"] = f"sha-256=:{encoded}:"
    return response


def sheet(request: HttpRequest, id: str) -> HttpResponse:
    """The spreadsheet of held rows, in the reader's language."""
    corridor = jobs.corridor()
    language = "en" if getattr(request, "LANGUAGE_CODE", "vi") == "en" else "vi"
    with tempfile.TemporaryDirectory(prefix="tinh-held-") as folder:
        path = Path(folder) / "held.xlsx"
        left = corridor.mending.left(id)
        left = replace(left, frame=jobs.sight(request, actor(request), left.dataset).frame(left.frame, id))
        write_sheet(path, left, corridor.catalogue, corridor.gazetteer, language)
        body = path.read_bytes()
    named = f'attachment; filename="held-{id}.xlsx"'
    return HttpResponse(body, content_type=TYPES["xlsx"], headers={"Content-Disposition": named})


async def _blocks(digest: str) -> AsyncIterator[bytes]:
    stream = await asyncio.to_thread(jobs.raw, digest)
    try:
        while block := await asyncio.to_thread(stream.read, 1 << 18):
            yield block
    finally:
        stream.close()


def _list(
    request: HttpRequest,
    asked: Asked,
    datasets: frozenset[str] | None,
    as_of: str,
    limit: int,
    cursor: str,
) -> HttpResponse:
    size = limit_of(limit)
    before = unpack(cursor, str)[0] if cursor else None
    found = jobs.corridor().lake.receipts(
        limit=size + 1, before=before, as_of=moment("as_of", as_of), wanted=asked.wanted(datasets)
    )
    following = pack(found[size - 1].id) if len(found) > size else None
    items = [_one(one) for one in found[:size]]
    return answer(page(items, following), headers=link(request, following))


def _one(stored: StoredReceipt) -> dict[str, Any]:
    """A judged receipt with, where it was recalled, by whom and why."""
    out = jobs.corridor().lake.recalls.why(stored.id)
    return {**plain(stored.as_dict()), "state": "judged", "recalled": None if out is None else recall_of(out)}


def _standing(stored: StoredReceipt) -> dict[str, Any]:
    """The same, and what its verdict has become."""
    return {**_one(stored), "standing": jobs.corridor().mending.standing(stored).as_dict()}


def _held(row: dict[str, Any]) -> dict[str, Any]:
    values = row.pop("_values", None)
    return {
        "row": row.pop("_row"),
        "at": row.pop("_at", None),
        "rules": list(row.pop("_rules") or []),
        "seen": json.loads(values) if values else {},
        "values": {name: plain(value) for name, value in row.items() if not name.startswith("_")},
    }


def examples_of(request: HttpRequest, stored: Any) -> dict[str, Any]:
    found = dataset_or_none(stored.dataset)
    seen = jobs.sight(request, actor(request), found)
    return examples(seen.veil.frame(jobs.corridor().lake.held(stored.id)), found)


def _reasons(dataset: str) -> dict[str, Any]:
    found = jobs.catalogue().datasets.get(dataset)
    return {rule.id: rule.says.as_dict() for rule in found.rules if rule.says.en} if found else {}


def dataset_or_none(id: str) -> Dataset | None:
    """None for a dataset that the province has dropped since: then only an administrator may look."""
    return jobs.catalogue().datasets.get(id)


def stored_receipt(id: str) -> Any:
    stored = jobs.corridor().lake.receipt(id)
    if stored is None:
        raise _unknown(id)
    return stored


def _unknown(id: str) -> NothingThere:
    return NothingThere(what_vi=_WHAT.vi, what_en=_WHAT.en, id=id, list="/api/v1/receipts")
