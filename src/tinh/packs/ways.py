"""Databases, SFTP servers and buckets as sources, compiled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from tinh.packs.frozen import Frozen

Engine = Literal["postgresql", "mariadb", "mysql", "sqlite", "other"]
TlsMode = Literal["auto", "verify", "require", "off"]


class Tls(Frozen):
    """`auto`: verified, but on a host inside the network encrypted where it is offered."""

    mode: TlsMode = "auto"
    authority: str = ""  # PEM text
    certificate: str = ""  # PEM text
    key: str = ""  # the secret's name


class SqlCursor(Frozen):
    """Rows are taken in the order of (`column`, `key`); what lies `overlap` behind is looked at again."""

    column: str
    key: tuple[str, ...]
    start: str = ""
    overlap: str = ""  # ISO 8601 duration, or a number for a counting column


class Gone(Frozen):
    """What a row says that has vanished from a table read whole."""

    column: str
    value: str  # `{today}` stands for the day


class SqlWay(Frozen):
    engine: Engine
    host: str = ""
    port: int = 0
    database: str = ""
    user: str = ""
    password: str = ""  # the secret's name
    socket: str = ""
    file: str = ""
    url: str = ""
    allow_private: bool = False
    tls: Tls = Tls()
    table: str = ""
    query: str = ""
    columns: Mapping[str, str] = Field(default_factory=dict)
    cursor: SqlCursor | None = None
    key: tuple[str, ...] = ()
    gone: Gone | None = None
    encoding: str = ""
    rows: int = 1_000_000  # a pull
    connect: float = 10.0  # seconds
    statement: float = 300.0
    total: float = 1800.0
    largest: int = 2048  # megabytes

    @property
    def shown(self) -> str:
        """Where it is, for people."""
        if self.engine == "sqlite":
            return f"sqlite: {self.file}"
        if self.engine == "other":
            return self.url
        where = self.socket or f"{self.host}:{self.port}"
        return f"{self.engine}://{where}/{self.database}"


class SftpWay(Frozen):
    host: str
    user: str
    path: str
    port: int = 22
    password: str = ""  # secrets' names
    key: str = ""
    passphrase: str = ""
    host_key: str = ""  # SHA256:…
    allow_private: bool = False
    patterns: tuple[str, ...] = ("*",)
    settle: float = 30.0
    after: Literal["leave", "move", "delete"] = "leave"
    connect: float = 15.0
    total: float = 1800.0
    largest: int = 2048

    @property
    def shown(self) -> str:
        return f"sftp://{self.host}:{self.port}/{self.path.lstrip('/')}"


class S3Way(Frozen):
    bucket: str
    endpoint: str = ""
    region: str = ""
    prefix: str = ""
    access_key: str = ""  # secrets' names
    secret_key: str = ""
    path_style: bool = True
    allow_private: bool = False
    patterns: tuple[str, ...] = ("*",)
    settle: float = 0.0
    after: Literal["leave", "move", "delete"] = "leave"
    total: float = 1800.0
    largest: int = 2048

    @property
    def shown(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}" + (f" ({self.endpoint})" if self.endpoint else "")
