"""Answers: JSON, or a frame as CSV or Parquet."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import polars as pl
from django.http import HttpRequest, HttpResponse

from tinh.kit.errors import Text
from tinh.rest.errors import NoSuchFormat

TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.file",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ALIASES = {"application/parquet": "parquet", "application/x-parquet": "parquet", "application/csv": "csv"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def answer(
    data: Any, status: int = 200, headers: Mapping[str, str] | None = None, content_type: str = TYPES["json"]
) -> HttpResponse:
    """`data` as JSON. NaN and infinities become null: they are not JSON."""
    text = json.dumps(plain(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return HttpResponse(text, status=status, content_type=content_type, headers=dict(headers or {}))


def plain(value: Any) -> Any:
    """`value` in what JSON knows."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, Text):
        return value.as_dict()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, pl.Series):
        return [plain(part) for part in value]
    if isinstance(value, Sequence | set | frozenset):
        return [plain(part) for part in value]
    return str(value)


def format_of(request: HttpRequest, allowed: Sequence[str], wanted: str = "") -> str:
    """The format asked for by suffix or `format=`, else by Accept, else JSON."""
    named = wanted or request.GET.get("format", "")
    if named:
        if named not in allowed:
            raise NoSuchFormat(accept=named, known=", ".join(allowed))
        return named
    header = request.headers.get("Accept", "") or "*/*"
    ranked = sorted((_quality(part) for part in header.split(",")), key=lambda pair: -pair[0])
    for share, kind in ranked:
        if share <= 0:
            continue
        if kind in ("*/*", "application/*"):
            return allowed[0]
        for name in allowed:
            if kind == TYPES[name] or _ALIASES.get(kind) == name or (kind == "text/*" and name == "csv"):
                return name
    raise NoSuchFormat(accept=header[:120], known=", ".join(TYPES[name] for name in allowed))


def _quality(part: str) -> tuple[float, str]:
    kind, *rest = (piece.strip() for piece in part.split(";"))
    for piece in rest:
        if piece.startswith("q="):
            try:
                return float(piece[2:]), kind.lower()
            except ValueError:
                return 0.0, kind.lower()
    return 1.0, kind.lower()


def table(
    frame: pl.DataFrame, form: str, name: str, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """A frame as a file to keep: CSV (UTF-8 with BOM, as spreadsheets want it), Parquet or Arrow."""
    flat = frame if form in ("parquet", "arrow") else flatten(frame)
    out = io.BytesIO()
    if form == "csv":
        flat.write_csv(out, include_bom=True)
    elif form == "arrow":
        flat.write_ipc(out)
    else:
        flat.write_parquet(out)
    kind = TYPES[form] + ("; charset=utf-8" if form == "csv" else "")
    plain_name = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in name)
    disposition = f"attachment; filename=\"{plain_name}.{form}\"; filename*=UTF-8''{quote(name)}.{form}"
    return HttpResponse(
        out.getvalue(), content_type=kind, headers={"Content-Disposition": disposition, **(headers or {})}
    )


def flatten(frame: pl.DataFrame) -> pl.DataFrame:
    """Text a spreadsheet will not take for a formula, and lists as text."""
    columns = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.List | pl.Array):
            column = column.cast(pl.List(pl.String)).list.join(" ")
        elif dtype == pl.String:
            numeric = column.str.contains(r"^[+-]?[0-9][0-9.,]*$")
            risky = column.str.slice(0, 1).is_in(_FORMULA) & ~numeric
            column = pl.when(risky).then(pl.lit("'") + column).otherwise(column).alias(name)
        columns.append(column)
    return frame.select(columns) if columns else frame
