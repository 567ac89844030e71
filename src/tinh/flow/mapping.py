"""The mapping assistant: a first file and a dataset → a proposed layout, and what it would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from tinh.flow.drafting import judged
from tinh.flow.layouts import entry_of
from tinh.flow.understanding import Sheet, understand
from tinh.flow.veiling import Veil
from tinh.gate.api import Match, Proposal, Sample, World, propose
from tinh.kit.errors import TinhError
from tinh.lake.api import Lake
from tinh.packs.api import Catalogue, Dataset
from tinh.places.api import gazetteer
from tinh.sources.api import grids, read

SHOWN_ROWS = 12
PAST_VALUES = 5000


@dataclass(frozen=True)
class Trial:
    """What reading and judging a file by a layout would give; nothing is stored."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    verdict: dict[str, Any] | None
    problem: dict[str, Any] | None

    def as_dict(self) -> dict[str, Any]:
        return {
            "columns": list(self.columns),
            "rows": [list(r) for r in self.rows],
            "total": self.total,
            "verdict": self.verdict,
            "problem": self.problem,
        }


def proposed(
    path: Path,
    filename: str,
    dataset: Dataset,
    catalogue: Catalogue,
    now: datetime,
    lake: Lake | None = None,
    sheet: str = "",
    depth: int = 0,
) -> Proposal:
    """What the assistant makes of a first file; of one sheet, or with so many header rows, when told."""
    found = grids(path, filename)
    if sheet and any(g.name == sheet for g in found):
        found = (*(g for g in found if g.name == sheet),)
    samples = [sample_of(understand(grid, depth)) for grid in found]
    kept = [s for s in samples if s.cells and len(s.cells[0])] or samples
    made = propose(
        kept, dataset, filename, World(gazetteer(), catalogue.place, now.date(), _past(dataset, lake))
    )
    veil = Veil(dataset, catalogue.privacy)
    return replace(made, matches=tuple(_veiled(match, veil) for match in made.matches))


def _veiled(match: Match, veil: Veil) -> Match:
    """A match whose examples say nothing of people."""
    if match.column not in veil.names:
        return match
    return replace(match, examples=tuple(str(veil.cell(match.column, e)) for e in match.examples))


def sheet_names(path: Path, filename: str) -> tuple[str, ...]:
    return tuple(g.name for g in grids(path, filename))


def sample_of(sheet: Sheet) -> Sample:
    """A sheet as mapping looks at it."""
    at = [int(p) - sheet.grid.first for p in sheet.places]
    numbers = {i: (mask.gather(at) if at else mask.clear()) for i, mask in sheet.grid.numbers.items()}
    titles = [
        next((c.strip() for c in row if c and c.strip()), "")
        for row in sheet.grid.cells.head(sheet.head.top).rows()
    ]
    return Sample(
        sheet.grid.name,
        sheet.headers,
        tuple(sheet.body.get_columns()),
        numbers,
        tuple(t for t in titles if t),
        max(1, sheet.head.depth),
        sheet.grid.first + sheet.head.top,
        sheet.totals,
    )


def _past(dataset: Dataset, lake: Lake | None) -> Mapping[str, Any]:
    """What the columns looked like before: numbers by their median, texts by their values."""
    if lake is None:
        return {}
    out: dict[str, Any] = {}
    for column in dataset.columns:
        if column.logical in ("integer", "number"):
            past = lake.past(dataset, column.name)
            if past is not None and past.n:
                out[column.name] = past
        elif column.logical == "string":
            values = lake.reference(dataset, column.name)
            if 0 < len(values) <= PAST_VALUES:
                out[column.name] = frozenset(values.cast(pl.String).drop_nulls().to_list())
    return out


def tried(
    path: Path,
    filename: str,
    dataset: Dataset,
    layout: Mapping[str, Any],
    catalogue: Catalogue,
    now: datetime,
) -> Trial:
    """The first rows as they would be read, and a dry verdict over the whole file."""
    try:
        laid = dataset.model_copy(update={"layout": entry_of(layout).compiled()})
        table = read(path, laid, filename)
    except TinhError as error:
        return Trial((), (), 0, None, error.as_dict())
    shown = [c.name for c in dataset.columns if c.name in table.frame.columns]
    head = table.frame.select(shown).head(SHOWN_ROWS)
    seen = Veil(dataset, catalogue.privacy).frame(head)
    rows = tuple(tuple("" if v is None else str(v) for v in row) for row in seen.rows())
    total = table.frame.height
    try:
        verdict = judged(path, filename, laid, catalogue, now, table).verdict.as_dict()
    except TinhError as error:
        return Trial(tuple(shown), rows, total, None, error.as_dict())
    return Trial(tuple(shown), rows, total, verdict, verdict.get("problem"))
