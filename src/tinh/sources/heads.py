"""Where a table stands in a sheet when no contract says it: titles, header rows, body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tinh.sources.grids import TextGrid
from tinh.sources.heading import JOINED, MOST_ROWS, join, nameless
from tinh.sources.sheet import Merge

LOOK = 40
_FIGURE = re.compile(
    r"^[-+−]?[\d.,'\s\u00a0\u202f]+(?:\s?[%‰]|\s\S{1,10})?$|"
    r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T].*)?$|^0\d{3,}$"
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]00:00(?::00)?)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")
_NUMBERING = re.compile(r"^\(?\s*(?:\d{1,3}|[A-Z]|[ivx]{1,4})\s*\)?(?:\s*[=:].*)?$")
_RANK = re.compile(r"[(]?(?:[IVXLC]{1,5}|[A-ZĐ]|\d{1,2})[.)]?")


@dataclass(frozen=True, slots=True)
class Head:
    """`top` and `depth` of the header rows, `body` the first row of data, all from 0 in the grid."""

    top: int
    depth: int
    body: int
    sure: bool = True


def head_of(grid: TextGrid) -> Head:
    """The header rows of a sheet: the last rows of words above the first row of data."""
    if grid.named:
        return Head(0, 1, 1)
    rows = grid.rows(LOOK)
    wide = max((_filled(r) for r in rows), default=0)
    body = _body(rows, wide)
    if body is None:
        top = next((i for i, r in enumerate(rows) if _filled(r) == wide), 0)
        return Head(top, 1, min(top + 1, len(rows)), sure=wide > 1)
    body = _upward(rows, body)
    if body == 0:
        return Head(0, 0, 0, sure=False)
    last = body - 1
    while last > 0 and (not _filled(rows[last]) or _numbered(rows[last]) or _group(rows, last, wide, grid)):
        last -= 1
    depth = 1
    while (
        depth < MOST_ROWS
        and last - depth >= 0
        and _above(rows[last - depth], rows[last - depth + 1], wide, grid, last - depth)
    ):
        depth += 1
    return Head(last - depth + 1, depth, body)


def _upward(rows: list[list[str]], body: int) -> int:
    """Rows of words above the first figures are data too when their words stand again below them; a
    header's words do not."""
    while body > 1 and _filled(rows[body - 1]) >= max(2, _filled(rows[body]) - 1):
        below = rows[body:]
        if rows[body - 1] in below and not _figures(rows[body - 1]):
            break  # the header again, above the next part of the table
        words = [(i, c) for i, c in enumerate(rows[body - 1]) if c.strip() and not _FIGURE.match(c.strip())]
        if not any(c == r[i] for r in below for i, c in words):
            break
        body -= 1
    return body


def _filled(row: Sequence[str]) -> int:
    return sum(bool(c.strip()) for c in row)


def _figures(row: Sequence[str]) -> int:
    return sum(bool(_FIGURE.match(c.strip())) for c in row if c.strip())


def _numbered(row: Sequence[str]) -> bool:
    """`(1) (2) (3)`, `A B 1 2=3+4`: the row that numbers the columns."""
    cells = [c.strip() for c in row if c.strip()]
    if len(cells) < 3 or not all(_NUMBERING.match(c) for c in cells):
        return False
    numbers = [int(m.group()) for c in cells if (m := re.search(r"\d+", c))]
    return len(set(cells)) == len(cells) and numbers == sorted(numbers) and (not numbers or numbers[0] <= 3)


def _group(rows: list[list[str]], at: int, wide: int, grid: TextGrid) -> bool:
    """`I | Khu vực phía Nam`: the title of the first group of rows, right under the header; not the lower
    half of a header, whose cells stand under one that spans them."""
    said = [c for c, text in enumerate(rows[at]) if text.strip()]
    if wide < 4 or not 0 < len(said) <= 2 or said[-1] > 2 or max(map(_filled, rows[max(0, at - 3) : at])) < 3:
        return False
    first, last = (rows[at][c].strip() for c in (said[0], said[-1]))
    alone = len(said) == 1 and (said[0] < 2 or any(m[0] == at and m[3] - m[1] > 1 for m in grid.merged))
    if not (alone or (len(said) == 2 and _RANK.fullmatch(first))) or _FIGURE.match(last):
        return False
    across = [m for m in grid.merged if m[2] == at - 1 and m[3] > m[1]]
    return not any(m[1] <= c <= m[3] for m in across for c in said)


