"""How message brokers and mailboxes are written as sources."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tinh.packs.shape import Declared, Duration
from tinh.packs.wayfile import Port, TlsEntry

_PRIVATE = "the host lies inside the network; an administrator must allow it as well"


class BatchEntry(Declared):
    """When gathered messages become one delivery: whichever comes first."""

    messages: int = Field(500, ge=1, le=10_000, description="so many messages; no more are kept in memory")
    seconds: float = Field(10.0, ge=0.1, le=3600, description="so many seconds after the first message")


class MqttEntry(Declared):
    """Topics of an MQTT 5 broker. A message is acknowledged once it is on disk."""

    host: str = Field(description="broker")
    port: Port = Field(8883, description="port; 8883 encrypted, 1883 plain")
    user: str = Field("", description="account")
    password: str = Field("", description="name of the secret that is its password")
    client: str = Field("", description="client id; empty: made of the province's and the source's id")
    topics: list[str] = Field(min_length=1, description="topics; `+` stands for one level, `#` for the rest")
    share: str = Field("", description="group of a shared subscription (`$share/group/topic`)")
    tls: TlsEntry = Field(
        default_factory=lambda: TlsEntry.model_validate({}),
        description="encryption; `auto` is `verify`, but plain on port 1883 of a host inside the network",
    )
    allow_private: bool = Field(False, description=_PRIVATE)
    parts: dict[str, Annotated[int, Field(ge=1, le=64)]] = Field(
        default_factory=dict, description="columns taken from the topic, each with its level, counted from 1"
    )
    value: str = Field("", description="column that takes a payload which is one bare number or text")
    received: str = Field("", description="column that takes the moment of receipt")
    batch: BatchEntry = Field(
        default_factory=lambda: BatchEntry.model_validate({}), description="when a delivery is closed"
    )
    session: Duration = Field("P7D", description="how long the broker keeps messages while we are away")
    largest_kb: int = Field(256, ge=1, le=65_536, description="largest message, in kilobytes")
    connect: Duration = Field("PT15S", description="how long is waited for a connection")


class MailEntry(Declared):
    """Attachments of a mailbox (IMAP), each a delivery."""

    host: str = Field(description="IMAP server")
    port: Port = Field(993, description="port; 993 encrypted, 143 plain")
    user: str = Field(description="account")
    password: str = Field(description="name of the secret that is its password")
    folder: str = Field("INBOX", description="folder that is read")
    tls: TlsEntry = Field(
        default_factory=lambda: TlsEntry.model_validate({}),
        description="encryption; `auto` is `verify`, but plain on port 143 of a host inside the network",
    )
    allow_private: bool = Field(False, description=_PRIVATE)
    senders: dict[str, str] = Field(
        min_length=1,
        description="addresses (`lan@so.vn`) or domains (`@so.vn`) that may send, each with its agency; "
        "an empty one is the source's sender",
    )
    trust: str = Field(
        "",
        description="name of the own mail server (authserv-id): only mails whose topmost "
        "Authentication-Results of that name says `dmarc=pass`, or `dkim=pass` or `spf=pass` of the sender's "
        "domain, are taken",
    )
    subject: str = Field("", description="pattern of the subject, such as `*báo cáo*`; empty: any")
    patterns: list[str] = Field(
        default_factory=lambda: ["*.xlsx", "*.xls", "*.csv"], min_length=1, description="attachments taken"
    )
    after: Literal["leave", "seen", "move"] = Field(
        "seen", description="afterwards: leave the mail, mark it seen, or move it to `done` or `failed`"
    )
    done: str = Field("", description="with `move`: folder for mails that were taken")
    failed: str = Field("", description="with `move`: folder for mails with a refused attachment")
    answer: bool = Field(False, description="tell the sender what was refused, once a mail")
    largest_mb: int = Field(25, ge=1, le=256, description="largest attachment, in megabytes")
    most: int = Field(20, ge=1, le=200, description="attachments of one mail")
    connect: Duration = Field("PT15S", description="how long is waited for a connection")
    total: Duration = Field("PT15M", description="how long the whole pull may take")
