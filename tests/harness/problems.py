"""The one shape of every error."""

from __future__ import annotations

from typing import Any


def is_problem(response: Any, status: int | None = None) -> dict[str, Any]:
    where = f"{response.request.method} {response.request.url} → {response.status_code}"
    assert status is None or response.status_code == status, f"{where} {response.text[:300]}"
    assert response.headers["content-type"].startswith("application/problem+json"), where
    body = response.json()
    assert body["status"] == response.status_code, where
    assert body["type"] == f"urn:tinh:problem:{body['code']}", where
    for member in ("title", "detail", "instance", "code"):
        assert isinstance(body[member], str) and body[member], (where, member)
    for member in ("titles", "details"):
        assert set(body[member]) == {"vi", "en"} and all(body[member].values()), (where, member)
    return body
