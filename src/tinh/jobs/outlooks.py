"""Forecasts and outlooks kept up to date: by night and when values move, only what moved.

`refresh` does one round; any process may call it (the command line does). `Foresight` starts rounds in a
process of their own, so that pages stay quick while models are fitted.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog

from tinh.kit.durable import write
from tinh.kit.ids import fresh

if TYPE_CHECKING:
    import polars as pl

    from tinh.flow.api import Corridor
    from tinh.insight.api import Record
    from tinh.jobs.house import House

log = structlog.get_logger()
LOOKS = 2.0  # seconds between two looks at whether values moved
PAUSE = 30.0  # seconds between the end of a round and the start of the next
MARK = "outlooks.json"
TURN = "outlooks.turn"

Told = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Round:
    """What a round did: series forecast, outlooks written, past days played again."""

    series: int
    outlooks: int
    replays: int


def refresh(
    corridor: Corridor, only: Collection[str] | None = None, told: Told | None = None, *, replays: bool = True
) -> Round:
    """Forecast what moved and write it; `told(indicator, done, of)` hears how far it is.

    Indicators with targets come first, then the room's tiles; each is written as soon as it is done. A round
    of another process is waited for; a round over `only` some indicators leaves the others due.
    """
    with _turn(corridor.home.root):
        return _refreshed(corridor, only, told or _untold, replays)


def _refreshed(corridor: Corridor, only: Collection[str] | None, told: Told, replays: bool) -> Round:
    from tinh.flow.api import Applied
    from tinh.insight.api import METHOD, Stamp, foresee, replay

    catalogue, lake = corridor.catalogue, corridor.lake
    now = corridor.clock.now()
    local = now.astimezone(ZoneInfo(catalogue.timezone)).replace(tzinfo=None)
    stamp = Stamp(fresh(12), now, Applied(corridor.home).number())
    order = [id for id in _order(corridor) if only is None or id in only]
    mark = _Mark(corridor.home.root / MARK)
    state = _state(corridor) if only is None else mark.read().get("state")
    series = outlooks = 0
    frames = {}
    for number, id in enumerate(order):
        told(id, number, len(order))
        mark.running(id, number, len(order), now.isoformat())
        indicator = catalogue.indicators[id]
        frames[id] = lake.values(id, version=indicator.version)
        made = foresee(
            indicator, catalogue, frames[id], lake.foreseen.forecasts([id]), lake.foreseen.outlooks([id]),
            local, stamp,
        )  # fmt: skip
        lake.foreseen.add(made.forecasts, made.outlooks)
        series, outlooks = series + made.computed, outlooks + len(made.outlooks)
    again: list[dict[str, Any]] = []
    if replays:
        told("", len(order), len(order))
        again = replay(
            catalogue, frames, lake.foreseen.every_outlook(order, "replay"), local, stamp, METHOD
        )  # fmt: skip
        lake.foreseen.add([], again)
    mark.done(state, now.isoformat(), series)
    return Round(series, outlooks, len(again))


def _untold(_indicator: str, _done: int, _of: int) -> None:
    pass


def _order(corridor: Corridor) -> list[str]:
    found = corridor.catalogue.indicators
    today = corridor.clock.now().date()
    first = [i for i, one in found.items() if any(t.by >= today for t in one.targets)]
    first += [i for i, one in found.items() if one.targets]
    tiles = [i for i in corridor.catalogue.room.tiles if i in found]
    return list(dict.fromkeys([*first, *tiles, *found]))


def _state(corridor: Corridor) -> list[Any]:
    """What a round stands on: equal states, nothing to do."""
    from tinh.lake.api import values_turn

    local = corridor.clock.now().astimezone(ZoneInfo(corridor.catalogue.timezone))
    return [values_turn(corridor.lake), local.date().isoformat(), corridor.catalogue.digest]


@dataclass(frozen=True)
class Progress:
    """How far the present round is; `at` is the indicator in hand, `of` how many there are."""

    at: str = ""
    done: int = 0
    of: int = 0
    finished_at: str = ""

    @property
    def running(self) -> bool:
        return self.of > 0


class _Mark:
    """The file that says which state the outlooks are of, and how far a running round is."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def running(self, id: str, done: int, of: int, at: str) -> None:
        kept = {k: v for k, v in self.read().items() if k in ("state", "finished_at")}
        self._write({**kept, "running": {"at": id, "done": done, "of": of, "since": at}})

    def done(self, state: list[Any] | None, at: str, series: int) -> None:
        self._write({"state": state, "finished_at": at, "series": series})

    def _write(self, what: dict[str, Any]) -> None:
        write(self.path, json.dumps(what).encode())


