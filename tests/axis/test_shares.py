"""Agencies share rows and values over the axis: by contract, by right, by quota, with their origin."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import httpx
import polars as pl
import pytest

from tests.harness.air import csv, hours, push
from tests.harness.waiting import until

ROWS = """\
format: 1
id: khong-khi-gio
name: {vi: Không khí theo giờ, en: Hourly air}
dataset: air-hourly
columns: [timestamp, city, pm25, aqi]
members:
  - {agency: so-tc}
  - {agency: so-vhttdl, columns: [timestamp, city, pm25]}
purpose: {vi: Thử, en: Trial}
legal_basis: Thỏa thuận 1
largest: 40
"""


def desk() -> Any:
    from tinh.axis import api as axis

    return axis.desk()


def caller(site: Any, agency: str) -> httpx.Client:
    """A program of an agency, with its key and its X-Road-Client."""
    from tinh.axis import api as axis
    from tinh.axis.running import memory

    system = axis.systems_of(agency)[0]
    _, secret = axis.create_key(system, "test", "test")
    memory().renewed()
    return httpx.Client(
        base_url=site.address, timeout=30,
        headers={"X-Road-Client": str(system), "Authorization": f"Bearer {secret}", "X-Road-UserId": "VN19"},
    )  # fmt: skip


def address(share: str) -> str:
    from tinh.axis import api as axis

    return f"/r1/{axis.identifier(desk().share(share))}"


@pytest.fixture(scope="module")
def offered(site) -> str:
    from tinh.axis import api as axis

    frame = hours(100)
    assert push(site.program("data_officer", "so-nnmt"), csv(frame), params={"wait": "true"}).is_success
    axis.keep(desk(), ROWS)
    begin = frame["timestamp"][0][:10]
    assert begin
    return begin


@pytest.fixture(scope="module")
def program(site, offered):
    return caller(site, "so-tc")


def test_a_collection_is_paged_filtered_and_typed_by_its_contract(program, offered) -> None:
    here = address("khong-khi-gio")
    first = program.get(here, params={"from": offered, "limit": 40, "count": "true"})
    assert first.status_code == 200, first.text
    body = first.json()
    assert len(body["data"]) == 40 and body["meta"]["count"] >= 100
    row = body["data"][0]
    assert set(row) == {"timestamp", "city", "pm25", "aqi", "_id", "_simulated"}
    assert isinstance(row["pm25"], float) and isinstance(row["aqi"], int) and row["timestamp"].endswith("Z")
    seen, cursor = [r["_id"] for r in body["data"]], body["next"]
    while cursor:
        page = program.get(here, params={"from": offered, "limit": 40, "cursor": cursor})
        assert page.status_code == 200, page.text
        seen += [r["_id"] for r in page.json()["data"]]
        cursor = page.json()["next"]
    assert len(seen) == len(set(seen)) == body["meta"]["count"]
    high = program.get(here, params={"from": offered, "pm25.ge": "100", "sort": "-key", "fields": "pm25"})
    assert high.json()["data"] and all(r["pm25"] >= 100 for r in high.json()["data"])
    one = program.get(f"{here}/{row['_id']}", params={"_receipt": "true"})
    assert one.status_code == 200, one.text
    assert one.json()["_receipt"]["receipts"][0]["receipt"]
    tag = first.headers["etag"]
    again = program.get(
        here, params={"from": offered, "limit": 40, "count": "true"}, headers={"If-None-Match": tag}
    )
    assert again.status_code == 304


def test_each_format_holds_the_same_rows_and_says_what_is_simulated(program, offered) -> None:
    asked = {"from": offered, "limit": 5}
    here = address("khong-khi-gio")
    rows = program.get(here, params=asked).json()["data"]
    lines = program.get(here, params={**asked, "format": "ndjson"})
    assert [json.loads(line) for line in lines.text.splitlines()] == rows
    table = program.get(here, params=asked, headers={"Accept": "text/csv"})
    assert (
        table.text.splitlines()[0] == "\ufefftimestamp,city,pm25,aqi,_id,_simulated"
        and table.headers["x-next-cursor"]
    )
    frame = pl.read_parquet(io.BytesIO(program.get(here, params={**asked, "format": "parquet"}).content))
    assert frame["pm25"].to_list() == [r["pm25"] for r in rows]
    assert frame["_simulated"].to_list() == [False] * 5 and table.headers["x-tinh-simulated"] == "false"
    assert program.get(here, headers={"Accept": "application/pdf"}).status_code == 406


def test_a_caller_sees_its_own_columns_only_not_even_in_a_filter(site, offered) -> None:
    other = caller(site, "so-vhttdl")
    here = address("khong-khi-gio")
    assert set(other.get(here, params={"limit": 1}).json()["data"][0]) == {
        "timestamp", "city", "pm25", "_id", "_simulated",
    }  # fmt: skip
    for asked in ({"aqi.ge": "10"}, {"fields": "aqi"}, {"humidity": "57"}):
        refused = other.get(here, params=asked)
        assert (refused.status_code, refused.json()["code"]) == (403, "AXS054"), refused.text


def test_an_agency_without_a_right_is_told_whom_to_ask(site, offered) -> None:
    refused = caller(site, "vp-ubnd").get(address("khong-khi-gio"))
    assert refused.status_code == 500 and refused.headers["x-road-error"] == "Server.ServerProxy.AccessDenied"
    assert "Sở Nông nghiệp và Môi trường" in refused.json()["message"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"pm25.ge": "nhiều"}, "AXS041"), ({"limit": "0"}, "AXS041"), ({"limit": "41"}, "AXS041"),
        ({"sort": "pm25"}, "AXS041"), ({"from": "2025-13"}, "AXS041"), ({"place": "'; drop"}, "AXS041"),
        ({"as-of": "hôm qua"}, "AXS041"), ({"x": "1"}, "AXS041"), ({"cursor": "abc"}, "AXS044"),
        ({"timestamp": "2025-01-01' or 1=1"}, "AXS041"), ({"pm25.null": "có"}, "AXS041"),
        ({"_receipt": "true", "limit": "30"}, "AXS041"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_says_which_parameter_and_why(program, asked, code) -> None:
    found = program.get(address("khong-khi-gio"), params=asked)
    assert found.status_code in (400, 403), found.text
    body = found.json()
    assert body["code"] == code and body["type"].startswith("Client.") and body["message_vi"]


def test_a_cursor_is_of_one_question_and_of_one_caller(site, program, offered) -> None:
    here = address("khong-khi-gio")
    cursor = program.get(here, params={"from": offered, "limit": 3}).json()["next"]
    changed = program.get(here, params={"from": offered, "limit": 3, "pm25.ge": 1, "cursor": cursor})
    stolen = caller(site, "so-vhttdl").get(here, params={"from": offered, "limit": 3, "cursor": cursor})
    assert [r.json()["code"] for r in (changed, stolen)] == ["AXS044", "AXS044"]


def test_values_of_an_indicator_are_shared_with_their_coverage_and_origin(site, offered) -> None:
    client = caller(site, "so-khcn")
    here = address("khong-khi-pm25")
    asked = {
        "indicator": "pm25-daily",
        "place": "19",
        "from": offered,
        "to": offered[:8] + "99"[:0] + offered[8:],
    }

    def computed() -> list[dict[str, Any]]:
        found = client.get(here, params=asked)
        assert found.status_code == 200, found.text
        return list(found.json()["data"])

    row = next(r for r in until(computed, pause=0.1) if r["place"] == "19")
    assert row["period"] == offered and row["coverage_have"] == 24 and isinstance(row["value"], float)
    told = client.get(f"{here}/{row['_id']}", params={"_receipt": "true"})
    assert told.status_code == 200, told.text
    assert told.json()["_receipt"]["receipts"]


def test_a_spent_quota_says_when_to_come_back_and_holds_for_every_process(site, offered) -> None:
    from tinh.axis import api as axis
    from tinh.axis.shares import data
    from tinh.axis.shares.quotas import Quotas

    axis.keep(desk(), ROWS.replace("id: khong-khi-gio", "id: it-luot") + "quota: {minute: 100000, day: 6}\n")
    client, here = caller(site, "so-tc"), address("it-luot")
    assert [client.get(here, params={"limit": 1}).status_code for _ in range(3)] == [200] * 3
    mine, data.quotas = data.quotas, Quotas()  # another process
    try:
        answers = [client.get(here, params={"limit": 1}) for _ in range(4)]
    finally:
        data.quotas = mine
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert answers[-1].json()["type"] == "Server.ServerProxy.QuotaExceeded"


def test_what_is_withdrawn_is_no_longer_offered_and_a_new_version_counts_at_once(site, offered) -> None:
    from tinh.axis import api as axis

    text = ROWS.replace("id: khong-khi-gio", "id: tam")
    axis.keep(desk(), text)
    client, here = caller(site, "so-tc"), address("tam")
    assert "aqi" in client.get(here, params={"limit": 1}).json()["data"][0]
    second = axis.keep(desk(), text.replace("format: 1\n", "format: 1\nversion: 1\n").replace(", aqi]", "]"))
    assert second.version == 2
    assert "aqi" not in client.get(here, params={"limit": 1}).json()["data"][0]
    axis.withdraw_share(desk(), "tam")
    gone = until(lambda: client.get(here).headers.get("x-road-error"), pause=0.1)
    assert gone.startswith("Server.ServerProxy.")


def test_the_description_names_exactly_what_may_be_asked_and_is_valid(site, program) -> None:
    import jsonschema

    base = address("khong-khi-gio").rsplit("/", 1)[0]
    found = program.get(f"{base}/getOpenAPI", params={"serviceCode": "khong-khi-gio"})
    assert found.status_code == 200, found.text
    spec = found.json()
    assert spec["openapi"] == "3.1.0"
    names = {p["name"] for p in spec["paths"]["/"]["get"]["parameters"]}
    assert {"pm25.ge", "city.in", "from", "as-of", "cursor", "_receipt"} <= names and "humidity" not in names
    row = program.get(address("khong-khi-gio"), params={"limit": 1}).json()["data"][0]
    schema = {**spec["components"]["schemas"]["Row"], "components": spec["components"]}
    jsonschema.Draft202012Validator(schema).validate(row)


def test_an_agency_asks_for_access_and_the_owner_grants_it(site, offered) -> None:
    from tinh.axis import api as axis

    share = desk().share("khong-khi-gio")
    client, here = caller(site, "vp-ubnd"), address("khong-khi-gio")
    demand = axis.ask(share, "vp-ubnd", "chánh văn phòng", "Điều hành", "Quyết định 5")
    with pytest.raises(axis.ShareError):
        axis.ask(share, "vp-ubnd", "khác", "x", "y")
    assert demand.pk in {d.pk for d in axis.waiting("so-nnmt")}
    given = axis.allow(demand, share, "giám đốc sở", "đồng ý", None)
    assert given.state == "granted"
    until(lambda: client.get(here, params={"limit": 1}).status_code == 200, pause=0.1)
    right = next(r for r in axis.live_rights() if r.pk == given.right)
    assert (right.purpose, right.basis) == ("Điều hành", "Quyết định 5")
    axis.revoke(right.pk, "test", "test")


def test_after_a_merger_shares_and_systems_are_the_successors(site, offered) -> None:
    from tinh.axis import api as axis
    from tinh.axis.running import memory
    from tinh.jobs import api as jobs

    for id in ("cu-truc", "moi-truc"):
        contact = {"name": "Văn thư", "email": f"{id}@example.vn"}
        jobs.add_agency({"id": id, "name": {"vi": id, "en": id}, "contact": contact}, "test")
    axis.follow_agencies()
    assert axis.member("moi-truc").contact == "Văn thư, moi-truc@example.vn"
    axis.keep(desk(), ROWS.replace("id: khong-khi-gio", "id: gui-cu").replace("so-tc", "cu-truc"))
    here, former = address("gui-cu"), caller(site, "cu-truc")
    assert former.get(here, params={"from": offered}).status_code == 200

    jobs.merge_agency("cu-truc", "moi-truc", date(2026, 6, 30), "test")
    axis.offer(desk())
    memory().renewed()
    assert [one.agency for one in desk().share("gui-cu").members] == ["moi-truc", "so-vhttdl"]
    for program in (former, caller(site, "moi-truc")):
        answer = program.get(here, params={"from": offered})
        assert answer.status_code == 200, answer.text
