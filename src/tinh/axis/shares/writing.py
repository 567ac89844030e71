"""Rows as JSON, NDJSON, CSV or Parquet, in pieces; each row says whether it is simulated."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import polars as pl

from tinh.axis.shares.errors import FormatRefused
from tinh.axis.shares.fields import Field
from tinh.packs.api import Share

TYPES: Mapping[str, str] = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
_PIECE = 500  # rows written at a time
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ACCEPTED = {
    "application/json": "json", "application/x-ndjson": "ndjson", "application/ndjson": "ndjson",
    "text/csv": "csv", "application/vnd.apache.parquet": "parquet", "application/parquet": "parquet",
}  # fmt: skip


def form_of(share: Share, named: str | None, accept: str) -> str:
    """The format named, else the best one accepted, else JSON or the share's first."""
    first = "json" if "json" in share.formats else share.formats[0]
    known = ", ".join(share.formats)
    if named is not None:
        if named not in share.formats:
            raise FormatRefused(asked=named[:60], known=known)
        return named
    ranked = sorted((_ranked(part) for part in (accept or "*/*").split(",")), key=lambda pair: -pair[0])
    for weight, kind in ranked:
        if weight <= 0:
            continue
        if kind in ("*/*", "application/*"):
            return first
        form = "csv" if kind == "text/*" else _ACCEPTED.get(kind)
        if form in share.formats:
            return str(form)
    raise FormatRefused(asked=accept[:80], known=known)


def _ranked(part: str) -> tuple[float, str]:
    kind, *rest = (piece.strip() for piece in part.split(";"))
    for piece in rest:
        if piece.startswith("q="):
            try:
                return float(piece[2:]), kind.lower()
            except ValueError:
                return 0.0, kind.lower()
    return 1.0, kind.lower()


def rows(frame: pl.DataFrame, fields: Mapping[str, Field], extra: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Each row as plain JSON values, `extra` system columns as they are."""
    for piece in frame.iter_slices(_PIECE):
        for row in piece.select([*fields, *extra]).iter_rows(named=True):
            yield {
                name: plain(value, fields[name].logical if name in fields else "")
                for name, value in row.items()
            }


def plain(value: Any, logical: str) -> Any:
    if value is None or isinstance(value, bool | str):
        return value if logical in ("", "boolean", *_TEXTS) or value is None else _typed(value, logical)
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if logical == "integer" and value.is_integer() else value
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00Z" if logical == "timestamp" else value.isoformat()
    if isinstance(value, list):
        return [plain(part, "") for part in value]
    return value if isinstance(value, int) and logical in ("", "integer", "number") else str(value)


_TEXTS = ("string", "time", "object", "array", "map", "vector", "date", "timestamp")


def _typed(value: Any, logical: str) -> Any:
    """A text kept in a column the contract now calls a number."""
    try:
        return int(value) if logical == "integer" else float(value)
    except ValueError:
        return None


def written(found: list[dict[str, Any]], form: str, names: Sequence[str]) -> Iterator[bytes]:
    """The body of a page in any form but JSON."""
    if form == "ndjson":
        for row in found:
            yield json.dumps(row, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    elif form == "csv":
        yield "\ufeff".encode()
        yield _lines([list(names)])
        for start in range(0, len(found), _PIECE):
            yield _lines([[_cell(row.get(n)) for n in names] for row in found[start : start + _PIECE]])


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def _lines(lines: list[list[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    """Text a spreadsheet will not take for a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return "" if value is None else value


def address(parts: Sequence[str]) -> str:
    """The key of a row as one part of a path."""
    return ",".join(quote(part, safe="") for part in parts)
