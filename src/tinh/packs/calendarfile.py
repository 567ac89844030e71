"""How a province writes its calendar: days that differ from the country's, and the hours of a working day."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from tinh.kit.calendar import Hours, Season
from tinh.packs.shape import BothWords, Day, Declared

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)")
_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_LONGEST = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


def _span(value: Any) -> Any:
    if isinstance(value, str) and not (_SPAN.fullmatch(value) and _minutes(value)[0] < _minutes(value)[1]):
        raise ValueError("span")
    return value


def _minutes(span: str) -> tuple[int, int]:
    a, b = (part.split(":") for part in span.split("-"))
    return int(a[0]) * 60 + int(a[1]), int(b[0]) * 60 + int(b[1])


def _apart(value: list[str]) -> list[str]:
    spans = [_minutes(span) for span in value]
    if any(b[0] < a[1] for a, b in pairwise(spans)):
        raise ValueError("spans")
    return value


def _day_of_year(value: Any) -> Any:
    if isinstance(value, str):
        found = _DAY.fullmatch(value)
        if not found or int(found[2]) > _LONGEST.get(int(found[1]), 31):
            raise ValueError("day of year")
    return value


Span = Annotated[str, BeforeValidator(_span), WithJsonSchema({"type": "string", "pattern": _SPAN.pattern})]
Spans = Annotated[list[Span], Field(min_length=1), AfterValidator(_apart)]
DayOfYear = Annotated[
    str, BeforeValidator(_day_of_year), WithJsonSchema({"type": "string", "pattern": _DAY.pattern})
]


class DayEntry(Declared):
    """A day of the province's own calendar; it overrides the national one."""

    day: Day = Field(description="the day, YYYY-MM-DD")
    works: bool = Field(description="whether the day is worked")
    name: BothWords = Field(description="why")


class SeasonEntry(Declared):
    """A part of every year in which other hours are worked, such as summer."""

    from_: DayOfYear = Field(alias="from", description='first day, MM-DD, such as "04-16"')
    until: DayOfYear = Field(description='last day, MM-DD, such as "10-15"; may lie in the next year')
    hours: Spans = Field(description="the hours worked then")


def _usual() -> list[str]:
    return ["07:30-11:30", "13:30-17:00"]


class CalendarEntry(Declared):
    """When the province works. A plain list means `days`."""

    hours: Spans = Field(
        default_factory=_usual, description='hours of every worked day, rising, such as "07:30-11:30"'
    )
    seasons: list[SeasonEntry] = Field(
        default_factory=list, description="parts of the year with other hours; the first that holds counts"
    )
    days: list[DayEntry] = Field(
        default_factory=list, description="days that differ from the national calendar"
    )

    def compiled(self) -> Hours:
        return Hours(
            tuple(_minutes(span) for span in self.hours),
            tuple(
                Season(_month_day(s.from_), _month_day(s.until), tuple(_minutes(span) for span in s.hours))
                for s in self.seasons
            ),
        )


def _month_day(text: str) -> tuple[int, int]:
    return int(text[:2]), int(text[3:])


def _days(value: Any) -> Any:
    return {"days": value} if isinstance(value, list) else value


AnyCalendar = Annotated[
    CalendarEntry, BeforeValidator(_days, json_schema_input_type=list[DayEntry] | CalendarEntry)
]
