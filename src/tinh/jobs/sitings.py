"""Siting studies of the province: which there are, solving one beside the pages, what came out and when.

Answers are files of the data folder, `sitings/answers/<id>.json`: they say which declaration, which table
version and which moment they stand on, so that what is out of date shows.
"""

from __future__ import annotations

import fcntl
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from tinh.jobs.house import gazetteer, house
from tinh.kit.durable import remove, write
from tinh.kit.errors import TinhError
from tinh.kit.ids import fresh
from tinh.packs.api import Siting, Sitings

log = structlog.get_logger()


@contextmanager
def _turn() -> Iterator[None]:
    """One study at a time, of whatever process: each takes the machine for up to its limit."""
    path = _file("", "turn")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True)
class Standing:
    """Where a study stands: its answer, whether somebody is at it since when, and what went wrong last."""

    answer: dict[str, Any] | None
    since: datetime | None
    refused: dict[str, Any] | None
    outdated: bool


def sitings() -> Sitings:
    """All studies, declared and made on the web."""
    found = house()
    return Sitings(found.catalogue, found.home)


def siting(id: str) -> Siting:
    """One study; `NoStudy` when there is none."""
    from tinh.insight.api import NoStudy

    one = sitings().all().get(id)
    if one is None:
        raise NoStudy(id=id[:80])
    return one


def standing(one: Siting) -> Standing:
    """The answer of a study and how fresh it is."""
    answer, failed = _read(_file(one.id, "json")), _read(_file(one.id, "refused.json"))
    if failed is not None and failed.get("digest") != one.digest:
        failed = None
    marked = _read(_file(one.id, "running.json"))
    since = datetime.fromisoformat(marked["since"]) if marked else None
    if since is not None and house().clock.now() - since > timedelta(seconds=one.time_limit + 120):
        since = None  # whoever was at it is gone
    old = answer is not None and (answer["digest"] != one.digest or answer.get("versions") != _versions(one))
    return Standing(answer, since, failed["problem"] if failed else None, old)


def keep_siting(text: str) -> Siting:
    """Check a study written on the web and keep it in the data folder. `BadStudy` with what is wrong."""
    from tinh.insight.api import BadStudy

    book = sitings()
    book.root.mkdir(parents=True, exist_ok=True)
    trial = book.root / f".trial-{fresh()}.yaml"
    write(trial, text.encode())
    try:
        made, findings = book.try_(trial)
    finally:
        remove(trial)
    taken = made is not None and made.id in book.all()
    if made is None or taken:
        faults = [f.says for f in findings]
        raise BadStudy(
            vi="; ".join(f.vi for f in faults) or "mã này đã có",
            en="; ".join(f.en for f in faults) or "the id is taken",
        )
    write(book.root / f"{made.id}.yaml", text.encode())
    return siting(made.id)


def solve_siting(id: str, *, wait: bool = False) -> None:
    """Solve a study beside the pages; `wait` until it is done. One that is being solved is left alone."""
    one = siting(id)
    if not _claimed(one):
        return
    if wait:
        _solve(one)
    else:
        threading.Thread(target=_solve, args=(one,), name=f"siting-{one.id}", daemon=True).start()


