"""Feed files → feeds, with every contradiction found."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import urlsplit

from tinh.kit import periods
from tinh.kit.errors import Text
from tinh.kit.ids import digest
from tinh.kit.yamltree import Document
from tinh.packs.check import shape
from tinh.packs.eventchecks import EventChecks, event_way
from tinh.packs.feed import KINDS, Cursor, Feed, FolderWay, HttpWay, OAuth, Paging, Schedule
from tinh.packs.feedfile import FeedFile, FolderEntry, HttpEntry, PagingEntry, ScheduleEntry
from tinh.packs.findings import Faults, Keys
from tinh.packs.models import Dataset
from tinh.packs.resolve import Register
from tinh.packs.streamchecks import mail_way, mqtt_way
from tinh.packs.waychecks import s3_way, sftp_way, sql_way

PLACE = re.compile(r"\{([^{}]*)\}")
SECRET = re.compile(r"secret\.[A-Za-z][A-Za-z0-9_]*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_BODY_PLACE = re.compile(r"cursor|secret\.[A-Za-z]\w*|(period|date)(:[^{}\"]+)?")
_MOMENT = re.compile(r"(period|date)(:[^{}]+)?")
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CARRIES_SECRETS = {"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-auth-token"}
_FORBIDDEN = {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "range"}
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def seconds(duration: str) -> float:
    """The length of an ISO 8601 duration, months taken as thirty days."""
    start = datetime(2001, 1, 1, tzinfo=UTC)
    end = periods.after(start, duration)
    return (end - start).total_seconds() if end is not None else 0.0


def compile(
    document: Document,
    pack: str,
    datasets: Register[Dataset],
    register: Register[Feed],
    agencies: Collection[str],
    faults: Faults,
    waits: bool = False,
) -> Feed | None:
    """`waits`: the source may still lack its dataset."""
    entry = shape(document, FeedFile, faults)
    if entry is None:
        return None
    before = len(faults.found)
    final = register.claim(pack, entry.id, document, ("id",), faults)
    dataset = datasets.find(pack, entry.dataset)
    if dataset is None and not entry.dataset and not waits:
        faults.add(document, ("dataset",), "PCK117",
                   Text("nguồn chưa có bộ dữ liệu", "the source has no dataset"),
                   Text("khai dataset", "declare dataset"))  # fmt: skip
    elif dataset is None and not waits:
        faults.unknown(document, ("dataset",), "PCK031", entry.dataset, datasets.known(pack))
    if entry.sender and entry.sender not in agencies:
        faults.unknown(document, ("sender",), "PCK030", entry.sender, agencies)
    found = datasets.items.get(dataset) if dataset else None
    check = _Checks(document, faults)
    check.kind(entry)
    check.schedule(entry.schedule)
    if entry.http is not None:
        check.http(entry.http, found)
    if entry.folder is not None:
        check.folder(entry.folder)
    ways = EventChecks(document, faults)
    if entry.sql is not None:
        ways.sql(entry.sql, waits)
    if entry.sftp is not None:
        ways.sftp(entry.sftp)
    if entry.s3 is not None:
        ways.s3(entry.s3)
    if entry.mqtt is not None:
        ways.mqtt(entry.mqtt)
    if entry.mail is not None:
        ways.mail(entry.mail, agencies)
    if entry.cloudevents is not None:
        ways.events(entry.cloudevents)
    if seconds(entry.backoff.first) > seconds(entry.backoff.most):
        check.contradicts(("backoff", "first"), "first dài hơn most", "first is longer than most")
    broken = any(f.level == "error" for f in faults.found[before:])
    if final is None or (found is None and not waits) or broken:
        return None
    text = document.path.read_bytes()
    name = Text(entry.name.vi, entry.name.en or entry.name.vi)
    return Feed(
        id=final,
        pack=pack,
        name=name if name.vi else Text(entry.id, entry.id),
        dataset=found.id if found else "",
        sender=entry.sender or (found.owner if found else ""),
        schedule=_schedule(entry.schedule),
        http=_http(entry.http) if entry.http else None,
        folder=_folder(entry.folder) if entry.folder else None,
        sql=sql_way(entry.sql, seconds) if entry.sql else None,
        sftp=sftp_way(entry.sftp, seconds) if entry.sftp else None,
        s3=s3_way(entry.s3, seconds) if entry.s3 else None,
        mqtt=mqtt_way(entry.mqtt, seconds) if entry.mqtt else None,
        mail=mail_way(entry.mail, seconds) if entry.mail else None,
        cloudevents=event_way(entry.cloudevents) if entry.cloudevents else None,
        backoff_first=seconds(entry.backoff.first),
        backoff_most=seconds(entry.backoff.most),
        file=document.path,
        digest=digest(text),
    )


def _schedule(entry: ScheduleEntry) -> Schedule:
    return Schedule(
        every=entry.every, at=tuple(sorted(set(entry.at))), days=entry.days,
        weekdays=tuple(sorted({_WEEK.index(d) + 1 for d in entry.weekdays})),
        month_days=tuple(dict.fromkeys(entry.month_days)), hours=tuple(entry.hours),
        begins=entry.begins, ends=entry.ends,
    )  # fmt: skip


def _http(entry: HttpEntry) -> HttpWay:
    return HttpWay(
        url=entry.url, format=entry.format, headers=dict(entry.headers),
        user=entry.basic.user if entry.basic else "", password=entry.basic.secret if entry.basic else "",
        oauth=OAuth(**entry.oauth.model_dump()) if entry.oauth else None,
        body=entry.body, body_kind=entry.body_kind, records=entry.records,
        paging=Paging(**entry.paging.model_dump()) if entry.paging else None,
        cursor=Cursor(**entry.cursor.model_dump()) if entry.cursor else None,
        period=entry.period, period_back=entry.period_back,
        hosts=tuple(h.lower() for h in entry.hosts), allow_private=entry.allow_private,
        connect=seconds(entry.timeouts.connect), read=seconds(entry.timeouts.read),
        total=seconds(entry.timeouts.total), largest=entry.largest_mb,
    )  # fmt: skip


def _places(entry: HttpEntry) -> str:
    """The places of what is posted; a JSON body has braces of its own, so only known names count."""
    found = [m[0] for m in PLACE.finditer(entry.body) if m[1] != "page" and _BODY_PLACE.fullmatch(m[1])]
    return "".join(found)


def _folder(entry: FolderEntry) -> FolderWay:
    return FolderWay(
        path=entry.path, patterns=tuple(entry.patterns), settle=seconds(entry.settle), after=entry.after,
        senders=entry.senders, largest=entry.largest_mb,
    )  # fmt: skip


class _Checks:
    """What the shape of a file cannot say."""

    def __init__(self, document: Document, faults: Faults) -> None:
        self.document, self.faults = document, faults

    def add(self, path: Keys, code: str, vi: str, en: str, cure_vi: str, cure_en: str) -> None:
        self.faults.add(self.document, path, code, Text(vi, en), Text(cure_vi, cure_en))

    def contradicts(self, path: Keys, vi: str, en: str) -> None:
        self.add(path, "PCK061", vi, en, "sửa lịch; xem docs/reference/packs.md",
                 "mend it; see docs/reference/packs.md")  # fmt: skip

    def kind(self, entry: FeedFile) -> None:
        if getattr(entry, entry.kind) is None:
            self.add(("kind",), "PCK060", f"kind là {entry.kind} mà thiếu nhóm “{entry.kind}”",
                     f'kind is {entry.kind} but the group "{entry.kind}" is missing',
                     f"thêm “{entry.kind}: …”", f'add "{entry.kind}: …"')  # fmt: skip
        for wrong in KINDS:
            if wrong != entry.kind and getattr(entry, wrong) is not None:
                self.add((wrong,), "PCK060", f"kind là {entry.kind} mà có nhóm “{wrong}”",
                         f'kind is {entry.kind} but the group "{wrong}" stands',
                         "bỏ một trong hai", "remove one of the two")  # fmt: skip

    def schedule(self, entry: ScheduleEntry) -> None:
        at: Keys = ("schedule",)
        if bool(entry.every) == bool(entry.at):
            self.contradicts(at, "cần đúng một trong every và at", "exactly one of every and at is needed")
        if entry.every and seconds(entry.every) < 60:
            self.contradicts((*at, "every"), "every ngắn hơn một phút", "every is shorter than a minute")
        if entry.hours and (len(entry.hours) != 2 or entry.hours[0] >= entry.hours[1]):
            self.contradicts((*at, "hours"), "hours phải là [từ, đến] trong một ngày",
                             "hours must be [from, until] within a day")  # fmt: skip
        if entry.hours and entry.at:
            self.contradicts((*at, "hours"), "hours chỉ đi với every", "hours goes with every only")
        if entry.begins and entry.ends and entry.begins > entry.ends:
            self.contradicts((*at, "until"), "until trước from", "until is before from")
        for i, day in enumerate(entry.month_days):
            if day == 0:
                self.contradicts((*at, "month_days", i), "không có ngày 0", "there is no day 0")

    def http(self, entry: HttpEntry, dataset: Dataset | None) -> None:
        self._address(entry)
        self._headers(entry)
        texts = [
            (("http", "url"), entry.url),
            *((("http", "headers", n), v) for n, v in entry.headers.items()),
            *([(("http", "body"), _places(entry))] if entry.body else []),
        ]
        held = any("{cursor}" in text for _, text in texts)
        for path, text in texts:
            for inside in PLACE.findall(text):
                self._placeholder(path, inside, entry, dataset)
        if entry.oauth is not None:
            self._oauth(entry)
        if entry.cursor is not None and not held:
            self.add(("http", "cursor"), "PCK063", "có cursor mà url không có {cursor}",
                     "there is a cursor but no {cursor} in the url",
                     "thêm {cursor} vào url, hoặc bỏ cursor",
                     "put {cursor} into the url, or remove the cursor")  # fmt: skip
        if entry.format == "xlsx" and entry.cursor is not None:
            self.add(("http", "cursor"), "PCK064", "tệp Excel không đọc được cursor",
                     "a cursor cannot be read from a workbook",
                     "bỏ cursor, hoặc lấy CSV hay JSON", "remove it, or fetch CSV or JSON")  # fmt: skip
        if entry.format != "json" and (entry.paging is not None or entry.records):
            key = "paging" if entry.paging is not None else "records"
            self.add(("http", key), "PCK064", f"{key} chỉ dùng cho format: json",
                     f"{key} goes with format: json only", f"bỏ {key}", f"remove {key}")  # fmt: skip
        if entry.paging is not None:
            self._paging(entry.paging, entry.body)

    def _oauth(self, entry: HttpEntry) -> None:
        assert entry.oauth is not None
        try:
            parts = urlsplit(entry.oauth.url)
            fine = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        except ValueError:
            fine = False
        if not fine or "{" in entry.oauth.url:
            self.add(("http", "oauth", "url"), "PCK116", "oauth.url không phải địa chỉ http hoặc https",
                     "oauth.url is not an http or https address", "viết địa chỉ cấp mã truy cập",
                     "write the address of the token")  # fmt: skip
        if not _NAME.fullmatch(entry.oauth.secret):
            self.add(("http", "oauth", "secret"), "PCK116", "oauth.secret phải là tên bí mật",
                     "oauth.secret must be a secret's name", "đặt giá trị bằng tinh secret set TÊN",
                     "set its value with tinh secret set NAME")  # fmt: skip
        if entry.basic is not None or any(n.lower() == "authorization" for n in entry.headers):
            self.add(("http", "oauth"), "PCK116", "oauth cùng basic hoặc Authorization",
                     "oauth stands beside basic or Authorization", "giữ một cách",
                     "keep one way")  # fmt: skip

    def _address(self, entry: HttpEntry) -> None:
        bare = PLACE.sub("x", entry.url)
        try:
            parts = urlsplit(bare)
            host = parts.hostname or ""
            _ = parts.port
        except ValueError:
            parts, host = urlsplit(""), ""
        if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\x00-\x1f]", entry.url):
            self.add(("http", "url"), "PCK062", "url không phải địa chỉ http hoặc https",
                     "the url is not an http or https address", "viết như https://máy-chủ/đường-dẫn",
                     "write it like https://host/path")  # fmt: skip
        elif "{" in entry.url.split("//", 1)[1].split("/", 1)[0]:
            self.add(("http", "url"), "PCK062", "tên máy chủ trong url phải cố định",
                     "the host in the url must be fixed", "chỉ dùng {…} sau tên máy chủ",
                     "use {…} after the host only")  # fmt: skip
        if "@" in parts.netloc:
            self.add(("http", "url"), "PCK065", "url chứa tài khoản hoặc mật khẩu",
                     "the url holds a user name or a password", "dùng http.basic với tên bí mật",
                     "use http.basic with a secret's name")  # fmt: skip

    def _headers(self, entry: HttpEntry) -> None:
        for name, value in entry.headers.items():
            path = ("http", "headers", name)
            if not _TOKEN.fullmatch(name) or re.search(r"[\r\n\x00]", value):
                self.add(path, "PCK016", f"tiêu đề “{name}” viết sai dạng",
                         f'the header "{name}" is not well formed',
                         "sửa tên hoặc giá trị", "mend its name or value")  # fmt: skip
            elif name.lower() in _FORBIDDEN:
                self.add(path, "PCK064", f"tiêu đề “{name}” do phần mềm tự đặt",
                         f'the header "{name}" is set by the software',
                         "bỏ dòng này", "remove it")  # fmt: skip
            elif name.lower() in _CARRIES_SECRETS and "{secret." not in value:
                self.add(path, "PCK065", f"tiêu đề “{name}” chứa bí mật viết thẳng trong tệp",
                         f'the header "{name}" holds a secret written into the file',
                         "viết {secret.TEN} và đặt biến TINH_SECRET_TEN",
                         "write {secret.NAME} and set TINH_SECRET_NAME")  # fmt: skip

    def _placeholder(self, path: Keys, inside: str, entry: HttpEntry, dataset: Dataset | None) -> None:
        if SECRET.fullmatch(inside):
            return
        if inside == "cursor":
            if entry.cursor is None:
                self.add(path, "PCK063", "url có {cursor} mà không khai cursor",
                         "the url has {cursor} but no cursor is declared", "khai http.cursor",
                         "declare http.cursor")  # fmt: skip
            return
        if not _MOMENT.fullmatch(inside):
            known = "{period}, {date}, {cursor}, {secret.NAME}"
            self.add(path, "PCK063", f"không có chỗ “{{{inside}}}”",
                     f'there is no place "{{{inside}}}"',
                     f"dùng {known}", f"use {known}")  # fmt: skip
        elif (
            inside.startswith("period")
            and entry.period is None
            and dataset is not None
            and not dataset.period
        ):
            self.add(path, "PCK063", "bộ dữ liệu không có kỳ cho {period}",
                     "the dataset has no period for {period}", "khai http.period",
                     "declare http.period")  # fmt: skip

    def _paging(self, paging: PagingEntry, body: str) -> None:
        needs = {"next": ("path",), "link": ()}.get(paging.style, ("param",) if not body else ())
        if paging.style in ("cursor", "keyset"):
            needs = (*needs, "path")
        missing = [n for n in needs if not getattr(paging, n)]
        if paging.style == "offset" and not paging.size:
            missing.append("size")
        for name in missing:
            self.add(("http", "paging"), "PCK064", f"paging {paging.style} thiếu {name}",
                     f"paging {paging.style} lacks {name}", f"thêm {name}", f"add {name}")  # fmt: skip

    def folder(self, entry: FolderEntry) -> None:
        parts = PurePosixPath(entry.path).parts
        odd = not entry.path.strip() or ".." in parts or "\x00" in entry.path or entry.path.startswith("~")
        windows = "\\" in entry.path or PureWindowsPath(entry.path).drive
        if odd or windows or entry.path.strip() in (".", "/"):
            self.add(("folder", "path"), "PCK066", f"không dùng được đường dẫn “{entry.path}”",
                     f'the path "{entry.path}" cannot be used',
                     "viết tên một thư mục con, dùng dấu / và không có ..",
                     "name a folder, with / and without ..")  # fmt: skip
        for i, pattern in enumerate(entry.patterns):
            if "/" in pattern or not pattern:
                self.add(("folder", "patterns", i), "PCK066", f"mẫu tên “{pattern}” có dấu /",
                         f'the pattern "{pattern}" has a /', "chỉ viết mẫu của tên tệp, như *.xlsx",
                         "write a pattern of file names only, such as *.xlsx")  # fmt: skip
