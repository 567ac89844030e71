"""The `tinh` block against its contract: place, period and life, and the rules they bring."""

from __future__ import annotations

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.block import DatasetBlock
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
        return PlaceBinding(column=entry.column, by=entry.by, levels=tuple(entry.levels))

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
        if period is not None:
            book.add("period", "period", (period.column,), {"every": period.every})
