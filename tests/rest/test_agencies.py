"""The directory of agencies over the API."""

from __future__ import annotations

from datetime import date

from tests.harness.problems import is_problem


def test_agencies_are_listed_searched_without_accents_and_paged(site) -> None:
    client = site.program("viewer")
    found = client.get("/api/v1/agencies", params={"text": "khoa hoc"}).json()["items"]
    assert [one["id"] for one in found] == ["so-khcn"]
    assert "telecom-monthly" in found[0]["datasets"] and found[0]["origin"] == "declared"
    first = client.get("/api/v1/agencies", params={"limit": 2})
    second = client.get("/api/v1/agencies", params={"limit": 2, "cursor": first.json()["next"]}).json()
    ids = [one["id"] for one in [*first.json()["items"], *second["items"]]]
    assert len(ids) == 4 and ids == sorted(ids)
    assert 'rel="next"' in first.headers["Link"]


def test_a_merged_agency_answers_with_its_successor_and_shows_no_person(site) -> None:
    from tinh.jobs import api as jobs

    for id in ("cu-rest", "moi-rest"):
        jobs.add_agency({"id": id, "name": {"vi": id, "en": id}, "head": "ai-do"}, "test")
    jobs.merge_agency("cu-rest", "moi-rest", date(2026, 6, 30), "test")
    client = site.program("viewer")
    found = client.get("/api/v1/agencies/cu-rest").json()
    assert found["id"] == "moi-rest"
    assert found["aliases"] == [
        {"id": "cu-rest", "name": {"vi": "cu-rest", "en": "cu-rest"}, "until": "2026-06-30"}
    ]
    assert "ai-do" not in str(found)
    is_problem(client.get("/api/v1/agencies/khong-co"), 404)


def test_receipts_of_a_merged_agency_are_asked_for_by_either_id(site) -> None:
    client = site.program("viewer")
    assert client.get("/api/v1/receipts", params={"agency": "so-khcn"}).status_code == 200
    is_problem(client.get("/api/v1/receipts", params={"agency": "khong-co"}), 422)
