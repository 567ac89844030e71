"""The held rows of a receipt as a spreadsheet to mend in: what is wrong, why, and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tinh.flow.held import Left, something
from tinh.flow.lines import (
    BETWEEN,
    LINE_TITLE,
    LONGEST,
    NUMBER_TITLE,
    WHY_TITLE,
    line_id,
    shown,
    titles,
)
from tinh.flow.proposals import enumerated
from tinh.flow.reasons import reasons
from tinh.gate.api import day_of, parse
from tinh.kit.errors import Text
from tinh.packs.api import Catalogue, Dataset
from tinh.sources.api import ROW

_NAMES = {
    "rows": Text("Dòng bị giữ", "Held rows"),
    "lists": Text("Danh mục", "Lists"),
    "guide": Text("Hướng dẫn", "Guide"),
}
_COMMENTS = 5_000  # cells with a remark of their own; beyond this the column of reasons speaks alone
_MOST_LIST = 20_000
_GUIDE: tuple[Text, ...] = (
    Text("Cách sửa và gửi lại", "How to mend and send back"),
    Text(
        "1. Sửa ngay trong trang “Dòng bị giữ”. Ô tô màu là ô không đạt quy tắc; lý do ở cột kế bên và trong "
        "ghi chú của ô.",
        "1. Mend in the sheet “Held rows”. Coloured cells failed a rule; the column beside them "
        "and the remark of the cell say why.",
    ),
    Text("2. Ô có mũi tên là ô chọn từ danh mục.", "2. Cells with an arrow are chosen from a list."),
    Text(
        "3. Không sửa, xoá hay thêm “Mã dòng”; không thêm dòng mới. Dòng chưa sửa được thì cứ để nguyên hoặc "
        "xoá cả dòng: nó vẫn được giữ.",
        "3. Do not change, remove or add a “Row id”; add no rows. What cannot be mended may stay as it is, "
        "or go with its row: it stays held.",
    ),
    Text(
        "4. Lưu tệp (.xlsx hoặc CSV UTF-8) rồi gửi lại ở trang “Sửa và gửi lại” của biên nhận.",
        "4. Save the file (.xlsx or CSV UTF-8) and send it back on the receipt's page “Mend and send back”.",
    ),
    Text(
        "5. Viết số theo cách của bộ dữ liệu. Chữ bắt đầu bằng = + - @ vẫn là chữ, không được tính toán.",
        "5. Write numbers as the dataset does. Text that begins with = + - @ stays text, never calculated.",
    ),
)


def write_sheet(path: Path, left: Left, catalogue: Catalogue, gazetteer: Any, language: str) -> None:
    """Write the workbook row by row; `language` is the reader's."""
    import xlsxwriter  # type: ignore[import-untyped]  # it ships no types; loads only when asked for

    something(left)
    book = xlsxwriter.Workbook(
        str(path),
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False},
    )
    book.set_properties({"title": left.stored.id, "author": "Tỉnh", "created": left.stored.received_at})
    rows = book.add_worksheet(_NAMES["rows"].in_(language))
    lists = book.add_worksheet(_NAMES["lists"].in_(language))
    guide = book.add_worksheet(_NAMES["guide"].in_(language))
    allowed = _allowed(left, catalogue, gazetteer)
    try:
        _write_rows(book, rows, left, allowed, language)
        _write_lists(book, lists, left.dataset, allowed, language)
        _write_guide(book, guide, left)
    finally:
        book.close()


def _write_rows(
    book: Any, sheet: Any, left: Left, allowed: Mapping[str, Sequence[str]], language: str
) -> None:
    dataset, named, why = left.dataset, titles(left.dataset, language), reasons(left.dataset, language)
    columns = [dataset.column(n) for n in left.names]
    looked = {rule.id: rule.columns for rule in dataset.rules}
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E8EEF2"}
    )
    locked = book.add_format({"locked": True, "font_color": "#5B6670", "num_format": "@", "valign": "top"})
    told = book.add_format({"locked": True, "text_wrap": True, "valign": "top"})
    look = {
        (wrong, number): book.add_format(
            {"locked": False, "valign": "top", "num_format": "General" if number else "@"}
            | ({"bg_color": "#FDE3D8", "border": 1, "border_color": "#B3402A"} if wrong else {})
        )
        for wrong in (False, True)
        for number in (False, True)
    }
    first = (LINE_TITLE[language], NUMBER_TITLE[language], WHY_TITLE[language])
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 12)
    sheet.set_column(2, 2, 48)
    for at, column in enumerate(columns, 3):
        sheet.set_column(at, at, min(40, max(12, len(named[column.name]) + 2)))
    sheet.freeze_panes(1, 3)
    for at, title in enumerate((*first, *(named[c.name] for c in columns))):
        sheet.write_string(0, at, title, head)
    commented = 0
    for at, row in enumerate(left.frame.iter_rows(named=True), 1):
        rules = list(row["_rules"] or ())
        seen = set(json.loads(row["_values"])) if row.get("_values") else set()
        numeric = set(row.get("_numeric") or ())
        sheet.write_string(at, 0, line_id(left.stored.id, row[ROW]), locked)
        sheet.write_string(at, 1, str(row.get("_at") or row[ROW]), locked)
        sheet.write_string(at, 2, "; ".join(dict.fromkeys(why.get(r) or r for r in rules))[:LONGEST], told)
        for place, column in enumerate(columns, 3):
            name, text = column.name, row[column.name]
            wrong, number = name in seen, name in numeric and _is_number(text)
            if number:
                sheet.write_number(at, place, float(text), look[wrong, True])
            elif text:
                sheet.write_string(at, place, shown(text), look[wrong, False])
            else:
                sheet.write_blank(at, place, None, look[wrong, name in numeric])
            if wrong and commented < _COMMENTS:
                here = [
                    why.get(r) or r
                    for r in rules
                    if name in looked.get(r, (name,)) or r.startswith(f"{name}-")
                ]
                if here:
                    sheet.write_comment(at, place, "\n".join(here)[:1000], {"x_scale": 2, "author": "Tỉnh"})
                    commented += 1
    last = left.frame.height
    for at, column in enumerate(columns, 3):
        if column.name in allowed:
            letter = _letter(list(allowed).index(column.name))
            span = f"='{_NAMES['lists'].in_(language)}'!${letter}$2:${letter}${len(allowed[column.name]) + 1}"
            sheet.data_validation(
                1,
                at,
                last,
                at,
                {"validate": "list", "source": span, "error_type": "warning", "ignore_blank": True},
            )
    sheet.ignore_errors({"number_stored_as_text": f"A1:{_letter(len(columns) + 3)}{last + 1}"})
    sheet.autofilter(0, 0, last, len(columns) + 2)
    sheet.protect(
        "",
        {"format_columns": True, "format_rows": True, "format_cells": True, "delete_rows": True,
         "sort": True, "autofilter": True},
    )  # fmt: skip


