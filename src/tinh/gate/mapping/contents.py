"""Whether the cells under a header can be those of a contract's column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from tinh.gate import moments
from tinh.gate.casts import cast
from tinh.gate.profile.writing import says
from tinh.kit.errors import Text
from tinh.packs.api import Column, Dataset
from tinh.places.api import REFORM
from tinh.sources.api import ROW, Table, clean

SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Fit:
    """`share` of the sample that the column would take; `telling`: how much that says."""

    share: float
    telling: float
    why: Text | None = None


class Contents:
    """Asks of samples of cells what a dataset's columns would make of them."""

    def __init__(
        self, dataset: Dataset, gazetteer: Any, province: str, today: date, past: Mapping[str, Any]
    ) -> None:
        self.dataset, self.gazetteer, self.province, self.today = dataset, gazetteer, province, today
        self.past = past

    def fit(self, cells: pl.Series, numbers: pl.Series | None, column: Column) -> Fit:
        filled = cells.is_not_null() & (cells.str.strip_chars() != "")
        sample = cells.filter(filled).head(SAMPLE)
        if not len(sample):
            return Fit(0.5, 0.0)
        mask = numbers.filter(filled).head(SAMPLE) if numbers is not None else None
        read = self._read(sample, mask, column)
        if self.dataset.place and self.dataset.place.column == column.name:
            return self._place(read)
        if self.dataset.period and self.dataset.period.column == column.name:
            return self._period(read)
        typed = cast(read, column, "Asia/Ho_Chi_Minh")
        good = typed.is_not_null() & read.is_not_null()
        allowed = [str(v) for v in column.allowed]
        if allowed:
            share = float((good & typed.cast(pl.String).is_in(allowed)).sum()) / len(sample)
            return Fit(
                share,
                0.9,
                Text("các giá trị thuộc danh sách của hợp đồng", "the values are on the contract's list")
                if share > 0.8
                else None,
            )
        good = good & self._within(typed, column)
        share = float(good.sum()) / len(sample)
        return self._told(share, typed, read, column)

    def _read(self, sample: pl.Series, mask: pl.Series | None, column: Column) -> pl.Series:
        frame = pl.DataFrame(
            [pl.Series(ROW, range(1, len(sample) + 1), pl.UInt32), sample.alias(column.name)]
        )
        table = Table(frame, numbers={column.name: mask} if mask is not None else {})
        return clean(table, self.dataset.model_copy(update={"columns": (column,)})).frame[column.name]

    def _within(self, typed: pl.Series, column: Column) -> pl.Series:
        good = pl.Series([True]).new_from_index(0, len(typed))
        if typed.dtype.is_numeric():
            low, high = column.options.get("minimum"), column.options.get("maximum")
            if isinstance(low, (int, float)):
                good = good & (typed >= low).fill_null(False)
            if isinstance(high, (int, float)):
                good = good & (typed <= high).fill_null(False)
        pattern = column.options.get("pattern")
        if pattern and typed.dtype == pl.String:
            with suppress(pl.exceptions.PolarsError):
                good = good & typed.str.contains(str(pattern)).fill_null(False)
        return good

    def _told(self, share: float, typed: pl.Series, read: pl.Series, column: Column) -> Fit:
        seen = self.past.get(column.name)
        if seen is not None and share > 0.5:
            near = self._like_past(typed, read, seen)
            if near is not None:
                return Fit(
                    share * (0.4 + 0.6 * near),
                    0.8,
                    Text(
                        "giống số liệu các kỳ trước của cột này",
                        "like this column's values of earlier periods",
                    )
                    if near > 0.7
                    else None,
                )
        match column.logical:
            case "date" | "timestamp" | "boolean" | "time":
                return Fit(
                    share,
                    0.8,
                    Text("đọc được đúng kiểu của cột", "the cells read as the column's type")
                    if share > 0.9
                    else None,
                )
            case "integer" | "number":
                return Fit(share, 0.35)
            case _:
                if column.options.get("pattern"):
                    return Fit(
                        share,
                        0.8,
                        Text("đúng mẫu mã của cột", "the cells have the column's form")
                        if share > 0.9
                        else None,
                    )
                wordy = float(read.str.contains(r"\p{L}{2,}").sum() or 0) / max(1, len(read))
                return Fit(0.3 + 0.7 * wordy, 0.4)

    def _like_past(self, typed: pl.Series, read: pl.Series, seen: Any) -> float | None:
        if isinstance(seen, frozenset):
            values = set(read.drop_nulls().to_list())
            return len(values & seen) / len(values) if values else None
        if typed.dtype.is_numeric() and seen.median is not None and seen.mad is not None:
            here = float(typed.cast(pl.Float64).drop_nulls().quantile(0.5) or 0.0)
            spread = max(float(seen.mad) * 3, abs(float(seen.median)) * 0.25, 1e-9)
            return max(0.0, 1.0 - abs(here - float(seen.median)) / (3 * spread))
        return None

    def places(self, texts: Sequence[str], names: bool = True) -> list[bool]:
        """Which texts are places of the dataset, today or before the reform: on the day that knows most.
        Where the contract asks for codes, `names` count too if there is no code."""
        binding = self.dataset.place
        if binding is None or self.gazetteer is None or not texts:
            return [False] * len(texts)
        best: list[bool] = []
        for day in (self.today, REFORM - timedelta(days=1)):
            if binding.by == "name":
                hits = self.named(texts, day)
            else:
                units = [self.gazetteer.find(v, day) for v in texts]
                hits = [u is not None and u.level in binding.levels for u in units]
                if names and not any(hits):
                    hits = self.named(texts, day)
            best = max(best, hits, key=sum)
        return best

    def named(self, texts: Sequence[str], day: date) -> list[bool]:
        """Which texts are names of places of the dataset."""
        binding = self.dataset.place
        assert binding is not None and self.gazetteer is not None
        found = self.gazetteer.resolve_many(
            list(texts), [day] * len(texts), self.province or None, binding.levels
        )
        return [code is not None for code in found]

    def _place(self, read: pl.Series) -> Fit:
        values = read.drop_nulls().unique().head(SAMPLE).to_list()
        if self.dataset.place is None or self.gazetteer is None or not values:
            return Fit(0.5, 0.0)
        best = sum(self.places(values, names=False))
        share = best / len(values)
        # Nothing but a column of places has so many of them; the rest are groups, totals and misspellings.
        if best >= 3 and share >= 0.6:
            share = max(share, 0.9)
        return Fit(
            share,
            1.0,
            Text(
                f"{best}/{len(values)} giá trị là địa phương có thật",
                f"{best} of {len(values)} values are real places",
            )
            if share > 0.5
            else None,
        )

    def _period(self, read: pl.Series) -> Fit:
        binding = self.dataset.period
        values = read.drop_nulls().unique().head(SAMPLE).to_list()
        if binding is None or not values:
            return Fit(0.5, 0.0)
        hits = sum(moments.parse(str(v), binding.every) is not None for v in values)
        share = hits / len(values)
        return Fit(
            share,
            0.9,
            Text("các giá trị đọc được thành kỳ", "the values read as periods") if share > 0.8 else None,
        )


def runs(cells: pl.Series) -> bool:
    """1, 2, 3 … down the rows: a running number, no column of any contract."""
    numbers = cells.drop_nulls().head(50).cast(pl.Int64, strict=False)
    return (
        len(numbers) > 2
        and numbers.null_count() == 0
        and numbers.to_list() == list(range(numbers[0], numbers[0] + len(numbers)))
    )


def hinted(header: str, words: Sequence[str]) -> bool:
    return says(header, *words)
