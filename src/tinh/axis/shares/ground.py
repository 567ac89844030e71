"""What services stand on: the corridor of this process, and the shares that are offered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tinh.axis.errors import NotInstalled
from tinh.axis.ground import ground as axis_ground
from tinh.axis.shares.errors import NoSuchShare
from tinh.flow.api import Corridor
from tinh.packs.api import Agency, Catalogue, Share, Shares


@dataclass
class Desk:
    """The shares of one province, read anew whenever its catalogue or its folder changes."""

    corridor: Callable[[], Corridor]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _book: Shares | None = None
    _agencies: frozenset[str] = frozenset()

    @property
    def catalogue(self) -> Catalogue:
        return self.corridor().catalogue

    def agencies(self) -> Mapping[str, Agency]:
        return axis_ground().agencies()

    def book(self) -> Shares:
        corridor = self.corridor()
        agencies = self.agencies()
        with self._lock:
            known = frozenset(agencies)
            if (
                self._book is None
                or self._book.catalogue is not corridor.catalogue
                or self._agencies != known
            ):
                self._book = Shares(corridor.catalogue, corridor.home.root, agencies)
                self._agencies = known
            return self._book

    def share(self, id: str) -> Share:
        found = self.book().one(id)
        if found is None:
            raise NoSuchShare(id=id[:80])
        return found


_desk: Desk | None = None


def install(corridor: Callable[[], Corridor]) -> Desk:
    """Tell this process whose corridor the services read."""
    global _desk
    _desk = Desk(corridor)
    return _desk


def desk() -> Desk:
    if _desk is None:
        raise NotInstalled
    return _desk
