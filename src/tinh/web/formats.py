"""Numbers, dates, ages and periods as each language writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tinh.kit.periods import grain_of, start

THIN = "\u00a0"  # unbreakable: 11,2 % stays in one piece (the typeface has no narrow one)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SWAP = str.maketrans(",.", ".,")


def number(value: float, decimals: int, language: str) -> str:
    """`1234.5` → 1.234,5 in Vietnamese, 1,234.5 in English."""
    text = f"{value:,.{max(0, decimals)}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text if language == "en" else text.translate(_SWAP)


def with_unit(value: float, decimals: int, unit: str, language: str) -> str:
    text = number(value, decimals, language)
    if not unit:
        return text
    return f"{text}{'' if unit == '%' and language == 'en' else THIN}{unit}"


def compact(count: int, language: str) -> str:
    """Counts that must fit a column: 49.212 → 49,2k."""
    if count < 10_000:
        return number(count, 0, language)
    for size, mark in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if count >= size:
            scaled = count / size
            return number(scaled, 0 if scaled >= 100 else 1, language) + mark
    return str(count)


def percent(num: int, den: int, language: str) -> str:
    """A share in per cent, cut and never rounded up: 100 only when all is there, 0 only when nothing is."""
    if not den:
        return "–"
    tenths = 1000 * num // den
    if not tenths and num > 0:
        return "<" + with_unit(0.1, 1, "%", language)
    return with_unit(tenths / 10, 1 if tenths % 1000 else 0, "%", language)


def fraction(num: int, den: int, language: str) -> str:
    """`num/den` with every row counted; shortened only where millions still differ."""
    if den >= 1_000_000:
        short = compact(num, language), compact(den, language)
        if num == den or short[0] != short[1]:
            return "/".join(short)
    return f"{number(num, 0, language)}/{number(den, 0, language)}"


def day(moment: date, language: str) -> str:
    if language == "en":
        return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{moment:%d.%m.%Y}"


def minute(moment: datetime, language: str, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{day(local, language)} {local:%H:%M}"


def age(seconds: float, language: str) -> str:
    """How long ago, in the largest unit that says it: 12 phút, 2 giờ, 5 ngày."""
    minutes = int(max(0, seconds) // 60)
    for size, vi, en in ((1440, "ngày", "d"), (60, "giờ", "h"), (1, "phút", "min")):
        if minutes >= size:
            count = minutes // size
            return f"{count}{THIN}{en}" if language == "en" else f"{number(count, 0, 'vi')}{THIN}{vi}"
    return "just now" if language == "en" else "vừa xong"


def due(moment: datetime, language: str, zone: str) -> str:
    """Until when something is on time: hết ngày 05.12.2026, 17:00 05.12.2026."""
    local = moment.astimezone(ZoneInfo(zone))
    if (local.hour, local.minute, local.second) != (0, 0, 0):
        return f"{local:%H:%M} {day(local, language)}"
    last = day(local - timedelta(days=1), language)
    return f"end of {last}" if language == "en" else f"hết ngày {last}"


def overdue(days: int, working_days: int, language: str) -> str:
    """By how much something is late, in working days where any have passed: 6 ngày làm việc."""
    if working_days:
        one = "working day" if working_days == 1 else "working days"
        return number(working_days, 0, language) + THIN + (one if language == "en" else "ngày làm việc")
    if days:
        one = "day" if days == 1 else "days"
        return number(days, 0, language) + THIN + (one if language == "en" else "ngày")
    return "less than a day" if language == "en" else "chưa đến một ngày"


def period_words(text: str, language: str) -> str:
    """A period inside a sentence: tháng 10.2026, ngày 21.11.2026, năm 2025; English needs no noun."""
    short = period(text, language)
    if language == "en" or short == text != text[:4]:
        return short
    noun = {"day": "ngày ", "month": "tháng ", "year": "năm "}.get(grain_of(text), "")
    return noun + short[:1].lower() + short[1:]


_WRITTEN = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")


def expression(text: str, language: str, decimals: int = 4) -> str:
    """Arithmetic as the language writes its numbers, cut to `decimals`; a cut result is only near."""
    cut = False

    def shape(found: re.Match[str]) -> str:
        nonlocal cut
        _, _, rest = found[0].partition(".")
        cut = cut or len(rest) > decimals
        kept = f"{float(found[0]):.{min(decimals, len(rest))}f}".partition(".")[2].rstrip("0")
        return number(float(found[0]), len(kept), language)

    # Vietnamese separates listed numbers by semicolons, the comma being its decimal sign.
    parted = text if language == "en" else text.replace(", ", "; ")
    made = _WRITTEN.sub(shape, parted)
    if not cut:
        return made
    head, equals, tail = made.rpartition(" = ")
    return f"{head} ≈ {tail}" if equals else f"≈ {tail}"


def decimals_of(values: Iterable[float | None], most: int = 2) -> int:
    """How many decimals a column of numbers needs so that all of them are written alike."""
    needed = 0
    for value in values:
        if value is not None:
            needed = max(needed, len(f"{value:.{most}f}".rstrip("0").partition(".")[2]))
    return needed


def period(text: str, language: str) -> str:
    """`2025-04` → 04.2025 or Apr 2025; what cannot be read is shown as it is."""
    try:
        grain, at = grain_of(text), start(text)
    except ValueError:
        return text
    if grain == "hour":
        return f"{at:%H:%M} {day(at, language)}"
    if grain == "day":
        return day(at, language)
    if grain == "month":
        return f"{_MONTHS[at.month - 1]} {at.year}" if language == "en" else f"{at:%m.%Y}"
    if grain == "quarter":
        return f"Q{text[-1]} {at.year}" if language == "en" else f"Quý {text[-1]}.{at.year}"
    return str(at.year)
