"""Periods as people write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

import polars as pl

from tinh.gate.threads import once_a_value
from tinh.kit import periods
from tinh.kit.periods import Grain

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), order)
    for pattern, order in (
        (r"(\d{4})-(\d\d?)-(\d\d?)[T ](\d\d?)(?:$|:.*|[+Z].*)", "ymdh"),
        (r"(\d{4})[-/.](\d\d?)[-/.](\d\d?)", "ymd"),
        (r"(?:ngày\s*)?(\d\d?)[-/.](\d\d?)[-/.](\d{4})", "dmy"),
        (r"ngày\s*(\d\d?)\s*tháng\s*(\d\d?)\s*năm\s*(\d{4})", "dmy"),
        (r"(\d{4})\s*-?\s*Q([1-4])", "yq"),
        (r"(?:quý|quy|q)\.?\s*([1-4]|iv|i{1,3})\s*(?:[-/.,]|năm|nam|\s)\s*(?:năm\s*|nam\s*)?(\d{4})", "qy"),
        (r"(\d{4})[-/.](\d\d?)", "ym"),
        (r"(\d{4})\s*-?\s*M(\d\d?)", "ym"),
        (r"(?:tháng|thang|t)?\.?\s*(\d\d?)\s*(?:[-/.,]|năm|nam|\s)\s*(?:năm\s*|nam\s*)?(\d{4})", "my"),
        (r"(\d{4})(\d{2})", "ym"),
        (r"(\d{4})(\d{2})(\d{2})", "ymd"),
        (r"(?:năm\s*|nam\s*)?(\d{4})(?:\.0)?", "y"),
    )
)


_LEADS = re.compile(
    r"(?:kỳ(?: báo cáo| số liệu)?|ky(?: bao cao| so lieu)?|báo cáo|số liệu)\s*:?\s+(?=\D)", re.IGNORECASE
)
_SPELT = {
    "mười hai": 12, "mười một": 11, "muoi hai": 12, "muoi mot": 11, "mười": 10, "muoi": 10, "giêng": 1,
    "một": 1, "mot": 1, "hai": 2, "ba": 3, "tư": 4, "tu": 4, "bốn": 4, "bon": 4, "sáu": 6, "sau": 6, "bảy": 7,
    "bẩy": 7, "bay": 7, "tám": 8, "tam": 8, "chín": 9, "chin": 9,
}  # fmt: skip
# `Tháng năm 2025` may be May or a month left out; `tháng năm/2025` is May.
_IN_WORDS = re.compile(
    rf"(?:tháng|thang)\s+(?:({'|'.join(_SPELT)})(?=[\s/.,-]|$)|(năm|nam)(?=\s*[/-]|\s+(?:năm|nam)\b))",
    re.IGNORECASE,
)
_SHORT_MONTH = re.compile(r"(?:thg|th)\.?\s*(?=\d)", re.IGNORECASE)
# A year of two digits: from 13 on it can be no month and no day beside one.
_SHORT_YEAR = re.compile(
    r"((?:(?:tháng|thang|t)\.?\s*)?\d\d?\s*[-/]|(?:tháng|thang|t)\.?\s*\d\d?\s*(?:năm|nam)\s*|"
    r"(?:quý|quy|q)\.?\s*(?:[1-4]|iv|i{1,3})\s*[-/])\s*(1[3-9]|[2-4]\d)",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
# As health information systems and spreadsheets set to English write them.
_ENGLISH = re.compile(
    rf"(?:(\d\d?)[\s/-]+)?{_NAMED}(?:\s*(?:to|-|–)\s*{_NAMED})?[\s,/-]+(\d{{4}}|\d\d)", re.IGNORECASE
)


def parse(text: str, every: Grain) -> str | None:
    """The period of grain `every` that `text` names, or that holds the day it names; None when it names none,
    or one of another length: a figure of a month or a quarter is none of its year."""
    tidy = _in_numbers(spoken(text))
    for pattern, order in _FORMS:
        found = pattern.fullmatch(tidy)
        if not found:
            continue
        parts = dict(zip(order, found.groups(), strict=True))
        year = int(parts["y"])
        if not 1900 <= year <= 2200:
            continue
        try:
            if "q" in parts:
                quarter = _ROMAN.get(parts["q"].lower()) or int(parts["q"])
                return _at(f"{year}-Q{quarter}", every)
            month, day = int(parts.get("m", 1)), int(parts.get("d", 1))
            moment = datetime(year, month, day, int(parts.get("h", 0)))
        except ValueError:
            continue
        own: Grain = {"ymdh": "hour", "ymd": "day", "dmy": "day", "ym": "month", "my": "month", "y": "year"}[
            order
        ]  # type: ignore[assignment]  # the five orders above
        return _at(periods.of(moment, own), every)
    return None


def spoken(text: str) -> str:
    """A period as people say it, with figures for words: `Kỳ tháng Ba/25` is `tháng 3/2025`."""
    tidy = _LEADS.sub("", " ".join(unicodedata.normalize("NFC", text).split()), count=1)
    tidy = _IN_WORDS.sub(lambda m: f"tháng {_SPELT[m.group(1).lower()] if m.group(1) else 5}", tidy)
    tidy = _SHORT_MONTH.sub("tháng ", tidy) if tidy[:2].lower() == "th" else tidy
    short = _SHORT_YEAR.fullmatch(tidy)
    return f"{short.group(1)}20{short.group(2)}" if short else tidy


def _in_numbers(text: str) -> str:
    """`March 2025`, `Mar-25`, `5 Mar 2025`, `January to March 2025` with numbers for the months; any other
    text as it is."""
    found = _ENGLISH.fullmatch(text)
    if not found:
        return text
    day, name, until, year = found.groups()
    month = _MONTHS.index(name[:3].lower()) + 1
    if len(year) == 2:
        year = f"20{year}"
    if until:
        last = _MONTHS.index(until[:3].lower()) + 1
        return f"{year}-Q{last // 3}" if not day and last - month == 2 and last % 3 == 0 else text
    return f"{year}-{month}-{day}" if day else f"{year}-{month}"


def _at(period: str, every: Grain) -> str | None:
    own, order = periods.grain_of(period), periods.GRAINS
    if order.index(own) > order.index(every) or (own != every and own in ("month", "quarter")):
        return None
    return periods.up(period, every)


def of_column(values: pl.Series, every: Grain, timezone: str) -> pl.Series:
    """The period of each value, as text or as Enum of texts in their order. Text is made once per distinct
    period, not once per row."""
    if isinstance(values.dtype, pl.Datetime):

        def spelt_of(part: pl.Series) -> pl.Series:
            return _spell(part.dt.convert_time_zone(timezone).dt.replace_time_zone(None), every)

        return once_a_value(spelt_of, values, spelt=True)
    if values.dtype == pl.Date:
        return _spell(values.cast(pl.Datetime("us")), every) if every != "hour" else _none(values)
    text = values.cast(pl.String)
    distinct = text.unique().drop_nulls()
    spelt = pl.Series([parse(v, every) for v in distinct.to_list()], dtype=pl.String)
    return text.replace_strict(distinct, spelt, default=None, return_dtype=pl.String)


_STEP = {"hour": "1h", "day": "1d", "month": "1mo", "quarter": "1q", "year": "1y"}


def _spell(local: pl.Series, every: Grain) -> pl.Series:
    begins = local.dt.truncate(_STEP[every])
    distinct = begins.unique().drop_nulls()
    spelt = pl.Series([periods.of(m, every) for m in distinct.to_list()], dtype=pl.String)
    return begins.replace_strict(distinct, spelt, default=None, return_dtype=pl.String)


def _none(values: pl.Series) -> pl.Series:
    return pl.Series(values.name, [None], pl.String).new_from_index(0, len(values))
