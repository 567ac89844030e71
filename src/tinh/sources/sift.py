"""Rows of a table that are not records: totals, group titles, repeated headers, footnotes.

Only what is told by its words or its form is left out, and counted; every other row is judged.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from tinh.sources import otherperiods
from tinh.sources.errors import SecondTable
from tinh.sources.fonts import READ
from tinh.sources.headers import bare
from tinh.sources.plainness import begins_between
from tinh.sources.table import ROW

MOST = 300_000  # rows looked at one by one
MANY = 60  # headers looked for in one column
TAIL = 200  # last rows among which footnotes and signatures are looked for
TOP = 60  # first rows that tell the column of running numbers
_SOUNDS = "bcfghj-np-tv-xz"  # letters that no mark, case or old font changes
_SIGNS = _SOUNDS + "0-9"
_ORDINAL = re.compile(r"[(]?(\d{1,4}([.]\d{1,3})*|[ivxlcdm]{1,6}|[a-zđ])[.)]?", re.IGNORECASE)
_ROMAN = re.compile(r"[(]?([IVXLCDM]{1,6}|[A-ZĐ])[.)]?")
_COMMUNE = re.compile(r"\s*(?:xã|phường|thị trấn|đặc khu|x[.]|p[.]|tt[.])\s*\S", re.IGNORECASE)
_UNIT = re.compile("huyen|thixa|thanhpho|tinh|khuvuc|vung|cum|nhom|xa|phuong|toan|donvi")
_SO_MANY = re.compile(rf":?\d+(?:{_UNIT.pattern})")
_BESIDE = re.compile(  # a rank before a word of totals, an aside and a sign behind it
    r"^[*+•\s-]*(?:\(?(?:[IVXLCDM]+|\d+|[A-ZĐ]|[a-zđ](?=[.)]))[.):\s*–-]+)?|[(\[].*?[)\]]|[:.;*=]+\s*$"
)
_WHOLE = re.compile("(?:grand|sub)?total|whole|overall|sum")
_FIGURE = re.compile(r"[-+−(]?\s*\d[\d.,/:\s%-]*\)?")
_MARKS = re.compile(
    r"^([(]?[*]+[)]?|ghi chu|chu thich|chu y|luu y|nguon(?: so lieu| du lieu)?[:\s]|lap bieu|"
    r"nguoi (?:lap|duyet|ky|kiem|tong)|can bo|ke toan|thu truong|giam doc|pho giam doc|chu tich|"
    r"pho chu tich|truong phong|chanh van phong|kt[.]|tl[.]|tm[.]|q[.]|noi nhan|xac nhan|[(]?ky[,\s]|"
    r"don vi bao cao|.{0,60},?\s*ngay\s.{0,12}thang\s.{0,12}nam|notes?[:.\s]|source[:\s]|"
    r"prepared by|so lieu (?:tren|den|tinh|bao)|bieu nay|[(]\d[)]\s*[a-z])"
)


@dataclass(frozen=True)
class Roles:
    """Which columns of the frame say what: `anchors` name the record (place first, then key),
    `figures` hold numbers and days, `mapped` belong to the contract."""

    texts: Sequence[str]
    mapped: frozenset[str]
    anchors: Sequence[str]
    place: str | None
    figures: frozenset[str]
    totals: frozenset[str]
    header: Mapping[str, frozenset[str]] = field(default_factory=dict)  # column → bare texts of its header
    merged: frozenset[int] = frozenset()  # rows with cells merged across
    under: frozenset[int] = frozenset()  # rows that took their place from a cell merged downwards
    filename: str = ""
    periods: Sequence[otherperiods.Given] = ()  # what titles gave of the period

    @cached_property
    def headers(self) -> frozenset[str]:
        """Bare texts of all headers."""
        return frozenset().union(*self.header.values())


def sift(frame: pl.DataFrame, roles: Roles) -> tuple[pl.DataFrame, Counter[str]]:
    """The rows that are records or may be, and how many of each kind were left out."""
    kept, counts, _ = sifted(frame, roles, footnotes(frame, roles), running(frame, roles))
    return kept, counts


def sifted(
    frame: pl.DataFrame,
    roles: Roles,
    notes: Collection[int],
    arabic: str | None,
    most: int = MOST,
    plain: bool = False,
) -> tuple[pl.DataFrame, Counter[str], int]:
    """The same of a stretch of a table, where others know its footnotes, its column of running numbers
    and how many rows may still be looked at one by one; and how many were. `plain`: no cell is blank
    that is not null."""
    out = set(notes)
    counts: Counter[str] = Counter()
    counts["footnotes"] = 0 if not out else int(frame[ROW].is_in(list(out)).sum())
    if (stranger := _stranger(frame, roles, arabic)) is not None and stranger[0] not in out:
        raise SecondTable(filename=roles.filename, row=stranger[0], found=stranger[1][:200])
    otherperiods.require(frame, roles.texts, roles.headers, roles.periods, out, roles.filename)
    rows = _suspects(frame, roles, arabic, plain).head(most)
    heading = _heading(frame, roles, arabic) if rows.height else frozenset()
    for row in rows.iter_rows(named=True):
        if row[ROW] in out:
            continue
        cells = {c: t.strip() for c in roles.texts if (t := row[c]) and t.strip()}
        kind = _kind(row[ROW], cells, roles, arabic) or ("totals" if row[ROW] in heading else "")
        if kind:
            out.add(row[ROW])
            counts[kind] += 1
    counts.pop("blank", None)
    if not out:
        return frame, counts, rows.height
    gone = pl.Series(sorted(out), dtype=frame.schema[ROW])
    return frame.filter(~pl.col(ROW).is_in(gone.implode())), counts, rows.height


def _suspects(frame: pl.DataFrame, roles: Roles, arabic: str | None, plain: bool) -> pl.DataFrame:
    """Rows that lack an anchor, or whose anchor is a word of totals or of the header itself."""
    tests: list[pl.Expr | pl.Series] = []
    for column in roles.anchors:
        words = roles.headers if len(roles.headers) <= MANY else roles.header.get(column, frozenset())
        text = pl.col(column)
        if not plain:
            tests.append(text.is_null() | (text.str.strip_chars() == ""))
        elif frame[column].null_count():
            tests.append(text.is_null())
        if (said := _labels(frame[column], roles.totals, words)) is not None:
            tests.append(said)
    if roles.under:
        tests.append(pl.col(ROW).is_in(sorted(roles.under)))
    if arabic is not None and (roles.anchors or roles.under):
        tests.append(~pl.col(arabic).fill_null("").str.contains(r"^\s*\d"))
    return frame.filter(pl.any_horizontal(tests)) if tests else frame.clear()


def _labels(cells: pl.Series, totals: frozenset[str], header: frozenset[str]) -> pl.Series | None:
    """Which cells say one of some words, however written; None where none does. Each cell speaks for
    itself, whatever stands around it, so that a part of a table tells the same as the whole."""
    words = totals | header
    distinct = cells.unique() if cells.head(4096).n_unique() < 2048 else cells
    if begins_between(distinct, "*", ":") and not any(c.isdecimal() for word in words for c in word):
        whole = distinct.cast(pl.Int64, strict=False)
        if not whole.null_count():
            return None  # a number alone says no word
    like = "|".join((*(_like(w, _SOUNDS, False) for w in totals), *(_like(w, _SIGNS, True) for w in header)))
    if not like:
        return None
    said = [
        t
        for t in distinct.filter(distinct.str.contains(like)).unique().to_list()
        if len(t) <= 120 and (is_total(t, words, False) or bare(t) in words)
    ]
    if not said:
        return None
    return cells.is_in(said).fill_null(False)


def _like(word: str, signs: str, alone: bool) -> str:
    """A pattern of all cells that may say a word: its consonants in their order."""
    between = f"[^{signs}]*"
    inner = between.join(re.findall(f"(?i)[{signs}]", word))
    return f"(?i:^{between}{inner}{between}$)" if alone else f"(?i:{inner})"


def _kind(number: int, cells: dict[str, str], roles: Roles, arabic: str | None) -> str:
    if not cells:
        return "blank"
    if roles.header and len(cells) >= 2 and all(bare(t) in roles.header.get(c, ()) for c, t in cells.items()):
        return "repeated-headers"
    if _another(cells, roles):
        raise SecondTable(filename=roles.filename, row=number, found=", ".join(cells.values())[:200])
    worded = [(c, t) for c, t in cells.items() if not _ORDINAL.fullmatch(t) and not _FIGURE.fullmatch(t)]
    if not worded:
        return "" if any(c in roles.mapped for c in cells) else "empty-rows"
    column, label = worded[0]
    watched = [roles.place] if roles.place else list(roles.anchors)
    lacking = [c for c in watched if c not in cells or c == column]
    unnumbered = arabic is not None and not cells.get(arabic, "")[:1].isdigit()
    if lacking and is_total(label, roles.totals, loose=unnumbered or column not in roles.anchors):
        return "totals"
    if number in roles.under and any(
        is_total(t, roles.totals, False) or _of_a_unit(t, roles) for _, t in worded
    ):
        return "totals"
    if len(worded) == 1 and all(_ORDINAL.fullmatch(t) for c, t in cells.items() if c != column):
        titled = number in roles.merged or column not in roles.mapped
        ranked = any(_ROMAN.fullmatch(t) for c, t in cells.items() if c == arabic)
        ranked = ranked or bool(re.match(r"[IVXLC]{1,5}[.)]\s|[A-ZĐ][.)]\s", label))
        if (titled or ranked) and not any(c in roles.figures for c in cells):
            return "groups"
    return ""


def _heading(frame: pl.DataFrame, roles: Roles, arabic: str | None) -> frozenset[int]:
    """Rows ranked `I` or `A` with rows ranked `1` under them: what they say is said again below, a
    district's sum as a rule. One that names a commune is the record, whatever it is made up of."""
    if arabic is None:
        return frozenset()
    ranks = frame.select(ROW, rank=pl.col(arabic).str.strip_chars()).filter(pl.col("rank") != "")
    letters = ranks["rank"].str.contains(f"^(?:{_ROMAN.pattern})$")
    if not letters.any():
        return frozenset()
    counted = ranks["rank"].str.contains(r"^\(?\d").shift(-1, fill_value=True)
    wanted = ranks.filter(letters & counted)[ROW]
    named = [c for c in (roles.place, *roles.anchors) if c and c != arabic][:1]
    rows = frame.filter(pl.col(ROW).is_in(wanted.implode())).select(ROW, *named)
    return frozenset(n for n, *said in rows.iter_rows() if not any(_COMMUNE.match(t or "") for t in said))


