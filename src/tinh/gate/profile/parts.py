"""A period that the columns of a table make together, such as a year and a month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from tinh.gate.mapping.parted import find
from tinh.gate.profile.model import ColumnProfile, Remark, TableProfile
from tinh.kit.errors import Text


def with_period(
    table: TableProfile,
    headers: Sequence[str],
    cells: Sequence[pl.Series],
    titles: Sequence[str] = (),
    sheet: str = "",
    filename: str = "",
) -> TableProfile:
    """The profile of a table whose columns make a period together, with that period as one more column."""
    if not table.height:
        return table
    name = next(n for n in ("ky", "ky_bao_cao", "ky_so_lieu") if n not in {c.name for c in table.columns})
    found = find("year", name, headers, cells, titles, sheet, filename)
    whole = next((headers.index(c.header) for c in table.columns if c.name == table.period), None)
    if found is None or (whole is not None and whole not in found.used):
        return table
    parts = pl.DataFrame([cells[at].alias(str(at)) for at in found.used])
    if any(column.null_count() for column in parts.iter_columns()):
        return table
    period = ColumnProfile(
        "Kỳ",
        name,
        table.height,
        table.height,
        parts.n_unique(),
        "period",
        "string",
        facts={"grain": found.grain, "finest": found.grain, "mixed": False, "hits": table.height},
        remarks=(_made_of([headers[at] for at in found.used]),),
    )
    keys = table.keys
    place = next((at for at, c in enumerate(table.columns) if c.name == table.place), None)
    if place is not None:
        told = parts.with_columns(cells[headers.index(table.columns[place].header)].alias("place"))
        if told.n_unique() == table.height:
            keys = ((table.place, name), *keys)
    used = {headers[at] for at in found.used}
    columns = [_told(c) if c.header in used else c for c in table.columns]
    return replace(table, columns=(*columns, period), keys=keys, period=name, fixed=found.fixed)


def _told(column: ColumnProfile) -> ColumnProfile:
    """A part of a period no longer lacks what the other parts say."""
    return replace(column, remarks=tuple(r for r in column.remarks if r.code != "no year"))


def _made_of(headers: Sequence[str]) -> Remark:
    said = ", ".join(f"“{h}”" for h in headers)
    return Remark(
        "period in parts",
        Text(f"kỳ ghép từ cột {said}", f"a period made of the columns {said}"),
    )
