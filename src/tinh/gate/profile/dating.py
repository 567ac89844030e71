"""Cells that are days, moments or periods, and in which order day and month stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from tinh.gate import moments
from tinh.gate.profile import writing
from tinh.kit.periods import GRAINS, Grain

_ISO_DAY = r"^\d{4}-\d{1,2}-\d{1,2}$"
_ISO_MOMENT = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$"
_APART = re.compile(r"^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:[ T](\d{1,2}):(\d{2})(:\d{2})?)?$")
_APART_FORM = r"^\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?$"
_YEAR_FIRST = r"^\d{4}[/.]\d{1,2}[/.]\d{1,2}$"
_NUMERIC = r"^\d+(?:\.\d+)?$"
_MOST = 3000


@dataclass(frozen=True, slots=True)
class Days:
    """`kind` date or timestamp; `order` dmy, mdy or ymd; `sure` when some day is past the twelfth."""

    kind: str
    formats: tuple[str, ...]
    order: str
    sure: bool
    hits: int
    mixed: int = 0


def days(values: pl.Series, counts: pl.Series) -> Days | None:
    """How most cells write a day, when they do."""
    iso = values.str.contains(_ISO_MOMENT)
    if (hits := int(counts.filter(iso).sum())) and hits * 2 > int(counts.sum()):
        return Days("timestamp", (), "ymd", True, hits)
    iso = values.str.contains(_ISO_DAY)
    apart = values.str.contains(_APART_FORM)
    first = values.str.contains(_YEAR_FIRST)
    hits = int(counts.filter(iso | apart | first).sum())
    if not hits or hits * 2 <= int(counts.sum()):
        return None
    forms: dict[str, int] = {}
    before, after, timed = 0, 0, False
    for value, count in zip(values.filter(apart), counts.filter(apart), strict=True):
        found = _APART.match(value)
        if not found:
            hits -= count
            continue
        one, mark, two, year, hour, _, seconds = found.groups()
        before = max(before, int(one))
        after = max(after, int(two))
        timed = timed or hour is not None
        tail = ("" if hour is None else " %H:%M") + ("" if seconds is None else ":%S")
        form = f"{{0}}{mark}{{1}}{mark}{'%Y' if len(year) == 4 else '%y'}{tail}"
        forms[form] = forms.get(form, 0) + count
    swapped = after > 12 and before <= 12
    order = "mdy" if swapped else "dmy"
    pair = ("%m", "%d") if swapped else ("%d", "%m")
    formats = [f.format(*pair) for f in sorted(forms, key=lambda f: -forms[f])]
    if iso.any():
        formats.append("%Y-%m-%d")
    if first.any():
        marks = values.filter(first).str.slice(4, 1).unique().to_list()
        formats += [f"%Y{m}%m{m}%d" for m in marks]
    mixed = 0
    if before > 12 and after > 12:  # both orders stand in one column
        mixed = int(counts.filter(apart).sum())
    if not forms:
        order = "ymd"
    plain = formats == ["%Y-%m-%d"]
    return Days(
        "timestamp" if timed else "date",
        () if plain else tuple(formats),
        order,
        max(before, after) > 12 or not forms,
        hits,
        mixed,
    )


def read(values: pl.Series, found: Days) -> pl.Series:
    """The days or moments of cells, for ranges; null where they are not."""
    if found.kind == "timestamp" and not found.formats:
        return (
            values.str.slice(0, 19).str.replace("T", " ").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
        )
    parts = [
        values.str.to_datetime(f, strict=False)
        if "%H" in f
        else values.str.to_date(f, strict=False).cast(pl.Datetime)
        for f in (*found.formats, "%Y-%m-%d")
    ]
    return pl.select(pl.coalesce(*parts)).to_series()


def serials(values: pl.Series, counts: pl.Series, header: str) -> int:
    """Cells that may be Excel's day numbers: whole numbers of 1954–2064 under a header of days."""
    if not writing.says(header, *writing.DATES):
        return 0
    number = values.cast(pl.Float64, strict=False)
    return int(counts.filter(((number >= 20_000) & (number <= 60_000)).fill_null(False)).sum())


def period(values: pl.Series, counts: pl.Series, header: str) -> dict[str, Any] | None:
    """The grain of a column of periods: `T1/2025`, `Quý I năm 2025`, `01/2025`, `2025`."""
    hinted = writing.says(header, *writing.PERIODS)
    if values.str.contains(_NUMERIC).all() and not hinted:
        return None
    seen = values.head(_MOST).to_list()
    grains: dict[Grain, int] = {}
    hits = 0
    for value, count in zip(seen, counts.head(_MOST), strict=True):
        grain = grain_of(value)
        if grain is not None:
            grains[grain] = grains.get(grain, 0) + count
            hits += count
    if not grains:
        return None
    finest = min(grains, key=lambda g: GRAINS.index(g))
    coarsest = max(grains, key=lambda g: GRAINS.index(g))
    return {"grain": coarsest, "finest": finest, "mixed": finest != coarsest, "hits": hits}


def grain_of(text: str) -> Grain | None:
    """The grain of a period as people write it; None when it is none."""
    for grain in GRAINS:
        if moments.parse(text, grain) is not None:
            return grain
    return None


_BARE = re.compile(
    r"^(?:tháng|thang|t)\s*\.?\s*(\d{1,2})$|^(?:quý|quy|q)\s*\.?\s*(?:[1-4]|iv|i{1,3})$", re.IGNORECASE
)


def yearless(values: pl.Series) -> bool:
    """`Tháng 1`, `T2`, `Quý I`: periods whose year must come from elsewhere."""
    seen = values.head(100).to_list()
    return bool(seen) and all(_BARE.match(v.strip()) for v in seen)


def after_now(values: pl.Series, now: datetime) -> int:
    return int((values > now).sum())
