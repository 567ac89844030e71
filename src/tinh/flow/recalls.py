"""Recall of a whole receipt, and its reinstatement: shown first, then done, and safe to repeat.

A recall deletes nothing. Its order is written down first, then the event that takes the receipt
out, then the values it reached are computed anew; whoever opens the corridor after a crash
finishes an order that was written. Orders of one home take turns.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import structlog

from tinh.flow.errors import (
    AlreadyRecalled,
    DatasetAway,
    NoSuchDelivery,
    NotRecalled,
    ReasonNeeded,
    RecalledWith,
    WasRecalled,
)
from tinh.flow.intents import Intent
from tinh.flow.journal import Run
from tinh.flow.known import Group
from tinh.flow.recompute import News
from tinh.kit import durable
from tinh.kit.errors import TinhError
from tinh.lake.api import Event, Lake, StoredReceipt
from tinh.packs.api import Dataset

if TYPE_CHECKING:
    from tinh.flow.corridor import Corridor

log = structlog.get_logger()
LONGEST = 1000  # characters of a reason
Turn = Literal["recalled", "reinstated"]


@dataclass(frozen=True, slots=True)
class Order:
    """A recall or a reinstatement that has been decided; `at` makes a repeat the same event."""

    receipt: str
    kind: Turn
    actor: str
    reason: str
    at: str


def recall(corridor: Corridor, receipt: str, reason: str, actor: str) -> Event:
    """Take a receipt, and what answers it, out of everything that counts, from now on."""
    return _decide(corridor, receipt, "recalled", reason, actor)


def reinstate(corridor: Corridor, receipt: str, reason: str, actor: str) -> Event:
    """Let a recalled receipt count again as if it had never been recalled."""
    return _decide(corridor, receipt, "reinstated", reason, actor)


def recover(corridor: Corridor) -> int:
    """Carry out the orders a crash left behind; how many."""
    folder = _folder(corridor)
    if not any(folder.glob("*.json")):
        return 0
    done = 0
    with _turn(corridor):
        for path in sorted(folder.glob("*.json")):
            order = Order(**json.loads(path.read_bytes()))
            try:
                stored, dataset = find(corridor, order.receipt)
                _carry_out(corridor, stored, dataset, order)
                done += 1
            except TinhError as error:
                log.warning("flow.recall_postponed", receipt=order.receipt, code=error.code)
    return done


def find(corridor: Corridor, receipt: str) -> tuple[StoredReceipt, Dataset]:
    stored = corridor.lake.receipt(receipt)
    if stored is None:
        raise NoSuchDelivery(receipt=receipt)
    dataset = corridor.catalogue.datasets.get(stored.dataset)
    if dataset is None:
        raise DatasetAway(receipt=receipt, dataset=stored.dataset)
    return stored, dataset


def check(lake: Lake, receipt: str, kind: Turn) -> None:
    """Raise unless the receipt may be recalled, or reinstated, as it stands."""
    now = lake.recalls.why(receipt)
    if kind == "recalled" and now is not None:
        facts = {"actor": now.actor, "at": f"{now.at:%Y-%m-%d %H:%M}Z", "reason": now.reason}
        raise AlreadyRecalled(receipt=receipt, **facts)
    if kind == "reinstated" and now is None:
        raise NotRecalled(receipt=receipt)
    if kind == "reinstated" and now is not None and now.receipt != receipt:
        raise RecalledWith(receipt=receipt, other=now.receipt)


def refuse(lake: Lake, receipt: str) -> None:
    """Raise when a receipt, the bytes of which have come again, was recalled."""
    was = lake.recalls.why(receipt)
    if was is not None:
        facts = {"actor": was.actor, "at": f"{was.at:%Y-%m-%d %H:%M}Z", "reason": was.reason}
        raise WasRecalled(receipt=was.receipt, **facts)


def catch_up(corridor: Corridor, run: Run, dataset: Dataset, receipts: list[str], news: News) -> None:
    """What a recall in the meantime could not see: rows it should have brought back of receipts that
    were judged before it and committed after."""
    if dataset.kind == "stream" and dataset.key:
        news.gone = True
        for stored in corridor.lake.skipped(dataset):
            if stored.id in receipts:
                spared(corridor, run, dataset, stored)
                news.add(corridor.lake.reached(dataset, {stored.id}))


def _decide(corridor: Corridor, receipt: str, kind: Turn, reason: str, actor: str) -> Event:
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST:
        raise ReasonNeeded(most=LONGEST)
    with _turn(corridor):
        stored, dataset = find(corridor, receipt)
        check(corridor.lake, receipt, kind)
        order = Order(receipt, kind, actor, said, _moment(corridor).isoformat())
        durable.write(_folder(corridor) / f"{receipt}.json", json.dumps(asdict(order)).encode())
        return _carry_out(corridor, stored, dataset, order)


def _moment(corridor: Corridor) -> datetime:
    """Now, later than every receipt and every recall before."""
    now: datetime = corridor.moment()
    last = corridor.lake.recalls.last()
    return now if last is None or now > last else last + timedelta(microseconds=1)


def _carry_out(corridor: Corridor, stored: StoredReceipt, dataset: Dataset, order: Order) -> Event:
    lake, out = corridor.lake, order.kind == "recalled"
    event = Event(
        receipt=order.receipt,
        at=datetime.fromisoformat(order.at),
        kind=order.kind,
        actor=order.actor,
        reason=order.reason,
        detail={"dataset": dataset.id, "kind": dataset.kind},
    )
    with corridor.journal.run("recall" if out else "reinstate", corridor.clock.now()) as run:
        gone = lake.recalls.company(stored.id)
        lost: list[str] = []
        if out:
            with run.step("fill"):
                fill(corridor, run, dataset, lake.supposing(stored, out=True), gone)
        with run.step("event"):
            lake.add_events([event])
        if out:  # once more: for what was judged before the event and committed after the first look
            with run.step("fill"):
                lost = fill(corridor, run, dataset, lake, gone)
        with run.step("compute"):
            written, failed = corridor.values.after(
                [news_of(lake, dataset, gone)], run.id, corridor.clock.now()
            )
        run.facts = {
            "dataset": dataset.id, "receipts": sorted(gone), "by": order.actor, "values": written,
            **({"unread": lost} if lost else {}), **({"failed_indicators": failed} if failed else {}),
        }  # fmt: skip
        (_folder(corridor) / f"{stored.id}.json").unlink(missing_ok=True)
    return event


def news_of(lake: Lake, dataset: Dataset, receipts: frozenset[str]) -> News:
    """What recalling or reinstating these receipts touches."""
    news = News(dataset, gone=True)
    news.add(lake.reached(dataset, receipts))
    return news


def fill(corridor: Corridor, run: Run, dataset: Dataset, after: Lake, gone: frozenset[str]) -> list[str]:
    """Read again, from the raw bytes, later receipts of a stream that sent rows anew which had been
    skipped as known, until each key of `gone` stands in `after` or all were read. Spare rows count for
    nothing while the rows they repeat do. Says which receipts could not be read."""
    if dataset.kind != "stream" or not dataset.key:
        return []
    needed = set(after.bare(dataset, gone))
    lost: list[str] = []
    out = after.recalls.of(dataset.id).now
    within = None
    if needed and dataset.period is not None and dataset.period.column in dataset.key:
        periods = after.reached(dataset, gone).get_column("_period").drop_nulls()
        within = (str(periods.min()), str(periods.max())) if len(periods) else None
    for stored in corridor.lake.skipped(dataset, within) if needed else ():
        if stored.id in gone:
            continue
        keys = spared(corridor, run, dataset, stored)
        if keys is None:
            lost.append(stored.id)
        elif stored.id not in out:
            needed -= keys
        if not needed:
            break
    return lost


def spared(corridor: Corridor, run: Run, dataset: Dataset, stored: StoredReceipt) -> set[str] | None:
    """Keep what was skipped of one receipt; the keys of all its accepted rows, None if it cannot be read."""
    group = Group([stored.id], blind=True)
    entry = corridor.judge(run, dataset, Intent(stored.receipt, "load", ""), group)
    if entry is None:
        return None
    judged = entry.judgement
    corridor.lake.add_spare(dataset, stored.receipt, judged.accepted)
    return set(judged.accepted.get_column("_key").drop_nulls().to_list())


def _folder(corridor: Corridor) -> Path:
    return corridor.home.intents / "recalls"


@contextlib.contextmanager
def _turn(corridor: Corridor) -> Iterator[None]:
    """One recall at a time, over all processes of a home."""
    folder = _folder(corridor)
    folder.mkdir(parents=True, exist_ok=True)
    durable.sync_folder(folder.parent)
    with (folder / "turn").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
