"""Rows within a table that name another period than its titles: what stands below them is not of this one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from tinh.packs.api import Dataset, FixedColumn
from tinh.sources.headers import bare
from tinh.sources.patterns import matching, taken
from tinh.sources.table import ROW
from tinh.sources.workbook_errors import OtherPeriod

_MOST = 5_000  # lone rows looked at
_NEAR = 3  # rows within which a header follows the title of its table
_ONLY = re.compile(r"(?:baocao|solieu|ketqua|thuchien|trong|ky|thang|quy|nam|phan|[ivx]+|\W|\d)+")


@dataclass(frozen=True, slots=True)
class Given:
    """What titles or names gave of the period: by which entry, and what else is known beside the table."""

    entry: FixedColumn
    value: str
    known: Mapping[str, str]


def given(dataset: Dataset, fixed: Mapping[str, str]) -> tuple[Given, ...]:
    """The entries of a layout that make the period of the whole table."""
    if dataset.period is None:
        return ()
    others = {c.name for c in dataset.columns} - {dataset.period.column}
    return tuple(
        Given(entry, fixed[entry.column], {k: v for k, v in fixed.items() if k != entry.column})
        for entry in dataset.layout.fixed
        if entry.pattern and entry.source in ("title", "sheet", "filename")
        if entry.column in fixed and entry.column not in others
    )


def require(
    frame: pl.DataFrame,
    texts: Sequence[str],
    headers: frozenset[str],
    periods: Sequence[Given],
    notes: Collection[int],
    filename: str,
) -> None:
    """Raises OtherPeriod where a row holds another period and nothing else, or is the title of a header
    that stands again. `texts`: the columns of the frame; `headers`: bare texts of its header."""
    if not periods or frame.height < 2:
        return
    blank = [(pl.col(c).fill_null("").str.strip_chars() == "").cast(pl.UInt32) for c in texts]
    lone = frame.select(pl.sum_horizontal(blank) == len(texts) - 1).to_series()
    at = lone.head(frame.height - 1).arg_true().head(_MOST)
    if not len(at):
        return
    whole = frame[at].select(pl.concat_str([pl.col(c).fill_null("") for c in texts]).str.strip_chars())
    said = whole.to_series().to_list()
    for one in periods:
        hits = matching(one.entry.pattern, said)
        for place, text, hit in zip(at.to_list(), said, hits, strict=True):
            if not hit or frame[ROW][place] in notes or len(text) > 150:
                continue
            entry = one.entry
            found = taken(text, entry.pattern, entry.template, entry.mapping, one.known)
            if not found or found == one.value:
                continue
            if _ONLY.fullmatch(bare(text)) or _headed(frame, place, texts, headers):
                raise OtherPeriod(
                    filename=filename, row=frame[ROW][place], found=text[:100], period=one.value
                )


def _headed(frame: pl.DataFrame, at: int, texts: Sequence[str], headers: frozenset[str]) -> bool:
    """Whether the header stands again right below a row."""
    for row in frame.slice(at + 1, _NEAR).select(texts).rows():
        told = [bare(t) for t in row if t and t.strip()]
        if len(told) > 1:
            return all(t in headers for t in told)
    return False
