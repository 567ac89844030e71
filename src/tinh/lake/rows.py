"""The tables of accepted and of held rows: how they are written and what stands in them now."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from tinh.lake.columns import HELD, SYSTEM, UTC, declared, fit, quoted, settle
from tinh.lake.engine import Engine, result, scan
from tinh.lake.ledger import Entry, ids
from tinh.lake.tables import Snapshot, Table, bound
from tinh.packs.api import Dataset
from tinh.sources.api import Receipt

_PLAIN = re.compile(r"[a-z0-9_-][A-Za-z0-9._-]*")


def folder(dataset: str) -> str:
    """A folder name for any dataset id; plain ids keep their own."""
    if _PLAIN.fullmatch(dataset):
        return dataset
    return "+" + "".join(
        c if c.isascii() and (c.isalnum() or c in "._-") else f"+{ord(c):x}+" for c in dataset
    )


def stamped(entry: Entry, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with what the lake adds to each: whose receipt, when it came, whether it is simulated."""
    return frame.with_columns(
        pl.lit(entry.receipt.id).alias("_receipt"),
        pl.lit(entry.receipt.received_at).cast(UTC).alias("_received_at"),
        pl.lit(entry.receipt.simulated).alias("_simulated"),
    )


class Rows:
    """The data and held tables of every dataset."""

    def __init__(self, root: Path, engine: Engine) -> None:
        self._root = root
        self._engine = engine
        self._tables: dict[tuple[str, str], Table] = {}

    def data(self, dataset: str) -> Table:
        return self._table("data", dataset)

    def held(self, dataset: str) -> Table:
        return self._table("held", dataset)

    def tables(self, *kinds: str) -> list[Table]:
        """The tables of `kinds` (data, held) that exist."""
        found = [p for kind in kinds for p in sorted((self._root / kind).glob("*")) if p.is_dir()]
        return [self._tables.setdefault((p.parent.name, p.name), Table(p)) for p in found]

    def _table(self, kind: str, dataset: str) -> Table:
        name = folder(dataset)
        return self._tables.setdefault((kind, name), Table(self._root / kind / name))

    # ── writing ─────────────────────────────────────────────────────────────────────

    def add_held(self, dataset: Dataset, entries: Sequence[Entry]) -> None:
        frames = []
        for entry in entries:
            held = entry.judgement.held
            if len(held):
                frames.append(settle(stamped(entry, held).drop("_simulated"), HELD))
        if frames:
            table = self.held(dataset.id)
            rows = pl.concat(frames, how="diagonal_relaxed")
            table.append(
                lambda now: self._missing(now, rows, dataset), {**HELD, **rows.schema}, note=_note(entries)
            )

    def add(self, dataset: Dataset, entries: Sequence[Entry]) -> dict[str, int]:
        """Write accepted rows in one commit; for a stream, how many were known already, by receipt."""
        types = {**SYSTEM, **declared(dataset)}
        frames = []
        for entry in entries:
            if entry.judgement.verdict.outcome != "refused" and len(entry.judgement.accepted):
                frames.append(settle(stamped(entry, entry.judgement.accepted), types))
        if not frames:
            return {}
        rows = pl.concat(frames, how="diagonal_relaxed")
        order = [c for c in ("_period", "_place", "_key") if c in rows.columns and _any(rows, c)]
        rows = rows.sort(order, maintain_order=True) if order else rows
        known: dict[str, int] = {}

        def prepare(now: Snapshot) -> pl.DataFrame | None:
            left = self._missing(now, rows, dataset)
            if dataset.kind == "stream" and left is not None and len(left) and _any(left, "_key"):
                left = self._new_events(now, left, known)
            return left

        self.data(dataset.id).append(prepare, {**types, **rows.schema}, note=_note(entries))
        return known

    def _missing(self, now: Snapshot, rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame | None:
        """The rows of receipts that are not in the table yet, in the table's types."""
        rows = fit(rows, now.schema, dataset.id)
        moments = rows.get_column("_received_at")
        files = now.paths(now.span("_received_at", moments.min(), moments.max()))
        if not files:
            return rows
        wanted = rows.get_column("_receipt").unique().to_list()
        source = scan(files, _only(now, "_receipt", "_received_at"), now.schema)
        have = self._engine.frame(
            f"SELECT DISTINCT _receipt FROM ({source}) "
            "WHERE _received_at BETWEEN ? AND ? AND list_contains(?, _receipt)",
            [moments.min(), moments.max(), wanted],
        )
        return rows.filter(~pl.col("_receipt").is_in(have.get_column("_receipt").to_list()))

    def _new_events(self, now: Snapshot, rows: pl.DataFrame, known: dict[str, int]) -> pl.DataFrame:
        """Stream rows whose key has not been stored; of two in this batch the first stays."""
        seen = self._seen(now, rows)
        first = rows.get_column("_key").is_null() | rows.get_column("_key").is_first_distinct()
        keep = first & ~seen
        known.clear()
        for receipt, count in rows.filter(~keep).group_by("_receipt").len().iter_rows():
            known[receipt] = count
        return rows.filter(keep)

    # ── what is known ───────────────────────────────────────────────────────────────

    def seen(self, dataset: str, frame: pl.DataFrame, but: Collection[str] = ()) -> pl.Series:
        """For each row of `frame` (`_key`, `_period`) whether its key is stored already."""
        now = self.data(dataset).snapshot()
        if now is None or frame.is_empty():
            return pl.Series("seen", [False] * len(frame), dtype=pl.Boolean)
        return self._seen(now, frame, but)

    def _seen(self, now: Snapshot, frame: pl.DataFrame, but: Collection[str] = ()) -> pl.Series:
        keys = frame.select(pl.col("_key").cast(pl.String)).unique().drop_nulls()
        nothing = pl.Series("seen", [False] * len(frame), dtype=pl.Boolean)
        if keys.is_empty() or "_key" not in now.schema:
            return nothing
        where: pl.Expr | None = None
        condition = ""
        params: list[Any] = []
        if "_period" in frame.columns and frame.get_column("_period").null_count() == 0:
            first, last = frame.get_column("_period").min(), frame.get_column("_period").max()
            where = now.span("_period", first, last)
            condition, params = "AND _period BETWEEN ? AND ?", [first, last]
        if but:
            condition += " AND NOT list_contains(?, _receipt)"
            params.append(list(but))
        files = now.paths(where)
        if not files:
            return nothing
        cursor = self._engine.cursor()
        try:
            cursor.register("asked", keys.to_arrow())
            source = scan(files, _only(now, "_key", "_period", "_receipt"), now.schema)
            found = result(
                cursor.sql(
                    f"SELECT DISTINCT _key FROM ({source}) "
                    f"WHERE _key IN (SELECT _key FROM asked) {condition}",
                    params=params,
                )
            )
        finally:
            cursor.close()
        return (
            frame.get_column("_key").is_in(found.get_column("_key").to_list()).fill_null(False).alias("seen")
        )

    def keys(self, dataset: str, first: str, last: str, but: Collection[str], most: int) -> set[str] | None:
        now = self.data(dataset).snapshot()
        if now is None:
            return set()
        files = now.files.filter(now.span("_period", first, last).fill_null(True))
        if (files.get_column("num_records").sum() or 0) > most:
            return None
        source = scan(
            files.get_column("path").to_list(), _only(now, "_key", "_period", "_receipt"), now.schema
        )
        found = self._engine.frame(
            f"SELECT _key FROM ({source}) WHERE _period BETWEEN ? AND ? AND _key IS NOT NULL "
            "AND NOT list_contains(?, _receipt)",
            [first, last, list(but) or [""]],
        )
        return set(found.get_column("_key").to_list())

    def touched(self, dataset: str, receipt: Receipt) -> pl.DataFrame:
        now = self.data(dataset).snapshot()
        empty = {"_place": pl.String(), "_period": pl.String()}
        if now is None:
            return pl.DataFrame(schema=empty)
        files = now.paths(now.span("_received_at", receipt.received_at, receipt.received_at))
        source = scan(files, _only(now, "_receipt", *empty), now.schema)
        return self._engine.frame(
            f"SELECT DISTINCT _place, _period FROM ({source}) WHERE _receipt = ?", [receipt.id]
        )

    # ── reading ─────────────────────────────────────────────────────────────────────

    def current(self, dataset: Dataset, as_of: datetime | None = None) -> str:
        """A SELECT of the rows of a dataset that count now, or counted at a moment."""
        now = self.data(dataset.id).snapshot()
        have = now.schema if now else {}
        columns = {**declared(dataset), **{k: v for k, v in have.items() if not k.startswith("_")}, **SYSTEM}
        for name, dtype in have.items():
            if name in columns and name not in SYSTEM:
                columns[name] = dtype
        files, condition = self._standing(now, as_of)
        select = f"SELECT * FROM ({scan(files, columns, have)}) {condition}"
        if dataset.kind == "stream" or not dataset.key:
            return select
        by = ["_key"]
        if dataset.period is not None and dataset.period.column in dataset.key:
            by.append("_period")
        return (
            f"{select} QUALIFY _key IS NULL OR row_number() OVER (PARTITION BY {', '.join(by)} "
            "ORDER BY _received_at DESC, _receipt DESC, _row DESC) = 1"
        )

    def every(self, dataset: Dataset) -> str:
        """A SELECT of the system columns of every row ever accepted, replaced or not."""
        now = self.data(dataset.id).snapshot()
        return scan(now.paths() if now else [], SYSTEM, now.schema if now else {})

    def _standing(self, now: Snapshot | None, as_of: datetime | None) -> tuple[list[str], str]:
        if now is None:
            return [], ""
        if as_of is None:
            return now.paths(), ""
        moment = f"TIMESTAMPTZ '{as_of.isoformat()}'"
        return now.paths(pl.col("min._received_at") <= bound(as_of)), f"WHERE _received_at <= {moment}"

    def stored(
        self,
        table: Table,
        empty: Mapping[str, pl.DataType],
        receipt: str | None,
        received_at: datetime | None,
        rows: Sequence[int] | None,
        limit: int | None,
    ) -> pl.DataFrame:
        """Rows as they were written, of one receipt or of all, in the order of the file."""
        now = table.snapshot()
        columns = {**empty, **now.schema} if now else dict(empty)
        where: list[str] = []
        params: list[Any] = []
        prune = None
        if receipt is not None:
            where.append("_receipt = ?")
            params.append(receipt)
        if now is not None and received_at is not None:
            prune = now.span("_received_at", received_at, received_at)
        if rows is not None:
            where.append("list_contains(?, _row)")
            params.append([int(r) for r in rows])
        files = now.paths(prune) if now else []
        clause = f"WHERE {' AND '.join(where)}" if where else ""
        bound = f"LIMIT {int(limit)}" if limit is not None else ""
        return self._engine.frame(
            f"SELECT * FROM ({scan(files, columns, now.schema if now else {})}) {clause} "
            f"ORDER BY _received_at, _receipt, _row {bound}",
            params,
        )

    def places(self, dataset: str) -> frozenset[str]:
        found = self._distinct(dataset, "_place")
        return frozenset(found)

    def _distinct(self, dataset: str, column: str) -> list[str]:
        now = self.data(dataset).snapshot()
        if now is None or column not in now.schema:
            return []
        source = scan(now.paths(), _only(now, column), now.schema)
        frame = self._engine.frame(
            f"SELECT DISTINCT {quoted(column)} AS v FROM ({source}) WHERE {quoted(column)} IS NOT NULL"
        )
        return frame.get_column("v").to_list()


def _any(rows: pl.DataFrame, column: str) -> bool:
    return rows.get_column(column).null_count() < len(rows)


def _only(now: Snapshot, *names: str) -> dict[str, pl.DataType]:
    return {name: now.schema.get(name, pl.String()) for name in names}


def _note(entries: Sequence[Entry]) -> dict[str, Any]:
    return {"receipts": ids(entries)[:1000]}
