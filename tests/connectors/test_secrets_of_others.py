"""A source uses its own secrets; whoever manages one agency's sources reaches no other's."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest

FOREIGN = "KHO_CUA_SO_KHAC"
VALUE = "mat-khau-cua-so-khac"


class Thief:
    """A web server that writes down what it is asked."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        thief = self

        class Answering(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                thief.heard.append(f"{self.path} {dict(self.headers)}")
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(b'[{"a": 1}]')

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def thief(site: Any) -> Iterator[Thief]:
    from tinh.jobs import api as jobs

    jobs.vault().put(FOREIGN, VALUE, "admin", jobs.now())
    jobs.let_host("127.0.0.1", "admin")
    found = Thief()
    yield found
    found.server.shutdown()
    found.server.server_close()


def declared(id: str, url: str, **http_way: Any) -> dict[str, Any]:
    return {
        "id": id, "kind": "http", "sender": "so-khcn", "schedule": {"every": "PT15M"},
        "http": {"url": url, "format": "json", "allow_private": True, **http_way},
    }  # fmt: skip


def post(client: Any, address: str, at: str = "", **form: str) -> Any:
    page = client.get(at or address).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token, page[:500]
    return client.post(address, data={**form, "csrfmiddlewaretoken": token[1]}, headers={"Referer": address})


@pytest.mark.parametrize(
    "way",
    [
        {"url": "/?x={secret.KHO_CUA_SO_KHAC}"},
        {"url": "/", "headers": {"Authorization": "Bearer {secret.KHO_CUA_SO_KHAC}"}},
        {"url": "/", "basic": {"user": "u", "secret": FOREIGN}},
        {"url": "/", "oauth": {"url": "/token", "client": "c", "secret": FOREIGN}},
    ],
    ids=["address", "header", "password", "token"],
)
def test_an_officer_cannot_have_another_agencys_secret_sent_anywhere(
    site: Any, thief: Thief, way: Any
) -> None:
    program = site.program("data_officer", "so-khcn")
    way = {**way, "url": thief.address + way["url"]}
    if "oauth" in way:
        way["oauth"] = {**way["oauth"], "url": thief.address + "/token"}
    made = program.post("/api/v1/connectors", json={"declared": declared("muon-bi-mat", **way)})
    assert (made.status_code, made.json()["code"]) == (403, "SRC129"), made.text
    assert program.post("/api/v1/connectors/muon-bi-mat/look").status_code == 404
    assert not thief.heard


def test_nor_on_the_web_nor_by_moving_a_source_an_administrator_gave_a_secret(
    site: Any, thief: Thief
) -> None:
    officer = site.person("data_officer", "so-khcn")
    form = {
        "kind": "http", "id": "muon-tren-trang", "name": "x", "agency": "so-khcn", "format": "json",
        "url": thief.address + "/?x={secret.KHO_CUA_SO_KHAC}", "allow_private": "1",
    }  # fmt: skip
    made = post(officer, "/nguon-du-lieu/moi", "/nguon-du-lieu/moi?loai=http", **form)
    assert made.status_code == 400 and "SRC129" not in made.headers and FOREIGN in made.text

    chief, program = site.program("administrator"), site.program("data_officer", "so-khcn")
    given = declared("duoc-giao", "http://127.0.0.1:1/", basic={"user": "u", "secret": FOREIGN})
    assert chief.post("/api/v1/connectors", json={"declared": given}).status_code == 201
    kept = {**given, "schedule": {"every": "PT1H"}}
    assert program.post("/api/v1/connectors", json={"declared": kept, "replace": True}).status_code == 201
    moved = {**given, "http": {**given["http"], "url": thief.address}}
    refused = program.post("/api/v1/connectors", json={"declared": moved, "replace": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "SRC129"), refused.text
    assert chief.delete("/api/v1/connectors/duoc-giao").status_code == 204
    assert not thief.heard


def test_an_own_secret_goes_with_its_source_and_ends_with_it(site: Any, thief: Thief) -> None:
    from tinh.jobs import api as jobs

    officer = site.person("data_officer", "so-khcn")
    form = {
        "kind": "http", "id": "cua-minh", "name": "x", "agency": "so-khcn", "format": "json",
        "url": thief.address + "/", "allow_private": "1", "basic.user": "u", "basic.secret": "cua-chinh-minh",
    }  # fmt: skip
    assert post(officer, "/nguon-du-lieu/moi", "/nguon-du-lieu/moi?loai=http", **form).status_code == 302
    at = "/nguon-du-lieu/moi/cua-minh"
    post(officer, at, act="check")
    assert any("Basic" in one for one in thief.heard)
    form |= {"basic.secret": ""}  # kept as it was
    assert post(officer, at, act="connection", **form).status_code == 302
    names = {one.name for one in jobs.vault().names()}
    assert "CONN_CUA_MINH__BASIC_SECRET" in names
    assert post(officer, at, act="remove").status_code == 302
    assert "CONN_CUA_MINH__BASIC_SECRET" not in {one.name for one in jobs.vault().names()}


def test_a_source_cannot_be_tied_to_a_dataset_of_another_agency(site: Any, tmp_path: Any) -> None:
    from tinh.jobs import api as jobs
    from tinh.sources.api import ContractStands

    program = site.program("data_officer", "so-khcn")
    mine = declared("cho-bo-la", "https://example.vn/a.json")
    soon = {"declared": {**mine, "dataset": "chua-co-bao-gio"}}
    assert program.post("/api/v1/connectors", json=soon).status_code == 403
    assert program.post("/api/v1/connectors", json={"declared": mine}).status_code == 201
    with pytest.raises(ContractStands):  # a draft under the id of a dataset there is
        jobs.connecting().adopt("cho-bo-la", tmp_path, "so-khcn", "air-hourly", "x")
    assert jobs.connecting().declared("cho-bo-la").get("dataset", "") == ""
    assert program.delete("/api/v1/connectors/cho-bo-la").status_code == 204


def test_a_source_reads_files_under_its_own_agencys_name_only(site: Any) -> None:
    from tinh.jobs import api as jobs

    program = site.program("data_officer", "so-khcn")
    for name in ("so-tc", "so-khcn"):
        (jobs.home() / "drop" / name).mkdir(parents=True, exist_ok=True)
    base = {"sender": "so-khcn", "schedule": {"every": "PT15M"}}
    for n, path in enumerate(("so-tc", ".", "so-khcn-2", "/etc")):
        one = {**base, "id": f"thu-muc-{n}", "kind": "folder", "folder": {"path": path}}
        assert program.post("/api/v1/connectors", json={"declared": one}).json()["code"] in (
            "SRC069",
            "SRC122",
        ), path
    lite = {"engine": "sqlite", "file": "so-tc/x.db", "table": "t"}
    one = {**base, "id": "thu-muc-lite", "kind": "sql", "sql": lite}
    assert program.post("/api/v1/connectors", json={"declared": one}).json()["code"] == "SRC069"
    own = {**base, "id": "thu-muc-minh", "kind": "folder", "folder": {"path": "so-khcn"}}
    assert program.post("/api/v1/connectors", json={"declared": own}).status_code == 201
    assert program.delete("/api/v1/connectors/thu-muc-minh").status_code == 204
