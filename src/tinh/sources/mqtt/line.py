"""One connection to a broker (MQTT 5): a session that outlives it, messages acknowledged by hand.

At most one batch is in memory (Receive Maximum), so a flood stays at the broker.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import blake2b
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from tinh.packs.api import MqttWay
from tinh.sources.connector_errors import SignInRefused
from tinh.sources.feeds.errors import FeedError, NotConnected, NotSecure
from tinh.sources.feeds.job import Job
from tinh.sources.feeds.network import Deadline
from tinh.sources.mqtt.payload import Message
from tinh.sources.stream_errors import BrokerRefused, TopicRefused
from tinh.sources.tls import context_of

Now = Callable[[], datetime]
_KEEPALIVE = 30
_SIGN_IN = {0x86, 0x87, 0x8C}  # bad user name or password, not authorized, bad authentication method
_NOWHERE = "tinh/da-nhan"  # leaving a topic never joined: its answer says that what went before arrived


class Line:
    """`passing`: a connection that leaves nothing behind, to look; then shared groups are not joined."""

    def __init__(
        self, job: Job, way: MqttWay, client: str, now: Callable[[], datetime], passing: bool
    ) -> None:
        self._job, self._way, self._client_id, self._now, self._passing = job, way, client, now, passing
        self._news = threading.Condition()
        self._queue: deque[Message] = deque()
        self._turn = 0
        self._lost = "∅"
        self._connected: Any = None
        self._granted: Any = None
        self._barriers: dict[int, dict[int, str]] = {}
        self._told: dict[int, str] = {}
        self._asked = 0.0
        self._client: Client | None = None
        self.taken: dict[int, str] = {}  # by packet id: taken in, but the broker may not know yet
        self.dropped = 0
        self.session = False

    # ── the connection ──────────────────────────────────────────────────────────────

    def open(self, deadline: Deadline) -> None:
        """Connect and sign in."""
        way = self._way
        self.close()
        addresses = self._job.addresses(way.host, way.port, way.allow_private, deadline)
        password = self._job.secrets.get(way.password) if way.password else None
        last: FeedError | None = None
        for address in addresses:
            try:
                self._dial(address, password, deadline)
                return
            except (NotConnected, NotSecure) as error:
                last = error
                self.close()
        raise last or NotConnected(host=way.host, reason="∅")

    def _dial(self, address: str, password: str | None, deadline: Deadline) -> None:
        way = self._way
        client = _Dialled(
            CallbackAPIVersion.VERSION2, client_id=self._client_id, protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=True, reconnect_on_failure=False,
        )  # fmt: skip
        client.address = address
        client.connect_timeout = deadline.left(way.connect, way.host)
        if way.user:
            client.username_pw_set(way.user, password)
        if way.encrypted:
            client.tls_set_context(context_of(self._job, way.tls))
        with self._news:
            self._turn += 1
            turn = self._turn
            self._queue.clear()
            self._connected, self._granted, self._lost = None, None, ""
            self._barriers.clear()
            self._told.clear()
        client.on_connect = lambda *a: self._said("_connected", turn, (a[2], a[3]))
        client.on_subscribe = lambda *a: self._said("_granted", turn, a[3])
        client.on_disconnect = lambda *a: self._gone(turn, str(a[3]))
        client.on_unsubscribe = lambda *a: self._confirmed(turn, a[2])
        client.on_message = lambda _c, _u, message: self._came(turn, message)
        self._client = client
        try:
            client.connect(
                way.host, way.port, keepalive=_KEEPALIVE, clean_start=self._passing, properties=self._wishes()
            )
        except ssl.SSLError as error:
            raise NotSecure(host=way.host, reason=_short(error)) from error
        except (OSError, ValueError) as error:
            raise NotConnected(host=way.host, reason=_short(error)) from error
        client.loop_start()
        flags, reason = self._await("_connected", deadline)
        if reason.is_failure:
            kind = SignInRefused if reason.value in _SIGN_IN else BrokerRefused
            raise kind(host=way.host, user=way.user or "–", reason=str(reason))
        self.session = bool(flags.session_present)
        if not self.session:
            self.taken.clear()

    def _wishes(self) -> Any:
        found: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho says no types here
        found.SessionExpiryInterval = 0 if self._passing else min(int(self._way.session), 0xFFFFFFFE)
        found.ReceiveMaximum = min(self._way.batch_messages, 65_535)
        found.MaximumPacketSize = self._way.largest * 1024 + 65_536
        return found

    def subscribe(self, deadline: Deadline) -> list[int]:
        """Ask for the topics; what quality each was granted."""
        assert self._client is not None
        options = [
            (topic, SubscribeOptions(qos=1, retainHandling=0 if self._passing else 1))
            for topic in self._wanted
        ]
        self._client.subscribe(options)
        self._await("_granted", deadline)
        self._refusal()
        return [int(reason.value) for reason in self._granted or ()]

    def _refusal(self) -> None:
        """Topics that were not granted; their answer may come after a whole batch that waited."""
        for topic, reason in zip(self._wanted, self._granted or (), strict=False):
            if reason.is_failure:
                raise TopicRefused(topic=topic, reason=str(reason))

    @property
    def _wanted(self) -> tuple[str, ...]:
        return self._way.topics if self._passing else self._way.filters

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.on_disconnect = None
            with self._news:
                self._turn += 1
                self._news.notify_all()
            with suppress(OSError, ValueError):
                client.disconnect()
            client.loop_stop()

    # ── messages ────────────────────────────────────────────────────────────────────

    def gather(self, most: int, wait: float, linger: float = 0.05) -> list[Message]:
        """Up to `most` messages, a little after the first came; nothing when none came for `wait` seconds.
        NotConnected when the line broke: what was not acknowledged comes again."""
        end = time.monotonic() + wait
        with self._news:
            first = False
            while True:
                if self._lost:
                    self._queue.clear()
                    raise NotConnected(host=self._way.host, reason=self._lost)
                self._job.deadline(3600).left(None, self._way.host)  # Stopped, when the server closes
                self._refusal()
                if self._queue and not first:
                    first, end = True, time.monotonic() + linger
                left = end - time.monotonic()
                if len(self._queue) >= most or left <= 0:
                    break
                self._news.wait(min(0.5, left))
            found = [self._queue.popleft() for _ in range(min(most, len(self._queue)))]
            self._news.notify_all()
            return found

    def acknowledge(self, batch: Sequence[Message]) -> None:
        """Tell the broker that these are on disk, in their order."""
        client = self._client
        if client is None:
            return
        told = {m.mid: m.mark for m in batch if m.qos and m.turn == self._turn}
        for mid in told:
            client.ack(mid, 1)
        with self._news:
            self._told |= told
        if self._told and (now := time.monotonic()) - self._asked > 1.0:
            self._asked = now
            _, number = client.unsubscribe(_NOWHERE)
            if number is not None:
                with self._news:
                    self._barriers[number], self._told = self._told, {}

    def _came(self, turn: int, message: Any) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "�"
        mark = blake2b(topic.encode() + b"\x00" + message.payload, digest_size=16).hexdigest()
        with self._news:
            if turn != self._turn:
                return
            if message.qos:
                known = self.taken.pop(message.mid, "")
                if message.dup and known == mark:  # taken in before the line broke
                    self.taken[message.mid] = mark
                    assert self._client is not None
                    self._client.ack(message.mid, 1)
                    return
            elif len(self._queue) >= self._way.batch_messages:
                self.dropped += 1
                return
            # A broker that does not keep to Receive Maximum is held back by not reading on.
            while len(self._queue) >= self._way.batch_messages:
                self._news.wait(1.0)
                if turn != self._turn or self._lost:
                    return
            self._queue.append(
                Message(turn, message.mid, message.qos, topic, message.payload, mark, self._now())
            )
            self._news.notify_all()

    def _confirmed(self, turn: int, number: int) -> None:
        with self._news:
            if turn == self._turn:
                for mid, mark in self._barriers.pop(number, {}).items():
                    if self.taken.get(mid) == mark:
                        del self.taken[mid]

    def _gone(self, turn: int, reason: str) -> None:
        with self._news:
            if turn == self._turn:
                self._lost = reason or "∅"
                self._queue.clear()
                self._news.notify_all()

    def _said(self, name: str, turn: int, what: Any) -> None:
        with self._news:
            if turn == self._turn:
                setattr(self, name, what)
                self._news.notify_all()

    def _await(self, name: str, deadline: Deadline) -> Any:
        end = time.monotonic() + deadline.left(self._way.connect, self._way.host)
        with self._news:
            while getattr(self, name) is None:
                if name == "_granted" and len(self._queue) >= self._way.batch_messages:
                    return None  # what waited fills the line: it must be taken first
                left = end - time.monotonic()
                if self._lost or left <= 0:
                    raise NotConnected(host=self._way.host, reason=self._lost or "CONNACK/SUBACK …")
                self._news.wait(min(left, 0.5))
            return getattr(self, name)


class _Dialled(Client):
    """Connects to the very address that was checked; the name still counts for the certificate."""

    address = ""

    def _create_socket_connection(self) -> socket.socket:
        return socket.create_connection((self.address, self._port), timeout=self._connect_timeout)


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
