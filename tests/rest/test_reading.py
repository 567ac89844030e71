"""Reading what has been delivered."""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import polars as pl
import pytest
from tests.harness.air import PATH, csv, hours, push
from tests.harness.problems import is_problem

from tinh.places.api import REFORM, gazetteer


@pytest.fixture(scope="module")
def delivered(site) -> dict:
    """A day of hours in May 2025, with its receipt."""
    frame = hours(24).with_columns(
        pl.Series("timestamp", [f"2025-05-20T{hour:02d}:00:00+07:00" for hour in range(24)])
    )
    data = csv(frame)
    client = site.program("data_officer", "so-nnmt")
    found = push(client, data, params={"wait": "true", "filename": "ngày.csv"}).json()
    assert found["verdict"] == "accepted", found
    return {**found, "data": data}


@pytest.fixture
def viewer(site):
    return site.program("viewer")


def values(client, **params) -> list[dict]:
    found = client.get("/api/v1/indicators/pm25-daily/values", params=params)
    assert found.status_code == 200, found.text
    return found.json()["items"]


def await_values(client) -> list[dict]:
    """The values of our day, once they are there and nothing others delivered is landing any more."""
    tags: list[str] = []
    for _ in range(600):
        tags.append(client.get("/api/v1/indicators/pm25-daily/values").headers["etag"])
        still = len(tags) >= 8 and len(set(tags[-8:])) == 1
        if still and (found := values(client, **{"from": "2025-05-20", "to": "2025-05-20"})):
            return found
        time.sleep(0.15)
    raise AssertionError("no values came, or they never stood still")


def test_value_of_a_day_has_its_coverage_and_unit(viewer, delivered) -> None:
    found = {one["place"]: one for one in await_values(viewer)}
    assert found["19"]["value"] == pytest.approx(sum(20.5 + n for n in range(24)) / 24)
    assert found["19"]["coverage"] == {"num": 24, "den": 24}
    assert found["19"]["place_name"] == "Tỉnh Thái Nguyên"
    assert found["19"]["simulated"] is False


def test_pages_of_values_put_together_are_the_whole(viewer, delivered) -> None:
    await_values(viewer)
    until = datetime.now(UTC).isoformat()  # other tests go on delivering
    before, whole = [], values(viewer, limit=1000, as_of=until)
    while whole != before:  # until what was being written at that moment is there
        time.sleep(1)
        before, whole = whole, values(viewer, limit=1000, as_of=until)
    pages, address = [], f"/api/v1/indicators/pm25-daily/values?{urlencode({'limit': 3, 'as_of': until})}"
    while address:
        response = viewer.get(address)
        pages += response.json()["items"]
        address = response.links.get("next", {}).get("url", "")
    assert pages == whole


def test_values_as_csv_parquet_and_arrow_agree_with_json(viewer, delivered) -> None:
    await_values(viewer)
    now = datetime.now(UTC).isoformat()  # what other tests deliver meanwhile belongs to neither
    rows = values(viewer, limit=1000, as_of=now)
    base = "/api/v1/indicators/pm25-daily/values"
    text = viewer.get(f"{base}.csv", params={"as_of": now})
    assert text.content.startswith(b"\xef\xbb\xbf")
    assert 'filename="pm25-daily.csv"' in text.headers["content-disposition"]
    tables = [
        pl.read_csv(io.BytesIO(text.content), schema_overrides={"place": pl.String, "period": pl.String}),
        pl.read_parquet(
            io.BytesIO(
                viewer.get(
                    base, params={"as_of": now}, headers={"Accept": "application/vnd.apache.parquet"}
                ).content
            )
        ),
        pl.read_ipc(io.BytesIO(viewer.get(base, params={"format": "arrow", "as_of": now}).content)),
    ]
    for table in tables:
        assert table.get_column("place").to_list() == [one["place"] for one in rows]
        assert table.get_column("coverage_num").to_list() == [one["coverage"]["num"] for one in rows]
    assert is_problem(viewer.get(base, headers={"Accept": "image/png"}), 406)
    assert is_problem(viewer.get(f"{base}.xml"), 406)