def _write_lists(
    book: Any, sheet: Any, dataset: Dataset, allowed: Mapping[str, Sequence[str]], language: str
) -> None:
    named, bold = titles(dataset, language), book.add_format({"bold": True})
    plain = book.add_format({"num_format": "@"})
    for at, (name, values) in enumerate(allowed.items()):
        sheet.set_column(at, at, min(50, max(len(v) for v in (*values, named[name])) + 2))
    for at, name in enumerate(allowed):
        sheet.write_string(0, at, f"☰ {named[name]}", bold)  # not a header anybody could take for a column's
    for line in range(max((len(v) for v in allowed.values()), default=0)):
        for at, values in enumerate(allowed.values()):
            if line < len(values):
                sheet.write_string(line + 1, at, values[line], plain)
    sheet.protect()


def _write_guide(book: Any, sheet: Any, left: Left) -> None:
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 1, 70)
    name = left.dataset.name
    for line, text in enumerate(
        (Text(f"{name.vi} · {left.stored.id}", f"{name.en} · {left.stored.id}"), *_GUIDE)
    ):
        sheet.write_string(line, 0, text.vi, bold if line < 2 else wrap)
        sheet.write_string(line, 1, text.en, bold if line < 2 else wrap)
    sheet.protect()


def _allowed(left: Left, catalogue: Catalogue, gazetteer: Any) -> dict[str, list[str]]:
    """What may stand in a column, for those where that is a list."""
    out: dict[str, list[str]] = {}
    dataset = left.dataset
    for name in left.names:
        column = dataset.column(name)
        values: list[str] = []
        if dataset.place and dataset.place.column == name and catalogue.place:
            values = _places(left, catalogue, gazetteer)
        elif wanted := (*column.allowed, *enumerated(dataset, column)):
            values = list(dict.fromkeys(str(v) for v in wanted))
        if values:
            out[name] = values[:_MOST_LIST]
    return out


def _places(left: Left, catalogue: Catalogue, gazetteer: Any) -> list[str]:
    """The communes of the province on the days that the rows speak of, and the province where it may be."""
    binding = left.dataset.place
    assert binding is not None
    known: dict[tuple[str, str], Any] = {}
    for day in _days(left, catalogue):
        units = [gazetteer.find(catalogue.place, day)] if "province" in binding.levels else []
        if "commune" in binding.levels:
            units += gazetteer.communes(catalogue.place, day)
        known |= {(str(u.code), str(u.name)): u for u in units if u is not None}
    if binding.by == "code":
        return [f"{code}{BETWEEN}{name}" for code, name in sorted(known)]
    return sorted({name for _, name in known})


def _days(left: Left, catalogue: Catalogue) -> list[date]:
    """The days of the periods of the rows, as the gate asks for their places; the day of the delivery
    where none can be read."""
    received = left.stored.received_at.astimezone(ZoneInfo(catalogue.timezone)).date()
    binding = left.dataset.period
    if binding is None or binding.column not in left.names:
        return [received]
    said = left.frame.get_column(binding.column).drop_nulls().unique().to_list()
    spans = [parse(str(text), binding.every) for text in said[:_MOST_LIST]]
    days = {day_of(span, received) for span in spans if span is not None}
    return sorted(days) or [received]


def _is_number(text: str | None) -> bool:
    try:
        return text is not None and abs(float(text)) < 1e15
    except ValueError:
        return False


def _letter(at: int) -> str:
    out = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        out = chr(65 + rest) + out
    return out
