"""Pages of a JSON answer put together into one delivery: a record a line, so that it is judged whole."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import httpx

from tinh.kit.ids import digest
from tinh.packs.api import HttpWay, Paging
from tinh.sources.feeds.contents import Greatest
from tinh.sources.feeds.errors import NotAsDeclared, PagingLost, RequestRefused
from tinh.sources.feeds.fetching import Answer
from tinh.sources.limits import JSON_BYTES, size_text

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[^,;=\s]+\s*=\s*(?:\"[^\"]*\"|[^,;\s]*))*)")

Ask = Callable[[str, Path, str], Answer]  # address, into, what stands for {page} of a body


class _Number(str):
    """A number as it was written, so that nothing is lost between the source and the reader."""


def assemble(way: HttpWay, url: str, ask: Ask, part: Path, into: BinaryIO) -> tuple[int, int, str, Answer]:
    """Every record as a line of `into`: (records, pages, greatest cursor value, first answer)."""
    greatest, count, pages = Greatest(), 0, 0
    first: Answer | None = None
    for body, answer in _walk(way, url, ask, part):
        first = first or answer
        pages += 1
        for record in body:
            if not isinstance(record, dict):
                raise _unlike("bản ghi không phải nhóm khóa", "a record is not an object")
            into.write(_line(record))
            count += 1
            if way.cursor is not None:
                greatest.see(_at(record, way.cursor.field))
    assert first is not None
    return count, pages, greatest.value, first


def _walk(way: HttpWay, url: str, ask: Ask, part: Path) -> Iterator[tuple[list[Any], Answer]]:
    paging = way.paging
    seen: set[tuple[str, str]] = set()
    number, offset, before = (paging.first if paging else 0), 0, ""
    following, value = _numbered(way, url, _start(paging, number))
    for page in range(1, (paging.most if paging else 1) + 1):
        if (following, value) in seen:
            raise PagingLost(why_vi="trang sau quay lại trang trước", why_en="a page leads back")
        seen.add((following, value))
        try:
            answer = ask(following, part, value)
        except RequestRefused as error:
            # Many servers answer 404 beyond their last page.
            if page > 1 and paging and paging.style in ("page", "offset") and error.facts["status"] == 404:
                return
            raise
        if answer.status in (204, 304):
            yield [], answer
            return
        raw = part.read_bytes() if part.stat().st_size <= JSON_BYTES else None
        if raw is None:
            raise _unlike(f"trang lớn hơn {size_text(JSON_BYTES)}", f"a page beyond {size_text(JSON_BYTES)}")
        body = _parsed(raw)
        records = _records(body, way.records)
        mark = digest(raw) if records else ""
        if mark and mark == before:
            raise PagingLost(why_vi="các trang giống hệt nhau", why_en="the pages are all the same")
        before = mark
        yield records, answer
        if paging is None:
            return
        if paging.style == "next":
            found = _at(body, paging.path)
            following = str(answer.url.join(_text(found))) if found else ""
        elif paging.style == "link":
            following = _linked(answer)
        elif paging.style == "cursor":
            found = _at(body, paging.path)
            following, value = _numbered(way, url, _text(found)) if found else ("", "")
        elif not records or (paging.size and len(records) < paging.size):
            following = ""
        elif paging.style == "keyset":
            last = _at(records[-1], paging.path)
            if last is None:
                raise PagingLost(
                    why_vi=f"bản ghi thiếu {paging.path}", why_en=f"a record lacks {paging.path}"
                )
            following, value = _numbered(way, url, str(last))
        else:
            number, offset = number + 1, offset + len(records)
            following, value = _numbered(way, url, str(number if paging.style == "page" else offset))
        if not following:
            return
    if paging:
        raise PagingLost(why_vi=f"quá {paging.most} trang", why_en=f"more than {paging.most} pages")


def _start(paging: Paging | None, number: int) -> str:
    """What the first page is asked by."""
    return {"page": str(number), "offset": "0"}.get(paging.style, "") if paging else ""


def _numbered(way: HttpWay, url: str, value: str) -> tuple[str, str]:
    """(address of a page, what stands for it in the body)."""
    paging = way.paging
    if paging is None:
        return url, ""
    found = httpx.URL(url)
    if paging.size and paging.size_param:
        found = found.copy_set_param(paging.size_param, str(paging.size))
    if value and paging.param and not way.body:
        found = found.copy_set_param(paging.param, value)
    return (url if found == httpx.URL(url) else str(found)), value


def _linked(answer: Answer) -> str:
    for target, rest in _LINK.findall(answer.link):
        if re.search(r";\s*rel\s*=\s*\"?(?:[^\";]*\s)?next(?:\s[^\";]*)?\"?(?:;|$)", rest, re.IGNORECASE):
            return str(answer.url.join(target))
    return ""


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise PagingLost(why_vi="chỗ nói trang sau không phải chữ", why_en="what tells the next page is not text")


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(
            raw.decode("utf-8-sig"), parse_float=_Number, parse_int=_Number, parse_constant=lambda _: None
        )
    except (ValueError, RecursionError) as error:
        where = f"{getattr(error, 'lineno', '?')}:{getattr(error, 'colno', '?')}"
        raise _unlike(f"JSON hỏng tại {where}", f"broken JSON at {where}") from error


def _records(body: Any, path: str) -> list[Any]:
    if path:
        found = _at(body, path)
    elif isinstance(body, dict):
        lists = [value for value in body.values() if isinstance(value, list)]
        found = lists[0] if len(lists) == 1 else None
    else:
        found = body
    if not isinstance(found, list):
        keys = ", ".join(list(body)[:8]) if isinstance(body, dict) else type(body).__name__
        named = path or "records"
        raise _unlike(
            f"không có danh sách bản ghi tại {named} (có: {keys})",
            f"no list of records at {named} (there is: {keys})",
        )
    return found


def _at(body: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(body, dict):
            body = body.get(step)
        elif isinstance(body, list) and step.isdecimal() and len(step) < 10 and int(step) < len(body):
            body = body[int(step)]
        else:
            return None
    return body


def _line(record: Any) -> bytes:
    try:
        return _spell(record, False).encode() + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair: only an escape can carry it
        return _spell(record, True).encode() + b"\n"
    except RecursionError as error:
        raise _unlike("bản ghi lồng quá sâu", "a record is nested too deeply") from error


def _spell(value: Any, plain: bool) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return (
            "{"
            + ",".join(f"{json.dumps(k, ensure_ascii=plain)}:{_spell(v, plain)}" for k, v in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(_spell(v, plain) for v in value) + "]"
    return json.dumps(value, ensure_ascii=plain)


def _unlike(vi: str, en: str) -> NotAsDeclared:
    return NotAsDeclared(format="JSON", why_vi=vi, why_en=en)
