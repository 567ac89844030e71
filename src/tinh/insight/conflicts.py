"""Where two sources say different things of one: a pure view over the rows that stand.

Nothing is stored, so a correction on either side clears a conflict by itself, and a moment of the
past shows the conflicts of then. Three kinds: `agree` and `adds_up` are declared rules between two
datasets; `senders` are two senders that report one key of one dataset differently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import polars as pl

from tinh.insight.figures import FIGURE, figures, meeting_grain, met
from tinh.insight.ground import Ground, Places, Rows
from tinh.insight.territory import communes
from tinh.packs.api import Catalogue, Dataset, Rule

RECEIPTS = 5  # named beside a figure at most, newest first
_FUZZ = 1e-9  # sums of doubles are not held against anybody
_NUMERIC = ("number", "integer")

FRAME: dict[str, pl.DataType] = {
    "kind": pl.String(),  # agree, adds_up, senders
    "dataset": pl.String(),
    "rule": pl.String(),
    "column": pl.String(),
    "their_dataset": pl.String(),
    "their_column": pl.String(),
    "place": pl.String(),
    "period": pl.String(),
    "key": pl.String(),
    "ours": pl.Float64(),
    "theirs": pl.Float64(),
    "ours_text": pl.String(),
    "theirs_text": pl.String(),
    "difference": pl.Float64(),  # ours less theirs
    "share": pl.Float64(),  # of theirs; null when theirs is zero or no number
    "tolerance": pl.Float64(),
    "tolerance_abs": pl.Float64(),
    "counts": pl.String(),  # both: each in its own dataset · ours: their row is replaced
    "why": pl.String(),  # apart, preferred, newest
    "trust": pl.String(),  # own, their, or nothing declared
    "our_receipts": pl.List(pl.String()),
    "their_receipts": pl.List(pl.String()),
    "our_sender": pl.String(),
    "their_sender": pl.String(),
    "simulated": pl.Boolean(),
}
UNJUDGED: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "rule": pl.String(),
    "period": pl.String(),
    "have": pl.Int64(),
    "owed": pl.Int64(),
}


class Offers(Rows, Protocol):
    """The reading side of a lake, with the rows that several senders report differently."""

    def offered(self, dataset: Dataset, as_of: datetime | None = None) -> pl.DataFrame: ...


@dataclass(frozen=True, slots=True)
class Conflicts:
    """`items` by FRAME, biggest share first; `unjudged` by UNJUDGED: periods in which communes lack."""

    items: pl.DataFrame
    unjudged: pl.DataFrame


def conflicts(
    catalogue: Catalogue, lake: Offers, places: Places, now: datetime, as_of: datetime | None = None
) -> Conflicts:
    """Everything two sources tell differently by more than declared, now or at a moment."""
    ground = Ground(catalogue, lake, places, now, as_of)
    found: list[pl.DataFrame] = []
    lacking: list[pl.DataFrame] = []
    for dataset in catalogue.datasets.values():
        for rule in dataset.rules:
            if rule.kind in ("agree", "adds_up"):
                apart, unjudged = _by_rule(ground, dataset, rule)
                found.append(apart)
                lacking.append(unjudged)
        if dataset.key and dataset.kind != "stream":
            found.append(_by_sender(dataset, lake.offered(dataset, as_of)))
    items = pl.concat([pl.DataFrame(schema=FRAME), *found])
    number = pl.when(pl.col("difference").is_not_null()).then(float("inf")).otherwise(-1.0)
    size = pl.coalesce(pl.col("share").abs(), number)
    order = ["dataset", "rule", "column", "period", "place", "key", "their_sender"]
    items = items.with_columns(size.alias("_size")).sort("_size", *order, descending=[True] + [False] * 7)
    unjudged = pl.concat([pl.DataFrame(schema=UNJUDGED), *lacking])
    return Conflicts(items.drop("_size"), unjudged.sort("dataset", "rule", "period"))


# ── declared rules between two datasets ─────────────────────────────────────────────


def _by_rule(ground: Ground, dataset: Dataset, rule: Rule) -> tuple[pl.DataFrame, pl.DataFrame]:
    a = rule.arguments
    their = ground.catalogue.datasets[a["dataset"]]
    column = rule.columns[0] if rule.columns else ""
    grain = meeting_grain(dataset, their)
    together = rule.kind == "adds_up"
    mine, yours = (column, a["how"]), (a["column"], a["their_how"])
    ours = theirs = pl.DataFrame(schema=FIGURE)
    if dataset.kind != "register":
        ours = met(ground, dataset, *mine, grain, a["over_time"], together)
    if their.kind != "register":
        theirs = met(ground, their, *yours, grain, a["over_time"], False)
    if dataset.kind == "register":
        ours = figures(ground, dataset, *mine, grain, theirs["period"].unique().to_list())
    if their.kind == "register":
        theirs = figures(ground, their, *yours, grain, ours["period"].unique().to_list())
    unjudged = pl.DataFrame(schema=UNJUDGED)
    if together:
        theirs = theirs.filter(pl.col("place") == ground.catalogue.place)
        ours, unjudged = _added(ground, dataset, rule, ours, theirs["period"].to_list())
    both = ours.join(theirs, on=["place", "period"], suffix="_their")
    both = both.filter(pl.col("value").is_not_null() & pl.col("value_their").is_not_null())
    apart = both.with_columns(
        difference=pl.col("value") - pl.col("value_their"),
        share=_share(pl.col("value"), pl.col("value_their")),
    ).filter(beyond(a["tolerance"], a["tolerance_abs"], pl.col("value"), pl.col("value_their")))
    return _shaped(
        apart,
        kind=rule.kind, dataset=dataset.id, rule=rule.id, column=column,
        their_dataset=their.id, their_column=a["column"], tolerance=a["tolerance"],
        tolerance_abs=a["tolerance_abs"], counts="both", why="apart", trust=a["trust"],
        ours=pl.col("value"), theirs=pl.col("value_their"),
        our_receipts=pl.col("receipts"), their_receipts=pl.col("receipts_their"),
        simulated=pl.col("simulated") | pl.col("simulated_their"),
    ), unjudged  # fmt: skip


def beyond(tolerance: float | None, tolerance_abs: float | None, ours: pl.Expr, theirs: pl.Expr) -> pl.Expr:
    """Whether two figures differ by more than is allowed: a share of theirs, or an amount."""
    limit = pl.lit(tolerance_abs) if tolerance is None else tolerance * theirs.abs()
    fuzz = _FUZZ * pl.max_horizontal(ours.abs(), theirs.abs())
    return (ours - theirs).abs() > limit + fuzz


def _share(ours: pl.Expr, theirs: pl.Expr) -> pl.Expr:
    return pl.when(theirs != 0).then((ours - theirs) / theirs.abs())


def _added(
    ground: Ground, dataset: Dataset, rule: Rule, ours: pl.DataFrame, periods: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The sum over the communes where all that are owed are there, and the periods where some lack."""
    province = ground.catalogue.place
    sums, lacking = [], []
    for period in sorted({*periods} & {*ours["period"].to_list()}):
        owed = communes(ground, province, period)
        there = ours.filter(
            (pl.col("period") == period) & pl.col("place").is_in(list(owed)) & pl.col("value").is_not_null()
        ).sort("place")
        if not owed or there["place"].n_unique() < len(owed):
            lacking.append((dataset.id, rule.id, period, there["place"].n_unique(), len(owed)))
            continue
        receipts = there["receipts"].explode().drop_nulls().unique(maintain_order=True).to_list()
        sums.append((province, period, float(there["value"].sum()), receipts, bool(there["simulated"].any())))
    return (
        pl.DataFrame(sums, schema=dict(ours.schema), orient="row"),
        pl.DataFrame(lacking, schema=UNJUDGED, orient="row"),
    )


