"""What recalling or reinstating a receipt would change, worked out before it is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from tinh.flow import recalls
from tinh.flow.status import StatusBoard, shares
from tinh.gate.api import Scores
from tinh.lake.api import Lake, Recall, StoredReceipt, quoted
from tinh.packs.api import Catalogue, Dataset
from tinh.watch.api import Alert

if TYPE_CHECKING:
    from tinh.flow.corridor import Corridor

SHOWN = 200  # changed values that are listed one by one
_CELL = ("indicator", "version", "place", "period")
_CLOSE = 1e-12  # relative difference below which two sums are the same


@dataclass(frozen=True, slots=True)
class Moved:
    """A value that would change; None where there is or would be none."""

    indicator: str
    place: str
    period: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Broken:
    """Rows of another dataset that point at what would be there no more."""

    dataset: str
    column: str
    rows: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """`out`: recalled, else reinstated. `rows` of the receipt would stop counting (or count again);
    `others` are receipts whose rows would stand in their places (or make way). `known`: those rows
    had been skipped as known. `unread`: receipts whose skipped rows cannot be read again. `beyond`:
    so old that what it replaced may be past its retention. `values` and `moved_by` count all changed
    values, `moved` lists the largest."""

    receipt: StoredReceipt
    out: bool
    standing: Recall | None
    company: tuple[str, ...]
    rows: int
    others: tuple[tuple[str, int], ...]
    known: bool
    unread: tuple[str, ...]
    beyond: bool
    values: int
    moved_by: tuple[tuple[str, int], ...]
    moved: tuple[Moved, ...]
    begin: tuple[Alert, ...]
    end: tuple[Alert, ...]
    before: Scores
    after: Scores
    broken: tuple[Broken, ...]
    failed: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "receipt": self.receipt.id,
            "dataset": self.receipt.dataset,
            "filename": self.receipt.filename,
            "action": "recall" if self.out else "reinstate",
            "recalled": None
            if self.standing is None
            else {
                "receipt": self.standing.receipt,
                "at": self.standing.at.isoformat(),
                "by": self.standing.actor,
                "reason": self.standing.reason,
            },
            "with": list(self.company),
            "rows": self.rows,
            "others": [{"receipt": r, "rows": n} for r, n in self.others],
            "others_were_known": self.known,
            "unread": list(self.unread),
            "beyond_retention": self.beyond,
            "values": {
                "total": self.values,
                "by_indicator": [{"indicator": i, "values": n} for i, n in self.moved_by],
                "largest": [
                    {"indicator": m.indicator, "place": m.place, "period": m.period,
                     "before": m.before, "after": m.after}
                    for m in self.moved
                ],
                "failed_indicators": list(self.failed),
            },
            "alerts": {"begin": [a.as_dict() for a in self.begin], "end": [a.as_dict() for a in self.end]},
            "scores": {"before": shares(self.before), "after": shares(self.after)},
            "broken_references": [
                {"dataset": b.dataset, "column": b.column, "rows": b.rows, "values": list(b.values)}
                for b in self.broken
            ],
        }  # fmt: skip


def effect(corridor: Corridor, receipt: str, as_of_days: int = 400) -> Effect:
    """What a recall of a receipt would change now; of a recalled one, what its reinstatement would.

    Nothing that counts is written. In a stream it may read receipts again and keep their skipped
    rows at hand, as the recall itself would.
    """
    stored, dataset = recalls.find(corridor, receipt)
    lake, now = corridor.lake, corridor.clock.now()
    standing = lake.recalls.why(receipt)
    out = standing is None
    recalls.check(lake, receipt, "recalled" if out else "reinstated")
    gone = lake.recalls.company(receipt)
    unread: list[str] = []
    if out:
        with corridor.journal.run("effect", now) as run:
            unread = recalls.fill(corridor, run, dataset, lake.supposing(stored, out=True), gone)
    other = lake.supposing(stored, out=out)
    rows, others = lake.exchange(dataset, other, gone) if out else other.exchange(dataset, lake, gone)
    frames, failed = corridor.values.of(other, [recalls.news_of(lake, dataset, gone)], now)
    frames = [_as_reported(frame) for frame in frames]
    changed = _changed(lake, frames, corridor.catalogue)
    begin, end = _alerts(corridor, lake, frames)
    return Effect(
        receipt=stored,
        out=out,
        standing=standing,
        company=tuple(sorted(gone - {receipt})),
        rows=rows,
        others=tuple(others.items()),
        known=dataset.kind == "stream",
        unread=tuple(unread),
        beyond=dataset.kind != "stream" and stored.received_at < now - timedelta(days=as_of_days),
        values=len(changed),
        moved_by=tuple(
            changed.group_by("indicator")
            .len("n")
            .sort(["n", "indicator"], descending=[True, False])
            .iter_rows()
        ),
        moved=tuple(
            Moved(*row) for row in _largest(changed, corridor.catalogue.place).head(SHOWN).iter_rows()
        ),
        begin=begin,
        end=end,
        before=_scores(corridor, lake, dataset),
        after=_scores(corridor, other, dataset),
        broken=_broken(corridor.catalogue, lake, other, dataset),
        failed=tuple(sorted(failed)),
    )


def _scores(corridor: Corridor, lake: Lake, dataset: Dataset) -> Scores:
    board = StatusBoard(corridor.catalogue, lake, corridor.gazetteer)
    return board.of(dataset.id, corridor.clock.now()).scores


def _changed(lake: Lake, frames: list[pl.DataFrame], catalogue: Catalogue) -> pl.DataFrame:
    """Values of the indicators in force that would differ: `indicator, place, period, before, after`."""
    shape = {
        "indicator": pl.String,
        "place": pl.String,
        "period": pl.String,
        "before": pl.Float64,
        "after": pl.Float64,
    }
    found = [f.select(*_CELL, pl.col("value").cast(pl.Float64).alias("after")) for f in frames if len(f)]
    if not found:
        return pl.DataFrame(schema=shape)
    after = pl.concat(found).unique(_CELL, keep="last", maintain_order=True)
    names = after.get_column("indicator").unique().to_list()
    versions = pl.DataFrame(
        [(i, catalogue.indicators[i].version) for i in names],
        schema={"indicator": pl.String, "version": after.schema["version"]},
        orient="row",
    )
    before = lake.values(names).select(*_CELL, pl.col("value").alias("before"))
    both = after.join(versions, on=["indicator", "version"], how="semi").join(
        before.cast({"version": after.schema["version"]}), on=list(_CELL), how="left"
    )
    scale = pl.max_horizontal(pl.col("before").abs(), pl.col("after").abs())
    differs = pl.col("before").is_null() != pl.col("after").is_null()
    far = ((pl.col("before") - pl.col("after")).abs() > _CLOSE * scale).fill_null(False)
    return both.filter(differs | far).select(list(shape))


def _as_reported(frame: pl.DataFrame) -> pl.DataFrame:
    """Without what is restated on other units: it follows from these."""
    return frame.filter(pl.col("units").fill_null("") == "") if "units" in frame.columns else frame


def _largest(changed: pl.DataFrame, province: str) -> pl.DataFrame:
    """The province's own before its places; each time values that would come or go first, then by how
    much of themselves they change; of equals each indicator in turn."""
    share = (pl.col("after") - pl.col("before")).abs() / pl.col("before").abs()
    whole = pl.col("place") == province
    nth = pl.int_range(pl.len()).over("indicator", "_whole", "_share")
    return (
        changed.sort("indicator", "period", "place", descending=[False, True, False])
        .with_columns(
            pl.when(share.is_nan()).then(None).otherwise(share).alias("_share"), whole.alias("_whole")
        )
        .with_columns(nth.alias("_nth"))
        .sort(
            "_whole", "_share", "_nth", descending=[True, True, False], nulls_last=False, maintain_order=True
        )
        .drop("_share", "_whole", "_nth")
    )


def _alerts(
    corridor: Corridor, lake: Lake, frames: list[pl.DataFrame]
) -> tuple[tuple[Alert, ...], tuple[Alert, ...]]:
    """Alerts that would fire or fall silent, and those that would rest."""
    wanted = sorted({rule.indicator for rule in corridor.catalogue.alerts.values()})
    values = lake.values(wanted) if wanted else None
    if values is None:
        return (), ()
    found = [
        f.filter(pl.col("indicator").is_in(wanted)).select(*_CELL, "value", "simulated", "cov_den")
        for f in frames
    ]
    found = [f for f in found if len(f)]
    if not found:
        return (), ()
    news = (
        pl.concat(found, how="vertical_relaxed")
        .unique(_CELL, keep="last")
        .cast({"version": values.schema["version"]})
    )
    kept = values.join(news, on=list(_CELL), how="anti")
    patched = pl.concat(
        [kept, news.filter(pl.col("value").is_not_null() | (pl.col("cov_den") > 0))], how="diagonal_relaxed"
    ).sort(_CELL)
    told = ("firing", "silent")
    now = {(a.rule, a.place): a for a in corridor.alerts(values) if a.status in told}
    then = {(a.rule, a.place): a for a in corridor.alerts(patched) if a.status in told}
    return tuple(a for k, a in then.items() if k not in now), tuple(
        a for k, a in now.items() if k not in then
    )


def _broken(catalogue: Catalogue, before: Lake, after: Lake, dataset: Dataset) -> tuple[Broken, ...]:
    """References of other datasets into what would be there no more."""
    out = []
    for other, column, to in references(catalogue, dataset.id):
        lost = sorted(set(before.reference(dataset, to)) - set(after.reference(dataset, to)))
        if not lost:
            continue
        at = f"CAST({quoted(column)} AS VARCHAR)"
        found = after.query(
            f"SELECT {at} AS v, count(*) AS n FROM {quoted(other.id)} WHERE list_contains(?, {at}) "
            "GROUP BY 1 ORDER BY 2 DESC, 1",
            {other.id: other},
            [lost],
        )
        if len(found):
            out.append(Broken(other.id, column, int(found["n"].sum()), tuple(found["v"].head(20).to_list())))
    return tuple(out)


def references(catalogue: Catalogue, dataset: str) -> Iterable[tuple[Dataset, str, str]]:
    """Which column of which other dataset must stand in a column of this one."""
    for other in catalogue.datasets.values():
        for rule in other.rules:
            if rule.kind == "reference" and rule.arguments.get("dataset") == dataset and other.id != dataset:
                yield other, rule.columns[0], str(rule.arguments["column"])
