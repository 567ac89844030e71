"""A sheet as it can be understood without a contract: header, body, totals, footnotes."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tinh.gate.api import Remark, running_number, totals_and_notes
from tinh.kit.errors import Text
from tinh.sources.api import Head, TextGrid, head_of, headers_of, nameless_column


@dataclass(frozen=True)
class Sheet:
    """One sheet as it was understood: where its header stands and what was left out."""

    grid: TextGrid
    head: Head
    headers: tuple[str, ...]
    body: pl.DataFrame
    places: tuple[str, ...]  # row numbers as people see them
    totals: tuple[str, ...]
    notes: tuple[str, ...]


def understand(grid: TextGrid, depth: int = 0) -> Sheet:
    """The header and the body of a sheet; totals and footnotes taken out of the body. `depth`: the
    rows of the header, when a person has said how many."""
    head = head_of(grid)
    if depth and depth != head.depth:
        last = head.top + max(1, head.depth) - 1
        head = Head(max(0, last - depth + 1), depth, max(head.body, last + 1))
    headers = tuple(headers_of(grid, head))
    body = grid.cells.slice(head.body)
    first = grid.first + head.body
    index = pl.Series("_at", range(first, first + body.height))
    told = pl.any_horizontal(_told(c, h) for c, h in zip(body.columns, headers, strict=True))
    filled = body.select(told).to_series()
    totals, notes = totals_and_notes(body)
    keep = filled & ~totals & ~notes
    return Sheet(
        grid,
        head,
        headers,
        body.filter(keep),
        tuple(map(str, index.filter(keep).to_list())),
        tuple(map(str, index.filter(filled & totals).to_list())),
        tuple(map(str, index.filter(filled & notes & ~totals).to_list())),
    )


def _told(column: str, header: str) -> pl.Expr:
    """Whether a cell says anything: a running number alone does not."""
    text = pl.col(column).fill_null("").str.strip_chars()
    return ~text.str.contains(r"^\(?\d*[.)]?$") if running_number(header) else text != ""


def remarks_on(sheet: Sheet, all_sheets: list[Sheet]) -> list[Remark]:
    out = []
    if len(all_sheets) > 1:
        names = ", ".join(s.grid.name for s in all_sheets)
        out.append(
            Remark(
                "several sheets",
                Text(
                    f"tệp có {len(all_sheets)} trang: {names}; hồ sơ này xem trang “{sheet.grid.name}”",
                    f"the file has {len(all_sheets)} sheets: {names}; this profile looks at "
                    f"“{sheet.grid.name}”",
                ),
            )
        )
    if sheet.totals:
        out.append(
            Remark(
                "totals",
                Text(
                    f"{len(sheet.totals)} dòng tổng cộng được bỏ ra",
                    f"{len(sheet.totals)} rows of totals were left out",
                ),
                "",
                sheet.totals[:5],
            )
        )
    if sheet.notes:
        out.append(
            Remark(
                "footnotes",
                Text(
                    f"{len(sheet.notes)} dòng ghi chú dưới bảng được bỏ ra",
                    f"{len(sheet.notes)} notes under the table were left out",
                ),
                "",
                sheet.notes[:5],
            )
        )
    fonts = [n.split(":")[1] for n in sheet.grid.fonts if n.startswith("encoding:")]
    if fonts:
        said = ", ".join(fonts)
        out.append(
            Remark(
                "old font",
                Text(
                    f"có ô gõ bằng phông cũ ({said}), đã đổi sang Unicode",
                    f"cells in old fonts ({said}) made Unicode",
                ),
            )
        )
    if not sheet.head.depth:
        out.append(
            Remark(
                "no header",
                Text(
                    "không thấy dòng tiêu đề: dòng đầu đã là số liệu",
                    "there is no header: the first row is data",
                ),
            )
        )
    seen: dict[str, int] = {}
    for header in sheet.headers:
        if header:
            seen[header] = seen.get(header, 0) + 1
    twice = [h for h, n in seen.items() if n > 1]
    if twice:
        out.append(
            Remark(
                "duplicate header",
                Text(f"tiêu đề lặp lại: {', '.join(twice)}", f"repeated headers: {', '.join(twice)}"),
            )
        )
    nameless = sum(h == nameless_column(sheet.grid.left + at) for at, h in enumerate(sheet.headers))
    if nameless and sheet.head.depth:
        out.append(
            Remark(
                "no column name",
                Text(
                    f"{nameless} cột có số liệu mà không có tiêu đề",
                    f"{nameless} columns hold data under no header",
                ),
            )
        )
    if not sheet.grid.whole:
        out.append(
            Remark(
                "long file",
                Text(
                    "tệp dài: hồ sơ chỉ xem phần đầu", "a long file: the profile looks at its beginning only"
                ),
            )
        )
    return out
