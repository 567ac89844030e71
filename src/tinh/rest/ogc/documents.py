"""Landing page, conformance, collections and the API definition of OGC API – Features, Part 1 (17-069r4)."""

from __future__ import annotations

from typing import Any

import shapely
from django.http import HttpRequest, HttpResponse

from tinh import __version__
from tinh.jobs import api as jobs
from tinh.rest.ogc.entry import GEOJSON, JSON, door
from tinh.rest.ogc.holdings import COLLECTIONS, Collection, collection_of, features
from tinh.rest.ogc.items import CRS84, MOST, QUERYABLES, USUAL
from tinh.rest.render import answer

_OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_CLASSES = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
)


@door()
def landing(request: HttpRequest) -> HttpResponse:
    base = request.build_absolute_uri("/ogc/")
    language = _language(request)
    name = jobs.catalogue().name.in_(language)
    english = language == "en"
    return answer(
        {
            "title": f"{name}: administrative units" if english else f"{name}: đơn vị hành chính",
            "description": (
                "Units valid in time with their areas."
                if english
                else "Đơn vị hành chính theo thời gian, có ranh giới."
            ),
            "links": [
                {"href": base, "rel": "self", "type": JSON},
                {"href": f"{base}api", "rel": "service-desc", "type": _OPENAPI},
                {"href": f"{base}conformance", "rel": "conformance", "type": JSON},
                {"href": f"{base}collections", "rel": "data", "type": JSON},
            ],
        }
    )


@door()
def conformance(_request: HttpRequest) -> HttpResponse:
    return answer({"conformsTo": list(_CLASSES)})


@door()
def collections(request: HttpRequest) -> HttpResponse:
    here = request.build_absolute_uri("/ogc/collections")
    return answer(
        {
            "links": [{"href": here, "rel": "self", "type": JSON}],
            "collections": [_described(request, one) for one in COLLECTIONS.values()],
        }
    )


@door()
def collection(request: HttpRequest, id: str) -> HttpResponse:
    return answer(_described(request, collection_of(id)))


@door()
def definition(request: HttpRequest) -> HttpResponse:
    return answer(_openapi(request.build_absolute_uri("/ogc").rstrip("/")), content_type=_OPENAPI)


def _described(request: HttpRequest, one: Collection) -> dict[str, Any]:
    here = request.build_absolute_uri(f"/ogc/collections/{one.id}")
    language = _language(request)
    held = features(one)
    extent: dict[str, Any] = {}
    if held:
        box = [round(v, 6) for v in shapely.total_bounds([h.feature.shape for h in held]).tolist()]
        begins = [h.feature.unit.valid_from for h in held]
        ends = [h.feature.unit.valid_to for h in held]
        first = None if None in begins else min(d for d in begins if d)
        last = None if None in ends else max(d for d in ends if d)
        extent = {
            "spatial": {"bbox": [box], "crs": CRS84},
            "temporal": {
                "interval": [[f"{d.isoformat()}T00:00:00Z" if d else None for d in (first, last)]],
                "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
            },
        }
    return {
        "id": one.id,
        "title": one.title.in_(language),
        "description": one.description.in_(language),
        "itemType": "feature",
        "crs": [CRS84],
        **({"extent": extent} if extent else {}),
        "links": [
            {"href": here, "rel": "self", "type": JSON},
            {"href": f"{here}/items", "rel": "items", "type": GEOJSON, "title": one.title.in_(language)},
        ],
    }


def _openapi(base: str) -> dict[str, Any]:
    def query(name: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"name": name, "in": "query", "required": False, "schema": schema, "style": "form", **more}

    def get(
        id: str, summary: str, kind: str, parameters: list[dict[str, Any]] | None = None
    ) -> dict[str, Any]:
        problem = {
            "description": "RFC 9457",
            "content": {"application/problem+json": {"schema": {"type": "object"}}},
        }
        return {
            "get": {
                "operationId": id,
                "summary": summary,
                "parameters": parameters or [],
                "responses": {
                    "200": {"description": summary, "content": {kind: {"schema": {"type": "object"}}}},
                    "default": problem,
                },
            }
        }

    text = {"type": "string"}
    collection_id = {
        "name": "collectionId", "in": "path", "required": True,
        "schema": {"type": "string", "enum": list(COLLECTIONS)},
    }  # fmt: skip
    feature_id = {"name": "featureId", "in": "path", "required": True, "schema": text}
    box = {"type": "array", "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
           "items": {"type": "number"}}  # fmt: skip
    count = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    items = [
        collection_id,
        query("limit", count, explode=False),
        query("offset", {"type": "integer", "minimum": 0, "default": 0}, explode=False),
        query("bbox", box, explode=False),
        query("bbox-crs", {"type": "string", "enum": [CRS84]}, explode=False),
        query("crs", {"type": "string", "enum": [CRS84]}, explode=False),
        query("datetime", text, explode=False),
        *(query(name, text, explode=False) for name in QUERYABLES),
    ]
    return {
        "openapi": "3.0.3",
        "info": {"title": "Tỉnh: OGC API Features", "version": __version__},
        "servers": [{"url": base}],
        "security": [{"bearer": []}, {"basic": []}],
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"}, "basic": {"type": "http", "scheme": "basic"},
            },
        },
        "paths": {
            "/": get("landing", "Landing page", JSON),
            "/conformance": get("conformance", "Conformance classes", JSON),
            "/collections": get("collections", "Collections", JSON),
            "/collections/{collectionId}": get("collection", "One collection", JSON, [collection_id]),
            "/collections/{collectionId}/items": get("items", "Features", GEOJSON, items),
            "/collections/{collectionId}/items/{featureId}": get(
                "item", "One feature", GEOJSON, [collection_id, feature_id]
            ),
        },
    }  # fmt: skip


def _language(request: HttpRequest) -> str:
    return "en" if getattr(request, "LANGUAGE_CODE", "vi") == "en" else "vi"
