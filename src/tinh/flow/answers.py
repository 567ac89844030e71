"""What somebody sends back for held rows, matched to them row by row."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from tinh.flow.held import Left
from tinh.flow.lines import LINE, NUMBER, as_asked, chosen, read_id, same, spelt
from tinh.flow.mending_errors import AllMended, NoLines, NothingHeld, OtherReceipt, WrongLines
from tinh.flow.touched import faulty, touched, unshaped
from tinh.gate.api import DUPLICATE
from tinh.packs.api import PersonalRegister, masked
from tinh.sources.api import ROW, Table, read


def brought(path: Path, filename: str, left: Left, register: PersonalRegister) -> Table:
    """The rows of a spreadsheet of held rows that came back, as a delivery of their own whose
    `_row` is the row each one answers. Cells that nobody touched are the held ones to the last
    space, and so are those that came back masked; what cannot belong to a held row refuses the whole."""
    asked = as_asked(left.dataset)
    table = read(path, asked, filename)
    rows = _identified(table, filename, left)
    open_rows = set(left.frame.get_column(ROW))
    before = [r for r in rows if r in left.taken]
    again = pl.Series(ROW, [r if r in open_rows else None for r in rows], pl.UInt32)
    keep = again.is_not_null()
    frame = table.frame.drop([LINE, NUMBER, ROW], strict=False).with_columns(again).filter(keep)
    if frame.is_empty():
        raise _nothing(left, before)
    numbers = {n: m.filter(keep) for n, m in table.numbers.items()}
    torn = again.filter(table.frame.get_column(ROW).is_in(list(table.ragged)) & keep)
    wrong = pl.DataFrame([again, *(table.faulty[n].alias(n) for n in left.names if n in table.faulty)])
    frame = _unmasked(frame, left, register)
    frame, numbers, changed = _restored(frame, numbers, left)
    copies = _untouched_copies(left, frame, changed)
    notes = list(table.notes)
    notes += [f"mended-before:{spelt(before)}"] if before else []
    if copies:
        stay = ~frame.get_column(ROW).is_in(copies)
        frame, numbers = frame.filter(stay), {n: m.filter(stay) for n, m in numbers.items()}
        notes.append(f"copies-left:{spelt(copies)}")
        if frame.is_empty():
            raise _nothing(left, copies)
    changes = touched(frame, left)
    wrong = frame.select(ROW).join(wrong, on=ROW, how="left", maintain_order="left")
    masks = faulty(changes, left)
    for name in wrong.columns[1:]:
        masks[name] = masks[name] | wrong.get_column(name) if name in masks else wrong.get_column(name)
    return Table(
        frame, encoding=table.encoding, delimiter=table.delimiter, format=table.format,
        notes=tuple(notes), numbers=numbers, faulty=masks, ragged=(*unshaped(changes, left), *torn),
    )  # fmt: skip


def of_rows(left: Left, rows: Iterable[int], cells: pl.DataFrame | None = None) -> Table:
    """Held rows brought back as they are, or with the `cells` (`_row` and columns) put in. Neither
    mends a row's shape, nor a cell in error that nothing was put in for."""
    wanted = set(rows)
    frame = left.frame.filter(pl.col(ROW).is_in(wanted)).sort(ROW).with_columns(pl.col(ROW).cast(pl.UInt32))
    numbers = {n: _numeric(frame, n) for n in left.names}
    frame = frame.select(ROW, *left.names)
    torn = unshaped(touched(frame, left), left)
    if cells is not None:
        put = frame.select(ROW).join(cells, on=ROW, how="left", maintain_order="left")
        for name in (c for c in cells.columns if c != ROW):
            new = put.get_column(name)
            numbers[name] = numbers[name] & new.is_null()
            frame = frame.with_columns(pl.Series(name, new).fill_null(frame.get_column(name)))
    return Table(
        frame, format="held", numbers=numbers, faulty=faulty(touched(frame, left), left), ragged=torn
    )


def _identified(table: Table, filename: str, left: Left) -> list[int]:
    """The held row that each row of an answer is about; all that is wrong is told at once."""
    frame = table.frame
    known = set(left.first.get_column(ROW))
    if LINE in frame.columns:
        told = frame.get_column(LINE).fill_null("").str.strip_chars().to_list()
        ids = [read_id(text) for text in told]
        others = {found[0] for found in ids if found} - {left.stored.id}
        if others:
            raise OtherReceipt(found=", ".join(sorted(others)), receipt=left.stored.id)
        rows = [found[1] if found else None for found in ids]
    elif NUMBER in frame.columns:
        told = frame.get_column(NUMBER).cast(pl.String).fill_null("").str.strip_chars().to_list()
        whole = (text.removesuffix(".0") for text in told)
        rows = [int(text) if text.isdecimal() and len(text) < 10 else None for text in whole]
    else:
        raise NoLines(filename=filename)
    places = frame.get_column(ROW).to_list()
    faults: list[tuple[str, str, list[int]]] = [
        ("dòng thêm vào, không có mã", "rows without an id were added", _at(places, told, rows, empty=True)),
        ("mã dòng bị sửa", "the row id was changed", _at(places, told, rows, empty=False)),
        ("không phải dòng bị giữ của biên nhận này", "not held rows of this receipt",
         [r for r in rows if r is not None and r not in known]),
        ("một dòng gửi hai lần", "one row stands twice", _twice(rows)),
    ]  # fmt: skip
    bad = [(vi, en, at) for vi, en, at in faults if at]
    if bad:
        raise WrongLines(
            what_vi="; ".join(f"{vi}: {spelt(at)}" for vi, _, at in bad),
            what_en="; ".join(f"{en}: {spelt(at)}" for _, en, at in bad),
        )
    return [r for r in rows if r is not None]


