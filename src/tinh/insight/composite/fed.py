"""What the lake holds for an index: rows agencies delivered, or values of indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from tinh.insight.composite.tables import Table
from tinh.insight.composite.trees import scoring_of
from tinh.insight.ground import Rows
from tinh.packs.api import Catalogue, Dataset, Delivered, Element, Index


@dataclass(frozen=True, slots=True)
class Claim:
    """What was said of one component of one unit, besides its value."""

    self_score: float | None = None
    verified_score: float | None = None
    number: str = ""
    day: date | None = None
    summary: str = ""
    receipt: str = ""


def delivery_periods(lake: Rows, dataset: Dataset, as_of: datetime | None = None) -> list[str]:
    """Periods a dataset has rows of, the newest first."""
    sql = f'SELECT DISTINCT _period AS period FROM "{dataset.id}" ORDER BY 1 DESC'
    return [p for p in lake.query(sql, {dataset.id: dataset}, as_of=as_of)["period"].to_list() if p]


def delivered_table(
    index: Index, dataset: Dataset, lake: Rows, period: str, as_of: datetime | None = None
) -> tuple[Table, Mapping[tuple[str, str], Claim], bool]:
    """The units of one period as a Table, what was claimed of each (unit, component), and whether any of
    it is simulated. Units are the places of the rows, in the order of their codes."""
    values = index.values
    if values is None:
        raise ValueError(index.id)
    sql = f'SELECT * FROM "{dataset.id}" WHERE _period = ? ORDER BY _place'
    rows = lake.query(sql, {dataset.id: dataset}, [period], as_of)
    simulated = bool(rows["_simulated"].any()) if "_simulated" in rows.columns else False
    if not values.component:
        cells = {c: tuple(_text(v) for v in rows[c].to_list()) for c in rows.columns if not c.startswith("_")}
        units = tuple(rows["_place"].to_list())
        return Table(units, units, cells), {}, simulated
    return *_long(index, values, rows), simulated


def measured_table(
    index: Index, catalogue: Catalogue, lake: Rows, period: str = "", as_of: datetime | None = None
) -> tuple[Table | None, list[str], str, bool]:
    """The newest values of the indicators an index names, by place: the table, periods, the chosen one."""
    named = {e.id: e for e in index.tree.components() if e.indicator in catalogue.indicators}
    frame = lake.values([e.indicator for e in named.values()], as_of=as_of) if named else pl.DataFrame()
    frame = frame.filter(pl.col("value").is_not_null()) if frame.height else frame
    level = {"province": 2, "commune": 5}.get(index.units)
    if frame.height and level:
        frame = frame.filter(pl.col("place").str.len_chars() == level)
    if not frame.height:
        return None, [], "", False
    periods = sorted(set(frame["period"].to_list()), reverse=True)
    chosen = period if period in periods else periods[0]
    newest = frame.filter(pl.col("period") <= chosen).sort("version", "period")
    newest = newest.unique(["indicator", "place"], keep="last", maintain_order=True)
    units = tuple(sorted(set(newest["place"].to_list())))
    held = {(r["indicator"], r["place"]): r["value"] for r in newest.iter_rows(named=True)}
    cells = {e.column: tuple(_text(held.get((e.indicator, u))) for u in units) for e in named.values()}
    return Table(units, units, cells), periods, chosen, bool(newest["simulated"].any())


def _long(
    index: Index, values: Delivered, rows: pl.DataFrame
) -> tuple[Table, Mapping[tuple[str, str], Claim]]:
    elements = {e.id: e for e in index.tree.components()}
    units = tuple(dict.fromkeys(rows["_place"].to_list()))
    at = {unit: n for n, unit in enumerate(units)}
    cells: dict[str, list[str | None]] = {}
    for element in elements.values():
        for column in _columns(element):
            cells[column] = [None] * len(units)
    claims = {}
    for row in rows.iter_rows(named=True):
        found = elements.get(row[values.component])
        if found is None:
            continue
        n = at[row["_place"]]
        for column, text in _inputs(found, values, row).items():
            cells[column][n] = text
        claims[row["_place"], found.id] = _claim(values, row)
    return Table(units, units, {c: tuple(v) for c, v in cells.items()}), claims


def _columns(element: Element) -> Sequence[str]:
    rule = scoring_of(element)
    if rule is not None and rule.kind == "additive":
        return tuple(rule.parts)
    if rule is not None and rule.numerator:
        return (rule.numerator, rule.denominator)
    return (element.column,)


def _inputs(element: Element, values: Delivered, row: Mapping[str, Any]) -> dict[str, str | None]:
    """The cells of a row under the columns the component's rule reads."""
    rule = scoring_of(element)
    choice = row.get(values.choice)
    if rule is not None and rule.kind == "tier":
        return {element.column: choice}
    if rule is not None and rule.kind == "additive":
        if choice is None:
            return dict.fromkeys(rule.parts, None)
        held = {part.strip() for part in str(choice).split(";")}
        return {p: "1" if p in held or p.rpartition(".")[2] in held else "0" for p in rule.parts}
    if rule is not None and rule.numerator:
        return {
            rule.numerator: _text(row.get(values.numerator)),
            rule.denominator: _text(row.get(values.denominator)),
        }
    return {element.column: _text(row.get(values.value))}


def _claim(values: Delivered, row: Mapping[str, Any]) -> Claim:
    day = row.get(values.evidence_day)
    return Claim(
        row.get(values.self_score), row.get(values.verified_score),
        str(row.get(values.evidence_number) or ""), day if isinstance(day, date) else None,
        str(row.get(values.evidence_summary) or ""), str(row.get("_receipt") or ""),
    )  # fmt: skip


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return ("1" if value else "0") if isinstance(value, bool) else str(value)
