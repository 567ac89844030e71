"""Starting and stopping what works in the background of a server.

The committer judges what was acknowledged; the worker does what the clock asks; the pulse,
in a demonstration only, plays the agencies; the puller asks the sources that are due; the
background keeps forecasts, outlooks and anomalies up to date; the teller tells subscribers what has happened;
the photographer makes the copies of photos that may be seen; the stepper takes up the steps of cases that
have fallen due.

Where several processes serve, one works (`start`, `listen`) and the others only serve (`start_beside`): they
notice what another has applied, pull a source when somebody asks for it, and ring for the rest.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from tinh.jobs.house import house, installed

if TYPE_CHECKING:
    from tinh.flow.api import Committer
    from tinh.jobs.adoption import Lookout
    from tinh.jobs.bells import Bell
    from tinh.jobs.chores import Background
    from tinh.jobs.house import House
    from tinh.jobs.photos import Photographer
    from tinh.jobs.puller import Puller
    from tinh.jobs.pulse import Pulse
    from tinh.jobs.stepper import Stepper
    from tinh.jobs.teller import Teller
    from tinh.jobs.worker import Worker

log = structlog.get_logger()
EVENTS_PAUSE = 1.0  # seconds in which events of many requests become one delivery
_NEVER = float("inf")  # the worker keeps the tables in order, for all processes together


@dataclass(slots=True)
class _Running:
    committer: Committer | None = None
    worker: Worker | None = None
    pulse: Pulse | None = None
    lookout: Lookout | None = None
    puller: Puller | None = None
    background: dict[str, Background] = field(default_factory=dict)
    teller: Teller | None = None
    photographer: Photographer | None = None
    stepper: Stepper | None = None
    bell: Bell | None = None


_running = _Running()
_lock = threading.Lock()


def start(*, clockwork: bool = True, pulse: bool = False, outlooks: bool = False) -> None:
    """Begin the background work of this process. May be called again after `stop`."""
    from tinh.flow.api import Committer
    from tinh.jobs.adoption import Lookout

    with _lock:
        found = house()
        found.reopen()
        found.settle()
        _offer()
        if _running.committer is None:
            _running.committer = Committer(found.corridor(), upkeep_every=_NEVER)
            _running.committer.start()
        if clockwork and _running.worker is None:
            from tinh.jobs.worker import Worker  # needs Django's settings, which the corridor does not

            _running.worker = Worker()
            _running.worker.start()
        if _running.lookout is None:
            _running.lookout = Lookout()
            _running.lookout.start()
        if clockwork and _running.puller is None:
            from tinh.jobs.puller import Puller  # also without declared feeds: sources are made on the web

            _running.puller = Puller(found)
            _running.puller.start()
        if outlooks and not _running.background:
            _running.background = _chores(found)
            for one in _running.background.values():
                one.start()
        if clockwork and _running.teller is None:
            from tinh.jobs.teller import Teller

            _running.teller = Teller(found)
            _running.teller.start()
        if clockwork and _running.photographer is None:
            from tinh.jobs.photos import Photographer

            _running.photographer = Photographer()
            _running.photographer.start()
        if clockwork and _running.stepper is None:
            from tinh.jobs.stepper import Stepper

            _running.stepper = Stepper()
            _running.stepper.start()
    if pulse:
        start_pulse()


def start_beside(bell: Bell, *, outlooks: bool = False) -> None:
    """Begin what a process needs that only serves: the background is another's, whom `bell` wakes."""
    from tinh.jobs.adoption import Lookout
    from tinh.jobs.puller import Puller

    with _lock:
        found = house()
        found.reopen()
        found.corridor()
        _running.bell = bell
        if _running.lookout is None:
            _running.lookout = Lookout()
            _running.lookout.start()
        if _running.puller is None:
            _running.puller = Puller(found)  # its hands alone: the timetable is the background's
        if outlooks and not _running.background:
            _running.background = _chores(found)  # asked whether anything is to come, never started


