"""Workbooks of old Excel (.xls): those of 1997 and later as they are, older ones through calamine."""

from __future__ import annotations

from pathlib import Path

import fastexcel
import polars as pl

from tinh.sources import limits
from tinh.sources.biff import Workbook97
from tinh.sources.compound import Damaged, stream
from tinh.sources.errors import CutShort, PasswordProtected, TooLarge, TooManySheets, Unparsable, WordFile
from tinh.sources.openxml import Entry
from tinh.sources.sheet import TEXT, Cells, Sheet

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORD = "WordDocument".encode("utf-16-le")
_LARGEST = 256 * limits.MB


class Legacy:
    """The sheets of one old workbook."""

    form = "xls"

    def __init__(self, path: Path, filename: str) -> None:
        self._filename = filename
        size = path.stat().st_size
        if size > _LARGEST:
            raise TooLarge(
                filename=filename,
                size=limits.size_text(size),
                limit=limits.size_text(_LARGEST),
                format="Excel .xls",
            )
        content = path.read_bytes()
        if _ENCRYPTED in content:
            raise PasswordProtected(filename=filename)
        if _WORD in content:
            raise WordFile(filename=filename)
        self._size = size
        self._own: Workbook97 | None = None
        try:
            records = stream(content, "Workbook")
            self._own = Workbook97(records, filename) if records else None
        except Damaged:
            self._own = None
        if self._own is not None:
            self.sheets = self._own.sheets
            return
        self._book = self._open(content)
        names = list(self._book.sheet_names)
        if len(names) > 1_000:
            raise TooManySheets(filename=filename, limit=1_000)
        self.sheets = [Entry(name, name, False) for name in names]

    def _open(self, content: bytes) -> fastexcel.ExcelReader:
        try:
            return fastexcel.read_excel(content)
        except BaseException as error:
            raise self._refusal(error) from error

    def read(self, entry: Entry, rows: int | None = None) -> Sheet:
        if self._own is not None:
            try:
                return self._own.read(entry, rows)
            except Damaged as error:
                raise CutShort(
                    filename=self._filename,
                    where_vi="các bản ghi của sổ Excel dừng giữa chừng",
                    where_en="the records of the workbook stop short",
                ) from error
        try:
            loaded = self._book.load_sheet_by_name(entry.name, header_row=None, n_rows=rows, dtypes="string")
            frame = pl.DataFrame(loaded)
        except BaseException as error:
            raise self._refusal(error) from error
        return of_frame(entry.name, frame, self._filename, self._size)

    def _refusal(self, error: BaseException) -> Exception | BaseException:
        """What the reader says, as a refusal; panics of its native code are told alike."""
        if not isinstance(error, fastexcel.FastExcelError) and type(error).__name__ != "PanicException":
            return error
        reason = str(error).split("\n", 1)[0][:200]
        if "password" in reason.lower():
            return PasswordProtected(filename=self._filename)
        return Unparsable(filename=self._filename, format="Excel", reason=reason)


def of_frame(name: str, frame: pl.DataFrame, filename: str, size: int) -> Sheet:
    cells = Cells(filename, size)
    for number, row in enumerate(frame.iter_rows(), 1):
        for col, text in enumerate(row):
            if text:
                cells.add(number, col, TEXT, text)
    return Sheet(name, cells.frame(), tells_merges=False, form="xls")
