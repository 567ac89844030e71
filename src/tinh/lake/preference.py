"""Whose row counts: rows of a preferred sender are not replaced by later ones of a less preferred.

Rows carry their receipt, and the receipts table says who sent it. A sender that a contract does not
name comes after those it names; among equals the newest row counts, as where nothing is declared.
Rows of a receipt that is not committed yet are nobody's.
"""

from __future__ import annotations

import polars as pl

from tinh.lake.columns import literal, quoted
from tinh.lake.engine import scan
from tinh.lake.tables import Snapshot
from tinh.packs.api import Dataset

_NEWEST = "_received_at DESC, _receipt DESC, _row DESC"
_SENT: dict[str, pl.DataType] = {"id": pl.String(), "sender": pl.String()}


def by(dataset: Dataset) -> list[str]:
    """What rows that replace each other have in common."""
    timed = dataset.period is not None and dataset.period.column in dataset.key
    return ["_key", "_period"] if timed else ["_key"]


def sent(receipts: Snapshot | None) -> str:
    """A SELECT of each receipt's id and sender."""
    return scan(receipts.paths() if receipts else [], _SENT, receipts.schema if receipts else {})


def first(rows: str, receipts: Snapshot | None, dataset: Dataset) -> str:
    """Of `rows`, the one that counts of each group; rows without a key all count."""
    group = f"PARTITION BY {', '.join(by(dataset))}"
    if not dataset.prefer:
        return f"{rows} QUALIFY _key IS NULL OR row_number() OVER ({group} ORDER BY {_NEWEST}) = 1"
    return (
        f"SELECT rows_.* FROM ({rows}) AS rows_ LEFT JOIN ({sent(receipts)}) AS sent_ "
        "ON rows_._receipt = sent_.id QUALIFY _key IS NULL OR row_number() OVER "
        f"({group} ORDER BY {_rank(dataset)}, {_NEWEST}) = 1"
    )


def _rank(dataset: Dataset) -> str:
    """The place of a sender in the contract's order; a token's pushes are those of its account."""
    whens = " ".join(
        f"WHEN sent_.sender = {literal(s)} OR starts_with(sent_.sender, {literal(s + '/')}) THEN {n}"
        for n, s in enumerate(dataset.prefer)
    )
    return f"CASE {whens} ELSE {len(dataset.prefer)} END" if whens else "0"


def told(dataset: Dataset) -> list[str]:
    """The columns in which rows of one key may differ and be compared: no key, nothing personal."""
    return [c.name for c in dataset.columns if c.name not in dataset.key and c.personal == "none"]


def offered(rows: str, receipts: Snapshot | None, dataset: Dataset) -> str:
    """Of `rows`, the newest of each sender in each group in which two of them tell a column differently."""
    group = ", ".join(by(dataset))
    over = f"OVER (PARTITION BY {group})"
    apart = " OR ".join(f"min({quoted(c)}) {over} <> max({quoted(c)}) {over}" for c in told(dataset))
    return (
        f"SELECT * FROM (SELECT rows_.*, sent_.sender AS _sender, {_rank(dataset)} AS _rank "
        f"FROM ({rows}) AS rows_ JOIN ({sent(receipts)}) AS sent_ ON rows_._receipt = sent_.id "
        f"WHERE _key IS NOT NULL QUALIFY row_number() OVER (PARTITION BY {group}, sent_.sender "
        f"ORDER BY {_NEWEST}) = 1) QUALIFY {apart or 'FALSE'}"
    )
