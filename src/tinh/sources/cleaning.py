"""Declared repairs of raw cells. Every changed value is counted; nothing else is touched."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

import polars as pl

from tinh.packs.api import CleaningStep, Column, Dataset
from tinh.sources import dates, doubt, figures, lookalikes
from tinh.sources.table import AT, ROW, Cleaning, Table

_UNSEEN = "\u200b\u200c\u200d\ufeff\u2060"
_MARK = r"[\x{300}-\x{36f}]"
_NUMBER = r"([-+−]?(?:\d[\d.,' \x{a0}\x{202f}]*|[.,]\d+)(?:[eE][-+]?\d+)?)"
_ALIKE = {"µ": "[µμ]", "μ": "[µμ]", "°": "[°º˚]", "º": "[°º˚]", "²": "[²2]", "³": "[³3]"}
_HIDDEN = (
    r"[\x{200b}\x{2060}\x{feff}\x{ad}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}"
    r"\x{00}-\x{08}\x{0b}\x{0c}\x{0e}-\x{1f}\x{7f}-\x{9f}]"
)
_NOT_PLAIN = "[^!-~]"
_ODD_SPACE = r"[\x{a0}\x{1680}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]"
_LOOKS_LATIN = r"[\x{ff01}-\x{ff5e}\x{370}-\x{3ff}\x{400}-\x{4ff}ÐƉɖ]"
_LETTERS = (
    ("unseen", _HIDDEN, lookalikes.unseen),
    ("spaces", _ODD_SPACE, lookalikes.spaces),
    ("lookalikes", _LOOKS_LATIN, lookalikes.latin),
)
_BEHIND = r"\d.*[^\d]$"  # something stands behind a figure
_PARALLEL_FROM = 200_000
_AT_ONCE = 1 << 26  # bytes
_FIGURES = frozenset({"number", "percent"})
_TEXTUAL = frozenset({"code_map", "zero_pad", "null_words", "upper", "lower"})


def clean(table: Table, dataset: Dataset) -> Table:
    """Trim, compose and empty every text cell, then the steps the contract declares, in order.

    Trimming or composing that the contract does not declare marks the row as untidy.
    """
    frame = table.frame
    present = [c for c in dataset.columns if c.name in frame.columns]

    def run(column: Column) -> _Cleaned:
        numbers = table.numbers.get(column.name)
        if table.plain and not column.cleaning:
            done = _Cleaned(frame[column.name], [], None)
        else:
            done = _clean_column(frame[column.name], column, numbers, table.epoch_1904)
        if dataset.period is None or column.name != dataset.period.column:
            return done
        return replace(done, cells=doubt.period(done.cells, frame[column.name], numbers, table.format))

    if frame.height >= _PARALLEL_FROM:
        with ThreadPoolExecutor(4) as pool:
            done = list(pool.map(run, present))
    else:
        done = [run(column) for column in present]
    masks = [one.untidy for one in done if one.untidy is not None]
    counts = [
        Cleaning(f"{c.name}: {do}", n) for c, one in zip(present, done, strict=True) for do, n in one.counts
    ]
    return replace(
        table,
        frame=frame.select(ROW, *([AT] if AT in frame.columns else [])).with_columns(
            one.cells for one in done
        ),
        raw=table.raw if table.raw is not None else frame,
        cleaning=(*table.cleaning, *counts),
        untidy=frame[ROW].filter(reduce(or_, masks)) if masks else None,
    )


@dataclass(frozen=True)
class _Cleaned:
    cells: pl.Series
    counts: list[tuple[str, int]]
    untidy: pl.Series | None  # rows mended without the contract asking for it


def _clean_column(cells: pl.Series, column: Column, numbers: pl.Series | None, epoch_1904: bool) -> _Cleaned:
    if cells.dtype != pl.String:
        if not any(s.do in _TEXTUAL for s in column.cleaning):
            return _Cleaned(cells, [], None)
        cells = cells.cast(pl.String)
    plain = not column.cleaning and _plain(cells)
    if not plain and numbers is None and len(cells) > 20_000 and cells.head(4096).n_unique() < 1024:
        distinct = cells.unique().drop_nulls()
        if 0 < len(distinct) * 8 < len(cells):
            return _by_value(cells, distinct, column, epoch_1904)
    weights = pl.Series([1], dtype=pl.UInt32).new_from_index(0, len(cells))
    return _steps(cells, weights, column, numbers, epoch_1904, plain)


def _by_value(cells: pl.Series, distinct: pl.Series, column: Column, epoch_1904: bool) -> _Cleaned:
    """Values repeat: each step runs once per distinct value, weighed by how often it stands."""
    codes = cells.cast(pl.Enum(distinct)).to_physical()
    tally = codes.drop_nulls().value_counts().sort(codes.name)
    once = _steps(distinct.alias(cells.name), tally["count"], column, None, epoch_1904)
    if not any(n for _, n in once.counts) and once.cells.equals(distinct):
        return _Cleaned(cells, once.counts, None)
    untidy = None
    if once.untidy is not None:
        untidy = once.untidy.gather(codes.fill_null(0)) & codes.is_not_null()
    return _Cleaned(once.cells.gather(codes).alias(cells.name), once.counts, untidy)


def _steps(
    cells: pl.Series,
    weights: pl.Series,
    column: Column,
    numbers: pl.Series | None,
    epoch_1904: bool,
    plain: bool = False,
) -> _Cleaned:
    cells, counts, untidy = _tidy(cells, weights, column, plain)
    held: pl.Series | None = None
    if any(step.do == "number" for step in column.cleaning):
        cells, beside = _bare(cells, weights, column)
        counts += beside
    for step in column.cleaning:
        if step.do in _FIGURES:
            step, unsure = doubt.settled(cells, step, column.logical, numbers)
            if unsure is not None:
                held = unsure if held is None else held | unsure
            elif told := doubt.two_ways(cells, weights, step, column.logical, numbers):
                counts.append(told)
        after = _apply(cells, step, column, epoch_1904)
        if numbers is not None and step.do in _FIGURES:
            meant = step.model_copy(update={"decimal": ".", "group": "", "auto": False})
            as_number = _apply(cells, meant, column, epoch_1904) if step.do == "percent" else cells
            after = pl.select(pl.when(numbers).then(as_number).otherwise(after)).to_series()
        moved = int(weights.filter(cells.ne_missing(after)).sum())
        # What the default cleaning did under the same name is one step with it.
        at = next((i for i, (do, _) in enumerate(counts) if do == step.do), None)
        if at is None:
            counts.append((step.do, moved))
        else:
            counts[at] = (step.do, counts[at][1] + moved)
        cells = after.alias(column.name)
    if held is not None:
        cells = doubt.marked(cells, held)
    return _Cleaned(cells, counts, untidy)


def _bare(cells: pl.Series, weights: pl.Series, column: Column) -> tuple[pl.Series, list[tuple[str, int]]]:
    """Figures without what stands behind them: the contract's own unit, the mark of a footnote."""
    counts: list[tuple[str, int]] = []
    if not cells.str.contains(_BEHIND).any():
        return cells, counts
    value = pl.col(cells.name)
    steps = [("footnote_mark", figures.unmarked(value))]
    if column.unit.strip(" %") and all(step.do != "strip_unit" for step in column.cleaning):
        steps.append(("own_unit", value.str.replace(_unit_pattern((column.unit,)), "$n").str.strip_chars()))
    for name, mended in steps:
        after = cells.to_frame().select(mended.alias(cells.name)).to_series()
        moved = int(weights.filter(cells.ne_missing(after)).sum())
        if moved:
            counts.append((name, moved))
        cells = after
    return cells, counts


