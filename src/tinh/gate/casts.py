"""From a raw cell to the contract's type; what cannot be read becomes null and is reported.

string · date (Date) · timestamp (UTC, microseconds) · time (text HH:MM:SS) · number (Float64)
integer (Int64) · boolean · object, array, map, vector (JSON text)
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from math import isfinite
from zoneinfo import ZoneInfo

import polars as pl

from tinh.gate.threads import by_slices, once_a_value
from tinh.packs.api import Column
from tinh.sources.api import has_offset, has_time, lenient, strptime

UTC_MICROS = pl.Datetime("us", "UTC")
TRUE = ("true", "1", "có", "yes", "t", "y", "đúng", "1.0")
FALSE = ("false", "0", "không", "no", "f", "n", "sai", "0.0")
_ISO_OFFSET = ("%+", "%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z")
_ISO_LOCAL = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")
_ERA = (1900, 2200)
_YEARS = 40  # a longer span is turned value by value
_ISO_BASIC = ("%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ")


def cast(cells: pl.Series, column: Column, timezone: str) -> pl.Series:
    """`cells` in the contract's type. Where a cell holds something and the result is null,
    the type rule fails."""
    if cells.dtype == pl.String and column.logical in ("date", "timestamp", "time"):
        typed = once_a_value(lambda part: _moment(part, column, timezone), cells)
        return typed.alias(column.name)
    match column.logical:
        case "number":
            typed = _number(cells)
        case "integer":
            typed = _integer(cells)
        case "boolean":
            typed = _boolean(cells)
        case "date" | "timestamp" | "time":
            typed = _moment(cells, column, timezone)
        case "string":
            typed = _string(cells)
        case _:
            typed = _json(cells)
    return typed.alias(column.name)


def _moment(cells: pl.Series, column: Column, timezone: str) -> pl.Series:
    if column.logical == "date":
        return _date(cells, _format(column))
    if column.logical == "timestamp":
        return _timestamp(cells, _format(column), _zone(column, timezone))
    return _time(cells, _format(column))


def dtype_of(column: Column) -> pl.DataType:
    """The stored type of a column, for those a delivery does not bring."""
    kinds: dict[str, pl.DataType] = {
        "number": pl.Float64(),
        "integer": pl.Int64(),
        "boolean": pl.Boolean(),
        "date": pl.Date(),
        "timestamp": UTC_MICROS,
    }
    return kinds.get(column.logical, pl.String())


def _format(column: Column) -> str | None:
    form = column.options.get("strptime")
    if not form and column.options.get("format"):
        form = strptime(str(column.options["format"]))
    return lenient(str(form)) if form else None


def _zone(column: Column, timezone: str) -> str:
    named = column.options.get("defaultTimezone")
    if not isinstance(named, str) or column.options.get("timezone") is False:
        return timezone
    try:
        pl.select(pl.lit("2025-01-01").str.to_datetime("%Y-%m-%d").dt.replace_time_zone(named))
    except (pl.exceptions.PolarsError, ValueError):
        return timezone
    return named


def _number(cells: pl.Series) -> pl.Series:
    if cells.dtype == pl.String:
        typed = cells.cast(pl.Float64, strict=False)
        bad = typed.is_finite().not_()
    elif cells.dtype.is_float():
        typed = cells.cast(pl.Float64)
        if isfinite(typed.sum()):  # a sum that is a number has only numbers in it
            return typed
        typed = typed.fill_nan(None)
        bad = typed.is_infinite()
    elif cells.dtype.is_numeric():
        return cells.cast(pl.Float64, strict=False)
    else:
        return pl.Series(cells.name, [None], pl.Float64).new_from_index(0, len(cells))
    return typed.set(bad.fill_null(False), None) if bad.any() else typed


def _integer(cells: pl.Series) -> pl.Series:
    if cells.dtype.is_integer():
        return cells.cast(pl.Int64, strict=False)
    if cells.dtype == pl.String:
        typed = cells.cast(pl.Int64, strict=False)
        if typed.null_count() == cells.null_count():
            return typed
        left = pl.select(pl.when(typed.is_null()).then(cells)).to_series()
        floats = left.cast(pl.Float64, strict=False)
        # Beyond 2^53 the point form of a whole number is no longer exact.
        whole = (floats == floats.floor()) & (floats.abs() < 2**53)
        more = pl.select(pl.when(whole).then(floats)).to_series().cast(pl.Int64, strict=False)
        return pl.select(pl.coalesce(typed, more)).to_series()
    if cells.dtype.is_float() or cells.dtype.is_decimal():
        floats = cells.cast(pl.Float64)
        whole = (floats == floats.floor()) & (floats.abs() < 2**63)
        return pl.select(pl.when(whole).then(floats)).to_series().cast(pl.Int64, strict=False)
    return pl.Series(cells.name, [None], pl.Int64).new_from_index(0, len(cells))


def _boolean(cells: pl.Series) -> pl.Series:
    if cells.dtype == pl.Boolean:
        return cells
    text = _string(cells).str.to_lowercase()
    words = [*TRUE, *FALSE]
    values = [True] * len(TRUE) + [False] * len(FALSE)
    return text.replace_strict(words, values, default=None, return_dtype=pl.Boolean)


def _string(cells: pl.Series) -> pl.Series:
    if cells.dtype == pl.String:
        return cells
    if cells.dtype.is_float():
        whole = _integer(cells)
        return pl.select(pl.coalesce(whole.cast(pl.String), cells.cast(pl.String))).to_series()
    if isinstance(cells.dtype, pl.Binary):
        return cells.cast(pl.String, strict=False)
    if cells.dtype.is_nested() or isinstance(cells.dtype, pl.Object):
        return _json(cells)
    return cells.cast(pl.String, strict=False)


def _json(cells: pl.Series) -> pl.Series:
    if cells.dtype == pl.String:
        return cells
    if isinstance(cells.dtype, pl.Struct):
        text = cells.struct.json_encode()
    elif cells.dtype.is_nested():
        wrapped = cells.alias("v").to_frame().to_struct().struct.json_encode()
        text = wrapped.str.slice(5, wrapped.str.len_chars() - 6)
    else:
        return cells.cast(pl.String, strict=False)
    return pl.select(pl.when(cells.is_not_null()).then(text)).to_series()


def _date(cells: pl.Series, form: str | None) -> pl.Series:
    if cells.dtype == pl.Date:
        return cells
    if isinstance(cells.dtype, pl.Datetime):
        midnight = cells.dt.time() == pl.time(0, 0, 0)
        return pl.select(pl.when(midnight).then(cells.dt.date())).to_series()
    text = _string(cells)
    tries = [form] if form and not has_time(form) else []
    return _first(text, [*tries, "%Y-%m-%d"], "date", ["%Y-%m-%dT00:00:00", "%Y-%m-%d 00:00:00"])


def _timestamp(cells: pl.Series, form: str | None, timezone: str) -> pl.Series:
    if isinstance(cells.dtype, pl.Datetime):
        moments = cells.cast(pl.Datetime("us", cells.dtype.time_zone))
        return moments.dt.convert_time_zone("UTC") if cells.dtype.time_zone else _local(moments, timezone)
    if cells.dtype == pl.Date:
        return _local(cells.cast(pl.Datetime("us")), timezone)
    text = _string(cells)
    sample = text.head(64).drop_nulls()
    offset = bool(sample.str.contains(r"(?:[+-]\d\d:?\d\d|Z)$").any())
    typed: pl.Series | None = None
    if form and has_time(form):
        typed = by_slices(lambda part: _moments(part, form, timezone), text)
    order = (*_ISO_OFFSET, *_ISO_LOCAL) if offset else (*_ISO_LOCAL, *_ISO_OFFSET)
    for candidate in (*order, "%Y-%m-%d", *_ISO_BASIC):
        if typed is None:
            typed = by_slices(lambda part, form=candidate: _moments(part, form, timezone), text)  # type: ignore[misc]  # form has a default
            continue
        open_ = typed.is_null() & text.is_not_null()
        if not open_.any():
            break
        at = open_.arg_true()
        more = _moments(text.gather(at), candidate, timezone)
        if more.null_count() < len(more):
            typed = typed.scatter(at, more)
    assert typed is not None
    return typed


def _moments(text: pl.Series, form: str, timezone: str) -> pl.Series:
    if form == "%Y-%m-%d":
        return _local(text.str.to_date(form, strict=False).cast(pl.Datetime("us")), timezone)
    if form.endswith("Z"):
        return text.str.to_datetime(form, strict=False, time_unit="us").dt.replace_time_zone("UTC")
    if has_offset(form):
        return text.str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC", cache=False)
    return _local(text.str.to_datetime(form, strict=False, time_unit="us", cache=False), timezone)


def _local(naive: pl.Series, timezone: str) -> pl.Series:
    first, last = naive.min(), naive.max()
    if (
        isinstance(first, datetime)
        and isinstance(last, datetime)
        and _ERA[0] <= first.year <= last.year <= _ERA[1]
        and last.year - first.year < _YEARS
    ):
        offsets = {_offset(timezone, year) for year in range(first.year, last.year + 1)}
        if len(offsets) == 1 and (steady := offsets.pop()) is not None:
            return (naive - steady).dt.replace_time_zone("UTC")
    zoned = naive.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
    return zoned.dt.convert_time_zone("UTC")


@lru_cache(4096)
def _offset(timezone: str, year: int) -> timedelta | None:
    """How far ahead of UTC a zone's clocks are all year; None when they are moved in it."""
    zone, found = ZoneInfo(timezone), set()
    day = datetime(year, 1, 1) - timedelta(days=1)
    while day.year <= year:
        found.add(day.replace(tzinfo=zone).utcoffset())
        day += timedelta(days=1)
    found.add(day.replace(tzinfo=zone).utcoffset())
    return found.pop() if len(found) == 1 else None


def _time(cells: pl.Series, form: str | None) -> pl.Series:
    if cells.dtype == pl.Time:
        return cells.dt.to_string("%H:%M:%S%.f")
    text = _string(cells)
    tries = [form] if form else []
    typed = _first(text, [*tries, "%H:%M:%S%.f", "%H:%M"], "time", [])
    return typed.dt.to_string("%H:%M:%S%.f")


def _first(text: pl.Series, forms: list[str], kind: str, midnights: list[str]) -> pl.Series:
    dtype: pl.Date | pl.Time = pl.Date() if kind == "date" else pl.Time()
    typed = pl.Series(text.name, [None], dtype).new_from_index(0, len(text))
    for form in [*forms, *midnights]:
        at = (typed.is_null() & text.is_not_null()).arg_true()
        if not len(at):
            break
        part = text.gather(at) if len(at) < len(text) else text
        if form in midnights:
            part = part.str.strip_suffix(form[8:])
            form = "%Y-%m-%d"
        read = part.str.strptime(dtype, form, strict=False)
        if read.null_count() < len(read):
            typed = typed.scatter(at, read) if len(at) < len(text) else read
    return typed
