"""A delivery read into cells: still text, still in the order of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

ROW = "_row"  # number of the record as a spreadsheet shows it: a header in row 1, then 2, 3 …
AT = "_at"  # where the record stands as people see it, `Tháng 1!B7`, when its number does not say it all


@dataclass(frozen=True, slots=True)
class Cleaning:
    """How many values one step changed; a dataset-wide step has no column: `trim`."""

    step: str  # "<column>: <do>", e.g. "wind_speed: strip_unit"
    values: int


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of one delivery under the contract's column names.

    `frame` holds `_row` (UInt32), `_at` where records come of several sheets or
    columns, and one column per contract column: pl.String as read from
    text formats and Excel, or the source's own type where the format is typed (Parquet,
    Arrow). Columns missing from the file are absent from the frame and named in `missing`;
    columns of the file that no contract column claims are named in `unknown`.
    `raw` is the frame before cleaning; `ragged` the `_row`s with more cells than the header
    or cut in the middle; `untidy` the `_row`s whose spaces or letter forms had to be mended
    without the contract asking for it; `notes` remarks such as `extension:csv-is-xlsx`;
    `numbers` masks of cells that came as numbers, not as text to be read as one; `epoch_1904`:
    day numbers count from 1904, as workbooks of old Macs have it; `faulty` masks of cells that are
    errors (#REF!) or formulas without a result: such rows are held whatever the column takes;
    `plain`: its bytes have shown that no cell has anything that default cleaning or old letters concern.
    """

    frame: pl.DataFrame
    encoding: str = ""
    delimiter: str = ""
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    cleaning: tuple[Cleaning, ...] = field(default=())
    format: str = "csv"
    raw: pl.DataFrame | None = None
    ragged: tuple[int, ...] = ()
    untidy: pl.Series | None = None
    notes: tuple[str, ...] = ()
    numbers: Mapping[str, pl.Series] = field(default_factory=dict)
    epoch_1904: bool = False
    faulty: Mapping[str, pl.Series] = field(default_factory=dict)
    plain: bool = False
