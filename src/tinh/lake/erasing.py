"""Erasing what tables hold of people: values go, rows and their counts stay.

Files with such values are rewritten; the old ones leave the disk at once, with what the log states of them
(lowest and highest values). A reader that is in the middle of an old file has to ask again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable

from tinh.kit.ids import fresh
from tinh.lake.engine import Engine, scan
from tinh.lake.rewrite import Batch, rewrite
from tinh.lake.rows import Rows
from tinh.lake.tables import Snapshot, Table

MARK = "đã xoá"
FLAG = "erased"
_SEPARATORS = r"[ .\-()+]"
_STRAY = 3600.0  # seconds after which a file that no version names belongs to nobody
_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Wipe:
    """What is to go: of rows that name one of `terms` anywhere, or that came before `before`, the `columns`.
    `keyed`: the row's key is made of such a column, and gets another."""

    columns: tuple[str, ...]
    keyed: bool = False
    terms: tuple[str, ...] = ()
    before: datetime | None = None

    def which(self, rows: pl.DataFrame) -> pl.Series:
        """Which rows are meant."""
        if self.before is not None:
            left = [pl.col(c).is_not_null() & (pl.col(c).cast(pl.String) != MARK) for c in self._of(rows)]
            old = pl.col("_received_at") < self.before
            return rows.select((old & pl.any_horizontal(left)) if left else pl.lit(False)).to_series()
        return rows.select(
            pl.any_horizontal([_holds(c, self.terms) for c in _texts(rows)] or [pl.lit(False)])
        ).to_series()

    def _of(self, rows: pl.DataFrame) -> list[str]:
        return [c for c in self.columns if c in rows.columns]


@dataclass(slots=True)
class Wiped:
    """How many rows of which tables lost values, and the receipts they came with."""

    rows: dict[str, int] = field(default_factory=dict)
    receipts: set[str] = field(default_factory=set)


def wipe(engine: Engine, rows: Rows, dataset: str, what: Wipe, done: Wiped) -> None:
    """Erase in every table of a dataset: accepted, held and spare rows."""
    keys: dict[str, str] = {}
    for table in (rows.data(dataset), rows.held(dataset), rows.spare(dataset)):
        gone = _rewritten(engine, table, lambda frame: _blanked(frame, what, keys, done), done)
        if gone or what.terms:
            _clean(table, what.terms, gone)


def scrub(engine: Engine, tables: Sequence[Table], terms: tuple[str, ...], done: Wiped) -> None:
    """Take terms out of the texts of any other table."""
    for table in tables:
        gone = _rewritten(engine, table, lambda frame: _without(frame, terms), done)
        _clean(table, terms, gone)


def _rewritten(
    engine: Engine, table: Table, change: Callable[[pl.DataFrame], tuple[pl.DataFrame, int]], done: Wiped
) -> list[str]:
    """Rewrite the files that `change` changes, until a look finds none; which files went."""
    gone: list[str] = []
    for _ in range(_ROUNDS):
        found: list[str] = []
        count = 0

        def plan(now: Snapshot, found: list[str] = found) -> Iterator[Batch]:
            nonlocal count
            found.clear()
            count = 0
            physical = {n: t for n, t in now.schema.items() if n not in table.partition}
            for path in now.paths():
                rows, changed = change(engine.frame(scan([path], physical, now.schema)))
                if changed:
                    found.append(path)
                    count += changed
                    row = now.files.filter(pl.col("path") == path).row(0, named=True)
                    yield Batch([path], rows, {n: row[f"partition.{n}"] for n in table.partition})

        if table.snapshot() is None:
            return gone
        if rewrite(table, plan):
            gone += found
            name = f"{table.path.parent.name}/{table.path.name}"
            done.rows[name] = done.rows.get(name, 0) + count
        elif not found:
            return gone
    return gone


def _blanked(rows: pl.DataFrame, what: Wipe, keys: dict[str, str], done: Wiped) -> tuple[pl.DataFrame, int]:
    hit = what.which(rows) if len(rows) else pl.Series([], dtype=pl.Boolean)
    count = int(hit.sum())
    if not count:
        return rows, 0
    done.receipts |= set(rows.filter(hit).get_column("_receipt").to_list())
    changed: list[pl.Series] = []
    for name in rows.columns:
        column = rows.get_column(name)
        if name in what.columns:
            blank = pl.lit(MARK) if column.dtype == pl.String else pl.lit(None, column.dtype)
            was = pl.col("v").is_not_null()
            put = pl.when(pl.col("hit") & was).then(blank).otherwise(pl.col("v"))
        elif name == "_values":
            put = pl.when(pl.col("hit")).then(pl.lit("{}")).otherwise(pl.col("v"))
        elif name == "_key":
            changed.append(_renamed(column, hit, what, keys))
            continue
        elif column.dtype == pl.String and not name.startswith("_") and what.terms:
            put = pl.when(_holds("v", what.terms)).then(pl.lit(MARK)).otherwise(pl.col("v"))
        elif name == "_flags":
            flagged = (
                pl.col("v")
                .fill_null(pl.lit([], pl.List(pl.String)))
                .list.concat(pl.lit([FLAG]))
                .list.unique()
            )
            put = pl.when(pl.col("hit")).then(flagged).otherwise(pl.col("v"))
        else:
            continue
        both = pl.DataFrame([column.alias("v"), hit.alias("hit")])
        changed.append(both.select(put.cast(column.dtype).alias(name)).to_series())
    return rows.with_columns(changed), count


