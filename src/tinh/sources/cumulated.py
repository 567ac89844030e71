"""Figures added up since January pass for those of a month or a quarter, unless titles are believed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tinh.packs.api import Dataset
from tinh.sources.headers import bare
from tinh.sources.workbook_errors import Cumulated

# Over `bare` texts: no case, no marks, no spaces.
_ADDED = r"luyke|congdon|tudaunam|yeartodate|cumulative"
_FIRST = {
    "month": r"(?<!\d)(?:[2-9]|1[0-2]|0[2-9]|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi)thang(?:dau|cuoi)",
    "quarter": r"(?<!\d)(?:0?[69]|12|sau|chin)thang(?:dau|cuoi)",
}


def says(text: str, every: str = "month") -> bool:
    """Whether a text speaks of figures added up over several periods."""
    return bool(re.search(f"{_ADDED}|{_FIRST.get(every, _ADDED)}", bare(text)))


def require(dataset: Dataset, texts: Sequence[str], headers: Iterable[str], filename: str) -> None:
    """Raises Cumulated where a title speaks of sums since January, the headers do not tell these from
    the others, and the contract does not want them. `texts`: titles, and names a period comes from."""
    every = dataset.period.every if dataset.period else "year"
    if every == "year":
        return
    seen = next((text for text in texts if says(text, every)), "")
    if not seen or _wanted(dataset) or any(says(header, every) for header in headers):
        return
    raise Cumulated(filename=filename, seen=seen[:100])


def _wanted(dataset: Dataset) -> bool:
    """The contract itself speaks of sums: in its name, its columns, or a pattern of its layout."""
    spoken = [dataset.name.vi, dataset.name.en, dataset.description.vi]
    spoken += [t for c in dataset.columns for t in (c.label.vi, c.description, *c.headers)]
    spoken += [entry.pattern for entry in dataset.layout.fixed]
    return any(says(text) for text in spoken if text)
