"""The distinct texts of a column, counted, with the words for what may be in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from tinh.gate.profile.model import Kind, Remark
from tinh.kit.errors import Text

NOTHING = (
    "n/a",
    "na",
    "#n/a",
    "-",
    "--",
    "–",
    "—",
    "…",
    "...",
    "null",
    "none",
    "không có",
    "chưa có",
    "chưa có số liệu",
    "không có số liệu",
    "không rõ",
    "chưa rõ",
    "kxđ",
    "không xác định",
    "k có",
    "x",
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known around the table: units of the nation, the own province, the moment."""

    gazetteer: Any
    province: str
    now: datetime


class Column:
    """The distinct texts of a column with how often each stands."""

    def __init__(self, header: str, cells: pl.Series, numbers: pl.Series | None, around: Setting) -> None:
        self.header, self.around = header, around
        text = cells.cast(pl.String).str.strip_chars().str.normalize("NFC")
        self.text = text.set(text == "", None)
        self.height = len(text)
        masked = numbers if numbers is not None and numbers.any() else None
        self.canonical = masked is not None and bool((masked | self.text.is_null()).all())
        # Cells that came as numbers need no notation; only what was typed as text does.
        self.typed = self.text.filter(masked).cast(pl.Float64, strict=False) if masked is not None else None
        self.loose = self.text.filter(~masked) if masked is not None else self.text
        tally = self.text.drop_nulls().alias("v").value_counts(sort=True)
        self.values, self.counts = tally["v"], tally["count"]
        self.filled = int(self.counts.sum() or 0)
        self.remarks: list[Remark] = []
        self.nothing: tuple[str, ...] = ()

    def remark(self, code: str, vi: str, en: str, mask: pl.Series | None = None) -> None:
        rows = (
            () if mask is None else tuple(str(i) for i in mask.fill_null(False).arg_true().head(5).to_list())
        )
        self.remarks.append(Remark(code, Text(vi, en), self.header, rows))

    def apart(self, also: Iterable[str] = ()) -> tuple[pl.Series, pl.Series, tuple[str, ...]]:
        """Values that say something, and the words that stand for nothing."""
        words = {*NOTHING, *also}
        empty = self.values.str.to_lowercase().is_in(sorted(words))
        return (
            self.values.filter(~empty),
            self.counts.filter(~empty),
            tuple(self.values.filter(empty).to_list()),
        )


KIND_NAMES: dict[Kind, Text] = {
    "empty": Text("cột trống", "an empty column"),
    "integer": Text("số nguyên", "whole numbers"),
    "number": Text("số", "numbers"),
    "percent": Text("phần trăm", "percentages"),
    "date": Text("ngày", "dates"),
    "timestamp": Text("thời điểm", "moments"),
    "boolean": Text("có/không", "yes or no"),
    "code": Text("mã", "codes"),
    "phone": Text("số điện thoại", "phone numbers"),
    "tax code": Text("mã số thuế", "tax codes"),
    "citizen id": Text("số định danh cá nhân", "citizen ids"),
    "e-mail": Text("thư điện tử", "e-mail addresses"),
    "place": Text("địa phương", "places"),
    "period": Text("kỳ", "periods"),
    "enumeration": Text("danh sách giá trị", "a list of values"),
    "text": Text("chữ", "text"),
}
LEVEL_NAMES = {
    "commune": Text("xã, phường, thị trấn", "communes"),
    "district": Text("huyện, quận, thị xã", "districts"),
    "province": Text("tỉnh, thành phố", "provinces"),
}
