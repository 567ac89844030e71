"""Layouts as they are written: the `layout` of a contract, and the files of learned layouts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from tinh.packs.layout import TOTALS, FixedColumn, Layout, Unpivot
from tinh.packs.shape import Declared


def _totals() -> list[str]:
    return list(TOTALS)


class FixedEntry(Declared):
    """A column filled from what stands beside the table, or made of other columns."""

    column: str = Field(description="column filled; or a name that only a `template` uses")
    from_: Literal["sheet", "title", "filename", "cell", "value", "column"] = Field(
        alias="from",
        description="the sheet's name · the titles above · the file's name · one cell · a constant · "
        "another column of the file, row by row",
    )
    header: str = Field("", description="header of that other column, its rows joined with ` / `")
    pattern: str = Field("", description="pattern with one group, or with the named groups of `template`")
    template: str = Field("", description="`{name}` for a named group, `{name:02}` padded with zeros")
    cell: str = Field("", pattern=r"^([A-Z]{1,3}[1-9][0-9]{0,6})?$", description="cell, such as B2")
    value: str = Field("", description="the constant")
    mapping: dict[str, str] = Field(default_factory=dict, description="what was found → what is meant")

    @model_validator(mode="after")
    def _argument(self) -> FixedEntry:
        if (self.from_ == "cell") != bool(self.cell) or (self.from_ == "value") != bool(self.value):
            raise ValueError("fixed")
        if self.from_ in ("title", "filename") and not self.pattern:
            raise ValueError("fixed")
        if (self.from_ == "column") != bool(self.header):
            raise ValueError("fixed")
        return self

    def compiled(self) -> FixedColumn:
        return FixedColumn(source=self.from_, **{k: v for k, v in self.model_dump().items() if k != "from_"})


class UnpivotEntry(Declared):
    """Columns turned into rows: one a day, a month, a quarter, an indicator."""

    columns: str | list[str] = Field(description="pattern of the headers, or the headers themselves")
    names_to: str = Field(description="column that receives the header")
    values_to: str = Field(
        "", description="column that receives the cell; empty: the header's last part names it"
    )
    pattern: str = Field("", description="pattern with one group, or with the named groups of `template`")
    template: str = Field("", description="as of `fixed`; may also name columns that `fixed` fills")
    mapping: dict[str, str] = Field(default_factory=dict, description="what was found → what is meant")
    drop_empty: bool = Field(True, description="an empty cell makes no row")

    def compiled(self) -> Unpivot:
        given = self.model_dump()
        columns = given.pop("columns")
        return Unpivot(columns=tuple(columns) if isinstance(columns, list) else columns, **given)


class LayoutEntry(Declared):
    """How a file is laid out; what is left out is found out."""

    delimiter: str = Field("", description="separator of a text file")
    encoding: str = Field("", description="encoding of a text file")
    sheet: str = Field("", description="sheet of a workbook")
    records: str = Field("", description="path to the list in a JSON document, separated by dots")
    sheets: Literal["one", "all"] = Field(
        "one", description="the sheet that fits best · every sheet whose header fits"
    )
    sheet_names: str = Field("", description="pattern a sheet's name must match, for `sheets: all`")
    header_rows: Literal[0, 1, 2, 3, 4] = Field(0, description="rows of the header; 0: found out")
    header_at: int = Field(0, ge=0, le=1_000_000, description="row the header begins at; 0: found out")
    hidden: Literal["skip", "read"] = Field("skip", description="hidden rows, columns and sheets")
    totals: list[str] = Field(
        default_factory=_totals, description="words a row of totals begins with; such rows are left out"
    )
    columns: dict[str, str] = Field(
        default_factory=dict, description="column → header, its rows joined with ` / `"
    )
    fixed: list[FixedEntry] = Field(default_factory=list, description="columns that stand beside the table")
    unpivot: UnpivotEntry | None = Field(None, description="columns turned into rows")

    def compiled(self) -> Layout:
        given = {name: getattr(self, name) for name in LayoutEntry.model_fields}
        given["totals"] = tuple(self.totals)
        given["fixed"] = tuple(entry.compiled() for entry in self.fixed)
        given["unpivot"] = self.unpivot.compiled() if self.unpivot else None
        return Layout(**given)


class MatchEntry(Declared):
    """Which files a learned layout is for."""

    headers: list[str] = Field(min_length=1, description="headers, joined, that the file must have")
    filename: str = Field("", description="pattern the file's name must match")


class LayoutFile(Declared):
    """`layouts/<dataset>/<name>.yaml`: a layout learned from a file, wins over the contract's own."""

    format: Literal[1] = Field(description="number of this file format")
    dataset: str = Field(description="dataset id; the folder's name")
    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="the file's name")
    made_by: str = Field("", description="who made it")
    made_at: str = Field("", description="when, ISO 8601")
    match: MatchEntry = Field(description="which files it is for")
    layout: LayoutEntry = Field(description="the layout, keys as in a contract")
