"""What the shape of a database, SFTP or S3 source cannot say; and its compiled form."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.findings import Faults, Keys
from tinh.packs.shape import DURATION
from tinh.packs.statement import refused_statement
from tinh.packs.wayfile import S3Entry, SftpEntry, SqlEntry
from tinh.packs.ways import Gone, S3Way, SftpWay, SqlCursor, SqlWay, Tls

PORTS = {"postgresql": 5432, "mariadb": 3306, "mysql": 3306}
_SECRET = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_HOST = re.compile(r"[A-Za-z0-9_.:\[\]-]{1,253}")
_PRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?")
Seconds = Callable[[str], float]


class WayChecks:
    def __init__(self, document: Document, faults: Faults) -> None:
        self.document, self.faults = document, faults

    def add(self, path: Keys, code: str, vi: str, en: str, cure_vi: str, cure_en: str) -> None:
        self.faults.add(self.document, path, code, Text(vi, en), Text(cure_vi, cure_en))

    def secret(self, path: Keys, name: str) -> None:
        if name and not _SECRET.fullmatch(name):
            self.add(path, "PCK113", "đây không phải tên bí mật", "this is no secret's name",
                     "viết tên (chữ, số, gạch dưới) và đặt giá trị bằng tinh secret set TÊN",
                     "write a name and set its value with tinh secret set NAME")  # fmt: skip

    def host(self, path: Keys, host: str) -> None:
        if not _HOST.fullmatch(host):
            self.add(path, "PCK110", f"“{host}” không phải tên máy chủ", f'"{host}" is no host',
                     "viết tên miền hoặc địa chỉ IP, không có cổng và dấu /",
                     "write a name or an IP address, without port and slashes")  # fmt: skip

    def patterns(self, group: str, patterns: list[str]) -> None:
        for i, pattern in enumerate(patterns):
            if "/" in pattern or not pattern:
                self.add((group, "patterns", i), "PCK066", f"mẫu tên “{pattern}” có dấu /",
                         f'the pattern "{pattern}" has a /', "chỉ viết mẫu của tên tệp, như *.xlsx",
                         "write a pattern of file names only, such as *.xlsx")  # fmt: skip

    # ── SQL ─────────────────────────────────────────────────────────────────────────

    def sql(self, entry: SqlEntry, waits: bool = False) -> None:
        self._sql_place(entry)
        self._sql_what(entry, waits)
        for key in ("password",):
            self.secret(("sql", key), getattr(entry, key))
        self.secret(("sql", "tls", "key"), entry.tls.key)
        if bool(entry.tls.certificate) != bool(entry.tls.key):
            self.add(("sql", "tls"), "PCK118", "certificate và key phải đi đôi",
                     "certificate and key go together", "khai cả hai hoặc bỏ cả hai",
                     "declare both or neither")  # fmt: skip
        for key in ("authority", "certificate"):
            text = getattr(entry.tls, key)
            if text and "-----BEGIN CERTIFICATE-----" not in text:
                self.add(("sql", "tls", key), "PCK118", f"{key} không phải chứng thư PEM",
                         f"{key} is no certificate in PEM", "dán nguyên văn tệp .pem",
                         "paste the .pem file's text")  # fmt: skip
        if entry.encoding and not _known_encoding(entry.encoding):
            self.add(("sql", "encoding"), "PCK110", f"không có bảng mã “{entry.encoding}”",
                     f'there is no encoding "{entry.encoding}"', "dùng utf-8, cp1258 hoặc cp1252",
                     "use utf-8, cp1258 or cp1252")  # fmt: skip

    def _sql_place(self, entry: SqlEntry) -> None:
        networked = entry.engine in PORTS
        wanted = {"sqlite": ("file",), "other": ("url",)}.get(entry.engine, ("database", "user"))
        for key in wanted:
            if not getattr(entry, key):
                self.add(("sql",), "PCK110", f"{entry.engine} cần {key}", f"{entry.engine} needs {key}",
                         f"thêm {key}", f"add {key}")  # fmt: skip
        if networked and bool(entry.host) == bool(entry.socket):
            self.add(("sql",), "PCK110", "cần đúng một trong host và socket",
                     "exactly one of host and socket is needed", "thường chỉ cần host",
                     "usually host is enough")  # fmt: skip
        if entry.host:
            self.host(("sql", "host"), entry.host)
        strange = {"sqlite": ("host", "user", "password", "url", "socket"), "other": ("file", "socket")}
        for key in strange.get(entry.engine, ("file", "url")):
            if getattr(entry, key):
                self.add(("sql", key), "PCK110", f"{key} không đi với {entry.engine}",
                         f"{key} does not go with {entry.engine}", f"bỏ {key}", f"remove {key}")  # fmt: skip
        if entry.url:
            self._url(entry.url)
        for key in ("socket", "file"):
            path = getattr(entry, key)
            if path and (".." in PurePosixPath(path).parts or "\x00" in path or path.startswith("~")):
                self.add(("sql", key), "PCK066", f"không dùng được đường dẫn “{path}”",
                         f'the path "{path}" cannot be used', "viết đường dẫn không có ..",
                         "write it without ..")  # fmt: skip

    def _url(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            password, scheme = parts.password, parts.scheme
        except ValueError:
            password, scheme = None, ""
        if password or re.search(r"(?i)(password|pwd|passwd)=[^&{]", url):
            self.add(("sql", "url"), "PCK113", "url chứa mật khẩu", "the url holds a password",
                     "bỏ mật khẩu khỏi url và khai password là tên bí mật",
                     "take it out and declare password as a secret's name")  # fmt: skip
        if not scheme or scheme.partition("+")[0] in ("sqlite", "postgresql", "mysql", "mariadb", "duckdb"):
            self.add(("sql", "url"), "PCK110", "url này phải khai bằng engine riêng hoặc không có dạng đúng",
                     "this url needs an engine of its own, or is not one",
                     "dùng engine: postgresql, mariadb, mysql hoặc sqlite",
                     "use engine: postgresql, mariadb, mysql or sqlite")  # fmt: skip

    def _sql_what(self, entry: SqlEntry, waits: bool) -> None:
        if bool(entry.table) == bool(entry.query) and not (waits and not entry.table):
            self.add(("sql",), "PCK111", "cần đúng một trong table và query",
                     "exactly one of table and query is needed", "khai tên bảng hoặc một câu SELECT",
                     "name a table, or write one SELECT")  # fmt: skip
        if entry.query and (why := refused_statement(entry.query, entry.engine)):
            self.add(("sql", "query"), "PCK111", why.vi, why.en, "viết đúng một câu SELECT chỉ đọc",
                     "write exactly one SELECT that only reads")  # fmt: skip
        doubled = [v for v in entry.columns.values() if list(entry.columns.values()).count(v) > 1]
        if doubled:
            self.add(("sql", "columns"), "PCK112", f"hai cột cùng mang tên “{doubled[0]}”",
                     f'two columns are called "{doubled[0]}"', "đặt tên khác nhau",
                     "give them different names")  # fmt: skip
        if entry.cursor is not None:
            if entry.key or entry.gone:
                self.add(("sql", "cursor"), "PCK112", "key và gone chỉ đi với cả bảng, không cùng cursor",
                         "key and gone go with a table read whole, not with a cursor",
                         "dùng cursor.key, hoặc bỏ cursor", "use cursor.key, or remove cursor")  # fmt: skip
            overlap = entry.cursor.overlap
            if overlap and not (DURATION.fullmatch(overlap) or _number(overlap)):
                self.add(("sql", "cursor", "overlap"), "PCK112", f"overlap “{overlap}” không đọc được",
                         f'the overlap "{overlap}" cannot be read', "viết như PT1H, hoặc một số",
                         "write it like PT1H, or as a number")  # fmt: skip
        if entry.gone is not None and not entry.key:
            self.add(("sql", "gone"), "PCK112", "gone cần key để biết dòng nào đã mất",
                     "gone needs key to know which row vanished", "khai key", "declare key")  # fmt: skip

    # ── files elsewhere ─────────────────────────────────────────────────────────────

    def sftp(self, entry: SftpEntry) -> None:
        self.host(("sftp", "host"), entry.host)
        self.patterns("sftp", entry.patterns)
        for key in ("password", "key", "passphrase"):
            self.secret(("sftp", key), getattr(entry, key))
        if not (entry.password or entry.key):
            self.add(("sftp",), "PCK114", "thiếu password hoặc key", "password or key is missing",
                     "khai tên bí mật là mật khẩu hoặc khóa riêng",
                     "name the secret that is the password or the private key")  # fmt: skip
        if entry.host_key and not _PRINT.fullmatch(entry.host_key):
            self.add(("sftp", "host_key"), "PCK114", "host_key không phải dấu vân tay SHA256:…",
                     "host_key is no fingerprint SHA256:…", "chạy tinh connector check để xem",
                     "run tinh connector check to see it")  # fmt: skip
        if ".." in PurePosixPath(entry.path).parts or "\x00" in entry.path or not entry.path.strip():
            self.add(("sftp", "path"), "PCK066", f"không dùng được đường dẫn “{entry.path}”",
                     f'the path "{entry.path}" cannot be used', "viết thư mục, không có ..",
                     "name a folder, without ..")  # fmt: skip

    def s3(self, entry: S3Entry) -> None:
        self.patterns("s3", entry.patterns)
        for key in ("access_key", "secret_key"):
            self.secret(("s3", key), getattr(entry, key))
        if bool(entry.access_key) != bool(entry.secret_key):
            self.add(("s3",), "PCK115", "access_key và secret_key phải đi đôi",
                     "access_key and secret_key go together", "khai cả hai, hoặc bỏ cả hai (kho công khai)",
                     "declare both, or neither (a public bucket)")  # fmt: skip
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}", entry.bucket):
            self.add(("s3", "bucket"), "PCK115", f"“{entry.bucket}” không phải tên bucket",
                     f'"{entry.bucket}" is no bucket', "sửa tên", "mend the name")  # fmt: skip
        parts = urlsplit(entry.endpoint) if entry.endpoint else None
        if parts is not None and (
            parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc
        ):
            self.add(("s3", "endpoint"), "PCK115", "endpoint không phải địa chỉ http hoặc https",
                     "the endpoint is not an http or https address", "viết như https://s3.tinh.gov.vn",
                     "write it like https://s3.example.org")  # fmt: skip
        if ".." in PurePosixPath(entry.prefix).parts:
            self.add(("s3", "prefix"), "PCK115", "prefix có ..", "the prefix has ..",
                     "bỏ ..", "remove it")  # fmt: skip


def _known_encoding(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding  # rot13 and base64 are no encodings of text
    except LookupError:
        return False


def _number(text: str) -> bool:
    try:
        return Decimal(text) >= 0
    except InvalidOperation:
        return False


# ── compiled forms ──────────────────────────────────────────────────────────────────


def sql_way(entry: SqlEntry, seconds: Seconds) -> SqlWay:
    cursor = entry.cursor
    return SqlWay(
        engine=entry.engine, host=entry.host.lower(), port=entry.port or PORTS.get(entry.engine, 0),
        database=entry.database, user=entry.user, password=entry.password, socket=entry.socket,
        file=entry.file, url=entry.url, allow_private=entry.allow_private,
        tls=Tls(mode=entry.tls.mode, authority=entry.tls.authority, certificate=entry.tls.certificate,
                key=entry.tls.key),
        table=entry.table, query=entry.query, columns=dict(entry.columns),
        cursor=SqlCursor(column=cursor.column, key=tuple(cursor.key), start=cursor.start,
                         overlap=cursor.overlap) if cursor else None,
        key=tuple(entry.key),
        gone=Gone(column=entry.gone.column, value=entry.gone.value) if entry.gone else None,
        encoding=entry.encoding, rows=entry.rows, connect=seconds(entry.connect),
        statement=seconds(entry.statement), total=seconds(entry.total), largest=entry.largest_mb,
    )  # fmt: skip


def sftp_way(entry: SftpEntry, seconds: Seconds) -> SftpWay:
    return SftpWay(
        host=entry.host.lower(), port=entry.port, user=entry.user, password=entry.password, key=entry.key,
        passphrase=entry.passphrase, host_key=entry.host_key.rstrip("="), path=entry.path,
        allow_private=entry.allow_private, patterns=tuple(entry.patterns), settle=seconds(entry.settle),
        after=entry.after, connect=seconds(entry.connect), total=seconds(entry.total),
        largest=entry.largest_mb,
    )  # fmt: skip


def s3_way(entry: S3Entry, seconds: Seconds) -> S3Way:
    return S3Way(
        bucket=entry.bucket, endpoint=entry.endpoint.rstrip("/"), region=entry.region, prefix=entry.prefix,
        access_key=entry.access_key, secret_key=entry.secret_key, path_style=entry.path_style,
        allow_private=entry.allow_private, patterns=tuple(entry.patterns), after=entry.after,
        total=seconds(entry.total), largest=entry.largest_mb,
    )  # fmt: skip
