"""Why the place of a held row cannot be: a code nobody had, an old one, one of elsewhere, a wrong name."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from tinh.gate.cells import Cells, read_cells
from tinh.gate.known import Known
from tinh.gate.whereabouts import days_of
from tinh.kit.errors import Text
from tinh.packs.api import Dataset
from tinh.sources.api import ROW, Receipt, Table, clean

_MOST = 6  # successors named


def explain_places(
    held: pl.DataFrame, dataset: Dataset, receipt: Receipt, known: Known
) -> dict[int, dict[str, Text]]:
    """For rows that were held (`_row` and raw cells): a sentence for each of the rules `place` and
    `place_name` that tells more than the rule itself does."""
    binding, book = dataset.place, known.gazetteer
    if binding is None or book is None or binding.by != "code" or not held.height:
        return {}
    names = [c.name for c in dataset.columns if c.name in held.columns]
    table = Table(held.select(pl.col(ROW).cast(pl.UInt32), *(pl.col(n).cast(pl.String) for n in names)))
    cells = read_cells(clean(table, dataset), dataset, receipt, replace(known, now=receipt.received_at))
    days = days_of(cells)
    codes = cells.typed[binding.column].cast(pl.String).to_list()
    named = _named(cells, binding.name_column)
    out: dict[int, dict[str, Text]] = {}
    for row, code, name, day in zip(held[ROW].to_list(), codes, named, days, strict=True):
        said: dict[str, Text] = {}
        if code and (why := _why(code, day, known.province, book)) is not None:
            said["place"] = why
        elif code and name and not book.denotes_many([name], [code], [day])[0]:
            said["place_name"] = _misnamed(name, code, day, book)
        if said:
            out[int(row)] = said
    return out


def _named(cells: Cells, column: str) -> list[str | None]:
    if column and cells.has(column):
        return cells.typed[column].cast(pl.String).to_list()
    return [None] * cells.height


def _why(code: str, day: date, province: str, book: Any) -> Text | None:
    unit = book.find(code, day)
    shown = f"{day:%d/%m/%Y}"
    if unit is None:
        versions = book.versions(code)
        if not versions and re.search(r"[^\W\d_]{2}", code):
            meant = ", ".join(f"{u.name} ({u.code})" for u in book.resolve(code, day).units[:_MOST])
            return Text(
                f"“{code}” không phải mã, và vào {shown} không là tên của riêng một đơn vị của tỉnh"
                + (f"; có thể là {meant}" if meant else ""),
                f"“{code}” is no code, and on {day} not the name of a single unit of the province"
                + (f"; it may be {meant}" if meant else ""),
            )
        if not versions:
            return Text(
                f"mã {code} chưa từng là mã của đơn vị hành chính nào",
                f"code {code} has never been the code of any unit",
            )
        earlier = [u for u in versions if u.valid_to is not None and u.valid_to <= day]
        if not earlier:
            first = versions[0]
            return Text(
                f"mã {code} ({first.name}) chỉ có từ {first.valid_from:%d/%m/%Y}, dòng này nói về {shown}",
                f"code {code} ({first.name}) exists only since {first.valid_from}; the row speaks of {day}",
            )
        old = earlier[-1]
        links = book.successors(code, old.valid_from or date.min)
        heirs = ", ".join(f"{link.unit.name} ({link.unit.code})" for link in links[:_MOST]) or "…"
        return Text(
            f"mã {code} ({old.name}) là mã cũ, hết hiệu lực {old.valid_to:%d/%m/%Y}; nay thuộc {heirs}",
            f"code {code} ({old.name}) is an old code that ended on {old.valid_to}; now {heirs}",
        )
    if province and unit.province != province:
        home = next(u for u in book.versions(unit.province) if u.level == "province")
        now = book.find(unit.province, day) or home
        return Text(
            f"mã {code} là {unit.name} của {now.name}, không thuộc tỉnh này vào {shown}",
            f"code {code} is {unit.name} of {now.name}, not of this province on {day}",
        )
    return None


def _misnamed(name: str, code: str, day: date, book: Any) -> Text:
    unit = book.find(code, day)
    others = book.resolve(name, day).units[:3]
    meant = ", ".join(f"{u.name} ({u.code})" for u in others)
    return Text(
        f"mã {code} là {unit.name}, nhưng cột tên ghi “{name}”" + (f", tức {meant}" if meant else ""),
        f"code {code} is {unit.name}, but the name says “{name}”" + (f", which is {meant}" if meant else ""),
    )
