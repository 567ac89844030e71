"""How long a line may be held by somebody who sends or reads next to nothing.

uvicorn waits for ever for the head of a request and for its body: a few thousand lines that say a letter a
minute would take all there are. A phone on a bad line is slow too, but it says something: what counts is
the time of a head, and what came of a body in a whole window, in which the line may well be dead for a while.
"""

from __future__ import annotations

import resource
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds, and bytes of a body that must come in each window. `most`: lines of one process."""

    idle: float = 65.0  # before the first byte, as between two requests
    head: float = 30.0  # from the first byte of a request to the end of its head
    window: float = 60.0
    least: int = 6_000  # 100 bytes a second: a hundredth of what a phone at 10 kB/s sends
    unread: float = 300.0  # with an answer of which nothing is taken
    most: int = 8_000


class Line(H11Protocol):
    """A connection that knows how long it has been waiting, and for what."""

    patience: ClassVar[Patience] = Patience()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._taken = 0
        self._begun = self._marked = self._moved = self.loop.time()
        self._mark = self._unread = 0
        self._in_head = False
        self._in_body = False
        if len(self.connections) > self.patience.most:
            self._make_room()

    def _make_room(self) -> None:
        """Let go whoever has been waiting longest between requests, else this one."""
        idle = [one for one in self.connections if isinstance(one, Line) and one is not self and one.waits()]
        min(idle, key=lambda one: one._begun, default=self).transport.abort()

    def waits(self) -> bool:
        """Whether nothing is being asked on it or answered."""
        return self.conn.their_state is h11.IDLE

    def data_received(self, data: bytes) -> None:
        self._taken += len(data)
        if not self._in_head and self.waits():
            self._in_head, self._begun = True, self.loop.time()
        super().data_received(data)
        if not self.waits():
            self._in_head = False

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._begun = self.loop.time()
        self._in_head = self.waits() and bool(self.conn.trailing_data[0])

    def tires(self, now: float) -> bool:
        """Whether whoever is at the other end has had time enough."""
        return self._head_late(now) or self._body_late(now) or self._answer_unread(now)

    def _head_late(self, now: float) -> bool:
        if not self.waits() or self.transport.is_closing():
            return False
        return now - self._begun > (self.patience.head if self._in_head else self.patience.idle)

    def _body_late(self, now: float) -> bool:
        comes = self.conn.their_state is h11.SEND_BODY and not self.flow.read_paused
        if not comes or not self._in_body:
            self._in_body, self._marked, self._mark = comes, now, self._taken
            return False
        if now - self._marked <= self.patience.window:
            return False
        late = self._taken - self._mark < self.patience.least
        self._marked, self._mark = now, self._taken
        return late

    def _answer_unread(self, now: float) -> bool:
        left = self.transport.get_write_buffer_size()
        if not left or left != self._unread:
            self._unread, self._moved = left, now
            return False
        return now - self._moved > self.patience.unread


def sweep(lines: Collection[Any], now: float) -> int:
    """Cut the lines of which nothing is to be expected; how many. `now`: the loop's time."""
    late = [line for line in lines if isinstance(line, Line) and line.tires(now)]
    for line in late:
        line.transport.abort()
    return len(late)


def make_room() -> None:
    """Let this process open as many files as it may, and hold no more lines than half of them: the rest is
    for tables and the database."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * Line.patience.most
    if soft != resource.RLIM_INFINITY and soft < wanted:
        more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
            soft = more
    if soft != resource.RLIM_INFINITY:
        Line.patience = replace(Line.patience, most=min(Line.patience.most, soft // 2))
