"""Which column of a file is which column of the contract."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tinh.packs.api import Column, Dataset
from tinh.sources.errors import DuplicateHeader, MissingColumns, NoHeader, SideBySide, WrongFile

LOOK = 30  # a header stands within the first rows, below titles at most
_LONGEST = 1000  # characters of a header
_SPACES = re.compile(r"[\s_\-​]+")
_ASIDE = re.compile(r"\s*[(\[].*?[)\]]\s*$")
_MARK = re.compile(r"[*]*|\d{1,2}|[^\W\d_]|[ivxIVX]{1,4}|\d{1,2}\s*=.{1,40}")
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_TELLS = re.compile(r"^\s*(đơn vị tính|đơn vị|đvt|tính bằng|unit)\s*[:.]?\s*", re.IGNORECASE)
_CHANGES = re.compile(  # words that make another figure of it
    r"\b(ke hoach|kh|du kien|du toan|du bao|uoc|luy ke|cong don|cung ky|nam truoc|ky truoc|nam sau|"
    r"thang truoc|quy truoc|ty le|ti le|ty trong|so voi|tang|giam|binh quan|muc tieu|"
    r"plan|planned|target|forecast|estimate[ds]?|cumulative|previous|share|percent)\b|%"
)
_SCALES = re.compile(
    r"\b(nghin|ngan|trieu|(?<!cong )t[yi]|chuc|thousands?|millions?|billions?|10+)\b|[.,]000"
)


@lru_cache(8192)
def folded(text: str) -> str:
    """One spelling for what people write alike: NFC, no case, no spaces."""
    return _SPACES.sub("", unicodedata.normalize("NFC", text).casefold())


@lru_cache(8192)
def bare(text: str) -> str:
    """`folded` without diacritics."""
    if text.isascii():
        return folded(text)
    plain = unicodedata.normalize("NFD", folded(text)).replace("đ", "d")
    return "".join(c for c in plain if not unicodedata.combining(c))


def _without_aside(text: str) -> str:
    return bare(_ASIDE.sub("", text) if text.rstrip()[-1:] in (")", "]") else text)


def _ignorable(header: str, column: Column) -> bool:
    """An aside says nothing that changes a figure: a mark like `(1)`, or the unit the contract has."""
    found = _ASIDE.search(header)
    aside = found.group().strip().strip("()[]") if found else ""
    if not aside or _MARK.fullmatch(aside.strip()):
        return True
    if column.logical not in ("number", "integer") or (column.unit and _unit(aside) == _unit(column.unit)):
        return True
    words = " ".join(bare(w) for w in aside.split())
    return not (column.unit or _CHANGES.search(words) or _SCALES.search(words) or _YEAR.search(aside))


def _unit(text: str) -> str:
    """`Đơn vị: m²` as `m2`."""
    return bare(_TELLS.sub("", unicodedata.normalize("NFKC", text)))


def _qualified(parts: Sequence[str], column: Column) -> bool:
    """The groups above a header speak of a plan, of shares or of another year."""
    above = " ".join(bare(w) for said in parts[:-1] for w in said.split())
    return column.logical in ("number", "integer") and bool(_CHANGES.search(above))


_SPELLINGS: tuple[Callable[[str], str], ...] = (str, str.strip, folded, bare, _without_aside)


@dataclass(frozen=True, slots=True)
class Match:
    """`columns` maps contract names to positions in the file, left to right."""

    columns: dict[str, int]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]


def match(
    found: Sequence[str], dataset: Dataset, filename: str, parts: Sequence[Sequence[str]] = ()
) -> Match:
    """Claim each header once, the strictest spelling first; two claims alike are refused.

    What the layout's `columns` maps comes before all; `parts` are the rows of a joined header, whose
    last one may stand for the whole when nothing else does.
    """
    columns: dict[str, int] = {}
    taken: set[int] = set()
    for mapped, told in dataset.layout.columns.items():
        hits = [p for p, header in enumerate(found) if header.strip() and bare(header) == bare(told)]
        if len(hits) > 1:
            exact = [p for p in hits if found[p] == told]
            if len(exact) != 1:
                twice = ", ".join(f"“{found[p]}”" for p in hits)
                raise _twice(found, filename, mapped, twice)
            hits = exact
        if hits and any(c.name == mapped for c in dataset.columns):
            columns[mapped] = hits[0]
            taken.add(hits[0])
    for spell in _SPELLINGS:
        at: dict[str, list[int]] = {}
        for position, header in enumerate(found):
            if position not in taken and header.strip():
                at.setdefault(spell(header), []).append(position)
        for column in dataset.columns:
            if column.name in columns:
                continue
            wanted = dict.fromkeys(spell(h) for h in (*column.headers, column.name))
            hits = [p for w in wanted for p in at.get(w, []) if p not in taken]
            if spell is _without_aside:
                hits = [p for p in hits if _ignorable(found[p], column)]
            if len(hits) > 1:
                twice = ", ".join(f"“{found[p]}”" for p in hits)
                raise _twice(found, filename, column.name, twice)
            if hits:
                columns[column.name] = hits[0]
                taken.add(hits[0])
    for column in dataset.columns if parts else ():
        if column.name not in columns:
            spelled = {bare(h) for h in (*column.headers, column.name)}
            last = [
                p for p, said in enumerate(parts)
                if p not in taken and found[p] and len(said) > 1 and bare(said[-1]) in spelled
            ]  # fmt: skip
            rivals = [p for p, said in enumerate(parts) if len(said) > 1 and bare(said[-1]) in spelled]
            if len(last) == 1 and rivals == last and not _qualified(parts[last[0]], column):
                columns[column.name] = last[0]
                taken.add(last[0])
    return Match(
        dict(sorted(columns.items(), key=lambda item: item[1])),
        tuple(c.name for c in dataset.columns if c.name not in columns),
        tuple(h for p, h in enumerate(found) if p not in taken and h.strip()),
    )


def knower(dataset: Dataset) -> Callable[[str], bool]:
    """Tells whether a text is a header of the contract, in whatever spelling."""
    wanted = {bare(h) for c in dataset.columns for h in (*c.headers, c.name) if h}
    return lambda text: len(text) <= _LONGEST and (bare(text) in wanted or _without_aside(text) in wanted)


def fit(row: Sequence[str], wanted: Sequence[frozenset[str]]) -> int:
    """How many columns of the contract, each a set of bare headers, a row would name."""
    named = [cell for cell in row if 0 < len(cell) <= _LONGEST]
    cells = {without for cell in named for without in (bare(cell), _without_aside(cell))}
    return sum(not names.isdisjoint(cells) for names in wanted)


def _twice(found: Sequence[str], filename: str, column: str, twice: str) -> DuplicateHeader | SideBySide:
    """Headers that begin again as a whole are those of tables side by side."""
    said = [h.strip() for h in found if h.strip()]
    bares = [bare(h) for h in said]
    for count in (2, 3, 4, 5, 6):
        width, over = divmod(len(bares), count)
        if width > 1 and not over and bares == bares[:width] * count:
            return SideBySide(filename=filename, count=count, found=", ".join(said[:width])[:200])
    return DuplicateHeader(filename=filename, column=column, found=twice)


def find(rows: Sequence[Sequence[str]], dataset: Dataset) -> tuple[int, int]:
    """The row that looks most like the header, and how many columns it names."""
    wanted = [frozenset(bare(h) for h in (*c.headers, c.name) if h) for c in dataset.columns]
    scores = [fit(row, wanted) for row in rows[:LOOK]]
    best = max(scores, default=0)
    return (scores.index(best) if best else 0), best


def needed(dataset: Dataset) -> list[str]:
    """Columns a delivery cannot do without."""
    out = {c.name for c in dataset.columns if c.required} | set(dataset.key)
    out |= {binding.column for binding in (dataset.place, dataset.period) if binding}
    return [c.name for c in dataset.columns if c.name in out]


def require(found: Sequence[str], got: Match, dataset: Dataset, filename: str, quiet: bool = False) -> None:
    """Refuse a file that cannot be this dataset's, before its body is read. `quiet`: other columns
    are filled in another way, so that none need be found here."""
    expected = ", ".join(next((h for h in c.headers if h != c.name), c.name) for c in dataset.columns)
    shown = ", ".join(dict.fromkeys(h.strip()[:40] for h in found[:20] if h.strip())) or "∅"
    if not got.columns and not (quiet and not needed(dataset)):
        if _like_data(found):
            raise NoHeader(filename=filename, found=shown, expected=expected)
        raise _wrong(filename, dataset, shown, expected)
    wanted = set(needed(dataset))
    spoken = {c.name: [f"{h} ({c.name})" for h in c.headers if h != c.name] for c in dataset.columns}
    lacking = [next(iter(spoken[name]), name) for name in got.missing if name in wanted]
    if lacking and len(got.columns) * 5 < len(dataset.columns) and len(got.unknown) > len(got.columns):
        raise _wrong(filename, dataset, shown, expected)
    if lacking:
        raise MissingColumns(filename=filename, missing=", ".join(lacking), found=shown)


def content(dataset: Dataset) -> list[str]:
    """The columns that say something of what key, place and period name."""
    bound = {b.column for b in (dataset.place, dataset.period) if b} | set(dataset.key)
    return [c.name for c in dataset.columns if c.name not in bound]


def tells(found: Sequence[str], given: Collection[str], dataset: Dataset, filename: str) -> None:
    """Raises MissingColumns for a file that names things and says nothing of them, though no column of
    what it might say is required: its figures go by other names."""
    said = content(dataset)
    if not said or any(name in given for name in said):
        return
    spoken = {c.name: next((h for h in c.headers if h != c.name), c.name) for c in dataset.columns}
    shown = ", ".join(dict.fromkeys(h.strip()[:40] for h in found[:20] if h.strip())) or "∅"
    raise MissingColumns(filename=filename, missing=", ".join(spoken[name] for name in said), found=shown)


def _wrong(filename: str, dataset: Dataset, shown: str, expected: str) -> WrongFile:
    named = {f"dataset_{code}": dataset.name.in_(code) or dataset.id for code in ("vi", "en")}
    return WrongFile(filename=filename, found=shown, expected=expected, **named)


def _like_data(row: Sequence[str]) -> bool:
    cells = [c.strip() for c in row if c.strip()]
    told = sum(_like_value(c) for c in cells)
    return bool(cells) and told * 3 >= len(cells)


def _like_value(cell: str) -> bool:
    """`05443`, `3.9 km/h`; not `pm25`, and not the `Tháng 1 / Dân số` of two header rows."""
    digits = sum(ch.isdigit() for ch in cell)
    letters = sum(ch.isalpha() for ch in cell)
    return digits > 0 and digits * 2 >= letters and not cell.isidentifier()
