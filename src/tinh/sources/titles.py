"""What a pattern takes from the titles above a table, or a name: one answer, or a refusal that names all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

import polars as pl

from tinh.kit.errors import Text
from tinh.packs.api import FixedColumn
from tinh.sources.errors import TwoTitles
from tinh.sources.patterns import taken
from tinh.sources.workbook_errors import PartOfYear

WHERE = {
    "sheet": Text("tên trang tính", "the sheet's name"),
    "title": Text("các dòng tiêu đề phía trên bảng", "the titles above the table"),
    "filename": Text("tên tệp", "the file's name"),
    "value": Text("giá trị khai báo", "the declared value"),
}
# `Tháng 1 - ` before, ` - tháng 3` after: the match is one end of a span.
_TO = r"(?:[-–—,&]|đến|tới|và)\s*(?:hết\s*)?"
_UNIT = r"(?:tháng|quý|năm|ngày)"
_BEFORE = re.compile(
    rf"(?:tháng|quý|ngày)\s*(?:\d+|[ivx]+)(?:[/.-]\d{{4}})?\s*{_TO}(?:ngày\s*\d+\s*)?$", re.IGNORECASE
)
_AFTER = re.compile(
    rf"^\s*{_TO}(?:{_UNIT}\s*(?:\d|[ivx]+\b)|\d\d?\s*(?:năm|/)|(?:19|20)\d\d\b)", re.IGNORECASE
)
_ONLY_TO = re.compile(rf"^\s*{_TO}(?:ngày\s*)?(?:\d\d?\s*[/.-]\s*)?$", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SIGNED = re.compile(
    r"^[^,:;\d]{2,40},\s*ngày\s*\d{1,2}\s*$", re.IGNORECASE
)  # `Thái Nguyên, ngày 5` tháng 4 …

# What says beside a year that a part of it is meant. A day is none: a count of 1 April stands for its year.
_S = r"[\s._,–-]*"
_SOME = r"(?:(?<!\d)(?:0?[1-9]|1[01])|ba|sáu|chín)"
_MONTHS = rf"{_SOME}{_S}(?:tháng|thang|t(?![^\W\d_])){_S}(?:(?:đầu|dau|cuối|cuoi){_S})?"
_PART = rf"(?:{_MONTHS}|(?:đầu|cuối|giữa){_S}|(?:quý|quy){_S}(?:[1-4]|iv|i{{1,3}}){_S})"
_LEADS = rf"[/(]?{_S}(?:(?:của{_S})?(?:năm|nam){_S})?$"
_PART_OF = re.compile(rf"{_PART}{_LEADS}", re.IGNORECASE)
_MONTH_OF = re.compile(rf"(?<!\d\s)(?<!\d)(?:tháng|thang){_S}\d{{1,2}}{_S}{_LEADS}", re.IGNORECASE)
_OF_PART = re.compile(rf"^{_S}\(?{_S}{_PART}(?!\w)", re.IGNORECASE)
_PART_ALONE = re.compile(rf"{_SOME}\s*tháng\s*(?:đầu|cuối)\s*năm\s*\)?$", re.IGNORECASE)


def of_whole_year(year: str, titles: Sequence[str], filename: str, where: Text) -> None:
    """Raises PartOfYear where the year a title gives is that of a part: `6 tháng đầu năm 2025`."""
    months: list[str] = []
    whole = False
    for title in titles:
        text = unicodedata.normalize("NFC", title).strip()
        sides = [(text[: m.start()], text[m.end() :]) for m in re.finditer(rf"(?<!\d){year}(?!\d)", text)]
        parted = [bool(_PART_OF.search(before) or _OF_PART.search(after)) for before, after in sides]
        if (parted and all(parted)) or _PART_ALONE.search(text):
            raise PartOfYear(filename=filename, where_vi=where.vi, where_en=where.en, seen=text[:100])
        if sides and all(_MONTH_OF.search(before) for before, _ in sides):
            months.append(text)  # of a letter it came with, unless no title says the year alone
        elif sides:
            whole = True
    if months and not whole:
        raise PartOfYear(filename=filename, where_vi=where.vi, where_en=where.en, seen=months[0][:100])


def told_of_part(year: str, texts: Sequence[str]) -> bool:
    """Whether reading a year of these texts would be refused for a part of it."""
    try:
        of_whole_year(year, texts, "", WHERE["title"])
    except PartOfYear:
        return True
    return False


def from_titles(
    titles: Sequence[str], entry: FixedColumn, known: Mapping[str, str], filename: str, where: Text
) -> str | None:
    """The value of a column that stands in the titles (or in a name). Such that hold two different periods or
    figures, or a span of them, are refused: the first one is as likely a basis or a comparison."""
    first: str | None = None
    meant: dict[str, str] = {}  # value → the words that hold it
    signed: dict[str, str] = {}
    for title in titles:
        found = taken(title, entry.pattern, entry.template, entry.mapping, known)
        if not found:
            continue
        first = first or found
        text = unicodedata.normalize("NFC", title).strip()
        at = 0
        ends: list[tuple[str, int, int]] = []
        for words in _matches(text, entry.pattern):
            value = taken(words, entry.pattern, entry.template, entry.mapping, known) or found
            start = text.find(words, at)
            at = start + len(words)
            ends.append((value, start, at))
        for i, (value, start, at) in enumerate(ends):
            before, after = text[:start], text[at:]
            inside = len(value) == 4 and len(set(_YEAR.findall(text))) == 1  # a span inside the year
            inside = inside or _one_period(ends, i, text)
            if not inside and (_BEFORE.search(before) or _AFTER.search(after)):
                raise _two(entry, filename, where, [text])
            (signed if _SIGNED.search(before) else meant).setdefault(value, text)
    told = meant or signed
    figures = [value for value in told if any(c.isdigit() for c in value)]
    if len(figures) > 1:
        raise _two(entry, filename, where, [f"{value} ({told[value][:60]})" for value in figures])
    return next(iter(told), first)


def _one_period(ends: Sequence[tuple[str, int, int]], i: int, text: str) -> bool:
    """Whether the match is an end of a span whose other end gives the same value: `Từ ngày 01/09/2026 đến
    ngày 30/09/2026` is September."""
    for one, other in ((i, i + 1), (i - 1, i)):
        if one >= 0 and other < len(ends) and ends[one][0] == ends[other][0]:
            return bool(_ONLY_TO.search(text[ends[one][2] : ends[other][1]]))
    return False


def _matches(text: str, pattern: str) -> list[str]:
    if not pattern:
        return []
    return pl.Series([text]).str.extract_all(unicodedata.normalize("NFC", pattern)).to_list()[0] or []


def _two(entry: FixedColumn, filename: str, where: Text, seen: Sequence[str]) -> TwoTitles:
    shown = "; ".join(f"“{text[:100]}”" for text in seen[:4])
    return TwoTitles(filename=filename, where_vi=where.vi, where_en=where.en, column=entry.column, seen=shown)
