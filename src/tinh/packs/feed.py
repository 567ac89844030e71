"""The compiled shape of a feed: where a dataset's deliveries are fetched from, how and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field

from tinh.kit.errors import Text
from tinh.kit.periods import Grain
from tinh.packs.eventway import EventWay
from tinh.packs.frozen import Frozen
from tinh.packs.streams import MailWay, MqttWay
from tinh.packs.ways import S3Way, SftpWay, SqlWay

FeedFormat = Literal["csv", "json", "ndjson", "xlsx"]
FeedKind = Literal["folder", "http", "sql", "sftp", "s3", "mqtt", "mail", "cloudevents"]


KINDS: tuple[FeedKind, ...] = get_args(FeedKind)


class Schedule(Frozen):
    """When a feed is due, in the province's calendar and time zone: `every` so often, or `at`
    times of day. A day counts when it fits `days`, `weekdays` (1 is Monday) and `month_days`
    (-1 is the last); with `days: working` a month day that is not worked moves to the next
    worked one."""

    every: str = ""
    at: tuple[str, ...] = ()
    days: Literal["all", "working"] = "all"
    weekdays: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    hours: tuple[str, ...] = ()  # (from, until) of the day, for `every`
    begins: date | None = None
    ends: date | None = None


class Paging(Frozen):
    """How a long JSON answer is parted. `param` is the query parameter that is counted on."""

    style: Literal["next", "link", "page", "offset", "cursor", "keyset"]
    path: str = ""  # where the body tells the next address (next) or token (cursor); keyset: the field
    param: str = ""
    size: int = 0
    size_param: str = ""
    first: int = 1
    most: int = 1000


class Cursor(Frozen):
    """The field whose greatest value is remembered and stands for `{cursor}` next time."""

    field: str
    start: str = ""


class OAuth(Frozen):
    """Client credentials (RFC 6749 §4.4); `secret` is the secret's name."""

    url: str
    client: str
    secret: str
    scope: str = ""
    audience: str = ""
    style: Literal["basic", "body"] = "basic"


class HttpWay(Frozen):
    """`url` and `headers` may hold `{period}`, `{date}`, `{cursor}` and `{secret.NAME}`."""

    url: str
    format: FeedFormat
    headers: Mapping[str, str] = Field(default_factory=dict)
    user: str = ""
    password: str = ""  # the secret's name
    oauth: OAuth | None = None
    body: str = ""  # what is posted; empty: GET
    body_kind: str = "application/json"
    records: str = ""
    paging: Paging | None = None
    cursor: Cursor | None = None
    period: Grain | None = None  # grain of {period}; the dataset's window otherwise
    period_back: int = 1  # 0 the running period, 1 the one before
    hosts: tuple[str, ...] = ()
    allow_private: bool = False
    connect: float = 10.0  # seconds
    read: float = 30.0
    total: float = 600.0
    largest: int = 256  # megabytes, opened


class FolderWay(Frozen):
    """Files that appear in a folder. A relative path lies in the data folder's `drop`."""

    path: str
    patterns: tuple[str, ...] = ("*",)
    settle: float = 10.0  # seconds without a change
    after: Literal["leave", "move"] = "leave"
    senders: bool = False  # one subfolder a sender
    largest: int = 2048  # megabytes


class Feed(Frozen):
    """One source of one dataset that is asked by the clock."""

    id: str
    pack: str  # empty: declared in the province's own folder
    name: Text
    dataset: str
    sender: str
    schedule: Schedule
    http: HttpWay | None = None
    folder: FolderWay | None = None
    sql: SqlWay | None = None
    sftp: SftpWay | None = None
    s3: S3Way | None = None
    mqtt: MqttWay | None = None
    mail: MailWay | None = None
    cloudevents: EventWay | None = None
    backoff_first: float = 60.0  # seconds
    backoff_most: float = 6 * 3600.0
    file: Path
    digest: str

    @property
    def kind(self) -> FeedKind:
        """Which of the ways stands."""
        for kind in KINDS:
            if getattr(self, kind) is not None:
                return kind
        raise LookupError(self.id)

    @property
    def listens(self) -> bool:
        """Whether a serving process stays connected, instead of asking by the clock."""
        return self.mqtt is not None

    @property
    def comes(self) -> bool:
        """Whether the source sends by itself: nothing is asked, what came is taken in."""
        return self.cloudevents is not None

    @property
    def where(self) -> str:
        """The source's place, as people may see it."""
        if self.http is not None:
            return self.http.url
        if self.folder is not None:
            return self.folder.path
        if self.cloudevents is not None:
            return f"POST /api/v1/events/{self.id}"
        way = self.sql or self.sftp or self.s3 or self.mqtt or self.mail
        return way.shown if way is not None else ""
