"""`tinh plan`: a changed folder beside what is applied, with its effects on the real lake, unwritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from tinh.flow.applied import Applied
from tinh.flow.errors import NoReason, NothingToApply, PlanStale, VersionUnreadable, WouldBreak
from tinh.flow.home import Home, home_of
from tinh.flow.planned import AlertMove, Fall, Plan
from tinh.flow.recompute import Values
from tinh.flow.rejudging import Rejudging
from tinh.flow.revaluing import Revaluing
from tinh.flow.watching import alerts_over, watched
from tinh.kit.clock import Clock, SystemClock
from tinh.kit.ids import fresh
from tinh.lake.api import Lake
from tinh.packs.api import Catalogue, broken, changes, compile, declared_texts, differing, province_id
from tinh.places.api import gazetteer
from tinh.watch.api import Alert

RECEIPTS = 20  # deliveries of a changed contract that are judged again
_TIERS = {"draft": 0, "trusted": 1, "binding": 2}
Told = Callable[[str, str], None]


def plan(
    folder: Path,
    limit: int = RECEIPTS,
    clock: Clock | None = None,
    home: Home | None = None,
    told: Told | None = None,
) -> Plan:
    """What applying `folder` would change; PackFaults when it does not compile. Writes nothing.

    At most `limit` deliveries of each changed contract are judged again. `told` hears what is
    being worked on: a step and the id it is about.
    """
    clock = clock or SystemClock()
    home = home or home_of(province_id(folder))
    after = compile(folder, home=home.root)
    applied = Applied(home, clock)
    number = applied.number()
    texts = declared_texts(after)
    if not number:
        return Plan(after.id, 0, "", after.digest, differing({}, texts), recompute=tuple(after.indicators))
    files = differing(applied.texts(number), texts)
    before_digest = applied.version(number).digest
    if not files:
        return Plan(after.id, number, before_digest, after.digest)
    try:
        before = applied.catalogue(number)
    except VersionUnreadable as error:
        return Plan(
            after.id, number, before_digest, after.digest, files,
            unreadable=error.detail().en, recompute=tuple(after.indicators),
        )  # fmt: skip
    tell = told or (lambda _step, _id: None)
    lake, places = Lake(home.lake, clock), gazetteer(after.units)
    judging = Rejudging(before, after, lake, home)
    rejudged = []
    for id in judging.changed():
        tell("rejudge", id)
        rejudged.append(judging.of(id, limit))
    values = Revaluing(before, after, lake, places, clock.now())
    recompute = values.changed()
    revalued = []
    for id in recompute:
        tell("revalue", id)
        revalued.append(values.of(id))
    return Plan(
        after.id, number, before_digest, after.digest, files,
        changes(before, after), broken(before, after), tuple(rejudged), tuple(revalued), values.targets(),
        _falls(before, after), _alerts(before, after, lake, values, places, clock.now()),
        recompute=recompute,
    )  # fmt: skip


def _falls(before: Catalogue, after: Catalogue) -> tuple[Fall, ...]:
    """Packs first; what falls with its pack is counted there."""
    out = []
    inside: list[tuple[str, Any, Any]] = []
    for kind, old, new in (
        ("indicator", before.indicators, after.indicators),
        ("alert", before.alerts, after.alerts),
    ):
        inside += [(kind, was, new[id]) for id, was in old.items() if id in new and _lower(was, new[id])]
    for id, pack in before.packs.items():
        now = after.packs.get(id)
        if now is None or not _lower(pack, now):
            continue
        move = (id, pack.maturity, now.maturity)
        others = [i for i in inside if (i[1].pack, i[1].maturity, i[2].maturity) == move]
        inside = [i for i in inside if i not in others]
        out.append(Fall("pack", id, pack.maturity, now.maturity, len(others)))
    return (*out, *(Fall(kind, was.id, was.maturity, now.maturity) for kind, was, now in inside))


def _lower(before: Any, after: Any) -> bool:
    return _TIERS[after.maturity] < _TIERS[before.maturity]


def _alerts(
    before: Catalogue, after: Catalogue, lake: Lake, values: Revaluing, places: Any, now: datetime
) -> tuple[AlertMove, ...]:
    old = _by_rule(alerts_over(before, lake.values(watched(before)), places, now))
    shown = lake.values([i for i in watched(after) if i not in values.frames])
    older = lake.values([i for i in watched(after) if i in values.frames])  # versions beside the newest
    frames = [shown, *(values.frames[i].select(c for c in shown.columns if c in values.frames[i].columns)
                       for i in watched(after) if i in values.frames)]  # fmt: skip
    for id in (i for i in watched(after) if i in values.frames):
        newest = after.indicators[id].version
        frames.append(older.filter((pl.col("indicator") == id) & (pl.col("version") != newest)))
    new = _by_rule(alerts_over(after, pl.concat(frames, how="diagonal_relaxed"), places, now))
    out = []
    for key in sorted({*old, *new}):
        a, b = old.get(key), new.get(key)
        was, will = a.status if a else "ok", b.status if b else "ok"
        if was != will and ({was, will} & {"firing", "silent"}):
            starts = will == "firing" or (will == "silent" and was != "firing")
            said = (b or a) if starts else (a or b)
            assert said is not None
            out.append(AlertMove(*key, "starts" if starts else "ends", was, will, said.sentence))
    return tuple(out)


def _by_rule(alerts: tuple[Alert, ...]) -> dict[tuple[str, str], Alert]:
    return {(a.rule, a.place): a for a in alerts}


def apply(
    folder: Path,
    by: str,
    reason: str,
    shown: Plan,
    clock: Clock | None = None,
    home: Home | None = None,
    compute: bool = True,
) -> tuple[int, int]:
    """Apply the folder a plan was made of: the new version's number and how many values it wrote.

    `compute` off leaves the values to who takes the version over.

    Rows stay as they were judged; their receipts name the contract that judged them.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise NoReason
    clock = clock or SystemClock()
    home = home or home_of(province_id(folder))
    after = compile(folder, home=home.root)
    if after.digest != shown.digest_after:
        raise PlanStale
    if shown.empty:
        raise NothingToApply(number=shown.number)
    if shown.refused:
        raise WouldBreak(
            findings_vi="; ".join(f"{b.finding.code} {b.finding.says.vi}" for b in shown.refused),
            findings_en="; ".join(f"{b.finding.code} {b.finding.says.en}" for b in shown.refused),
        )
    home.make()
    version = Applied(home, clock).write(after, by, reason, shown.number, shown.recompute)
    return version.number, recompute(after, home, clock, version.recompute) if compute else 0


def recompute(catalogue: Catalogue, home: Home, clock: Clock, indicators: tuple[str, ...]) -> int:
    """Compute what a version named; one indicator that fails stops no other. How many values were written."""
    from tinh.flow.journal import Journal

    lake = Lake(home.lake, clock)
    if not lake.version():
        return 0
    values = Values(catalogue, lake, gazetteer(catalogue.units))
    wanted = [i for i in indicators if i in catalogue.indicators]
    written, failed = 0, {}
    with Journal(home.journal).run("apply", clock.now()) as run:
        for id in wanted:
            try:
                written += values.anew([id], f"{run.id}-{fresh(4)}", clock.now())
            except Exception as error:
                failed[id] = str(error)[:300]
        run.facts = {
            "values": written,
            "indicators": wanted,
            **({"failed_indicators": failed} if failed else {}),
        }
    return written
