"""An agency's own API behind the axis: checked both ways, guarded, left alone while it fails."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.axis.test_shares import address, caller, desk

SPEC = """\
openapi: 3.0.3
info: {title: Kho, version: "1"}
paths:
  /items/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      parameters: [{name: full, in: query, schema: {type: boolean}}]
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}
        "404": {description: none}
  /names/{name}:
    parameters: [{name: name, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok}}}
  /items:
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}
      responses: {"201": {description: made}}
    delete: {responses: {"204": {description: gone}}}
components:
  schemas:
    Item:
      type: object
      required: [name]
      additionalProperties: false
      properties: {name: {type: string}, note: {type: string, nullable: true}}
"""
SHARE = """\
format: 1
id: kho
name: Kho
owner: so-nnmt
kind: proxy
members: [{agency: so-tc}]
purpose: Thử
legal_basis: Thỏa thuận 2
quota: {minute: 1000}
proxy:
  base: http://127.0.0.1:PORT/api
  openapi: kho.openapi.yaml
  allow: {"/items/{id}": [get], "/names/{name}": [get], /items: [post]}
  headers: {Authorization: "Bearer {secret.KHO}", X-Plain: a}
  timeout: PT2S
  allow_private: PRIVATE
  largest_answer_kb: 8
  breaker: {failures: 3, within: PT1M, pause: PT30S, probes: 1}