def _claimed(one: Siting) -> bool:
    """Whether this is the one that solves the study, of all processes and threads that try."""
    path = _file(one.id, "lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if standing(one).since is not None:
            return False
        _put(one.id, "running.json", {"since": house().clock.now().isoformat()})
        return True


def drop_siting(id: str) -> None:
    """Take a study made on the web away, with its answer. `NoStudy` when there is none made here."""
    from tinh.insight.api import NoStudy

    found = sitings().own(id)
    if found is None:
        raise NoStudy(id=id[:80])
    remove(found.file)
    for kind in ("json", "refused.json", "running.json", "lock"):
        _drop(id, kind)


def due_sitings() -> list[str]:
    """Studies without an answer to the present declaration and data, and not refused as they are."""
    out = []
    for one in sitings().all().values():
        now = standing(one)
        if now.since is None and now.refused is None and (now.answer is None or now.outdated):
            out.append(one.id)
    return out


def _solve(one: Siting) -> None:
    with _turn():
        try:
            _put(one.id, "json", _answered(one))
            _drop(one.id, "refused.json")
        except TinhError as error:
            _put(one.id, "refused.json", {"digest": one.digest, "problem": error.as_dict()})
        except Exception:
            log.exception("siting.failed", siting=one.id)
        finally:
            _drop(one.id, "running.json")
            if one.id not in sitings().all():  # taken away meanwhile
                _drop(one.id, "json")
                _drop(one.id, "refused.json")


def _answered(one: Siting) -> dict[str, Any]:
    from tinh.flow.api import Home
    from tinh.insight.api import day_of_people, siting_people, siting_study, solve_case
    from tinh.places.api import boundaries

    found, corridor = house(), house().corridor()
    versions = _versions(one)  # before anything is read: what comes meanwhile makes it out of date
    day = day_of_people(str(siting_people(one, found.catalogue, corridor.lake)["period"][0]))
    areas = boundaries(found.catalogue.place, day, Home(found.home).outlines(day), gazetteer())
    put = siting_study(one, found.catalogue, corridor.lake, areas)
    plan = solve_case(put.case)
    names = {p: ph.name.as_dict() for p, ph in zip(map(str, range(1, 99)), one.phases, strict=False)}
    body = plan.as_dict()
    for group in body["groups"]:
        group["name"] = areas.units[group["group"]].short
    standing_sites = [
        {"site": put.case.sites.ids[j], "name": (put.case.sites.names or put.case.sites.ids)[j],
         "x": float(put.case.sites.xy[j, 0]), "y": float(put.case.sites.xy[j, 1])}
        for j in put.case.standing if put.case.sites.xy is not None
    ]  # fmt: skip
    return {
        **body,
        "id": one.id,
        "digest": one.digest,
        "version": put.version,
        "versions": versions,
        "at": found.clock.now().isoformat(),
        "period": put.period,
        "day": day.isoformat(),
        "simulated": put.simulated,
        "approximate": put.approximate,
        "spread": put.spread,
        "cell": one.demand.cell,
        "points": len(put.case.demand.ids),
        "candidates": len(put.case.candidates),
        "existing": standing_sites,
        "phase_names": names,
        "radius": one.radius,
    }


def _versions(one: Siting) -> dict[str, int]:
    """The versions of the tables a study reads: of people, and of the sites where a register names them."""
    found = house()
    names = dict.fromkeys(name for name in (one.demand.dataset, one.sites.dataset) if name)
    return {n: found.corridor().lake.data_version(found.catalogue.datasets[n]) for n in names}


def _file(id: str, kind: str) -> Path:
    return house().home / "sitings" / "answers" / f"{id}.{kind}"


def _read(path: Path) -> dict[str, Any] | None:
    with suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else None
    return None


def _put(id: str, kind: str, body: dict[str, Any]) -> None:
    path = _file(id, kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, json.dumps(body, ensure_ascii=False).encode())


def _drop(id: str, kind: str) -> None:
    with suppress(FileNotFoundError):
        remove(_file(id, kind))


def siting_features(answer: dict[str, Any]) -> dict[str, Any]:
    """The sites of an answer, new and standing, as GeoJSON."""
    keys = ("order", "phase", "site", "name", "cost", "gain", "alone", "reached")
    opened = [({**{k: s[k] for k in keys}, "existing": False}, s) for s in answer["sites"]]
    stand = [({"site": s["site"], "name": s["name"], "existing": True}, s) for s in answer["existing"]]
    return {
        "type": "FeatureCollection", "simulated": answer["simulated"], "approximate": answer["approximate"],
        "features": [
            {"type": "Feature", "id": s["site"], "properties": properties,
             "geometry": {"type": "Point", "coordinates": [s["x"], s["y"]]}}
            for properties, s in opened + stand
        ],
    }  # fmt: skip
