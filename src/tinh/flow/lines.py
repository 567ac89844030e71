"""How a row of the spreadsheet of held rows is known again: its id, its titles, its cells."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from tinh.kit.ids import code_of
from tinh.packs.api import Column, Dataset
from tinh.sources.api import folded

LINE = "_line"
NUMBER = "_row_number"
LINE_TITLE = {"vi": "Mã dòng", "en": "Row id"}
NUMBER_TITLE = {"vi": "Dòng trong tệp đã gửi", "en": "Row in the file sent"}
WHY_TITLE = {"vi": "Lý do bị giữ", "en": "Why it is held"}
LONGEST = 32_767  # characters a cell of a workbook may hold
BETWEEN = " · "  # of a code and its name in a drop-down

_ID = re.compile(r"(r[0-9a-z]{13})-([0-9]{1,9})-([0-9a-z]{4})")
_CODED = re.compile(r"([0-9]{2,5}) · ")


def line_id(receipt: str, row: int) -> str:
    """The identification of a held row; its last part tells when somebody changed or dragged it."""
    return f"{receipt}-{row}-{code_of(receipt, str(row), length=4)}"


def read_id(text: str) -> tuple[str, int] | None:
    """The receipt and row of an identification; None when it is not whole."""
    found = _ID.fullmatch(text.strip().lower())
    if found is None:
        return None
    receipt, row = found.group(1), int(found.group(2))
    return (receipt, row) if line_id(receipt, row) == found.group(0) else None


def titles(dataset: Dataset, language: str) -> dict[str, str]:
    """A title for each column that people know and that names this column only."""
    own = (*LINE_TITLE.values(), *NUMBER_TITLE.values(), *WHY_TITLE.values(), LINE, NUMBER)
    taken = {folded(t) for t in own}
    out: dict[str, str] = {}
    for column in dataset.columns:
        others = {folded(h) for c in dataset.columns if c is not column for h in _headers(c)}
        for title in (column.label.in_(language), *column.headers[1:], *column.headers, column.name):
            if title and folded(title) not in taken | others:
                break
        else:
            title = column.name
        taken.add(folded(title))
        out[column.name] = title
    return out


def as_asked(dataset: Dataset) -> Dataset:
    """The contract as the header of an answer is read: plain, one sheet, with the row's id."""
    columns = [c.model_copy(update={"headers": _headers(c), "required": False}) for c in dataset.columns]
    line = Column(name=LINE, headers=(LINE, *LINE_TITLE.values()), logical="string")
    number = Column(name=NUMBER, headers=("_row", *NUMBER_TITLE.values()), logical="string")
    plain = type(dataset.layout)()
    return dataset.model_copy(
        update={
            "columns": (line, number, *columns),
            "key": (),
            "place": None,
            "period": None,
            "layout": plain,
        }
    )


def _headers(column: Column) -> tuple[str, ...]:
    spoken = (*column.headers, column.name, column.label.vi, column.label.en)
    return tuple(dict.fromkeys(h for h in spoken if h))


def shown(text: str | None) -> str:
    """A held cell as a workbook can hold it."""
    if text is None or len(text) <= LONGEST:
        return text or ""
    return f"{text[:60]}… ({len(text)})"


def same(new: pl.Expr, old: pl.Expr, number: pl.Expr) -> pl.Expr:
    """Whether a cell that came back is the held one: as it was, cut to what a workbook holds, with
    the apostrophe that keeps a spreadsheet from calculating text of a CSV file or, where it came
    as a `number`, the same number."""
    long = old.str.len_chars() > LONGEST
    cut = pl.when(long).then(pl.format("{}… ({})", old.str.slice(0, 60), old.str.len_chars())).otherwise(old)
    back, was = _plain(new), _plain(cut)
    guarded = back == _plain(pl.lit("'") + cut)
    return (back == was) | guarded.fill_null(False) | (number & (_float(new) == _float(old)).fill_null(False))


def _plain(text: pl.Expr) -> pl.Expr:
    told = text.fill_null("").str.normalize("NFC").str.replace_all("\r\n?", "\n")
    return told.str.replace_all(r"_x([0-9A-Fa-f]{4})_|[\x00-\x08\x0b\x0c\x0e-\x1f]", "").str.strip_chars()


def _float(text: pl.Expr) -> pl.Expr:
    """Numbers as programs write them: `12.50` and `12.5` are one, and so are `2E3` and `2000`."""
    number = text.str.contains(r"^-?\d+(\.\d+)?([eE][+-]?\d+)?$")
    return pl.when(number).then(text).cast(pl.Float64, strict=False)


def chosen(cell: pl.Expr) -> pl.Expr:
    """The code of an entry `05818 · Xã La Bằng` chosen from a drop-down; other text as it is."""
    return pl.coalesce(cell.str.extract(f"^{_CODED.pattern}", 1), cell)


def spelt(rows: Iterable[int], most: int = 12) -> str:
    """Row numbers for people: `2–5, 9`."""
    listed = sorted(set(rows))
    spans: list[list[int]] = []
    for row in listed:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    told = [str(a) if a == b else f"{a}–{b}" for a, b in spans[:most]]
    return ", ".join(told) + (" …" if len(spans) > most else "")
