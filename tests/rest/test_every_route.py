"""What must hold of each route, enumerated from the OpenAPI the server publishes."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.harness.problems import is_problem

METHODS = ("get", "post", "put", "patch", "delete")


@cache
def schema(address: str) -> dict[str, Any]:
    import httpx

    return httpx.get(f"{address}/api/v1/openapi.json").json()


def routes(site: Any) -> list[tuple[str, str]]:
    return [
        (method, re.sub(r"\{[^}]*\}", "khong-co", path))
        for path, operations in schema(site.address)["paths"].items()
        for method in operations
    ]


def test_openapi_is_3_1_and_names_enough_routes(site) -> None:
    found = schema(site.address)
    assert found["openapi"].startswith("3.1")
    assert len(routes(site)) >= 24
    assert "Problem" in found["components"]["schemas"]
    assert {"Bearer", "Session"} <= set(found["components"]["securitySchemes"])


def test_every_route_documents_its_problems(site) -> None:
    for path, operations in schema(site.address)["paths"].items():
        for method, operation in operations.items():
            assert "application/problem+json" in operation["responses"]["default"]["content"], (method, path)


def test_every_route_refuses_a_stranger(site) -> None:
    client = site.stranger()
    for method, path in routes(site):
        response = client.request(method, path)
        body = is_problem(response, 401)
        assert body["code"] == "PPL001"
        assert response.headers["www-authenticate"].startswith("Bearer")


def test_every_route_refuses_a_bad_token(site) -> None:
    client = site.stranger(Authorization="Bearer tinh_wrong")
    for method, path in routes(site):
        assert is_problem(client.request(method, path), 401)["code"] == "PPL003"


def test_every_route_answers_a_method_it_does_not_know_with_a_problem(site) -> None:
    client = site.program("viewer")
    known: dict[str, set[str]] = {}
    for method, path in routes(site):
        known.setdefault(path, set()).add(method)
    for path, methods in known.items():
        other = next(method for method in METHODS if method not in methods)
        response = client.request(other, path)
        is_problem(response, 405)
        assert response.headers["allow"]


def test_every_route_answers_something_missing_with_a_problem(site) -> None:
    client = site.program("administrator")
    for method, path in routes(site):
        if "khong-co" in path:
            response = client.request(method, path, params={"place": "19", "period": "2025-04"})
            is_problem(response)
            assert response.status_code in (404, 406, 422), path


def test_every_route_answers_a_wrong_parameter_with_a_problem(site) -> None:
    client = site.program("administrator")
    for path, operations in schema(site.address)["paths"].items():
        for method, operation in operations.items():
            kinds = {p["name"]: p["schema"] for p in operation["parameters"] if p["in"] == "query"}
            wrong = {
                name: "sai!"
                for name, kind in kinds.items()
                if kind.get("type") in ("integer", "number", "boolean")
            }
            if not wrong:
                continue
            response = client.request(method, re.sub(r"\{[^}]*\}", "x", path), params=wrong)
            body = is_problem(response, 422)
            assert {tuple(one["where"]) for one in body["errors"]} >= {(name,) for name in wrong}


def test_unknown_address_is_a_problem_in_the_language_asked_for(site) -> None:
    client = site.program("viewer")
    vi = is_problem(client.get("/api/v1/nothing"), 404)
    en = is_problem(client.get("/api/v1/nothing", headers={"Accept-Language": "en-GB,en;q=0.9"}), 404)
    assert vi["title"] == vi["titles"]["vi"] == "Không tìm thấy"
    assert en["title"] == en["titles"]["en"] == "Not found"


def test_strange_host_and_broken_paths_are_problems(site) -> None:
    client = site.program("viewer")
    is_problem(client.get("/api/v1/me", headers={"Host": "evil.example"}), 400)
    is_problem(client.get("/api/v1/receipts/%00"), 404)
    is_problem(client.get("/api/v1/datasets/%F0%9F%98%80"), 404)
    is_problem(client.get("/api/v1/places/%2e%2e%2fetc"), 404)


@pytest.mark.parametrize("role", ["viewer", "data_officer", "administrator"])
def test_every_answer_has_the_published_shape(site, role: str) -> None:
    client = site.program(role, "so-nnmt" if role == "data_officer" else "")
    published = schema(site.address)
    examples = {
        "/api/v1/places/resolve": {"text": "La Bằng", "on": "2025-08-01"},
        "/api/v1/places/at": {"lat": 21.59, "lon": 105.84},
        "/api/v1/places/{code}": {},
        "/api/v1/places/{code}/children": {"limit": 3},
        "/api/v1/indicators/{id}/values": {},
    }
    ids = {
        "code": "19",
        "indicators": "pm25-daily",
        "datasets": "air-hourly",
        "feeds": "vien-thong-thang",
        "agencies": "so-khcn",
        "sitings": "tram-5g",
        "pilots": "ecommerce-households",
    }
    seen = 0
    for path, operations in published["paths"].items():
        if (
            "get" not in operations
            or "receipts/{id}" in path
            or path == "/api/v1/anomalies/{id}"  # needs one
            # need one, and rows: tests/rest/test_cases.py, test_indexes.py
            or path.startswith(("/api/v1/cases/{code}", "/api/v1/indexes/{id}"))
            or path.endswith(("/trace", "/what-if", ".{form}", "/contract", "/layouts/{name}"))
        ):
            continue
        address = path.replace("{code}", ids["code"])
        address = address.replace("{id}", ids[path.split("/")[3]] if "{id}" in path else "")
        response = client.get(address, params=examples.get(path, {}))
        closed = path.startswith("/api/v1/tokens") and role != "administrator"
        closed |= path == "/api/v1/feeds/{id}" and role == "data_officer"  # a source of another agency
        closed |= path == "/api/v1/cases" and role in ("viewer", "data_officer")
        if closed or (path.endswith("/layouts") and role == "viewer"):
            is_problem(response, 403)
            continue
        assert response.status_code == 200, (path, response.text[:300])
        content = operations["get"]["responses"].get("200", {}).get("content", {})
        shape = content.get("application/json", {}).get("schema")
        assert shape, path
        jsonschema.validate(response.json(), {**shape, "components": published["components"]})
        seen += 1
    assert seen >= 15


def test_the_reference_page_lists_every_route_and_no_other(site) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "rest.md").read_text()
    written = set(re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`\s]*)`", page)) - {"GET /healthz", "GET /readyz"}
    paths = site.stranger().get("/api/v1/openapi.json").json()["paths"]
    served = {f"{m.upper()} {p.removeprefix('/api/v1')}" for p, methods in paths.items() for m in methods}
    assert written == served
