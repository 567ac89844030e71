"""How the moments of a series follow each other: read from text, counted, and continued.

A `Step` turns moments into whole positions on an even grid and positions back into text, in
the very spelling they came in: integers go on, dates go on in their step, ends of months stay ends
of months, `2025-03`, `2025-Q1`, `2025-W05` and `2025` stay what they are (`spellings` has the others).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tinh.insight.forecasting.errors import UnevenMoments, UnreadableMoments
from tinh.insight.forecasting.spellings import Spelling, told

Unit = Literal["integer", "year", "quarter", "month", "week", "seconds"]
_INTEGER = re.compile(r"[+-]?\d{1,15}(\.0+)?")
_QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])")
_WEEK = re.compile(r"(\d{4})-?W(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}(:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?)?")
_ZONE = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")
_DAWN = datetime(1, 1, 1)  # a Monday
_HOUR, _DAY = 3600, 86400
_SEASONS = {_HOUR: (24, 168), _DAY: (7,), 7 * _DAY: (52,), 1800: (48, 336), 900: (96, 672), 600: (144, 1008)}


@dataclass(frozen=True, slots=True)
class Step:
    """An even grid of moments.

    `size` counts in `unit`; `origin` is position 0 in that unit; `spelling` says how moments are written.
    """

    unit: Unit
    size: int
    origin: int
    spelling: str
    day: int = 1
    clock: int = 0
    offset: str = ""
    skips_weekends: bool = False
    written: Spelling | None = None

    @property
    def seasons(self) -> tuple[int, ...]:
        """Season lengths, in steps, that a calendar suggests; empty when it suggests none."""
        if self.unit == "month":
            return (12 // self.size,) if self.size < 12 and 12 % self.size == 0 else ()
        if self.unit == "quarter":
            return (4,) if self.size == 1 else ()
        if self.unit == "week":
            return (52,) if self.size == 1 else ()
        if self.unit == "seconds":
            return (5,) if self.skips_weekends else _SEASONS.get(self.size, ())
        return ()

    @property
    def grain(self) -> str:
        """A word for the step: `year`, `quarter`, `month`, `week`, `day`, `hour`, or how long it is."""
        months = self.size * {"year": 12, "quarter": 3, "month": 1}.get(self.unit, 0)
        if months:
            return {1: "month", 3: "quarter", 12: "year"}.get(months, f"{months} months")
        if self.skips_weekends:
            return "day"
        if self.unit == "seconds":
            named = {_HOUR: "hour", _DAY: "day", 7 * _DAY: "week"}
            return named.get(self.size, f"{self.size} s")
        return "week" if self.unit == "week" and self.size == 1 else f"step of {self.size} {self.unit}"

    def text(self, position: int) -> str:
        """The moment at `position`, spelt as the series spells them."""
        at = self.origin + position * self.size
        if self.written is not None:
            when = self.moment(position)
            return self.written.text(when.year, when.month, when.day, (when.hour, when.minute, when.second))
        if self.unit == "integer":
            return str(at).zfill(int(self.spelling or 0))
        if self.unit == "year" and self.spelling == "period":
            return f"{at:04d}"
        if self.unit == "quarter":
            return f"{at // 4:04d}{self.spelling}{at % 4 + 1}"
        if self.unit == "week":
            year, week, _ = (date.min + timedelta(days=7 * at)).isocalendar()
            return f"{year:04d}{self.spelling}{week:02d}"
        if self.unit == "month" and self.spelling == "period":
            return f"{at // 12:04d}-{at % 12 + 1:02d}"
        moment = self.moment(position)
        return moment.strftime(self.spelling).replace("%%", "%") + self.offset

    def moment(self, position: int) -> datetime:
        """The moment at `position` as naive local time; an integer step has none (ValueError)."""
        at = self.origin + position * self.size
        if self.unit == "integer":
            raise ValueError("integers are no moments")
        if self.unit == "seconds":
            if self.skips_weekends:
                weeks, day = divmod(at, 5)
                return _DAWN + timedelta(days=7 * weeks + day, seconds=self.clock)
            return _DAWN + timedelta(seconds=at)
        if self.unit == "week":
            return _DAWN + timedelta(days=7 * at)
        months = at * {"year": 12, "quarter": 3, "month": 1}[self.unit]
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return datetime(year, month + 1, min(self.day, last)) + timedelta(seconds=self.clock)


def read(series: str, texts: Sequence[str]) -> tuple[Step, NDArray[np.int64]]:
    """The step of a series' moments and the position of each, the first being 0 for the earliest.

    Raises UnreadableMoments and UnevenMoments.
    """
    if (found := told(texts)) is not None:
        step, positions = _read(series, found[0])
        return replace(step, written=found[1]), positions
    return _read(series, texts)


def _read(series: str, texts: Sequence[str]) -> tuple[Step, NDArray[np.int64]]:
    shapes = (
        (_INTEGER, _integers),
        (_QUARTER, _quarters),
        (_WEEK, _weeks),
        (_MONTH, _months),
        (_MOMENT, _moments),
    )
    for shape, reader in shapes:
        if shape.fullmatch(texts[0]):
            for text in texts:
                if not shape.fullmatch(text):
                    raise UnreadableMoments(series=series, found=text)
            try:
                return reader(series, texts)
            except (ValueError, OverflowError):
                raise UnreadableMoments(series=series, found=texts[0]) from None
    raise UnreadableMoments(series=series, found=texts[0])


def _even(
    series: str, texts: Sequence[str], counts: NDArray[np.int64], size: int, step: str
) -> tuple[int, NDArray[np.int64]]:
    first = int(counts.min())
    off = (counts - first) % size
    if off.any():
        order = np.argsort(counts, kind="stable")
        where = int(np.flatnonzero(off[order])[0])
        before = texts[int(order[max(where - 1, 0)])]
        raise UnevenMoments(series=series, found=texts[int(order[where])], before=before, step=step)
    return first, (counts - first) // size


def _usual_gap(counts: NDArray[np.int64]) -> int:
    gaps = np.diff(np.unique(counts))
    if not len(gaps):
        return 1
    values, times = np.unique(gaps, return_counts=True)
    return int(values[np.argmax(times)])


def _integers(series: str, texts: Sequence[str]) -> tuple[Step, NDArray[np.int64]]:
    counts = np.array([int(float(t)) if "." in t else int(t) for t in texts], dtype=np.int64)
    size = _usual_gap(counts)
    first, positions = _even(series, texts, counts, size, str(size))
    years = all(len(t) == 4 and "1500" <= t <= "2999" for t in texts)
    if years:
        return Step("year", size, first, "period"), positions
    width = max((len(t) for t in texts if t.lstrip("+-")[0] == "0" and "." not in t), default=0)
    return Step("integer", size, first, str(width) if width > 1 else ""), positions


def _quarters(series: str, texts: Sequence[str]) -> tuple[Step, NDArray[np.int64]]:
    counts = np.array([4 * int(t[:4]) + int(t[-1]) - 1 for t in texts], dtype=np.int64)
    size = _usual_gap(counts)
    first, positions = _even(series, texts, counts, size, f"{size} Q")
    return Step("quarter", size, first, texts[0][4:-1]), positions


def _weeks(series: str, texts: Sequence[str]) -> tuple[Step, NDArray[np.int64]]:
    days = [date.fromisocalendar(int(t[:4]), int(t[-2:]), 1) for t in texts]
    counts = np.array([(d - date.min).days // 7 for d in days], dtype=np.int64)
    size = _usual_gap(counts)
    first, positions = _even(series, texts, counts, size, f"{size} W")
    return Step("week", size, first, texts[0][4:-2]), positions


def _months(series: str, texts: Sequence[str]) -> tuple[Step, NDArray[np.int64]]:
    months = [int(t[5:]) for t in texts]
    if not all(1 <= m <= 12 for m in months):
        raise UnreadableMoments(series=series, found=next(t for t in texts if not "01" <= t[5:] <= "12"))
    counts = np.array([12 * int(t[:4]) + m - 1 for t, m in zip(texts, months, strict=True)], dtype=np.int64)
    size = _usual_gap(counts)
    first, positions = _even(series, texts, counts, size, f"{size} M")
    return Step("month", size, first, "period"), positions


def _moments(series: str, texts: Sequence[str]) -> tuple[Step, NDArray[np.int64]]:
    when: list[datetime] = []
    offset = ""
    for text in texts:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise UnreadableMoments(series=series, found=text) from None
        zone = _ZONE.search(text[10:])
        found = zone.group() if zone else ""
        if when and found != offset:
            raise UnreadableMoments(series=series, found=text)
        offset = found
        when.append(moment.replace(tzinfo=None))
    spelling = _spelling(texts[0])
    clocks = {(m - datetime(m.year, m.month, m.day)).seconds for m in when}
    ordered = sorted(set(when))
    gaps = np.array([(b - a).total_seconds() for a, b in pairwise(ordered)])
    long = len(clocks) == 1 and len(gaps) > 0 and float(np.median(gaps)) >= 27 * _DAY
    if long and (monthly := _monthly(series, texts, when, spelling, max(clocks), offset)) is not None:
        return monthly
    seconds = np.array([round((m - _DAWN).total_seconds()) for m in when], dtype=np.int64)
    size = _usual_gap(seconds)
    if size == _DAY and len(clocks) == 1 and len(when) >= 10 and all(m.weekday() < 5 for m in when):
        clock = int(seconds[0] % _DAY)
        counts = np.array([_workdays(m) for m in when], dtype=np.int64)
        first, positions = _even(series, texts, counts, 1, "1 d")
        return Step("seconds", 1, first, spelling, 1, clock, offset, skips_weekends=True), positions
    named = f"{size // _DAY} d" if size % _DAY == 0 else f"{size} s"
    first, positions = _even(series, texts, seconds, size, named)
    return Step("seconds", size, first, spelling, offset=offset), positions


def _workdays(moment: datetime) -> int:
    weeks, day = divmod(moment.toordinal() - 1, 7)  # 0001-01-01 was a Monday
    return 5 * weeks + day


def _spelling(text: str) -> str:
    spelling = "%Y-%m-%d"
    if len(text) > 10:
        spelling += text[10] + "%H"
        colons = _ZONE.sub("", text[11:]).count(":")
        spelling += ":%M" * (colons >= 1) + ":%S" * (colons >= 2)
    return spelling


def _monthly(
    series: str, texts: Sequence[str], when: Sequence[datetime], spelling: str, clock: int, offset: str
) -> tuple[Step, NDArray[np.int64]] | None:
    """Dates in months, quarters or years; None when their days of the month say otherwise."""
    day = max(m.day for m in when)
    ends = all(m.day == calendar.monthrange(m.year, m.month)[1] for m in when)
    if ends:
        day = 31
    if not ends and any(m.day != min(day, calendar.monthrange(m.year, m.month)[1]) for m in when):
        return None
    counts = np.array([12 * m.year + m.month - 1 for m in when], dtype=np.int64)
    size = _usual_gap(counts)
    first, positions = _even(series, texts, counts, size, f"{size} M")
    return Step("month", size, first, spelling, day=day, clock=clock, offset=offset), positions
