"""Pilots on the web: declared by who may, what they could show seen first, judged in the background."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import httpx
import numpy as np
import polars as pl
import pytest
from tests.harness.server import Site
from tests.harness.waiting import until

TREATED = ("05542", "05551", "05563", "05818", "05851", "05725", "05719", "02044")
OTHERS = (
    "01849",
    "01864",
    "01879",
    "01882",
    "01894",
    "01912",
    "01921",
    "01933",
    "01942",
    "01957",
    "01960",
    "01981",
)


def incomes(start: str = "2026-01") -> pl.DataFrame:
    rng = np.random.default_rng(0)
    rows = []
    for unit, (year, month) in product((*TREATED, *OTHERS), product((2025, 2026), range(1, 11))):
        period = f"{year}-{month:02d}"
        gain = 2.0 if unit in TREATED and period >= start else 0.0
        rows.append((unit, period, 1.1 + gain + 0.05 * rng.normal()))
    return pl.DataFrame(rows, schema=["unit", "time", "outcome"], orient="row")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tinh.jobs.pilots.outcome", lambda pilot: (incomes(), 1.0))


def token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    return found[1]


def form(client: Any, **more: Any) -> Any:
    page = client.get("/thi-diem/moi")
    asked = {
        "csrfmiddlewaretoken": token(page.text), "ten": "Thí điểm đọc thử", "chi-so": "household-income",
        "bat-dau": "2026-01", "xa": list(TREATED), "cach": "chosen", "so-voi": list(OTHERS),
        "act": "look", **more,
    }  # fmt: skip
    return client.post("/thi-diem/moi", data=asked, headers={"Referer": str(client.base_url)})


def judged(client: httpx.Client) -> httpx.Response:
    """The page once it no longer says that it is being computed."""

    def ready() -> httpx.Response | None:
        page = client.get("/thi-diem/ecommerce-households/")
        return None if "Refresh" in page.headers else page

    return until(ready, pause=0.2)


def test_pilot_is_judged_in_the_background_and_said_in_words(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = incomes().with_columns(pl.col("outcome") + 2)  # which no test before can have had judged
    monkeypatch.setattr("tinh.jobs.pilots.outcome", lambda pilot: (own, 1.0))
    client = site.person("viewer", **{"Accept-Language": "en"})
    first = client.get("/thi-diem/ecommerce-households/")
    assert first.headers["Refresh"]  # being computed, over what another test may have had judged before
    page = judged(client)
    assert "Thí điểm có tác động" in page.text
    assert "mô phỏng" in page.text  # what is simulated says so
    lines = client.get("/thi-diem/ecommerce-households/so-lieu.csv").text.splitlines()
    assert lines[0].endswith("period,treated,comparison,gap,after") and len(lines) > 20


def test_what_a_pilot_could_show_is_seen_before_it_is_kept(site: Site, told: None) -> None:
    leader = site.person("leader")
    looked = form(leader)
    assert "Tác động nhỏ nhất thấy được" in looked.text and 'value="keep"' in looked.text
    kept = form(leader, act="keep")
    assert kept.status_code == 302 and kept.headers["Location"] == "/thi-diem/thi-diem-doc-thu/"
    assert "đã có" in form(leader, act="keep").text.lower()  # one id once
    page = leader.get("/thi-diem/thi-diem-doc-thu/")
    said = {"csrfmiddlewaretoken": token(page.text), "act": "close"}
    back = {"Referer": str(leader.base_url)}
    assert leader.post("/thi-diem/thi-diem-doc-thu/", data=said, headers=back).status_code == 302
    leader.post("/thi-diem/thi-diem-doc-thu/", data=said, headers=back)  # a second click
    assert "Đã kết thúc" in leader.get("/thi-diem/thi-diem-doc-thu/").text
    said["act"] = "drop"
    leader.post("/thi-diem/thi-diem-doc-thu/", data=said, headers={"Referer": str(leader.base_url)})
    assert leader.get("/thi-diem/thi-diem-doc-thu/").status_code == 404


def test_an_evaluation_that_breaks_is_refused_with_a_cure_and_not_waited_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    other = incomes().with_columns(pl.col("outcome") + 1)  # a state of the data of its own
    monkeypatch.setattr("tinh.jobs.pilots.outcome", lambda pilot: (other, 1.0))
    monkeypatch.setattr("tinh.insight.api.judge_pilot", broken)
    client = site.person("viewer")
    page = judged(client)
    assert "Lỗi của chương trình" in page.text and "pilot.failed" in page.text


def test_form_says_what_is_missing(site: Site, told: None) -> None:
    page = form(site.person("leader"), **{"xa": [], "bat-dau": "tháng 1"})
    assert "Cần chọn ít nhất một nơi làm thử." in page.text and "Kỳ bắt đầu phải viết" in page.text


def test_pilot_declared_in_the_province_is_not_deleted_from_the_web(site: Site) -> None:
    leader = site.person("leader")
    page = leader.get("/thi-diem/moi")
    said = {"csrfmiddlewaretoken": token(page.text), "act": "drop"}
    answer = leader.post(
        "/thi-diem/remote-consultation/", data=said, headers={"Referer": str(leader.base_url)}
    )
    assert answer.status_code == 404
    assert leader.get("/thi-diem/remote-consultation/").status_code == 200


def test_what_is_to_be_done_with_a_pilot_must_be_said(site: Site, told: None) -> None:
    leader = site.person("leader")
    back = {"Referer": str(leader.base_url)}
    form(leader, act="keep", ten="Thí điểm lạ tay")
    said = {"csrfmiddlewaretoken": token(leader.get("/thi-diem/moi").text)}
    for act in ({}, {"act": ""}, {"act": "rename"}):
        answer = leader.post("/thi-diem/thi-diem-la-tay/", data=said | act, headers=back)
        assert answer.status_code == 400 and "INS109" in answer.text
    assert "Đã kết thúc" not in leader.get("/thi-diem/thi-diem-la-tay/").text
    leader.post("/thi-diem/thi-diem-la-tay/", data=said | {"act": "drop"}, headers=back)


def test_programs_read_pilots_and_their_verdicts(site: Site, told: None) -> None:
    client = site.program("viewer")

    def ready() -> Any:
        one = client.get("/api/v1/pilots/ecommerce-households").json()
        return one if one["state"] == "ready" else None

    one = until(ready, pause=0.2)
    assert one["verdict"]["code"] == "gained" and one["simulated"] == 1.0
    assert {e["method"] for e in one["answer"]["estimates"]} >= {"did", "synthetic_did"}
    listed = {p["id"]: p for p in client.get("/api/v1/pilots").json()["items"]}
    assert listed["ecommerce-households"]["verdict"] == one["verdict"]
    gone = client.get("/api/v1/pilots/khong-co")
    assert (gone.status_code, gone.json()["code"]) == (404, "INS098")
