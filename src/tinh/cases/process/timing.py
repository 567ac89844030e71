"""When a declared timer falls due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tinh.cases.errors import NoWorkingClock, TimeWrong
from tinh.cases.process.outcome import WorkingClock
from tinh.packs.api import Cycle, Duration, NotATime, fact_of, iso_moment
from tinh.packs.api import ProcessTimer as Timer

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def due(
    timer: Timer, node: str, facts: Mapping[str, Any], moment: datetime, clock: WorkingClock | None
) -> datetime | None:
    """The moment a timer armed now falls due; None when the fact it leans on is missing or a cycle is over.

    Days, months and years are counted in Vietnam's time. TimeWrong, NoWorkingClock.
    """
    here = moment.astimezone(ZONE)
    try:
        if timer.fact:
            held = fact_of(timer.fact, facts)
            return None if held in (None, "") else iso_moment(str(held), ZONE)
        if timer.kind == "date":
            return iso_moment(timer.text, ZONE)
        if timer.kind == "cycle":
            found = Cycle.parse(timer.text, ZONE).next(here, 0)
            return None if found is None else found[0]
        length = Duration.parse(timer.text)
        if not timer.working:
            return length.after(here)
        if clock is None:
            raise NoWorkingClock(node=node)
        out = here
        if length.days:
            out = clock.add_working(out, days=int(length.days))
        if length.seconds:
            out = clock.add_working(out, hours=length.seconds / 3600)
        return out
    except (NotATime, OverflowError) as error:
        raise TimeWrong(node=node, text=timer.text or timer.fact) from error


def again(timer: Timer, armed: datetime, done: int) -> tuple[datetime, int] | None:
    """The next occurrence of a cycle armed then, `done` being the number of the last one."""
    return Cycle.parse(timer.text, ZONE).next(armed.astimezone(ZONE), done)