"""


class Kho(BaseHTTPRequestHandler):
    answers: dict[str, Any]
    asked: list[tuple[str, str, dict[str, str], bytes]]

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        type(self).asked.append(
            (self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        )
        status, said = type(self).answers.get(self.path.split("?")[0], (404, None))
        data = said if isinstance(said, bytes) else json.dumps(said).encode() if said is not None else b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Inner", "máy 7".encode().decode("latin-1"))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_DELETE = _do

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture(scope="module")
def kho(site) -> Iterator[type[Kho]]:
    Kho.asked, Kho.answers = [], {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Kho)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    from dataclasses import replace

    from tinh.axis import api as axis

    before = axis.ground()
    axis.install(replace(before, secret=lambda name: f"mat-{name}"))
    patch = pytest.MonkeyPatch()
    patch.setenv("TINH_PRIVATE_HOSTS", "127.0.0.1")
    root = desk().book().root
    root.mkdir(exist_ok=True)
    (root / "kho.openapi.yaml").write_text(SPEC)
    text = SHARE.replace("PORT", str(server.server_port)).replace("PRIVATE", "true")
    (root / "kho.yaml").write_text(text)
    (root / "kho-kin.yaml").write_text(
        text.replace("id: kho\n", "id: kho-kin\n").replace("_private: true", "_private: false")
    )
    assert not desk().book().findings()
    axis.offer(desk())
    yield Kho
    patch.undo()
    axis.install(before)
    for name in ("kho.yaml", "kho-kin.yaml", "kho.openapi.yaml"):
        (root / name).unlink()
    axis.offer(desk())
    server.shutdown()
    server.server_close()


@pytest.fixture
def program(site, kho):
    from tinh.axis.shares import breakers
    from tinh.axis.shares.keeping import Tripped

    Tripped.objects.all().delete()
    breakers._circuits["kho"].__dict__.update(
        _until=None, _good=0, _trying=False, _failed=deque()
    ) if "kho" in breakers._circuits else None
    kho.answers.clear()
    kho.asked.clear()
    return caller(site, "so-tc")


def test_a_call_goes_through_with_the_owners_secret_and_back_without_inner_headers(program, kho) -> None:
    kho.answers["/api/items/7"] = (200, {"name": "gạo", "note": None})
    found = program.get(f"{address('kho')}/items/7", params={"full": "true"}, headers={"X-Own": "x"})
    assert (found.status_code, found.json()) == (200, {"name": "gạo", "note": None}), found.text
    method, path, headers, _ = kho.asked[-1]
    assert (method, path) == ("GET", "/api/items/7?full=true")
    assert headers["authorization"] == "Bearer mat-KHO" and headers["x-plain"] == "a"
    assert not {n for n in headers if n.startswith("x-road")} and "x-own" not in headers
    assert "x-inner" not in found.headers


@pytest.mark.parametrize(
    ("way", "more", "status"),
    [
        ("/items/bảy", {}, 400), ("/items/7", {"params": {"full": "có"}}, 400),
        ("/items/7", {"params": {"la": "1"}}, 400), ("/nothing", {}, 404),
        ("/items/..%2fadmin", {}, 404),
    ],
)  # fmt: skip
def test_a_request_the_description_does_not_know_never_reaches_the_owner(
    program, kho, way, more, status
) -> None:
    found = program.get(address("kho") + way, **more)
    assert (found.status_code, kho.asked) == (status, []), found.text


@pytest.mark.parametrize(
    ("way", "status"),
    [
        ("/items/7?full=true&full=x", 400), ("/items/7?admin[]=1", 400), ("/items/7?full[x]=1", 400),
        ("/items/7?full=true;admin=1", 400), ("/names/..;", 404), ("/names/%2e%2e;x=1", 404),
        ("/names/%252e%252e", 404), ("/names/a%5C..%5Cb", 404), ("/names/a%252Fb", 404),
        ("/names/a%0d%0ab", 404),
    ],
)  # fmt: skip
def test_what_the_owners_server_could_read_otherwise_than_the_axis_does_not_reach_it(
    program, kho, way, status
) -> None:
    found = program.get(f"{address('kho')}{way}")
    assert found.status_code == status, found.text
    assert not kho.asked


def test_bodies_are_checked_and_methods_not_let_through_are_refused(program, kho) -> None:
    kho.answers["/api/items"] = (201, None)
    here = f"{address('kho')}/items"
    assert program.post(here, json={"name": "gạo"}).status_code == 201
    assert program.post(here, json={"nam": "gạo"}).json()["code"] == "AXS050"
    assert program.post(here, content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    assert program.delete(here).status_code in (405, 500)
    assert len(kho.asked) == 1


def test_an_answer_that_breaks_its_description_is_not_passed_on(program, kho) -> None:
    kho.answers["/api/items/7"] = (200, {"nam": "gạo"})
    refused = program.get(f"{address('kho')}/items/7")
    assert (refused.status_code, refused.json()["code"]) == (502, "AXS051")
    kho.answers["/api/items/7"] = (200, {"name": "x" * 9000})
    assert program.get(f"{address('kho')}/items/7").json()["code"] == "AXS051"


def test_a_failing_owner_is_left_alone_and_asked_again_later(program, kho) -> None:
    from tinh.axis.shares.keeping import Tripped

    here = f"{address('kho')}/items/7"
    kho.answers["/api/items/7"] = (500, None)
    assert [program.get(here).status_code for _ in range(3)] == [500] * 3
    asked = len(kho.asked)
    refused = program.get(here)
    assert (refused.status_code, refused.json()["code"]) == (503, "AXS052")
    assert int(refused.headers["retry-after"]) >= 1 and len(kho.asked) == asked
    from tinh.axis import api as axis

    share = desk().share("kho")
    assert axis.circuit("kho", share.proxy.breaker).condition().state == "open"
    kho.answers["/api/items/7"] = (200, {"name": "gạo"})
    breaker = axis.circuit("kho", share.proxy.breaker)  # half a minute goes by
    breaker._until = datetime.now(UTC) - timedelta(seconds=1)
    Tripped.objects.filter(share="kho").update(until=breaker._until)
    assert [program.get(here).status_code for _ in range(2)] == [200, 200]
    assert axis.circuit("kho", share.proxy.breaker).condition().state == "closed"


def test_an_address_inside_the_network_is_reached_only_where_it_was_allowed(program, kho) -> None:
    kho.answers["/api/items/7"] = (200, {"name": "gạo"})
    found = program.get(f"{address('kho-kin')}/items/7")
    assert found.status_code == 500 and not kho.asked
    assert "127.0.0.1" not in found.text
