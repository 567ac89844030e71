"""From a value to its formula, its leaf cells, its rows and the receipts they came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from tinh.insight.compute import evaluate
from tinh.insight.derived import needed, variable
from tinh.insight.errors import BadPeriod, NothingToTrace
from tinh.insight.evidence import Evidence, evidence
from tinh.insight.formulas import combined, formula_text, fraction, plain_number, substituted
from tinh.insight.ground import Ground, Places, Rows
from tinh.insight.ladder import upward
from tinh.insight.meeting import newest_by
from tinh.insight.order import chain, find
from tinh.insight.retracing import pieces, restated_row, written
from tinh.insight.scope import Scope
from tinh.insight.sqlfile import sql_cells
from tinh.insight.terms import alone, meeting, mixed
from tinh.kit.clock import SystemClock
from tinh.kit.errors import Text
from tinh.kit.periods import GRAINS, end, grain_of, of, up
from tinh.packs.api import Catalogue, Formula, Indicator, Term

INPUTS_SHOWN = 1_000
FEW_RECEIPTS = 4
_GRAINS_VI = {"hour": "giờ", "day": "ngày", "month": "tháng", "quarter": "quý", "year": "năm"}


@dataclass(frozen=True, slots=True)
class Trace:
    """A value opened up. `as_dict` is the shape of `trace --json` and of the REST trace."""

    indicator: str
    version: int
    place: str
    period: str
    value: float | None
    num: int
    den: int
    simulated: bool
    words: Text
    expression: str
    parts: tuple[dict[str, Any], ...]
    inputs: tuple[dict[str, Any], ...]
    inputs_total: int
    receipts: tuple[dict[str, Any], ...]
    rows_total: int
    exact: bool = True
    derived_from: tuple[Trace, ...] = ()
    units: str = ""  # the day whose units a restated value stands on
    estimated: float = 0.0
    spans: tuple[dict[str, Any], ...] = ()  # a restated value: the units it was made from, with their shares

    def as_dict(self) -> dict[str, Any]:
        return {
            "indicator": self.indicator,
            "version": self.version,
            "place": self.place,
            "period": self.period,
            "value": self.value,
            "coverage": {"num": self.num, "den": self.den},
            "simulated": self.simulated,
            "formula": {"text": self.words.as_dict(), "expression": self.expression},
            "parts": list(self.parts),
            "inputs": list(self.inputs),
            "inputs_total": self.inputs_total,
            "receipts": list(self.receipts),
            "rows_total": self.rows_total,
            "exact": self.exact,
            "units": self.units,
            "estimated": self.estimated,
            "spans": list(self.spans),
            "from": [t.as_dict() for t in self.derived_from],
        }


def trace(
    catalogue: Catalogue,
    lake: Rows,
    gazetteer: Places,
    indicator_id: str,
    place: str,
    period: str,
    as_of: datetime | None = None,
    now: datetime | None = None,
    units: str = "",
) -> Trace:
    """Computes the value again from the rows of the lake, as they stood at `as_of`, and shows them.

    `units` asks for the value restated to the units of that day, where it was not reported on them.
    """
    indicator = find(catalogue, indicator_id)
    chain(catalogue, [indicator_id])
    try:
        fits = grain_of(period) == indicator.period and bool(end(period))
    except (ValueError, OverflowError):  # also the last period of the calendar, which has no end
        fits = False
    if not fits:
        example = of(datetime(2025, 4, 1, 7, tzinfo=UTC), indicator.period)
        raise BadPeriod(
            period=period, grain=indicator.period, grain_vi=_GRAINS_VI[indicator.period],
            indicator=indicator_id, example=example,
        )  # fmt: skip
    ground = Ground(catalogue, lake, gazetteer, now or SystemClock().now(), as_of)
    row = restated_row(ground, indicator, place, period, units) if units else None
    return _restated(ground, indicator, row) if row else _trace(ground, indicator, place, period)


def _restated(ground: Ground, indicator: Indicator, row: dict[str, Any]) -> Trace:
    """The units a restated value was made from, each with its own trace."""
    place, period, units = row["place"], row["period"], row["units"]
    inner: list[Trace] = []
    found: list[dict[str, Any]] = []
    if indicator.formula.kind == "derived":
        values: dict[str, float | None] = {}
        for id in indicator.formula.indicators:
            source = ground.catalogue.indicators[id]
            moved = restated_row(ground, source, place, period, units)
            values[variable(id)] = moved["value"] if moved else None
            if moved:
                inner.append(_restated(ground, source, moved))
        expression = substituted(indicator.formula.expression, values, row["value"])
    else:
        found = pieces(ground, indicator, place, period, units)
        inner = [_trace(ground, indicator, p["place"], period) for p in found]
        expression = written(indicator, found, row["value"])
    receipts = _merged([r for t in inner for r in t.receipts])
    return Trace(
        **_head(ground, indicator, row, expression),
        parts=(), inputs=(), inputs_total=0, receipts=receipts,
        rows_total=sum(r["rows_total"] for r in receipts), exact=all(t.exact for t in inner),
        derived_from=tuple(inner), units=units, estimated=row["estimated"], spans=tuple(found),
    )  # fmt: skip


def _trace(ground: Ground, indicator: Indicator, place: str, period: str) -> Trace:
    scope = Scope(frozenset({place}), frozenset({period}))
    frame = evaluate(ground, indicator, scope)
    if frame.is_empty():
        raise NothingToTrace(
            indicator=indicator.id, place=place, period=period, span=_span(ground, indicator)
        )
    row = frame.row(0, named=True)
    if indicator.formula.kind == "derived":
        return _derived(ground, indicator, row)
    if indicator.formula.kind == "sql":
        return _by_sql(ground, indicator, row)
    if mixed(indicator.formula):
        return _over_two(ground, indicator, row)
    formula = indicator.formula
    found = evidence(ground, indicator, ground.dataset(formula.terms[0].dataset), formula, place, period)
    if formula.kind == "direct":
        many = found.places.height > 1
        how = indicator.over_places if many else indicator.over_time
        values = (found.places if many else found.parts)["num"].to_list()
        expression = combined(how, values, row["value"])
    else:
        expression = fraction(formula.scale, row["num"], row["den"], row["value"])
    return _made(ground, indicator, row, expression, [found])


def _over_two(ground: Ground, indicator: Indicator, row: dict[str, Any]) -> Trace:
    here = (pl.col("place") == row["place"]) & (pl.col("period") == row["period"])
    met = meeting(ground, indicator).filter(here).row(0, named=True)
    found = []
    for prefix, term in zip("nd", indicator.formula.terms, strict=True):
        period = met[f"{prefix}_period"]
        if period is not None:
            own = alone(ground, indicator, term)
            dataset = ground.dataset(term.dataset)
            found.append(evidence(ground, own, dataset, own.formula, row["place"], period))
    expression = fraction(indicator.formula.scale, row["num"], row["den"], row["value"])
    return _made(ground, indicator, row, expression, found)


def _derived(ground: Ground, indicator: Indicator, row: dict[str, Any]) -> Trace:
    inner = []
    values: dict[str, float | None] = {}
    at = pl.DataFrame({"place": [row["place"]], "period": [row["period"]]})
    scope = Scope(frozenset({row["place"]}), frozenset({row["period"]}))
    for id in indicator.formula.indicators:
        source = ground.catalogue.indicators[id]
        frame = evaluate(ground, source, needed(indicator, source, scope))
        if source.period != indicator.period:
            met = newest_by(at, frame.drop_nulls("value").select("place", pl.col("period").alias("p")), "p")
            frame = frame.join(
                met.select("place", pl.col("p").alias("period")), on=["place", "period"], how="semi"
            )
        values[variable(id)] = frame["value"].item() if frame.height else None
        if frame.height:
            inner.append(_trace(ground, source, row["place"], frame["period"].item()))
    expression = substituted(indicator.formula.expression, values, row["value"])
    receipts = _merged([r for t in inner for r in t.receipts])
    total = sum(r["rows_total"] for r in receipts)
    return Trace(
        **_head(ground, indicator, row, expression),
        parts=(), inputs=(), inputs_total=0, receipts=receipts, rows_total=total,
        exact=all(t.exact for t in inner), derived_from=tuple(inner),
    )  # fmt: skip


def _by_sql(ground: Ground, indicator: Indicator, row: dict[str, Any]) -> Trace:
    """A SELECT does not say which rows it took: those of its place and period are shown, as not exact."""
    rows = []
    for id in indicator.formula.datasets:
        dataset = ground.dataset(id)
        every = Formula(kind="direct", terms=(Term(dataset=id, how="count"),))
        changes: dict[str, Any] = {"formula": every, "min_coverage": {}, "over_places": "mean"}
        period = row["period"]
        if dataset.kind != "register" and dataset.period is not None:
            if GRAINS.index(dataset.period.every) > GRAINS.index(indicator.period):
                changes |= {"period": dataset.period.every, "through": ()}
                period = up(period, dataset.period.every)
        elif dataset.kind != "register":
            continue  # nothing places its rows in time
        rows.append(
            evidence(ground, indicator.model_copy(update=changes), dataset, every, row["place"], period)
        )
    if row["num"] is not None:
        expression = fraction(indicator.formula.scale, row["num"], row["den"], row["value"])
    else:
        expression = plain_number(row["value"])
    members = pl.concat([pl.DataFrame({"place": [row["place"]]}), *(e.places.select("place") for e in rows)])
    scope = Scope(None, frozenset({row["period"]}))
    cells = (
        sql_cells(ground, indicator, scope)
        .join(members.unique(), on="place", how="semi")
        .sort("place", "period")
    )
    here = cells.filter(upward(indicator.period).eq(row["period"]))
    inputs = []
    for cell in here.head(INPUTS_SHOWN).iter_rows(named=True):
        known = cell["num"] is not None and cell["den"]
        value = indicator.formula.scale * cell["num"] / cell["den"] if known else None
        shown = {
            "dataset": "+".join(indicator.formula.datasets),
            "place": cell["place"],
            "period": cell["period"],
        }
        here_too = (pl.col("place") == cell["place"]) & (pl.col("period") == cell["period"])
        taken = sum(int(e.cells.filter(here_too)["rows"].sum()) for e in rows)
        inputs.append({**shown, "value": value, "simulated": cell["simulated"], "rows": taken})
    return Trace(
        **_head(ground, indicator, row, expression),
        parts=(), inputs=tuple(inputs), inputs_total=here.height,
        receipts=_merged([r for e in rows for r in _receipts(ground, e.dataset.id, e.counts, e.rows)]),
        rows_total=sum(e.total for e in rows), exact=False,
    )  # fmt: skip


def _made(
    ground: Ground, indicator: Indicator, row: dict[str, Any], expression: str, found: list[Evidence]
) -> Trace:
    inputs, receipts, parts = [], [], []
    for each in found:
        parts += [
            _cell(indicator, each, cell) for cell in each.places.head(INPUTS_SHOWN).iter_rows(named=True)
        ]
        inputs += [
            {**_cell(indicator, each, cell), "rows": cell["rows"] or 0}
            for cell in each.cells.head(INPUTS_SHOWN).iter_rows(named=True)
        ]
        receipts += _receipts(ground, each.dataset.id, each.counts, each.rows)
    return Trace(
        **_head(ground, indicator, row, expression),
        parts=tuple(parts),
        inputs=tuple(inputs),
        inputs_total=sum(e.cells.height for e in found),
        receipts=_merged(receipts),
        rows_total=sum(e.total for e in found),
    )


def _head(ground: Ground, indicator: Indicator, row: dict[str, Any], expression: str) -> dict[str, Any]:
    return {
        "indicator": indicator.id,
        "version": indicator.version,
        "place": row["place"],
        "period": row["period"],
        "value": row["value"],
        "num": row["cov_num"],
        "den": row["cov_den"],
        "simulated": row["simulated"],
        "words": formula_text(ground.catalogue, indicator),
        "expression": expression,
    }


def _cell(indicator: Indicator, found: Evidence, cell: dict[str, Any]) -> dict[str, Any]:
    out = {"dataset": found.dataset.id, "place": cell["place"], "period": cell["period"]}
    if indicator.formula.kind == "direct" or mixed(indicator.formula):
        value = cell["num"]
    else:
        known = cell["num"] is not None and cell["den"]
        value = indicator.formula.scale * cell["num"] / cell["den"] if known else None
        out |= {"num": cell["num"], "den": cell["den"]}
    out |= {"value": value, "simulated": cell["simulated"]}
    if cell.get("owed") is not None:
        out["coverage"] = {"num": cell["have"], "den": cell["owed"]}
    return out


def _receipts(ground: Ground, dataset: str, counts: pl.DataFrame, rows: pl.DataFrame) -> list[dict[str, Any]]:
    grouped = rows.group_by("receipt").agg(pl.col("row").unique().sort())
    listed: dict[str, list[int]] = dict(grouped.iter_rows())
    told = rows.filter(pl.col("at").is_not_null()) if "at" in rows.columns else rows.clear()
    places = {(id, row): at for id, row, at in told.iter_rows()}
    known = _known(ground, dataset, counts["receipt"].to_list())
    return [
        {
            "receipt": id,
            "dataset": dataset,
            **known.get(
                id, dict.fromkeys(("digest", "filename", "sender", "received_at", "simulated", "verdict"))
            ),
            "rows": listed.get(id, []),
            "at": [places[id, row] for row in listed.get(id, []) if (id, row) in places],
            "rows_total": total,
        }
        for id, total in counts.iter_rows()
    ]


def _known(ground: Ground, dataset: str, ids: list[str]) -> dict[str, dict[str, Any]]:
    """What the lake keeps of receipts: one by one while they are few, else from the whole ledger."""
    if len(ids) > FEW_RECEIPTS:
        ledger = ground.lake.ledger(dataset).filter(pl.col("id").is_in(ids))
        found = ledger.select(
            "id", "digest", "filename", "sender", "received_at", "simulated", verdict="outcome"
        )
        return {
            row.pop("id"): {**row, "received_at": row["received_at"].isoformat()}
            for row in found.iter_rows(named=True)
        }
    out = {}
    for id in ids:
        receipt = ground.lake.receipt(id)
        if receipt is not None:
            out[id] = {
                "digest": receipt.digest,
                "filename": receipt.filename,
                "sender": receipt.sender,
                "received_at": receipt.received_at.isoformat(),
                "simulated": receipt.simulated,
                "verdict": (receipt.verdict or {}).get("verdict"),
            }
    return out


def _merged(receipts: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """One entry a receipt, though several parts of a formula may have read it."""
    out: dict[tuple[str, str], dict[str, Any]] = {}
    for each in receipts:
        key = (each["dataset"], each["receipt"])
        if key not in out:
            out[key] = dict(each)
            continue
        before = out[key]
        rows = sorted({*before["rows"], *each["rows"]})
        places = {row: at for e in (before, each) for row, at in zip(e["rows"], e["at"], strict=False)}
        complete = all(len(e["rows"]) == e["rows_total"] for e in (before, each))
        total = len(rows) if complete else max(before["rows_total"], each["rows_total"], len(rows))
        told = [places[row] for row in rows if row in places]
        out[key] = {**before, "rows": rows, "at": told, "rows_total": total}
    return tuple(out.values())


def _span(ground: Ground, indicator: Indicator) -> str:
    stored = ground.lake.values(indicator.id)
    if stored.is_empty():
        return "–"
    periods = stored["period"].sort()
    return f"{periods[0]} – {periods[-1]}"
