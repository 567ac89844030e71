"""What somebody who delivers data has to do now: what is overdue, held, refused, stopped, and due next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from tinh.flow.deliveries import Deliveries, Span
from tinh.kit.errors import Text
from tinh.lake.api import Wanted

if TYPE_CHECKING:
    from tinh.flow.corridor import Corridor

What = Literal["overdue", "refused", "held", "due"]
LOOKED_AT = 200  # of the newest receipts of the datasets asked about


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `num` of `of` deliveries (overdue, due) or rows (held); `more`: earlier windows
    of the same dataset that lack some too."""

    what: What
    dataset: str
    name: Text
    window: str = ""
    due_at: datetime | None = None
    days: int = 0
    working_days: int = 0
    num: int = 0
    of: int = 0
    places: tuple[str, ...] = ()
    more: int = 0
    receipt: str = ""
    filename: str = ""
    at: datetime | None = None
    problem: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "what": self.what, "dataset": self.dataset, "name": self.name.as_dict(),
            "window": self.window or None,
            "due_at": self.due_at.isoformat() if self.due_at else None, "days": self.days,
            "working_days": self.working_days, "num": self.num, "of": self.of, "places": list(self.places),
            "more": self.more, "receipt": self.receipt or None, "filename": self.filename or None,
            "at": self.at.isoformat() if self.at else None, "problem": self.problem or None,
        }  # fmt: skip


def todo(corridor: Corridor, datasets: Collection[str], place: str = "") -> tuple[Task, ...]:
    """The tasks of some datasets, the most urgent first; of one place's deliveries alone where given."""
    now = corridor.clock.now()
    listed = [corridor.board.deliveries(id, now) for id in sorted(datasets)]
    tasks = [task for one in listed for task in _of_calendar(one, now, place)]
    if not place:
        tasks += _of_receipts(corridor, datasets)
    order = {"overdue": 0, "refused": 1, "held": 2, "due": 3}
    return tuple(sorted(tasks, key=lambda t: (order[t.what], -t.working_days, t.due_at or now, t.dataset)))


def _of_calendar(one: Deliveries, now: datetime, place: str) -> list[Task]:
    spans = [span.at(place) if place else span for span in one.spans]
    spans = [span for span in spans if span.deliveries]
    lacking = [span for span in spans if span.due_at <= now and span.missing]
    ahead = [span for span in spans if span.due_at > now and span.came < span.owed]
    tasks = []
    if lacking:
        tasks.append(_task("overdue", one, lacking[-1], len(lacking) - 1))
    if ahead:
        tasks.append(_task("due", one, ahead[0], 0))
    return tasks


def _task(what: What, one: Deliveries, span: Span, more: int) -> Task:
    gone = [d for d in span.deliveries if d.state == "missing"]
    worst = max(gone, key=lambda d: d.working_days, default=None)
    return Task(
        what, one.dataset, one.name, span.window, span.due_at, worst.days if worst else 0,
        worst.working_days if worst else 0, span.missing if what == "overdue" else span.came, span.owed,
        tuple(d.place for d in gone if d.place), more,
    )  # fmt: skip


def _of_receipts(corridor: Corridor, datasets: Collection[str]) -> list[Task]:
    """Receipts with rows still held, and refused ones nothing better came after."""
    lake = corridor.lake
    wanted = Wanted(frozenset(datasets), recalled=False)
    listed = lake.receipts(limit=LOOKED_AT, wanted=wanted) if datasets else []
    since = lake.held_since({one.id for one in listed})
    tasks, better = [], set()
    for one in listed:  # newest first
        verdict = one.verdict or {}
        declared = corridor.catalogue.datasets.get(one.dataset)
        name = declared.name if declared else Text(one.dataset, one.dataset)
        task = Task(
            "held", one.dataset, name, receipt=one.id, filename=one.filename or one.id, at=one.received_at
        )
        if verdict.get("verdict") == "refused":
            if one.dataset not in better:
                problem = str((verdict.get("problem") or {}).get("code", ""))
                tasks.append(replace(task, what="refused", problem=problem))
            continue
        better.add(one.dataset)
        held = int(verdict.get("held", 0)) + since.get(one.id, 0)
        if held > 0:
            tasks.append(replace(task, num=held, of=int(verdict.get("received", 0))))
    return tasks
