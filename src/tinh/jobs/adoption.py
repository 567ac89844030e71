"""What is in force, in a running server: the plan of a changed folder, applying it, taking it over.

A version applied by whichever process is taken over between requests: a new corridor is made
beside the old one and put in its place, the committer goes on with it, and what the version names
is computed once more, so that nothing the old definitions wrote meanwhile stands.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import structlog

from tinh.jobs import run
from tinh.jobs.house import House, house

if TYPE_CHECKING:
    from tinh.flow.api import Applied, Plan
    from tinh.packs.api import Catalogue, Change

log = structlog.get_logger()
EVERY = 1.0
RECEIPTS = 8  # deliveries of a changed contract judged again for the page; the command line takes more

_remembered: dict[tuple[object, ...], Plan] = {}
_planning = threading.Lock()


def applied() -> Applied:
    """The versions applied to this process's home."""
    return house().applied


def in_force() -> int:
    """The version this process works by; 0 where it works by a folder nobody applied."""
    return house().number


def plan() -> Plan:
    """What the province folder would change, remembered until the folder or the data moves.

    Raises PackFaults when the folder does not compile.
    """
    from tinh.flow.api import Home
    from tinh.flow.api import plan as make
    from tinh.packs.api import compile

    found = house()
    declared = compile(found.folder, home=found.home)
    lake = found.corridor().lake
    key = (
        found.applied.number(),
        declared.digest,
        _state(declared),
        lake.version(),
        lake.values_version(),
    )
    with _planning:
        if key not in _remembered:
            made = make(found.folder, RECEIPTS, found.clock, Home(found.home))
            _remembered.clear()
            _remembered[key] = made
        return _remembered[key]


def _state(declared: Catalogue) -> str:
    """Changes whenever any declared text does, comments too."""
    from tinh.kit.ids import digest
    from tinh.packs.api import declared_texts

    texts = declared_texts(declared)
    return digest(b"\0".join(part for name, text in texts.items() for part in (name.encode(), text)))


def apply(by: str, reason: str, digest: str) -> int:
    """Apply the folder whose plan was shown under `digest`; the number of the new version."""
    from tinh.flow.api import Home, PlanStale
    from tinh.flow.api import apply as put_in_force

    found = house()
    shown = plan()
    if shown.digest_after != digest:
        raise PlanStale
    number, _ = put_in_force(found.folder, by, reason, shown, found.clock, Home(found.home), compute=False)
    adopt()
    return number


def between(first: int, last: int) -> tuple[Change, ...]:
    """What two applied versions declare differently."""
    from tinh.packs.api import changes

    versions = applied()
    return changes(versions.catalogue(first), versions.catalogue(last))


def adopt() -> bool:
    """Take over the newest applied version, if it is another than this process works by."""
    from tinh.flow.api import Home, recompute

    found = house()
    number = found.take_over()
    if number is None:
        return False
    run.renew()
    if run.beside():  # whoever works in the background computes, once its committer goes by the new version
        log.info("version.adopted", version=number)
        return True
    version = found.applied.version(number)
    written = recompute(found.catalogue, Home(found.home), found.clock, version.recompute)
    log.info("version.adopted", version=number, values=written)
    return True


def reseat() -> None:
    """Go on with the agencies as the data folder has them now."""
    if house().reseat():
        run.renew()
        log.info("agencies.reread")


class Lookout:
    """A thread that notices a version another process has applied, and agencies it has changed."""

    def __init__(self, every: float = EVERY) -> None:
        self._every = every
        self._stopping = False
        self._news = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lookout", daemon=True)
        self._unreadable = 0
        self._seen: tuple[int, ...] = ()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._news.set()
        self._thread.join(20)

    def hurry(self) -> None:
        """Somebody says that there is something to notice."""
        self._news.set()

    def catch_up(self) -> None:
        """Look now, where the folders of versions and agencies have moved since the last time; what is being
        taken over is waited for."""
        found = house()
        seen = found.footprint()
        if seen != self._seen:
            self._try()
            self._seen = seen

    def _run(self) -> None:
        while True:
            self._news.wait(self._every)
            self._news.clear()
            if self._stopping:
                return
            self._try()

    def _try(self) -> None:
        try:
            self.look(house())
        except Exception:
            log.exception("version.not_adopted")

    def look(self, found: House) -> None:
        if found.agencies_moved():
            reseat()
        newest = found.applied.number()
        if newest == found.number or newest == self._unreadable:
            return
        try:
            adopt()
        except Exception:
            self._unreadable = newest  # said once; a newer one is tried again
            raise
