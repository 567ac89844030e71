"""The `tinh` block against its contract: place, period and life, and the rules they bring."""

from __future__ import annotations

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.block import DatasetBlock, PlaceEntry
from tinh.packs.columns import ColumnSet
from tinh.packs.findings import Faults, Keys
from tinh.packs.models import PeriodBinding, PlaceBinding
from tinh.packs.rules import Rulebook


class Bindings:
    def __init__(
        self, document: Document, path: Keys, block: DatasetBlock, columns: ColumnSet, faults: Faults
    ) -> None:
        self.document, self.path, self.block = document, path, block
        self.columns, self.faults = columns, faults

    def need(self, column: str, *where: str | int) -> bool:
        """Whether the column exists; a finding when not."""
        if any(c.name == column for c in self.columns.columns):
            return True
        names = [c.name for c in self.columns.columns]
        self.faults.unknown(self.document, (*self.path, *where), "PCK032", column, names)
        return False

    def place(self) -> PlaceBinding | None:
        entry = self.block.place
        if entry is None or not self.need(entry.column, "place", "column"):
            return None
        if self.columns.logical(entry.column) not in ("string", "integer"):
            self.faults.add(
                self.document,
                (*self.path, "place", "column"),
                "PCK044",
                Text("cột địa bàn phải là chữ", "the place column must be text"),
                Text(
                    "đặt logicalType: string để giữ số 0 ở đầu",
                    "set logicalType: string, which keeps leading zeros",
                ),
            )
            return None
        named = entry.name_column if entry.name_column and self._name_column(entry) else ""
        return PlaceBinding(column=entry.column, by=entry.by, name_column=named, levels=tuple(entry.levels))

    def _name_column(self, entry: PlaceEntry) -> bool:
        """Whether the column of the name can be held against the code; a finding when not."""
        if not self.need(entry.name_column, "place", "name_column"):
            return False
        faults = {
            "PCK105": (
                entry.by != "code",
                Text("name_column chỉ đi với by: code", "name_column goes with by: code only"),
                Text("bỏ name_column, hoặc đặt by: code", "drop name_column, or set by: code"),
            ),
            "PCK106": (
                entry.name_column == entry.column,
                Text("name_column trùng với cột mã", "name_column is the column of the code itself"),
                Text("ghi cột chứa tên địa bàn", "name the column that holds the place's name"),
            ),
            "PCK107": (
                self.columns.logical(entry.name_column) != "string",
                Text("cột tên địa bàn phải là chữ", "the column of the place's name must be text"),
                Text("đặt logicalType: string cho cột này", "set logicalType: string for that column"),
            ),
        }
        for code, (wrong, found, cure) in faults.items():
            if wrong:
                where = (*self.path, "place", "name_column")
                self.faults.add(self.document, where, code, found, cure)
                return False
        return True

    def period(self) -> PeriodBinding | None:
        entry = self.block.period
        if entry is None or not self.need(entry.column, "period", "column"):
            return None
        if self.columns.logical(entry.column) not in ("string", "date", "timestamp", "integer"):
            self.faults.add(
                self.document,
                (*self.path, "period", "column"),
                "PCK044",
                Text(
                    "cột kỳ phải là ngày, thời điểm hoặc chữ",
                    "the period column must be a date, a moment or text",
                ),
                Text("chọn cột khác", "choose another column"),
            )
            return None
        return PeriodBinding(column=entry.column, every=entry.every)

    def rules(self, book: Rulebook, place: PlaceBinding | None, period: PeriodBinding | None) -> None:
        if place is not None:
            book.add("place", "place", (place.column,), {"by": place.by, "levels": list(place.levels)})
            if place.name_column:
                book.add("place-name", "place_name", (place.name_column, place.column))
        if period is not None:
            book.add("period", "period", (period.column,), {"every": period.every})
