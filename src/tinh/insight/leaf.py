"""Leaf cells: the rows of a dataset aggregated by place and dataset period, inside the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from tinh.insight.ground import Ground
from tinh.insight.scope import Scope
from tinh.kit import expr
from tinh.kit.periods import Grain, end, of, shift
from tinh.packs.api import Dataset, Formula, Term

CELL = {
    "place": pl.String,
    "period": pl.String,
    "num": pl.Float64,
    "den": pl.Float64,
    "simulated": pl.Boolean,
}
LOOK_BACK = 600  # periods of a register's past that are computed at most
_IN_LIST = 4000
ALIVE = "_born < _edge AND (_died IS NULL OR _died >= _edge)"


def name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def number(column: str) -> str:
    """A column as a finite double; what cannot be one is missing."""
    cast = f"TRY_CAST({name(column)} AS DOUBLE)"
    return f"CASE WHEN isfinite({cast}) THEN {cast} END"


@dataclass(frozen=True, slots=True)
class Measure:
    """One aggregate over the rows of a cell, and the condition under which a row is in it."""

    sql: str
    counts: str
    zero: bool = False  # nothing to count is a true zero


def measure(term: Term, dataset: Dataset) -> Measure:
    where = f"({expr.parse(term.where).sql()})" if term.where else "TRUE"
    value = number(term.column) if term.column else "1"
    known = f"{name(term.column)} IS NOT NULL" if term.column else "TRUE"
    if term.how == "count":
        counted = f"count(*) FILTER ({where} AND {known})"
        return Measure(_when_known(where, counted), f"{where} AND {known}", zero=True)
    counts = f"{where} AND ({value}) IS NOT NULL"
    if term.how == "sum":
        total = f"sum({value}) FILTER ({where})"
        if term.where:
            total = f"CASE WHEN count(*) FILTER ({where}) = 0 THEN 0 ELSE {total} END"
        return Measure(_when_known(where, total), counts, zero=True)
    if term.how == "last":
        order = ", ".join(
            [*([name(dataset.period.column)] if dataset.period else []), "_received_at", "_row"]
        )
        return Measure(f"last({value} ORDER BY {order}) FILTER ({counts})", counts)
    engine = {"mean": "avg", "min": "min", "max": "max"}[term.how]
    return Measure(f"{engine}({value}) FILTER ({where})", counts)


def _when_known(where: str, aggregate: str) -> str:
    # A row on which the condition cannot be judged is not a row that fails it.
    if where == "TRUE":
        return aggregate
    return f"CASE WHEN count(*) FILTER ({where} IS NOT NULL) > 0 THEN {aggregate} END"


def measures(formula: Formula, dataset: Dataset) -> tuple[Measure, Measure | None]:
    """Numerator and (for ratios and weighted means) denominator over one dataset."""
    first = formula.terms[0]
    if formula.kind == "weighted":
        where = f"({expr.parse(first.where).sql()})" if first.where else "TRUE"
        value, weight = number(first.column), number(formula.weight)
        both = f"{where} AND ({value}) IS NOT NULL AND ({weight}) IS NOT NULL"
        return (
            Measure(f"sum(({value}) * ({weight})) FILTER ({both})", both),
            Measure(f"sum({weight}) FILTER ({both})", both),
        )
    if formula.kind == "ratio" and len(formula.terms) > 1:
        return measure(first, dataset), measure(formula.terms[1], dataset)
    return measure(first, dataset), None


def place_of(ground: Ground, dataset: Dataset) -> str:
    return "_place" if dataset.place is not None else text(ground.catalogue.place)


def conditions(
    ground: Ground,
    dataset: Dataset,
    spans: Sequence[tuple[str, str]] | None,
    places: frozenset[str] | None,
) -> str:
    out = [f"{place_of(ground, dataset)} IS NOT NULL"]
    if dataset.period is not None and dataset.kind != "register":
        out.append("_period IS NOT NULL")
        if spans is not None:
            runs = [f"_period BETWEEN {text(a)} AND {text(b)}" for a, b in spans]
            out.append("(" + (" OR ".join(runs) or "FALSE") + ")")
    if places is not None and len(places) <= _IN_LIST and dataset.place is not None:
        listed = ", ".join(text(p) for p in sorted(places)) or "NULL"
        out.append(f"_place IN ({listed})")
    return " AND ".join(out)


def cells(
    ground: Ground,
    dataset: Dataset,
    num: Measure,
    den: Measure | None,
    spans: Sequence[tuple[str, str]] | None,
    places: frozenset[str] | None,
) -> pl.DataFrame:
    """One row per place and dataset period that any row was received for."""
    sql = (
        f"SELECT {place_of(ground, dataset)} AS place, _period AS period,"
        f" CAST({num.sql} AS DOUBLE) AS num, CAST({den.sql if den else '1'} AS DOUBLE) AS den,"
        f" coalesce(bool_or(_simulated), FALSE) AS simulated"
        f" FROM {name(dataset.id)} WHERE {conditions(ground, dataset, spans, places)} GROUP BY 1, 2"
    )
    return ground.query(sql, dataset.id).cast(CELL)  # type: ignore[arg-type]  # polars accepts a plain dict


def local(ground: Ground, column: str) -> str:
    """A date or moment as naive local time; moments with an offset are turned, others taken as local."""
    zone, quoted = text(ground.catalogue.timezone), name(column)
    return (
        f"CASE WHEN typeof({quoted}) = 'TIMESTAMP WITH TIME ZONE'"
        f" THEN timezone({zone}, TRY_CAST({quoted} AS TIMESTAMPTZ)) ELSE TRY_CAST({quoted} AS TIMESTAMP) END"
    )


def born(ground: Ground, dataset: Dataset) -> str:
    """The moment a thing of a register began; unknown means: when it was first received."""
    received = local(ground, "_received_at")
    if dataset.life is None:
        return received
    return f"coalesce({local(ground, dataset.life.begins)}, {received})"


def died(ground: Ground, dataset: Dataset) -> str:
    if dataset.life is None or not dataset.life.ends:
        return "CAST(NULL AS TIMESTAMP)"
    return local(ground, dataset.life.ends)


def edges(ground: Ground, periods: Sequence[str]) -> str:
    """The moment at which each period looks at a register: its end, or now if it still runs."""
    now = ground.local_now
    rows = [f"({text(p)}, TIMESTAMP {text(min(end(p), now).isoformat(' '))})" for p in periods]
    return ", ".join(rows)


def register_cells(
    ground: Ground, dataset: Dataset, num: Measure, den: Measure | None, grain: Grain, scope: Scope
) -> pl.DataFrame:
    """What is alive at the end of each period, by place; zero where everything has ended."""
    known = conditions(ground, dataset, None, None)
    first = ground.query(
        f"SELECT min({born(ground, dataset)}) AS first FROM {name(dataset.id)} WHERE {known}", dataset.id
    )["first"].item()
    empty = pl.DataFrame(schema=CELL)
    now = ground.local_now
    if first is None or first > now:
        return empty
    current = of(now, grain)
    oldest = shift(current, -LOOK_BACK) if now.year > LOOK_BACK else current
    begin = max(of(first, grain), oldest)
    periods: list[str] = []
    while begin <= current:
        if scope.periods is None or begin in scope.periods:
            periods.append(begin)
        begin = shift(begin, 1)
    if not periods:
        return empty
    zero = "0" if num.zero else "NULL"
    under = "CAST(coalesce(alive.den, 0) AS DOUBLE)" if den else "CAST(1 AS DOUBLE)"
    sql = (
        f"WITH _edges(_span, _edge) AS (VALUES {edges(ground, periods)}),"
        f" _things AS (SELECT *, {place_of(ground, dataset)} AS _spot, {born(ground, dataset)} AS _born,"
        f" {died(ground, dataset)} AS _died FROM {name(dataset.id)} WHERE {known}),"
        f" _alive AS (SELECT _spot, _span, {num.sql} AS num, {den.sql if den else '1'} AS den,"
        f" bool_or(_simulated) AS simulated FROM _things JOIN _edges ON {ALIVE} GROUP BY _spot, _span),"
        f" _seen AS (SELECT _spot, min(_born) AS _first, bool_or(_simulated) AS _made"
        f" FROM _things GROUP BY _spot)"
        f" SELECT _seen._spot AS place, _edges._span AS period,"
        f" CAST(CASE WHEN alive._spot IS NULL THEN {zero} ELSE alive.num END AS DOUBLE) AS num,"
        f" {under} AS den,"
        f" coalesce(alive.simulated, _seen._made, FALSE) AS simulated"
        f" FROM _seen JOIN _edges ON _first < _edge"
        f" LEFT JOIN _alive AS alive ON alive._spot = _seen._spot AND alive._span = _edges._span"
    )
    return ground.query(sql, dataset.id).cast(CELL)  # type: ignore[arg-type]  # polars accepts a plain dict
