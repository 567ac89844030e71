"""Periods in headers, titles, names of sheets and files, as patterns that a layout can carry.

Patterns are in the syntax of Rust's regex crate; Python reads the few that stand here alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tinh.kit.periods import GRAINS, Grain

_IN = r"\s*(?:[/.\-_]|năm|nam|\s)\s*(?:năm\s*|nam\s*)?"
_MONTH = r"(?:tháng|thang|(?:\b|_)t)[\s._\-]*"  # not the last letter of `Sheet1`
_QUARTER = r"(?:quý|quy|(?:\b|_)q)[\s._\-]*"
NAMED = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"


@dataclass(frozen=True, slots=True)
class Form:
    """A way of writing a period: what it lacks (`y`, `m`) must stand elsewhere."""

    grain: Grain
    pattern: str
    template: str
    lacks: tuple[str, ...] = ()
    loose: bool = False  # only where a whole header is nothing else


_WORDS = (
    r"(?:tháng|thang)\s+(?:giêng|mười một|mười hai|mười|một|hai|ba|tư|bốn|năm|sáu|bảy|bẩy|tám|chín|"
    r"muoi mot|muoi hai|muoi|mot|bon|sau|bay|tam|chin)"
)

FORMS: tuple[Form, ...] = (
    Form("day", r"(?P<d>\d{1,2})[/.\-](?P<m>\d{1,2})[/.\-](?P<y>\d{4})", "{y}-{m:02}-{d:02}"),
    Form("day", r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", "{y}-{m:02}-{d:02}"),
    Form(
        "day", r"(?i)ngày\s*(?P<d>\d{1,2})\s*tháng\s*(?P<m>\d{1,2})\s*năm\s*(?P<y>\d{4})", "{y}-{m:02}-{d:02}"
    ),
    Form("quarter", rf"(?i){_QUARTER}(?P<q>[1-4]){_IN}(?P<y>\d{{4}})", "{y}-Q{q}"),
    Form("quarter", rf"(?i){_QUARTER}(?P<q>IV|I{{1,3}}){_IN}(?P<y>\d{{4}})", "Quý {q}/{y}"),
    Form("month", rf"(?i){_MONTH}(?P<m>\d{{1,2}}){_IN}(?P<y>\d{{4}})", "{y}-{m:02}"),
    Form("month", r"(?P<y>20\d{2})[-_.](?P<m>0[1-9]|1[0-2])(?:\D|$)", "{y}-{m:02}"),
    Form("month", r"(?P<m>\d{1,2})[/.\-_](?P<y>20\d{2})", "{y}-{m:02}"),
    Form("month", r"(?:^|\D)(?P<y>20\d{2})(?P<m>0[1-9]|1[0-2])(?:\D|$)", "{y}-{m:02}"),
    Form("month", rf"(?i)(?P<p>{_WORDS}{_IN}(?:19|20)\d{{2}})", "{p}"),
    Form(
        "month",
        r"(?i)(?:^| / )\s*(?:(?:tháng|thang|thg|t)\.?\s*)?(?P<m>\d{1,2})[/-](?P<y>1[3-9]|[2-4]\d)\s*$",
        "20{y}-{m:02}",
    ),
    Form("quarter", rf"(?i)(?P<p>{NAMED}\s*(?:to|-|–)\s*{NAMED}[\s,/-]+(?:19|20)\d{{2}})", "{p}"),
    Form("month", rf"(?i)(?P<p>{NAMED}[\s,/-]+(?:(?:19|20)\d{{2}}|\d{{2}}))(?:\D|$)", "{p}"),
    Form("quarter", rf"(?i){_QUARTER}(?P<q>[1-4])", "{nam}-Q{q}", ("y",)),
    Form("quarter", rf"(?i){_QUARTER}(?P<q>IV|I{{1,3}})\b", "Quý {q}/{nam}", ("y",)),
    Form("month", rf"(?i){_MONTH}(?P<m>\d{{1,2}})", "{nam}-{m:02}", ("y",)),
    Form("month", rf"(?i)(?P<p>{_WORDS})(?:[^\w/]|$)", "{p}/{nam}", ("y",)),
    Form("month", r"^\s*(?P<m>\d{1,2})$", "{nam}-{m:02}", ("y",), loose=True),
    Form("year", r"(?i)(?:năm|nam)[\s._\-]*(?P<y>(?:19|20)\d{2})", "{y}"),
    Form("year", r"(?:^|\D)(?P<y>(?:19|20)\d{2})(?:\D|$)", "{y}"),
    Form(
        "day",
        r"(?i)^(?:ngày|ngay|n)?\s*(?P<d>\d{1,2})(?:\s*/.*)?$",
        "{nam}-{thang:02}-{d:02}",
        ("y", "m"),
        loose=True,
    ),
)
YEAR = r"(?i)(?:năm|nam)[\s._\-]*((?:19|20)\d{2})"
ANY_YEAR = r"(?:^|\D)((?:19|20)\d{2})(?:\D|$)"
MONTH_ONLY = rf"(?i){_MONTH}(\d{{1,2}})"


_PART = re.compile(
    r"(?i)\d\s*(?:tháng|thang|quý)|(?:tháng|thang|quý|quy)\s*(?:\d|[ivx]+\b)|(?:đầu|cuối|giữa)\s+năm|kỳ\s*\d"
)


def of_part(text: str) -> bool:
    """Whether a text speaks of a part of a year: `6 tháng đầu năm 2026` is no year."""
    return bool(_PART.search(text))


def form_for(texts: Sequence[str], every: Grain, loose: bool = False) -> Form | None:
    """The first form of the grain that every text has, and in as many different values as there are texts."""
    for form in FORMS:
        if form.grain != every or (form.loose and not loose):
            continue
        if form.grain == "year" and any(map(of_part, texts)):
            continue
        found = [re.search(form.pattern, t) for t in texts]
        if all(found) and len({tuple(m.groups()) for m in found if m}) == len(set(texts)):
            numbers = [int(m.group("d")) for m in found if m and "d" in m.groupdict()]
            months = [int(m.group("m")) for m in found if m and "m" in m.groupdict()]
            if all(1 <= n <= 31 for n in numbers) and all(1 <= n <= 12 for n in months):
                return form
    return None


def shorter(every: Grain) -> tuple[Grain, ...]:
    """The grain, and those of days and hours, coarsest first: a day is in its month, but a month's figure is
    none of the year."""
    finer = GRAINS[: GRAINS.index(every)]
    return (every, *(g for g in reversed(finer) if g in ("day", "hour")))