def test_values_as_of_a_moment_before_are_empty(viewer, delivered) -> None:
    await_values(viewer)
    assert values(viewer, as_of="2020-01-01") == []
    assert values(viewer, as_of="2100-01-01T00:00:00+07:00")
    assert is_problem(viewer.get("/api/v1/indicators/pm25-daily/values", params={"as_of": "hôm qua"}), 422)
    assert is_problem(viewer.get("/api/v1/indicators/pm25-daily/values", params={"from": "2025-13"}), 422)


def test_trace_ends_in_the_digest_of_the_receipt(viewer, delivered) -> None:
    await_values(viewer)
    found = viewer.get("/api/v1/indicators/pm25-daily/trace", params={"place": "19", "period": "2025-05-20"})
    assert found.status_code == 200, found.text
    ends = [one for one in found.json()["receipts"] if one["receipt"] == delivered["receipt"]]
    assert ends[0]["digest"] == hashlib.sha256(delivered["data"]).hexdigest()
    assert sorted(ends[0]["rows"]) == list(range(2, 26))


def test_trace_of_what_nobody_computed_is_a_problem(viewer) -> None:
    path = "/api/v1/indicators/pm25-daily/trace"
    assert is_problem(viewer.get(path, params={"place": "19", "period": "1999-01-01"})).get("cure")
    assert is_problem(viewer.get(path, params={"place": "19", "period": "2025-05"}))
    assert is_problem(viewer.get(path, params={"place": "xx", "period": "2025-05-20"}))


def test_raw_bytes_are_for_the_owner_agency_and_administrators(site, delivered) -> None:
    at = f"/api/v1/receipts/{delivered['receipt']}/raw"
    assert is_problem(site.program("viewer").get(at), 403)
    assert is_problem(site.program("data_officer", "so-tc").get(at), 403)
    for client in (site.program("data_officer", "so-nnmt"), site.program("administrator")):
        response = client.get(at)
        assert response.content == delivered["data"]
        assert "ng%C3%A0y.csv" in response.headers["content-disposition"]


def test_receipts_by_pages_are_the_whole_newest_first(viewer, site, delivered) -> None:
    officer = site.program("data_officer", "so-nnmt")
    for _ in range(3):
        push(officer, csv(hours(2)), params={"wait": "true"})
    whole = viewer.get("/api/v1/receipts", params={"limit": 1000}).json()["items"]
    moments = [one["received_at"] for one in whole]
    assert moments == sorted(moments, reverse=True)
    first = viewer.get(PATH, params={"limit": 2})
    second = viewer.get(first.links["next"]["url"])
    seen = [one["receipt"] for one in (*first.json()["items"], *second.json()["items"])]
    assert len(set(seen)) == len(seen)
    assert seen == [one["receipt"] for one in whole if one["dataset"] == "air-hourly"][: len(seen)]


def test_copy_is_good_until_something_lands(viewer, site, delivered) -> None:
    await_values(viewer)
    path = "/api/v1/indicators/pm25-daily/values"
    tag = viewer.get(path).headers["etag"]
    assert viewer.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert viewer.get(path, headers={"If-None-Match": f'"other", {tag}'}).status_code == 304
    push(site.program("data_officer", "so-nnmt"), csv(hours(24)), params={"wait": "true"})
    fresh = viewer.get(path, headers={"If-None-Match": tag})
    assert fresh.status_code == 200
    assert fresh.headers["etag"] != tag
    assert "Authorization" in fresh.headers["vary"]


def test_tag_of_one_reader_is_not_that_of_another(site, delivered) -> None:
    path = f"/api/v1/receipts/{delivered['receipt']}/held"
    tag = site.program("administrator").get(path).headers["etag"]
    assert site.program("viewer").get(path, headers={"If-None-Match": tag}).status_code == 200


def test_forged_cursor_is_refused(viewer) -> None:
    for cursor in ("zzz", "W10", "WzFd", "WyJhIiwiYiIsImMiXQ", "%00"):
        assert (
            is_problem(viewer.get("/api/v1/receipts", params={"cursor": cursor})).get("code") in ("RST008",)
            or cursor == "x"
        )


