"""What one process serves and what runs in it."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tinh.jobs.errors import NothingInstalled
from tinh.jobs.follower import Follower
from tinh.kit.clock import Clock, SystemClock

if TYPE_CHECKING:
    from tinh.flow.api import Corridor
    from tinh.packs.api import Catalogue
    from tinh.places.api import Atlas, Gazetteer


class House:
    """The province of this process, its corridor and its follower, each made once."""

    def __init__(
        self,
        catalogue: Catalogue,
        home: Path,
        clock: Clock,
        nightly: tuple[Callable[[], int], ...] = (),
        as_of_days: int = 400,
        folder: Path | None = None,
        log_days: int = 731,
    ) -> None:
        from tinh.flow.api import Applied, Home
        from tinh.packs.api import agencies_stamp, seated

        self._base = catalogue
        self._agencies = agencies_stamp(home)
        self.catalogue = seated(catalogue, home)
        self.applied = Applied(Home(home), clock)
        self.number = next((v.number for v in self.applied.all() if v.digest == catalogue.digest), 0)
        kept = catalogue.folder.is_relative_to(self.applied.root)
        self.folder = folder if folder is not None and kept else catalogue.folder
        self.home = home
        self.clock = clock
        self.nightly = nightly
        self.as_of_days = as_of_days
        self.log_days = log_days
        self._corridor: Corridor | None = None
        self._lock = threading.Lock()
        self._moving = threading.Lock()
        self.follower = Follower(self.version)

    def corridor(self) -> Corridor:
        with self._lock:
            if self._corridor is None:
                from tinh.flow.api import Corridor, Home

                self._corridor = Corridor(self.catalogue, Home(self.home), self.clock)
            return self._corridor

    def version(self) -> int:
        """Grows with every receipt committed and value, outlook or anomaly written, by whichever process.

        Values follow their receipts by a moment, so a screen that waited for receipts alone
        would redraw too early.
        """
        lake = self.corridor().lake
        made = lake.foreseen.version() + lake.anomalies.version()
        return lake.version() + lake.values_version() + made + self.number

    def settle(self) -> None:
        """A home without an applied version takes what this process serves as its first."""
        if self.applied.bootstrap(self.catalogue) is not None:
            self.number = 1

    def take_over(self) -> int | None:
        """Put the newest applied version in place of the one served; its number, None if it is that one."""
        with self._moving:
            number = self.applied.number()
            if not number or number == self.number:
                return None
            self._base = self.applied.catalogue(number)
            self._seat(number)
            return number

    def footprint(self) -> tuple[int, ...]:
        """Moves with every version applied and every agency written, whichever process does it: two looks at
        a folder each, for whoever asks at every request."""
        return tuple(_moved(folder) for folder in (self.applied.root, self.home / "agencies"))

    def agencies_moved(self) -> bool:
        """Whether the data folder says anything new of the agencies."""
        from tinh.packs.api import agencies_stamp

        return agencies_stamp(self.home) != self._agencies

    def reseat(self) -> bool:
        """Put a catalogue with today's agencies in place of the one served; False: there is nothing new."""
        with self._moving:
            if not self.agencies_moved():
                return False
            self._seat(self.number)
            return True

    def _seat(self, number: int) -> None:
        from tinh.flow.api import Corridor, Home
        from tinh.packs.api import agencies_stamp, seated

        self._agencies = agencies_stamp(self.home)
        catalogue = seated(self._base, self.home)
        corridor = Corridor(catalogue, Home(self.home), self.clock)
        with self._lock:
            self._corridor, self.catalogue, self.number = corridor, catalogue, number

    def reopen(self) -> None:
        """Fresh seats for followers after a stop."""
        if self.follower.closed:
            self.follower = Follower(self.version)


def _moved(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


_house: House | None = None


def install(
    catalogue: Catalogue,
    home: Path,
    clock: Clock | None = None,
    *,
    nightly: tuple[Callable[[], int], ...] = (),
    as_of_days: int = 400,
    folder: Path | None = None,
    log_days: int = 731,
) -> None:
    """Hand this process the province it serves; `nightly` is what upper rooms forget by night.

    `folder` is where its declarations are edited, when the catalogue was compiled from what is applied;
    `log_days` is how long lines of the access log are kept.
    """
    global _house
    _house = House(catalogue, home, clock or SystemClock(), nightly, as_of_days, folder, log_days)


def installed() -> bool:
    return _house is not None


def house() -> House:
    if _house is None:
        raise NothingInstalled
    return _house


def catalogue() -> Catalogue:
    """The compiled province this process serves."""
    return house().catalogue


def corridor() -> Corridor:
    """The one corridor of this process."""
    return house().corridor()


def folder() -> Path:
    """Where the province's declarations are edited."""
    return house().folder


def home() -> Path:
    """The province's folder."""
    return house().home


def now() -> datetime:
    """The present moment by this process's clock, in UTC."""
    return house().clock.now()


def gazetteer() -> Gazetteer:
    """The gazetteer, with what the province declares of its units."""
    return corridor().gazetteer  # type: ignore[no-any-return]  # the corridor holds it as anything


def official_boundaries(on: date) -> Path | None:
    """The official boundaries in force on a day, where some have been taken in."""
    return corridor().home.outlines(on)


def atlas() -> Atlas:
    """The sets of official boundaries of the province."""
    from tinh.places.api import Atlas

    return Atlas(corridor().home.boundaries)


def stamp() -> tuple[int, int]:
    """Versions of receipts and of values: equal stamps, equal answers."""
    lake = corridor().lake
    return lake.version(), lake.values_version()


def version() -> int:
    """What `follow` counts: take it while rendering a page and hand it to `follow` as `since`."""
    return house().version()


def follow(since: int | None = None) -> AsyncIterator[int]:
    """Versions as they come, of receipts and of values; see Follower.follow."""
    return house().follower.follow(since)
