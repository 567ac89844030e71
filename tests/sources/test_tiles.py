"""Tiles of a base map come from the declared server alone, stay a while, and never stop a page."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tinh.packs.api import BaseMap
from tinh.sources.api import TileBounds, Tiles

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 200


class Server(ThreadingHTTPServer):
    """A tile server that answers what the test says, and remembers what it was asked."""

    status, body, headers = 200, PNG, {}
    pause = 0.0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        time.sleep(self.server.pause)
        self.send_response(self.server.status)
        for name, value in {"Content-Length": str(len(self.server.body)), **self.server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("TINH_PRIVATE_HOSTS", "127.0.0.1")
    with Server() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def way(server: Server, template: str = "/nen/{z}/{x}/{y}.png?k=1", **more: object) -> BaseMap:
    return BaseMap.model_validate(
        {"address": server.address + template, "max_zoom": 12, "allow_private": True, **more}
    )


def test_a_tile_is_asked_for_once_and_anew_when_it_grew_old(server: Server, tmp_path: Path) -> None:
    moment = [1_800_000_000.0]
    tiles = Tiles(tmp_path, way(server), now=lambda: moment[0])
    made = tiles.tile(9, 406, 224)
    assert made is not None and (made.data, made.kind) == (PNG, "image/png")
    assert tiles.tile(9, 406, 224) == made
    assert Tiles(tmp_path, way(server), now=lambda: moment[0]).tile(9, 406, 224) == made, "of another process"
    assert server.asked == ["/nen/9/406/224.png?k=1"]
    moment[0] += 31 * 86_400
    server.status = 503
    assert tiles.tile(9, 406, 224) == made, "the server is down: what was kept is better than nothing"
    moment[0] += 400 * 86_400
    assert tiles.tile(9, 406, 224) is None


def test_rows_are_counted_from_the_south_where_the_server_does(server: Server, tmp_path: Path) -> None:
    Tiles(tmp_path, way(server, "/{z}/{x}/{-y}.png")).tile(9, 406, 224)
    assert server.asked == ["/9/406/287.png"]


@pytest.mark.parametrize(("z", "x", "y"), [(13, 0, 0), (9, 512, 0), (9, 0, 512), (-1, 0, 0), (9, -1, 0)])
def test_a_tile_that_is_not_on_the_map_is_never_asked_for(
    server: Server, tmp_path: Path, z: int, x: int, y: int
) -> None:
    assert Tiles(tmp_path, way(server)).tile(z, x, y) is None and server.asked == []


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (200, b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", {"Content-Type": "image/png"}),
        (200, PNG + b"0" * 400_000, {}),
        (200, b"", {}),
        (302, b"", {"Location": "http://169.254.169.254/latest"}),
        (500, PNG, {}),
    ],
)
def test_what_is_no_tile_is_not_kept(
    server: Server, tmp_path: Path, status: int, body: bytes, headers: dict[str, str]
) -> None:
    server.status, server.body, server.headers = status, body, headers
    assert Tiles(tmp_path, way(server)).tile(9, 1, 1) is None
    assert len(server.asked) == 1 and not [one for one in tmp_path.rglob("*") if one.is_file()]


def test_a_private_address_is_asked_only_when_province_and_machine_both_say_so(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Tiles(tmp_path, way(server, allow_private=False)).tile(9, 1, 1) is None
    monkeypatch.setenv("TINH_PRIVATE_HOSTS", "bando.example.vn")
    assert Tiles(tmp_path, way(server)).tile(9, 1, 1) is None
    rebound = BaseMap(address="http://bando.example.vn/{z}/{x}/{y}")
    assert Tiles(tmp_path, rebound, resolve=lambda *_: ["10.0.0.8"]).tile(9, 1, 1) is None
    assert server.asked == []


def test_a_server_that_fails_is_left_alone_for_a_while_and_an_absent_tile_is_remembered(
    server: Server, tmp_path: Path
) -> None:
    server.status, server.body = 404, b"x"
    tiles = Tiles(tmp_path, way(server))
    for _ in range(3):
        made = tiles.tile(9, 1, 1)
        assert made is not None and made.data == b""
    assert len(server.asked) == 1
    server.status = 500
    for x in range(6):
        assert tiles.tile(9, 10 + x, 1) is None
    assert len(server.asked) == 4


def test_many_who_want_one_tile_have_it_fetched_once(server: Server, tmp_path: Path) -> None:
    server.pause = 0.3
    tiles = Tiles(tmp_path, way(server))
    with ThreadPoolExecutor(12) as people:
        made = list(people.map(lambda _: tiles.tile(9, 406, 224), range(12)))
    assert all(one is not None and one.data == PNG for one in made)
    assert len(server.asked) == 1


def test_a_slow_server_holds_only_so_many_up(server: Server, tmp_path: Path) -> None:
    server.pause = 1.5
    tiles = Tiles(tmp_path, way(server), TileBounds(waiting=2))
    with ThreadPoolExecutor(2) as people:
        slow = [people.submit(tiles.tile, 9, 406, y) for y in (224, 225)]
        while len(server.asked) < 2:
            time.sleep(0.01)
        begun = time.monotonic()
        assert [tiles.tile(9, 407, y) for y in range(30)] == [None] * 30
        assert time.monotonic() - begun < 1.0 and len(server.asked) == 2
        assert all(one.result() is not None for one in slow)


def test_the_folder_stays_within_its_bounds(server: Server, tmp_path: Path) -> None:
    bounds = TileBounds(folder_bytes=40 * 4096)
    tiles = Tiles(tmp_path, way(server), bounds)
    old = tmp_path / "another-server" / "1" / "1"
    old.mkdir(parents=True)
    (old / "1").write_bytes(PNG)
    os.utime(old / "1", (1_700_000_000, 1_700_000_000))
    for x in range(60):
        tiles.tile(12, x, 0)
    kept = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert 30 <= len(kept) <= 42 and old / "1" not in kept