def _tidy(
    cells: pl.Series, weights: pl.Series, column: Column, plain: bool
) -> tuple[pl.Series, list[tuple[str, int]], pl.Series | None]:
    """The default cleaning; the mask says which cells it had to mend unasked."""
    declared = {step.do for step in column.cleaning}
    counts: list[tuple[str, int]] = []
    kept = sizes = cells.str.len_bytes()
    steps: list[tuple[str, pl.Series]] = []
    if not plain and not _plain(cells):
        ascii_only = sizes.sum() == cells.str.len_chars().sum()
        trimmed = cells.str.strip_chars()
        if not ascii_only:
            trimmed = trimmed.str.strip_chars(_UNSEEN)
        kept = trimmed.str.len_bytes()
        if kept.sum() != sizes.sum():
            steps.append(("trim", trimmed))
        if not ascii_only and cells.str.contains(_MARK).any():
            steps.append(("nfc", trimmed.str.normalize("NFC")))
        steps += _letters(steps[-1][1] if steps else cells, ascii_only)
    mask: pl.Series | None = None
    current = cells
    for name, after in steps:
        moved = (current.ne_missing(after)) & (after != "").fill_null(False)
        count = int(weights.filter(moved).sum())
        if count:
            counts.append((name, count))
            if name not in declared:
                mask = moved if mask is None else mask | moved
        current = after
    if kept.min() == 0:
        empty = (kept == 0).fill_null(False)
        counts.append(("empty", int(weights.filter(empty).sum())))
        current = pl.select(pl.when(~empty).then(current)).to_series()
    return current.alias(column.name), counts, mask


