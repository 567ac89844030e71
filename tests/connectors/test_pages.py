"""Making a source on the web, against a real database."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.harness.databases import Server
from tinh.jobs import api as jobs

FORM = {
    "kind": "sql", "id": "trang-mot-cua", "name": "Một cửa", "agency": "so-khcn", "engine": "mariadb",
    "host": "127.0.0.1", "database": "motcua", "user": "doc", "tls.mode": "auto", "allow_private": "1",
}  # fmt: skip


def post(client: Any, address: str, **form: str) -> Any:
    page = client.get(address).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token, page[:500]
    return client.post(address, data={**form, "csrfmiddlewaretoken": token[1]}, headers={"Referer": address})


def test_a_source_is_made_checked_chosen_paused_by_rights_and_removed(site: Any, maria: Server) -> None:
    maria.run("DROP TABLE IF EXISTS trang", "CREATE TABLE trang (ma VARCHAR(9) PRIMARY KEY, ten TEXT)",
              "INSERT INTO trang VALUES ('T1', '<b>Phường Tích Lương</b>')")  # fmt: skip
    chief = site.person("administrator")
    address = "/nguon-du-lieu/moi"
    made = post(chief, f"{address}?loai=sql", **FORM, port=str(maria.port), password=maria.password)
    assert made.status_code == 302, made.text[-3000:]
    at = f"{address}/trang-mot-cua"
    assert made.headers["location"].startswith(at)
    told = chief.get(made.headers["location"]).text
    assert told.count("status good") >= 3 and ">trang<" in told, "the button says: keep and check"
    page = chief.get(at).text
    assert ">trang<" not in page
    assert maria.password not in page and "Đã đặt lúc" in page
    checked = post(chief, at, act="check").text
    assert checked.count("status good") >= 4 and ">trang<" in checked, checked
    assert post(chief, at, act="choose", table="trang", key="ma").status_code == 302
    rows = post(chief, at, act="check").text
    assert "&lt;b&gt;Phường Tích Lương&lt;/b&gt;" in rows
    listed = chief.get("/nguon-du-lieu/").text
    assert at in listed

    officer = site.person("data_officer", "so-nnmt")
    assert officer.get(at).status_code == 403
    own = post(
        officer, f"{address}?loai=sql", **{**FORM, "id": "cua-so", "agency": "so-nnmt", "host": "10.0.0.9"}
    )
    assert own.status_code == 400 and "10.0.0.9" in own.text, (
        "a host inside the network wants an administrator"
    )
    foreign = post(officer, f"{address}?loai=sql", **{**FORM, "id": "cua-so"})
    assert foreign.status_code == 403
    assert site.person("viewer").get(address).status_code == 403

    wrong = post(chief, at, act="connection", **{**FORM, "port": str(maria.port), "password": "sai-mat-khau"})
    assert wrong.status_code == 302
    assert "SRC105" in chief.get(wrong.headers["location"]).text
    refused = post(chief, at, act="check").text
    assert "SRC105" in refused and "sai-mat-khau" not in refused
    home = site.prepared.home if hasattr(site.prepared, "home") else None
    if home is not None:
        kept = b"".join(p.read_bytes() for p in (home / "connectors").rglob("*") if p.is_file())
        assert maria.password.encode() not in kept
    program = site.program("administrator")
    told = program.get("/api/v1/connectors").json()
    assert [c["id"] for c in told["items"]] == ["trang-mot-cua"] and "sai-mat-khau" not in json.dumps(told)
    steps = program.post("/api/v1/connectors/trang-mot-cua/check").json()["steps"]
    assert [s["ok"] for s in steps] == [True, True, False]
    assert site.program("viewer").post("/api/v1/connectors/trang-mot-cua/check").status_code == 403
    assert post(chief, at, act="remove").status_code == 302
    assert chief.get(at).status_code == 404


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("mqtt", {"host": "127.0.0.1", "port": "1883", "topics": "tram/+/so-lieu, tram/+/khac",
                  "parts": "tram = 2"},
         {"topics": ["tram/+/so-lieu", "tram/+/khac"], "parts": {"tram": 2}}),
        ("mail", {"host": "127.0.0.1", "port": "143", "user": "nhan", "password": "mat-khau-thu-nhan",
                  "after": "seen", "folder": "INBOX", "patterns": "*.csv",
                  "senders": "lan@so.gov.vn\n@xa.vn = so-nnmt"},
         {"senders": {"lan@so.gov.vn": "so-khcn", "@xa.vn": "so-nnmt"}, "patterns": ["*.csv"]}),
    ],
)  # fmt: skip
def test_brokers_and_mailboxes_are_made_on_the_page(site: Any, kind: str, typed: Any, said: Any) -> None:
    chief = site.person("administrator")
    address, id = "/nguon-du-lieu/moi", f"trang-{kind}"
    form = {
        "kind": kind,
        "id": id,
        "name": kind,
        "agency": "so-khcn",
        "tls.mode": "auto",
        "allow_private": "1",
    }
    made = post(chief, f"{address}?loai={kind}", **form, **typed)
    assert made.status_code == 302, made.text[-3000:]
    declared = jobs.connecting().declared(id)[kind]
    assert {name: declared[name] for name in said} == said
    page = chief.get(f"{address}/{id}").text
    assert "mat-khau-thu-nhan" not in page and ("tram = 2" in page or "@xa.vn = so-nnmt" in page)
    checked = post(chief, f"{address}/{id}", act="check").text
    assert "SRC078" in checked, "nothing listens there"
    assert post(chief, f"{address}/{id}", act="remove").status_code == 302
