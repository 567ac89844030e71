"""Moments as spreadsheets and statistics offices write them, told in the spellings that steps are read in.

`01/2026`, `2026/01`, `202601` and `2026M01` are months; `31/01/2026`, `2026/01/31`, `2026-1-5` and
`20260131` are days, with or without a time; `Q1/2026`, `2026 Q1` and `I/2026` are quarters. Days are written
before months, as in Viet Nam, unless only months before days can be meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_TIME = r"(?:[ T]+(?P<time>\d{1,2}:\d{2}(?::\d{2})?))?"
_Y, _M, _D = r"(?P<y>\d{4})", r"(?P<m>\d{1,2})", r"(?P<d>\d{1,2})"
_CENTURY = r"(?P<y>(?:19|20|21)\d{2})"
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}
_QUARTERS = (
    (re.compile(rf"[Qq](?P<q>[1-4])[-/ ]?{_Y}"), "Q{q}{mark}{y:04d}"),
    (re.compile(rf"{_Y}[/ ][Qq](?P<q>[1-4])"), "{y:04d}{mark}Q{q}"),
    (re.compile(rf"(?P<q>I{{1,3}}|IV)/{_Y}"), "{roman}/{y:04d}"),
)
_MONTHS = (
    (re.compile(rf"{_M}[-/]{_Y}"), "{m:0{w}d}{mark}{y:04d}"),
    (re.compile(rf"{_Y}[/.]{_M}|{_Y.replace('<y>', '<y2>')}-(?P<m2>\d{{1,2}})"), "{y:04d}{mark}{m:0{w}d}"),
    (re.compile(rf"{_Y}-?[Mm]{_M}"), "{y:04d}{mark}{m:0{w}d}"),
    (re.compile(rf"{_CENTURY}(?P<m>0[1-9]|1[0-2])"), "{y:04d}{m:02d}"),
)
_DAYS = (
    (re.compile(rf"{_D}(?P<mark>[-/.]){_M}(?P=mark){_Y}{_TIME}"), "{d:0{w}d}{mark}{m:0{w}d}{mark}{y:04d}"),
    (re.compile(rf"{_Y}(?P<mark>[-/.]){_M}(?P=mark){_D}{_TIME}"), "{y:04d}{mark}{m:0{w}d}{mark}{d:0{w}d}"),
    (re.compile(rf"{_CENTURY}(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)"), "{y:04d}{m:02d}{d:02d}"),
)
_QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])")
_STANDARD = re.compile(r"\d{4}-\d{2}(-\d{2}([ T]\d{2}(:\d{2}.*)?)?)?")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a moment is written: `pattern` with fields y, m, d, q, roman, mark, w (digits of days and months);
    `time` says how many parts of the clock follow (0, 2, 3) and after what `gap`."""

    pattern: str
    mark: str = ""
    width: int = 2
    time: int = 0
    gap: str = " "

    def text(self, year: int, month: int, day: int, clock: tuple[int, int, int] = (0, 0, 0)) -> str:
        quarter = (month + 2) // 3
        said = self.pattern.format(
            y=year, m=month, d=day, q=quarter, mark=self.mark, w=self.width, roman=list(_ROMAN)[quarter - 1]
        )
        return said + (self.gap + ":".join(f"{part:02d}" for part in clock[: self.time]) if self.time else "")


def told(texts: Sequence[str]) -> tuple[list[str], Spelling] | None:
    """The moments in the spellings of steps, in their order, and how they were written; None where they are
    not all written in one of these ways (or already are what steps read)."""
    if not texts:
        return None
    if _STANDARD.fullmatch(texts[0]) and _STANDARD.fullmatch(texts[-1]) and len(set(map(len, texts))) == 1:
        return None
    return _quarters(texts) or _months(texts) or _days(texts)


def ordered(texts: Sequence[str]) -> dict[str, str] | None:
    """Each moment in a spelling whose letters sort as time goes (`2026-03`, `2026-Q1`, `2026-03-31`).

    None where months stand before days, as a lone moment beside them could mean two days.
    """
    if texts and all(found := [_QUARTER.fullmatch(t) for t in texts]):
        return {t: f"{one[1]}-Q{one[2]}" for t, one in zip(texts, found, strict=True) if one}
    if (said := told(texts)) is None:
        return {t: t for t in texts}
    return (
        None
        if said[1].pattern.startswith("{m") and "{d" in said[1].pattern
        else dict(zip(texts, said[0], strict=True))
    )


def _quarters(texts: Sequence[str]) -> tuple[list[str], Spelling] | None:
    for shape, pattern in _QUARTERS:
        found = [shape.fullmatch(t) for t in texts]
        if all(found):
            parts = [(one["y"], one["q"]) for one in found if one]
            mark = re.sub(r"[\dQqIV]", "", texts[0])
            return [f"{y}-Q{_ROMAN.get(q, q)}" for y, q in parts], Spelling(pattern, mark)
    return None


def _months(texts: Sequence[str]) -> tuple[list[str], Spelling] | None:
    for shape, pattern in _MONTHS:
        found = [shape.fullmatch(t) for t in texts]
        if not all(found):
            continue
        parts = [_year_month(one) for one in found if one]
        if all(1 <= int(month) <= 12 for _, month in parts):
            mark = re.sub(r"\d", "", texts[0])
            width = min(len(month) for _, month in parts)
            return [f"{year}-{int(month):02d}" for year, month in parts], Spelling(pattern, mark, width)
    return None


def _year_month(found: re.Match[str]) -> tuple[str, str]:
    said = found.groupdict()
    return said.get("y") or said["y2"], said.get("m") or said["m2"]


def _days(texts: Sequence[str]) -> tuple[list[str], Spelling] | None:
    for shape, pattern in _DAYS:
        found = [one for t in texts if (one := shape.fullmatch(t))]
        if len(found) < len(texts):
            continue
        days, months = [int(one["d"]) for one in found], [int(one["m"]) for one in found]
        if max(months) > 12 and max(days) <= 12 and pattern.startswith("{d"):
            days, months = months, days
            pattern = pattern.replace("{d:", "{#:").replace("{m:", "{d:").replace("{#:", "{m:")
        try:
            dates = [date(int(one["y"]), m, d) for one, m, d in zip(found, months, days, strict=True)]
        except ValueError:
            continue
        times = [one.groupdict().get("time") or "" for one in found]
        if len({time.count(":") for time in times}) > 1:
            continue
        mark = found[0].groupdict().get("mark") or ""
        width = min(min(len(one["d"]), len(one["m"])) for one in found)
        clocks = [" " + (time if time[1:2].isdigit() else "0" + time) if time else "" for time in times]
        spelling = Spelling(pattern, mark, width, times[0].count(":") + 1 if times[0] else 0)
        return [f"{day}{clock}" for day, clock in zip(dates, clocks, strict=True)], spelling
    return None
