"""Where a report may lie: communes to choose from, their areas for the map, the commune around a point."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET

from tinh.jobs import api as jobs
from tinh.kit.ids import digest
from tinh.places import api as places
from tinh.places.api import Gazetteer


def today() -> date:
    return jobs.now().astimezone(ZoneInfo(jobs.catalogue().timezone)).date()


def communes() -> list[tuple[str, str]]:
    """Code and name of each commune of the province, by name."""
    return list(_communes(jobs.gazetteer(), jobs.catalogue().place, today()))


@lru_cache(maxsize=4)
def _communes(book: Gazetteer, province: str, day: date) -> tuple[tuple[str, str], ...]:
    found = ((unit.code, unit.name) for unit in book.communes(province, day))
    return tuple(sorted(found, key=lambda one: _sorted_by(one[1])))


def _sorted_by(name: str) -> str:
    """Names without their kind and their marks: “Phường Quan Triều” stands under Q, Đ behind D."""
    own = (name.split(" ", 1)[1] if " " in name else name).lower().replace("đ", "d\x7f")
    return "".join(c for c in unicodedata.normalize("NFD", own) if not unicodedata.combining(c))


def name_of(code: str) -> str:
    unit = jobs.gazetteer().find(code, today()) if code else None
    return unit.name if unit else ""


def commune_at(latitude: float, longitude: float) -> str:
    """The commune of the province around a point; "" outside of it."""
    day = today()
    found = jobs.gazetteer().at(latitude, longitude, day, jobs.official_boundaries(day))
    mine = {code for code, _ in communes()}
    return found[0].code if found and found[0].code in mine else ""


@require_GET
def areas(request: HttpRequest) -> HttpResponse:
    """The communes as GeoJSON, drawn coarsely enough for a phone on a bad line."""
    day = today()
    official = jobs.official_boundaries(day)
    changed = official.stat().st_mtime if official else 0.0
    body = _areas(jobs.catalogue().place, day, official, changed)
    mark = quote_etag(digest(body)[:20])
    if request.headers.get("If-None-Match") == mark:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="application/geo+json")
    response["ETag"] = mark
    response["Cache-Control"] = "public, max-age=86400"
    return response


@lru_cache(maxsize=4)
def _areas(province: str, day: date, official: Path | None, changed: float) -> bytes:  # noqa: ARG001  the cache's key
    drawn = places.boundaries(province, day, official, jobs.gazetteer()).geojson()
    for feature in drawn["features"]:
        geometry = feature["geometry"]
        geometry["coordinates"] = _rounded(geometry["coordinates"])
        feature["properties"] = {
            "code": feature["properties"]["code"],
            "name": feature["properties"]["fullName"],
        }
    return json.dumps(drawn, ensure_ascii=False, separators=(",", ":")).encode()


def _rounded(part: Any) -> Any:
    """Coordinates to about eleven metres, neighbours that fall together left out."""
    if part and isinstance(part[0], int | float):
        return [round(part[0], 4), round(part[1], 4)]
    listed = [_rounded(one) for one in part]
    if listed and isinstance(listed[0][0], int | float):
        kept = [one for n, one in enumerate(listed) if n == 0 or one != listed[n - 1]]
        return kept if len(kept) > 3 else listed
    return listed
