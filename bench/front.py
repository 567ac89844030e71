"""The same over HTTP: one serving process as `./tinh up` runs it, then one for each processor, as with
`--serving`; its clients are processes of their own."""

# ruff: noqa: E501  # statements and rows, written as they are
from __future__ import annotations

import gzip
import http.client
import json
import os
import random
import re
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from bench.report import Row, p95

ROOT = Path(__file__).parents[1]
CLIENTS, EACH = 2, 6  # processes, and threads of each
AGAIN = 10  # reports on one connection
_CLIENT = """
import json, sys
from bench.front import send
print(json.dumps(send(**json.loads(sys.stdin.readline()))))
"""


def run(home: Path, count: int, servings: Iterable[int] = (), weigh: bool = True) -> Iterator[Row]:
    """Serve the province whose data lie under `home` with so many processes, send reports to it, and weigh its
    pages."""
    from bench.taking import picture, spots

    photo = home / "photo.jpg"
    photo.write_bytes(picture())
    plain, points = spots()
    asked = {"photo": str(photo), "plain": plain, "points": points[:40]}
    for serving in servings or (1, max(2, os.cpu_count() or 2)):
        with served(home, serving) as (server, port, told):
            yield sent(server, serving, told, {**asked, "port": port}, count)
            if weigh and serving == 1:
                yield from weighed(port)


