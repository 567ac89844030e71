"""Where series of different grains meet: the newest at or before a period."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from tinh.kit.periods import end, start


def moments(frame: pl.DataFrame, column: str, name: str, last: bool = False) -> pl.DataFrame:
    """Adds the first (or the last) moment of each period as `name`."""
    spelt = frame[column].drop_nulls().unique().to_list()
    when: list[datetime] = [end(p) - timedelta(seconds=1) if last else start(p) for p in spelt]
    known = pl.DataFrame({column: spelt, name: when}, schema={column: pl.String, name: pl.Datetime("us")})
    return frame.join(known, on=column, how="left", maintain_order="left")


def newest_by(grid: pl.DataFrame, side: pl.DataFrame, column: str) -> pl.DataFrame:
    """`grid` (place, period) met by the row of `side` whose period, in `column`, is the newest begun."""
    left = moments(grid, "period", "_end", last=True).sort("place", "_end")
    right = moments(side, column, "_start").sort("place", "_start")
    return left.join_asof(
        right, left_on="_end", right_on="_start", by="place", strategy="backward", check_sortedness=False
    ).drop("_end", "_start", strict=False)
