"""Message brokers and mailboxes as sources, compiled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from tinh.packs.frozen import Frozen
from tinh.packs.ways import Tls


class MqttWay(Frozen):
    host: str
    topics: tuple[str, ...]
    port: int = 8883
    user: str = ""
    password: str = ""  # the secret's name
    client: str = ""  # empty: of the province's and the source's id
    share: str = ""  # group of a shared subscription
    tls: Tls = Tls()
    allow_private: bool = False
    parts: Mapping[str, int] = Field(default_factory=dict)  # column → level of the topic, from 1
    value: str = ""  # column of a payload that is one bare value
    received: str = ""  # column of the moment of receipt
    batch_messages: int = 500
    batch_seconds: float = 10.0
    session: float = 7 * 86400.0  # seconds the broker keeps what comes while we are away
    largest: int = 256  # kilobytes of one message
    connect: float = 15.0

    @property
    def encrypted(self) -> bool:
        """`auto`: always, but for the plain port of a host inside the network."""
        if self.tls.mode == "auto":
            return not (self.allow_private and self.port == 1883)
        return self.tls.mode != "off"

    @property
    def filters(self) -> tuple[str, ...]:
        """What is subscribed to."""
        return tuple(f"$share/{self.share}/{topic}" if self.share else topic for topic in self.topics)

    @property
    def shown(self) -> str:
        scheme = "mqtts" if self.encrypted else "mqtt"
        return f"{scheme}://{self.host}:{self.port}/ {', '.join(self.topics)}"


class MailWay(Frozen):
    host: str
    user: str
    password: str  # the secret's name
    port: int = 993
    folder: str = "INBOX"
    tls: Tls = Tls()
    allow_private: bool = False
    senders: Mapping[str, str] = Field(default_factory=dict)  # address or @domain → agency, "" the source's
    trust: str = ""  # authserv-id whose Authentication-Results count
    subject: str = ""
    patterns: tuple[str, ...] = ("*.xlsx", "*.xls", "*.csv")
    after: Literal["leave", "seen", "move"] = "seen"
    done: str = ""
    failed: str = ""
    answer: bool = False
    largest: int = 25  # megabytes of one attachment
    most: int = 20  # attachments of one mail
    connect: float = 15.0
    total: float = 900.0

    @property
    def encrypted(self) -> bool:
        """`auto`: always, but for the plain port of a host inside the network."""
        if self.tls.mode == "auto":
            return not (self.allow_private and self.port == 143)
        return self.tls.mode != "off"

    @property
    def shown(self) -> str:
        scheme = "imaps" if self.encrypted else "imap"
        return f"{scheme}://{self.user}@{self.host}:{self.port}/{self.folder}"