def _letters(cells: pl.Series, ascii_only: bool) -> list[tuple[str, pl.Series]]:
    """Unseen signs, odd spaces and look-alike letters, each only where a cell has one."""
    out: list[tuple[str, pl.Series]] = []
    for name, pattern, mend in _LETTERS:
        if ascii_only and name != "unseen":
            continue
        odd = cells.filter(cells.str.contains(pattern)).unique()
        changed = {cell: after for cell in odd.drop_nulls().to_list() if (after := mend(cell)) != cell}
        if changed:
            cells = cells.replace(list(changed), list(changed.values()))
            out.append((name, cells))
    return out


def _plain(cells: pl.Series) -> bool:
    """Whether no cell has a sign that trimming or mending of letters could change: seen at once, where
    they are not too much text."""
    size = cells.str.len_bytes().sum() or 0
    return size <= _AT_ONCE and not cells.str.join("").str.contains(_NOT_PLAIN).any()


def _apply(cells: pl.Series, step: CleaningStep, column: Column, epoch_1904: bool) -> pl.Series:
    value = pl.col(cells.name)
    frame = cells.to_frame()
    return frame.select(_expression(value, step, column, epoch_1904).alias(cells.name)).to_series()


def _expression(value: pl.Expr, step: CleaningStep, column: Column, epoch_1904: bool) -> pl.Expr:
    match step.do:
        case "trim":
            return value.str.strip_chars()
        case "nfc":
            return value.str.normalize("NFC")
        case "upper":
            return value.str.to_uppercase()
        case "lower":
            return value.str.to_lowercase()
        case "zero_pad":
            digits = value.str.contains(r"^\d+$")
            return pl.when(digits).then(value.str.zfill(step.width)).otherwise(value)
        case "null_words":
            words = sorted({w.strip().lower() for w in step.words})
            return pl.when(value.str.to_lowercase().is_in(words)).then(None).otherwise(value)
        case "code_map":
            return _code_map(value, step)
        case "strip_unit":
            return value.str.replace(_unit_pattern(step.units), "$n").str.strip_chars()
        case "number":
            return figures.number(value, step)
        case "percent":
            return figures.percent(value, step)
        case "date":
            return _date(value, step, column, epoch_1904)


def _unit_pattern(units: tuple[str, ...]) -> str:
    names = "|".join(_unit(u) for u in sorted(units, key=len, reverse=True) if u.strip())
    return rf"(?i)^(?P<n>{_NUMBER[1:-1]})\s*(?:{names})\.?$" if names else "^(?P<n>$)"


def _unit(unit: str) -> str:
    """A unit as a pattern: spaces anywhere, look-alike signs for one another."""
    return r"\s*".join(_ALIKE.get(c, re.escape(c)) for c in unit if not c.isspace())


def _code_map(value: pl.Expr, step: CleaningStep) -> pl.Expr:
    exact = dict(step.mapping)
    folded = {k.strip().casefold(): v for k, v in exact.items()}
    by_case = value.str.to_lowercase().replace_strict(
        list(folded), list(folded.values()), default=None, return_dtype=pl.String
    )
    by_exact = value.replace_strict(list(exact), list(exact.values()), default=None, return_dtype=pl.String)
    return pl.coalesce(by_exact, by_case, value) if exact else value


def _date(value: pl.Expr, step: CleaningStep, column: Column, epoch_1904: bool) -> pl.Expr:
    """Declared forms → ISO 8601; the first form that reads a value decides."""
    found: list[pl.Expr] = []
    for pattern in step.formats:
        if pattern == dates.SERIAL:
            found.append(dates.of_serial(value, column.logical == "timestamp", epoch_1904))
            continue
        form = dates.strptime(pattern)
        if form is None:
            continue
        form = dates.lenient(form)
        if not dates.has_time(form):
            read: pl.Expr = value.str.to_date(form, strict=False).cast(pl.String)
            if column.logical == "timestamp":
                read = read + "T00:00:00"
        elif dates.has_offset(form):
            moment = value.str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC")
            read = moment.dt.strftime("%Y-%m-%dT%H:%M:%S%.f+00:00")
        else:
            moment = value.str.to_datetime(form, strict=False, time_unit="us")
            read = moment.dt.strftime("%Y-%m-%dT%H:%M:%S%.f")
        found.append(read)
    return pl.coalesce(*found, value) if found else value