def progress(home: Path) -> Progress:
    """How far a round over this home is; not running when its process is gone."""
    found = _Mark(home / MARK).read()
    running = found.get("running") or {}
    if running and not _taken(home):
        running = {}
    return Progress(
        running.get("at", ""), running.get("done", 0), running.get("of", 0), found.get("finished_at", "")
    )


@contextmanager
def _turn(home: Path) -> Iterator[None]:
    """One round at a time over a home, of whatever process; a process that dies lets go."""
    with (home / TURN).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _taken(home: Path) -> bool:
    try:
        with (home / TURN).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


class Foresight:
    """A thread that starts a round when values moved, a day began or declarations changed."""

    def __init__(self, house: House, pause: float = PAUSE) -> None:
        self._house = house
        self._pause = pause
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="foresight", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
        self._thread.join(20)

    def _run(self) -> None:
        while not self._stopping.wait(LOOKS):
            try:
                if self.due():
                    self._round()
                    self._stopping.wait(self._pause)
            except Exception:
                log.exception("outlooks.failed")
                self._stopping.wait(self._pause)

    def due(self) -> bool:
        """Whether the outlooks are of another state than the present one, and nobody is at it."""
        home = self._house.home
        if progress(home).running:
            return False
        return _Mark(home / MARK).read().get("state") != _state(self._house.corridor())

    def _round(self) -> None:
        """One round in a process of its own, with the lowest claim on the machine."""
        began = time.monotonic()
        environ = {**os.environ, "TINH_HOME": str(self._house.home.parent)}
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tinh.cli", "outlook", "--refresh", "--background", "--json",
             "--province", str(self._house.folder)],
            env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        _, said = self._child.communicate()
        if self._stopping.is_set():
            return
        if self._child.returncode:
            log.error(
                "outlooks.failed", code=self._child.returncode, said=said.decode(errors="replace")[-2000:]
            )
        else:
            log.info("outlooks.done", seconds=round(time.monotonic() - began, 1))


def track_record(corridor: Corridor, only: list[str] | None = None) -> dict[str, Record | None]:
    """How outlooks kept their word: those that were published and have come due (`live`), and past days
    played again (`replay`), never mixed."""
    from tinh.insight.api import record

    out: dict[str, Record | None] = {}
    for kind in ("live", "replay"):
        frame = settled(corridor, kind, only)
        out[kind] = record(frame.get_column("probability").to_list(), frame.get_column("outcome").to_list())
    return out


def settled(corridor: Corridor, kind: str, only: list[str] | None = None) -> pl.DataFrame:
    """Every outlook with a likelihood whose day has come, and whether it was met (`outcome`). An outlook
    counts once for each newest value it stood on."""
    import polars as pl

    rows = corridor.lake.foreseen.every_outlook(only, kind).filter(pl.col("probability").is_not_null())
    rows = rows.unique(
        ["indicator", "place", "by", "target", "origin", "digest"], keep="last", maintain_order=True
    )
    if kind == "replay":
        newest = rows.group_by("indicator", "place", "origin").agg(pl.col("digest").last().alias("_last"))
        rows = rows.join(newest, on=["indicator", "place", "origin"])
        return rows.filter(pl.col("digest") == pl.col("_last")).drop("_last")
    came = corridor.lake.foreseen.outlooks(only).filter(pl.col("outcome").is_not_null())
    came = came.select("indicator", "place", "by", "target", "outcome")
    return rows.drop("outcome").join(came, on=["indicator", "place", "by", "target"], how="inner")


def outlook_progress() -> Progress:
    """How far the round over this process's province is."""
    from tinh.jobs.house import house

    return progress(house().home)


def outlooks_wanted() -> bool:
    """Whether a round is to come: this process keeps outlooks up to date and values have moved."""
    from tinh.jobs import run

    return run.outlooks_due()
