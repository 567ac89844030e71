"""What was owed, what came, and when: one dataset held against its calendar of deliveries.

A contract that names no `start` owes from the window in which its first delivery came: what it
brought of the time before is history, not a debt; so for each place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from tinh.kit import periods
from tinh.kit.calendar import WorkingCalendar
from tinh.kit.periods import Grain
from tinh.packs.api import Dataset, due_at, grace_of

ANYONE = ""  # stands for the place where a dataset has none, or nothing has come yet
_DEFAULT_DUE = "P5D"
_MOST_WINDOWS = 50_000
_TICK = timedelta(microseconds=1)
_DUE = pl.Datetime("us", "UTC")

Communes = Callable[[str], Iterable[str]]  # period → codes of the communes of the province then
Extended = Callable[[str], Mapping[str, datetime]]  # dataset → window → the deadline granted instead
Ended = Callable[[str], date | None]  # place → first day on which it was no more, if it has ended


@dataclass(frozen=True, slots=True)
class Late:
    """A place that has not delivered the last owed window."""

    place: str
    window: str
    due_at: datetime
    days: int
    working_days: int = 0


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing has come for `window` nor for any after it, from anybody. `stopped`: for longer than the
    contract's grace, from a source that used to deliver."""

    window: str
    since: datetime
    days: int
    working_days: int
    stopped: bool


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
    silence: Silence | None = None


@dataclass(frozen=True)
class Ground:
    """What a calendar stands on: the province's clock, working days, communes, and ended places."""

    timezone: str
    communes: Communes
    ended: Ended = lambda _place: None
    working: WorkingCalendar = field(default_factory=WorkingCalendar)
    extended: Extended = lambda _dataset: {}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def overdue(self, due: datetime, now: datetime) -> tuple[int, int]:
        """Whole days and working days by which something due then is overdue now."""
        last = (due.astimezone(self.zone) - _TICK).date()
        today = now.astimezone(self.zone).date()
        return max(0, (now - due).days), max(0, self.working.working_days_between(last, today))


def window_of(dataset: Dataset) -> Grain | None:
    """The span one delivery answers for; None for a dataset without time."""
    if dataset.period is None:
        return None
    window, every = dataset.expect.window or dataset.period.every, dataset.period.every
    return window if periods.GRAINS.index(window) >= periods.GRAINS.index(every) else every


@dataclass(frozen=True)
class Reckoning:
    """`owed`: `place, window, due, needed, first_received, periods` of every delivery that was due."""

    windows: Windows
    owed: pl.DataFrame
    presence: pl.DataFrame


def reckon(
    dataset: Dataset,
    presence: pl.DataFrame,
    now: datetime,
    ground: Ground,
    remembered: dict[str, Windows] | None = None,
    ahead: int = 0,
) -> Reckoning | None:
    """Every delivery owed until `now` (and in the `ahead` windows after), with what came of it; None
    when nothing can be owed."""
    window = window_of(dataset)
    if window is None:
        return None
    presence = presence.with_columns(pl.col("place").fill_null(ANYONE))
    if dataset.expect.places == "province" and presence.get_column("place").n_unique() > 1:
        presence = _as_one(presence)
    first = _first(dataset, presence, window, ground.zone)
    if first is None:
        return None
    windows = remembered.get(dataset.id) if remembered is not None else None
    if windows is None or windows.first != first:
        windows = Windows(dataset, first, ground)
        if remembered is not None:
            remembered[dataset.id] = windows
    calendar = windows.until(now)
    if ahead:
        calendar = pl.concat([calendar, windows.coming(now, ahead)])
    if calendar.is_empty():
        empty = calendar.select(pl.lit(ANYONE).alias("place"), pl.all())
        return Reckoning(windows, empty.join(presence, on=["place", "window"], how="left"), presence)
    owed = _owed(dataset, presence, calendar, ground)
    return Reckoning(windows, owed.join(presence, on=["place", "window"], how="left"), presence)


def hold(
    dataset: Dataset,
    presence: pl.DataFrame,
    now: datetime,
    ground: Ground,
    remembered: dict[str, Windows] | None = None,
) -> Kept:
    """Hold what is `present` (see Lake.presence) against what the contract expects until `now`."""
    reckoned = reckon(dataset, presence, now, ground, remembered)
    if reckoned is None:
        return Kept()
    windows, held, last = reckoned.windows, reckoned.owed, _last(reckoned, now)
    if not last:
        return Kept(next_window=windows.first, next_due=windows.due(windows.first))
    upcoming = periods.shift(last, 1)
    missing = held.filter((pl.col("window") == last) & pl.col("first_received").is_null()).sort("place")
    overdue = ground.overdue(windows.due(last), now)
    late = tuple(Late(row["place"], last, row["due"], *overdue) for row in missing.iter_rows(named=True))
    return replace(
        weigh(held),
        last_window=last,
        late=late,
        next_window=upcoming,
        next_due=windows.due(upcoming),
        silence=_silence(dataset, reckoned, last, now, ground),
    )


def weigh(held: pl.DataFrame) -> Kept:
    """Counts of deliveries owed: periods there of those needed, deliveries on time of those due."""
    present = held.select(pl.min_horizontal(pl.col("periods").fill_null(0), "needed").sum()).item()
    return Kept(
        present=int(present or 0),
        owed=int(held.get_column("needed").sum()),
        on_time=len(held.filter(pl.col("first_received") <= pl.col("due"))),
        due=len(held),
    )


