"""Tiles of the province's base map, as if they were our own: no page asks another host."""

from __future__ import annotations

import base64
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from tinh.jobs import api as jobs

ADDRESS = "/phan-anh/nen/{z}/{x}/{y}"
_CLEAR = base64.b64decode(  # one transparent pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@require_GET
def tile(_request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """A tile, or a transparent one while it cannot be had; 404 where none is declared or it is elsewhere."""
    if not jobs.catalogue().base_map or not jobs.near_province(z, x, y):
        raise Http404
    found = jobs.map_tile(z, x, y)
    if found is None or not found.data:
        response = HttpResponse(_CLEAR, content_type="image/png")
        response["Cache-Control"] = "public, max-age=60" if found is None else "public, max-age=3600"
        return response
    response = HttpResponse(found.data, content_type=found.kind)
    response["Cache-Control"] = "public, max-age=86400"
    return response


def laid(language: str) -> dict[str, Any] | None:
    """What a map's page says of its base map; None without one."""
    way = jobs.catalogue().base_map
    if not way:
        return None
    return {"address": ADDRESS, "zoom": way.max_zoom, "whose": way.attribution.in_(language)}
