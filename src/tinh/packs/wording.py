"""Figures, units and labels as a sentence needs them, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tinh.kit.errors import Text

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_GROUPED = 10_000  # under it a figure may be a year
_UNITS = {  # Vietnamese words of units; symbols such as % or µg/m³ need none
    "người": "people", "dân": "people", "hộ": "households", "trạm": "stations", "xã": "communes",
    "doanh nghiệp": "enterprises", "cơ sở": "establishments", "lượt": "visits", "lần": "times",
    "ngày": "days", "giờ": "hours", "phút": "minutes", "tháng": "months", "năm": "years",
    "đồng": "VND", "nghìn đồng": "thousand VND", "triệu đồng": "million VND", "tỷ đồng": "billion VND",
    "tấn": "tonnes", "tạ": "quintals", "con": "head", "hồ sơ": "files", "vụ": "cases", "trường": "schools",
    "lớp": "classes", "học sinh": "pupils", "giường": "beds", "máy": "machines", "thuê bao": "subscribers",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What a sentence may call the columns of a rule, and other names it needs."""

    labels: Mapping[str, Text] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Text] = field(default_factory=dict)

    def label(self, columns: tuple[str, ...]) -> Text:
        parts = [self.labels.get(c) or Text(c, c) for c in columns]
        return Text(", ".join(p.vi or p.en for p in parts), ", ".join(p.en or p.vi for p in parts))

    def unit(self, column: str) -> Text:
        return unit(self.units.get(column, ""))


def unit(name: str) -> Text:
    """A unit to stand after a figure; in English only where it is a symbol or has a word."""
    if not name:
        return Text("", "")
    if name == "%":
        return Text(" %", "%")
    english = _UNITS.get(name.lower(), "")
    symbol = len(name) <= 8 and not re.search(r"[À-ỹ]|[A-Za-z]{4}", name)
    return Text(f" {name}", f" {english or name}" if english or symbol else "")


def figure(value: Any, after: Text = Text("", "")) -> Text:
    """A limit as it stands in a sentence, with its unit."""
    if isinstance(value, bool):
        return Text("có" if value else "không", "yes" if value else "no")
    found = _DAY.fullmatch(str(value)[:10]) if not isinstance(value, int | float) else None
    if found is not None:
        rest = str(value)[10:].replace("T", " ").removesuffix(" 00:00:00")
        return Text(f"{found[3]}/{found[2]}/{found[1]}{rest}", f"{found[0]}{rest}")
    if not isinstance(value, int | float):
        return Text(f"{value}{after.vi}", f"{value}{after.en}")
    whole = float(value).is_integer() and abs(value) < 1e15
    text = f"{int(value)}" if whole else f"{value:.10g}"
    if "e" not in text and abs(value) >= _GROUPED:
        head, _, tail = text.partition(".")
        text = f"{int(head):,}" + (f".{tail}" if tail else "")
    return Text(text.translate(str.maketrans(",.", ".,")) + after.vi, text + after.en)


def inner(label: str) -> str:
    """A label inside a sentence: without its capital, unless that belongs to a name or symbol."""
    if len(label) > 1 and label[0].isupper() and (label[1].islower() or label[1] == " "):
        return label[0].lower() + label[1:]
    return label


def opened(words: str, name: str = "") -> str:
    """A capital at the start, unless the sentence opens with a column's own name."""
    return words if name and words.startswith(name) else words[:1].upper() + words[1:]
