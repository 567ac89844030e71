"""Collections read page by page: every page from the same versions of the tables, in bounded memory.

A page of keyed rows costs what the page holds, not what the table holds: the keys of the next rows
are found first (files and row groups outside are skipped by their statistics), and only rows of those
keys are weighed against each other for the newest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from tinh.kit.clock import Clock, SystemClock
from tinh.lake import preference
from tinh.lake.asking import Ask, Page, Pin
from tinh.lake.columns import SYSTEM, literal, quoted
from tinh.lake.engine import Engine, scan
from tinh.lake.errors import QueryFailed, SnapshotGone
from tinh.lake.recalls import Out, Recalls
from tinh.lake.rows import Rows
from tinh.lake.tables import Snapshot, Table
from tinh.lake.values import Values
from tinh.packs.api import Dataset

_AHEAD = 200_000  # keys looked ahead at most; then all that is left is weighed at once
_FROM = ("_receipt", "_row", "_received_at", "_simulated", "_place", "_period")


class Serving:
    """Reads the collections of one lake."""

    def __init__(self, engine: Engine, rows: Rows, recalls: Recalls, values: Values, clock: Clock):
        self._engine, self._rows, self._recalls, self._values = engine, rows, recalls, values
        self._clock = clock or SystemClock()

    # ── rows of a dataset ───────────────────────────────────────────────────────────

    def pin(self, dataset: Dataset) -> Pin:
        """The versions a new reading starts from."""
        return Pin(
            _version(self._rows.data(dataset.id)), _version(self._rows.spare(dataset.id)),
            _version(self._rows.senders), self._clock.now(),
        )  # fmt: skip

    def page(self, dataset: Dataset, ask: Ask, pin: Pin) -> Page:
        """The next rows, with `_receipt`, `_row`, `_received_at`, `_simulated`, `_place`, `_period` beside
        the columns asked for. Raises SnapshotGone when the pinned version is no longer kept."""
        held = _Held(self._rows, self._recalls, dataset, pin)
        order = _order(dataset, ask)
        found: list[pl.DataFrame] = []
        have, after, look = 0, ask.after, max(256, 2 * ask.limit)
        current = held.rows.current(dataset, ask.as_of)
        while have <= ask.limit:
            bound = (
                self._bound(dataset, ask, held, order, after, look) if held.keyed and look < _AHEAD else None
            )
            frame = self._rows_of(current, ask, order, after, bound, ask.limit + 1 - have)
            found.append(frame)
            have += len(frame)
            if bound is None:
                break
            after, look = bound, look * 8
        rows = pl.concat(found)
        more = len(rows) > ask.limit
        rows = rows.head(ask.limit)
        marks = [f"_o{n}" for n in range(len(order))]
        last = rows.select(marks).row(-1) if more and len(rows) else None
        return Page(rows.drop(marks), last)

    def count(self, dataset: Dataset, ask: Ask, pin: Pin) -> int:
        """How many rows there are in all."""
        held = _Held(self._rows, self._recalls, dataset, pin)
        where, params = _where(ask)
        current = held.rows.current(dataset, ask.as_of)
        return int(self._frame(f"SELECT count(*) AS n FROM ({current}) WHERE {where}", params).item())

    def _rows_of(
        self, current: str, ask: Ask, order: Sequence[str], after: tuple[Any, ...] | None,
        bound: tuple[Any, ...] | None, limit: int,
    ) -> pl.DataFrame:  # fmt: skip
        where, params = _where(ask)
        span, more = _span(order, after, bound, ask.descending)
        # A column asked for by its own name and a system column never share one: names begin with no "_".
        shown = [quoted(c) for c in dict.fromkeys((*ask.columns, *_FROM))]
        shown += [f"{o} AS _o{n}" for n, o in enumerate(order)]
        turn = " DESC" if ask.descending else ""
        by = ", ".join(o + turn for o in order)
        return self._frame(
            f"SELECT {', '.join(shown)} FROM ({current}) WHERE {where} AND {span} "
            f"ORDER BY {by} LIMIT {int(limit)}",
            [*params, *more],
        )

    def _bound(
        self, dataset: Dataset, ask: Ask, held: _Held, order: Sequence[str],
        after: tuple[Any, ...] | None, look: int,
    ) -> tuple[Any, ...] | None:  # fmt: skip
        """The key up to which the next `look` stored rows reach; None when fewer are left."""
        now = held.data
        if now is None:
            return None
        where, params = _where(replace(ask, conditions=(), scope=""), _of_key(dataset))
        span, more = _span(order, after, None, ask.descending)
        turn = " DESC" if ask.descending else ""
        shown = ", ".join(f"{o} AS _o{n}" for n, o in enumerate(order))
        by = ", ".join(o + turn for o in order)
        found = self._frame(
            f"SELECT * FROM (SELECT {shown} FROM ({scan(now.paths(), SYSTEM, now.schema)}) "
            f"WHERE {where} AND {span} ORDER BY {by} LIMIT {int(look)}) LIMIT 1 OFFSET {int(look) - 1}",
            [*params, *more],
        )
        if found.is_empty():
            return None
        return _whole(found.row(0), ask.descending)

    # ── values of indicators ────────────────────────────────────────────────────────

    def pin_values(self) -> Pin:
        return Pin(_version(self._values.table), -1, -1, self._clock.now())

    def page_values(self, versions: dict[str, int], ask: Ask, pin: Pin) -> Page:
        """Values as reported of the given version of each indicator, by period, place and indicator."""
        sql, params = self._of_values(versions, ask, pin)
        if not sql:
            return Page(pl.DataFrame(), None)
        order = ("period", "place", "indicator")
        span, more = _span(order, ask.after, None, ask.descending)
        turn = " DESC" if ask.descending else ""
        rows = self._frame(
            f"SELECT * FROM ({sql}) WHERE {span} ORDER BY {', '.join(o + turn for o in order)} "
            f"LIMIT {int(ask.limit) + 1}",
            [*params, *more],
        )
        more_left = len(rows) > ask.limit
        rows = rows.head(ask.limit)
        return Page(rows, rows.select(order).row(-1) if more_left and len(rows) else None)

    def count_values(self, versions: dict[str, int], ask: Ask, pin: Pin) -> int:
        sql, params = self._of_values(versions, ask, pin)
        return int(self._frame(f"SELECT count(*) AS n FROM ({sql})", params).item()) if sql else 0

    def _of_values(self, versions: dict[str, int], ask: Ask, pin: Pin) -> tuple[str, list[Any]]:
        now = _at(self._values.table, pin.data)
        if now is None:
            return "", []
        first, last = ask.first, ask.last
        if ask.after is not None and not ask.descending:
            first = max(first, ask.after[0])
        elif ask.after is not None:
            last = min(last, ask.after[0]) if last else ask.after[0]
        sql, params = self._values.select(
            now, list(versions), ask.places, first or None, last or None, ask.as_of, None, ""
        )
        named = " OR ".join(f"(indicator = {literal(i)} AND version = {int(v)})" for i, v in versions.items())
        sql = (
            'SELECT indicator, place, period, "value", num AS numerator, den AS denominator, '
            "cov_num AS coverage_have, cov_den AS coverage_due, computed_at, simulated "
            f"FROM ({sql}) WHERE {named or 'false'}"
        )
        where, more = _where(replace(ask, places=None, first="", last=""))
        return f"SELECT * FROM ({sql}) WHERE {where}", [*params, *more]

    def _frame(self, sql: str, params: list[Any]) -> pl.DataFrame:
        try:
            return self._engine.frame(sql, params)
        except duckdb.IOException as error:  # a file of an old version that upkeep has removed
            raise SnapshotGone from error
        except duckdb.Error as error:
            raise QueryFailed(reason=str(error).split("\n\nLINE")[0].strip()) from error


class Served:
    """The part of `Lake` that is read page by page."""

    _engine: Engine
    _rows: Rows
    _recalls: Recalls
    _values: Values
    _clock: Clock

    @property
    def serving(self) -> Serving:
        """Rows and values read page by page."""
        return Serving(self._engine, self._rows, self._recalls, self._values, self._clock)


class _Held:
    """The tables of a dataset as they stood at a pin."""

    def __init__(self, rows: Rows, recalls: Recalls, dataset: Dataset, pin: Pin) -> None:
        at = _RecallsAt(recalls, pin.at)
        self.rows = rows.standing(dataset.id, at, pin.data, pin.spare, pin.receipts)
        self.data = _at(rows.data(dataset.id), pin.data)
        # Only where newer rows replace older ones must rows of one key be weighed.
        self.keyed = dataset.kind != "stream" and bool(dataset.key)


class _RecallsAt(Recalls):
    """Recalls as they were at a moment, unless an earlier one is asked about."""

    def __init__(self, recalls: Recalls, moment: datetime) -> None:
        self._recalls, self._moment = recalls, moment

    def version(self) -> int:
        return self._recalls.version()

    def of(self, dataset: str, as_of: datetime | None = None) -> Out:
        return self._recalls.of(dataset, min(as_of, self._moment) if as_of else self._moment)


def _version(table: Table) -> int:
    now = table.snapshot()
    return -1 if now is None else now.version


def _at(table: Table, version: int) -> Snapshot | None:
    if version < 0:
        return None
    found = table.at(version)
    if found is None:
        raise SnapshotGone
    return found


def _timed(dataset: Dataset) -> bool:
    """Whether rows are laid out and keyed by their period."""
    if dataset.kind == "stream":
        return dataset.period is not None
    return len(preference.by(dataset)) == 2


def _order(dataset: Dataset, ask: Ask) -> tuple[str, ...]:
    """What rows are ordered by, as SQL; the key first, then what makes it total."""
    if ask.veiled:
        return ("md5(coalesce(_key, ''))", "_receipt", "_row")
    by = ("_period", "_key") if _timed(dataset) else ("_key",)
    return (*(f"coalesce({c}, '')" for c in by), "_receipt", "_row")


def _of_key(dataset: Dataset) -> tuple[bool, bool]:
    """Whether all rows of a key share their place, and their period."""
    return dataset.place is not None and dataset.place.column in dataset.key, _timed(dataset)


def _whole(row: tuple[Any, ...], descending: bool) -> tuple[Any, ...]:
    """A bound that takes all rows of its key."""
    return (*row[:-2], *(("", -1) if descending else ("\uffff", 1 << 62)))


def _where(ask: Ask, of_key: tuple[bool, bool] = (True, True)) -> tuple[str, list[Any]]:
    parts: list[str] = ["true"]
    params: list[Any] = []
    if ask.key is not None:
        parts.append("_key = ?")
        params.append(ask.key)
    if ask.places is not None and of_key[0]:
        parts.append(f"_place IN ({', '.join(literal(p) for p in ask.places) or 'NULL'})")
    if ask.first and of_key[1]:
        parts.append("_period >= ?")
        params.append(ask.first)
    if ask.last and of_key[1]:
        parts.append("_period <= ?")
        params.append(ask.last + "~")  # the months of a year, the days of a month
    for condition in ask.conditions:
        sql, values = condition.sql()
        parts.append(sql)
        params += values
    if ask.scope:
        parts.append(f"({ask.scope})")
    return " AND ".join(parts), params


def _span(
    order: Sequence[str], after: tuple[Any, ...] | None, bound: tuple[Any, ...] | None, descending: bool
) -> tuple[str, list[Any]]:
    """Rows after one position and up to another; the first column also alone, which skips whole files."""
    parts: list[str] = ["true"]
    params: list[Any] = []
    for position, sign in ((after, "<" if descending else ">"), (bound, ">=" if descending else "<=")):
        if position is None:
            continue
        parts.append(_beyond(order, sign[0], sign == sign[0]))
        params += _twice(position)
        bare = order[0].removeprefix("coalesce(").removesuffix(", '')")
        if sign in (">", ">=") and position[0] and "(" not in bare:
            parts.append(f"{bare} >= ?")
            params.append(position[0])
        elif sign in ("<", "<=") and "(" not in bare:
            parts.append(f"({bare} <= ? OR {bare} IS NULL)")
            params.append(position[0])
    return " AND ".join(parts), params


def _beyond(order: Sequence[str], sign: str, strictly: bool) -> str:
    """The comparison of two positions written out: the engine mistakes a span of tuples for BETWEEN."""
    head, rest = order[0], order[1:]
    if not rest:
        return f"{head} {sign}{'' if strictly else '='} ?"
    return f"({head} {sign} ? OR ({head} = ? AND {_beyond(rest, sign, strictly)}))"


def _twice(position: Sequence[Any]) -> list[Any]:
    return [part for value in position[:-1] for part in (value, value)] + [position[-1]]
