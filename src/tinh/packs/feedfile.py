"""How `feeds/*.yaml` are written."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from tinh.kit.periods import Grain
from tinh.packs.eventfile import EventEntry
from tinh.packs.feed import FeedFormat, FeedKind
from tinh.packs.shape import NO_WORDS, BothWords, Day, Declared, Duration, Id
from tinh.packs.streamfile import MailEntry, MqttEntry
from tinh.packs.wayfile import S3Entry, SftpEntry, SqlEntry

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _time(value: Any) -> Any:
    if isinstance(value, str) and not _TIME.fullmatch(value):
        raise ValueError("time")
    return value


Time = Annotated[str, BeforeValidator(_time), Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class ScheduleEntry(Declared):
    """When the feed is due, in the province's calendar and time zone. Exactly one of `every` and `at`."""

    every: Duration = Field("", description="so often (ISO 8601), such as `PT15M`; from one minute on")
    at: list[Time] = Field(default_factory=list, description='times of day in quotes, such as `["06:30"]`')
    days: Literal["all", "working"] = Field("all", description="every day, or the working days only")
    weekdays: list[Weekday] = Field(default_factory=list, description="only these days of the week")
    month_days: list[Annotated[int, Field(ge=-31, le=31)]] = Field(
        default_factory=list,
        description="only these days of the month, -1 the last; with `days: working` moved to a worked one",
    )
    hours: list[Time] = Field(
        default_factory=list, max_length=2, description='with `every`: between these, `["07:00", "18:00"]`'
    )
    begins: Day | None = Field(None, alias="from", description="first day")
    ends: Day | None = Field(None, alias="until", description="last day")


class PagingEntry(Declared):
    """How a long JSON answer is parted into pages, which are put together into one delivery."""

    style: Literal["next", "link", "page", "offset", "cursor", "keyset"] = Field(
        description="`next`: the body holds the next address · `link`: the Link header · `page`, `offset`: "
        "a counting parameter · `cursor`: the body holds a token for the next page · `keyset`: the last "
        "record's field `path` is asked to be gone beyond"
    )
    path: str = Field("", description="where the body holds the next address or token, dot separated")
    param: str = Field(
        "",
        description="query parameter of the page, offset or token; with `body` it stands at `{page}` instead",
    )
    size: int = Field(0, ge=0, description="records a page; needed by `offset`")
    size_param: str = Field("", description="query parameter that asks for that many")
    first: int = Field(1, ge=0, description="number of the first page")
    most: int = Field(1000, ge=1, le=100_000, description="pages beyond which the pull is given up")


class CursorEntry(Declared):
    """What has been fetched is not asked for again."""

    field: str = Field(description="field of a record whose greatest value is remembered")
    start: str = Field("", description="value before anything has been fetched")


class PasswordEntry(Declared):
    """A name and a password (HTTP basic)."""

    user: str = Field(description="user name")
    secret: str = Field(description="name of the secret that is the password")


class TimeoutEntry(Declared):
    """How long is waited."""

    connect: Duration = Field("PT10S", description="for a connection")
    read: Duration = Field("PT30S", description="for the next piece")
    total: Duration = Field("PT10M", description="for the whole pull")


class OAuthEntry(Declared):
    """Sign in by client credentials (OAuth 2); the token is kept while it is valid, renewed once at 401."""

    url: str = Field(description="address of the token, http or https")
    client: str = Field(description="client id")
    secret: str = Field(description="name of the secret that is the client's secret")
    scope: str = Field("", description="scope asked for")
    audience: str = Field("", description="audience asked for")
    style: Literal["basic", "body"] = Field("basic", description="how the client says who it is")


class HttpEntry(Declared):
    """A web address that is asked. `{period}`, `{date}` (with a form: `{date:%Y%m%d}`), `{cursor}` and
    `{secret.NAME}` are filled in; secrets come from TINH_SECRET_NAME or the file `secrets`."""

    url: str = Field(description="address, http or https")
    format: FeedFormat = Field(description="what is answered")
    headers: dict[str, str] = Field(default_factory=dict, description="request headers")
    basic: PasswordEntry | None = Field(None, description="sign in by name and password")
    oauth: OAuthEntry | None = Field(None, description="sign in by client credentials")
    body: str = Field(
        "", description="what is posted instead of GET; takes the same places, and `{page}` for the paging"
    )
    body_kind: str = Field("application/json", description="Content-Type of what is posted")
    records: str = Field("", description="path to the list of records in a JSON answer, dot separated")
    paging: PagingEntry | None = Field(None, description="pages of a JSON answer")
    cursor: CursorEntry | None = Field(None, description="ask only for what is new")
    period: Grain | None = Field(None, description="grain of `{period}`; the dataset's own otherwise")
    period_back: int = Field(1, ge=0, le=366, description="which period: 0 the running one, 1 the one before")
    hosts: list[str] = Field(
        default_factory=list, description="other hosts that redirects and pages may lead to"
    )
    allow_private: bool = Field(
        False, description="the host lies inside the network; TINH_PRIVATE_HOSTS must name it as well"
    )
    timeouts: TimeoutEntry = Field(
        default_factory=lambda: TimeoutEntry.model_validate({}), description="how long is waited"
    )
    largest_mb: int = Field(256, ge=1, le=8192, description="largest answer, opened, in megabytes")


class FolderEntry(Declared):
    """A folder that is watched."""

    path: str = Field(
        description="relative: inside the data folder's `drop`; absolute: inside one of TINH_FEED_ROOTS"
    )
    patterns: list[str] = Field(default_factory=lambda: ["*"], min_length=1, description="names taken")
    settle: Duration = Field("PT10S", description="size and time must rest this long before a file is taken")
    after: Literal["leave", "move"] = Field(
        "leave", description="afterwards: leave the file, or move it to `done/` or `failed/`"
    )
    senders: bool = Field(
        False, description="each sender has a subfolder: an agency's id or a commune's code"
    )
    largest_mb: int = Field(2048, ge=1, le=8192, description="largest file, in megabytes")


class BackoffEntry(Declared):
    """How long a failing source is left alone; it doubles with each failure."""

    first: Duration = Field("PT1M", description="after the first failure")
    most: Duration = Field("PT6H", description="at most")


class FeedFile(Declared):
    """`feeds/<id>.yaml`, in a pack or in the province's folder: a source that is asked by the clock."""

    format: Literal[1] = Field(description="number of this file format")
    id: Id = Field(description="id; the file's name")
    name: BothWords = Field(NO_WORDS, description="name for people; empty: the id")
    dataset: str = Field(
        "", description="dataset the deliveries belong to; only a source made on the web may wait for one"
    )
    kind: FeedKind = Field(description="which of the groups below stands")
    sender: str = Field("", description="agency that sends; empty: the dataset's owner")
    schedule: ScheduleEntry = Field(description="when it is due")
    http: HttpEntry | None = Field(None, description="for `kind: http`")
    folder: FolderEntry | None = Field(None, description="for `kind: folder`")
    sql: SqlEntry | None = Field(None, description="for `kind: sql`")
    sftp: SftpEntry | None = Field(None, description="for `kind: sftp`")
    s3: S3Entry | None = Field(None, description="for `kind: s3`")
    mqtt: MqttEntry | None = Field(None, description="for `kind: mqtt`")
    mail: MailEntry | None = Field(None, description="for `kind: mail`")
    cloudevents: EventEntry | None = Field(None, description="for `kind: cloudevents`")
    backoff: BackoffEntry = Field(
        default_factory=lambda: BackoffEntry.model_validate({}), description="after failures"
    )
