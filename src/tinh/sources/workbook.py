"""What the Excel reader does not tell: where a sheet begins and which cells are numbers."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*"([^"]*)"')
_FIRST_VALUE = re.compile(
    rb'<(?:\w+:)?c\b[^>/]*\br="[A-Z]+(\d+)"[^>/]*>\s*(?:<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?(?:v|is)\b'
)
_CELL = re.compile(
    rb"<(?:\w+:)?c\b([^>/]*)>\s*(?:<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v\b"
)
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_TYPE = re.compile(rb'\bt="(\w+)"')


class Sheet:
    """The XML of one sheet of a workbook that has already been weighed and found sane."""

    def __init__(self, path: Path, name: str) -> None:
        self._xml = _part(path, name)

    def offset(self) -> int:
        """Empty rows above the first value: the reader drops them, row numbers must not."""
        found = _FIRST_VALUE.search(self._xml)
        return int(found.group(1)) - 1 if found else 0

    def number_rows(self, columns: set[int]) -> dict[int, set[int]]:
        """For each column position, the sheet rows whose cell is a number and not text."""
        out: dict[int, set[int]] = {c: set() for c in columns}
        for cell in _CELL.finditer(self._xml):
            kind, place = _TYPE.search(cell.group(1)), _PLACE.search(cell.group(1))
            if place is None or (kind is not None and kind.group(1) != b"n"):
                continue
            position = ordinal(place.group(1)) - 1
            if position in out:
                out[position].add(int(place.group(2)))
        return out

    def left(self) -> int:
        """Empty columns left of the first value of any row; the reader drops them too."""
        places = [ordinal(p.group(1)) for c in _CELL.finditer(self._xml) if (p := _PLACE.search(c.group(1)))]
        return min(places, default=1) - 1


def ordinal(letters: bytes) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _part(path: Path, name: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
            links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
            targets = {a.get("Id"): a.get("Target", "") for a in map(_attributes, _RELATION.findall(links))}
            for tag in map(_attributes, _SHEET.findall(book)):
                if html.unescape(tag.get("name", "")) == name:
                    target = targets.get(tag.get("r:id") or tag.get("id")) or ""
                    return archive.read(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
    except (KeyError, zipfile.BadZipFile):
        pass
    return b""


def _attributes(tag: str) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(tag))
