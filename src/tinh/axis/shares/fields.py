"""The columns a service gives, with their types from the contract."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tinh.axis.shares.errors import QueryWrong
from tinh.kit.errors import Text
from tinh.packs.api import VALUE_COLUMNS, Catalogue, Dataset, Share

_SCHEMA: Mapping[str, dict[str, Any]] = {
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
}
_EXPECTED: Mapping[str, Text] = {
    "number": Text("cần một số", "a number is expected"),
    "integer": Text("cần một số nguyên", "a whole number is expected"),
    "boolean": Text("cần true hoặc false", "true or false is expected"),
    "date": Text("cần ngày dạng 2026-01-31", "a day like 2026-01-31 is expected"),
    "timestamp": Text(
        "cần thời điểm dạng 2026-01-31T08:00:00+07:00", "a moment like 2026-01-31T08:00:00+07:00 is expected"
    ),
}
_WORDS: Mapping[str, Text] = {
    "indicator": Text("Mã chỉ tiêu", "Indicator"),
    "place": Text("Mã địa bàn", "Code of the place"),
    "period": Text("Kỳ", "Period"),
    "value": Text("Giá trị", "Value"),
    "numerator": Text("Tử số", "Numerator"),
    "denominator": Text("Mẫu số", "Denominator"),
    "coverage_have": Text("Số kỳ hoặc dòng đã có", "Parts that are there"),
    "coverage_due": Text("Số kỳ hoặc dòng phải có", "Parts that ought to be there"),
    "computed_at": Text("Thời điểm tính", "When it was computed"),
    "simulated": Text("Dữ liệu mô phỏng", "Rests on simulated data"),
}
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name, type, words and what a value may be."""

    name: str
    logical: str
    label: Text
    unit: str = ""
    allowed: tuple[Any, ...] = ()
    personal: bool = False
    key: bool = False

    def schema(self) -> dict[str, Any]:
        """JSON Schema of a value; every cell may be empty."""
        out = dict(_SCHEMA.get(self.logical, {"type": "string"}))
        if self.allowed and out["type"] in ("string", "integer", "number"):
            out["enum"] = [*self.allowed, None]
        out["type"] = [out["type"], "null"]
        return {**out, "description": both(self.label) + (f" ({self.unit})" if self.unit else "")}

    def parameter(self) -> dict[str, Any]:
        out = dict(_SCHEMA.get(self.logical, {"type": "string"}))
        if out["type"] == "string" and "format" not in out:
            out |= {"minLength": 1, "maxLength": 500}
            if self.allowed:
                return {"type": "string", "enum": [str(a) for a in self.allowed]}
        if out["type"] == "integer":
            out |= {"minimum": -(10**18) + 1, "maximum": 10**18 - 1}
        return out

    def read(self, text: str, name: str) -> Any:
        """A value out of a query; QueryWrong when it is none."""
        try:
            return self._read(text)
        except (ValueError, OverflowError):
            why = _EXPECTED.get(self.logical, Text("giá trị sai dạng", "the value is not well formed"))
            raise QueryWrong(name=name, why_vi=why.vi, why_en=why.en) from None

    def _read(self, text: str) -> Any:
        if self.logical == "integer":
            if not _INTEGER.fullmatch(text):
                raise ValueError(text)
            return int(text)
        if self.logical == "number":
            if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
                raise ValueError(text)
            return float(text)
        if self.logical == "boolean":
            return {"true": True, "false": False}.get(text.lower()) if text else _refuse(text)
        if self.logical == "date":
            return date.fromisoformat(text) if len(text) == 10 else _refuse(text)
        if self.logical == "timestamp":
            moment = datetime.fromisoformat(text)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        if not text or len(text) > 500 or "\0" in text:
            raise ValueError(text)
        return text


def _refuse(text: str) -> Any:
    raise ValueError(text)


def both(text: Text) -> str:
    return text.vi if text.vi == text.en else f"{text.vi} / {text.en}"


def fields_of(share: Share, catalogue: Catalogue) -> dict[str, Field]:
    """Every column the share names, in its order; none behind a proxy."""
    if share.proxy is not None:
        return {}
    if share.indicators:
        known = {
            n: Field(n, kind, _WORDS[n], key=n in ("indicator", "place", "period"))
            for n, kind in VALUE_COLUMNS.items()
        }
    else:
        dataset = catalogue.datasets[share.dataset]
        known = {
            c.name: Field(
                c.name, c.logical, c.label if c.label.vi else Text(c.name, c.name), c.unit,
                tuple(c.allowed) if all(isinstance(a, str | int | float) for a in c.allowed) else (),
                c.personal != "none", c.name in dataset.key,
            )
            for c in dataset.columns
        }  # fmt: skip
    return {name: known[name] for name in share.columns if name in known}


def keys_hidden(dataset: Dataset, seen: Mapping[str, Field]) -> bool:
    """Whether the key of a row holds what the caller may not see."""
    return any(c.personal != "none" and c.name not in seen for c in dataset.columns if c.name in dataset.key)


def labels_of(dataset: Dataset | None, language: str) -> dict[str, str]:
    """The columns that rows of a dataset, or values of indicators, have, in words."""
    if dataset is None:
        return {name: _WORDS[name].in_(language) for name in VALUE_COLUMNS}
    return {c.name: c.label.in_(language) or c.name for c in dataset.columns}