def listen(handle: int, ready: Callable[[str], None]) -> None:
    """Do what the processes beside this one ring for; `ready` hears which of them has begun to serve."""
    from tinh.jobs.bells import Ear

    Ear(handle, {"push": lambda _: nudge(), "events": expect, "applied": lambda _: look(), "ready": ready})


def _chores(found: House) -> dict[str, Background]:
    from tinh.jobs.anomalies import ANOMALIES
    from tinh.jobs.chores import Background
    from tinh.jobs.outlooks import OUTLOOKS

    return {one.name: Background(found, one) for one in (ANOMALIES, OUTLOOKS)}


def _offer() -> None:
    """Put on the axis what is shared; a registry that cannot be written is tried again by the clock."""
    from tinh.axis import api as axis

    try:
        axis.offer(axis.desk())
    except axis.NotInstalled:
        return
    except Exception:
        log.exception("shares.not_offered")


def start_pulse() -> None:
    """Let the simulated agencies of a demonstration go on sending, until `stop`."""
    from tinh.jobs.pulse import Pulse

    with _lock:
        if _running.pulse is None:
            _running.pulse = Pulse(house())
            _running.pulse.start()


def renew() -> None:
    """Let the committer go on with the corridor that is in force now; its group in hand is finished first."""
    from tinh.flow.api import Committer

    if beside():
        ring("applied")
        return
    with _lock:
        if _running.committer is not None:
            _running.committer.stop()
            _running.committer = Committer(house().corridor(), upkeep_every=_NEVER)
            _running.committer.start()
        _offer()
        if _running.puller is not None:
            _running.puller.stop()
            _running.puller = None
        if _running.worker is not None:
            from tinh.jobs.puller import Puller

            _running.puller = Puller(house())
            _running.puller.start()


def puller() -> Puller | None:
    """Whoever pulls feeds in this process; None where nobody does."""
    return _running.puller


def due(chore: str) -> bool:
    """Whether this process works in the background and has this to do."""
    found = _running.background.get(chore)
    return found is not None and found.due()


def nudge() -> None:
    """Something was acknowledged and waits to be judged."""
    committer = _running.committer
    if committer is not None:
        committer.nudge()
    else:
        ring("push")


def expect(feed: str) -> None:
    """Events of a source have come and wait to be delivered."""
    if _running.bell is not None:
        ring("events", feed)
    elif _running.puller is not None:
        _running.puller.soon(feed, EVENTS_PAUSE)


def look() -> None:
    """Another process has applied a version or changed an agency."""
    if _running.lookout is not None:
        _running.lookout.hurry()


def catch_up() -> None:
    """Take over what another process has brought into force, before this one answers with the old."""
    lookout = _running.lookout
    if lookout is not None and beside():
        lookout.catch_up()


def beside() -> bool:
    """Whether this process only serves."""
    return _running.bell is not None


def ring(wish: str, of: str = "") -> None:
    """Wake whoever works in the background beside this process, if that is another."""
    if _running.bell is not None:
        _running.bell.ring(wish, of)


def stop() -> None:
    """Let followers go and end the background work; what was acknowledged waits for the next start."""
    lookout, _running.lookout = _running.lookout, None
    if lookout is not None:
        lookout.stop()  # before the lock is taken, which it may be waiting for
    with _lock:
        if installed():
            house().follower.close()
        if _running.pulse is not None:
            _running.pulse.stop()
        if _running.puller is not None:
            _running.puller.stop()
        for one in _running.background.values():
            one.stop()
        _running.background = {}
        if _running.teller is not None:
            _running.teller.stop()
        if _running.photographer is not None:
            _running.photographer.stop()
        if _running.stepper is not None:
            _running.stepper.stop()
        if _running.worker is not None:
            _running.worker.stop()
        if _running.committer is not None:
            _running.committer.stop()
        _running.pulse = _running.puller = _running.photographer = _running.stepper = None
        _running.worker = _running.committer = _running.teller = None
        _running.bell = None
