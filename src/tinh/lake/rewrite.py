"""Files of a table replaced by other files with the same or fewer rows, in one commit.

delta-rs 1.6 lets two `optimize` commits over the same files both through, which doubles
their rows, and drops the application transaction that would stop the second. So rewrites are
planned and written here and committed with a turn that only one rewriter can take.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
from deltalake import CommitProperties, DeltaTable
from deltalake.transaction import AddAction, RemoveAction

from tinh.lake.parts import written
from tinh.lake.tables import Snapshot, Table, settle_on_disk


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that take the place of `files`; `partition` as the log spells it."""

    files: Sequence[str]
    rows: pl.DataFrame
    partition: Mapping[str, str] = field(default_factory=dict)


_MOST = 4_000_000  # rows of a gathered file
Plan = Callable[[Snapshot], Iterator[Batch]]


def rewrite(table: Table, plan: Plan) -> int:
    """Carry out what `plan` makes of the present snapshot; says how many files went. Nothing
    happens when another rewriter was faster."""
    gone = 0

    def act(delta: DeltaTable, turn: CommitProperties) -> None:
        nonlocal gone
        now = table.read(delta)
        sizes = dict(now.files.select("path", "size_bytes").iter_rows())
        moment = int(time.time() * 1000)
        actions: list[AddAction | RemoveAction] = []
        removed: set[str] = set()
        for batch in plan(now):
            if not batch.rows.is_empty():
                actions.append(written(table.path, batch.rows, batch.partition, data_change=False))
            removed.update(batch.files)
        if not removed:
            return
        parts = {f.path: f.partition for f in _parts(now, table.partition)}
        actions += [
            RemoveAction(os.path.relpath(path, table.path), False, moment, sizes[path], parts[path])
            for path in sorted(removed)
        ]
        delta.create_write_transaction(
            actions, "append", delta.schema(), partition_by=table.partition or None, commit_properties=turn
        )
        settle_on_disk(table.path, delta.version())
        gone = len(removed)

    table.alter(act)
    return gone


def tiers(
    now: Snapshot, target: int, crowd: int, partition: str | None = None, small: int | None = None
) -> list[list[str]]:
    """Small files to gather: those of like size, once `crowd` of them have come together, into files
    of about `target` bytes and of no more rows than can be sorted in memory."""
    limit = target // 2 if small is None else small
    few = pl.col("num_records").fill_null(0) < _MOST // 2
    small_files = now.files.filter((pl.col("size_bytes") < limit) & few)
    if small_files.is_empty():
        return []
    keys = ["_tier"] if partition is None else ["_tier", f"partition.{partition}"]
    tiered = small_files.with_columns(
        (pl.col("size_bytes").clip(65_536) / 65_536).log(8).floor().cast(pl.Int32).alias("_tier")
    )
    found: list[list[str]] = []
    for _, group in tiered.sort("modification_time").group_by(keys, maintain_order=True):
        if len(group) < crowd:
            continue
        rows = int(group.get_column("num_records").fill_null(0).sum())
        size = int(group.get_column("size_bytes").sum())
        batches = max(1, math.ceil(size / target), math.ceil(rows / _MOST))
        paths = group.get_column("path").to_list()
        step = math.ceil(len(paths) / batches)
        found += [paths[i : i + step] for i in range(0, len(paths), step)]
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    path: str
    partition: dict[str, str | None]


def _parts(now: Snapshot, names: Sequence[str]) -> Iterator[_Part]:
    columns = [f"partition.{n}" for n in names]
    for path, *values in now.files.select("path", *columns).iter_rows():
        yield _Part(path, dict(zip(names, values, strict=True)))
