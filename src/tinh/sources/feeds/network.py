"""Connections that can only go where they were allowed to, and end when their time is up.

A name is resolved once a pull; the connection is made to the very address that was checked, so
an answer that changes in between (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore

from tinh.kit.errors import Text
from tinh.sources.feeds.addresses import refusal, spelt
from tinh.sources.feeds.errors import AddressRefused, NameUnknown, NotConnected, NotSecure, TooSlow

_SLICE = 1.0  # seconds
_NO_ADDRESS = Text("không phải địa chỉ mạng", "not a network address")
_PHASES = {
    "connect": Text("kết nối", "connecting"),
    "read": Text("chờ dữ liệu", "waiting for data"),
    "total": Text("cả lần lấy", "the whole pull"),
}

Resolve = Callable[[str, int], list[str]]


def system_resolve(host: str, port: int) -> list[str]:
    """Every address of a name, as the machine knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


class Stopped(Exception):
    """The server is closing; the pull is left undone and nothing is noted of it."""


class Deadline:
    """The end of a pull in machine time, and whether it was called off."""

    def __init__(self, seconds: float, stopping: threading.Event | None = None) -> None:
        self.seconds = seconds
        self._at = time.monotonic() + seconds
        self._stopping = stopping or threading.Event()

    def left(self, most: float | None, host: str) -> float:
        """Seconds the next step may take; TooSlow when there are none."""
        if self._stopping.is_set():
            raise Stopped
        rest = self._at - time.monotonic()
        if rest <= 0:
            raise _too_slow(host, self.seconds, "total")
        return rest if most is None else min(rest, most)

    def over(self) -> bool:
        return time.monotonic() >= self._at


class Guarded(httpcore.NetworkBackend):
    """Connects to checked addresses only. `private` are hosts the province lets be private."""

    def __init__(self, private: Iterable[str], resolve: Resolve, deadline: Deadline) -> None:
        self._private = {host.lower() for host in private}
        self._resolve = resolve
        self._deadline = deadline
        self._known: dict[tuple[str, int], list[str]] = {}
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self.checked(host, port)
        for number, address in enumerate(addresses):
            try:
                stream = self._plain.connect_tcp(
                    address, port, self._deadline.left(timeout, host), local_address, socket_options
                )
                return _Timed(stream, self._deadline, host)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses) - 1:
                    raise
        raise NameUnknown(host=host, reason="∅")

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def checked(self, host: str, port: int) -> list[str]:
        """The addresses of a host, all of them allowed; resolved once."""
        known = self._known.get((host, port))
        if known is None:
            literal = spelt(host)
            known = [str(literal)] if literal is not None else self._lookup(host, port)
            private = host.lower().strip("[]") in self._private
            for text in known:
                address = spelt(text)
                why = refusal(address, private) if address is not None else _NO_ADDRESS
                if why is not None:
                    raise AddressRefused(host=host, address=text, why_vi=why.vi, why_en=why.en)
            self._known[(host, port)] = known
        return known

    def _lookup(self, host: str, port: int) -> list[str]:
        """Resolve in a thread of its own: the system's resolver knows no deadline."""
        found: list[str] = []
        wrong: list[Exception] = []

        def work() -> None:
            try:
                found.extend(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                wrong.append(error)

        thread = threading.Thread(target=work, name="resolve", daemon=True)
        thread.start()
        thread.join(self._deadline.left(20.0, host))
        if wrong or not found:
            reason = getattr(wrong[0], "strerror", None) or str(wrong[0]) if wrong else "∅"
            raise NameUnknown(host=host, reason=reason)
        return found


class _Timed(httpcore.NetworkStream):
    """A stream whose every step fits what is left of the pull's time."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline, host: str) -> None:
        self._stream, self._deadline, self._host = stream, deadline, host

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """In short waits, so that a server that closes does not wait for a silent source."""
        until = time.monotonic() + (timeout if timeout is not None else 3600.0)
        while True:
            try:
                return self._stream.read(max_bytes, self._deadline.left(_SLICE, self._host))
            except httpcore.ReadTimeout:
                if time.monotonic() >= until:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout, self._host))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout, self._host)
        secure = self._stream.start_tls(ssl_context, server_hostname, left)
        return _Timed(secure, self._deadline, self._host)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@contextmanager
def said_plainly(host: str, read: float) -> Iterator[None]:
    """The library's own faults as ours."""
    try:
        yield
    except (httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
        raise _too_slow(host, read, "connect") from error
    except (httpcore.ReadTimeout, httpcore.WriteTimeout) as error:
        raise _too_slow(host, read, "read") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        if _of_tls(error):
            raise NotSecure(host=host, reason=_short(error)) from error
        raise NotConnected(host=host, reason=_short(error)) from error
    except ssl.SSLError as error:
        raise NotSecure(host=host, reason=_short(error)) from error
    except OSError as error:
        raise NotConnected(host=host, reason=_short(error)) from error


def _too_slow(host: str, seconds: float, phase: str) -> TooSlow:
    words = _PHASES[phase]
    return TooSlow(host=host, seconds=f"{seconds:g}", phase_vi=words.vi, phase_en=words.en)


def _of_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _short(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:200] or type(error).__name__
