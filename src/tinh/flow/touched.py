"""Which cells of held rows somebody changed, and which rows cannot come in before theirs are."""

from __future__ import annotations

import json
from collections.abc import Mapping

import polars as pl

from tinh.flow.held import Left
from tinh.gate.api import CELL_ERROR, SHAPE
from tinh.sources.api import ROW

_FAULTS = ("#", "Err:", "=")  # how cells begin that are errors, or formulas without a result


def touched(frame: pl.DataFrame, left: Left) -> pl.DataFrame:
    """`_row`, and for each of the contract's columns whether its cell says something new."""
    held = frame.select(pl.col(ROW).cast(pl.UInt32)).join(
        left.frame.select(pl.col(ROW).cast(pl.UInt32), *left.names),
        on=ROW, how="left", maintain_order="left",
    )  # fmt: skip
    new = [frame.get_column(n).ne_missing(held.get_column(n)).alias(n) for n in left.names]
    return pl.DataFrame([held.get_column(ROW), *new])


def unshaped(changes: pl.DataFrame, left: Left) -> tuple[int, ...]:
    """Rows held for their shape in which nothing was changed: how their cells were read is a guess."""
    rows = _held_for(SHAPE, left)
    cells = [pl.col(n) for n in changes.columns if n != ROW]
    same = changes.filter(pl.col(ROW).is_in(list(rows)) & ~pl.any_horizontal(*cells, pl.lit(False)))
    return tuple(same.get_column(ROW).to_list())


def faulty(changes: pl.DataFrame, left: Left) -> dict[str, pl.Series]:
    """Cells that came in error and were left so, as masks of the columns they stand in."""
    rows = _held_for(CELL_ERROR, left)
    masks = {n: [False] * len(changes) for n in left.names}
    if not rows:
        return {}
    for at, change in enumerate(changes.iter_rows(named=True)):
        looked = rows.get(change[ROW])
        if looked is None:
            continue
        wrong = [n for n in left.names if str(looked.get(n) or "").startswith(_FAULTS)]
        for name in wrong or left.names:
            masks[name][at] = not change[name] and (bool(wrong) or not any(change[n] for n in left.names))
    return {n: pl.Series(n, m, pl.Boolean) for n, m in masks.items() if any(m)}


def _held_for(rule: str, left: Left) -> Mapping[int, dict[str, object]]:
    """The rows held by a rule, with the cells that their failing rules look at."""
    held = left.frame.filter(pl.col("_rules").list.contains(rule)).select(ROW, "_values")
    return {row: json.loads(values or "{}") for row, values in held.iter_rows()}
