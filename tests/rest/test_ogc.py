"""OGC API Features: what standard GIS clients ask for, and what they must not get."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64encode
from typing import Any

import pytest

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@pytest.fixture(scope="module")
def reader(site: Any) -> Any:
    return site.person("viewer")


def features(reader: Any, id: str, **asked: Any) -> dict[str, Any]:
    answer = reader.get(f"/ogc/collections/{id}/items", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    return answer.json()


def test_the_landing_page_leads_to_everything(reader: Any) -> None:
    links = {link["rel"]: link["href"] for link in reader.get("/ogc/").json()["links"]}
    assert {"self", "service-desc", "conformance", "data"} <= set(links)
    classes = reader.get(links["conformance"]).json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in classes
    definition = reader.get(links["service-desc"])
    assert definition.headers["content-type"].startswith("application/vnd.oai.openapi+json;version=3.0")
    assert "/collections/{collectionId}/items" in definition.json()["paths"]
    for one in reader.get(links["data"]).json()["collections"]:
        assert one["crs"] == [CRS84] and len(one["extent"]["spatial"]["bbox"][0]) == 4
        assert reader.get(next(x["href"] for x in one["links"] if x["rel"] == "items")).status_code == 200


def test_pages_follow_one_another_until_every_unit_was_shown_once(reader: Any) -> None:
    page = features(reader, "communes", limit=40)
    seen = [f["id"] for f in page["features"]]
    while following := [x["href"] for x in page["links"] if x["rel"] == "next"]:
        page = reader.get(following[0]).json()
        seen += [f["id"] for f in page["features"]]
    assert page["numberMatched"] == len(seen) == len(set(seen)) == 92


def test_a_box_keeps_what_meets_it(reader: Any) -> None:
    everything = features(reader, "communes", limit=1000)["features"]
    some = features(reader, "communes", bbox="105.80,21.55,105.85,21.60", limit=1000)
    assert 0 < some["numberMatched"] < len(everything)
    with_heights = features(reader, "communes", bbox="105.80,21.55,-10,105.85,21.60,900", limit=1000)
    assert {f["id"] for f in with_heights["features"]} == {f["id"] for f in some["features"]}
    assert features(reader, "communes", bbox="170,-10,-170,10")["numberMatched"] == 0


def test_time_chooses_the_units_of_that_day(reader: Any) -> None:
    before = features(reader, "communes-by-time", datetime="2025-06-30", limit=1000)
    after = features(reader, "communes-by-time", datetime="2025-07-01T00:00:00+07:00", limit=1000)
    assert after["numberMatched"] == 92 < before["numberMatched"]
    assert all(f["properties"]["valid_to"] == "2025-07-01" for f in before["features"])
    both = features(reader, "communes-by-time", datetime="2025-06-01/..", limit=1000)
    assert both["numberMatched"] == before["numberMatched"] + 92
    assert (
        features(reader, "communes-by-time", datetime="../2025-06-30")["numberMatched"]
        == (before["numberMatched"])
    )
    assert features(reader, "districts-by-time", datetime="2026-01-01")["numberMatched"] == 0


def test_one_feature_has_its_own_address(reader: Any) -> None:
    first = features(reader, "communes", limit=1)["features"][0]
    alone = reader.get(f"/ogc/collections/communes/items/{first['id']}")
    assert alone.json()["geometry"] == first["geometry"]
    assert {link["rel"] for link in alone.json()["links"]} == {"self", "collection"}
    named = features(reader, "communes", code=first["properties"]["code"])
    assert [f["id"] for f in named["features"]] == [first["id"]]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("limit=0", 400), ("limit=abc", 400), ("offset=-1", 400), ("bbox=1,2,3", 400),
        ("bbox=1,9,3,2", 400), ("bbox=nan,0,1,1", 400), ("datetime=hier", 400), ("datetime=../..", 400),
        ("datetime=2026-01-01/2025-01-01", 400), ("nonsense=1", 400), ("limit=1&limit=2", 400),
        ("crs=http://www.opengis.net/def/crs/EPSG/0/3857", 400), ("f=html", 400), ("limit=999999", 200),
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused_in_the_shape_of_every_error(
    reader: Any, asked: str, status: int
) -> None:
    answer = reader.get(f"/ogc/collections/communes/items?{asked}")
    assert answer.status_code == status, answer.text
    if status == 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"].startswith("RST")


def test_what_is_not_there_and_what_cannot_be_written_says_so(reader: Any) -> None:
    for path in ("collections/none", "collections/none/items", "collections/communes/items/none", "none/"):
        answer = reader.get(f"/ogc/{path}")
        assert answer.status_code == 404 and answer.json()["code"].startswith("RST")
    assert reader.post("/ogc/collections").status_code in (403, 405)


def test_a_slash_too_many_and_a_language_are_no_reason_to_fail(reader: Any) -> None:
    for path in ("collections/", "/collections", "collections/communes/", "collections/communes/items/"):
        assert reader.get(f"/ogc/{path}", params={"lang": "en"}).status_code == 200, path
    assert "Communes" in reader.get("/ogc/collections/communes/?lang=en").json()["title"]


def test_every_area_is_of_the_kind_a_layer_has(reader: Any) -> None:
    for id in ("communes", "communes-by-time", "districts-by-time", "province"):
        kinds = {f["geometry"]["type"] for f in features(reader, id, limit=1000)["features"]}
        assert kinds == {"MultiPolygon"}, id


def test_units_are_open_to_everybody_and_to_pages_elsewhere(site: Any) -> None:
    stranger = site.stranger()
    for path in ("", "conformance", "api", "collections", "collections/province/items"):
        answer = stranger.get(f"/ogc/{path}", headers={"Origin": "https://ban-do.example"})
        assert answer.status_code == 200, path
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"].startswith("public")
    wrong = stranger.get("/ogc/collections/communes/items?limit=x", headers={"Origin": "https://a.example"})
    assert (wrong.status_code, wrong.headers["access-control-allow-origin"]) == (400, "*")
    assert stranger.post("/ogc/collections/communes/items").status_code == 405


def test_a_token_may_come_along_as_password_but_a_wrong_one_is_told(site: Any) -> None:
    from tinh.people import api as people

    stranger = site.stranger()
    _, secret = people.create_token(site.account("viewer"), "gis")
    for password, status in ((secret, 200), ("wrong", 401), ("", 401)):
        basic = b64encode(f"gis:{password}".encode()).decode()
        answer = stranger.get("/ogc/collections", headers={"Authorization": f"Basic {basic}"})
        assert answer.status_code == status
    refused = stranger.get("/ogc/", headers={"Authorization": "Basic %%%"})
    assert refused.status_code == 401 and refused.headers["www-authenticate"].startswith("Basic")


_READ = """
import sys, pyogrio
source, secret, *box = sys.argv[1:]
box = tuple(map(float, box)) or None
options = {"USERPWD": f"gis:{secret}", "PAGE_SIZE": 30}
meta, _, geometry, _ = pyogrio.raw.read(source, layer="communes", bbox=box, **options)
print(len(geometry), "code" in set(meta["fields"]))
"""


def test_gdal_the_engine_of_qgis_opens_the_collections(site: Any) -> None:
    from tinh.people import api as people

    _, secret = people.create_token(site.account("viewer"), "gdal")

    def read(*box: str) -> list[str]:
        # A process of its own, as a GIS client is: GDAL waits for the server without letting Python go on.
        command = [sys.executable, "-c", _READ, f"OAPIF:{site.address}/ogc", secret, *box]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr[-500:]
        return done.stdout.split()

    assert read() == ["92", "True"]
    count, named = read("105.80", "21.55", "105.85", "21.60")
    assert 0 < int(count) < 92 and named == "True"