def _series(row: Sequence[str]) -> bool:
    """Years or months one after the other: headings of columns, not data."""
    cells = [c.strip() for c in row if c.strip() and _FIGURE.match(c.strip())]
    if len(cells) > 1 and all(_DAY.fullmatch(c) for c in cells):
        return len(set(cells)) == len(cells)
    if len(cells) < 2 or not all(c.isdigit() for c in cells):
        return False
    numbers = list(map(int, cells))
    return numbers == list(range(numbers[0], numbers[0] + len(numbers))) and (
        1990 <= numbers[0] <= 2100 or (numbers[0] == 1 and len(numbers) >= 3)
    )


def _heading(rows: list[list[str]], at: int) -> bool:
    """A series that heads columns: no words of its own stand above its figures."""
    if not _series(rows[at]):
        return False
    above = rows[at - 1] if at else []
    figures = [i for i, c in enumerate(rows[at]) if _FIGURE.match(c.strip())]
    named = [above[i].strip() for i in figures if i < len(above) and above[i].strip()]
    worded = len(named) == len(figures) == len(set(named)) and not _figures(above)
    return not (worded and _filled(above) >= _filled(rows[at]))


def _years(row: Sequence[str]) -> bool:
    """`2024 | Sơ bộ năm 2025`: a year alone beside years in words heads a column."""
    said = [(c.strip(), m.group()) for c in row if (m := re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", c))]
    alone = [c for c, year in said if c == year]
    return (
        bool(alone) and len(said) > len(alone) and _figures(row) == len(alone) and len(set(said)) == len(said)
    )


def _body(rows: list[list[str]], wide: int) -> int | None:
    """The first row that looks like data: wide enough, with figures among its cells."""
    for at, row in enumerate(rows):
        filled, figures = _filled(row), _figures(row)
        if filled < max(2, 0.5 * wide) and wide > 1:
            continue
        if _numbered(row) or (_heading(rows, at) and at < len(rows) - 1 and not _series(rows[at + 1])):
            continue
        if (
            figures
            and not _years(row)
            and (
                figures >= 0.25 * filled or (at and figures and _figures(rows[at - 1]) == 0 and figures >= 1)
            )
        ):
            return at
    return None


def _above(row: Sequence[str], below: Sequence[str], wide: int, grid: TextGrid, at: int) -> bool:
    """A row of group headings: several cells, some of them over columns the row below names again."""
    filled = _filled(row)
    if filled < 2 or (_figures(row) * 2 > filled and not _series(row)):
        return False
    spans = [m for m in grid.merged if m[0] <= at <= m[2] and m[3] > m[1]]
    tall = [m for m in grid.merged if m[0] <= at < m[2]]
    twin = filled >= 0.6 * wide and _translated(row, below)
    hollow = any(not b.strip() and a.strip() for a, b in zip(row, below, strict=False))
    grouped = any(b.strip() and not a.strip() for a, b in zip(row, below, strict=False))
    return (
        twin
        or bool(tall)
        or (bool(spans) and grouped)
        or (hollow and grouped)
        or (hollow and filled >= 0.6 * wide)
    )


def _translated(row: Sequence[str], below: Sequence[str]) -> bool:
    """Whether two rows give the same headers in two languages, one of them without Vietnamese marks."""
    both = list(zip(row, below, strict=False))
    if any(bool(a.strip()) != bool(b.strip()) for a, b in both) or any(c.isdigit() for a in row for c in a):
        return False
    return "".join(row).isascii() != "".join(below).isascii()


def headers_of(grid: TextGrid, head: Head) -> list[str]:
    """The header of each column: its rows joined top to bottom, blanks filled from what spans them."""
    if not head.depth:
        return [f"Cột {i + 1}" for i in range(grid.cells.width)]
    rows = [
        (head.top + i, {c: text for c, text in enumerate(row) if text and text.strip()})
        for i, row in enumerate(grid.cells.slice(head.top, head.depth).rows())
    ]
    rows = [(at, cells) for at, cells in rows if cells]
    if not rows:
        return [""] * grid.cells.width
    spans: dict[int, list[Merge]] = {}
    for merge in (Merge(*m) for m in grid.merged):
        for at, _ in rows:
            if merge.top <= at <= merge.bottom:
                spans.setdefault(at, []).append(merge)
    columns, parts = join(rows, spans)
    said = {column: JOINED.join(p) for column, p in zip(columns, parts, strict=True)}
    filled = {c for c, name in enumerate(grid.cells.columns) if grid.cells[name][head.body :].count()}
    return [
        said.get(column) or (nameless(grid.left + column) if column in filled else "")
        for column in range(grid.cells.width)
    ]
