"""What the gate may ask, answered from the lake and the gazetteer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import polars as pl

from tinh.gate.api import Judgement, Known
from tinh.kit.calendar import WorkingCalendar
from tinh.lake.api import SPAN, Lake
from tinh.packs.api import Catalogue, Dataset


@dataclass(slots=True)
class Group:
    """Receipts judged together. Their own rows, which a crash may have left in the lake, do not
    count as stored; `taken` are the stream keys of those already judged; `blind`: no key is known."""

    receipts: Sequence[str] = ()
    taken: set[str] = field(default_factory=set)
    keys: set[str] | None = None
    span: tuple[str, str] | None = None
    blind: bool = False


_REST = 30.0  # seconds for which what was learnt of a growing dataset stays good enough


class _Seen:
    """Which keys of a frame are stored or taken. The keys around a frame are fetched once and
    serve the receipts that follow, which mostly speak of the same hours."""

    def __init__(self, lake: Lake, dataset: Dataset, group: Group) -> None:
        self._lake = lake
        self._dataset = dataset
        self._group = group
        self.span: tuple[str, str] | None = None  # the periods of the rows that were known

    def __call__(self, frame: pl.DataFrame) -> pl.Series:
        mine = self._known(frame)
        if "_period" in frame.columns and mine.any():
            periods = frame.get_column("_period").filter(mine).drop_nulls()
            if len(periods):
                told = (str(periods.min()), str(periods.max()))
                before = self.span or told
                self.span = min(told[0], before[0]), max(told[1], before[1])
        return mine

    def _known(self, frame: pl.DataFrame) -> pl.Series:
        known = self._stored(frame)
        taken = self._group.taken
        if known is not None:
            mine = [key in known or key in taken for key in frame.get_column("_key").to_list()]
            return pl.Series("seen", mine, dtype=pl.Boolean)
        stored = self._lake.seen(self._dataset, frame, self._group.receipts)
        mine = [key in taken for key in frame.get_column("_key").to_list()]
        return stored | pl.Series("seen", mine, dtype=pl.Boolean)

    def _stored(self, frame: pl.DataFrame) -> set[str] | None:
        group = self._group
        if frame.is_empty() or "_period" not in frame.columns or frame.get_column("_period").null_count():
            return None
        first, last = str(frame.get_column("_period").min()), str(frame.get_column("_period").max())
        if group.span is None or first < group.span[0] or last > group.span[1]:
            wider = (
                (first, last) if group.span is None else (min(first, group.span[0]), max(last, group.span[1]))
            )
            group.keys = self._lake.keys(self._dataset, *wider, group.receipts)
            group.span = wider
        return group.keys


def spanned(judged: Judgement, known: Known) -> Judgement:
    """The judgement with a note of the periods in which rows were skipped as known, so that a recall
    need not read a receipt again which cannot help it."""
    if not isinstance(known.seen, _Seen) or known.seen.span is None:
        return judged
    notes = (*judged.verdict.notes, f"{SPAN}{'/'.join(known.seen.span)}")
    return replace(judged, verdict=replace(judged.verdict, notes=notes))


class Knowledge:
    """Answers about what is stored, remembered until the dataset changes."""

    def __init__(self, catalogue: Catalogue, lake: Lake, gazetteer: Any) -> None:
        self._catalogue = catalogue
        self._lake = lake
        self.gazetteer = gazetteer
        self._calendar = WorkingCalendar(extra=catalogue.calendar)
        self._lock = threading.Lock()
        self._learnt: dict[tuple[str, ...], tuple[int, int, float, Any]] = {}

    def of(self, dataset: Dataset, now: datetime, group: Group) -> Known:
        """The gate's questions for one dataset, asked for the receipts of a group in turn."""
        return Known(
            now=now,
            province=self._catalogue.place,
            gazetteer=self.gazetteer,
            timezone=self._catalogue.timezone,
            calendar=self._calendar,
            reference=self.reference,
            seen=None if group.blind else _Seen(self._lake, dataset, group),
            past=lambda column: self._learn(
                ("past", dataset.id, column), dataset, lambda: self._lake.past(dataset, column), _REST
            ),
            known_places=lambda: self._learn(
                ("places", dataset.id), dataset, lambda: self._lake.places(dataset), _REST
            ),
        )

    def reference(self, dataset_id: str, column: str) -> pl.Series | None:
        """The values of a register's column; None when nobody declares that register, or when
        nothing of it has come yet: then nobody can say that a row points nowhere."""
        dataset = self._catalogue.datasets.get(dataset_id)
        if dataset is None or all(c.name != column for c in dataset.columns):
            return None
        values: pl.Series = self._learn(
            ("reference", dataset_id, column), dataset, lambda: self._lake.reference(dataset, column), 0.0
        )
        return values if len(values) else None

    def _learn(self, key: tuple[str, ...], dataset: Dataset, ask: Callable[[], Any], rest: float) -> Any:
        version, recalls = self._lake.data_version(dataset), self._lake.recalls.version()
        with self._lock:
            known = self._learnt.get(key)
        fresh = known is not None and (known[0] == version or time.monotonic() - known[2] < rest)
        if known is not None and fresh and known[1] == recalls:
            return known[3]
        answer = ask()
        with self._lock:
            self._learnt[key] = (version, recalls, time.monotonic(), answer)
        return answer
