"""Where a table's header stands, how many rows it has, and what its columns are called.

People write titles above it, give it two or three rows, merge cells, number the columns under it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tinh.packs.api import Dataset, Layout
from tinh.sources import headers
from tinh.sources.patterns import matching
from tinh.sources.sheet import Merge, letters, ordinal

Grid = Sequence[tuple[int, Mapping[int, str]]]  # rows that hold anything: (row number, column → text)
JOINED = " / "
LOOK = 60  # rows looked at; a header stands within the first of them
MOST_ROWS = 4
_NUMBERING = re.compile(r"\(?\s*(\d{1,3}|[A-ZĐ])\s*\)?|\(?\s*\d{1,3}\s*\)?\s*=.{1,40}")
_NAMELESS = re.compile(r"Cột ([A-Z]{1,3})")
_ASIDE = re.compile(r"^(đơn vị|đvt|biểu|mẫu|\(|ngày|kỳ báo cáo|phụ lục)", re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """`columns`: positions in the file; `names`: their names, the rows of the header joined with
    ` / `; `parts`: the same before joining; `body`: the first row number below it all."""

    first: int
    last: int
    body: int
    columns: tuple[int, ...]
    names: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    titles: tuple[str, ...] = ()
    numbering: bool = False
    score: int = 0

    @property
    def rows(self) -> int:
        return self.last - self.first + 1


def find_header(
    grid: Grid,
    dataset: Dataset,
    layout: Layout | None = None,
    merges: Sequence[Merge] = (),
    without: frozenset[int] = frozenset(),
) -> Header | None:
    """The header that names most columns of the contract; None when nothing stands in the grid.

    `layout` (the contract's own by default) may say where it is and how many rows it has;
    `without`: columns left out, as hidden ones are.
    """
    layout = layout or dataset.layout
    everything = dict(grid)
    shown = [_shown(m, without, everything) for m in merges] if without else list(merges)
    grid = [
        (row, {c: t for c, t in cells.items() if c not in without and t.strip()})
        for row, cells in everything.items()
    ]
    grid = [(row, cells) for row, cells in grid if cells]
    if not grid:
        return None
    at = {row: i for i, (row, _) in enumerate(grid)}
    spans, all_spans = _spans(shown, grid), _spans(merges, grid)

    def joined(rows: Grid) -> tuple[tuple[int, ...], tuple[tuple[str, ...], ...]]:
        """What is hidden still tells where a group begins, and is left out then."""
        if not without:
            return join(rows, spans)
        whole = [(r, {c: t for c, t in everything[r].items() if t.strip()}) for r, _ in rows]
        columns, parts = join(whole, all_spans)
        kept = [(c, p) for c, p in zip(columns, parts, strict=True) if c not in without]
        return tuple(c for c, _ in kept), tuple(p for _, p in kept)

    starts = range(min(len(grid), headers.LOOK))
    if layout.header_at:
        starts = range(at[layout.header_at], at[layout.header_at] + 1) if layout.header_at in at else range(0)
    best: tuple[tuple[int, bool, int, int, int], int, int] | None = None
    wanted = _wanted(dataset, layout)
    for start in starts:
        for count in [layout.header_rows] if layout.header_rows else range(1, MOST_ROWS + 1):
            rows = grid[start : start + count]
            if len(rows) < count or rows[-1][0] - rows[0][0] != count - 1:
                break
            if count > 1 and not layout.header_rows and like_data(rows[-1][1].values()):
                break
            if count > 1 and _hangs(rows, spans):
                break
            columns, parts = joined(rows)
            score = _score(parts, wanted, layout)
            several = len(columns) > 1  # a title may be called what a column is
            # Of rows that name nothing the widest is shown, not a title that is merged over the table.
            width = 0 if score or count > 1 else len({tidy(t) for t in rows[0][1].values()})
            rank = (score, several, width, -count, -start)
            if best is None or rank > best[0]:
                best = rank, start, count
    if best is None:
        return None
    (score, *_), start, count = best
    if not layout.header_rows and score:
        count = _downward(grid, start, count, spans)
        if not layout.header_at:
            start, count = _upward(grid, start, count, spans)
    rows = grid[start : start + count]
    columns, parts = joined(rows)
    columns, parts = _with_nameless(columns, parts, grid[start + count :], dataset, layout)
    after = grid[start + count] if start + count < len(grid) else None
    numbering = after is not None and score > 0 and is_numbering(after[1], len(columns))
    last = rows[-1][0]
    return Header(
        rows[0][0],
        last,
        (after[0] if numbering and after else last) + 1,
        columns,
        tuple(JOINED.join(p) for p in parts),
        parts,
        tuple(text for _, cells in grid[:start] for text in _title(cells)),
        numbering,
        score,
    )


def nameless(position: int) -> str:
    """What a column without a header is called: `Cột A`, by the letter a spreadsheet shows above it."""
    return f"Cột {letters(position)}"


def _with_nameless(
    columns: tuple[int, ...],
    parts: tuple[tuple[str, ...], ...],
    body: Grid,
    dataset: Dataset,
    layout: Layout,
) -> tuple[tuple[int, ...], tuple[tuple[str, ...], ...]]:
    """The columns, and those without a header that are asked for by their letter."""
    asked = {*layout.columns.values(), *(h for column in dataset.columns for h in column.headers)}
    told = {ordinal(found.group(1)) for text in asked if (found := _NAMELESS.fullmatch(text))}
    more = {c for c in told if c not in columns and any(c in cells for _, cells in body)}
    if not more:
        return columns, parts
    said = dict(zip(columns, parts, strict=True)) | {c: (nameless(c),) for c in more}
    return tuple(sorted(said)), tuple(said[c] for c in sorted(said))


def join(
    rows: Grid, spans: Mapping[int, Sequence[Merge]]
) -> tuple[tuple[int, ...], tuple[tuple[str, ...], ...]]:
    """The columns of some header rows, and each column's texts from top to bottom; merged cells
    speak for all they cover, and where nothing is merged a blank belongs to the text on its left."""
    texts = [dict(cells) for _, cells in rows]
    first, last = rows[0][0], rows[-1][0]
    own = set().union(*texts)
    for i, (row, cells) in enumerate(rows):
        merged = [m for m in spans.get(row, ()) if m.left in cells and m.top == row]
        for merge in merged:
            for r in range(max(merge.top, first), min(merge.bottom, last) + 1):
                for col in range(merge.left, min(merge.right, merge.left + 2_000) + 1):
                    texts[r - first].setdefault(col, cells[merge.left])
        if i < len(rows) - 1 and not any(m.right > m.left for m in merged):
            _fill(texts, i)
    columns = tuple(
        sorted(own | {c for t in texts for c in t if any(c in u for u in texts[-1:]) or c in own})
    )
    parts = []
    for col in columns:
        said: list[str] = []
        for t in texts:
            text = tidy(t.get(col, ""))
            if text and (not said or said[-1] != text):
                said.append(text)
        parts.append(tuple(said))
    return columns, tuple(parts)


def _fill(texts: list[dict[int, str]], at: int) -> None:
    """`Tháng 1, ‹blank›, Tháng 2` over `KH, TH, KH`: the blank is Tháng 1 as well."""
    below = set().union(*texts[at + 1 :])
    group, before = None, -1
    for col in sorted(below | set(texts[at])):
        if col in texts[at]:
            group = texts[at][col] if col in below else None
        elif group is not None and col == before + 1:
            texts[at][col] = group
        else:
            group = None
        before = col


def tidy(text: str) -> str:
    """A header's text on one line, composed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_numbering(cells: Mapping[int, str], width: int) -> bool:
    """`(1) (2) (3)` or `A B 1 2 3=1+2`: the row that numbers the columns."""
    told = [cells[c].strip() for c in sorted(cells)]
    if len(told) < 3 or len(told) * 3 < width * 2 or not all(_NUMBERING.fullmatch(t) for t in told):
        return False
    if len(told) < 5 and all(t.isdecimal() for t in told):  # 1, 2, 3 may be a record
        return False
    marks = [re.sub(r"[()\s]|=.*", "", t) for t in told]
    alphas = [m for m in marks if m.isalpha()]
    digits = [int(m) for m in marks if m.isdecimal() and len(m) < 10]
    if marks != [*alphas, *map(str, digits)] and [m.lstrip("0") for m in marks] != [
        *alphas,
        *map(str, digits),
    ]:
        return False
    return all(b - a == 1 for a, b in pairwise(digits)) and alphas == sorted(alphas)


def like_data(texts: Iterable[str]) -> bool:
    """More figures than a header has."""
    cells = [t.strip() for t in texts if t.strip()]
    figures = sum(bool(re.fullmatch(r"[-+−(]?[\d][\d.,/:\s%-]*\)?", c)) for c in cells)
    return bool(cells) and figures * 3 >= len(cells)


def _hangs(rows: Grid, spans: Mapping[int, Sequence[Merge]]) -> bool:
    """A lone text over the first column of a row of headers is a title, not a heading of that column."""
    (row, cells), (_, below) = rows[0], rows[1]
    at = next(iter(cells))
    if len(cells) > 1 or len(below) < 3 or at != min(below):
        return False
    return not any(m.left == at and m.bottom > row for m in spans.get(row, ()))


def _spans(merges: Sequence[Merge], grid: Grid) -> dict[int, list[Merge]]:
    first, last = grid[0][0], grid[-1][0]
    out: dict[int, list[Merge]] = {}
    for merge in merges:
        if first <= merge.top <= last:
            out.setdefault(merge.top, []).append(merge)
    return out


def _shown(merge: Merge, without: frozenset[int], rows: dict[int, Mapping[int, str]]) -> Merge:
    """A merged cell that begins in hidden columns speaks from the first column that is seen."""
    if merge.left not in without or merge.top not in rows or not rows[merge.top].get(merge.left, "").strip():
        return merge
    left = next((c for c in range(merge.left, merge.right + 1) if c not in without), None)
    if left is None:
        return merge
    rows[merge.top] = {**rows[merge.top], left: rows[merge.top][merge.left]}
    return merge._replace(left=left)


def _wanted(dataset: Dataset, layout: Layout) -> list[frozenset[str]]:
    """For each column of the contract, the bare headers it goes by."""
    out = []
    for column in dataset.columns:
        told = layout.columns.get(column.name)
        names = [told, told.rpartition(JOINED)[2]] if told else [*column.headers, column.name]
        out.append(frozenset(headers.bare(n) for n in names if n))
    out += [frozenset({headers.bare(e.header)}) for e in layout.fixed if e.header]
    return out


def _score(parts: Sequence[tuple[str, ...]], wanted: list[frozenset[str]], layout: Layout) -> int:
    names = {JOINED.join(p): p for p in parts if p}
    if layout.unpivot is not None:
        turned = unpivoted(list(names), layout)
        rest = [text for n, p in names.items() if n not in turned for text in (n, p[-1])]
        return headers.fit(rest, wanted) + len(turned)
    return headers.fit([text for n, p in names.items() for text in dict.fromkeys((n, p[-1]))], wanted)


def unpivoted(names: Sequence[str], layout: Layout) -> list[str]:
    """Of joined names, those that the layout turns into rows."""
    unpivot = layout.unpivot
    if unpivot is None:
        return []
    if isinstance(unpivot.columns, str):
        return [n for n, hit in zip(names, matching(unpivot.columns, names), strict=True) if hit]
    listed = {headers.bare(c) for c in unpivot.columns}
    return [n for n in names if headers.bare(n) in listed]


def _downward(grid: Grid, start: int, count: int, spans: Mapping[int, Sequence[Merge]]) -> int:
    """A header goes on below: where its cells are merged down or over several, or left open."""
    while count < MOST_ROWS and start + count < len(grid):
        row, cells = grid[start + count - 1]
        below, under = grid[start + count]
        if below != row + 1 or like_data(under.values()) or is_numbering(under, len(cells)):
            break
        here = [m for r in range(grid[start][0], row + 1) for m in spans.get(r, ())]
        down = any(m.bottom > row and m.left in grid[start + m.top - grid[start][0]][1] for m in here)
        across = [m for m in here if m.top == row and m.right > m.left]
        split = any(sum(m.left <= c <= m.right for c in under) >= 2 for m in across)
        open_ = (
            not here
            and any(c not in cells and c < max(cells) + 2 for c in under)
            and any(c not in under for c in cells)
            and sum(c in cells for c in under) >= 1
            and len(under) >= 2
            and not set(cells) >= set(under)
        )
        if not (down or split or open_):
            break
        count += 1
    return count


def _upward(grid: Grid, start: int, count: int, spans: Mapping[int, Sequence[Merge]]) -> tuple[int, int]:
    """A row of groups above the header belongs to it; a title over the whole width does not."""
    while count < MOST_ROWS and start:
        above, over = grid[start - 1]
        row, cells = grid[start]
        groups = [
            m for m in spans.get(above, ()) if m.right > m.left and m.left in over and m.bottom == above
        ]
        width = max(cells) - min(cells) + 1
        if (
            above != row - 1
            or not groups
            or any(m.right - m.left + 1 >= 0.9 * width for m in groups)
            or any(_ASIDE.match(t.strip()) for t in over.values())
            or not all(any(m.left <= c <= m.right for c in cells) for m in groups)
        ):
            break
        start, count = start - 1, count + 1
    return start, count


def _title(cells: Mapping[int, str]) -> list[str]:
    texts = [tidy(cells[c]) for c in sorted(cells)]
    return [*texts, " ".join(texts)] if len(texts) > 1 else texts
