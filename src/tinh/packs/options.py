"""logicalTypeOptions of ODCS: rules where a row can be judged by them, carried where not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, time
from typing import Any

import polars as pl

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.findings import Faults, Keys
from tinh.packs.models import Logical
from tinh.packs.rules import Rulebook
from tinh.packs.types import strptime_of

FORMATS = ("email", "uuid", "uri", "hostname", "ipv4", "ipv6", "byte")
NESTED = Text(
    "giá trị lồng nhau được giữ nguyên dạng JSON; quy tắc bên trong không được thực hiện",
    "nested values are kept as JSON; rules inside them are not executed",
)
_BOUNDS = {"minimum": "min", "maximum": "max", "exclusiveMinimum": "above", "exclusiveMaximum": "below"}
_WIDTHS = {
    "i8": (-(2**7), 2**7 - 1),
    "i16": (-(2**15), 2**15 - 1),
    "i32": (-(2**31), 2**31 - 1),
    "u8": (0, 2**8 - 1),
    "u16": (0, 2**16 - 1),
    "u32": (0, 2**32 - 1),
    "u64": (0, None),
    "u128": (0, None),
}

# What becomes of each option of each type: the table of docs/reference/contracts.md.
EXECUTED, READ, CARRIED = "executed", "read", "carried"
TREATMENT: dict[str, dict[str, str]] = {
    "string": {"minLength": EXECUTED, "maxLength": EXECUTED, "pattern": EXECUTED, "format": EXECUTED},
    "date": {**dict.fromkeys(_BOUNDS, EXECUTED), "format": READ},
    "timestamp": {
        **dict.fromkeys(_BOUNDS, EXECUTED),
        "format": READ,
        "timezone": READ,
        "defaultTimezone": READ,
    },
    "time": {**dict.fromkeys(_BOUNDS, EXECUTED), "format": READ, "timezone": READ, "defaultTimezone": READ},
    "integer": {**dict.fromkeys(_BOUNDS, EXECUTED), "multipleOf": EXECUTED, "format": EXECUTED},
    "number": {**dict.fromkeys(_BOUNDS, EXECUTED), "multipleOf": EXECUTED, "format": READ},
    "boolean": {},
    "object": {"minProperties": CARRIED, "maxProperties": CARRIED, "required": CARRIED},
    "array": {"minItems": CARRIED, "maxItems": CARRIED, "uniqueItems": CARRIED},
    "map": {},
    "vector": {
        "dimensions": CARRIED,
        "elementType": CARRIED,
        "distanceMetric": CARRIED,
        "embeddingModel": CARRIED,
        "embeddingModelVersion": CARRIED,
        "normalized": CARRIED,
    },
}


class Options:
    """The options of one column, on their way into its rules."""

    def __init__(
        self, book: Rulebook, faults: Faults, document: Document, path: Keys, column: str, logical: Logical
    ) -> None:
        self.book, self.faults, self.document, self.path = book, faults, document, path
        self.column, self.logical = column, logical

    def compile(self, options: dict[str, Any]) -> dict[str, Any]:
        """Adds the rules; returns the options as the gate reads them."""
        out = dict(options)
        known = TREATMENT[self.logical]
        for name, value in options.items():
            if name not in known and name != "enum":
                self.stranger(name, value)
                out.pop(name)
            elif known.get(name) == CARRIED:
                self.book.carry(f"{self.column}.{name}", "option", _show(value), NESTED)
        bounds = {_BOUNDS[k]: v for k in _BOUNDS if k in known and (v := options.get(k)) is not None}
        self.bounds(bounds, str(options.get("format") or ""))
        if self.logical == "string":
            self.string(out)
        elif self.logical in ("integer", "number"):
            self.numeric(options)
        elif self.logical in ("date", "timestamp", "time") and options.get("format"):
            form = strptime_of(str(options["format"]))
            if form is None:
                self.book.carry(
                    f"{self.column}.format",
                    "option",
                    str(options["format"]),
                    Text(
                        "mẫu ngày giờ này không có dạng tương đương; dạng ngày được tự nhận ra",
                        "this date pattern has no equivalent; the form of dates is found out instead",
                    ),
                )
            else:
                out["strptime"] = form
        return out

    def stranger(self, name: str, value: Any) -> None:
        homes = [t for t, options in TREATMENT.items() if name in options]
        where = ", ".join(homes)
        self.faults.add(
            self.document,
            (*self.path, "logicalTypeOptions", name),
            "PCK055",
            Text(
                f"tùy chọn “{name}” không dùng cho kiểu {self.logical}",
                f'the option "{name}" does not fit the type {self.logical}',
            ),
            Text(
                f"tùy chọn này thuộc kiểu {where}"
                if homes
                else "bỏ tùy chọn này; nó được giữ lại mà không thực hiện",
                f"it belongs to {where}" if homes else "remove it; it is carried, not executed",
            ),
            "warning",
        )
        self.book.carry(
            f"{self.column}.{name}",
            "option",
            _show(value),
            Text("tùy chọn không thuộc kiểu của cột", "the option does not belong to the column's type"),
        )

    def bounds(self, bounds: dict[str, Any], format: str) -> None:
        read: Callable[[Any], Any]
        if not bounds:
            return
        if self.logical in ("date", "timestamp", "time"):
            read = lambda v: canonical_moment(v, self.logical, format)  # noqa: E731
        else:
            read = number
        values = {}
        for side, raw in bounds.items():
            value = read(raw)
            if value is None:
                option = next(o for o, s in _BOUNDS.items() if s == side)
                self.unreadable(option, raw)
            else:
                values[side] = value
        if values:
            self.book.add(f"{self.column}-range", "range", (self.column,), values)

    def string(self, options: dict[str, Any]) -> None:
        lengths = {}
        for option, side in (("minLength", "min"), ("maxLength", "max")):
            if options.get(option) is not None:
                value = number(options[option])
                if isinstance(value, int) and value >= 0:
                    lengths[side] = value
                else:
                    self.unreadable(option, options[option])
        if lengths:
            self.book.add(f"{self.column}-length", "length", (self.column,), lengths)
        if options.get("pattern") is not None:
            regex = readable_pattern(str(options["pattern"]))
            if regex is None:
                self.pattern(str(options.pop("pattern")))
            else:
                self.book.add(f"{self.column}-pattern", "pattern", (self.column,), {"regex": regex})
        format = options.get("format")
        if format in FORMATS:
            self.book.add(f"{self.column}-format", "format", (self.column,), {"name": format})
        elif format is not None:
            self.book.carry(
                f"{self.column}.format",
                "option",
                str(format),
                Text("dạng này không kiểm tra được từ giá trị", "this format cannot be checked from a value"),
            )

    def numeric(self, options: dict[str, Any]) -> None:
        if options.get("multipleOf") is not None:
            step = number(options["multipleOf"])
            if step is None or step <= 0:
                self.unreadable("multipleOf", options["multipleOf"])
            else:
                self.book.add(f"{self.column}-multiple", "multiple", (self.column,), {"of": step})
        width = _WIDTHS.get(str(options.get("format")))
        if self.logical == "integer" and width:
            low, high = width
            values = {"min": low, **({"max": high} if high is not None else {})}
            self.book.add(f"{self.column}-width", "range", (self.column,), values)

    def pattern(self, text: str) -> None:
        self.faults.add(
            self.document,
            (*self.path, "logicalTypeOptions", "pattern"),
            "PCK057",
            Text("không đọc được mẫu (regex)", "the pattern cannot be read"),
            Text("sửa mẫu; nó được giữ lại mà không thực hiện", "mend it; it is carried, not executed"),
            "warning",
        )
        self.book.carry(
            f"{self.column}.pattern",
            "option",
            text,
            Text("mẫu không đọc được", "the pattern cannot be read"),
        )

    def unreadable(self, option: str, raw: Any) -> None:
        self.faults.add(
            self.document,
            (*self.path, "logicalTypeOptions", option),
            "PCK016",
            Text(
                f"“{option}: {raw}” không đọc được cho kiểu {self.logical}",
                f'"{option}: {raw}" cannot be read for the type {self.logical}',
            ),
            Text("sửa giá trị; nó được giữ lại mà không thực hiện", "mend it; it is carried, not executed"),
            "warning",
        )
        self.book.carry(
            f"{self.column}.{option}",
            "option",
            _show(raw),
            Text("giá trị không đọc được", "the value cannot be read"),
        )


def number(value: Any) -> int | float | None:
    """A number, also when it stands in quotes."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and re.fullmatch(r"[-+]?\d+", value.strip()):
        return int(value)
    try:
        out = float(str(value))
    except ValueError:
        return None
    return out if out == out and abs(out) != float("inf") else None


def canonical_moment(value: Any, logical: str, format: str = "") -> str | None:
    """A bound as ISO 8601 text: 2020-01-01, 2020-01-01T00:00:00, 09:30:00."""
    text = str(value).strip()
    form = strptime_of(format) if format else None
    moment: datetime | None = None
    if form:
        pythonic = re.sub(r"%[:#]z", "%z", re.sub(r"%\.\df", ".%f", form))
        try:
            moment = datetime.strptime(text, re.sub(r"%\df", "%f", pythonic))
        except ValueError:
            moment = None
    if logical == "time":
        if moment is not None:
            return moment.time().isoformat()
        try:
            return time.fromisoformat(text).isoformat()
        except ValueError:
            return None
    if moment is None:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
    return moment.date().isoformat() if logical == "date" else moment.isoformat()


def readable_pattern(text: str) -> str | None:
    """A regular expression Python reads; slashes around a JavaScript one are taken off."""
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        text = text[1:-1]
    try:
        re.compile(text)
    except re.error:
        try:
            pl.select(pl.lit("").str.contains(text))
        except pl.exceptions.PolarsError:
            return None
    return text


def _show(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
