"""Lines that are held by somebody who sends next to nothing are cut; a slow phone is not."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from tinh.site.patience import Line, Patience


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Less patience than lines are given, for the length of a test."""

    def set_(**seconds: Any) -> None:
        monkeypatch.setattr(Line, "patience", replace(Patience(), **seconds))

    return set_


@contextmanager
def line(site: Any) -> Iterator[socket.socket]:
    where = urlsplit(site.address)
    with socket.create_connection((where.hostname, where.port), timeout=30) as found:
        yield found


def answer(found: socket.socket) -> bytes:
    """The head of one answer, read to its end."""
    said = b""
    while b"\r\n\r\n" not in said or len(said.split(b"\r\n\r\n", 1)[1]) < _length(said):
        piece = found.recv(4000)
        assert piece, said
        said += piece
    return said.split(b"\r\n\r\n", 1)[0]


def _length(said: bytes) -> int:
    found = re.search(rb"content-length: *(\d+)", said, re.IGNORECASE)
    assert found, said
    return int(found[1])


def cut(found: socket.socket) -> bool:
    """Wait until the other end lets go; what it still says of an answer is passed over."""
    try:
        while found.recv(4000):
            pass
    except ConnectionError:
        pass
    return True


def test_a_head_that_does_not_end_is_not_waited_for(site: Any, short: Callable[..., None]) -> None:
    short(head=1.0)
    with line(site) as slow, line(site) as silent:
        slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        for letter in b"X-Slow: aaaaaaaaaaaaaaaaaaaa":
            try:
                slow.sendall(bytes([letter]))
            except ConnectionError:
                break
            time.sleep(0.15)
        assert cut(slow)
        silent.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")  # it has not begun before now
        assert silent.recv(100).startswith(b"HTTP/1.1 200")


def test_a_line_that_says_nothing_at_all_is_let_go(site: Any, short: Callable[..., None]) -> None:
    short(idle=1.0)
    with line(site) as silent:
        assert cut(silent)


def test_a_second_request_on_a_line_has_its_own_time(site: Any, short: Callable[..., None]) -> None:
    short(head=1.0)
    with line(site) as used:
        used.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer(used).startswith(b"HTTP/1.1 200")
        time.sleep(2.5)
        used.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer(used).startswith(b"HTTP/1.1 200")
        used.sendall(b"GET /healthz HTTP/1.1\r\n")
        assert cut(used)


def test_a_body_that_hardly_comes_is_not_waited_for_and_a_slow_one_is(
    site: Any, short: Callable[..., None]
) -> None:
    short(window=2.0, least=200)
    size = 2_000
    head = (
        "POST /phan-anh/gui HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
        f"Content-Length: {size}\r\n\r\n"
    ).encode()
    with line(site) as dead, line(site) as slow:
        dead.sendall(head + b"a")
        slow.sendall(head)
        sent = 0
        while sent < size:  # 400 bytes a second
            sent += slow.send(b"a" * 100)
            time.sleep(0.25)
        assert slow.recv(100).startswith(b"HTTP/1.1 403")  # it was read: a form without its token
        assert cut(dead)


def test_when_there_are_too_many_lines_the_idlest_goes(site: Any, short: Callable[..., None]) -> None:
    with line(site) as first:
        first.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer(first).startswith(b"HTTP/1.1 200")
        first.settimeout(0.2)
        short(most=0)
        for _ in range(500):  # each new line takes the place of one, and other tests' have been idle longer
            with line(site) as newest:
                try:
                    gone = cut(first)
                except TimeoutError:
                    continue
                newest.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert gone and answer(newest).startswith(b"HTTP/1.1 200")
                break
        else:
            raise AssertionError("the first line was never let go")