def _renamed(column: pl.Series, hit: pl.Series, what: Wipe, keys: dict[str, str]) -> pl.Series:
    """Keys made of what goes, by others that mean nothing; equal ones stay equal."""
    out = []
    for key, meant in zip(column.to_list(), hit.to_list(), strict=True):
        named = key is not None and meant and (what.keyed or any(t in key for t in what.terms))
        out.append(keys.setdefault(key, f"{FLAG}:{fresh()}") if named and not key.startswith(FLAG) else key)
    return pl.Series("_key", out, dtype=pl.String)


def _without(rows: pl.DataFrame, terms: tuple[str, ...]) -> tuple[pl.DataFrame, int]:
    names = _texts(rows)
    if not len(rows) or not names:
        return rows, 0
    hit = rows.select(pl.any_horizontal([_contains(n, terms) for n in names])).to_series()
    count = int(hit.fill_null(False).sum())
    if count:
        rows = rows.with_columns(pl.col(n).str.replace_many(list(terms), MARK) for n in names)
    return rows, count


def _texts(rows: pl.DataFrame) -> list[str]:
    return [
        n
        for n, t in rows.schema.items()
        if t == pl.String and n not in ("_receipt", "_at", "_period", "_place")
    ]


def _contains(name: str, terms: Collection[str]) -> pl.Expr:
    return pl.col(name).str.contains_any(list(terms)).fill_null(False)


def _holds(name: str, terms: Collection[str]) -> pl.Expr:
    """Whether a text names one of the terms, however its digits are set apart and its letters written."""
    low = pl.col(name).str.to_lowercase()
    bare = [t for t in terms if t.isdigit()]
    found = low.str.contains_any([t.lower() for t in terms])
    if bare:
        found = found | low.str.replace_all(_SEPARATORS, "").str.contains_any(bare)
    return found.fill_null(False)


# ── what lies on the disk ───────────────────────────────────────────────────────────


def _clean(table: Table, terms: Collection[str], gone: Collection[str]) -> None:
    """Nothing of the terms stays in the table's folder: replaced files and what the log said of them."""
    if not (table.path / "_delta_log").is_dir():
        return
    delta = DeltaTable(str(table.path))
    live = {str(table.path / unquote(p)) for p in delta.file_uris()} | set(delta.file_uris())
    for path in gone:
        if path not in live:
            Path(path).unlink(missing_ok=True)
    _stray(table, {Path(p).name for p in live}, terms)
    delta.create_checkpoint()
    newest = f"{delta.version():020d}"
    names = {Path(p).name for p in gone}
    for entry in sorted((table.path / "_delta_log").iterdir()):
        if ".checkpoint" in entry.name and not entry.name.startswith((newest, "_", ".")):
            entry.unlink(missing_ok=True)
        elif entry.suffix == ".json" and entry.name[:1].isdigit():
            _forget_stated(entry, names, terms)


def _stray(table: Table, live: Collection[str], terms: Collection[str]) -> None:
    """Files no version needs any more, kept for slow readers or left by a crash, that hold the terms."""
    log = "\n".join(p.read_text() for p in (table.path / "_delta_log").glob("*.json") if p.name[:1].isdigit())
    for path in table.path.rglob("*.parquet"):
        if "_delta_log" in path.parts or path.name in live:
            continue
        known = path.name in log or time.time() - path.stat().st_mtime > _STRAY
        if known and (not terms or _in_file(path, terms)):
            path.unlink(missing_ok=True)


def _in_file(path: Path, terms: Collection[str]) -> bool:
    try:
        rows = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError):
        return True  # it cannot be read, so nobody misses it
    names = _texts(rows)
    return bool(names) and bool(
        rows.select(pl.any_horizontal([_holds(n, terms) for n in names]).any()).item()
    )


def _forget_stated(entry: Path, gone: Collection[str], terms: Collection[str]) -> None:
    """Reduce what a commit states of files that went, or with the terms in it, to their rows' number."""
    text = entry.read_text()
    if not any(name in text for name in gone) and not any(term in text for term in terms):
        return
    lines = []
    for line in text.splitlines():
        action = json.loads(line)
        added: dict[str, Any] | None = action.get("add")
        if added and (Path(unquote(added["path"])).name in gone or any(t in line for t in terms)):
            stats: Mapping[str, Any] = json.loads(added.get("stats") or "{}")
            added["stats"] = json.dumps({"numRecords": stats.get("numRecords", 0)})
        said = json.dumps(action, separators=(",", ":"), ensure_ascii=False)
        for term in terms:
            said = said.replace(term, MARK)
        lines.append(said)
    own = entry.with_name(f".{entry.name}.{fresh()}")
    own.write_text("\n".join(lines) + "\n")
    own.replace(entry)


def put(engine: Engine, table: Table, terms: tuple[str, ...], column: str, value: str, done: Wiped) -> None:
    """Write `value` into a column of the rows that name one of the terms; what stood there goes for ever."""

    def change(rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
        if column not in rows.columns or rows.is_empty():
            return rows, 0
        wanted = pl.Series([value]).cast(rows.schema[column])[0]
        hit = Wipe((), terms=terms).which(rows) & (rows.get_column(column).ne_missing(wanted))
        if not hit.sum():
            return rows, 0
        done.receipts.update(rows.filter(hit).get_column("_receipt").to_list())
        new = pl.DataFrame([rows.get_column(column).alias("v"), hit.alias("hit")]).select(
            pl.when("hit").then(pl.lit(wanted, rows.schema[column])).otherwise("v").alias(column)
        )
        return rows.with_columns(new.to_series()), int(hit.sum())

    gone = _rewritten(engine, table, change, done)
    if gone:
        _clean(table, (), gone)
