"""Indicators under a changed definition: stored values beside those the new one makes of the same rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl

from tinh.flow.planned import Revalued, Standing, TargetMove, ValueMove
from tinh.insight.api import Together
from tinh.kit.errors import TinhError
from tinh.lake.api import Lake
from tinh.packs.api import Catalogue, Dataset, Indicator, Target

EXAMPLES = 5
CLOSE = 1e-9  # relative difference below which two sums of the same rows are the same value
_COMPUTED = (
    "version",
    "period",
    "through",
    "min_coverage",
    "over_time",
    "over_places",
    "places",
    "formula",
    "over_reforms",
)
_READ = ("kind", "key", "place", "period", "life", "expect")


class Revaluing:
    """Computes changed indicators over one lake without writing."""

    def __init__(
        self, before: Catalogue, after: Catalogue, lake: Lake, gazetteer: Any, now: datetime
    ) -> None:
        self._before, self._after = before, after
        self._lake, self._gazetteer, self._now = lake, gazetteer, now
        self.frames: dict[str, pl.DataFrame] = {}  # by indicator, what was computed

    def changed(self) -> tuple[str, ...]:
        """Indicators whose values may differ: changed themselves, in what they read, or new."""
        before, after = self._before, self._after
        everything = any(getattr(before, f) != getattr(after, f) for f in ("place", "timezone", "units"))
        moved = {id for id, d in after.datasets.items() if not _read_alike(before.datasets.get(id), d)}
        out: dict[str, None] = {}

        def differs(id: str, seen: frozenset[str]) -> bool:
            new, old = after.indicators[id], before.indicators.get(id)
            if everything or old is None or any(getattr(old, f) != getattr(new, f) for f in _COMPUTED):
                return True
            if moved & set(new.reads()):
                return True
            inner = [i for i in new.formula.indicators if i in after.indicators and i not in seen]
            return any(differs(i, seen | {id}) for i in inner)

        for id in after.indicators:
            if differs(id, frozenset()):
                out[id] = None
        return tuple(out)

    def of(self, id: str) -> Revalued:
        new = self._after.indicators[id]
        old = self._before.indicators.get(id)
        versions = (old.version if old else 0, new.version)
        stored = self.stored(old)
        try:
            work = Together(self._after, self._lake, self._gazetteer, self._now, [new])
            computed = work.compute(new, None).filter(~pl.col("_gone"))
        except Exception as error:  # a definition nobody could compute is an effect to be told
            if isinstance(error, TinhError) and error.retry:
                raise
            said = error.detail().en if isinstance(error, TinhError) else str(error).splitlines()[0]
            return Revalued(id, versions, len(_known(stored)), 0, 0, 0, 0, failed=said[:300])
        self.frames[id] = computed
        return _compared(id, versions, _known(stored), _known(computed))

    def stored(self, indicator: Indicator | None) -> pl.DataFrame:
        if indicator is None:
            return self._lake.values([])
        return self._lake.values(indicator.id, version=indicator.version)

    def after(self, indicator: Indicator) -> pl.DataFrame:
        """The values the new definition shows: computed where it changed, else as stored."""
        found = self.frames.get(indicator.id)
        return self.stored(indicator) if found is None else found

    def targets(self) -> tuple[TargetMove, ...]:
        """Targets set, dropped or moved, and targets whose value moves."""
        out = []
        for id in dict.fromkeys((*self._before.indicators, *self._after.indicators)):
            old, new = self._before.indicators.get(id), self._after.indicators.get(id)
            was, now = old.targets if old else (), new.targets if new else ()
            if not (was or now) or (was == now and id not in self.frames):
                continue
            a = {t.by: t for t in was}
            b = {t.by: t for t in now}
            for by in sorted({*a, *b}):
                before = _standing(old, a[by], self._newest(self.stored(old))) if old and by in a else None
                after = _standing(new, b[by], self._newest(self.after(new))) if new and by in b else None
                if not _same(before, after):
                    out.append(TargetMove(id, by.isoformat(), before, after))
        return tuple(out)

    def _newest(self, frame: pl.DataFrame) -> tuple[str, float | None]:
        """The province's newest value and its period."""
        mine = _known(frame).filter(pl.col("place") == self._after.place).sort("period")
        if mine.is_empty():
            return "", None
        row = mine.row(-1, named=True)
        return row["period"], row["value"]


def _read_alike(before: Dataset | None, after: Dataset) -> bool:
    if before is None:
        return False
    kinds = [{c.name: c.logical for c in d.columns} for d in (before, after)]
    return kinds[0] == kinds[1] and all(getattr(before, f) == getattr(after, f) for f in _READ)


def _known(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("value").is_not_null()).select("place", "period", "value")


def _compared(id: str, versions: tuple[int, int], old: pl.DataFrame, new: pl.DataFrame) -> Revalued:
    both = old.join(new, on=["place", "period"], how="full", suffix="_new", coalesce=True)
    apart = (pl.col("value_new") - pl.col("value")).abs()
    scale = pl.max_horizontal(pl.col("value").abs(), pl.col("value_new").abs())
    moved = both.filter(apart > CLOSE * scale).sort(apart, "place", "period", descending=[True, False, True])
    appear = both.filter(pl.col("value").is_null()).sort("period", "place", descending=[True, False])
    vanish = both.filter(pl.col("value_new").is_null()).sort("period", "place", descending=[True, False])
    return Revalued(
        id, versions, len(old), len(new), len(moved), len(appear), len(vanish),
        _moves(moved), _moves(appear), _moves(vanish),
    )  # fmt: skip


def _moves(frame: pl.DataFrame) -> tuple[ValueMove, ...]:
    rows = frame.head(EXAMPLES).select("place", "period", "value", "value_new").iter_rows()
    return tuple(ValueMove(*row) for row in rows)


def _standing(indicator: Indicator, target: Target, newest: tuple[str, float | None]) -> Standing:
    period, value = newest
    if value is None:
        return Standing(indicator.version, target.value, period, None, None, None)
    missing = value - target.value if indicator.direction == "down" else target.value - value
    return Standing(indicator.version, target.value, period, value, missing <= 0, max(0.0, missing))


def _same(before: Standing | None, after: Standing | None) -> bool:
    if before is None or after is None:
        return before is after
    if (before.target, before.met) != (after.target, after.met):
        return False
    a, b = before.value, after.value
    return a == b or (a is not None and b is not None and abs(a - b) <= CLOSE * max(abs(a), abs(b)))
