"""Held rows over HTTP: back and mended, released, or as proposed."""

from __future__ import annotations

import io
from typing import Any

import httpx
import openpyxl
import pytest
from tests.harness.air import PATH
from tests.harness.problems import is_problem

HEAD = "timestamp,city,aqi,pm25,humidity"
_at = iter(range(10_000))


def delivery(client: httpx.Client, *faults: str) -> str:
    """A delivery of twenty good hours and a row for each fault; its receipt."""
    day = next(_at)
    lines = [
        f"2025-05-{1 + h // 24:02}T{h % 24:02}:00:00+07:00,Thái Nguyên,50,{20 + day % 7},60%"
        for h in range(20)
    ]
    lines += [
        f.replace("@", f"2025-06-{1 + i:02}T07:{day % 60:02}:{day // 60:02}+07:00")
        for i, f in enumerate(faults)
    ]
    answer = client.post(
        PATH, content="\n".join([HEAD, *lines]).encode(), params={"wait": "true", "filename": f"{day}.csv"},
        headers={"Content-Type": "text/csv"},
    )  # fmt: skip
    body = answer.json()
    assert (answer.status_code, body["held"]) == (200, len(faults)), body
    return str(body["receipt"])


def back(client: httpx.Client, id: str, content: bytes) -> httpx.Response:
    return client.post(f"/api/v1/receipts/{id}/answer", content=content, headers={"Content-Type": "text/csv"})


@pytest.fixture
def officer(site: Any) -> httpx.Client:
    return site.program("data_officer", "so-nnmt")


def test_held_rows_come_back_as_csv_and_the_standing_moves(officer: httpx.Client) -> None:
    id = delivery(officer, "@,Thái Nguyên,50,-3,60%", "@,Thái Nguyên,50,nhiều,60%")
    text = officer.get(f"/api/v1/receipts/{id}/held", params={"format": "csv"}).content.decode("utf-8-sig")
    mended = text.replace(",-3\n", ",3\n").encode()
    done = back(officer, id, mended)
    body = done.json()
    assert done.status_code == 200, body
    assert (body["answers"], body["mended"], body["repeated"]) == (id, [22], False)
    moved = body["standing"]
    assert (moved["before"]["held"], moved["after"]["held"]) == (2, 1)
    assert moved["after"]["scores"]["correct"]["num"] == moved["before"]["scores"]["correct"]["num"] + 1
    again = officer.post(
        f"/api/v1/receipts/{id}/answer", content=mended, headers={"Content-Type": "text/csv"}
    )
    assert (again.json()["receipt"], again.json()["repeated"]) == (body["receipt"], True)
    held = officer.get(f"/api/v1/receipts/{id}/held").json()["items"]
    assert [row["row"] for row in held] == [23]
    verdict = officer.get(f"/api/v1/receipts/{id}/verdict").json()
    assert (verdict["held"], verdict["standing"]["held"]) == (2, 1)
    events = officer.get(f"/api/v1/receipts/{id}/events").json()["items"]
    assert [(e["kind"], e["rows"], e["other"]) for e in events] == [("answered", [22], body["receipt"])]


def test_the_spreadsheet_of_held_rows_comes_in_the_reader_s_language(officer: httpx.Client) -> None:
    id = delivery(officer, "@,Thái Nguyên,50,-3,60%")
    for language, title in (("vi", "Mã dòng"), ("en", "Row id")):
        answer = officer.get(
            f"/api/v1/receipts/{id}/held", params={"format": "xlsx"}, headers={"Accept-Language": language}
        )
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        assert book.worksheets[0]["A1"].value == title
        assert book.worksheets[0].max_row == 2


def test_proposals_are_offered_and_taken_in_the_name_of_who_accepts(officer: httpx.Client) -> None:
    id = delivery(officer, "@,Thai Nguyêm,50,3,60%", "@,Thái Nguyên,50,1.234.5,60%")
    offers = officer.get(f"/api/v1/receipts/{id}/proposals").json()["items"]
    assert {(o["column"], o["seen"], tuple(o["rows"])) for o in offers} == {("city", "Thai Nguyêm", (22,))}
    wrong = officer.post(f"/api/v1/receipts/{id}/proposals", json={"ids": ["khong-co"]})
    assert is_problem(wrong, 409)["code"] == "FLW019"
    done = officer.post(f"/api/v1/receipts/{id}/proposals", json={"ids": [offers[0]["id"]]}).json()
    assert done["mended"] == [22]
    assert (
        officer.get(f"/api/v1/receipts/{id}/events")
        .json()["items"][0]["actor"]
        .startswith("data_officer-so-nnmt")
    )


def test_only_who_may_releases_and_only_with_a_reason(site: Any, officer: httpx.Client) -> None:
    id = delivery(officer, "@,Thái Nguyên,50,-3,60%", "@,Thái Nguyên,50,nhiều,60%")
    address, wanted = f"/api/v1/receipts/{id}/release", {"rows": [22], "reason": "máy đo lệch không"}
    assert is_problem(officer.post(address, json=wanted), 403)["code"] == "PPL002"
    chief = site.program("administrator")
    is_problem(chief.post(address, json={"rows": [22]}), 422)
    assert is_problem(chief.post(address, json={**wanted, "rows": [22, 23]}), 422)["code"] == "FLW016"
    done = chief.post(address, json=wanted).json()
    assert done["mended"] == [22]
    assert is_problem(chief.post(address, json=wanted), 422)["code"] == "FLW018"


def test_nobody_else_mends_what_an_agency_sent(site: Any, officer: httpx.Client) -> None:
    id = delivery(officer, "@,Thái Nguyên,50,-3,60%")
    for stranger in (site.program("viewer"), site.program("data_officer", "so-khcn")):
        sent = stranger.post(
            f"/api/v1/receipts/{id}/answer",
            content=b"_row,pm25\n22,3\n",
            headers={"Content-Type": "text/csv"},
        )
        assert is_problem(sent, 403)["code"] == "PPL002"
        accepted = stranger.post(f"/api/v1/receipts/{id}/proposals", json={"all": True})
        assert is_problem(accepted, 403)["code"] == "PPL002"


def test_an_answer_of_columns_left_out_keeps_what_was_held(officer: httpx.Client) -> None:
    id = delivery(officer, "@,Thái Nguyên,50,-3,60%")
    done = back(officer, id, b"_row,pm25\n22,3\n")
    assert done.json()["mended"] == [22]


def test_an_answer_without_rows_of_the_receipt_is_a_refused_delivery(officer: httpx.Client) -> None:
    id = delivery(officer, "@,Thái Nguyên,50,-3,60%")
    for content, code in ((b"pm25,aqi\n3,4\n", "FLW012"), (b"_row,pm25\n5,3\n", "FLW014")):
        done = back(officer, id, content).json()
        assert (done["verdict"], done["problem"]["code"], done["mended"]) == ("refused", code, [])
