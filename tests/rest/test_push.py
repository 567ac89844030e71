"""Deliveries over HTTP, through to rows in the lake."""

from __future__ import annotations

import contextlib
import io
import json
import threading
from typing import Any

import httpx
import polars as pl
import pytest
from tests.harness.air import PATH, csv, hours, push
from tests.harness.problems import is_problem


@pytest.fixture
def officer(site) -> httpx.Client:
    return site.program("data_officer", "so-nnmt")


def test_push_is_acknowledged_with_the_place_of_its_receipt(site, officer) -> None:
    response = push(officer, csv(hours()))
    assert response.status_code == 202
    body = response.json()
    assert response.headers["location"] == f"/api/v1/receipts/{body['receipt']}"
    assert (site.prepared.home / "raw" / body["digest"][:2] / body["digest"]).exists()
    assert officer.get(response.headers["location"]).json()["state"] in ("waiting", "judged")


def test_waiting_push_answers_with_the_verdict(officer) -> None:
    response = push(officer, csv(hours(7)), params={"wait": "true", "filename": "gửi thử.csv"})
    body = response.json()
    assert response.status_code == 200
    assert (body["verdict"], body["received"], body["held"]) == ("accepted", 7, 0)
    assert body["filename"] == "gửi thử.csv"
    assert set(body["scores"]) == {"correct", "sufficient", "clean", "alive"}


def test_same_bytes_again_are_the_same_receipt_and_add_nothing(site, officer) -> None:
    from tinh.jobs import api as jobs
    from tinh.kit.ids import digest

    data = csv(hours())
    first = push(officer, data, params={"wait": "true"}).json()
    again = push(officer, data, params={"wait": "true"}).json()
    assert again["receipt"] == first["receipt"]
    assert (first["repeated"], again["repeated"]) == (False, True)
    there = [one.digest for one in jobs.corridor().lake.receipts("air-hourly", limit=None)]
    assert there.count(digest(data)) == 1
    assert (
        len(jobs.corridor().lake.rows("air-hourly", receipt=first["receipt"], limit=None))
        == first["received"]
    )


def formats() -> list[tuple[str, Any]]:
    def parquet(frame: pl.DataFrame) -> bytes:
        out = io.BytesIO()
        frame.write_parquet(out)
        return out.getvalue()

    def arrow(frame: pl.DataFrame) -> bytes:
        out = io.BytesIO()
        frame.write_ipc(out)
        return out.getvalue()

    def stream(frame: pl.DataFrame) -> bytes:
        out = io.BytesIO()
        frame.write_ipc_stream(out)
        return out.getvalue()

    def xlsx(frame: pl.DataFrame) -> bytes:
        import openpyxl

        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(frame.columns)
        for row in frame.rows():
            sheet.append(row)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return [
        ("text/csv", csv),
        ("application/x-ndjson", lambda f: f.write_ndjson().encode()),
        ("application/json", lambda f: json.dumps(f.to_dicts(), ensure_ascii=False).encode()),
        ("application/vnd.apache.parquet", parquet),
        ("application/vnd.apache.arrow.file", arrow),
        ("application/vnd.apache.arrow.stream", stream),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx),
    ]


@pytest.mark.parametrize(("kind", "write"), formats(), ids=[kind for kind, _ in formats()])
def test_every_published_type_is_read(officer, kind: str, write: Any) -> None:
    response = push(officer, write(hours(4)), kind, params={"wait": "true"})
    assert response.status_code == 200, response.text
    body = response.json()
    assert (body["verdict"], body["received"], body["accepted"]) == ("accepted", 4, 4), body


def test_several_files_in_one_form_are_several_receipts(officer) -> None:
    files = [("file", (f"{n}.csv", csv(hours(3)), "text/csv")) for n in range(2)]
    response = officer.post(PATH, files=files, params={"wait": "true"})
    assert response.status_code == 200, response.text
    assert [one["accepted"] for one in response.json()["items"]] == [3, 3]


def test_name_of_the_file_comes_from_content_disposition(officer) -> None:
    headers = {"Content-Disposition": "attachment; filename*=UTF-8''th%C3%A1ng%204.csv"}
    assert push(officer, csv(hours()), headers=headers).json()["filename"] == "tháng 4.csv"


def test_name_cannot_leave_its_folder(officer) -> None:
    body = push(officer, csv(hours()), params={"filename": "../../etc/pass\x00wd.csv"}).json()
    assert body["filename"] == "pass_wd.csv"


def test_key_stands_for_one_content_only(officer) -> None:
    data, key = csv(hours()), {"Idempotency-Key": "đợt-1".encode().hex()}
    first = push(officer, data, headers=key)
    assert push(officer, data, headers=key).json()["receipt"] == first.json()["receipt"]
    assert is_problem(push(officer, csv(hours()), headers=key), 422)["code"] == "RST006"


