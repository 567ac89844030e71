"""Pilots of the province: what is declared, judged in the background, kept until the data moves."""

from __future__ import annotations

import fcntl
import json
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import structlog

from tinh.jobs.house import house
from tinh.kit import durable
from tinh.kit.errors import TinhError
from tinh.kit.ids import digest

if TYPE_CHECKING:
    import polars as pl

    from tinh.insight.api import PilotPower
    from tinh.packs.api import Pilot, PilotBook

log = structlog.get_logger()
Standing = Literal["ready", "computing", "empty", "refused"]
_RULES = 2  # raised when a method changes, so that what was kept is computed anew
_running: dict[str, str] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Study:
    """A pilot and what is known of it. `told`: `tinh.insight.api.pilot_told`, of data that may have
    moved since when `standing` is computing; `refused`: an error as a dictionary."""

    pilot: Pilot
    standing: Standing
    told: Mapping[str, Any] | None = None
    at: str = ""
    simulated: float = 0.0  # share of the values used
    refused: Mapping[str, Any] | None = None


def pilots() -> PilotBook:
    """All pilots of the province."""
    from tinh.packs.api import PilotBook

    return PilotBook(house().catalogue, house().home)


def study(id: str, begin: bool = True) -> Study:
    """One pilot; begins to judge it in the background when the data or the declaration moved.

    Raises UnknownPilot.
    """
    from tinh.insight.api import UnknownPilot

    pilot = pilots().all().get(id)
    if pilot is None:
        raise UnknownPilot(pilot=id[:60])
    table, simulated = outcome(pilot)
    if table.is_empty():
        return Study(pilot, "empty")
    key = digest(f"{_RULES} {pilot.digest} {table.write_csv()}".encode())
    kept = _kept(id)
    fresh = kept.get("key") == key
    told, at, refused = kept.get("told"), str(kept.get("at", "")), kept.get("refused")
    share = float(kept.get("simulated", simulated))
    if fresh:
        return Study(pilot, "refused" if refused else "ready", told, at, share, refused)
    if begin:
        _begin(pilot, table, key, simulated)
    return Study(pilot, "computing", told, at, share)


def outcome(pilot: Pilot) -> tuple[pl.DataFrame, float]:
    """Values of the outcome at communes that stand today, in finished periods, as a long table; the share
    simulated."""
    import polars as pl

    from tinh.kit.periods import end

    corridor = house().corridor()
    catalogue = corridor.catalogue
    indicator = catalogue.indicators[pilot.indicator]
    now = corridor.clock.now()
    local = now.astimezone(ZoneInfo(catalogue.timezone))
    codes = [u.code for u in corridor.gazetteer.lowest(catalogue.place, local.date())]
    wanted = set(pilot.candidates) | set(pilot.units) if pilot.candidates else set(codes)
    frame = corridor.lake.values([indicator.id], sorted(wanted)).filter(
        pl.col("version") == indicator.version, pl.col("value").is_not_null()
    )
    if frame.is_empty():
        return frame.select("place", "period", "value"), 0.0
    stamp = local.replace(tzinfo=None)
    done = [p for p in frame["period"].unique().to_list() if end(p) <= stamp]
    frame = frame.filter(pl.col("period").is_in(done)).sort("place", "period")
    share = int(frame["simulated"].sum()) / max(len(frame), 1)
    table = frame.select(
        pl.col("place").alias(pilot.data.unit), pl.col("period").alias(pilot.data.time),
        pl.col("value").alias(pilot.data.outcome),
    )  # fmt: skip
    return table, share


def ahead(pilot: Pilot, after: int | None = None) -> PilotPower:
    """The smallest effect the pilot could show, by the periods before its start. Raises errors of pilots."""
    from tinh.insight.api import pilot_power

    return pilot_power(pilot, outcome(pilot)[0], after, draws=600)


def try_pilot(text: str) -> tuple[Pilot | None, tuple[str, ...], tuple[str, ...]]:
    """What a text would declare: the pilot, and its faults in Vietnamese and in English."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pilot.yaml"
        file.write_text(text, encoding="utf-8")
        made, findings = pilots().try_(file)
    return made, tuple(f.says.vi for f in findings), tuple(f.says.en for f in findings)


def keep_pilot(id: str, text: str) -> None:
    """Write a pilot made on the web."""
    root = pilots().root
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    durable.write(root / f"{id}.yaml", text.encode())


def close_pilot(id: str) -> None:
    """A pilot made on the web is over: its evaluation stays. Raises UnknownPilot."""
    file = _own(id)
    if pilots().all()[id].closed:
        return
    durable.write(file, (file.read_text(encoding="utf-8").rstrip("\n") + "\nclosed: true\n").encode())


def drop_pilot(id: str) -> None:
    """Take a pilot made on the web away. Raises UnknownPilot."""
    durable.remove(_own(id))
    with _lock:
        _running.pop(id, None)
    _file(id).unlink(missing_ok=True)


def _own(id: str) -> Path:
    from tinh.insight.api import UnknownPilot

    found = pilots().own(id)
    if found is None:
        raise UnknownPilot(pilot=id[:60])
    return found.file


def _file(id: str) -> Path:
    return house().home / "pilots" / ".studies" / f"{id}.json"


def _kept(id: str) -> dict[str, Any]:
    try:
        found = json.loads(_file(id).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _begin(pilot: Pilot, table: pl.DataFrame, key: str, simulated: float) -> None:
    """One run a pilot and state of the data, in a thread of its own."""
    with _lock:
        if _running.get(pilot.id) == key:
            return
        _running[pilot.id] = key
    file = _file(pilot.id)
    work = threading.Thread(target=_judge, args=(pilot, table, key, simulated, file), daemon=True)
    work.start()


def _judge(pilot: Pilot, table: pl.DataFrame, key: str, simulated: float, file: Path) -> None:
    with _turn(file.parent):
        if not _wanted(pilot, key):
            return
        told: dict[str, Any] | None = None
        if _kept(pilot.id).get("key") != key:  # nor has another process judged it meanwhile
            told = {"key": key, "simulated": simulated, **_judged(pilot, table)}
            told["at"] = datetime.now(UTC).isoformat(timespec="seconds")
        with _lock:
            if _running.get(pilot.id) != key:
                return
            del _running[pilot.id]
            if told is not None and _stands(pilot):
                durable.write(file, json.dumps(told, ensure_ascii=False).encode())


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """One pilot at a time, of whatever process."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "turn").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _stands(pilot: Pilot) -> bool:
    """Whether the pilot is declared as it was when its judging began: another process may have dropped it."""
    now = pilots().all().get(pilot.id)
    return now is not None and now.digest == pilot.digest


def _wanted(pilot: Pilot, key: str) -> bool:
    """Whether no newer state of the data has been asked for, nor the pilot dropped, since."""
    with _lock:
        return _running.get(pilot.id) == key


def _judged(pilot: Pilot, table: pl.DataFrame) -> dict[str, Any]:
    from tinh.insight.api import NotJudged, judge_pilot, pilot_told

    try:
        return {"told": dict(pilot_told(judge_pilot(pilot, table)))}
    except TinhError as error:
        return {"refused": error.as_dict()}
    except Exception:
        log.exception("pilot.failed", pilot=pilot.id)
        return {"refused": NotJudged().as_dict()}
