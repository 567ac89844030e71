"""Anomalies that share a cause, put together: one delivery behind several, one place in many indicators, or
one indicator at many places at once. The largest such set takes its members first."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

LEAST = {"receipt": 2, "place": 2, "many": 3}


def grouped(rows: Sequence[dict[str, Any]]) -> None:
    """Set `group` and `cause` of each row (id, indicator, place, kind, first, receipt) in place."""
    for row in rows:
        row["group"], row["cause"] = row["id"], ""
    free = list(rows)
    while True:
        sets: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for row in free:
            if row["receipt"]:
                sets["receipt", row["receipt"]].append(row)
            sets["place", row["place"], row["first"]].append(row)
            sets["many", row["indicator"], row["kind"], row["first"]].append(row)
        able = {k: v for k, v in sets.items() if _spread(k[0], v) >= LEAST[k[0]]}
        if not able:
            return
        key = max(able, key=lambda k: (len(able[k]), k[0] == "receipt", k))
        name = hashlib.sha256("|".join(key).encode()).hexdigest()[:12]
        for row in able[key]:
            row["group"], row["cause"] = f"g{name}", key[0]
        taken = {id(row) for row in able[key]}
        free = [row for row in free if id(row) not in taken]


def _spread(cause: str, rows: Sequence[dict[str, Any]]) -> int:
    """How many different things a set holds: indicators of a place, places of an indicator, or anomalies."""
    column = {"place": "indicator", "many": "place", "receipt": "id"}[cause]
    return len({row[column] for row in rows})