@contextmanager
def served(home: Path, serving: int) -> Iterator[tuple[int, int, dict[str, str]]]:
    """A server started with `tinh up`: its process, its port, and the environment it was started with."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {**os.environ, "TINH_HOME": str(home), "TINH_BEHIND_PROXY": "true", "TINH_OUTLOOKS": "off",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}  # fmt: skip
    log_file = home / "server.log"
    with log_file.open("ab") as log:
        begun = log.tell()
        server = subprocess.Popen(
            [sys.executable, "-m", "tinh.cli", "up", "--port", str(port), "--serving", str(serving)],
            cwd=ROOT,
            env=told,
            stdout=log,
            stderr=log,
        )
    try:
        _await(log_file, begun)
        yield server.pid, port, told
    finally:
        server.terminate()
        server.wait(60)


def sent(server: int, serving: int, told: dict[str, str], asked: dict[str, Any], count: int) -> Row:
    """Reports sent by all clients at once: how many a second were taken in, photo included."""
    _sent({**asked, "count": 4 * CLIENTS * EACH}, told)  # warm, each process
    before, begun = spending(server), time.perf_counter()
    spent, clients = _sent({**asked, "count": count}, told)
    took, after = time.perf_counter() - begun, spending(server)
    each = {kind: (after[kind] - before[kind]) / len(spent) * 1000 for kind in after}
    return Row(
        f"POST /phan-anh/gui over HTTP, a photo of {Path(asked['photo']).stat().st_size / 1e6:.1f} MB each, "
        f"{'one serving process' if serving == 1 else f'{serving} serving processes'}",
        len(spent) / took, "/s", promised="≥ 200/s" if serving > 1 else "",
        kept=len(spent) / took >= 200 if serving > 1 else None,
        note=f"{CLIENTS * EACH} clients, p95 {p95(spent):.0f} ms; processor time each: {each['serving']:.1f} ms serving, "
        f"{each['copies']:.1f} background and copies of photos, {each['postgres']:.1f} PostgreSQL, "
        f"{clients / len(spent) * 1000:.1f} clients; load {os.getloadavg()[0]:.1f}",
    )  # fmt: skip


def weighed(port: int) -> Iterator[Row]:
    pages = {
        "report form": "/phan-anh/gui", "public list and map": "/phan-anh/", "statistics": "/phan-anh/thong-ke",
        "a report": _first_shown(port),
    }  # fmt: skip
    for name, path in pages.items():
        if not path:
            continue
        whole, page = weight(port, path)
        yield Row(f"{name}: the page with its styles and scripts, compressed, without photos and fonts", whole / 1000,
                  "kB", promised="≤ 150 kB", kept=whole <= 150_000, note=f"the page itself {page / 1000:.1f} kB")  # fmt: skip


def _await(log: Path, begun: int) -> None:
    """Until all processes serve: the address is told then."""
    for _ in range(1200):
        if b"Ctrl+C" in log.read_bytes()[begun:]:
            return
        time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def spending(server: int) -> dict[str, float]:
    """Seconds of processor time so far: of who serves, of what works beside (the keeper of several serving
    processes, whoever makes copies), of PostgreSQL."""
    parents, commands, used = {}, {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                facts = (folder / "stat").read_text().rpartition(")")[2].split()
                commands[int(folder.name)] = (folder / "cmdline").read_text()
                parents[int(folder.name)] = int(facts[1])
                # with what its children that have ended used
                used[int(folder.name)] = sum(map(int, facts[11:15])) / os.sysconf("SC_CLK_TCK")
    found = dict.fromkeys(("serving", "copies", "postgres"), 0.0)
    alone = not any(parents[pid] == server and "tinh.site.server" in commands[pid] for pid in parents)
    for pid, taken in used.items():
        if "postgres" in commands[pid]:
            if str(_home_of(server)) in commands[pid] or str(_home_of(server)) in commands.get(
                parents[pid], ""
            ):
                found["postgres"] += taken
        elif pid == server:
            found["serving" if alone else "copies"] += taken
        elif _under(pid, server, parents):
            found["serving" if "tinh.site.server" in commands[pid] else "copies"] += taken
    return found


def _home_of(server: int) -> Path:
    told = Path(f"/proc/{server}/environ").read_bytes().split(b"\0")
    return Path(next(one for one in told if one.startswith(b"TINH_HOME=")).decode().partition("=")[2])


def _under(pid: int, server: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        if pid == server:
            return True
        pid = parents[pid]
    return False


def _sent(asked: dict[str, Any], told: dict[str, str]) -> tuple[list[float], float]:
    """Milliseconds each report took, and the clients' own seconds of processor time."""
    share = {**asked, "count": max(1, asked["count"] // CLIENTS)}
    clients = [
        subprocess.Popen([sys.executable, "-c", _CLIENT], cwd=ROOT, env=told, stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, text=True)
        for _ in range(CLIENTS)
    ]  # fmt: skip
    for client in clients:
        assert client.stdin is not None
        client.stdin.write(json.dumps(share) + "\n")
        client.stdin.flush()
    spent, used = [], 0.0
    for client in clients:
        one = json.loads(client.communicate(timeout=170)[0])
        spent += one["spent"]
        used += one["used"]
    return spent, used


def send(port: int, photo: str, plain: list[str], points: list[list[float]], count: int) -> dict[str, Any]:
    """Reports sent by the threads of one client: milliseconds each took, and its processor time."""
    from concurrent.futures import ThreadPoolExecutor

    data = Path(photo).read_bytes()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/phan-anh/gui")
    answer = connection.getresponse()
    answer.read()
    cookies = [v.split(";")[0] for k, v in answer.getheaders() if k.lower() == "set-cookie"]
    token = next(c.partition("=")[2] for c in cookies if "csrf" in c)
    csrf = next(c for c in cookies if "csrf" in c)
    began = time.process_time()

    def lane(numbers: range) -> list[float]:
        spent = []
        own = http.client.HTTPConnection("127.0.0.1", port, timeout=150)
        for number, _ in enumerate(numbers):
            if number % AGAIN == 0:  # as people come: a connection does not last for ever
                own.close()
                own.connect()
                assert own.sock is not None
                own.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            body, kind = form(data, random.choice(plain), random.choice(points), token)
            host = random.getrandbits(64)
            head = {
                "Content-Type": kind, "Accept": "application/json", "Cookie": f"{csrf}; tinh_device={uuid.uuid4().hex}",
                "X-Forwarded-For": f"2001:db8:{host >> 48:x}:{host >> 32 & 65535:x}::1",
                "Content-Length": str(sum(map(len, body))),
            }  # fmt: skip
            begun = time.perf_counter()
            own.request("POST", "/phan-anh/gui", body, head)
            got = own.getresponse()
            said = got.read()
            if got.status != 200 or b'"code"' not in said:
                raise RuntimeError(f"{got.status}: {said[:500]!r}")
            spent.append((time.perf_counter() - begun) * 1000)
        return spent

    with ThreadPoolExecutor(EACH) as pool:
        lanes = pool.map(lane, [range(n, count, EACH) for n in range(EACH)])
        spent = [one for each in lanes for one in each]
    return {"spent": spent, "used": time.process_time() - began}


def form(photo: bytes, category: str, point: list[float], token: str) -> tuple[list[bytes], str]:
    """The body in pieces, and its kind; the photo differs from every other in its last bytes."""
    mark = uuid.uuid4().hex
    fields = {
        "csrfmiddlewaretoken": token, "draft": uuid.uuid4().hex, "step": "send", "category": category,
        "text": "Đường trước cổng trường ngập nước từ sáng, xe máy không qua được.", "blur": "on",
        "lat": str(point[0]), "lon": str(point[1]), "phone": "0912345678",
    }  # fmt: skip
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode()
        for n, v in fields.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    whole = [
        b"".join((*parts, head.encode())),
        photo,
        uuid.uuid4().bytes + f"\r\n--{mark}--\r\n".encode(),
    ]
    return whole, f"multipart/form-data; boundary={mark}"


def _got(port: int, address: str) -> tuple[bytes, int]:
    """What is at an address, and how many bytes it took on the way."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    sent = answer.read()
    return (gzip.decompress(sent) if answer.headers.get("Content-Encoding") == "gzip" else sent), len(sent)


def _first_shown(port: int) -> str:
    """The address of a report everybody may see; "" where there is none."""
    found = re.search(r'href="(/phan-anh/PA-[\d-]+)"', _got(port, "/phan-anh/")[0].decode())
    return found[1] if found else ""


def weight(port: int, path: str) -> tuple[int, int]:
    """Bytes of a page with the styles and scripts it names, and of the page alone, compressed as sent; what is sent
    plain counts plain."""
    page, alone = _got(port, path)
    whole = alone + sum(_got(port, one)[1] for one in set(_named(page.decode(), path)))
    return whole, alone


def _named(text: str, here: str) -> list[str]:
    found = re.findall(
        r'<(?:script[^>]*\ssrc|link[^>]*rel="(?:stylesheet|preload|modulepreload)"[^>]*\shref)="([^"]+)"',
        text,
    )
    return [
        urljoin(here, one) for one in found if not one.startswith(("data:", "http")) and "woff" not in one
    ]
