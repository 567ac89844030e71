"""What a dataset has looked like so far: for drift rules and for the calendar of deliveries."""

from __future__ import annotations

import polars as pl

from tinh.gate.api import Past
from tinh.kit.periods import Grain
from tinh.lake.columns import quoted
from tinh.lake.engine import Engine
from tinh.packs.api import Dataset

_NUMERIC = {"number", "integer"}
_WIDTH: dict[Grain, int] = {"hour": 13, "day": 10, "month": 7, "year": 4}


def of(engine: Engine, current: str, dataset: Dataset, column: str) -> Past | None:
    """Statistics of a numeric column over the current rows; None when there are none."""
    declared = next((c for c in dataset.columns if c.name == column), None)
    if declared is None or declared.logical not in _NUMERIC:
        return None
    name = quoted(column)
    source = f"(SELECT CAST({name} AS DOUBLE) AS v, _place, _period, _received_at FROM ({current}))"
    row = engine.frame(
        f"WITH s AS (SELECT v FROM {source} WHERE v IS NOT NULL AND isfinite(v)), "
        "m AS (SELECT median(v) AS mid FROM s) SELECT count(*) AS n, avg(v) AS mean, stddev_samp(v) AS sd, "
        "any_value(mid) AS median, median(abs(v - mid)) AS mad FROM s, m"
    ).row(0, named=True)
    if not row["n"]:
        return None
    by_place = engine.frame(
        "SELECT _place, arg_max(v, (coalesce(_period, ''), _received_at)) AS value "
        f"FROM {source} WHERE v IS NOT NULL AND _place IS NOT NULL GROUP BY _place"
    )
    return Past(by_place=by_place, **row)


def _span(window: Grain) -> str:
    """The window of a row's period, in SQL."""
    if window != "quarter":
        return f"substr(_period, 1, {_WIDTH[window]})"
    return (
        "substr(_period, 1, 4) || '-Q' || CASE WHEN _period[6] = 'Q' THEN _period[7] "
        "ELSE CAST((CAST(substr(_period, 6, 2) AS INTEGER) + 2) // 3 AS VARCHAR) END"
    )


def first_receipts(engine: Engine, every: str, window: Grain, since: str) -> pl.DataFrame:
    """The receipt that first brought each place and window, of the periods from `since` on."""
    return engine.frame(
        f'SELECT _place AS place, {_span(window)} AS "window", arg_min(_receipt, _received_at) AS receipt '
        f"FROM ({every}) WHERE _period >= ? GROUP BY ALL ORDER BY ALL",
        [since],
    )


def presence(engine: Engine, every: str, window: Grain) -> pl.DataFrame:
    """First delivery and number of periods of each place and window."""
    return engine.frame(
        f'SELECT _place AS place, {_span(window)} AS "window", min(_received_at) AS first_received, '
        "count(DISTINCT _period) AS periods, bool_or(_simulated) AS simulated "
        f"FROM ({every}) WHERE _period IS NOT NULL GROUP BY ALL ORDER BY ALL"
    )
