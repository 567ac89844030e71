"""Which receipts of the ledger are asked for: the conditions of a list, as SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_PLAIN = "replace(strip_accents(lower({})), 'đ', 'd')"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Receipts of some datasets (None: of all), with an outcome, received in [since, until), whose file
    name or id holds `text` in any case and accent; recalled ones only (True), or the others (False)."""

    datasets: Collection[str] | None = None
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    recalled: bool | None = None


def conditions(wanted: Wanted, out: Collection[str]) -> tuple[list[str], list[Any]]:
    """The conditions over the receipts table, `out` being the recalled ones."""
    where: list[str] = []
    params: list[Any] = []
    if wanted.datasets is not None:
        where.append("list_contains(?, dataset)")
        params.append(sorted(wanted.datasets) or [""])
    if wanted.outcome:
        where.append("outcome = ?")
        params.append(wanted.outcome)
    if wanted.since is not None:
        where.append("received_at >= ?")
        params.append(wanted.since)
    if wanted.until is not None:
        where.append("received_at < ?")
        params.append(wanted.until)
    if wanted.text:
        where.append(f"(contains({_PLAIN.format('filename')}, {_PLAIN.format('?')}) OR id = ?)")
        params += [wanted.text, wanted.text]
    if wanted.recalled is not None:
        where.append(("" if wanted.recalled else "NOT ") + "list_contains(?, id)")
        params.append(sorted(out) or [""])
    return where, params