# ── two senders of one dataset ──────────────────────────────────────────────────────


def _by_sender(dataset: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """Each column that another sender tells differently than the row that counts."""
    if rows.is_empty():
        return pl.DataFrame(schema=FRAME)
    timed = dataset.period is not None and dataset.period.column in dataset.key
    by = ["_key", "_period"] if timed else ["_key"]
    newest = ["_received_at", "_receipt", "_row"]
    rows = rows.sort(*by, "_rank", *newest, descending=[False] * (len(by) + 1) + [True] * 3)
    first = rows.group_by(by, maintain_order=True).first()
    rest = rows.join(
        first.select("_receipt", "_row", *by), on=["_receipt", "_row", *by], how="anti", nulls_equal=True
    )
    pairs = first.join(rest, on=by, suffix="|their", nulls_equal=True)
    open_key = all(dataset.column(name).personal == "none" for name in dataset.key)
    out = []
    for column in dataset.columns:
        name = column.name
        if name in dataset.key or column.personal != "none" or name not in pairs.columns:
            continue
        ours, theirs = pl.col(name), pl.col(f"{name}|their")
        apart = pairs.filter((ours != theirs).fill_null(False))
        if apart.is_empty():
            continue
        numeric = column.logical in _NUMERIC
        value = ours.cast(pl.Float64, strict=False) if numeric else pl.lit(None, pl.Float64)
        their = theirs.cast(pl.Float64, strict=False) if numeric else pl.lit(None, pl.Float64)
        out.append(
            _shaped(
                apart,
                kind="senders",
                dataset=dataset.id,
                rule="",
                column=name,
                their_dataset=dataset.id,
                their_column=name,
                counts="ours",
                trust="",
                tolerance=None,
                tolerance_abs=None,
                place=pl.col("_place"),
                period=pl.col("_period"),
                key=pl.col("_key") if open_key else pl.lit(None, pl.String),
                ours=value,
                theirs=their,
                ours_text=ours.cast(pl.String, strict=False),
                theirs_text=theirs.cast(pl.String, strict=False),
                difference=value - their,
                share=_share(value, their),
                why=pl.when(pl.col("_rank") < pl.col("_rank|their"))
                .then(pl.lit("preferred"))
                .otherwise(pl.lit("newest")),
                our_receipts=pl.concat_list("_receipt"),
                their_receipts=pl.concat_list("_receipt|their"),
                our_sender=pl.col("_sender"),
                their_sender=pl.col("_sender|their"),
                simulated=pl.col("_simulated") | pl.col("_simulated|their"),
            )
        )
    return pl.concat(out) if out else pl.DataFrame(schema=FRAME)


def _shaped(frame: pl.DataFrame, **given: object) -> pl.DataFrame:
    """`frame` in the columns of FRAME, from what is given and what has the name already."""
    chosen = []
    for name, dtype in FRAME.items():
        if name in given:
            value = given[name]
            column = value if isinstance(value, pl.Expr) else pl.lit(value, dtype)
        else:
            column = pl.col(name) if name in frame.columns else pl.lit(None, dtype)
        chosen.append(column.cast(dtype).alias(name))
    return frame.select(chosen) if len(frame) else pl.DataFrame(schema=FRAME)
