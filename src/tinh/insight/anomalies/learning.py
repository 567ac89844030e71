"""What marks of people change: nothing hidden, each effect named where it shows.

- data error: the value is left out of what later points are held to, as long as it is still the value
marked. - known: the same kind in the same series is not raised for so many periods, nor at the same season
of later years; and the series must surprise by so many decades more for each such mark. - real: changes
nothing; it stays as a confirmed event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from tinh.kit.periods import shift
from tinh.packs.api import Watching

MARKS = ("real", "data_error", "known")
Key = tuple[str, str, str]  # subject, indicator or relation, place


@dataclass(slots=True)
class Learned:
    """What the marks in force say."""

    out: dict[Key, dict[str, float]] = field(default_factory=dict)  # period → value left out
    known: dict[Key, list[tuple[str, str, str, str]]] = field(default_factory=dict)  # kind, first, last, id

    def without(self, values: pl.DataFrame) -> pl.DataFrame:
        """`values` (indicator, place, period, value) with what was marked as an error emptied."""
        gone = [
            (key[1], key[2], period, value)
            for key, cells in self.out.items()
            if key[0] == "indicator"
            for period, value in cells.items()
        ]
        if not gone:
            return values
        columns = {"indicator": pl.String, "place": pl.String, "period": pl.String, "_gone": pl.Float64}
        table = pl.DataFrame(gone, schema=columns, orient="row")
        joined = values.join(table, on=["indicator", "place", "period"], how="left", maintain_order="left")
        same = (pl.col("value") == pl.col("_gone")).fill_null(False)
        return joined.with_columns(value=pl.when(~same).then(pl.col("value"))).drop("_gone")

    def quiets(self, key: Key, kind: str, first: str, score: float, needed: float, rule: Watching) -> str:
        """Why something is not raised: `known:<id>`, `threshold:<marks>`, or nothing."""
        marks = self.known.get(key, [])
        for known_kind, _, last, id in marks:
            if known_kind == kind and _within(first, last, rule.mute):
                return f"known:{id}"
        if marks and score < needed + rule.raise_by * len(marks):
            return f"threshold:{len(marks)}"
        return ""


def _within(first: str, last: str, periods: int) -> bool:
    """Whether a period comes at most so many after another, or at the same season of a later year."""
    if first <= last:
        return False
    if first <= shift(last, periods):
        return True
    return len(first) >= 7 and first[4:] == last[4:]


def learn(anomalies: Iterable[Mapping[str, Any]], marks: pl.DataFrame, cells: pl.DataFrame) -> Learned:
    """What stands of all marks: the newest of each anomaly counts. `cells` holds the values marked as
    errors when they were marked: indicator, place, period, value."""
    newest = {row["anomaly"]: row for row in marks.sort("at").iter_rows(named=True)}
    held = {(r[0], r[1], r[2]): r[3] for r in cells.iter_rows()}
    out = Learned()
    for one in anomalies:
        mark = newest.get(one["id"])
        if mark is None or mark["mark"] not in ("known", "data_error"):
            continue
        key = (one["subject"], one["relation"] or one["indicator"], one["place"])
        if mark["mark"] == "known":
            out.known.setdefault(key, []).append((one["kind"], one["first"], one["last"], one["id"]))
            continue
        period = one["first"]
        while period <= one["last"]:
            value = held.get(
                (one["indicator"], one["place"], period), one["value"] if period == one["first"] else None
            )
            if value is not None:
                out.out.setdefault(key, {})[period] = value
            period = shift(period, 1)
    return out
