"""Periods, places and numbers in words, in both languages."""

from __future__ import annotations

from tinh.kit.errors import Text
from tinh.kit.periods import grain_of, start

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

GRAIN_WORDS = {
    "hour": Text("giờ", "hour"),
    "day": Text("ngày", "day"),
    "month": Text("tháng", "month"),
    "quarter": Text("quý", "quarter"),
    "year": Text("năm", "year"),
}


def period_text(period: str) -> Text:
    """`2025-04` → tháng 4/2025 · April 2025."""
    grain, at = grain_of(period), start(period)
    if grain == "hour":
        return Text(
            f"{at.hour} giờ ngày {at:%d/%m/%Y}", f"{at:%H}:00 on {at.day} {_MONTHS[at.month - 1]} {at.year}"
        )
    if grain == "day":
        return Text(f"ngày {at:%d/%m/%Y}", f"{at.day} {_MONTHS[at.month - 1]} {at.year}")
    if grain == "month":
        return Text(f"tháng {at.month}/{at.year}", f"{_MONTHS[at.month - 1]} {at.year}")
    if grain == "quarter":
        return Text(f"quý {period[-1]}/{at.year}", f"Q{period[-1]} {at.year}")
    return Text(f"năm {at.year}", str(at.year))


def number_text(value: float, decimals: int) -> Text:
    """`1234.5` → 1.234,5 · 1,234.5, rounded to `decimals`."""
    english = f"{value:,.{max(0, decimals)}f}"
    if float(english.replace(",", "")) == 0:
        english = english.lstrip("-")
    return Text(english.translate(str.maketrans(",.", ".,")), english)
