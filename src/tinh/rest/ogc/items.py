"""Features of a collection: by box, by time, by property, page by page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

import shapely
from django.http import HttpRequest, HttpResponse

from tinh.jobs import api as jobs
from tinh.kit.errors import Text
from tinh.places.api import Feature
from tinh.rest.errors import BadParameter, NothingThere
from tinh.rest.ogc.entry import GEOJSON, door
from tinh.rest.ogc.holdings import Held, collection_of, features
from tinh.rest.render import answer

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
USUAL, MOST = 100, 1000
QUERYABLES = ("code", "name", "kind", "parent")
PARAMETERS = ("limit", "offset", "bbox", "bbox-crs", "crs", "datetime", *QUERYABLES)


@dataclass(frozen=True, slots=True)
class Span:
    """A closed span of days; None is open."""

    first: date | None
    last: date | None

    def meets(self, feature: Feature) -> bool:
        begins, ends = feature.unit.valid_from, feature.unit.valid_to
        return (self.last is None or begins is None or begins <= self.last) and (
            self.first is None or ends is None or self.first < ends
        )


@door(*PARAMETERS)
def listing(request: HttpRequest, id: str) -> HttpResponse:
    found = collection_of(id)
    for name in ("bbox-crs", "crs"):
        if request.GET.get(name, CRS84) != CRS84:
            raise BadParameter(name=name, value=request.GET[name][:80], expected=CRS84)
    chosen = matching(request, features(found))
    limit = min(_count(request, "limit", USUAL, least=1), MOST)
    offset = _count(request, "offset", 0, least=0)
    shown = chosen[offset : offset + limit]
    here = request.build_absolute_uri(f"/ogc/collections/{id}")
    links = [_link(request, here, "self", None)]
    if offset + limit < len(chosen):
        links.append(_link(request, here, "next", offset + limit))
    if offset:
        links.append(_link(request, here, "prev", max(0, offset - limit)))
    links.append({"href": here, "rel": "collection", "type": "application/json"})
    return _with(
        {
            "type": "FeatureCollection",
            "timeStamp": jobs.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "numberMatched": len(chosen),
            "numberReturned": len(shown),
            "links": links,
        },
        f'"features":[{",".join(held.geojson for held in shown)}]',
    )


@door()
def one(request: HttpRequest, id: str, feature: str) -> HttpResponse:
    found = next((h for h in features(collection_of(id)) if h.feature.id == feature), None)
    if found is None:
        what = Text("đối tượng", "feature")
        raise NothingThere(what_vi=what.vi, what_en=what.en, id=feature, list=f"/ogc/collections/{id}/items")
    here = request.build_absolute_uri(f"/ogc/collections/{id}")
    links = [
        {"href": f"{here}/items/{feature}", "rel": "self", "type": GEOJSON},
        {"href": here, "rel": "collection", "type": "application/json"},
    ]
    return _with({"links": links}, found.geojson[1:-1])


def _with(said: dict[str, Any], more: str) -> HttpResponse:
    """An object of JSON with members that are written already."""
    made = answer(said, content_type=GEOJSON, headers={"Content-Crs": f"<{CRS84}>"})
    made.content = made.content[:-1] + b"," + more.encode() + b"}"
    return made


def matching(request: HttpRequest, held: Sequence[Held]) -> list[Held]:
    """The features that pass every filter of the request."""
    chosen = list(held)
    if text := request.GET.get("datetime"):
        span = span_of(text)
        chosen = [h for h in chosen if span.meets(h.feature)]
    for name in QUERYABLES:
        if wanted := request.GET.get(name):
            chosen = [h for h in chosen if h.properties[name] == wanted]
    if text := request.GET.get("bbox"):
        boxes = boxes_of(text)
        chosen = [h for h in chosen if any(shapely.intersects(h.feature.shape, box) for box in boxes)]
    return chosen


def boxes_of(text: str) -> list[shapely.Geometry]:
    """Four numbers, or six with heights, in CRS84; a box over the date line is two."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    west, south, east, north = numbers if len(numbers) == 4 else (math.nan,) * 4
    sane = all(map(math.isfinite, (west, south, east, north))) and -90 <= south <= north <= 90
    if not (sane and -180 <= west <= 180 and -180 <= east <= 180):
        raise BadParameter(name="bbox", value=text[:80], expected="105.4,21.3,106.3,22.8")
    if west <= east:
        return [shapely.box(west, south, east, north)]
    return [shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)]


def span_of(text: str) -> Span:
    """RFC 3339: a day or moment, or an interval of two with `..` (or nothing) where it is open."""
    pieces = text.split("/")
    ends = [None if piece in ("", "..") else _moment(piece, text) for piece in pieces]
    if len(pieces) == 1 and ends[0] is not None:
        return Span(ends[0], ends[0])
    if len(pieces) != 2 or ends == [None, None]:
        raise _unreadable(text)
    first, last = ends
    if first is not None and last is not None and first > last:
        raise _unreadable(text)
    return Span(first, last)


def _moment(piece: str, text: str) -> date:
    try:
        if len(piece) == 10:
            return date.fromisoformat(piece)
        found = datetime.fromisoformat(piece)
    except ValueError:
        raise _unreadable(text) from None
    if found.tzinfo is None:
        raise _unreadable(text)
    return found.date()


def _unreadable(text: str) -> BadParameter:
    return BadParameter(
        name="datetime", value=text[:80], expected="2025-06-30 / 2025-01-01/.. / 2025-06-30T00:00:00Z"
    )


def _count(request: HttpRequest, name: str, usual: int, least: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 10) or int(text) < least:
        raise BadParameter(name=name, value=text[:40], expected=f"≥ {least}")
    return int(text)


def _link(request: HttpRequest, here: str, rel: str, offset: int | None) -> dict[str, str]:
    asked = {name: value for name, value in request.GET.items() if offset is None or name != "offset"}
    if offset is not None:
        asked["offset"] = str(offset)
    query = f"?{urlencode(asked)}" if asked else ""
    return {"href": f"{here}/items{query}", "rel": rel, "type": GEOJSON}
