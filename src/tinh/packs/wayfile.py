"""How databases, SFTP servers and buckets are written as sources."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tinh.packs.shape import Declared, Duration
from tinh.packs.ways import Engine, TlsMode

Port = Annotated[int, Field(ge=0, le=65535)]


class TlsEntry(Declared):
    """Encryption of the connection."""

    mode: TlsMode = Field(
        "auto",
        description="`verify`: encrypted, certificate checked · `require`: encrypted · `off` · `auto`: "
        "`verify`, but on a host inside the network (`allow_private`) encrypted where the server offers it",
    )
    authority: str = Field("", description="root certificate of the server's own authority (PEM text)")
    certificate: str = Field("", description="certificate that we show (PEM text)")
    key: str = Field("", description="name of the secret that is its private key (PEM)")


class SqlCursorEntry(Declared):
    """Ask only for what is new. Rows with the same value are told apart by the key, so none is lost."""

    column: str = Field(description="column that grows with every new or changed row; an index helps")
    key: list[str] = Field(min_length=1, description="columns that tell rows apart")
    start: str = Field("", description="value before anything has been fetched")
    overlap: str = Field(
        "", description="how far behind the greatest value late rows are looked for: `PT1H`, or a number"
    )


class GoneEntry(Declared):
    """Rows that have vanished from a table read whole are sent once more, closed."""

    column: str = Field(description="column of the delivery that says so")
    value: str = Field("{today}", description="its value; `{today}` is the day it was noticed")


class SqlEntry(Declared):
    """A database that is asked, read only: a table or one SELECT."""

    engine: Engine = Field(description="kind of database; `other` needs `url` and its driver installed")
    host: str = Field("", description="server")
    port: Port = Field(0, description="port; 0: the usual one")
    database: str = Field("", description="name of the database")
    user: str = Field("", description="account; one that may only read")
    password: str = Field("", description="name of the secret that is its password")
    socket: str = Field("", description="Unix socket instead of a host; inside one of TINH_FEED_ROOTS")
    file: str = Field("", description="SQLite file; relative: inside `drop`, absolute: in TINH_FEED_ROOTS")
    url: str = Field("", description="for `other`: an SQLAlchemy address without a password")
    allow_private: bool = Field(
        False, description="the host lies inside the network; an administrator must allow it as well"
    )
    tls: TlsEntry = Field(default_factory=lambda: TlsEntry.model_validate({}), description="encryption")
    table: str = Field("", description="table or view, as `name` or `schema.name`")
    query: str = Field("", description="instead of a table: one SELECT")
    columns: dict[str, str] = Field(
        default_factory=dict, description="only these columns, each with its name in the delivery"
    )
    cursor: SqlCursorEntry | None = Field(None, description="only what is new; without it the whole table")
    key: list[str] = Field(default_factory=list, description="columns that tell rows apart, when read whole")
    gone: GoneEntry | None = Field(None, description="what becomes of rows that vanish; needs `key`")
    encoding: str = Field(
        "", description="what the text columns really hold where the server does not know: `utf-8`, `cp1258`"
    )
    rows: int = Field(1_000_000, ge=1, le=200_000_000, description="rows a pull, with a cursor")
    connect: Duration = Field("PT10S", description="how long is waited for a connection")
    statement: Duration = Field("PT5M", description="how long the query may run")
    total: Duration = Field("PT30M", description="how long the whole pull may take")
    largest_mb: int = Field(2048, ge=1, le=8192, description="largest delivery, in megabytes")


class SftpEntry(Declared):
    """A folder on an SFTP server."""

    host: str = Field(description="server")
    port: Port = Field(22, description="port")
    user: str = Field(description="account")
    password: str = Field("", description="name of the secret that is its password")
    key: str = Field("", description="name of the secret that is its private key (OpenSSH or PEM)")
    passphrase: str = Field("", description="name of the secret that opens the private key")
    host_key: str = Field(
        "", description="fingerprint of the server's key, `SHA256:…`; the check shows it for approval"
    )
    path: str = Field(description="folder on the server")
    allow_private: bool = Field(
        False, description="the host lies inside the network; an administrator must allow it as well"
    )
    patterns: list[str] = Field(default_factory=lambda: ["*"], min_length=1, description="names taken")
    settle: Duration = Field("PT30S", description="size and time must rest this long before a file is taken")
    after: Literal["leave", "move", "delete"] = Field(
        "leave", description="afterwards: leave the file, move it to `done/` or `failed/`, or delete it"
    )
    connect: Duration = Field("PT15S", description="how long is waited for a connection")
    total: Duration = Field("PT30M", description="how long the whole pull may take")
    largest_mb: int = Field(2048, ge=1, le=8192, description="largest file, in megabytes")


class S3Entry(Declared):
    """Objects of a bucket, on any storage that speaks S3."""

    bucket: str = Field(description="bucket")
    endpoint: str = Field("", description="address of the storage; empty: Amazon's")
    region: str = Field("", description="region, where the storage has some")
    prefix: str = Field("", description="only objects whose name begins like this")
    access_key: str = Field("", description="name of the secret that is the access key's id")
    secret_key: str = Field("", description="name of the secret that is the secret access key")
    path_style: bool = Field(True, description="the bucket stands in the path, not in the host's name")
    allow_private: bool = Field(
        False, description="the endpoint lies inside the network; an administrator must allow it as well"
    )
    patterns: list[str] = Field(default_factory=lambda: ["*"], min_length=1, description="names taken")
    after: Literal["leave", "move", "delete"] = Field(
        "leave", description="afterwards: leave the object, move it to `done/` or `failed/`, or delete it"
    )
    total: Duration = Field("PT30M", description="how long the whole pull may take")
    largest_mb: int = Field(2048, ge=1, le=8192, description="largest object, in megabytes")
