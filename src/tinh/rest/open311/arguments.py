"""What a client sends, read as GeoReport v2 means it: an empty argument is one that was not sent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from math import isfinite

from tinh.rest.open311.faults import BadArgument, RangeTooLong

SPAN = timedelta(days=90)
MOST = 1000
PAGE = 100  # requests of a page where its size is not said
_ATTRIBUTE = re.compile(r"attribute\[(?P<code>[^\[\]]{1,100})\](?:\[\d*\])?\Z")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def sent(*sources: Iterable[tuple[str, Sequence[str]]]) -> dict[str, list[str]]:
    """Every argument with its values, of the body before those of the address; blank ones left out. Letters
    are composed (NFC), what is no text (NUL, control characters, half a surrogate pair) is taken out."""
    out: dict[str, list[str]] = {}
    for source in sources:
        for name, values in source:
            full = [value for value in map(plain, values) if value.strip()]
            if full and name not in out:
                out[name] = full
    return out


def plain(text: str) -> str:
    return unicodedata.normalize("NFC", _NO_TEXT.sub("", text))


def one(given: Mapping[str, Sequence[str]], name: str) -> str:
    """The value of an argument, "" when it was not sent."""
    values = given.get(name)
    return values[-1].strip() if values else ""


def listed(given: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    """Values that may be repeated, or parted by commas."""
    parts = (part.strip() for value in given.get(name, ()) for part in value.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def attributes(given: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """`attribute[code]=value`, `attribute[code][]=value` and `attribute[code][0]=value`, by code."""
    out: dict[str, list[str]] = {}
    for name, values in given.items():
        found = _ATTRIBUTE.match(name)
        if found:
            out.setdefault(found["code"], []).extend(value.strip() for value in values)
    return out


def number(given: Mapping[str, Sequence[str]], name: str, low: float, high: float) -> float | None:
    text = one(given, name)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or not low <= value <= high:
        raise BadArgument(name=name, value=text[:60], expected=f"{low:g} … {high:g}")
    return value


def whole(given: Mapping[str, Sequence[str]], name: str, low: int, high: int, otherwise: int) -> int:
    text = one(given, name)
    if not text:
        return otherwise
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not low <= int(text) <= high:
        raise BadArgument(name=name, value=text[:60], expected=f"{low} … {high}")
    return int(text)


def paged(given: Mapping[str, Sequence[str]]) -> tuple[int, int]:
    """Page and its size: the first 1000 where no page is asked for, pages of 100 where one is; a size above
    1000 is 1000."""
    page = whole(given, "page", 1, 1_000_000, 1)
    size = whole(given, "page_size", 1, 999_999_999, PAGE if one(given, "page") else MOST)
    return page, min(size, MOST)


def choices(given: Mapping[str, Sequence[str]], name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Some of `known`, in any case."""
    found = tuple(value.lower() for value in listed(given, name))
    odd = [value for value in found if value not in set(known)]
    if odd:
        raise BadArgument(name=name, value=", ".join(odd)[:60], expected=", ".join(known))
    return found


_EXAMPLE = "2026-11-22T08:00:00+07:00"
_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?\Z")


def when(given: Mapping[str, Sequence[str]], name: str, last: bool = False) -> datetime | None:
    """A W3C date and time with its offset (a "+" that an address turned into a space is one again); what has
    no offset is UTC. A bare year, month or day is its beginning, with `last` its last moment."""
    text = one(given, name).upper()
    if not text:
        return None
    try:
        if bare := _DAY.match(text):
            year, month, day = (int(part) if part else 0 for part in bare.groups())
            found = _edge(year, month, day, last)
        else:
            found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except (ValueError, OverflowError):
        raise BadArgument(name=name, value=text[:60], expected=_EXAMPLE) from None
    if not 1900 <= found.year < 9000:
        raise BadArgument(name=name, value=text[:60], expected=_EXAMPLE)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _edge(year: int, month: int, day: int, last: bool) -> datetime:
    begins = date(year, month or 1, day or 1)
    if not last:
        return datetime(begins.year, begins.month, begins.day, tzinfo=UTC)
    if day:
        after = begins + timedelta(days=1)
    else:
        after = date(year + 1, 1, 1) if month in (0, 12) else date(year, month + 1, 1)
    return datetime(after.year, after.month, after.day, tzinfo=UTC) - timedelta(microseconds=1)


def span(given: Mapping[str, Sequence[str]], now: datetime) -> tuple[datetime, datetime]:
    """The moments a list is asked for, from and to: at most 90 days, the last 90 when none is given."""
    start, end = when(given, "start_date"), when(given, "end_date", last=True)
    try:
        if start is None:
            start = (end or now) - SPAN
        if end is None:
            end = start + SPAN
    except OverflowError:
        raise BadArgument(name="start_date", value=str(start or end), expected=_EXAMPLE) from None
    if end < start:
        raise BadArgument(name="end_date", value=one(given, "end_date")[:60], expected="≥ start_date")
    if end - start > SPAN + timedelta(hours=1):
        raise RangeTooLong(days=(end - start).days)
    return start, end