def _at(places: list[int], told: list[str], rows: list[int | None], empty: bool) -> list[int]:
    """Where in the file rows stand that no held row can be found for."""
    return [p for p, text, row in zip(places, told, rows, strict=True) if row is None and (not text) is empty]


def _twice(rows: list[int | None]) -> list[int]:
    seen: set[int] = set()
    return [r for r in rows if r is not None and (r in seen or seen.add(r))]  # type: ignore[func-returns-value]  # add is the point


def _unmasked(frame: pl.DataFrame, left: Left, register: PersonalRegister) -> pl.DataFrame:
    """Cells that hold no more than the mask of what was held, as they were held."""
    held = frame.select(pl.col(ROW)).join(
        left.frame.with_columns(pl.col(ROW).cast(pl.UInt32)), on=ROW, how="left", maintain_order="left"
    )
    out = []
    for column in left.dataset.columns:
        if column.privacy is None or column.name not in frame.columns or column.name not in held.columns:
            continue
        kind = register.kinds.get(column.privacy.kind)
        pairs = zip(
            frame.get_column(column.name).to_list(), held.get_column(column.name).to_list(), strict=True
        )
        cells = [was if came and was and came.strip() == masked(was, kind) else came for came, was in pairs]
        out.append(pl.Series(column.name, cells, dtype=pl.String))
    return frame.with_columns(out)


def _restored(
    frame: pl.DataFrame, numbers: dict[str, pl.Series], left: Left
) -> tuple[pl.DataFrame, dict[str, pl.Series], pl.Series]:
    """Untouched cells as they were held; whether anything of a row was touched."""
    held = frame.select(ROW).join(
        left.frame.with_columns(pl.col(ROW).cast(pl.UInt32)), on=ROW, how="left", maintain_order="left"
    )
    place = left.dataset.place
    changed = pl.Series("changed", [False] * len(frame), dtype=pl.Boolean)
    out, marks = [frame.get_column(ROW)], {}
    for name in left.names:
        old, mark = held.get_column(name), _numeric(held, name)
        if name not in frame.columns:  # the column was left out of the answer
            out.append(old)
            marks[name] = mark
            continue
        both = pl.DataFrame(
            [frame.get_column(name).cast(pl.String).alias("new"), old.alias("old"), mark.alias("mark")]
        )
        kept = both.select(same(pl.col("new"), pl.col("old"), pl.col("mark"))).to_series().fill_null(False)
        new = pl.col("new")
        if place and place.column == name and place.by == "code":
            new = chosen(new)
        cell = both.with_columns(kept.alias("kept")).select(
            pl.when("kept").then("old").otherwise(new).alias(name)
        )
        out.append(cell.to_series())
        given = numbers.get(name)
        marks[name] = (kept & mark) | (~kept & given) if given is not None else kept & mark
        changed = changed | ~kept
    return pl.DataFrame(out), marks, changed


def _numeric(frame: pl.DataFrame, name: str) -> pl.Series:
    """Which cells of a held column came as numbers."""
    if "_numeric" not in frame.columns:
        return pl.Series(name, [False] * len(frame), dtype=pl.Boolean)
    return frame.get_column("_numeric").list.contains(name).fill_null(False).alias(name)


def _untouched_copies(left: Left, frame: pl.DataFrame, changed: pl.Series) -> list[int]:
    """Exact repeats that came back as they were: alone in an answer they would look fine."""
    only = (pl.col("_rules").list.len() == 1) & (pl.col("_rules").list.first() == DUPLICATE)
    copies = left.frame.filter(only).get_column(ROW).to_list()
    rows = frame.get_column(ROW)
    return rows.filter(rows.is_in(copies) & ~changed).to_list()


def _nothing(left: Left, rows: list[int]) -> Exception:
    if not rows:
        return NothingHeld(receipt=left.stored.id)
    by: dict[str, list[int]] = {}
    for row in rows:
        answer = left.taken.get(row)
        when = f"{answer.received_at:%Y-%m-%d %H:%M} UTC, {answer.sender} ({answer.id})" if answer else "="
        by.setdefault(when, []).append(row)
    told = "; ".join(f"{spelt(at)} – {when}" for when, at in by.items())
    return AllMended(what_vi=told, what_en=told)
