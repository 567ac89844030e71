"""The first rows of a file, as they stand in it."""

from __future__ import annotations

from pathlib import Path

from tinh.sources.feeds.job import ROWS, Look
from tinh.sources.grids import grids
from tinh.sources.heads import head_of, headers_of

_CELL = 200


def first_rows(path: Path, filename: str) -> Look:
    """The largest table of a file: its header and what comes below."""
    found = grids(path, filename)
    grid = max(found, key=lambda g: g.cells.height * max(1, g.cells.width))
    head = head_of(grid)
    body = grid.cells.slice(head.body).head(ROWS)
    rows = tuple(tuple(None if v is None else str(v)[:_CELL] for v in row) for row in body.rows())
    return Look(columns=tuple(headers_of(grid, head)), rows=rows)
