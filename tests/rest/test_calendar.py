"""The calendar of deliveries over REST, and whom it is for."""

from __future__ import annotations

from tests.harness.problems import is_problem


def test_the_calendar_holds_the_windows_asked_for_and_what_is_next(site) -> None:
    body = (
        site.program("viewer")
        .get("/api/v1/datasets/telecom-monthly/calendar", params={"last": 2, "next": 1})
        .json()
    )
    assert (body["dataset"], body["window"]) == ("telecom-monthly", "month")
    assert len(body["windows"]) == 3
    for window in body["windows"]:
        assert window["owed"] == len(window["deliveries"]) == 92
        assert window["due_at"]
    assert body["windows"][-1]["state"] == "waiting"
    assert sorted(w["window"] for w in body["windows"]) == [w["window"] for w in body["windows"]]


def test_a_calendar_of_too_many_windows_is_refused(site) -> None:
    answer = site.program("viewer").get("/api/v1/datasets/telecom-monthly/calendar", params={"last": 9999})
    assert is_problem(answer, 422)["code"] == "RST002"


def test_a_data_officer_reads_the_calendar_of_the_own_agency_only(site) -> None:
    client = site.program("data_officer", "so-khcn")
    assert client.get("/api/v1/datasets/telecom-monthly/calendar").status_code == 200
    assert is_problem(client.get("/api/v1/datasets/air-hourly/calendar"), 403)["code"] == "PPL002"
    page = site.person("data_officer", "so-khcn").get("/du-lieu/lich").text
    assert "lich-telecom-monthly" in page
    assert "lich-air-hourly" not in page
    table = site.person("data_officer", "so-khcn").get("/du-lieu/lich.csv").text
    assert "telecom-monthly" in table
    assert "air-hourly" not in table


def test_the_status_and_the_alerts_tell_of_outages(site) -> None:
    client = site.program("viewer")
    assert isinstance(client.get("/api/v1/status").json()["outages"], list)
    assert all("outage" in alert for alert in client.get("/api/v1/alerts").json()["items"])
