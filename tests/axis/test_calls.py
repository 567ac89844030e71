"""Our subsystems as consumers: of another axis, and of a security server that lies."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.axis.conftest import ECHO, Pair


@contextmanager
def other_side(
    answer: Callable[[BaseHTTPRequestHandler], tuple[int, dict[str, str], bytes]],
) -> Iterator[str]:
    """A server that answers as `answer` says."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answer(self)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def declared(monkeypatch: pytest.MonkeyPatch, **remote: Any) -> Iterator[None]:
    """A server declared in province.yaml as the way to the instance EE and to ours."""
    from tinh.axis import api as axis
    from tinh.packs.api import Remote

    monkeypatch.setenv("TINH_PRIVATE_HOSTS", "127.0.0.1")
    monkeypatch.setenv("TINH_SECRET_other", remote.pop("key", "k"))
    before = axis.ground()
    made = Remote(
        **{"id": "other", "serves": ("EE", "VN-19"), "allow_private": True, "timeout": 5.0, **remote}
    )
    axis.install(replace(before, place=before.place.model_copy(update={"remotes": (made,)})))
    try:
        yield
    finally:
        axis.install(before)


def test_another_axis_is_called_and_its_answer_is_bound_to_what_was_asked(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tinh.axis import api as axis

    with declared(monkeypatch, address=pair.site.address, kind="axis", secret="other", key=pair.key):
        reply = axis.call(
            pair.service, client=pair.client, method="POST", path="/far", query="a=1", body=b"{}",
            headers={"Content-Type": "application/json"}, user="VN9",
        )  # fmt: skip
        assert (reply.status, reply.body, reply.bound) == (200, b"{}", True)
        assert (ECHO.heard[-1].path, ECHO.heard[-1].user, ECHO.heard[-1].id) == ("/far", "VN9", reply.id)
        ours = axis.exchange(reply.exchange)
        theirs = axis.exchange(reply.header("x-road-request-id"))
        assert [e.direction for e in ours + theirs] == ["out", "out", "in", "in"]
        assert "tinhx_" not in ours[0].head
        with pytest.raises(axis.CallRefused) as refused:
            axis.call(pair.service, client=pair.client, path="/gone")
        assert refused.value.facts["type"] == "Server.ServerProxy.NetworkError"
    assert axis.verify(axis.ground()).whole


def test_an_answer_to_something_else_is_not_taken(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    from tinh.axis import api as axis

    def forged(request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes]:
        told = {
            "X-Road-Id": request.headers["X-Road-Id"],
            "X-Road-Request-Hash": "AAAA",
            "X-Road-Request-Id": "r",
        }
        return 200, told, b"{}"

    with other_side(forged) as address:
        with declared(monkeypatch, address=address, kind="axis"), pytest.raises(axis.AnswerNotBound):
            axis.call("EE/GOV/1/SUB/svc", client=pair.client)
        with declared(monkeypatch, address=address):
            assert axis.call("EE/GOV/1/SUB/svc", client=pair.client).bound is False


def test_a_server_is_called_only_where_it_is_declared_and_let(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tinh.axis import api as axis

    refusal = json.dumps({"type": "Client.BadRequest", "message": "no"}).encode()
    with other_side(lambda _: (400, {"X-Road-Error": "Client.BadRequest"}, refusal)) as address:
        with declared(monkeypatch, address=address), pytest.raises(axis.CallRefused):
            axis.call("EE/GOV/1/SUB/svc", client=pair.client)
        with declared(monkeypatch, address=address), pytest.raises(axis.NoWay):
            axis.call("FI/GOV/1/SUB/svc", client=pair.client)
        with declared(monkeypatch, address=address, allow_private=False), pytest.raises(axis.Unreachable):
            axis.call("EE/GOV/1/SUB/svc", client=pair.client)
    assert axis.exchanges(axis.Wanted(client=pair.client, result="refused"))[0].error.startswith("SRC")
