"""Conflicts between sources as doors show them: remembered until something lands, with who sent what."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

import polars as pl

from tinh.flow.corridor import Corridor
from tinh.insight import api as insight
from tinh.insight.api import Conflicts
from tinh.kit.periods import end, start

_lock = threading.Lock()
_known: WeakKeyDictionary[Corridor, tuple[tuple[Any, ...], Conflicts]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Behind:
    """A receipt behind a figure."""

    receipt: str
    sender: str
    filename: str
    received_at: datetime


def conflicts(corridor: Corridor, as_of: datetime | None = None) -> Conflicts:
    """What two sources tell differently, now or at a moment. The present answer is kept until a
    receipt comes or is recalled, or the hour turns (registers are counted as of now)."""
    now = corridor.clock.now()
    if as_of is not None:
        return insight.conflicts(corridor.catalogue, corridor.lake, corridor.gazetteer, now, as_of)
    state = (corridor.lake.version(), now.strftime("%Y%m%d%H"))
    with _lock:
        known = _known.get(corridor)
    if known is not None and known[0] == state:
        return known[1]
    found = insight.conflicts(corridor.catalogue, corridor.lake, corridor.gazetteer, now)
    with _lock:
        _known[corridor] = (state, found)
    return found


def narrowed(
    items: pl.DataFrame,
    seen: frozenset[str] | None = None,
    dataset: str = "",
    owned: Iterable[str] | None = None,
    period: str = "",
    kind: str = "",
    rule: str = "",
    place: str = "",
) -> pl.DataFrame:
    """Conflicts that have a side in the datasets somebody may see (`seen`, None for all), and of a
    dataset, of an agency's datasets (`owned`), within a period, of a kind, rule or place."""
    sides = [pl.col("dataset"), pl.col("their_dataset")] if "kind" in items.columns else [pl.col("dataset")]
    for wanted in (seen, owned, [dataset] if dataset else None):
        if wanted is not None:
            items = items.filter(pl.any_horizontal(side.is_in(sorted(wanted)) for side in sides))
    if period:
        first, after = start(period), end(period)
        inside = [p for p in items["period"].unique().drop_nulls() if start(p) < after and first < end(p)]
        items = items.filter(pl.col("period").is_in(inside))
    for column, value in (("kind", kind), ("rule", rule), ("place", place)):
        if value and column in items.columns:
            items = items.filter(pl.col(column) == value)
    return items


def behind(corridor: Corridor, rows: Iterable[Mapping[str, Any]]) -> dict[str, Behind]:
    """Who sent the receipts that these conflicts name, and when."""
    wanted = {r for row in rows for side in ("our_receipts", "their_receipts") for r in row[side] or ()}
    if not wanted:
        return {}
    found = corridor.lake.ledger().filter(pl.col("id").is_in(sorted(wanted)))
    picked = found.select("id", "sender", "filename", "received_at").iter_rows()
    return {id: Behind(id, sender, filename, at) for id, sender, filename, at in picked}


def told(row: Mapping[str, Any], sent: Mapping[str, Behind]) -> dict[str, Any]:
    """A conflict as programs see it: both figures with what is behind each, newest receipt first."""

    def side(which: str, dataset: str, column: str, value: str) -> dict[str, Any]:
        receipts = sorted(
            (sent[r] for r in row[which] or () if r in sent),
            key=lambda b: (b.received_at, b.receipt),
            reverse=True,
        )
        return {
            "dataset": row[dataset], "column": row[column] or None,
            "value": row[value] if row[value] is not None else row[f"{value}_text"],
            "senders": sorted({b.sender for b in receipts if b.sender}),
            "receipts": [
                {"receipt": b.receipt, "sender": b.sender, "received_at": b.received_at.isoformat()}
                for b in receipts[: insight.RECEIPTS]
            ],
        }  # fmt: skip

    return {
        "kind": row["kind"], "rule": row["rule"] or None, "dataset": row["dataset"], "place": row["place"],
        "period": row["period"], "key": row["key"],
        "ours": side("our_receipts", "dataset", "column", "ours"),
        "theirs": side("their_receipts", "their_dataset", "their_column", "theirs"),
        "difference": row["difference"], "share": row["share"], "tolerance": row["tolerance"],
        "tolerance_abs": row["tolerance_abs"], "counts": row["counts"], "why": row["why"],
        "trust": row["trust"] or None, "simulated": row["simulated"],
    }  # fmt: skip