def _another(cells: dict[str, str], roles: Roles) -> bool:
    """The header of another table: two headers at least, and one in the column of another."""
    said = {c: bare(t) for c, t in cells.items() if c in roles.mapped and len(t) <= 120}
    known = [c for c, t in said.items() if t in roles.headers]
    if len(known) < 2 or len(known) * 2 < len(said):
        return False
    return any(
        said[c] not in roles.header.get(c, ()) and said[c] in roles.headers
        for c in known
        if c in roles.figures or len(known) > 2
    )


def _stranger(frame: pl.DataFrame, roles: Roles, arabic: str | None) -> tuple[int, str] | None:
    """The first row that heads a table of its own with words this table does not have: after a gap or
    a lone title, words in two places of figures at least, and figures under them."""
    figures = [c for c in roles.texts if c in roles.figures]
    if len(figures) < 2 or not 0 < frame.height <= MOST:
        return None
    if begins_between(frame[figures[0]], "*", "A"):  # after the brackets and before the letters
        return None
    first = pl.col(figures[0]).fill_null("")
    likely = frame.select(first.str.contains(r"^\s*(?:$|[(\p{L}])")).to_series().arg_true()
    if not len(likely):
        return None
    worded = [
        pl.col(c).str.strip_chars().str.contains(r"^\(?\p{L}[^\d]{3,}$").fill_null(False) for c in figures
    ]
    blank = [(pl.col(c).fill_null("").str.strip_chars() == "") for c in figures]
    told = pl.all_horizontal(w | b for w, b in zip(worded, blank, strict=True))
    if arabic is not None:
        told &= ~pl.col(arabic).fill_null("").str.contains(r"^\s*\d")
    heads = likely.filter(frame[likely].select((pl.sum_horizontal(worded) >= 2) & told).to_series()).head(
        TAIL
    )
    if not len(heads):
        return None
    texts = frame.select(ROW, *(pl.col(c).fill_null("").str.strip_chars() for c in roles.texts))
    for at in heads.to_list():
        row, before = texts.row(at, named=True), texts.row(at - 1, named=True) if at else None
        said = [bare(row[c]) for c in figures if row[c]]
        if before is None or at + 1 >= texts.height or len(set(said)) < len(said):
            continue
        apart = row[ROW] - before[ROW] > 1 or sum(bool(before[c]) for c in roles.texts) == 1
        below = texts.row(at + 1, named=True)
        if (
            apart
            and any(row[c] and below[c][:1].isdigit() for c in figures)
            and not roles.headers >= set(said)
        ):
            return row[ROW], ", ".join(t for c in roles.texts if (t := row[c]))
    return None


