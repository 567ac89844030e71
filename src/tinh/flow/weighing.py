"""Scores out of what the lake and the calendar say: the one arithmetic of pages, league and letters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from tinh.flow.calendar import Kept
from tinh.gate.api import Score, Scores
from tinh.lake.api import DELTAS, Lake, tally
from tinh.packs.api import Dataset

_NOTHING = Score(0, 0)
_RECENT = timedelta(days=365)  # receipts older than this no longer weigh in đúng and sạch


def total(scores: Iterable[Scores]) -> Scores:
    """Scores added up, numerators and denominators apart."""
    listed = list(scores)

    def add(name: str) -> Score:
        parts = [getattr(s, name) for s in listed]
        return Score(sum(p.num for p in parts), sum(p.den for p in parts))

    return Scores(add("correct"), add("sufficient"), add("clean"), add("alive"))


def standings(lake: Lake) -> pl.DataFrame:
    """The ledger with each receipt's counts as they stand now. A delivery that answers another
    is not counted by itself: what it brought counts for the receipt it answers. Receipts that are
    recalled do not count, nor what they brought to others."""
    ledger, happened, out = lake.ledger(), lake.event_rows(), sorted(lake.recalls.all())
    if out:
        ledger = ledger.filter(~pl.col("id").is_in(out))
        happened = happened.filter(~pl.col("other").fill_null("").is_in(out))
    ledger = ledger.filter(pl.col("answers").fill_null("") == "")
    if happened.is_empty():
        return ledger
    joined = ledger.join(tally(happened), left_on="id", right_on="receipt", how="left", maintain_order="left")
    moved = (*DELTAS, "d_sufficient_num")
    return joined.with_columns(
        (pl.col(d.removeprefix("d_")) + pl.col(d).fill_null(0)).alias(d.removeprefix("d_")) for d in moved
    ).drop(moved)


def summary(ledger: pl.DataFrame, now: datetime) -> dict[str, dict[str, Any]]:
    """Per dataset; đúng and sạch weigh the newest receipt of each sender and file name."""
    counts = ledger.group_by("dataset").agg(
        pl.len().alias("receipts"),
        (pl.col("outcome") == "refused").sum().alias("refused"),
        pl.col("received_at").max().alias("newest"),
        pl.col("last_period").max().alias("newest_period"),
        pl.col("simulated").any().alias("simulated"),
    )
    recent = ledger.filter(
        (pl.col("received_at") > now.astimezone(UTC) - _RECENT)
        | (pl.col("received_at") == pl.col("received_at").max().over("dataset"))
    )
    named = pl.when(pl.col("filename") == "").then(pl.col("id")).otherwise(pl.col("filename"))
    standing = recent.with_columns(named.alias("named")).unique(
        ["dataset", "sender", "named"], keep="first", maintain_order=True
    )
    sums = standing.group_by("dataset").agg(
        pl.col("held").sum(),
        *(
            pl.col(f"{s}_{p}").sum()
            for s in ("correct", "sufficient", "clean", "alive")
            for p in ("num", "den")
        ),
    )
    joined = counts.join(sums, on="dataset", how="left")
    return {row["dataset"]: row for row in joined.iter_rows(named=True)}


def scores_of(dataset: Dataset, kept: Kept, seen: dict[str, Any]) -> Scores:
    """The four scores of a dataset held against its calendar, with what its receipts sum to."""
    return Scores(
        correct=_score(seen, "correct"),
        sufficient=_sufficient(dataset, kept, seen),
        clean=_score(seen, "clean"),
        alive=Score(kept.on_time, kept.due),
    )


def _score(seen: dict[str, Any], name: str) -> Score:
    return Score(int(seen.get(f"{name}_num") or 0), int(seen.get(f"{name}_den") or 0))


def _sufficient(dataset: Dataset, kept: Kept, seen: dict[str, Any]) -> Score:
    if dataset.period is None:
        return _score(seen, "sufficient")
    return Score(kept.present, kept.owed) if kept.owed else _NOTHING
