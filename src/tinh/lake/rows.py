"""The tables of accepted and of held rows: how they are written and what stands in them now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from tinh.lake import preference, spare
from tinh.lake.columns import HELD, SYSTEM, declared, fit, settle
from tinh.lake.engine import Engine, result, scan
from tinh.lake.laying import filled, folder, in_order, stamped
from tinh.lake.ledger import Entry, ids
from tinh.lake.recalls import Out, Recalls
from tinh.lake.tables import Snapshot, Standing, Table, bound
from tinh.packs.api import Dataset
from tinh.sources.api import Receipt


class Rows:
    """The data and held tables of every dataset; and, of streams a receipt was recalled from, the
    `spare` rows that later receipts sent again and that had been skipped as known."""

    def __init__(self, root: Path, engine: Engine, recalls: Recalls) -> None:
        self._root = root
        self._engine = engine
        self._recalls = recalls
        self._tables: dict[tuple[str, str], Table] = {}
        self.senders = Table(root / "receipts")  # which say who sent each row
        self._spans: dict[str, tuple[object, tuple[str, str] | None]] = {}

    def data(self, dataset: str) -> Table:
        return self._table("data", dataset)

    def held(self, dataset: str) -> Table:
        return self._table("held", dataset)

    def spare(self, dataset: str) -> Table:
        return self._table("spare", dataset)

    def supposing(self, recalls: Recalls) -> Rows:
        """The same tables, read as if other receipts were recalled."""
        other = Rows(self._root, self._engine, recalls)
        other._tables = self._tables
        return other

    def standing(self, dataset: str, recalls: Recalls, data: int, spare: int, receipts: int) -> Rows:
        """The tables of one dataset as they were at these versions, with the recalls of that moment."""
        other = Rows(self._root, self._engine, recalls)
        other._tables = {
            ("data", folder(dataset)): Standing(self.data(dataset), data),
            ("spare", folder(dataset)): Standing(self.spare(dataset), spare),
        }
        other.senders = Standing(self.senders, receipts)
        return other

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
                frames.append(settle(stamped(entry.receipt, held).drop("_simulated"), HELD))
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
            if entry.draft is not None:  # its rows are laid down already
                continue
            if entry.judgement.verdict.outcome != "refused" and len(entry.judgement.accepted):
                frames.append(settle(stamped(entry.receipt, entry.judgement.accepted), types))
        if not frames:
            return {}
        rows = pl.concat(frames, how="diagonal_relaxed")
        rows = in_order(rows)
        known: dict[str, int] = {}

        def prepare(now: Snapshot) -> pl.DataFrame | None:
            left = self._missing(now, rows, dataset)
            if dataset.kind == "stream" and left is not None and len(left) and filled(left, "_key"):
                left = self._new_events(dataset.id, now, left, known)
            return left

        self.data(dataset.id).append(prepare, {**types, **rows.schema}, note=_note(entries))
        return known

    def add_spare(self, dataset: Dataset, receipt: Receipt, accepted: pl.DataFrame) -> None:
        """Keep, of all rows of a stream's receipt, those that were skipped as known."""
        types = {**SYSTEM, **declared(dataset)}
        stored = self.numbers(self.data(dataset.id), receipt)
        held = self.numbers(self.held(dataset.id), receipt)
        first = pl.col("_key").is_not_null() & ~pl.col("_row").is_in([*stored, *held])
        rows = settle(stamped(receipt, accepted.filter(first)), types)
        if len(rows):
            self.spare(dataset.id).append(
                lambda now: self._missing(now, rows, dataset), {**types, **rows.schema}
            )

    def numbers(self, table: Table, receipt: Receipt) -> list[int]:
        """The row numbers a table has of a receipt."""
        now = table.snapshot()
        files = now.paths(now.span("_received_at", receipt.received_at, receipt.received_at)) if now else []
        if now is None or not files:
            return []
        source = scan(files, _only(now, "_receipt", "_row"), now.schema)
        found = self._engine.frame(f"SELECT _row FROM ({source}) WHERE _receipt = ?", [receipt.id])
        return found.get_column("_row").to_list()

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

    def count(self, now: Snapshot, receipt: Receipt) -> int:
        """How many rows of a receipt are in the table already."""
        moment = receipt.received_at
        files = now.paths(now.span("_received_at", moment, moment))
        source = scan(files, _only(now, "_receipt", "_received_at"), now.schema)
        found = self._engine.frame(f"SELECT count(*) AS n FROM ({source}) WHERE _receipt = ?", [receipt.id])
        return int(found.item())

    def _new_events(
        self, dataset: str, now: Snapshot, rows: pl.DataFrame, known: dict[str, int]
    ) -> pl.DataFrame:
        """Stream rows whose key has not been stored; of two in this batch the first stays."""
        seen = self.seen_in(dataset, now, rows)
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
        return self.seen_in(dataset, now, frame, but)

    def seen_in(
        self, dataset: str, now: Snapshot, frame: pl.DataFrame, but: Collection[str] = ()
    ) -> pl.Series:
        """The same of one snapshot of the stored rows."""
        nothing = pl.Series("seen", [False] * len(frame), dtype=pl.Boolean)
        if not self.keyed(dataset, now):
            return nothing
        keys = frame.select(pl.col("_key").cast(pl.String)).unique().drop_nulls()
        if keys.is_empty():
            return nothing
        span: tuple[Any, Any] | None = None
        condition = ""
        params: list[Any] = []
        if "_period" in frame.columns and frame.get_column("_period").null_count() == 0:
            span = frame.get_column("_period").min(), frame.get_column("_period").max()
            condition, params = "AND _period BETWEEN ? AND ?", [*span]
        out = self._recalls.of(dataset).now
        if but or out:
            condition += " AND NOT list_contains(?, _receipt)"
            params.append([*but, *out])
        source = self._keyed(dataset, now, span, bool(out))
        if not source:
            return nothing
        cursor = self._engine.cursor()
        try:
            cursor.register("asked", keys.to_arrow())
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

    def keyed(self, dataset: str, now: Snapshot) -> bool:
        """Whether there are stored rows that have keys at all, replaced or spare ones too."""
        if "_key" not in now.schema:
            return False
        return bool(now.paths()) or self.spare(dataset).snapshot() is not None

    def bearers(self, dataset: str, keys: pl.Series) -> pl.DataFrame:
        """`_key`, `_period` and `_receipt` of the rows that bear one of `keys`, replaced or not."""
        now = self.data(dataset).snapshot()
        text = {n: pl.String() for n in ("_key", "_period", "_receipt")}
        if now is None or "_key" not in now.schema:
            return pl.DataFrame(schema=text)
        source = scan(now.paths(), _only(now, *text), now.schema)
        return self._engine.frame(
            f"SELECT DISTINCT _key, _period, _receipt FROM ({source}) "
            "WHERE list_contains(?, _key) AND NOT list_contains(?, _receipt)",
            [keys.drop_nulls().unique().to_list() or [""], [*self._recalls.of(dataset).now, ""]],
        )

    def keys(self, dataset: str, first: str, last: str, but: Collection[str], most: int) -> set[str] | None:
        now = self.data(dataset).snapshot()
        if now is None:
            return set()
        files = now.files.filter(now.span("_period", first, last).fill_null(True))
        if (files.get_column("num_records").sum() or 0) > most:
            return None
        out = self._recalls.of(dataset).now
        source = self._keyed(dataset, now, (first, last), bool(out))
        if not source:
            return set()
        found = self._engine.frame(
            f"SELECT _key FROM ({source}) WHERE _period BETWEEN ? AND ? AND _key IS NOT NULL "
            "AND NOT list_contains(?, _receipt)",
            [first, last, [*but, *out] or [""]],
        )
        return set(found.get_column("_key").to_list())

    def _keyed(self, dataset: str, now: Snapshot, span: tuple[Any, Any] | None, also: bool) -> str:
        """A SELECT of the keys that are stored; `also` those that are spare."""
        parts = []
        for table in (now, self.spare(dataset).snapshot() if also else None):
            files = table.paths(table.span("_period", *span) if span else None) if table else []
            if table is not None and files:
                parts.append(scan(files, _only(table, "_key", "_period", "_receipt"), table.schema))
        return " UNION ALL ".join(parts)

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

    def receipts(self, table: Table) -> frozenset[str]:
        """The receipts a table has rows of."""
        now = table.snapshot()
        if now is None:
            return frozenset()
        source = scan(now.paths(), _only(now, "_receipt"), now.schema)
        return frozenset(
            self._engine.frame(f"SELECT DISTINCT _receipt FROM ({source})")["_receipt"].to_list()
        )

    def system(self, dataset: str) -> str:
        """A SELECT of the system columns of every stored and every spare row."""
        return spare.system([self.data(dataset).snapshot(), self.spare(dataset).snapshot()])

    # ── reading ─────────────────────────────────────────────────────────────────────

    def current(self, dataset: Dataset, as_of: datetime | None = None) -> str:
        """A SELECT of the rows of a dataset that count now, or counted at a moment."""
        now = self.data(dataset.id).snapshot()
        have = now.schema if now else {}
        columns = {**declared(dataset), **{k: v for k, v in have.items() if not k.startswith("_")}, **SYSTEM}
        for name, dtype in have.items():
            if name in columns and name not in SYSTEM:
                columns[name] = dtype
        out = self._recalls.of(dataset.id, as_of)
        if dataset.kind == "stream" and dataset.key and out.ever:
            return self._first(dataset, now, columns, as_of, out)
        select = self._standing(now, columns, as_of, out)
        if dataset.kind == "stream" or not dataset.key:
            return select
        return preference.first(select, self.senders.snapshot() if dataset.prefer else None, dataset)

    def offered(self, dataset: Dataset, as_of: datetime | None = None) -> str:
        """A SELECT of the newest row of each sender (`_sender`, `_rank`) of keys they report differently."""
        have = now.schema if (now := self.data(dataset.id).snapshot()) else {}
        columns = {name: have.get(name, dtype) for name, dtype in {**declared(dataset), **SYSTEM}.items()}
        select = self._standing(now, columns, as_of, self._recalls.of(dataset.id, as_of))
        return preference.offered(select, self.senders.snapshot(), dataset)

    def every(self, dataset: Dataset) -> str:
        """A SELECT of the system columns of every row accepted and not recalled, replaced or not."""
        now = self.data(dataset.id).snapshot()
        out = self._recalls.of(dataset.id)
        if dataset.kind == "stream" and dataset.key and out.ever:
            return self._first(dataset, now, SYSTEM, None, out)
        return self._standing(now, SYSTEM, None, out)

    def _standing(
        self, now: Snapshot | None, columns: Mapping[str, pl.DataType], as_of: datetime | None, out: Out
    ) -> str:
        """The rows received by a moment, without those of receipts that are out."""
        if now is None:
            return scan([], columns, {})
        where, files = [], now.paths()
        if as_of is not None:
            where.append(f"_received_at <= TIMESTAMPTZ '{as_of.isoformat()}'")
            files = now.paths(pl.col("min._received_at") <= bound(as_of))
        if out.now:
            where.append(f"_receipt NOT IN ({spare.names(out.now)})")
        clause = f"WHERE {' AND '.join(where)}" if where else ""
        return f"SELECT * FROM ({scan(files, columns, now.schema)}) {clause}"

    def _first(
        self, dataset: Dataset, now: Snapshot | None, columns: Mapping[str, pl.DataType],
        as_of: datetime | None, out: Out,
    ) -> str:  # fmt: skip
        more = self._standing(self.spare(dataset.id).snapshot(), columns, as_of, out)
        rows = self._standing(now, columns, as_of, out)
        return spare.first(rows, more, self.system(dataset.id), out.ever, self._span(dataset, out))

    def _span(self, dataset: Dataset, out: Out) -> tuple[str, str] | None:
        """The periods within which receipts once out have rows, where a key tells its period."""
        if dataset.period is None or dataset.period.column not in dataset.key:
            return None
        stamp = (self.data(dataset.id).version(), self.spare(dataset.id).version(), out.ever)
        known = self._spans.get(dataset.id)
        if known is None or known[0] != stamp:
            known = (stamp, spare.span(self._engine, self.system(dataset.id), out.ever))
            self._spans[dataset.id] = known
        return known[1]

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

    def places(self, dataset: Dataset | str) -> frozenset[str]:
        if isinstance(dataset, str):
            now = self.data(dataset).snapshot()
            every = self._standing(now, SYSTEM, None, self._recalls.of(dataset))
        else:
            every = self.every(dataset)
        frame = self._engine.frame(f"SELECT DISTINCT _place AS v FROM ({every}) WHERE _place IS NOT NULL")
        return frozenset(frame.get_column("v").to_list())


def _only(now: Snapshot, *names: str) -> dict[str, pl.DataType]:
    return {name: now.schema.get(name, pl.String()) for name in names}


def _note(entries: Sequence[Entry]) -> dict[str, Any]:
    return {"receipts": ids(entries)[:1000]}
