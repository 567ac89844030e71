"""The reforms of the gazetteer in their order, and the way across several of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from tinh.places.bridge import Span, backward, chained, forward, parts_of
from tinh.places.crosswalk import Crosswalk, by_code
from tinh.places.model import REFORM
from tinh.places.records import Tie
from tinh.places.reforms import MEASURES, Measure

if TYPE_CHECKING:
    from tinh.places.gazetteer import Gazetteer


class Steps:
    """One crosswalk a day of reform, made when it is first asked for."""

    def __init__(
        self, book: Gazetteer, ties: Callable[[], list[Tie]], later: Mapping[date, list[Tie]]
    ) -> None:
        self._book = book
        self._ties: dict[date, Callable[[], list[Tie]]] = {REFORM: ties}
        for day, known in later.items():
            self._ties[day] = lambda known=known: known  # type: ignore[misc]  # the default keeps the loop's value
        self._walks: dict[date, Crosswalk] = {}
        self._bridges: dict[tuple[str, date, date, Measure], tuple[Span, ...]] = {}
        self._days: dict[str, tuple[date, ...]] = {}

    def walk(self, day: date) -> Crosswalk:
        if day not in self._walks:
            units = self._book.units
            self._walks[day] = Crosswalk(
                self._ties[day](), by_code(units, True, day), by_code(units, False, day), self._stated(day)
            )
        return self._walks[day]

    def _stated(self, day: date) -> dict[tuple[str, str], float]:
        """Declared shares of the units divided that day, by the first measure there is."""
        out: dict[tuple[str, str], float] = {}
        ranked = sorted(self._book.declared.parts, key=lambda p: MEASURES.index(p.by), reverse=True)
        for parts in ranked:
            if parts.day == day:
                out.update({(parts.older, newer): share for newer, share in parts.shares})
        return out

    def walk_of(self, day: date, older: str) -> Crosswalk | None:
        """The crosswalk that carries on a unit which ended on `day`; None when it was only renamed."""
        if day not in self._ties:
            return None
        walk = self.walk(day)
        return walk if day == REFORM or walk.heirs(older) else None

    def walk_to(self, day: date, newer: str) -> Crosswalk | None:
        """The crosswalk that led to a unit which began on `day`; None when it was only renamed."""
        if day not in self._ties:
            return None
        walk = self.walk(day)
        return walk if day == REFORM or walk.origins(newer) else None

    def begun(self, code: str, until: date) -> date:
        """The day of the last reform, up to `until`, that made the unit what it is."""
        later = (d for d in self._ties if REFORM < d <= until and self.walk_to(d, code) is not None)
        return max(later, default=REFORM)

    def days(self, province: str) -> tuple[date, ...]:
        if province not in self._days:
            within = {u.code for u in self._book.units if u.province == province}
            self._days[province] = tuple(
                day for day in sorted(self._ties) if within & set(self.walk(day).sources)
            )
        return self._days[province]

    def bridge(self, province: str, source: date, target: date, by: Measure) -> tuple[Span, ...]:
        days = self.days(province)
        if source <= target:
            crossed, towards = [d for d in days if source < d <= target], forward
        else:
            crossed, towards = [d for d in reversed(days) if target < d <= source], backward
        key = (province, source, target, by)
        if key not in self._bridges:
            spans = [Span(u.code, u.code, 1.0, 0.0, 1.0, True) for u in self._book.lowest(province, source)]
            for day in crossed:
                walk = self.walk(day)
                inside = [c for c in walk.sources if (u := walk.old(c)) and u.province == province]
                step = towards(parts_of(walk, day, self._book.declared, by, inside))
                spans = chained(spans, step)
            self._bridges[key] = tuple(sorted(spans, key=lambda s: (s.source, s.target)))
        return self._bridges[key]
