"""Whether what came is what was declared: the commonest lie is a sign-in page with status 200."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from tinh.kit.errors import Text
from tinh.sources.feeds.errors import NotAsDeclared, PageInstead

_HEAD = 4096
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")
_BOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_GZIP = b"\x1f\x8b"
_DMY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(.*)")
_LINE = 16 * 1024 * 1024


def examine(path: Path, form: str, kind: str) -> None:
    """Refuse a web page, an empty answer, or another format than declared."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    low = start[:400].lower()
    page = low.startswith(_HTML) or (low.startswith(b"<!--") and b"<html" in head.lower())
    told = kind.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")
    if page or (told and b"<" in low):
        raise PageInstead(title=_title(head))
    if not start:
        raise _unlike(form, "trả lời rỗng", "the answer is empty")
    if head.startswith(_GZIP) and form != "xlsx":
        return
    if start.startswith(b"<"):
        raise _unlike(form, "nội dung là XML", "it is XML")
    if head.startswith(b"%PDF"):
        raise _unlike(form, "nội dung là PDF", "it is a PDF")
    book = head.startswith(_BOOK)
    if form == "xlsx" and not book:
        raise _unlike(form, f"bắt đầu bằng “{_shown(start)}”", f"it begins with “{_shown(start)}”")
    if form in ("json", "ndjson") and start[:1] not in (b"{", b"["):
        raise _unlike(form, f"bắt đầu bằng “{_shown(start)}”", f"it begins with “{_shown(start)}”")
    if form == "csv" and (start[:1] == b"{" or start[:2] == b"[{") and b"\n" not in start[:2]:
        raise _unlike(form, f"là JSON: {_shown(start)}", f"it is JSON: {_shown(start)}")


def _unlike(form: str, vi: str, en: str) -> NotAsDeclared:
    why = Text(vi, en)
    return NotAsDeclared(format=form.upper(), why_vi=why.vi, why_en=why.en)


def _title(head: bytes) -> str:
    found = re.search(r"<title[^>]*>(.*?)</title", head.decode("utf-8", "replace"), re.IGNORECASE | re.DOTALL)
    return " ".join(html.unescape(found[1]).split())[:120] if found and found[1].strip() else "HTML"


def _shown(start: bytes) -> str:
    text = start[:80].decode("utf-8", "replace")
    return "".join(c if c.isprintable() and c not in "{}" else " " for c in text).strip()[:60]


# ── the greatest value of a field ───────────────────────────────────────────────────


class Greatest:
    """Keeps the greatest of the values it is shown, as they were written."""

    def __init__(self) -> None:
        self.value = ""
        self._rank: tuple[int, Any] | None = None

    def see(self, value: object) -> None:
        text = "" if value is None else str(value).strip()
        if not text:
            return
        rank = _rank(text)
        if self._rank is None or (rank > self._rank if rank[0] == self._rank[0] else text > self.value):
            self.value, self._rank = text, rank


def greater(new: str, old: str) -> bool:
    """Whether a cursor has moved on."""
    if not new or not old:
        return bool(new)
    a, b = _rank(new), _rank(old)
    return a > b if a[0] == b[0] else new > old


def _rank(text: str) -> tuple[int, Any]:
    try:
        number = Decimal(text)
        if number.is_finite():
            return 0, number
    except InvalidOperation:
        pass
    found = _DMY.fullmatch(text)
    iso = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}{found[4]}" if found else text
    try:
        moment = datetime.fromisoformat(iso.strip())
    except ValueError:
        return 2, iso
    return 1, (moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def scan(path: Path, form: str, field: str) -> tuple[int, str]:
    """(records, greatest value of `field`) of a CSV or NDJSON file, read line by line."""
    greatest, count = Greatest(), 0
    for record in _rows(path, field) if form == "csv" else _lines(path):
        if isinstance(record, dict):
            greatest.see(record.get(field))
        else:
            greatest.see(record)
        count += 1
    return count, greatest.value


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as stream:
        for line in iter(lambda: stream.readline(_LINE), b""):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise _unlike("ndjson", "có dòng không đọc được", "a line cannot be read") from error
            if isinstance(record, dict):
                yield record


def _rows(path: Path, field: str) -> Iterator[str]:
    with path.open("rb") as raw:
        head = raw.read(_HEAD).decode("utf-8-sig", "replace").splitlines()[:1]
        raw.seek(0)
        line = head[0] if head else ""
        mark = max((",", ";", "\t", "|"), key=line.count)
        reader = csv.reader(io.TextIOWrapper(raw, "utf-8-sig", "replace", newline=""), delimiter=mark)
        names = [name.strip() for name in next(reader, [])]
        if field not in names:
            raise _unlike("csv", f"không có cột {field} cho cursor", f"no column {field} for the cursor")
        at = names.index(field)
        try:
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield row[at] if at < len(row) else ""
        except csv.Error as error:
            raise _unlike("csv", str(error), str(error)) from error
