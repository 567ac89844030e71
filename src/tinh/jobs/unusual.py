"""What doors show of anomalies: the list as it stands, one with its series, and who may mark it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tinh.jobs.house import house

if TYPE_CHECKING:
    import polars as pl

    from tinh.flow.api import Corridor
    from tinh.packs.api import Dataset

STANDINGS = ("open", "real", "data_error", "known", "quiet", "gone")


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One anomaly with its newest mark. `standing`: open, real, data_error, known, quiet or gone."""

    row: Mapping[str, Any]
    standing: str
    mark: Mapping[str, Any] | None

    @property
    def rank(self) -> float:
        """Surprise times weight: what the list is sorted by."""
        return float(self.row["score"]) * float(self.row["weight"])


def anomalies(corridor: Corridor | None = None) -> list[Anomaly]:
    """All that was ever found, the most surprising by weight first. Nothing is judged by reading it."""
    found = corridor or house().corridor()
    newest = _newest(found.lake.anomalies.marks().iter_rows(named=True))
    out = [_standing(row, newest.get(row["id"])) for row in found.lake.anomalies.read().iter_rows(named=True)]
    return sorted(out, key=lambda a: (-a.rank, a.row["id"]))


def anomaly(id: str) -> Anomaly:
    """One of them. Raises NoSuchAnomaly."""
    from tinh.insight.api import NoSuchAnomaly

    lake = house().corridor().lake
    rows = lake.anomalies.read([id])
    if rows.is_empty():
        raise NoSuchAnomaly(anomaly=id)
    return _standing(rows.row(0, named=True), _newest(lake.anomalies.marks(id).iter_rows(named=True)).get(id))


def marks_of(id: str) -> list[dict[str, Any]]:
    """Everything people said of one, newest first."""
    return house().corridor().lake.anomalies.marks(id).to_dicts()[::-1]


def anomaly_series(one: Anomaly) -> pl.DataFrame:
    """`period, value, expected, low, high, raised` of the series an anomaly was found in, as it stands."""
    import polars as pl

    from tinh.insight.api import DetectOptions, bounds_of, breaches, detect
    from tinh.jobs.anomalies import counts_of, recent

    corridor, row = house().corridor(), one.row
    now = corridor.clock.now()
    if row["subject"] == "dataset":
        series = counts_of(corridor).filter(pl.col("dataset") == row["indicator"]).select("period", "value")
    else:
        held = corridor.lake.values(row["indicator"], [row["place"]], version=row["version"] or None)
        series = recent(held, now).select("period", "value")
    series = series.sort("period")
    if row["subject"] == "relation" and (relation := corridor.catalogue.relations.get(row["relation"])):
        held = recent(corridor.lake.values(relation.reads(), [row["place"]]), now)
        broken = breaches(relation, held).select("period", "low", "high", expected="other")
        table = series.join(broken, on="period", how="left", maintain_order="left")
        return table.with_columns(raised=pl.col("low").is_not_null() | pl.col("high").is_not_null())
    table = series.select(unique_id=pl.lit("s"), ds="period", y="value")
    low = high = None
    if row["subject"] == "indicator" and row["indicator"] in corridor.catalogue.indicators:
        low, high = bounds_of(corridor.catalogue, row["indicator"], series["value"].drop_nulls().to_list())
    options = DetectOptions(alarm=corridor.catalogue.anomalies.alarm, lower=low, upper=high)
    found = detect(table, options).table
    return found.select(
        pl.col("ds").alias("period"), pl.col("y").alias("value"), "expected", "low", "high",
        raised="is_anomaly",
    )  # fmt: skip


def answers_for(row: Mapping[str, Any]) -> Dataset | None:
    """The dataset whose owner answers for an anomaly: the first one its indicator stands on."""
    from tinh.flow.api import sources_of

    catalogue = house().catalogue
    if row["subject"] == "dataset":
        return catalogue.datasets.get(row["indicator"])
    if row["indicator"] not in catalogue.indicators:
        return None
    return next(
        (catalogue.datasets[d] for d in sources_of(catalogue, row["indicator"]) if d in catalogue.datasets),
        None,
    )


def _newest(marks: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {mark["anomaly"]: mark for mark in marks}  # oldest first: the last one stays


def _standing(row: Mapping[str, Any], mark: Mapping[str, Any] | None) -> Anomaly:
    said = mark["mark"] if mark and mark["mark"] != "open" else ""
    return Anomaly(row, said or {"raised": "open"}.get(row["state"], row["state"]), mark)
