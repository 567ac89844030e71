"""Exchanges through `/r1` with the signed log on, beside the same service called directly."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.report import Row, p95

CLIENTS = 48  # kept connections, from one other process
ANSWER = b'{"enterprises":[' + b",".join(b'{"id":%d,"name":"Cong ty %d"}' % (i, i) for i in range(30)) + b"]}"
_KIND = {"content-type": "application/json"}


class Steady:
    """A service that costs nothing, so that what is measured is the axis."""

    async def answer(self, _exchange: Any) -> Any:
        from tinh.axis.api import Answer

        return Answer(200, _KIND, ANSWER)

    def openapi(self) -> dict[str, Any]:
        return {}


async def directly(_scope: Any, _receive: Any, send: Any) -> None:
    """The same answer without the axis."""
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(ANSWER)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER})


def run(scale: float) -> Iterator[Row]:
    for_seconds = max(3.0, 15.0 * scale)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        home = Path(name) / "home"
        server = _start("serve", str(home))
        try:
            address, key = _line(server), _line(server)
            headers = f"X-Road-Client: VN-19/GOV/so-khcn/BENCH\r\nAuthorization: Bearer {key}\r\n"
            path = "/r1/VN-19/GOV/so-tc/BENCH/steady/list"
            read, slow = _load(address, f"GET {path}?page=1", headers, for_seconds)
            changed, slow_changed = _load(
                address, f"POST {path}", headers + "Content-Length: 0\r\n", for_seconds
            )
            server.send_signal(signal.SIGTERM)
            entries = int(_line(server))
            begun, flaws = float(_line(server)), int(_line(server))
        finally:
            server.kill()
            server.wait()
        plain = _start("direct", "")
        try:
            direct, direct_slow = _load(_line(plain), "GET /list?page=1", "", for_seconds)
        finally:
            plain.kill()
            plain.wait()
    load = f"load {os.getloadavg()[0]:.1f}"
    yield Row(
        f"exchanges through /r1, signed log on, {CLIENTS} clients, one process", read, "/s",
        "the service called directly", direct, read / direct, "≥ 500 /s", read >= 500,
        f"p95 {slow * 1000:.0f} ms, directly {direct_slow * 1000:.0f} ms; {load}",
    )  # fmt: skip
    yield Row(
        "the same, logged before the provider hears of it (POST)", changed, "/s",
        note=f"p95 {slow_changed * 1000:.0f} ms; {load}",
    )  # fmt: skip
    yield Row(
        f"verify {entries:,} entries", begun, "s", promised="0 flaws", kept=flaws == 0,
        note=f"{entries / begun:,.0f} entries/s",
    )  # fmt: skip


def _start(what: str, home: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bench.axis", what, home], stdout=subprocess.PIPE, text=True
    )


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def _load(address: str, line: str, headers: str, for_seconds: float) -> tuple[float, float]:
    """Answers a second and the slowest twentieth, asked by a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.axis", "load", address, line, headers, str(for_seconds)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    rate, slow = done.stdout.split()
    return float(rate), float(slow)


async def _ask(host: str, port: int, message: bytes, until: float, took: list[float]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while time.monotonic() < until:
        begun = time.perf_counter()
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        size = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        assert head.startswith(b"HTTP/1.1 200") and size, head
        await reader.readexactly(int(size[1]))
        took.append(time.perf_counter() - begun)
    writer.close()


async def _loading(address: str, line: str, headers: str, for_seconds: float) -> tuple[float, float]:
    where = urlsplit(address)
    message = f"{line} HTTP/1.1\r\nHost: {where.netloc}\r\nAccept: application/json\r\n{headers}\r\n".encode()
    assert where.hostname and where.port
    await asyncio.gather(
        *(_ask(where.hostname, where.port, message, time.monotonic() + 1, []) for _ in range(8))
    )
    took: list[float] = []
    begun = time.monotonic()
    until = begun + for_seconds
    await asyncio.gather(*(_ask(where.hostname, where.port, message, until, took) for _ in range(CLIENTS)))
    return len(took) / (time.monotonic() - begun), p95(took)


def _serve(home: Path) -> None:
    from tinh.packs.api import compile
    from tinh.site.api import prepare, read_options, serve

    root = Path(__file__).parents[1]
    prepared = prepare(
        compile(root / "provinces" / "thai-nguyen"),
        home,
        read_options({}, home=home.parent, port=0, log="error"),
    )
    from tinh.axis import api as axis

    axis.provide("steady", lambda _reference, one=Steady(): one)
    service = axis.publish("so-tc/BENCH/steady", "steady:")
    client = axis.add_subsystem("so-khcn/BENCH")
    axis.grant(service, client, purpose="bench", basis="bench", by="bench")
    key = axis.create_key(client, "bench", "bench")[1]
    serve(prepared, "127.0.0.1", 0, on_ready=lambda address: print(address, key, sep="\n", flush=True))
    begun = time.perf_counter()
    verdict = axis.verify(axis.ground())
    print(verdict.entries, time.perf_counter() - begun, len(verdict.flaws), sep="\n", flush=True)
    prepared.close()


def _direct() -> None:
    import uvicorn

    from tinh.site.listen import _listen

    listener = _listen("127.0.0.1", 0)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
    config = uvicorn.Config(directly, lifespan="off", log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    match sys.argv[1]:
        case "serve":
            _serve(Path(sys.argv[2]))
        case "direct":
            _direct()
        case _:
            print(*asyncio.run(_loading(*sys.argv[2:5], float(sys.argv[5]))))
