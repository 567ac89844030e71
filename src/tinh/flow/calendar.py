"""What was owed, what came, and when: one dataset held against its calendar of deliveries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from tinh.kit import periods
from tinh.kit.periods import Grain
from tinh.packs.api import Dataset

ANYONE = ""  # stands for the place where a dataset has none, or nothing has come yet
_DEFAULT_DUE = "P5D"
_MOST_WINDOWS = 50_000

Communes = Callable[[str], Iterable[str]]  # period → codes of the communes of the province then
Ended = Callable[[str], date | None]  # place → first day on which it was no more, if it has ended


@dataclass(frozen=True, slots=True)
class Late:
    """A place that has not delivered the last owed window."""

    place: str
    window: str
    due_at: datetime
    days: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A dataset against its calendar: periods there / owed, deliveries on time / due."""

    present: int = 0
    owed: int = 0
    on_time: int = 0
    due: int = 0
    last_window: str = ""
    late: tuple[Late, ...] = ()
    next_window: str = ""
    next_due: datetime | None = None


def window_of(dataset: Dataset) -> Grain | None:
    """The span one delivery answers for; None for a dataset without time."""
    if dataset.period is None:
        return None
    window, every = dataset.expect.window or dataset.period.every, dataset.period.every
    return window if periods.GRAINS.index(window) >= periods.GRAINS.index(every) else every


def hold(
    dataset: Dataset,
    presence: pl.DataFrame,
    now: datetime,
    timezone: str,
    communes: Communes,
    remembered: dict[str, Windows] | None = None,
    ended: Ended = lambda _place: None,
) -> Kept:
    """Hold what is `present` (see Lake.presence) against what the contract expects until `now`."""
    window = window_of(dataset)
    if window is None or dataset.period is None:
        return Kept()
    presence = presence.with_columns(pl.col("place").fill_null(ANYONE))
    first = _first(dataset, presence, window)
    if first is None:
        return Kept()
    windows = remembered.get(dataset.id) if remembered is not None else None
    if windows is None or windows.first != first:
        windows = Windows(dataset, first, ZoneInfo(timezone))
        if remembered is not None:
            remembered[dataset.id] = windows
    calendar = windows.until(now)
    if calendar.is_empty():
        return Kept(next_window=first, next_due=windows.due(first))
    last = str(calendar.get_column("window")[-1])
    upcoming = periods.shift(last, 1)
    owed = _owed(dataset, presence, calendar, communes, ended)
    held = owed.join(presence, on=["place", "window"], how="left")
    on_time = held.filter(pl.col("first_received") <= pl.col("due"))
    missing = held.filter((pl.col("window") == last) & pl.col("first_received").is_null()).sort("place")
    late = tuple(
        Late(row["place"], last, row["due"], max(0, (now - row["due"]).days))
        for row in missing.iter_rows(named=True)
    )
    present = held.select(pl.min_horizontal(pl.col("periods").fill_null(0), "needed").sum()).item()
    return Kept(
        present=int(present or 0),
        owed=int(owed.get_column("needed").sum()),
        on_time=len(on_time),
        due=len(owed),
        last_window=last,
        late=late,
        next_window=upcoming,
        next_due=windows.due(upcoming),
    )


def _first(dataset: Dataset, presence: pl.DataFrame, window: Grain) -> str | None:
    if dataset.expect.start:
        return periods.up(dataset.expect.start, window)
    seen = presence.get_column("window").min()
    return seen if isinstance(seen, str) else None


class Windows:
    """The windows a dataset has owed since its first, each with the moment it was due."""

    def __init__(self, dataset: Dataset, first: str, zone: ZoneInfo) -> None:
        assert dataset.period is not None
        self._dataset = dataset
        self._zone = zone
        self._every = dataset.period.every
        self.first = first
        self._names: list[str] = []
        self._due: list[datetime] = []
        self._needed: list[int] = []

    def until(self, now: datetime) -> pl.DataFrame:
        """`window, due, needed` of each window that was due by `now`."""
        while len(self._names) < _MOST_WINDOWS:
            name = periods.shift(self._names[-1], 1) if self._names else self.first
            due = self.due(name)
            if due > now:
                break
            self._names.append(name)
            self._due.append(due)
            self._needed.append(periods.count_within(name, self._every))
        frame = pl.DataFrame(
            {"window": self._names, "due": self._due, "needed": self._needed},
            schema={"window": pl.String, "due": pl.Datetime("us", "UTC"), "needed": pl.Int64},
        )
        return frame.filter(pl.col("due") <= now)

    def due(self, window: str) -> datetime:
        return _due(self._dataset, window).replace(tzinfo=self._zone).astimezone(UTC)


def _due(dataset: Dataset, window: str) -> datetime:
    end = periods.end(window)
    due = periods.after(end, dataset.expect.due) or periods.after(end, _DEFAULT_DUE)
    assert due is not None
    return due


def _owed(
    dataset: Dataset, presence: pl.DataFrame, calendar: pl.DataFrame, communes: Communes, ended: Ended
) -> pl.DataFrame:
    """One row for each place and window that owes a delivery."""
    places = dataset.expect.places
    if places == "communes":
        pairs = [(p, w) for w in calendar.get_column("window") for p in communes(w)]
        listed = pl.DataFrame(pairs, schema={"place": pl.String, "window": pl.String}, orient="row")
        return listed.join(calendar, on="window")
    begun = presence.group_by("place").agg(pl.col("window").min().alias("begun"))
    if begun.is_empty():
        return calendar.with_columns(pl.lit(ANYONE).alias("place"))
    if places == "province" and len(begun) > 1:
        begun = pl.DataFrame({"place": [ANYONE], "begun": [""]})
    crossed = _relieved(begun.join(calendar, how="cross"), presence, ended)
    if dataset.expect.start and len(begun) == 1:
        return crossed.drop("begun")
    return crossed.filter(pl.col("window") >= pl.col("begun")).drop("begun")


def _relieved(owed: pl.DataFrame, presence: pl.DataFrame, ended: Ended) -> pl.DataFrame:
    """Without what a merged unit would owe once another place delivers; a feed that fell silent
    with its unit stays owed, or it would never be missed."""
    for place in presence.get_column("place").unique():
        day = ended(place) if place else None
        if day is None:
            continue
        after_end = pl.col("window") >= periods.of(day, periods.grain_of(owed.get_column("window")[0]))
        if len(presence.filter((pl.col("place") != place) & after_end)):
            owed = owed.filter((pl.col("place") != place) | ~after_end)
    return owed
