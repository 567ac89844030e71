"""Tables of analysts: series read from a file with every cell as it was written, answers written to one."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tinh.cli.errors import NoSuchFile, NotReached, NotSeriesFile
from tinh.cli.output import say

if TYPE_CHECKING:
    import polars as pl


class _Finite(click.types.FloatParamType):
    """A number that is one: neither NaN nor infinite."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number", param, ctx)
        return number


FINITE = _Finite()
_COLUMNS = ("unique_id", "ds", "y")
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def read_series(file: Path) -> pl.DataFrame:
    """The table of `file`, all cells text: nothing is guessed, so that leading zeros stay.

    The separator is the comma, semicolon or tab of the first line; blanks around column names go, `DS` is
    `ds` where no other column is, and rows without any value are passed over. Where the separator is not the
    comma, `y` may have decimal commas.
    Raises NoSuchFile and NotSeriesFile.
    """
    import polars as pl

    if not file.is_file():
        raise NoSuchFile(path=file)
    with file.open("rb") as opened:
        head = opened.readline(100_000)
    if head.startswith(_WIDE):
        raise NotSeriesFile(path=file, reason=say("tệp ở mã UTF-16", "it is UTF-16"))
    separator = max(",;\t", key=lambda mark: head.count(mark.encode()))
    try:
        table = pl.read_csv(file, infer_schema=False, separator=separator, truncate_ragged_lines=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise NotSeriesFile(path=file, reason=str(error).splitlines()[0][:200]) from None
    empty = [pl.col(name).str.strip_chars().fill_null("") == "" for name in table.columns]
    table = table.filter(~pl.all_horizontal(empty))
    if table.is_empty():
        raise NotSeriesFile(path=file, reason=say("không có dòng số liệu nào", "it has no rows"))
    names = [name.strip() for name in table.columns]
    if len(set(names)) < len(names) or any("_duplicated_" in name for name in names):
        raise NotSeriesFile(path=file, reason=say("hai cột trùng tên", "two columns have one name"))
    folded = [name.lower() for name in names]
    table.columns = [
        lower if lower in _COLUMNS and folded.count(lower) == 1 else name
        for name, lower in zip(names, folded, strict=True)
    ]
    if separator != "," and "y" in table.columns:
        from tinh.insight.api import decimals

        table = table.with_columns(decimals(table["y"]))
    return table


def write_table(frame: pl.DataFrame, file: Path) -> None:
    """`frame` as CSV. Raises NotReached."""
    try:
        frame.write_csv(file)
    except OSError as error:
        raise NotReached(path=file, reason=error.strerror or str(error).split(":")[0]) from None
