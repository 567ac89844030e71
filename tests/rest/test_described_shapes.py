"""The OpenAPI document says of each route what that route gives, and what its readers refuse."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from typing import Any

from pydantic import BaseModel


def test_no_two_shapes_share_a_name_as_one_would_then_be_described_as_the_other() -> None:
    import tinh.rest

    for found in pkgutil.walk_packages(tinh.rest.__path__, "tinh.rest."):
        if "migrations" not in found.name:
            importlib.import_module(found.name)
    left, shapes = [BaseModel], set()
    while left:
        for one in left.pop().__subclasses__():
            left.append(one)
            if one.__module__.startswith("tinh.rest."):
                shapes.add((one.__module__, one.__name__))
    assert ("tinh.rest.routes.tokens", "TokenWanted") in shapes and len(shapes) > 80
    assert {name: n for name, n in Counter(name for _, name in shapes).items() if n > 1} == {}


def test_what_readers_of_a_query_refuse_is_described(site: Any) -> None:
    described = site.program("administrator").get("/api/v1/openapi.json").json()["paths"]

    def parameter(path: str, name: str) -> dict[str, Any]:
        found = described[path]["get"]["parameters"]
        return next(one["schema"] for one in found if one["name"] == name)

    assert parameter("/api/v1/cases", "limit")["maximum"] == 1000
    assert parameter("/api/v1/places/at", "lat")["minimum"] == -90
    assert {"format": "date"} in parameter("/api/v1/places/{code}", "on")["anyOf"]
    sites = described["/api/v1/sitings/{id}/sites.geojson"]["get"]["responses"]["200"]["content"]
    assert "application/geo+json" in sites
    history = described["/api/v1/cases/{code}/history"]["get"]["responses"]["200"]["content"]
    assert history["application/json"]["schema"]["$ref"].endswith("/History")