def _of_a_unit(label: str, roles: Roles) -> bool:
    """`Cộng huyện Đại Từ`, but not a commune called Cộng Hòa."""
    text = bare(label)
    return any(text.startswith(w) and _UNIT.match(text, len(w)) for w in roles.totals)


def is_total(label: str, words: frozenset[str], loose: bool) -> bool:
    """`Tổng cộng:`, `TỔNG SỐ (A+B)`; where no place stands in the row, also `Cộng huyện Đại Từ`. Rows are
    sifted before letters are mended, so a word of an old font counts as what it means."""
    return any(_says_total(way, words, loose) for way in _ways(label))


def _ways(text: str) -> list[str]:
    """A text as it is and as each old font would have it."""
    return [text] if text.isascii() else [text, *(read(text) for read in READ.values())]


def _says_total(label: str, words: frozenset[str], loose: bool) -> bool:
    text = bare(_BESIDE.sub("", label.strip()))
    if (many := _SO_MANY.search(text)) and text[: many.start()] in words:
        return True  # `Tổng cộng 3 xã, phường`
    first, *others = re.split(r"\s+[-–—/]\s+|\s*[\r\n/]\s*", label.strip())
    if others and bare(first) in words and all(bare(o) in words or _WHOLE.match(bare(o)) for o in others):
        return True  # `Tổng số - Total`
    return text in words or (
        loose and len(text) <= 60 and any(text.startswith(w) for w in words if len(w) > 3)
    )


