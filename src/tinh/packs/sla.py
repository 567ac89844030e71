"""Service-level properties of ODCS: what they make of an expectation, and what is carried."""

from __future__ import annotations

import re
from typing import Any

from tinh.kit.errors import Text
from tinh.kit.periods import Grain
from tinh.packs.options import number
from tinh.packs.rules import Rulebook

READ, CARRIED = "read", "carried"
PROPERTIES: dict[str, str] = {
    "latency": READ,
    "frequency": READ,
    "retention": CARRIED,
    "timeOfAvailability": CARRIED,
    "availability": CARRIED,
    "throughput": CARRIED,
    "errorRate": CARRIED,
    "generalAvailability": CARRIED,
    "endOfSupport": CARRIED,
    "endOfLife": CARRIED,
    "timeToDetect": CARRIED,
    "timeToNotify": CARRIED,
    "timeToRepair": CARRIED,
}
_SYNONYMS = {
    "ly": "latency",
    "freshness": "latency",
    "fy": "frequency",
    "re": "retention",
    "av": "availability",
    "th": "throughput",
    "er": "errorRate",
    "ga": "generalAvailability",
    "es": "endOfSupport",
    "el": "endOfLife",
    "td": "timeToDetect",
    "tn": "timeToNotify",
    "tr": "timeToRepair",
}
_UNITS: tuple[tuple[str, str, Grain | None], ...] = (
    ("s|sec|secs|second|seconds", "T{n}S", None),
    ("min|mins|minute|minutes|m", "T{n}M", None),
    ("h|hr|hrs|hour|hours", "T{n}H", "hour"),
    ("d|day|days", "{n}D", "day"),
    ("w|wk|week|weeks", "{n}W", None),
    ("mo|mon|month|months", "{n}M", "month"),
    ("q|quarter|quarters", "{q}M", "quarter"),
    ("y|yr|yrs|year|years|a", "{n}Y", "year"),
)
_WORDS: dict[str, tuple[int, str]] = {
    "hourly": (1, "h"),
    "daily": (1, "d"),
    "weekly": (1, "w"),
    "monthly": (1, "mo"),
    "quarterly": (1, "q"),
    "yearly": (1, "y"),
    "annually": (1, "y"),
}


def read(entries: list[dict[str, Any]], book: Rulebook, tables: tuple[str, ...]) -> tuple[str, Grain | None]:
    """(`due` duration, `window` grain) of a dataset; the rest is carried in `book`."""
    due, window = "", None
    for entry in entries:
        name = canonical(str(entry.get("property") or ""))
        element = str(entry.get("element") or "")
        if (
            element
            and "." in element
            and not any(e.strip().split(".")[0] in tables for e in element.split(","))
        ):
            continue  # speaks of another object of the contract
        duration, grain = span(entry.get("value"), entry.get("unit"))
        if name == "latency" and duration and not due:
            due = duration
        elif name == "frequency" and grain and window is None:
            window = grain
        else:
            shown = " ".join(str(entry[k]) for k in ("value", "unit", "element") if entry.get(k) is not None)
            book.carry(f"sla.{name}", "sla", shown, _REASONS.get(name, _OTHER))
    return due, window


def canonical(name: str) -> str:
    lowered = name.lower()
    known = {p.lower(): p for p in PROPERTIES}
    return known.get(lowered) or _SYNONYMS.get(lowered, name)


def span(value: Any, unit: Any) -> tuple[str, Grain | None]:
    """4 and `d` → P4D; 1 and `h` → PT1H and the grain hour; `P4D` stays; `daily` → P1D and day."""
    text = str(value).strip() if value is not None else ""
    if re.fullmatch(r"P(?=.)(\d+[YMWD])*(T(\d+[HMS])+)?", text):
        return text, None
    if text.lower() in _WORDS:
        value, unit = _WORDS[text.lower()]
    joined = re.fullmatch(r"(\d+)\s*([a-zA-Z]+)", text)
    if joined and not unit:
        value, unit = int(joined.group(1)), joined.group(2)
    count = number(value)
    if count is None or count <= 0 or int(count) != count:
        return "", None
    for names, form, grain in _UNITS:
        if str(unit or "").strip().lower() in names.split("|"):
            return "P" + form.format(n=int(count), q=3 * int(count)), grain if count == 1 else None
    return "", None


_REASONS = {
    "retention": Text(
        "thời hạn lưu do tỉnh quyết định chung", "how long data is kept is decided by the province"
    ),
    "timeOfAvailability": Text(
        "giờ có dữ liệu được nêu để biết; hạn gửi do “due” quyết định",
        "the hour of availability is shown; `due` decides what is late",
    ),
}
_OTHER = Text("cam kết được nêu để biết", "the commitment is shown, not measured")
