"""Workbooks as agencies make them: wide, with titles, two header rows, totals, numbers typed as text."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import xlsxwriter

from tests.sources.vietnamese_text import tcvn3
from tinh.places.api import gazetteer

INDICATORS = ("Dân số", "Số trạm", "Trạm dùng chung")


def in_tcvn3(text: str) -> str:
    """As somebody types it in .VnTime."""
    return tcvn3(text).decode("latin-1")


def figures(number: int, month: int) -> tuple[str, str, int]:
    """What the n-th commune has to say of a month, as its officer types it."""
    return f"{5000 + number * 137 + month * 3:,}".replace(",", "."), str(20 + number), 5 + month


def slips(seed: int, months: tuple[int, ...], communes: int) -> dict[tuple[int, int], tuple[int, str]]:
    """Nine cells typed wrong, each in a row of its own: (commune, month) → (which figure, what it says)."""
    dice = random.Random(seed)
    rows = dice.sample([(n, m) for n in range(1, communes) for m in months], 9)
    said = [(0, "chưa rõ"), (1, "-20"), (2, "9.999")]
    return {row: said[at % 3] for at, row in enumerate(rows)}


def telecom(
    path: Path,
    months: tuple[int, ...],
    year: int = 2025,
    communes: int = 20,
    typed: Callable[[str], str] = str,
    wrong: Mapping[tuple[int, int], tuple[int, str]] | None = None,
    codes: Mapping[int, str] | None = None,
) -> Path:
    """Old communes by months: the shape of a report of before the reform.

    `wrong` cells (see `slips`) and communes whose `codes` are mistyped are what a gate must hold.
    """
    units = gazetteer().communes("19", date(2025, 6, 1))[:communes]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Tổng hợp")
        bold = book.add_format({"bold": True, "align": "center"})
        last = 2 + len(INDICATORS) * len(months)
        sheet.merge_range(0, 0, 0, last, typed("BÁO CÁO HẠ TẦNG VIỄN THÔNG"), bold)
        sheet.merge_range(1, 0, 1, last, typed(f"Năm {year} (Kèm theo Công văn số 12/BC-VT)"), bold)
        for column, text in enumerate(("TT", "Mã ĐVHC", "Tên xã, phường, thị trấn")):
            sheet.merge_range(3, column, 4, column, typed(text), bold)
        for at, month in enumerate(months):
            first = 3 + len(INDICATORS) * at
            sheet.merge_range(3, first, 3, first + len(INDICATORS) - 1, typed(f"Tháng {month}"), bold)
            for more, text in enumerate(INDICATORS):
                sheet.write(4, first + more, typed(text), bold)
        row = 5
        for number, unit in enumerate(units):
            if number == communes // 2:
                _totals(sheet, row, typed("Cộng"), last)
                row += 1
            sheet.write(row, 0, number + 1)
            sheet.write_string(row, 1, (codes or {}).get(number, unit.code))
            sheet.write(row, 2, typed(unit.name))
            for at, month in enumerate(months):
                first = 3 + len(INDICATORS) * at
                told: list[str | int] = list(figures(number, month))
                if slip := (wrong or {}).get((number, month)):
                    told[slip[0]] = typed(slip[1])
                sheet.write_string(row, first, str(told[0]))
                sheet.write_string(row, first + 1, str(told[1]))
                sheet.write(row, first + 2, told[2])
            row += 1
        _totals(sheet, row, typed("Tổng cộng"), last)
        sheet.write(row + 2, 0, typed("Ghi chú: số liệu do doanh nghiệp viễn thông cung cấp"))
    return path


def _totals(sheet: xlsxwriter.worksheet.Worksheet, row: int, word: str, last: int) -> None:
    sheet.write(row, 2, word)
    for column in range(3, last + 1):
        sheet.write_string(row, column, "199.999")
