"""How a file of a dataset is laid out, compiled: see docs/reference/layouts.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from tinh.packs.frozen import Frozen

TOTALS = (
    "Tổng", "Tổng cộng", "Tổng số", "Tổng cộng toàn tỉnh", "Cộng", "Cộng tổng", "Toàn tỉnh", "Cả tỉnh",
    "Tổng toàn tỉnh", "Toàn huyện", "Toàn xã", "Cộng dồn", "Lũy kế", "Luỹ kế", "Cộng trang", "Trung bình",
    "Bình quân", "Bình quân chung", "TC", "Total", "Grand total", "Subtotal", "Sum", "Average",
)  # fmt: skip


class FixedColumn(Frozen):
    """A column whose value stands once, beside the table: in the sheet's name, a title, the file's name;
    or in each row, under `header`, as a part of what is meant (`source` column).

    `pattern` (in the syntax of Rust's regex crate) has one group, or named groups that `template`
    puts together: `{y}-{m:02}`. `mapping` comes last.
    """

    column: str
    source: Literal["sheet", "title", "filename", "cell", "value", "column"]
    header: str = ""  # as joined
    pattern: str = ""
    template: str = ""
    cell: str = ""
    value: str = ""
    mapping: Mapping[str, str] = Field(default_factory=dict)


class Unpivot(Frozen):
    """Columns turned into rows. `columns`: a pattern of headers, or the headers themselves.

    `names_to` receives the header, or the group of `pattern`, or what `template` makes of its named
    groups and of the columns that `fixed` fills, through `mapping`. Without `values_to` the last part
    of the joined header names the contract's column and the parts before it are the name.
    """

    columns: str | tuple[str, ...]
    names_to: str
    values_to: str = ""
    pattern: str = ""
    template: str = ""
    mapping: Mapping[str, str] = Field(default_factory=dict)
    drop_empty: bool = True


class Layout(Frozen):
    """How a file of this dataset is laid out; empty means: find out."""

    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""
    records: str = ""  # path to the list inside a JSON document, dot separated
    sheets: Literal["one", "all"] = "one"
    sheet_names: str = ""  # pattern a sheet's name must match, for `all`
    header_rows: int = 0  # 0: find out
    header_at: int = 0  # row number of the first header row; 0: find out
    hidden: Literal["skip", "read"] = "skip"
    totals: tuple[str, ...] = TOTALS
    columns: Mapping[str, str] = Field(default_factory=dict)  # contract column → header as joined
    fixed: tuple[FixedColumn, ...] = ()
    unpivot: Unpivot | None = None


class LearnedLayout(Frozen):
    """A layout learned from a file: it wins over the contract's own where its headers match."""

    dataset: str
    name: str
    made_by: str = ""
    made_at: str = ""
    headers: tuple[str, ...]
    filename: str = ""  # pattern the file's name must match, if any
    layout: Layout
    file: Path
