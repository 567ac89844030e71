"""The directory of agencies."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from tinh.jobs import api as jobs
from tinh.kit.errors import Text
from tinh.packs.api import Agency, matches
from tinh.people import api as people
from tinh.rest import agency_shapes as shapes
from tinh.rest.entry import actor
from tinh.rest.errors import NothingThere
from tinh.rest.paging import limit_of, link, pack, page, unpack
from tinh.rest.render import answer

router = Router(tags=["catalogue"])
AGENCY = Text("cơ quan", "agency")


@router.get("/agencies", response=shapes.Agencies, summary="Agencies")
def agencies(
    request: HttpRequest, text: str = "", kind: str = "", place: str = "", limit: int = 200, cursor: str = ""
) -> HttpResponse:
    """By id. `text`: part of a name, a former name, an id or an identifier, in any case or accent."""
    people.require(actor(request), "read")
    after = unpack(cursor, str)[0] if cursor else ""
    most = limit_of(limit)
    found = [
        one
        for one in sorted(jobs.agencies().values(), key=lambda one: one.id)
        if one.id > after and kind in ("", one.kind) and place in ("", one.place) and matches(one, text)
    ]
    following = pack(found[most - 1].id) if len(found) > most else None
    shown = [described(one) for one in found[:most]]
    return answer(page(shown, following), headers=link(request, following))


@router.get("/agencies/{id}", response=shapes.Agency, summary="One agency")
def agency(request: HttpRequest, id: str) -> HttpResponse:
    """The id of a merged predecessor answers with its successor."""
    people.require(actor(request), "read")
    found = jobs.agencies().get(id)
    if found is None:
        raise NothingThere(what_vi=AGENCY.vi, what_en=AGENCY.en, id=id, list="/api/v1/agencies")
    return answer(described(found))


def described(one: Agency) -> dict[str, Any]:
    """Without its head, who is a person."""

    def day(moment: Any) -> str | None:
        return moment.isoformat() if moment else None

    return {
        "id": one.id, "name": one.name.as_dict(), "short": one.short.as_dict(), "kind": one.kind,
        "identifiers": ({"ma-dinh-danh": one.code} if one.code else {}) | one.identifiers,
        "aliases": [
            {"id": a.id or None, "name": a.name.as_dict(), "until": day(a.until)} for a in one.aliases
        ],
        "parent": one.parent or None, "place": one.place or None, "sectors": list(one.sectors),
        "contact": {k: v for k, v in one.contact.model_dump().items() if v and k != "name"},
        "since": day(one.since), "until": day(one.until), "origin": jobs.agencies().origin(one.id),
        "datasets": [d.id for d in jobs.catalogue().datasets.values() if d.owner == one.id],
    }  # fmt: skip
