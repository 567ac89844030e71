"""The receipts table: one row a delivery, written last, with its verdict and four scores."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import polars as pl

from tinh.gate.api import Judgement
from tinh.lake.columns import UTC
from tinh.packs.api import Dataset
from tinh.sources.api import Receipt

SCORES = ("correct", "sufficient", "clean", "alive")

SCHEMA: dict[str, pl.DataType] = {
    "id": pl.String(),
    "dataset": pl.String(),
    "digest": pl.String(),
    "size": pl.Int64(),
    "filename": pl.String(),
    "channel": pl.String(),
    "sender": pl.String(),
    "received_at": UTC,
    "simulated": pl.Boolean(),
    "answers": pl.String(),
    "outcome": pl.String(),
    "received": pl.Int64(),
    "accepted": pl.Int64(),
    "held": pl.Int64(),
    **{f"{score}_{part}": pl.Int64() for score in SCORES for part in ("num", "den")},
    "periods": pl.List(pl.String()),
    "first_period": pl.String(),
    "last_period": pl.String(),
    "places": pl.Int64(),
    "verdict": pl.String(),
    "contract": pl.String(),
    "committed_at": UTC,
    "mended": pl.List(pl.Int64()),
}

_FIELDS = (
    "id", "dataset", "digest", "size", "filename", "channel", "sender", "received_at", "simulated", "answers",
)  # fmt: skip


class Laid(Protocol):
    """Rows that are laid down and wait to be committed."""

    span: tuple[str, str] | None

    def commit(self) -> int: ...
    def discard(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A judged delivery, ready to be committed."""

    receipt: Receipt
    dataset: Dataset
    judgement: Judgement
    draft: Laid | None = None  # holds the rows where they are too many to be held in memory


@dataclass(frozen=True, slots=True)
class StoredReceipt(Receipt):
    """A receipt as the lake keeps it: with its verdict and the contract that judged it.
    `mended` are the held rows of the receipt it answers that it brought into the lake."""

    verdict: dict[str, Any] | None = None
    contract: str = ""
    committed_at: datetime | None = None
    mended: tuple[int, ...] = ()

    @property
    def receipt(self) -> Receipt:
        return Receipt(**{name: getattr(self, name) for name in _FIELDS})

    def as_dict(self) -> dict[str, Any]:
        """The receipt's fields and, beside them, those of its verdict."""
        fields = self.receipt.as_dict()
        verdict = dict(self.verdict or {})
        return {
            "receipt": fields.pop("id"),
            **fields,
            **verdict,
            "contract": self.contract,
            "committed_at": self.committed_at.isoformat() if self.committed_at else None,
        }


def row(entry: Entry, committed_at: datetime) -> dict[str, Any]:
    """The receipts row of a judged delivery."""
    verdict, accepted = entry.judgement.verdict, entry.judgement.accepted
    periods = (
        sorted(accepted.get_column("_period").drop_nulls().unique()) if "_period" in accepted.columns else []
    )
    scores = {
        f"{name}_{part}": getattr(getattr(verdict.scores, name), part)
        for name in SCORES
        for part in ("num", "den")
    }
    return {
        **{name: getattr(entry.receipt, name) for name in _FIELDS},
        "outcome": verdict.outcome,
        "received": verdict.received,
        "accepted": verdict.accepted,
        "held": verdict.held,
        **scores,
        "periods": periods[:400],
        "first_period": periods[0] if periods else None,
        "last_period": periods[-1] if periods else None,
        "places": accepted.get_column("_place").n_unique() if "_place" in accepted.columns else 0,
        "verdict": json.dumps(verdict.as_dict(), ensure_ascii=False),
        "contract": entry.dataset.digest,
        "committed_at": committed_at,
        "mended": entry.judgement.extra.get("mended"),
    }


def receipts(frame: pl.DataFrame) -> list[StoredReceipt]:
    """Rows of the receipts table as objects."""
    return [_receipt(r) for r in frame.iter_rows(named=True)]


def _receipt(r: dict[str, Any]) -> StoredReceipt:
    return StoredReceipt(
        **{**{name: r[name] for name in _FIELDS}, "answers": r["answers"] or ""},
        verdict=json.loads(r["verdict"]),
        contract=r["contract"],
        committed_at=r["committed_at"],
        mended=tuple(r["mended"] or ()),
    )


def ids(entries: Iterable[Entry]) -> list[str]:
    return [entry.receipt.id for entry in entries]