def test_catalogue_gives_no_path_of_this_machine(viewer) -> None:
    root = str(Path(__file__).parents[2])
    for path in (
        "catalogue",
        "packs",
        "datasets",
        "datasets/air-hourly",
        "indicators",
        "indicators/pm25-daily",
        "status",
    ):
        assert root not in viewer.get(f"/api/v1/{path}").text, path


def test_status_counts_with_numerators_and_denominators(viewer, delivered) -> None:
    found = viewer.get("/api/v1/status").json()
    air = next(one for one in found["datasets"] if one["dataset"] == "air-hourly")
    for score in air["scores"].values():
        assert set(score) == {"num", "den"}


@pytest.mark.parametrize("text", ["xa la bang, dai tu", "X. La Bằng", "Phường Phan Đình Phùng"])
def test_names_resolve_on_their_day(viewer, text: str) -> None:
    on = "2025-06-01" if "dai tu" in text else "2025-08-01"
    found = viewer.get("/api/v1/places/resolve", params={"text": text, "on": on, "within": "19"}).json()
    assert found["status"] == "one", found


@pytest.mark.skipif(not os.environ.get("TINH_SHARED"), reason="TINH_SHARED names no folder of real inputs")
def test_real_april_file_keeps_its_counts_over_http(site) -> None:
    data = (Path(os.environ["TINH_SHARED"]) / "data/air-quality/thai-nguyen_2025_apr.csv").read_bytes()
    found = push(site.program("administrator"), data, params={"wait": "true"}).json()
    assert (found["received"], found["digest"]) == (679, hashlib.sha256(data).hexdigest())
    assert found["scores"]["sufficient"] == {"num": 679, "den": 720}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("receipts/" + "r" * 300, 404),
        ("indicators/pm25-daily/values?as_of=0001-01-01T00:00:00%2B07:00", 422),
        ("indicators/pm25-daily/values?as_of=9999-12-31T23:59:59-07:00", 422),
        ("indicators/pm25-daily/trace?place=19&period=9999-12-31", 400),
        ("indicators/pm25-daily/trace?place=19&period=2025-04", 400),
    ],
)
def test_an_address_from_the_edge_of_the_calendar_is_answered(viewer, address: str, status: int) -> None:
    is_problem(viewer.get(f"/api/v1/{address}"), status)


@pytest.fixture
def official(site) -> Iterator[str]:
    """A square around the centre of one commune, as its official boundary; the commune's code."""
    unit = gazetteer().communes("19", REFORM)[0]
    corners = [(-0.01, -0.01), (0.01, -0.01), (0.01, 0.01), (-0.01, 0.01), (-0.01, -0.01)]
    ring = [[unit.lon + x, unit.lat + y] for x, y in corners]
    area = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"code": unit.code}, "geometry": area}
    folder = site.prepared.home / "boundaries"
    folder.mkdir(exist_ok=True)
    file = folder / "xa.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    yield unit.code
    file.unlink()


def test_official_boundaries_are_read_where_they_were_put(viewer, official: str) -> None:
    unit = gazetteer().get(official, REFORM)
    at = {"lat": unit.lat, "lon": unit.lon}
    found = viewer.get("/api/v1/places/at", params=at).json()
    assert (found["unit"]["code"], found["approximate"]) == (official, False)
    outlines = viewer.get("/api/v1/places/boundaries").json()
    assert ([f["properties"]["code"] for f in outlines["features"]], outlines["approximate"]) == (
        [official],
        False,
    )


def test_official_boundaries_of_today_leave_the_past_approximate(viewer, official: str) -> None:
    unit = gazetteer().get(official, REFORM)
    then = {"on": "2025-06-30"}
    found = viewer.get("/api/v1/places/at", params={"lat": unit.lat, "lon": unit.lon, **then})
    assert (found.status_code, found.json()["approximate"]) == (200, True), found.text
    outlines = viewer.get("/api/v1/places/boundaries", params=then)
    assert (outlines.status_code, outlines.json()["approximate"]) == (200, True), outlines.text
