"""Each kind of row rule as one vectorised test: True where the row fails.

A null never fails a test of its value; that is what `required` is for.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from tinh.gate import patterns
from tinh.gate.cells import Cells
from tinh.kit import expr
from tinh.kit.errors import TinhError
from tinh.packs.api import Rule

Mask = pl.Series | None  # None: no row fails


def failing(rule: Rule, cells: Cells) -> Mask:
    """Which rows fail `rule`; a rule that cannot be judged here leaves a note and holds nothing."""
    absent = [c for c in rule.columns if c in cells.missing]
    if absent and rule.kind not in ("required", "expression"):
        return None
    try:
        return _TESTS[rule.kind](rule, cells)
    except (pl.exceptions.PolarsError, TinhError, ValueError, TypeError, OverflowError) as error:
        cells.note(f"unjudged:{rule.id}: {str(error).splitlines()[0][:160] if str(error) else error!r}")
        return None


def _not(passing: pl.Series) -> pl.Series:
    return (~passing).fill_null(False)


def _type(rule: Rule, cells: Cells) -> Mask:
    name = rule.columns[0]
    raw, typed = cells.raw[name], cells.typed[name]
    if raw.null_count() == typed.null_count():
        return None
    return raw.is_not_null() & typed.is_null()


def _required(rule: Rule, cells: Cells) -> Mask:
    mask: Mask = None
    for name in rule.columns:
        if name in cells.missing:
            return cells.true()
        if cells.raw[name].null_count():
            empty = cells.raw[name].is_null()
            mask = empty if mask is None else mask | empty
    return mask


def _unique(rule: Rule, cells: Cells) -> Mask:
    """An exact repeat of a row is its own finding; it does not make the first one wrong."""
    if cells.across is not None:
        return cells.across.unique.get(rule.columns)
    mask = _twice(list(rule.columns), cells)
    if mask is None or cells.copies is None:
        return mask
    at = (~cells.copies).arg_true()
    rest = _twice(list(rule.columns), cells, at)
    return None if rest is None else mask & cells.false().scatter(at, rest)


def _twice(columns: list[str], cells: Cells, at: pl.Series | None = None) -> Mask:
    frame = cells.typed.select(columns) if at is None else cells.typed.select(pl.col(columns).gather(at))
    keys = frame.to_series() if len(columns) == 1 else frame.to_struct()
    double = repeated(keys)
    if double is None:
        return None
    filled = frame.select(pl.all_horizontal(pl.all().is_not_null()).alias("f"))["f"]
    return double & filled


def repeated(keys: pl.Series) -> Mask:
    """Which values stand more than once. Distinct hashes prove distinct values, and hashes
    sort several times faster than text; only rows that share one are compared in full."""
    hashes = keys.hash().sort()
    same = hashes.head(len(hashes) - 1) == hashes.tail(len(hashes) - 1)
    if not same.any():
        return None
    shared = hashes.head(len(hashes) - 1).filter(same).unique()
    at = keys.hash().is_in(shared.implode()).arg_true()
    double = keys.gather(at).is_duplicated()
    rows = at.filter(double)
    return (
        pl.Series("double", [False]).new_from_index(0, len(keys)).scatter(rows, True) if len(rows) else None
    )


def _enum(rule: Rule, cells: Cells) -> Mask:
    column = cells.typed[rule.columns[0]]
    values = [v for v in rule.arguments.get("values", ()) if v is not None]
    return _not(column.is_in(_same_type(values, column)))


def _same_type(values: list[Any], column: pl.Series) -> pl.Series:
    texts = pl.Series([_spelt(v) for v in values], dtype=pl.String)
    if column.dtype == pl.String:
        return texts
    if column.dtype == pl.Boolean:
        return texts.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    if column.dtype == pl.Int64:
        return texts.cast(pl.Float64, strict=False).cast(pl.Int64, strict=False)
    if isinstance(column.dtype, pl.Datetime):
        return texts.str.to_datetime("%+", strict=False, time_unit="us", time_zone="UTC")
    return texts.cast(column.dtype, strict=False)


def _spelt(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _pattern(rule: Rule, cells: Cells) -> Mask:
    text = cells.typed[rule.columns[0]].cast(pl.String)
    good = patterns.matches(text, str(rule.arguments["regex"]))
    if good is None:
        cells.note(f"unjudged:{rule.id}: pattern")
        return None
    return _not(good)


def _format(rule: Rule, cells: Cells) -> Mask:
    text = cells.typed[rule.columns[0]].cast(pl.String)
    good = patterns.has_format(text, str(rule.arguments["name"]))
    if good is None:
        cells.note(f"unjudged:{rule.id}: format {rule.arguments['name']}")
        return None
    return _not(good)


def _length(rule: Rule, cells: Cells) -> Mask:
    low, high = rule.arguments.get("min"), rule.arguments.get("max")
    size = pl.col(rule.columns[0]).cast(pl.String).str.len_chars()
    tests = [
        *([size < int(low)] if low is not None else []),
        *([size > int(high)] if high is not None else []),
    ]
    return _any(tests, cells)


def _range(rule: Rule, cells: Cells) -> Mask:
    name = rule.columns[0]
    kind = cells.typed[name].dtype
    value = (
        pl.col(name).cast(pl.Float64, strict=False)
        if kind == pl.String and not _is_time(name, cells)
        else pl.col(name)
    )
    bound = _bound_reader(name, cells)
    given = {side: bound(b) for side in _SIDES if (b := rule.arguments.get(side)) is not None}
    if kind.is_numeric() and _inside(cells.typed[name], given):
        return None
    return _any([_SIDES[side](value, limit) for side, limit in given.items()], cells)


_SIDES: dict[str, Callable[[Any, Any], Any]] = {
    "min": operator.lt,
    "max": operator.gt,
    "above": operator.le,
    "below": operator.ge,
}


def _inside(values: pl.Series, limits: dict[str, Any]) -> bool:
    """Whether the least and the greatest value keep every limit: then all values do."""
    ends = [end for end in (values.min(), values.max()) if end is not None]
    return not any(_SIDES[side](end, limit) for end in ends for side, limit in limits.items())


def _is_time(name: str, cells: Cells) -> bool:
    return cells.dataset.column(name).logical == "time"


def _bound_reader(name: str, cells: Cells) -> Callable[[Any], Any]:
    kind = cells.typed[name].dtype
    if kind == pl.Date:
        return lambda v: v if isinstance(v, date) else date.fromisoformat(str(v)[:10])
    if isinstance(kind, pl.Datetime):
        zone = ZoneInfo(cells.known.timezone)

        def moment(value: Any) -> datetime:
            read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
            return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)

        return moment
    if _is_time(name, cells):
        return str
    return lambda v: v if isinstance(v, (int, float)) else float(v)


def _any(tests: list[pl.Expr], cells: Cells) -> Mask:
    if not tests:
        return None
    return cells.typed.select(pl.any_horizontal(tests).fill_null(False).alias("m"))["m"]


def _multiple(rule: Rule, cells: Cells) -> Mask:
    step = float(rule.arguments["of"])
    name = rule.columns[0]
    value = pl.col(name)
    if cells.typed[name].dtype == pl.Int64 and step == int(step):
        return _any([(value % int(step)) != 0], cells)
    parts = value / step
    return _any([(parts - parts.round()).abs() > 1e-9 * pl.max_horizontal(parts.abs(), pl.lit(1.0))], cells)


def _expression(rule: Rule, cells: Cells) -> Mask:
    parsed = expr.parse(str(rule.arguments.get("expression") or rule.arguments.get("text")))
    days = [n for n, k in cells.typed.schema.items() if k == pl.Date or isinstance(k, pl.Datetime)]
    test = pl.sql_expr(parsed.with_dates(days).sql())
    frame = cells.typed if parsed.names.isdisjoint(days) else cells.local
    return frame.select((~test).fill_null(False).alias("m"))["m"]


def _reference(rule: Rule, cells: Cells) -> Mask:
    dataset, column = str(rule.arguments["dataset"]), str(rule.arguments["column"])
    register = cells.known.reference(dataset, column)
    if register is None:
        cells.note(f"unjudged:{rule.id}: {dataset}.{column}")
        return None
    value = cells.typed[rule.columns[0]].cast(pl.String)
    return _not(value.is_in(register.cast(pl.String).unique().drop_nulls()))


def _metric(rule: Rule, cells: Cells) -> Mask:
    return metric_mask(rule, cells)


def metric_mask(rule: Rule, cells: Cells) -> Mask:
    """The rows an ODCS library metric counts."""
    arguments = rule.arguments.get("arguments") or {}
    columns = [c for c in rule.columns if c in cells.typed.columns]
    match rule.arguments["name"]:
        case "nullValues":
            return _required(rule.model_copy(update={"columns": tuple(columns)}), cells)
        case "missingValues":
            return _missing_values(columns, arguments, cells)
        case "invalidValues":
            return _invalid_values(columns, arguments, cells)
        case "duplicateValues":
            named = arguments.get("properties") or columns
            known = [c for c in named if c in cells.typed.columns]
            if cells.across is not None:
                return cells.across.twice.get(tuple(known))
            return _twice(known, cells) if known else None
    return None


def _missing_values(columns: list[str], arguments: Any, cells: Cells) -> Mask:
    words = arguments.get("missingValues", [None, ""])
    texts = [str(w) for w in words if w is not None]
    mask: Mask = None
    for name in columns:
        if name in cells.missing:
            return cells.true()
        source = cells.table.raw if cells.table.raw is not None else cells.raw
        found = source[name].cast(pl.String, strict=False).str.strip_chars().is_in(texts).fill_null(False)
        if None in words or "" in words or "missingValues" not in arguments:
            found = found | cells.raw[name].is_null()
        mask = found if mask is None else mask | found
    return mask


def _invalid_values(columns: list[str], arguments: Any, cells: Cells) -> Mask:
    mask: Mask = None
    for name in columns:
        if name in cells.missing:
            continue
        column = cells.typed[name]
        wrong = cells.raw[name].is_not_null() & column.is_null()
        valid = arguments.get("validValues")
        if valid:
            wrong = wrong | _not(column.is_in(_same_type([v for v in valid if v is not None], column)))
        if arguments.get("pattern"):
            good = patterns.matches(column.cast(pl.String), str(arguments["pattern"]))
            if good is not None:
                wrong = wrong | _not(good)
        for side, sign in (("minLength", -1), ("maxLength", 1)):
            if arguments.get(side) is not None:
                size = column.cast(pl.String).str.len_chars().cast(pl.Int64)
                over = size > int(arguments[side]) if sign > 0 else size < int(arguments[side])
                wrong = wrong | over.fill_null(False)
        mask = wrong if mask is None else mask | wrong
    return mask


def _drift(rule: Rule, cells: Cells) -> Mask:
    """Against each place's newest value when that is known, else against the mean of the past."""
    name = rule.columns[0] if rule.columns else str(rule.arguments["column"])
    past = cells.known.past(name)
    if past is None or not past.n:
        return None
    tolerance = float(rule.arguments.get("tolerance", 0.2))
    value = cells.typed[name].cast(pl.Float64)
    if past.by_place is not None and "_place" in cells.typed.columns:
        before = cells.typed.select("_place").join(
            past.by_place.select("_place", pl.col("value").cast(pl.Float64)).unique("_place"),
            on="_place",
            how="left",
            maintain_order="left",
        )["value"]
    elif past.mean is not None:
        before = pl.Series([past.mean], dtype=pl.Float64).new_from_index(0, cells.height)
    else:
        return None
    return ((value - before).abs() > tolerance * before.abs()).fill_null(False)


_TESTS: dict[str, Callable[[Rule, Cells], Mask]] = {
    "type": _type, "required": _required, "unique": _unique, "enum": _enum, "pattern": _pattern,
    "length": _length, "range": _range, "multiple": _multiple, "format": _format,
    "expression": _expression, "reference": _reference, "drift": _drift, "metric": _metric,
}  # fmt: skip
