"""Upkeep of the tables: many small files into few, and what the years no longer need dropped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import polars as pl
from deltalake import CommitProperties, DeltaTable

from tinh.lake import preference
from tinh.lake.columns import literal
from tinh.lake.engine import Engine, scan
from tinh.lake.laying import folder
from tinh.lake.recalls import Recalls
from tinh.lake.rewrite import Batch, rewrite, tiers
from tinh.lake.rows import Rows
from tinh.lake.spare import names
from tinh.lake.tables import Snapshot, Table
from tinh.lake.values import OWN_PARTITION, SHARED, STORED, Values

_TARGET = 192 * 2**20  # bytes of a gathered file
_CROWD = 48  # files of like size from which a load gathers them itself
_SMALL = 2 * 2**20  # bytes below which a load takes a file for a small one
_FEW = 4  # the same for upkeep
_AT_A_TIME = 64  # files rewritten in one commit when old rows are dropped
_ORDER = ("received_at", "at", "_period", "_place", "_key", "_received_at")


def compact(engine: Engine, ledgers: Sequence[Table], rows: Rows, values: Values) -> dict[str, int]:
    """Gather small files of every table; how many files went, by table."""
    done: dict[str, int] = {}
    for table in _all(ledgers, rows, values):
        if table.snapshot() is None:
            continue
        gone = _gather(engine, table, values, _FEW)
        if gone:
            done[table.path.name] = done.get(table.path.name, 0) + gone
        table.alter(_sweep)
    return done


def tidy(engine: Engine, receipts: Table, data: Table, held: Table, values: Values) -> int:
    """The same for the tables of one load, once many small files have come together."""
    return sum(_gather(engine, t, values, _CROWD, _SMALL) for t in (receipts, data, held, values.table))


def _gather(engine: Engine, table: Table, values: Values, crowd: int, small: int | None = None) -> int:
    now = table.snapshot()
    if now is None or len(now.files) < crowd:
        return 0
    partition = table.partition[0] if table.partition else None
    if not tiers(now, _TARGET, crowd, partition, small):
        return 0

    def plan(now: Snapshot) -> Iterator[Batch]:
        for files in tiers(now, _TARGET, crowd, partition, small):
            if table is values.table:
                yield from _sorted_in(engine, now, files)
            else:
                rows = engine.frame(scan(files, now.schema, now.schema))
                order = [c for c in _ORDER if c in rows.columns]
                yield Batch(files, rows.sort(order, maintain_order=True) if order else rows)

    return rewrite(table, plan)


def _sorted_in(engine: Engine, now: Snapshot, files: Sequence[str]) -> Iterator[Batch]:
    """Values of many small writes: large indicators into files of their own."""
    rows = engine.frame(scan(files, STORED, now.schema)).sort("indicator", "period", "place")
    sizes = dict(rows.group_by("indicator").len().iter_rows())
    own = [i for i, n in sizes.items() if n >= OWN_PARTITION]
    rest = rows.filter(~pl.col("indicator").is_in(own))
    yield Batch(files, rest, {"_part": SHARED})
    for indicator in own:
        yield Batch((), rows.filter(pl.col("indicator") == indicator), {"_part": folder(indicator)})


_VALUE = "indicator, version, place, period"


def retain(
    rows: Rows, values: Values, engine: Engine, now: datetime, days: int, recalls: Recalls
) -> dict[str, int]:
    """Drop rows and computations that a newer one had replaced more than `days` ago; how many, by table.

    Rows of recalled receipts replace nothing, and stay, so that they can be reinstated; a stream from
    which one was recalled may hold a key twice and keeps both rows. A row is replaced only by one of
    the same sender: a contract may prefer either.
    """
    senders = preference.sent(rows.senders.snapshot())
    join = f"LEFT JOIN (SELECT id AS _of, sender AS _by FROM ({senders})) ON _receipt = _of"
    limit = f"TIMESTAMPTZ {literal((now - timedelta(days=days)).isoformat())}"
    done: dict[str, int] = {}
    newest = "_received_at DESC, _receipt DESC, _row DESC"
    out, streams = names(recalls.all()), {folder(s) for s in recalls.streams()}
    for table in rows.tables("data"):
        if table.path.name in streams:
            continue
        where = f"_key IS NOT NULL AND _receipt NOT IN ({out})" if out != "NULL" else "_key IS NOT NULL"
        dropped = drop(engine, table, where, "_key", "_received_at", newest, limit, join, ", _by")
        if dropped:
            done[table.path.name] = dropped
    newest = "_basis DESC, computed_at DESC, _turn DESC"
    dropped = drop(engine, values.table, "true", _VALUE, "computed_at", newest, limit)
    if dropped:
        done[values.table.path.name] = dropped
    return done


def drop(
    engine: Engine, table: Table, where: str, cell: str, moment: str, newest: str, limit: str,
    join: str = "", also: str = "",
) -> int:  # fmt: skip
    """Rewrite the files that hold rows which nothing after `limit` can see any more."""
    dropped = 0

    def plan(now: Snapshot) -> Iterator[Batch]:
        nonlocal dropped
        dropped = 0
        files = now.paths()
        if not files or any(c.strip() not in now.schema for c in cell.split(",")):
            return
        listed = ", ".join(literal(f) for f in files)
        # A value on other units than it was reported on is a cell of its own.
        by = f"{cell}, coalesce(units, '')" if cell == _VALUE and "units" in now.schema else cell
        stale = engine.frame(
            "SELECT filename, file_row_number FROM (SELECT filename, file_row_number, row_number() OVER "
            f"(PARTITION BY {by}{also} ORDER BY {newest}) AS rank FROM read_parquet([{listed}], "
            "union_by_name = true, hive_partitioning = false, filename = true, file_row_number = true) "
            f"{join} WHERE {where} AND {moment} < {limit}) WHERE rank > 1"
        )
        for (name,), group in list(stale.group_by("filename"))[:_AT_A_TIME]:
            path = str(name)
            kept = engine.frame(scan([path], _physical(now), now.schema))
            gone = group.get_column("file_row_number").to_list()
            rows = kept.with_row_index("_n").filter(~pl.col("_n").is_in(gone)).drop("_n")
            dropped += len(gone)
            yield Batch([path], rows, _partition(now, table, path))

    return dropped if rewrite(table, plan) else 0


def _physical(now: Snapshot) -> dict[str, pl.DataType]:
    return {name: dtype for name, dtype in now.schema.items() if name != "_part"}


def _partition(now: Snapshot, table: Table, path: str) -> dict[str, str]:
    row = now.files.filter(pl.col("path") == path).row(0, named=True)
    return {name: row[f"partition.{name}"] for name in table.partition}


def _sweep(table: DeltaTable, turn: CommitProperties) -> None:
    """Delete files no version of the last day needs, also those a crash left behind."""
    table.vacuum(dry_run=False, full=True, commit_properties=turn)
    table.cleanup_metadata()


def _all(ledgers: Sequence[Table], rows: Rows, values: Values) -> list[Table]:
    return [*ledgers, values.table, *rows.tables("data", "held", "spare")]
