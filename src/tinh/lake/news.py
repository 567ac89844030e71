"""What has come since somebody looked last: receipts committed, values that moved."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import polars as pl

from tinh.lake import ledger
from tinh.lake.columns import UTC, literal
from tinh.lake.engine import scan
from tinh.lake.ledger import StoredReceipt
from tinh.lake.store import Lake
from tinh.lake.values import STORED

LATE = 10 * 10**9  # nanoseconds a write may take from its stamp to its commit
MOVED: dict[str, pl.DataType] = {
    "indicator": pl.String(), "version": pl.Int64(), "place": pl.String(), "period": pl.String(),
    "value": pl.Float64(), "num": pl.Float64(), "den": pl.Float64(), "cov_num": pl.Int64(),
    "cov_den": pl.Int64(), "simulated": pl.Boolean(), "computed_at": UTC, "turn": pl.Int64(),
    "before": pl.Float64(),
}  # fmt: skip


def committed_since(lake: Lake, moment: datetime) -> list[StoredReceipt]:
    """Receipts committed at `moment` or later, the oldest first."""
    where = [f"committed_at >= TIMESTAMPTZ {literal(moment.isoformat())}"]
    found = ledger.receipts(lake._ledger(where, [], ""))
    return sorted(found, key=lambda one: (one.committed_at or one.received_at, one.id))


def values_turn(lake: Lake) -> int:
    """Grows with every value written, and not when files are gathered or old ones dropped."""
    now = lake._values.table.snapshot()
    if now is None:
        return 0
    newest = now.files.get_column("max._turn").max() if "max._turn" in now.files.columns else None
    return newest if isinstance(newest, int) else now.version


def moved_series(lake: Lake, turn: int) -> set[tuple[str, str]]:
    """The (indicator, place) of which a value was written after `turn`, of whichever version. Of what was
    written just before it some is told again: of two writers the first to begin may have ended last."""
    now = lake._values.table.snapshot()
    if now is None:
        return set()
    turn -= LATE
    newer = pl.col("max._turn") > turn if "max._turn" in now.files.columns else pl.lit(value=True)
    if not (paths := now.paths(newer)):
        return set()
    found = lake._engine.frame(
        f"SELECT DISTINCT indicator, place FROM ({scan(paths, STORED, now.schema)}) "
        "WHERE _turn > ? AND coalesce(units, '') = ''",
        [turn],
    )
    return set(found.rows())


def moved_since(lake: Lake, turn: int, indicators: Collection[str]) -> pl.DataFrame:
    """Values written after `turn` (nanoseconds since 1970) that differ from what counted before them, as
    reported, in the order they were written: columns of `MOVED`; `before` is null where nothing counted.

    A computation that had seen less than one already written counts for nothing and is left out.
    """
    table = lake._values.table
    now = table.snapshot()
    if now is None or not indicators:
        return pl.DataFrame(schema=MOVED)
    newest = now.files.get_column("max._turn").max() if "max._turn" in now.files.columns else None
    if isinstance(newest, int) and newest <= turn:
        return pl.DataFrame(schema=MOVED)
    named = ", ".join(literal(id) for id in sorted(indicators))
    order = "_basis, computed_at, _turn"
    cell = "PARTITION BY indicator, version, place, period"
    return lake._engine.frame(
        f"WITH all_ AS (SELECT * FROM ({scan(now.paths(), STORED, now.schema)}) "
        f"WHERE indicator IN ({named}) AND coalesce(units, '') = ''), "
        f"laid AS (SELECT *, lag(value) OVER ({cell} ORDER BY {order}) AS before, "
        f"lead(_turn) OVER ({cell} ORDER BY {order}) AS next_ FROM all_) "
        "SELECT indicator, version, place, period, value, num, den, cov_num, cov_den, simulated, "
        "computed_at, _turn AS turn, before FROM laid WHERE _turn > ? AND value IS DISTINCT FROM before "
        "AND (next_ IS NULL OR next_ > _turn) ORDER BY _turn, indicator, period, place",
        [turn],
    ).cast(MOVED)  # type: ignore[arg-type]  # polars' own
