"""Units that stand above a table or beside a header, against those of the contract: a thousand people are no
people, and a figure read in the wrong unit looks like any other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from tinh.packs.api import Column, Dataset
from tinh.sources.headers import bare
from tinh.sources.workbook_errors import OtherUnit

_TELLS = re.compile(r"^\s*(?:đơn vị(?: tính)?|đvt|tính bằng|unit)\s*[:.]\s*", re.IGNORECASE)
_ASIDE = re.compile(r"[(\[]([^()\[\]]{1,40})[)\]]")
_APART = re.compile(r"\s*[;,]\s*|\s+[-–—]\s+|\s*\|\s*")
_SCALES = (
    (
        re.compile(r"^(?:nghìn|ngàn|1[.,]?000|10\^?3|thousands?|thous\.?)\s*(?:of\s+)?(?=\D)", re.IGNORECASE),
        3,
    ),
    (re.compile(r"^(?:nghìn|ngàn)\s+(?:tỷ|tỉ)\s*", re.IGNORECASE), 12),
    (re.compile(r"^(?:triệu|tr(?:\.|(?=đ))|millions?|mill\.)\s*(?:of\s+)?", re.IGNORECASE), 6),
    (re.compile(r"^(?:tỷ|tỉ|billions?|bill\.)\s*(?!\s*(?:lệ|trọng|số|suất))", re.IGNORECASE), 9),
)
_MONEY = frozenset({"d", "dong", "vnd", "vnđ", "đ"})


def read(text: str) -> tuple[str, int] | None:
    """`Triệu đồng` as what is counted and the power of ten: (`dong`, 6); None where no unit is said."""
    text = unicodedata.normalize("NFKC", text).strip(" .:()[]")
    if not text or len(text) > 40:
        return None
    power = 0
    for pattern, zeros in (_SCALES[1], _SCALES[0], *_SCALES[2:]):
        if found := pattern.match(text):
            power, text = zeros, text[found.end() :].lstrip(". ")
            break
    base = bare(text).strip(".")
    return ("dong" if base in _MONEY or (power and not base) else base), power


def require(columns: Mapping[str, str], titles: Sequence[str], dataset: Dataset, filename: str) -> None:
    """Raises OtherUnit where a header, or else the titles, count the same thing by another power of ten.
    `columns`: column of the contract → its header in the file."""
    above = _told(titles)
    for column in dataset.columns:
        if column.name not in columns or not (wanted := _wanted(column)):
            continue
        header = columns[column.name]
        own = [u for aside in _ASIDE.findall(header) if (u := read(_TELLS.sub("", aside)))]
        beside = [(u, header) for u in own if u[0] == wanted[0]]
        found = beside or [(u, text) for u, text in above if u[0] == wanted[0]]
        if found and all(u != wanted for u, _ in found):
            raise OtherUnit(filename=filename, column=column.name, unit=column.unit, found=found[0][1][:80])


def _wanted(column: Column) -> tuple[str, int] | None:
    return read(column.unit) if column.unit and column.logical in ("number", "integer") else None


def _told(titles: Sequence[str]) -> list[tuple[tuple[str, int], str]]:
    """What the lines above a table say of units: after `Đơn vị tính:`, or a line that is nothing else."""
    out = []
    for title in titles:
        text = unicodedata.normalize("NFC", title).strip().strip("()")
        said = _TELLS.sub("", text)
        if said == text and len(text) > 40:
            continue
        out += [(unit, title) for part in _APART.split(said) if (unit := read(part))]
    return out