def running(frame: pl.DataFrame, roles: Roles) -> str | None:
    """The column of running numbers, if the table has one."""
    for column in roles.texts[:3]:
        sample = [t.strip() for t in frame[column].head(TOP).to_list() if t and t.strip()]
        counted = sum(t.rstrip(".)").isdigit() for t in sample)
        if counted and sum(bool(_ORDINAL.fullmatch(t)) for t in sample) * 2 >= len(sample):
            return column
    return None


def footnotes(frame: pl.DataFrame, roles: Roles) -> list[int]:
    """Of the last rows, those from the first mark of a footnote or signature on, while no figures follow."""
    loose: list[tuple[int, bool]] = []
    for size in (4, TAIL):  # most tables end with a record
        loose = []
        ended = False
        for row in reversed(frame.tail(size).rows(named=True)):
            cells = {c: t.strip() for c in roles.texts if (t := row[c]) and t.strip()}
            if _record(cells, roles):
                ended = True
                break
            loose.append((row[ROW], any(_MARKS.match(_spoken(w)) for t in cells.values() for w in _ways(t))))
        if ended or frame.height <= size:
            break
    loose.reverse()
    begin = next((i for i, (_, marked) in enumerate(loose) if marked), len(loose))
    return [number for number, _ in loose[begin:]]


def _record(cells: Mapping[str, str], roles: Roles) -> bool:
    if roles.figures:
        return any(c in roles.figures and _FIGURE.fullmatch(t) for c, t in cells.items())
    return sum(c in roles.mapped for c in cells) * 2 >= len(roles.mapped) and len(cells) > 1


def _spoken(text: str) -> str:
    """Without diacritics and case, words kept apart."""
    return " ".join(bare(w) for w in text.split()) + " "
