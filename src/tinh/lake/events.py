"""What happened to a receipt after its verdict: an append-only table, and the standing it leads to."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl

from tinh.gate.api import Score, Scores
from tinh.lake.columns import UTC, literal
from tinh.lake.engine import Engine, scan
from tinh.lake.tables import Snapshot, Table

Kind = Literal["answered", "released", "proposed_accepted", "recalled", "reinstated"]
DELTAS = (
    "d_correct_num", "d_correct_den", "d_accepted", "d_held", "d_clean_num", "d_clean_den",
)  # fmt: skip

EVENTS: dict[str, pl.DataType] = {
    "receipt": pl.String(),
    "at": UTC,
    "kind": pl.String(),
    "actor": pl.String(),
    "reason": pl.String(),
    "other": pl.String(),
    "rows": pl.List(pl.Int64()),
    "detail": pl.String(),
    **{name: pl.Int64() for name in DELTAS},
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a receipt. `other` is the receipt that brought it about, `rows`
    the rows it is about, the deltas what it changes in the receipt's counts; `detail` may hold
    `sufficient`, the keys that came with it and had been missing."""

    receipt: str
    at: datetime
    kind: Kind
    actor: str = ""
    reason: str = ""
    other: str = ""
    rows: tuple[int, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    d_correct_num: int = 0
    d_correct_den: int = 0
    d_accepted: int = 0
    d_held: int = 0
    d_clean_num: int = 0
    d_clean_den: int = 0

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What makes a repeat of this event the same event: what brought it about, or else its moment."""
        return (self.receipt, self.kind, self.other, "" if self.other else self.at.isoformat())

    def as_dict(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "kind": self.kind,
            "actor": self.actor,
            "reason": self.reason,
            "other": self.other,
            "rows": list(self.rows),
            "detail": dict(self.detail),
            "deltas": {name.removeprefix("d_"): getattr(self, name) for name in DELTAS},
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """What a receipt's verdict has become: its first counts and everything that happened since."""

    accepted: int
    held: int
    scores: Scores
    recalled: bool = False

    def as_dict(self) -> dict[str, Any]:
        names = ("correct", "sufficient", "clean", "alive")
        shown = {n: getattr(self.scores, n) for n in names}
        return {
            "accepted": self.accepted,
            "held": self.held,
            "scores": {n: {"num": s.num, "den": s.den} for n, s in shown.items()},
            "recalled": self.recalled,
        }


def standing(verdict: Mapping[str, Any], events: Iterable[Event]) -> Standing:
    """The standing of a receipt: its stored verdict and the sum of its events' deltas."""
    told = sorted(events, key=lambda e: (e.at, e.kind))
    sums = {name: sum(getattr(e, name) for e in told) for name in DELTAS}
    given = {name: Score(s["num"], s["den"]) for name, s in verdict["scores"].items()}
    correct, clean = given["correct"], given["clean"]
    full = given["sufficient"]
    brought = sum(int(e.detail.get("sufficient", 0)) for e in told)
    turns = [e.kind for e in told if e.kind in ("recalled", "reinstated")]
    return Standing(
        accepted=verdict["accepted"] + sums["d_accepted"],
        held=verdict["held"] + sums["d_held"],
        scores=Scores(
            correct=Score(correct.num + sums["d_correct_num"], correct.den + sums["d_correct_den"]),
            sufficient=Score(min(full.num + brought, max(full.den, full.num)), full.den),
            clean=Score(clean.num + sums["d_clean_num"], clean.den + sums["d_clean_den"]),
            alive=given["alive"],
        ),
        recalled=bool(turns) and turns[-1] == "recalled",
    )


class Events:
    """The table of events of one lake."""

    def __init__(self, root: Path, engine: Engine) -> None:
        self.table = Table(root / "receipt_events")
        self._engine = engine

    def add(self, given: Sequence[Event]) -> int:
        """Add the events that are not there yet; how many that were."""
        added = 0

        def prepare(_now: Snapshot) -> pl.DataFrame | None:
            nonlocal added
            known = {e.identity for e in events(self.read({e.receipt for e in given}))}
            new = [e for e in given if e.identity not in known]
            added = len(new)
            return frame(new) if new else None

        return added if given and self.table.append(prepare, EVENTS) else 0

    def read(self, receipts: Collection[str] | None = None) -> pl.DataFrame:
        now = self.table.snapshot()
        if now is None or (receipts is not None and not receipts):
            return pl.DataFrame(schema=EVENTS)
        files, clause = now.paths(), ""
        if receipts is not None:
            files = now.paths(now.span("receipt", min(receipts), max(receipts)))
            clause = f"WHERE receipt IN ({', '.join(literal(r) for r in sorted(receipts))})"
        source = scan(files, EVENTS, now.schema)
        return self._engine.frame(f'SELECT * FROM ({source}) {clause} ORDER BY "at", receipt, kind')


def frame(events: Sequence[Event]) -> pl.DataFrame:
    """Events as rows of their table."""
    rows = [
        {
            **{name: getattr(e, name) for name in EVENTS},
            "rows": list(e.rows),
            "detail": json.dumps(dict(e.detail), ensure_ascii=False),
        }
        for e in events
    ]
    return pl.DataFrame(rows, schema=EVENTS)


def events(rows: pl.DataFrame) -> list[Event]:
    """Rows of the table as events."""
    return [
        Event(**{**r, "rows": tuple(r["rows"] or ()), "detail": json.loads(r["detail"] or "{}")})
        for r in rows.iter_rows(named=True)
    ]


def tally(rows: pl.DataFrame) -> pl.DataFrame:
    """The sum of what each receipt's events change: `receipt`, a column a delta, `d_sufficient_num`."""
    brought = pl.col("detail").str.json_path_match("$.sufficient").cast(pl.Int64, strict=False)
    return rows.group_by("receipt").agg(
        *(pl.col(name).sum() for name in DELTAS), brought.sum().alias("d_sufficient_num")
    )
