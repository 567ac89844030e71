"""Lists of what has all words asked, without fetching every hit of a common word.

Few hits are fetched and their rows read. Of many, a list of the newest is filled from stretches of months,
the latest first, each longer than the one before; a list in another order is walked and each row asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Min, QuerySet

from tinh.cases import words
from tinh.cases.models import Case
from tinh.people import api as people

GATHERED = 5000  # hits whose rows are read rather than walked to
_LISTED = 2000  # of these a list of the newest asks for no stretches


@dataclass(frozen=True, slots=True)
class Sought:
    """Words asked (their marks), and what besides narrows the hits themselves. `agencies` None: any; `sent`:
    words as they were sent count too, which is for whoever may see reporters of all agencies."""

    marks: tuple[str, ...]
    agencies: frozenset[str] | None = None
    category: str = ""
    place: str = ""
    sent: bool = False

    def query(self, months: tuple[str, ...] = ()) -> str:
        """As a tsquery."""
        return words.query(self.marks, self.agencies, self.category, self.place, months)


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a list, after those of the parts before. `walked`: read along an index and each asked, else
    found by their numbers."""

    rows: QuerySet[Any]
    walked: bool


def having(found: QuerySet[Any], sought: Sought, most: int, column: str = "cases_case.id") -> Part:
    """Rows whose case has these words: of up to `most` hits by their numbers, else by asking each row, which
    has not far to go to fill a page where most have them."""
    return _by(found, sought, sought.query(), most, column) or _walk(found, sought, sought.query(), column)


def newest(
    found: QuerySet[Any], sought: Sought, since: datetime | None = None, until: datetime | None = None,
    column: str = "cases_case.id", opened: str = "opened_at",
) -> Iterator[Part]:  # fmt: skip
    """The same for a list of the newest first, part by part, to be read until a page is full. `since`,
    `until`: bounds of `opened` that `found` has anyway."""
    whole = _by(found, sought, sought.query(), _LISTED, column)
    if whole is not None:
        yield whole
        return
    for months in _stretches(since, until):
        told = sought.query(tuple(f"{year}-{month:02d}" for year, month in months))
        part = _by(found, sought, told, GATHERED, column)
        if part is None:
            begin, (year, month) = _first(*months[-1]), months[0]
            end = _first(year + month // 12, month % 12 + 1)
            within = found.filter(**{f"{opened}__gte": begin, f"{opened}__lt": end})
            part = _walk(within, sought, told, column)
        yield part


def _by(found: QuerySet[Any], sought: Sought, told: str, most: int, column: str) -> Part | None:
    has, asks = _has(sought, told)
    with connection.cursor() as cursor:
        cursor.execute(f"select case_id from cases_words where {has} limit {most + 1}", asks)
        hits = [number for (number,) in cursor.fetchall()]
    if len(hits) > most:
        return None
    return Part(found.extra(where=[f"{column} = any (%s)"], params=[hits]), walked=False)


def _walk(found: QuerySet[Any], sought: Sought, told: str, column: str) -> Part:
    has, asks = _has(sought, told)
    one = f"select from cases_words w where w.case_id = {column} and {has} offset 0"
    return Part(found.extra(where=[f"exists ({one})"], params=asks), walked=True)  # offset 0: asked of each


def _has(sought: Sought, told: str) -> tuple[str, list[str]]:
    if sought.sent:
        return "(words @@ %s::tsquery or sent @@ %s::tsquery)", [told, told]
    return "words @@ %s::tsquery", [told]


def _stretches(since: datetime | None, until: datetime | None) -> Iterator[list[tuple[int, int]]]:
    """Months (year, month) in UTC from the latest back, 1, then 2, 4, 8 …"""
    with people.through("case"):
        known = Case.objects.aggregate(first=Min("opened_at"), last=Max("opened_at"))
    if known["first"] is None:
        return
    first, last = max(known["first"], since or known["first"]), min(known["last"], until or known["last"])
    at, end, many = _number(last), _number(first), 1
    while at >= end:
        yield [(n // 12, n % 12 + 1) for n in range(at, max(end, at - many + 1) - 1, -1)]
        at, many = at - many, many * 2


def _number(moment: datetime) -> int:
    plain = moment.astimezone(UTC)
    return plain.year * 12 + plain.month - 1


def _first(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


def with_words(
    found: QuerySet[Any], text: str, column: str, opened: str, *, agency: str = "", category: str = "",
    place: str = "", since: datetime | None = None, until: datetime | None = None,
) -> Iterator[QuerySet[Any]]:  # fmt: skip
    """Rows of a desk's table (already narrowed, the newest case first) whose case, its number in `column` and
    its moment in `opened`, has all these words: in parts that follow each other. Words the desk has covered
    count too: what is shown is to be held against `holds`."""
    marks = words.asked(text)
    if not marks:
        return
    agencies = frozenset((agency,)) if agency else None
    for part in newest(found, Sought(tuple(marks), agencies, category, place), since, until, column, opened):
        yield part.rows


def holds(text: str, asked: str) -> bool:
    """Whether a text has all words asked, as search understands them: with and without diacritics."""
    return set(words.asked(asked)) <= set(words.marks_of(text))