def test_same_key_of_another_sender_is_another_key(site, officer) -> None:
    key = {"Idempotency-Key": "chung"}
    assert push(officer, csv(hours()), headers=key).status_code == 202
    assert push(site.program("administrator"), csv(hours()), headers=key).status_code == 202


def test_many_senders_at_once_lose_nothing(site, officer) -> None:
    from tinh.jobs import api as jobs

    bodies = [csv(hours(3)) for _ in range(24)]
    answers: list[httpx.Response] = []
    threads = [
        threading.Thread(target=lambda b=body: answers.append(push(officer, b))) for body in bodies * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {a.status_code for a in answers} <= {200, 202}
    ids = {a.json()["receipt"] for a in answers}
    assert len(ids) == len(bodies)
    for id in ids:
        stored = jobs.wait_for(id, 60)
        assert stored is not None and stored.verdict is not None
        assert stored.verdict["accepted"] == 3


def test_viewer_and_foreign_agency_may_not_push(site) -> None:
    for client in (
        site.program("viewer"),
        site.program("data_officer", "so-tc"),
        site.program("data_officer"),
    ):
        assert is_problem(push(client, csv(hours())), 403)["code"] == "PPL002"


def test_token_for_other_datasets_may_not_push_here(site) -> None:
    narrow = site.program("administrator", datasets=("telecom-monthly",))
    assert is_problem(push(narrow, csv(hours())), 403)["code"] == "PPL002"
    fitting = site.program("administrator", datasets=("air-hourly",))
    assert push(fitting, csv(hours())).status_code == 202


def test_session_needs_its_anti_forgery_token(site) -> None:
    client = site.person("data_officer", "so-nnmt")
    assert is_problem(push(client, csv(hours())), 403)["code"] == "RST009"
    client.cookies.set("tinh_csrf", "a" * 32)
    assert push(client, csv(hours()), headers={"X-CSRFToken": "a" * 32}).status_code == 202


def test_empty_body_and_unknown_type_say_what_to_do(officer) -> None:
    assert is_problem(push(officer, b""), 422)["code"] == "RST003"
    problem = is_problem(push(officer, b"<a/>", "application/xml"), 415)
    assert "text/csv" in problem["cure"]
    assert is_problem(push(officer, csv(hours()), "application/octet-stream"), 415)["code"] == "RST005"
    named = push(officer, csv(hours()), "application/octet-stream", params={"filename": "a.csv"})
    assert named.status_code == 202
    assert is_problem(push(officer, b"x", headers={"Content-Encoding": "gzip"}), 415)
    assert is_problem(officer.post(PATH, files={"file": ("a.exe", b"MZ", "application/x-dosexec")}), 415)
    assert is_problem(officer.post(PATH, files={"file": ("a.csv", b"", "text/csv")}), 422)


def test_unreadable_content_is_a_receipt_with_a_refusal(officer) -> None:
    body = push(officer, b"\x00\x01\x02 not a table", params={"wait": "true"}).json()
    assert body["verdict"] == "refused"
    assert body["problem"]["code"].startswith("SRC")


def test_too_much_is_refused_while_it_comes_in(officer, site) -> None:
    def endless():
        for _ in range(100):
            yield b"x" * 100_000

    big = b"x" * 3_100_000
    is_problem(push(officer, big), 413)
    stranger = site.stranger()
    is_problem(push(stranger, b"x" * 1_100_000), 413)
    for pretence in ({"Authorization": "Bearer tinh_guess"}, {"Cookie": "tinh_session=guess"}):
        is_problem(push(site.stranger(**pretence), b"x" * 1_100_000), 413)
    with contextlib.suppress(httpx.TransportError):  # the server may close before all is said
        is_problem(officer.post(PATH, content=endless(), headers={"Content-Type": "text/csv"}), 413)


def test_held_rows_come_with_their_reasons_by_pages_and_as_csv(officer) -> None:
    frame = hours(10).with_columns(
        pl.when(pl.int_range(10) < 4).then(pl.lit("Xứ Lạ")).otherwise("city").alias("city")
    )
    frame = frame.with_columns(
        pl.when(pl.int_range(10) == 0).then(pl.lit("=1+1")).otherwise("city").alias("city")
    )
    body = push(officer, csv(frame), params={"wait": "true"}).json()
    assert (body["verdict"] in ("in part", "refused"), body["held"]) == (True, 4)
    at = f"/api/v1/receipts/{body['receipt']}/held"
    first = officer.get(at, params={"limit": 3})
    assert [row["row"] for row in first.json()["items"]] == [2, 3, 4]
    assert first.json()["items"][0]["rules"]
    following = officer.get(first.headers["link"].split(">")[0].removeprefix("<"))
    assert [row["row"] for row in following.json()["items"]] == [5]
    assert "link" not in following.headers
    table = officer.get(at, headers={"Accept": "text/csv"}).content.decode("utf-8-sig")
    assert "'=1+1" in table
