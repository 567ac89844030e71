"""The lake of one province: receipts, accepted rows, held rows and indicator values."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from tinh.gate.api import Past
from tinh.kit.clock import Clock, SystemClock
from tinh.kit.periods import Grain
from tinh.lake import events, guard, ledger, past, upkeep
from tinh.lake.anomalies import Anomalies
from tinh.lake.columns import HELD, SYSTEM, literal, quoted
from tinh.lake.drafts import Draft, sweep
from tinh.lake.engine import Engine, scan
from tinh.lake.errors import BadFolder
from tinh.lake.events import Event
from tinh.lake.known import with_known
from tinh.lake.ledger import Entry, StoredReceipt
from tinh.lake.listing import Wanted, conditions
from tinh.lake.outlooks import Foreseen
from tinh.lake.recalling import Recalling
from tinh.lake.recalls import Recalls
from tinh.lake.rows import Rows
from tinh.lake.tables import STATED_TO, Snapshot, Table
from tinh.lake.values import Values
from tinh.packs.api import Dataset
from tinh.sources.api import Receipt

_FORBIDDEN = re.compile(r"[\[\]{}%?*#^|<>\"\\`]")
QUERY_SECONDS = 60.0
_ALLOWED = 1000  # queries remembered as harmless
_REMEMBERED = 500_000  # receipts up to which their ids are kept in memory


class Lake(Recalling):
    """Delta tables in one folder. Any number of threads and processes may read and write."""

    def __init__(self, root: Path, clock: Clock | None = None) -> None:
        root = Path(root).absolute()
        if _FORBIDDEN.search(str(root)):
            raise BadFolder(path=str(root))
        self.root = root
        self._clock = clock or SystemClock()
        self._engine = Engine(root)
        self._receipts = Table(root / "receipts")
        self._events = events.Events(root, self._engine)
        self._recalls = Recalls(self._events.table.version, self._events.read)
        self._rows = Rows(root, self._engine, self._recalls)
        self._values = Values(root, self._engine)
        self.foreseen = Foreseen(root, self._engine)
        self.anomalies = Anomalies(root, self._engine)
        self._allowed: set[tuple[str, ...]] = set()
        self._remembering = threading.Lock()
        self._remembered: set[str] = set()
        self._remembered_files: set[str] = set()

    # ── receipts and rows ───────────────────────────────────────────────────────────

    def commit(self, entries: Sequence[Entry]) -> list[bool]:
        """Make judged deliveries part of the lake; False for those that already were.

        Held rows first, then accepted rows, each in one commit a dataset, the receipts last:
        a receipt that can be read is whole, and a repeat after a crash adds only what lacks.
        """
        done: dict[str, bool] = {}
        groups: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.receipt.id not in done:
                done[entry.receipt.id] = False
                groups.setdefault(entry.dataset.id, []).append(entry)
        for group in groups.values():
            for fresh in self._commit(group):
                done[fresh] = True
        first = [e.receipt.id not in {p.receipt.id for p in entries[:i]} for i, e in enumerate(entries)]
        return [done[e.receipt.id] and is_first for e, is_first in zip(entries, first, strict=True)]

    def _commit(self, entries: list[Entry]) -> list[str]:
        dataset = entries[-1].dataset
        there = self._there(self._receipts.snapshot(), entries)
        todo = [e for e in entries if e.receipt.id not in there]
        if not todo:
            return []
        self._rows.add_held(dataset, todo)
        known = self._rows.add(dataset, todo)
        known |= {e.receipt.id: e.draft.commit() for e in todo if e.draft is not None}
        todo = [
            with_known(e, known.get(e.receipt.id, 0), e.draft.span if e.draft is not None else None)
            for e in todo
        ]
        written: list[str] = []

        def prepare(now: Snapshot) -> pl.DataFrame:
            there = self._there(now, todo)
            missing = [e for e in todo if e.receipt.id not in there]
            written[:] = ledger.ids(missing)
            moment = self._clock.now()
            return pl.DataFrame([ledger.row(e, moment) for e in missing], schema=ledger.SCHEMA)

        self._receipts.append(prepare, ledger.SCHEMA, turn=f"dataset:{dataset.id}")
        return written

    def draft(self, dataset: Dataset, receipt: Receipt) -> Draft:
        """A place for the rows of a delivery judged piece by piece; an `Entry` brings it to `commit`."""
        return Draft(self.root, self._rows, dataset, receipt)

    def sweep(self) -> int:
        """Remove drafts that nobody will finish."""
        return sweep(self.root)

    @contextmanager
    def frugal(self, wanted: bool = True) -> Iterator[None]:
        """Questions of this thread are answered in little memory meanwhile, if need be from disk."""
        with self._engine.frugal() if wanted else nullcontext():
            yield

    def _there(self, now: Snapshot | None, entries: Sequence[Entry]) -> set[str]:
        if now is None:
            return set()
        moments = [e.receipt.received_at for e in entries]
        wanted = ledger.ids(entries)
        # Same bytes sent again come with a later time, so every file may hold the first receipt.
        files = now.paths(now.span("id", min(wanted), max(wanted)))
        if not files or not moments:
            return set()
        names = ", ".join(literal(i) for i in wanted)
        found = self._engine.frame(
            f"SELECT id FROM ({scan(files, {'id': pl.String()}, now.schema)}) WHERE id IN ({names})"
        )
        return set(found.get_column("id"))

    def receipt(self, receipt: str) -> StoredReceipt | None:
        """The receipt with this id, or None."""
        found = ledger.receipts(self._ledger(["id = ?"], [receipt], "LIMIT 1"))
        return found[0] if found else None

    def has(self, receipt: str) -> bool:
        """Whether a receipt is committed; ids are remembered, so asking often costs little."""
        now = self._receipts.snapshot()
        if now is None:
            return False
        if (now.files.get_column("num_records").sum() or 0) > _REMEMBERED:
            return self.receipt(receipt) is not None
        with self._remembering:
            fresh = [p for p in now.paths() if p not in self._remembered_files]
            if fresh:
                source = scan(fresh, {"id": pl.String()}, now.schema)
                self._remembered.update(self._engine.frame(source).get_column("id").to_list())
                self._remembered_files = set(now.paths())
            return receipt in self._remembered

    def receipts(
        self,
        dataset: str | None = None,
        limit: int | None = 50,
        before: datetime | str | None = None,
        as_of: datetime | None = None,
        wanted: Wanted | None = None,
    ) -> list[StoredReceipt]:
        """Receipts, newest first; `before` is a moment or the id of the last one already shown."""
        where, params = conditions(wanted or Wanted(), self._recalls.all() if wanted else ())
        if dataset is not None:
            where.append("dataset = ?")
            params.append(dataset)
        if isinstance(before, str):
            last = self.receipt(before)
            if last is None:
                return []
            where.append("(received_at, id) < (?, ?)")
            params += [last.received_at, last.id]
        elif before is not None:
            where.append("received_at < ?")
            params.append(before)
        if as_of is not None:
            where.append("received_at <= ?")
            params.append(as_of)
        bound = f"LIMIT {int(limit)}" if limit is not None else ""
        return ledger.receipts(self._ledger(where, params, bound))

    def ledger(self, dataset: str | None = None, as_of: datetime | None = None) -> pl.DataFrame:
        """All receipts as a frame, newest first, without the verdicts' text."""
        where = [] if dataset is None else [f"dataset = {literal(dataset)}"]
        if as_of is not None:
            where.append(f"received_at <= TIMESTAMPTZ {literal(as_of.isoformat())}")
        columns = {n: t for n, t in ledger.SCHEMA.items() if n not in ("verdict", "mended")}
        return self._ledger(where, [], "", columns)

    def _ledger(
        self, where: list[str], params: list[Any], bound: str,
        columns: Mapping[str, pl.DataType] | None = None,
    ) -> pl.DataFrame:  # fmt: skip
        now = self._receipts.snapshot()
        columns = columns or ledger.SCHEMA
        if now is None:
            return pl.DataFrame(schema=dict(columns))
        clause = f"WHERE {' AND '.join(where)}" if where else ""
        return self._engine.frame(
            f"SELECT * FROM ({scan(now.paths(), columns, now.schema)}) {clause} "
            f"ORDER BY received_at DESC, id DESC {bound}",
            params,
        )

    def held(self, receipt: str, limit: int | None = None) -> pl.DataFrame:
        """The held rows of a receipt with the rules they failed, in the order of the file."""
        found = self.receipt(receipt)
        if found is None:
            return pl.DataFrame(schema=HELD)
        table = self._rows.held(found.dataset)
        frame = self._rows.stored(table, HELD, receipt, found.received_at, None, limit)
        return frame.select(
            c for c in frame.columns if c in HELD or frame.get_column(c).null_count() < len(frame)
        )

    def rows(
        self,
        dataset: Dataset | str,
        receipt: str | None = None,
        rows: Sequence[int] | None = None,
        limit: int | None = 1000,
    ) -> pl.DataFrame:
        """Accepted rows as they were written: of one receipt, of certain row numbers, or the first ones."""
        name = dataset if isinstance(dataset, str) else dataset.id
        found = self.receipt(receipt) if receipt is not None else None
        moment = found.received_at if found else None
        return self._rows.stored(self._rows.data(name), SYSTEM, receipt, moment, rows, limit)

    # ── what happened to receipts since ─────────────────────────────────────────────

    def add_events(self, given: Sequence[Event]) -> int:
        """Add what happened to receipts; how many were new. The same event again is a no-op."""
        return self._events.add(given)

    def events(self, receipt: str | None = None) -> list[Event]:
        """What happened to a receipt, or to all of them, oldest first."""
        return events.events(self._events.read(None if receipt is None else {receipt}))

    def event_rows(self, receipts: Collection[str] | None = None) -> pl.DataFrame:
        """The same as a frame, of all receipts or of these."""
        return self._events.read(receipts)

    def answers(self, receipt: str) -> list[StoredReceipt]:
        """The deliveries that answer a receipt, oldest first."""
        return ledger.receipts(self._ledger(["answers = ?"], [receipt], ""))[::-1]

    def query(
        self,
        sql: str,
        datasets: Mapping[str, Dataset],
        params: Any = None,
        as_of: datetime | None = None,
        seconds: float = QUERY_SECONDS,
    ) -> pl.DataFrame:
        """The answer to one SELECT over the current rows of `datasets`, each a view named by its id."""
        asked = (sql, *sorted(datasets))
        if asked not in self._allowed:
            cursor = self._engine.cursor()
            try:
                guard.check(cursor, sql, datasets)
            finally:
                cursor.close()
            if len(self._allowed) >= _ALLOWED:
                self._allowed.clear()
            self._allowed.add(asked)
        views = {name: self._rows.current(dataset, as_of) for name, dataset in datasets.items()}
        return self._engine.ask(sql, params, views, seconds)

    def seen(self, dataset: Dataset | str, frame: pl.DataFrame, but: Collection[str] = ()) -> pl.Series:
        """For each row of `frame` (`_key`, `_period`) whether the lake holds its key from any
        receipt `but` these."""
        return self._rows.seen(dataset if isinstance(dataset, str) else dataset.id, frame, but)

    def bearers(self, dataset: Dataset, keys: pl.Series) -> pl.DataFrame:
        """`_key`, `_period`, `_receipt` of rows with these keys that were not recalled, replaced or not."""
        return self._rows.bearers(dataset.id, keys)

    def keys(
        self, dataset: Dataset | str, first: str, last: str, but: Collection[str] = (), most: int = 1_000_000
    ) -> set[str] | None:
        """The stored keys of the periods from `first` to `last`; None when there may be more than `most`."""
        return self._rows.keys(dataset if isinstance(dataset, str) else dataset.id, first, last, but, most)

    def touched(self, dataset: Dataset | str, receipt: Receipt) -> pl.DataFrame:
        """The places and periods (`_place`, `_period`) of a receipt's stored rows."""
        return self._rows.touched(dataset if isinstance(dataset, str) else dataset.id, receipt)

    def places(self, dataset: Dataset | str) -> frozenset[str]:
        """Every place a dataset has ever had a row of, but for what was recalled."""
        return self._rows.places(dataset)

    def reference(self, dataset: Dataset, column: str) -> pl.Series:
        """The distinct values of a column of the current rows, as text."""
        name = quoted(column)
        frame = self._engine.frame(
            f"SELECT DISTINCT CAST({name} AS VARCHAR) AS v FROM rows WHERE {name} IS NOT NULL",
            views={"rows": self._rows.current(dataset)},
        )
        return frame.get_column("v")

    def offered(self, dataset: Dataset, as_of: datetime | None = None) -> pl.DataFrame:
        """The newest row of each sender (`_sender`) of the keys that several senders report differently."""
        if len(set(self.ledger(dataset.id, as_of).get_column("sender"))) < 2:
            return pl.DataFrame()
        return self._engine.frame(self._rows.offered(dataset, as_of))

    def past(self, dataset: Dataset, column: str) -> Past | None:
        """What a column of the current rows looks like: location, spread, newest value by place."""
        if self._rows.data(dataset.id).snapshot() is None:
            return None
        return past.of(self._engine, self._rows.current(dataset), dataset, column)

    def presence(self, dataset: Dataset, window: Grain) -> pl.DataFrame:
        """When each place first delivered for each window, and how many periods of it are there:
        `place, window, first_received, periods, simulated`."""
        return past.presence(self._engine, self._rows.every(dataset), window)

    def first_receipts(self, dataset: Dataset, window: Grain, since: str) -> pl.DataFrame:
        """The receipt that first brought each place and window of the periods from `since` on:
        `place, window, receipt`."""
        return past.first_receipts(self._engine, self._rows.every(dataset), window, since)

    def last_received(self) -> datetime | None:
        """A moment no receipt came after, true to the millisecond."""
        now = self._receipts.snapshot()
        if now is None or "max.received_at" not in now.files.columns:
            return None
        moment = now.files.get_column("max.received_at").max()
        return moment + STATED_TO if isinstance(moment, datetime) else None

    def withdraw(self, receipt: Receipt) -> None:
        """Take back the rows of a receipt that was never finished and never can be."""
        if self.receipt(receipt.id) is None:
            for table in (self._rows.data(receipt.dataset), self._rows.held(receipt.dataset)):
                table.alter(
                    lambda t, turn: t.delete(f"_receipt = {literal(receipt.id)}", commit_properties=turn),
                    insist=True,
                )

    def data_version(self, dataset: Dataset | str) -> int:
        """Grows with every commit to a dataset's accepted rows and every event; 0 when it has none."""
        rows = self._rows.data(dataset if isinstance(dataset, str) else dataset.id).version()
        return rows + self._recalls.version() if rows else 0

    def write_values(
        self, frame: pl.DataFrame, run_id: str, computed_at: datetime | None = None, basis: int | None = None
    ) -> bool:
        """Add computed values; `basis` is the version of the receipts the computation had seen."""
        seen = self.version() if basis is None else basis
        return self._values.write(frame, run_id, computed_at or self._clock.now(), seen)

    def values(
        self,
        indicator: str | Sequence[str] | None = None,
        places: Sequence[str] | None = None,
        first: str | None = None,
        last: str | None = None,
        as_of: datetime | None = None,
        version: int | None = None,
        *,
        units: str | None = "",
    ) -> pl.DataFrame:
        """The newest computation of each indicator, version, place and period, or as it stood at `as_of`.

        As reported, unless `units` names other ones; None gives all.
        """
        return self._values.read(indicator, places, first, last, as_of, version, units)

    # ── the tables themselves ───────────────────────────────────────────────────────

    def version(self) -> int:
        """Grows whenever a receipt is committed or something happens to one, by any process;
        0 while the lake is empty."""
        return self._receipts.version() + self._events.table.version()

    def values_version(self) -> int:
        return self._values.table.version()

    def compact(self) -> dict[str, int]:
        """Gather small files into large ones; answers stay the same."""
        kept = (*self.foreseen.tables, self.anomalies.table, self.anomalies.marked)
        ledgers = (self._receipts, self._events.table, *kept)
        return upkeep.compact(self._engine, ledgers, self._rows, self._values)

    def tidy(self, dataset: Dataset | str) -> int:
        """Gather small files of the tables a load has just written, once there are many."""
        name = dataset if isinstance(dataset, str) else dataset.id
        data, held = self._rows.data(name), self._rows.held(name)
        return upkeep.tidy(self._engine, self._receipts, data, held, self._values)

    def retain(self, days: int = 400) -> dict[str, int]:
        """Drop rows and computations that were superseded more than `days` ago."""
        self.foreseen.retain(self._clock.now())
        return upkeep.retain(self._rows, self._values, self._engine, self._clock.now(), days, self._recalls)
