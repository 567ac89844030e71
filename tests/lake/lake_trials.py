"""Contracts, judgements and receipts to commit in trials of the lake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from tinh.gate.api import Judgement, Score, Scores, Verdict
from tinh.kit.errors import Text
from tinh.kit.ids import digest as digest_of
from tinh.lake.api import Entry
from tinh.packs.models import Column, Dataset, PeriodBinding
from tinh.sources.api import Receipt

START = datetime(2026, 1, 5, 8, tzinfo=UTC)


def dataset(kind: str = "report", **change: Any) -> Dataset:
    """A monthly figure per commune, or an event stream."""
    every = "hour" if kind == "stream" else "month"
    fields: dict[str, Any] = {
        "id": "figures",
        "pack": "trial",
        "name": Text("Số liệu", "Figures"),
        "kind": kind,
        "columns": (
            Column(name="commune", headers=("commune",), logical="string"),
            Column(name="month", headers=("month",), logical="string"),
            Column(name="amount", headers=("amount",), logical="integer"),
        ),
        "key": ("commune", "month"),
        "period": PeriodBinding(column="month", every=every),
        "file": Path("figures.odcs.yaml"),
        "digest": "d" * 64,
    }
    return Dataset(**{**fields, **change})


def judged(rows: list[tuple[str, str, Any]], held: int = 0, **columns: pl.Series) -> Judgement:
    """A judgement that accepted (commune, period, amount) rows and held some more."""
    accepted = pl.DataFrame(
        rows, schema={"commune": pl.String, "month": pl.String, "amount": pl.Int64}, orient="row"
    )
    accepted = accepted.with_columns(
        pl.int_range(2, 2 + len(rows), dtype=pl.UInt32).alias("_row"),
        pl.col("commune").alias("_place"),
        pl.col("month").alias("_period"),
        (pl.col("commune") + "|" + pl.col("month")).alias("_key"),
        pl.lit([], dtype=pl.List(pl.String)).alias("_flags"),
        *(series.alias(name) for name, series in columns.items()),
    )
    kept = pl.DataFrame(
        {
            "_row": pl.Series(range(held), dtype=pl.UInt32),
            "_rules": pl.Series([["place"]] * held, dtype=pl.List(pl.String)),
            "_values": pl.Series(["{}"] * held, dtype=pl.String),
            "commune": pl.Series(["?"] * held, dtype=pl.String),
        }
    )
    total = len(rows) + held
    scores = Scores(
        Score(len(rows), total), Score(len(rows), total), Score(len(rows), len(rows)), Score(1, 1)
    )
    return Judgement(
        Verdict("in part" if held else "accepted", total, len(rows), held, scores), accepted, kept
    )


def receipt(name: str, hours: float = 0, of: str = "figures") -> Receipt:
    digest = digest_of(name.encode())
    at = START + timedelta(hours=hours)
    return Receipt(Receipt.id_for(of, digest), of, digest, 10, f"{name}.csv", "file", "sở", at)


def entry(name: str, rows: list[tuple[str, str, Any]], hours: float = 0, held: int = 0, **more: Any) -> Entry:
    kind = more.pop("kind", "report")
    contract = more.pop("contract", None) or dataset(kind)
    return Entry(receipt(name, hours, contract.id), contract, judged(rows, held, **more))
