"""Places valid in time: names, units, children, what became of them, and where they lie."""

# ruff: noqa: ARG001  # the router hands every view its request, used or not
from __future__ import annotations

from datetime import timedelta
from typing import Literal, cast

from django.http import HttpRequest, HttpResponse
from ninja import Router

from tinh.jobs import api as jobs
from tinh.kit.errors import Text
from tinh.places.api import REFORM, TYPES, Unit, boundaries, export
from tinh.places.api import changes as changes_of
from tinh.rest import shapes
from tinh.rest.errors import BadParameter, NothingThere
from tinh.rest.fresh import conditional
from tinh.rest.moments import day
from tinh.rest.paging import limit_of, link, pack, page, unpack
from tinh.rest.render import answer, plain

router = Router(tags=["places"])
Level = Literal["province", "district", "commune"]
Format = Literal["geojson", "fgb", "gpkg"]
_OUTLINES = {
    "responses": {
        200: {
            "description": "OK",
            "content": {
                kind: {"schema": {"$ref": "#/components/schemas/FeatureCollection"} if "json" in kind else {}}
                for kind in TYPES.values()
            },
        }
    }
}
_WHAT = Text("đơn vị hành chính", "administrative unit")


@router.get(
    "/places/resolve", response=shapes.Resolution, summary="A written name → one unit, several or none"
)
@conditional
def resolve(
    request: HttpRequest, text: str, on: str = "", within: str = "", levels: str = ""
) -> HttpResponse:
    """`within`: code of today's province whose territory of that day is meant. `levels`: in order
    of preference, comma separated; the first level with candidates decides."""
    if not text.strip() or len(text) > 500:
        raise BadParameter(name="text", value=text[:40], expected="1–500")
    ladder = tuple(part.strip() for part in levels.split(",") if part.strip())
    for level in ladder:
        if level not in ("province", "district", "commune"):
            raise BadParameter(name="levels", value=level, expected="commune,district,province")
    found = jobs.gazetteer().resolve(
        text, day("on", on), within=within or None, levels=cast("tuple[Level, ...]", ladder) or None
    )
    body = plain(found.as_dict()) if hasattr(found, "as_dict") else {
        "text": text, "status": found.status, "units": [u.as_dict() for u in found.units]
    }  # fmt: skip
    return answer(body)


@router.get("/places/at", response=shapes.Located, summary="The commune at a point")
@conditional
def at(request: HttpRequest, lat: float, lon: float, on: str = "") -> HttpResponse:
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise BadParameter(name="lat, lon", value=f"{lat}, {lon}", expected="21.59, 105.84")
    moment = day("on", on)
    found = jobs.gazetteer().at(lat, lon, moment, official=jobs.official_boundaries(moment))
    if found is None:
        raise NothingThere(
            what_vi=_WHAT.vi, what_en=_WHAT.en, id=f"{lat}, {lon}", list="/api/v1/places/boundaries"
        )
    unit, approximate = found
    return answer({"unit": unit.as_dict(), "approximate": approximate})


@router.get(
    "/places/boundaries",
    response=shapes.FeatureCollection,
    summary="Outlines as GeoJSON or FlatGeobuf",
    openapi_extra=_OUTLINES,
)
@conditional
def outlines(
    request: HttpRequest, province: str = "", on: str = "", format: Format = "geojson"
) -> HttpResponse:
    """Communes of a province (the served one by default). `approximate` says whether they are cells
    around known centres rather than official boundaries. `format`: geojson, fgb or gpkg."""
    moment = day("on", on)
    code = province or jobs.catalogue().place
    _get(code, on)
    found = boundaries(code, moment, jobs.official_boundaries(moment), jobs.gazetteer())
    response = HttpResponse(export(found, format), content_type=TYPES[format])
    if format != "geojson":
        response.headers["Content-Disposition"] = f'attachment; filename="{code}-{moment}.{format}"'
    return response


@router.get("/boundaries", response=shapes.BoundarySets, summary="The sets of official boundaries")
@conditional
def sets(request: HttpRequest) -> HttpResponse:
    return answer(page([one.as_dict() for one in jobs.atlas().sets()], None))


@router.get("/places/{code}", response=shapes.Unit, summary="One unit as it stood on a day")
@conditional
def unit(request: HttpRequest, code: str, on: str = "") -> HttpResponse:
    found = _get(code, on)
    path = [{"code": u.code, "name": u.name, "level": u.level} for u in jobs.gazetteer().path(found)]
    return answer({**found.as_dict(), "path": path})


@router.get("/places/{code}/children", response=shapes.Units, summary="Units inside a unit")
@conditional
def children(
    request: HttpRequest,
    code: str,
    on: str = "",
    level: Level = "commune",
    limit: int = 200,
    cursor: str = "",
) -> HttpResponse:
    _get(code, on)
    found = sorted(jobs.gazetteer().children(code, day("on", on), level=level), key=lambda u: u.code)
    size = limit_of(limit)
    if cursor:
        (after,) = unpack(cursor, str)
        found = [u for u in found if u.code > after]
    following = pack(found[size - 1].code) if len(found) > size else None
    return answer(page([u.as_dict() for u in found[:size]], following), headers=link(request, following))


@router.get("/places/{code}/successors", response=shapes.Units, summary="What became of a unit")
@conditional
def successors(request: HttpRequest, code: str, on: str = "") -> HttpResponse:
    _known(code)
    links = jobs.gazetteer().successors(code, day("on", on) if on else None)
    return answer(page([_link(one) for one in links], None))


@router.get("/places/{code}/predecessors", response=shapes.Units, summary="What a unit was made of")
@conditional
def predecessors(request: HttpRequest, code: str) -> HttpResponse:
    _known(code)
    return answer(page([_link(one) for one in jobs.gazetteer().predecessors(code)], None))


@router.get("/places/{code}/changes", response=shapes.Changes, summary="What changed for a unit")
@conditional
def changes(request: HttpRequest, code: str, on: str = "") -> HttpResponse:
    """The unit that bore the code on a day (today, else the last day before the reform of 2025): what it
    was made from, every change since with its legal basis and shares, and where it is now."""
    today = day("on", "")
    eve = REFORM - timedelta(days=1)
    moment = day("on", on) if on or jobs.gazetteer().find(code, today) else eve
    if not on:
        _known(code)
    else:
        _get(code, on)
    return answer(changes_of(jobs.gazetteer(), code, moment, today).as_dict())


def _link(one: object) -> object:
    as_dict = getattr(one, "as_dict", None)
    return plain(as_dict()) if as_dict else one


def _known(code: str) -> None:
    """Refuses a code that stood neither today nor on the eve of the reform."""
    found = jobs.gazetteer()
    if found.find(code, day("on", "")) is None and found.find(code, REFORM - timedelta(days=1)) is None:
        raise NothingThere(what_vi=_WHAT.vi, what_en=_WHAT.en, id=code, list="/api/v1/places/resolve?text=…")


def _get(code: str, on: str) -> Unit:
    found = jobs.gazetteer().find(code, day("on", on))
    if found is None:
        raise NothingThere(what_vi=_WHAT.vi, what_en=_WHAT.en, id=code, list="/api/v1/places/resolve?text=…")
    return found
