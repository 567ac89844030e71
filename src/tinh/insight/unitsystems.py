"""Systems of units: between two reforms the lowest units of a province stand still.

A system is named by a day on which it stood: the first day of it, or the eve of the first reform.
That name is the column `units` of a restated value; a value as it was reported has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import polars as pl

from tinh.insight.ground import Places
from tinh.kit.periods import end, start

AS_REPORTED = ""


@dataclass(frozen=True)
class Systems:
    """The systems of one province up to a day, oldest first."""

    places: Places
    province: str
    until: date
    _standing: dict[int, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)
    _made: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def days(self) -> tuple[date, ...]:
        turns = self.places.turns(self.province, self.until)
        return (turns[0] - timedelta(days=1), *turns) if turns else ()

    @property
    def several(self) -> bool:
        return len(self.days) > 1

    def named(self, number: int) -> str:
        return self.days[number].isoformat()

    def of_day(self, day: date) -> int:
        """The number of the system that stood on a day."""
        return max((n for n, first in enumerate(self.days) if first <= day), default=0)

    def standing(self, number: int) -> frozenset[str]:
        if number not in self._standing:
            units = self.places.lowest(self.province, self.days[number])
            self._standing[number] = frozenset(u.code for u in units)
        return self._standing[number]

    @cached_property
    def everybody(self) -> frozenset[str]:
        """Every code that was a lowest unit in any system."""
        return frozenset().union(*(self.standing(n) for n in range(len(self.days))))

    @cached_property
    def _members(self) -> pl.DataFrame:
        rows = [(n, code) for n in range(len(self.days)) for code in self.standing(n)]
        return pl.DataFrame(rows, schema={"_system": pl.Int64, "place": pl.String}, orient="row")

    def placed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of lowest units, with the `_system` each stands in: that of the period's last day,
        or of its first where the unit had ended by the last (a year that a reform cuts)."""
        spelt = frame["period"].unique().to_list()
        both = pl.DataFrame(
            [(p, self.of_day(min(_last(p), self.until)), self.of_day(start(p).date())) for p in spelt],
            schema={"period": pl.String, "_late": pl.Int64, "_early": pl.Int64},
            orient="row",
        )
        asked = frame.join(both, on="period", how="left")
        here = self._members
        late = asked.join(here, left_on=["_late", "place"], right_on=["_system", "place"], how="semi")
        rest = asked.join(here, left_on=["_late", "place"], right_on=["_system", "place"], how="anti")
        early = rest.join(here, left_on=["_early", "place"], right_on=["_system", "place"], how="semi")
        return pl.concat(
            [late.with_columns(_system=pl.col("_late")), early.with_columns(_system=pl.col("_early"))]
        ).drop("_late", "_early")

    def spans(self, source: int, target: int, by: str) -> pl.DataFrame:
        """`place, target, share, guessed, weight, weighed, sources` from one system to another."""
        key = (source, target, by)
        if key not in self._made:
            self._made[key] = self._spans(*key)
        out: pl.DataFrame = self._made[key]
        return out

    def _spans(self, source: int, target: int, by: str) -> pl.DataFrame:
        found = self.places.bridge(self.province, self.days[source], self.days[target], by)
        return pl.DataFrame(
            [(s.source, s.target, s.share, s.guessed, s.weight, s.weighed) for s in found],
            schema={
                "place": pl.String, "target": pl.String, "share": pl.Float64, "guessed": pl.Float64,
                "weight": pl.Float64, "weighed": pl.Boolean,
            },
            orient="row",
        ).with_columns(sources=pl.len().over("target"))  # fmt: skip

    def family(
        self, places: Iterable[str], by: str
    ) -> tuple[frozenset[str], dict[tuple[int, int], frozenset[str]]]:
        """All places whose values are needed to restate what hangs on `places`, and by (source, target)
        system the targets that change with them."""
        wanted, needed = set(places), set(places)
        key = (frozenset(wanted), by)
        if key in self._made:
            kept: tuple[frozenset[str], dict[tuple[int, int], frozenset[str]]] = self._made[key]
            return kept
        targets: dict[tuple[int, int], frozenset[str]] = {}
        for source in range(len(self.days)):
            for target in range(len(self.days)):
                if source == target:
                    continue
                spans = self.spans(source, target, by)
                own = wanted & self.standing(target)  # in a period that a reform cuts
                hit = set(spans.filter(pl.col("place").is_in(list(wanted)))["target"].to_list()) | own
                targets[source, target] = frozenset(hit)
                needed |= hit | set(spans.filter(pl.col("target").is_in(list(hit)))["place"].to_list())
        self._made[key] = frozenset(needed), targets
        return frozenset(needed), targets


def _last(period: str) -> date:
    return (end(period) - timedelta(seconds=1)).date()
