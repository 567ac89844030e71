"""A contract drafted from a profile: YAML of the Open Data Contract Standard for a person to edit."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tinh.gate.profile.model import ColumnProfile, Remark, TableProfile

_PERIODS = {"hour": ("h", 1), "day": ("d", 1), "month": ("m", 1), "quarter": ("m", 3), "year": ("y", 1)}
_TEXT = (
    "text",
    "enumeration",
    "place",
    "period",
    "code",
    "phone",
    "tax code",
    "citizen id",
    "e-mail",
    "empty",
)


@dataclass
class Loosened:
    """What the very file showed to be too strict: `columns` by name, and bindings left out."""

    columns: dict[str, set[str]] = field(default_factory=dict)
    bindings: set[str] = field(default_factory=set)

    def has(self, column: str, what: str) -> bool:
        return what in self.columns.get(column, ())

    def loosen(self, column: str, what: str) -> bool:
        """Whether that was news."""
        held = self.columns.setdefault(column, set())
        new = what not in held
        held.add(what)
        return new


def draft(
    table: TableProfile,
    id: str,
    title: str,
    owner: str = "",
    layout: Mapping[str, Any] | None = None,
    loosened: Loosened | None = None,
    remarks: Iterable[Remark] = (),
) -> str:
    """The contract of a table, in full; what is doubtful stands as comments beside it."""
    loose = loosened or Loosened()
    columns = [c for c in table.columns if c.header.strip()]
    names = {c.name for c in columns}
    place = table.place if table.place in names and "place" not in loose.bindings else ""
    period = table.period if table.period in names and "period" not in loose.bindings else ""
    key = _key(table, names, loose)
    grain = _grain(table.column(period)) if period else ""
    kind = _kind(key, place, period, grain, table)
    if kind == "report" and not key:
        kind = "stream"
    lines = [
        "# Hợp đồng dữ liệu nháp, viết từ một tệp bằng `tinh profile`: đọc lại từng dòng trước khi dùng.",
        "# Những chỗ cần xem được ghi bằng dấu (!).",
        *(f"# (!) {r.says.vi}" for r in (*remarks, *table.remarks)),
        "apiVersion: v3.1.0",
        "kind: DataContract",
        f"id: {id}",
        f"name: {_quoted(title)}",
        "version: 0.1.0",
        "status: draft",
        "description:",
        f"  purpose: {_quoted(title)}",
        "customProperties:",
        "  - property: tinh",
        "    value:",
        f"      kind: {kind}",
        *([f"      owner: {owner}"] if owner else []),
    ]
    if place:
        facts = table.column(place).facts
        lines.append(f"      place: {{column: {place}, by: {facts['by']}, levels: [{facts['level']}]}}")
    if period:
        lines.append(f"      period: {{column: {period}, every: {grain}}}")
        lines.append("      expect: {places: given, due: P5D}  # (!) nơi nào phải gửi, hạn sau khi hết kỳ")
    if layout:
        lines.append(f"      layout: {_flow(layout)}")
    lines += [
        "      refuse_below: 0.5",
        "schema:",
        f"  - name: {id.replace('-', '_')}",
        "    physicalType: file",
        "    properties:",
    ]
    for column in columns:
        lines += _column(column, key, loose)
    if period:
        unit, value = _PERIODS[grain]
        lines += [
            "slaProperties:",
            f"  - {{property: frequency, value: {value}, unit: {unit}, "
            f"element: {id.replace('-', '_')}.{period}}}",
        ]
    lines += [
        "# Lời cho người đọc, dán vào locale/vi.yaml của gói:",
        "# datasets:",
        f"#   {id}:",
        f"#     name: {_quoted(title)}",
        "#     columns:",
    ]
    lines += [f"#       {c.name}: {_quoted(c.header)}" for c in columns]
    return "\n".join(lines) + "\n"


def _key(table: TableProfile, names: set[str], loose: Loosened) -> tuple[str, ...]:
    if "key" in loose.bindings:
        return ()
    return next((k for k in table.keys if set(k) <= names), ())


def _kind(key: tuple[str, ...], place: str, period: str, grain: str, table: TableProfile) -> str:
    if period and grain != "hour" and period in key and (place in key or not place or len(key) > 1):
        return "report"
    if key and all(
        table.column(n).kind in ("code", "tax code", "citizen id", "place", "text", "phone", "e-mail")
        for n in key
    ):
        return "register"
    return "stream" if not key or period else "register"


def _grain(column: ColumnProfile) -> str:
    if column.kind == "period":
        return str(column.facts["grain"])
    return "hour" if column.kind == "timestamp" else "day"


def _column(column: ColumnProfile, key: tuple[str, ...], loose: Loosened) -> list[str]:
    name = column.name
    untyped = loose.has(name, "type")
    logical = "string" if untyped else column.logical
    required = (
        column.filled == column.height
        and not column.nothing
        and not loose.has(name, "required")
        and column.height > 0
    )
    lines = [
        f"      # (!) {r.says.vi}" + (f" (dòng {', '.join(r.rows)})" if r.rows else "")
        for r in column.remarks
    ]
    lines += [
        f"      - name: {name}",
        f"        businessName: {_quoted(column.header)}",
        f"        logicalType: {logical}",
    ]
    if required:
        lines.append("        required: true")
    if name in key:
        lines += ["        primaryKey: true", f"        primaryKeyPosition: {key.index(name) + 1}"]
    options = {} if untyped else _options(column, loose)
    if options:
        lines.append(f"        logicalTypeOptions: {_flow(options)}")
    if column.kind == "enumeration" and not loose.has(name, "enum"):
        values = ", ".join(_quoted(v) for v in column.facts.get("values", ()))
        lines.append("        # (!) chỉ những giá trị đã thấy; thêm giá trị khác nếu có")
        lines.append(f"        enum: [{values}]")
    block: dict[str, Any] = {"headers": [column.header]}
    if column.unit:
        block["unit"] = column.unit
    block["personal"] = column.personal
    clean = [] if untyped else _cleaning(column)
    if clean:
        block["clean"] = clean
    lines += ["        customProperties:", "          - property: tinh", f"            value: {_flow(block)}"]
    return lines


def _options(column: ColumnProfile, loose: Loosened) -> dict[str, Any]:
    facts = column.facts
    if column.kind in ("integer", "number", "percent") and not loose.has(column.name, "range"):
        return _range(column)
    if column.kind in ("code", "tax code", "citizen id") and not loose.has(column.name, "pattern"):
        width = facts.get("width")
        if column.kind == "tax code":
            return {"pattern": "^[0-9]{10}(-?[0-9]{3})?$"}
        if width and (column.kind == "citizen id" or facts.get("digits")):
            return {"pattern": f"^[0-9]{{{width}}}$"}
    if column.kind == "e-mail" and not loose.has(column.name, "format"):
        return {"format": "email"}
    return {}


def _range(column: ColumnProfile) -> dict[str, Any]:
    """Room above and below what was seen; what counts things does not fall below nothing."""
    low, high = column.facts.get("low"), column.facts.get("high")
    if low is None or high is None or not math.isfinite(low) or not math.isfinite(high):
        return {}
    if (
        column.kind == "percent"
        and low >= 0
        and high <= 100
        and not (high <= 1 and not column.facts.get("units"))
    ):
        return {"minimum": 0, "maximum": 100}
    bottom = 0 if low >= 0 else -_roomy(-low)
    top = _roomy(high) if high > 0 else 0
    return {"minimum": bottom, "maximum": max(top, bottom + 1)}


def _roomy(value: float) -> int:
    """A round number well above: 1,234 → 5,000."""
    wanted = value * 3
    power = 10 ** max(0, math.floor(math.log10(wanted)))
    return next(int(step * power) for step in (1, 2, 5, 10, 20) if step * power >= wanted)


def _cleaning(column: ColumnProfile) -> list[dict[str, Any]]:
    facts = column.facts
    steps: list[dict[str, Any]] = []
    if column.kind in _TEXT:
        steps += [{"do": "nfc"}, {"do": "trim"}]
    nothing = [*column.nothing, *(facts.get("words", ()) if column.kind == "boolean" else ())]
    if nothing:
        steps.append({"do": "null_words", "words": sorted({w.casefold() for w in nothing})})
    if column.kind in ("integer", "number", "percent"):
        if facts.get("units"):
            steps.append({"do": "strip_unit", "units": list(facts["units"])})
        if facts["decimal"] != "." or facts["group"]:
            steps.append({"do": "number", "decimal": facts["decimal"], "group": facts["group"]})
    elif column.kind in ("date", "timestamp") and facts.get("formats"):
        steps.append({"do": "date", "formats": list(facts["formats"])})
    elif column.kind == "boolean":
        steps.append(
            {"do": "code_map", "mapping": {k.casefold(): v for k, v in facts.get("mapping", {}).items()}}
        )
    elif column.kind == "place" and facts.get("width"):
        steps.append({"do": "zero_pad", "width": facts["width"]})
    return steps


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _flow(value: Any) -> str:
    """YAML in one line, every text in quotes."""
    if isinstance(value, Mapping):
        return (
            "{"
            + ", ".join(
                f"{k if str(k).isidentifier() and str(k) not in _WORDS else _quoted(str(k))}: {_flow(v)}"
                for k, v in value.items()
            )
            + "}"
        )
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


_WORDS = ("yes", "no", "on", "off", "y", "n", "true", "false", "null", "x")
