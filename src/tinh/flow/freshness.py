"""How far a figure is behind: what its sources should have delivered by now, not when it was computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from tinh.flow.outages import Outage, of_indicator, sources_of
from tinh.kit import periods
from tinh.kit.periods import Grain
from tinh.packs.api import Catalogue, Indicator

if TYPE_CHECKING:
    from tinh.flow.status import DatasetStatus, Status

State = Literal["fresh", "partial", "late", "stopped", "unknown"]
_WORST: tuple[State, ...] = ("stopped", "late", "partial", "fresh")
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Freshness:
    """`fresh`: all that was due is there. `partial`: some places are missing. `late`: nothing has come of
    the newest delivery due. `stopped`: see `outage`. `unknown`: nothing is owed. `expected`: the newest
    whole period that ought to stand. `due`: when the next delivery is."""

    state: State = "unknown"
    expected: str = ""
    due: datetime | None = None
    late_since: datetime | None = None
    days: int = 0
    working_days: int = 0
    missing: int = 0
    outage: Outage | None = None

    def age(self, now: datetime) -> float | None:
        """Seconds by which the newest period is behind what should stand: 0 while nothing is overdue;
        None where nothing is owed."""
        if self.state == "unknown":
            return None
        return max(0.0, (now - self.late_since).total_seconds()) if self.late_since else 0.0


def freshness(catalogue: Catalogue, status: Status, indicator: Indicator, place: str = "") -> Freshness:
    """How an indicator stands to the calendars of its datasets; of one `place` where that owes for itself.
    The worst of its datasets counts."""
    stated = {d.dataset: d for d in status.datasets}
    sources = [stated[id] for id in sources_of(catalogue, indicator.id) if id in stated]
    if place == catalogue.place:
        place = ""
    outage = of_indicator(status.outages, indicator.id)
    owing = [each for each in sources if each.last_window]
    due = min((each.next_due for each in owing if each.next_due), default=None)
    if outage is not None:
        since, expected = outage.since, _expected(owing, indicator.period)
        return Freshness("stopped", expected, due, since, outage.days, outage.working_days, 0, outage)
    if not owing:
        return Freshness(due=min((s.next_due for s in sources if s.next_due), default=None))
    expected = _expected(owing, indicator.period)
    made = [_of(each, place, expected, due) for each in owing]
    worst = min((f.state for f in made), key=_WORST.index)
    alike = [f for f in made if f.state == worst]
    return min(alike, key=lambda f: f.late_since.timestamp() if f.late_since else 0.0)


def _of(each: DatasetStatus, place: str, expected: str, due: datetime | None) -> Freshness:
    silence = each.silence
    if silence is not None:
        return Freshness("late", expected, due, silence.since, silence.days, silence.working_days)
    mine = [one for one in each.late if one.place == place] if place else list(each.late)
    if not mine:
        return Freshness("fresh", expected, due)
    worst = min(mine, key=lambda one: one.due_at)
    state: State = "late" if place else "partial"
    return Freshness(
        state, expected, due, worst.due_at if place else None, worst.days, worst.working_days, len(mine)
    )


def _expected(owing: list[DatasetStatus], grain: Grain) -> str:
    """The newest whole period of `grain` that the windows due so far make up."""
    if not owing:
        return ""
    until = min(periods.end(each.last_window) for each in owing)
    name = periods.of(until - _TICK, grain)
    return name if periods.end(name) <= until else periods.shift(name, -1)
