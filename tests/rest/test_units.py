"""Values and changes across the reform, over REST."""

from __future__ import annotations

import time
from datetime import date

import pytest
from tests.harness.problems import is_problem
from tests.journeys.operating import telecom_report

from tinh.places.api import gazetteer


@pytest.fixture(scope="module")
def client(site):
    """Old communes of one new ward have reported a month of 2025."""
    spans = gazetteer().bridge("19", date(2025, 6, 30), date(2025, 7, 1))
    came = [s.source for s in spans if s.target == "05500"]
    report = telecom_report(*((c, "", 10, 5) for c in came), month="2025-03")
    sender = site.program("administrator")
    sent = sender.post(
        "/api/v1/datasets/telecom-monthly/receipts",
        content=report,
        headers={"Content-Type": "text/csv"},
        params={"wait": "true"},
    )
    assert sent.status_code < 300, sent.text
    ask = {"place": "05500", "from": "2025-03", "to": "2025-03", "units": "today"}
    until = time.monotonic() + 60  # values follow their receipt by a moment
    while not sender.get("/api/v1/indicators/telecom-sharing-rate/values", params=ask).json()["items"]:
        assert time.monotonic() < until
        time.sleep(0.2)
    return sender


def test_values_are_answered_on_the_units_asked_for(client) -> None:
    at = "/api/v1/indicators/telecom-sharing-rate/values"
    ask = {"place": "05500", "from": "2025-03", "to": "2025-03"}
    (today,) = client.get(at, params={**ask, "units": "today"}).json()["items"]
    assert today["on_units"] == "2025-07-01" and 0 < today["estimated"] < 1
    assert (today["value"], today["place_name"]) == (50.0, "Phường Tích Lương")
    reported = client.get(at, params=ask).json()["items"]
    assert all((r["on_units"], r["estimated"]) == ("", 0.0) for r in reported)
    table = client.get(f"{at}.csv", params={**ask, "units": "today"}).text
    assert "on_units,estimated" in table and "2025-07-01" in table
    assert is_problem(client.get(at, params={"units": "sai"}), 422)["code"] == "RST070"


def test_a_restated_value_opens_to_the_units_it_was_made_from(client) -> None:
    found = client.get(
        "/api/v1/indicators/telecom-sharing-rate/trace",
        params={"place": "05500", "period": "2025-03", "units": "today"},
    ).json()
    assert found["units"] == "2025-07-01" and found["spans"]
    assert {s["share"] == 1 or s["guessed"] > 0 for s in found["spans"]} == {True}


def test_what_changed_for_a_unit_is_told_with_shares(client) -> None:
    found = client.get("/api/v1/places/05461/changes", params={"on": "2025-06-30"}).json()
    assert [(e["day"], e["how"]) for e in found["after"]] == [("2025-07-01", "divided")]
    assert sum(h["share"] for h in found["now"]) == pytest.approx(1)
    assert all(h["estimated"] > 0 for h in found["now"])
    still = client.get("/api/v1/places/05818/changes").json()
    assert (still["after"], [h["code"] for h in still["now"]]) == ([], ["05818"])
    is_problem(client.get("/api/v1/places/99999/changes"), 404)
