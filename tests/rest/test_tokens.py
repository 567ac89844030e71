"""Tokens through the API."""

from __future__ import annotations

from tests.harness.air import csv, hours, push
from tests.harness.problems import is_problem


def test_administrator_makes_a_token_that_pushes_until_it_is_taken_back(site) -> None:
    admin, owner = site.program("administrator"), site.account("data_officer", "so-nnmt")
    wanted = {"owner": owner.username, "name": "trạm đo", "datasets": ["air-hourly"], "days": 30}
    made = admin.post("/api/v1/tokens", json=wanted)
    assert made.status_code == 201, made.text
    station = site.stranger(Authorization=f"Bearer {made.json()['secret']}")
    assert push(station, csv(hours())).status_code == 202
    listed = admin.get("/api/v1/tokens").json()["items"]
    assert made.json()["id"] in [one["id"] for one in listed]
    assert "secret" not in listed[0]
    assert admin.delete(made.headers["location"]).status_code == 204
    assert is_problem(push(station, csv(hours())), 401)["code"] == "PPL003"


def test_token_with_wrong_wishes_is_refused(site) -> None:
    admin, owner = site.program("administrator"), site.account("viewer").username
    good = {"owner": owner, "name": "x"}
    for wrong in ({"days": 0}, {"days": 10_000}, {"name": ""}, {"role": "administrator"}):
        is_problem(admin.post("/api/v1/tokens", json={**good, **wrong}), 422)
    is_problem(admin.post("/api/v1/tokens", json={**good, "owner": "không có"}), 404)
    is_problem(admin.post("/api/v1/tokens", json={**good, "datasets": ["không có"]}), 404)
    is_problem(admin.post("/api/v1/tokens", content=b"{", headers={"Content-Type": "application/json"}), 400)


def test_only_administrators_manage_tokens(site) -> None:
    for role in ("viewer", "data_officer"):
        client = site.program(role, "so-nnmt" if role == "data_officer" else "")
        is_problem(client.get("/api/v1/tokens"), 403)
        is_problem(client.post("/api/v1/tokens", json={"owner": "x", "name": "x"}), 403)
        is_problem(client.delete("/api/v1/tokens/1"), 403)