def _last(reckoned: Reckoning, now: datetime) -> str:
    """The newest window due by `now`, owed by somebody or not; empty when none was."""
    names = reckoned.windows.until(now).get_column("window")
    return str(names[-1]) if len(names) else ""


def _silence(
    dataset: Dataset, reckoned: Reckoning, last: str, now: datetime, ground: Ground
) -> Silence | None:
    newest = reckoned.presence.get_column("window").max()
    if (isinstance(newest, str) and newest >= last) or reckoned.owed.is_empty():
        return None
    first = reckoned.windows.first
    if isinstance(newest, str):
        first = max(first, periods.shift(newest, 1))
    since = reckoned.windows.due(first)
    stopped = newest is not None and now > since + grace_of(dataset.expect, periods.grain_of(last))
    return Silence(first, since, *ground.overdue(since, now), stopped)


def _as_one(presence: pl.DataFrame) -> pl.DataFrame:
    """The deliveries of a province that names several places in one report, as the province's own."""
    return presence.group_by("window").agg(
        pl.lit(ANYONE).alias("place"), pl.col("first_received").min(), pl.col("periods").max()
    )


def _first(dataset: Dataset, presence: pl.DataFrame, window: Grain, zone: ZoneInfo) -> str | None:
    if dataset.expect.start:
        return periods.up(dataset.expect.start, window)
    seen = presence.get_column("first_received").min()
    return periods.of(seen.astimezone(zone), window) if isinstance(seen, datetime) else None


class Windows:
    """The windows a dataset has owed since its first, each with the moment it was due."""

    def __init__(self, dataset: Dataset, first: str, ground: Ground) -> None:
        assert dataset.period is not None
        self._dataset = dataset
        self._ground = ground
        self._every = dataset.period.every
        self.first = first
        self._names: list[str] = []
        self._due: list[datetime] = []

    def until(self, now: datetime) -> pl.DataFrame:
        """`window, due, needed` of each window that was due by `now`."""
        now = now.astimezone(UTC)
        while len(self._names) < _MOST_WINDOWS:
            name = periods.shift(self._names[-1], 1) if self._names else self.first
            due = self.declared(name)
            if due > now:
                break
            self._names.append(name)
            self._due.append(due)
        return self._passed().filter(pl.col("due") <= now)

    def _passed(self) -> pl.DataFrame:
        more = self._ground.extended(self._dataset.id)
        due = [more.get(n, d) for n, d in zip(self._names, self._due, strict=True)] if more else self._due
        return self._frame(self._names, due)

    def coming(self, now: datetime, count: int) -> pl.DataFrame:
        """The same of the first `count` windows that are not due yet, extended ones among them."""
        self.until(now)
        name = periods.shift(self._names[-1], 1) if self._names else self.first
        names = [periods.shift(name, n) for n in range(count)]
        ahead = self._frame(names, [self.due(each) for each in names])
        return pl.concat([self._passed().filter(pl.col("due") > now), ahead]).head(count)

    def _frame(self, names: list[str], due: list[datetime]) -> pl.DataFrame:
        needed = [periods.count_within(name, self._every) for name in names]
        return pl.DataFrame(
            {"window": names, "due": due, "needed": needed},
            schema={"window": pl.String, "due": _DUE, "needed": pl.Int64},
        )

    def due(self, window: str) -> datetime:
        """The deadline of a window, the extended one where one was granted."""
        return self._ground.extended(self._dataset.id).get(window) or self.declared(window)

    def declared(self, window: str) -> datetime:
        """The deadline by the contract."""
        expect = self._dataset.expect
        local = due_at(expect, window, self._ground.working) or periods.after(
            periods.end(window), _DEFAULT_DUE
        )
        assert local is not None
        return local.replace(tzinfo=self._ground.zone).astimezone(UTC)


def _owed(dataset: Dataset, presence: pl.DataFrame, calendar: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """One row for each place and window that owes a delivery."""
    places = dataset.expect.places
    if places == "communes":
        pairs = [(p, w) for w in calendar.get_column("window") for p in ground.communes(w)]
        listed = pl.DataFrame(pairs, schema={"place": pl.String, "window": pl.String}, orient="row")
        return listed.join(calendar, on="window")
    begun = _begun(dataset, presence, ground)
    if begun.is_empty():
        return calendar.select(pl.lit(ANYONE).alias("place"), "window", "due", "needed")
    crossed = _relieved(begun.join(calendar, how="cross"), presence, ground.ended)
    if dataset.expect.start and len(begun) == 1:
        return crossed.drop("begun")
    return crossed.filter(pl.col("window") >= pl.col("begun")).drop("begun")


def _begun(dataset: Dataset, presence: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """The first window each place owes: the first it gave, or, where the contract names no start, not
    before the one in which its first delivery came."""
    seen = presence.group_by("place").agg(pl.col("window").min(), pl.col("first_received").min())
    grain = window_of(dataset)
    begun = [
        (place, window if dataset.expect.start or grain is None
         else max(window, periods.of(came.astimezone(ground.zone), grain)))
        for place, window, came in seen.select("place", "window", "first_received").iter_rows()
    ]  # fmt: skip
    return pl.DataFrame(begun, schema={"place": pl.String, "begun": pl.String}, orient="row")


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
