"""From a sheet and its header to the contract's columns: what is mapped, fixed, unpivoted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from tinh.kit.errors import Text
from tinh.packs.api import Dataset, FixedColumn, Layout
from tinh.sources import cumulated, headers, otherperiods, scales
from tinh.sources.errors import FixedNotFound, HiddenColumns, MissingColumns, NothingToUnpivot, WrongFile
from tinh.sources.heading import JOINED, Header, unpivoted
from tinh.sources.making import Made, expressions, holes, made_of, spelt
from tinh.sources.patterns import taken
from tinh.sources.sheet import FAULT, NUMBER, PERCENT, TEXT, UNCOMPUTED, Merge, Sheet, letters, ordinal
from tinh.sources.sift import Roles
from tinh.sources.table import AT, ROW
from tinh.sources.titles import WHERE, from_titles, of_whole_year

_NUMBER, _FAULTY = "\x00n:", "\x00e:"  # masks that travel beside a column
_DEEPEST = 100_000  # rows that a merged cell speaks for


@dataclass(frozen=True)
class Place:
    """What stands beside the table: the sheet's name, the file's, the titles, the top cells."""

    sheet: str
    filename: str
    titles: Sequence[str]
    cells: Mapping[tuple[int, int], str]


@dataclass(frozen=True)
class Plan:
    """Which positions of the file go where. `got`: contract column → position; `turned`: positions
    that become rows, each with its name and the contract column its cells fill."""

    header: Header
    got: headers.Match
    fixed: Mapping[str, str]
    turned: Sequence[tuple[int, str, str]]
    unpivots: bool
    made: Sequence[Made] = ()

    @property
    def positions(self) -> list[int]:
        return list(self.header.columns)


def plan(header: Header, dataset: Dataset, place: Place, hidden: Sequence[str] = ()) -> Plan:
    """Match a header to the contract under its layout; refuses what cannot be this dataset's."""
    layout, filename = dataset.layout, place.filename
    fixed = _fixed(dataset, place)
    names = [""] * (max(header.columns, default=-1) + 1)
    parts: list[tuple[str, ...]] = [()] * len(names)
    for position, name, said in zip(header.columns, header.names, header.parts, strict=True):
        names[position], parts[position] = name, said
    turned: list[tuple[int, str, str]] = []
    if layout.unpivot is not None:
        turned = _turned(names, parts, dataset, {**fixed, **holes(layout)}, filename)
    taken_at = {position for position, _, _ in turned}
    rest = [n if p not in taken_at else "" for p, n in enumerate(names)]
    made = made_of(layout, names, filename)
    filled = {*fixed, *(m.entry.column for m in made), *(c for _, _, c in turned)}
    if layout.unpivot is not None:
        filled.add(layout.unpivot.names_to)
    open_ = [c for c in dataset.columns if c.name not in filled]
    asked = dataset.model_copy(update={"columns": tuple(open_)}) if filled else dataset
    got = headers.match(rest, asked, filename, parts)
    used = {names[m.position] for m in made}
    got = replace(got, unknown=tuple(n for n in got.unknown if n not in used))
    try:
        headers.require([n for n in names if n], got, asked, filename, quiet=bool(filled))
    except (MissingColumns, WrongFile):
        if hidden:
            back = headers.match([*rest, *hidden], asked, filename)
            lost = [c for c in headers.needed(asked) if c in back.columns and c not in got.columns]
            if lost:
                shown = ", ".join(f"“{([*rest, *hidden])[back.columns[c]]}”" for c in lost)
                raise HiddenColumns(filename=filename, missing=shown) from None
        raise
    headers.tells([n for n in names if n], {*got.columns, *filled}, dataset, filename)
    found = {c: names[p] for p, _, c in turned} | {c: names[p] for c, p in got.columns.items()}
    scales.require(found, header.titles, dataset, filename)
    cumulated.require(dataset, [*header.titles, *_named(dataset, place)], header.names, filename)
    return Plan(header, got, fixed, turned, layout.unpivot is not None, made)


def _named(dataset: Dataset, place: Place) -> list[str]:
    """The names of sheet and file that a column comes from."""
    used = {entry.source for entry in dataset.layout.fixed}
    return [text for source, text in (("sheet", place.sheet), ("filename", place.filename)) if source in used]


def _fixed(dataset: Dataset, place: Place) -> dict[str, str]:
    out: dict[str, str] = {}
    period = dataset.period
    yearly = period.column if period and period.every == "year" else ""
    for entry in dataset.layout.fixed:
        if entry.source == "column":
            continue  # told row by row
        if entry.source in ("title", "sheet", "filename"):
            said = from_titles(_texts(entry, place), entry, out, place.filename, WHERE[entry.source])
            if said is None:
                raise _not_found(entry, place)
            if entry.column == yearly and said.isdigit():
                of_whole_year(said, _texts(entry, place), place.filename, WHERE[entry.source])
            out[entry.column] = said
            continue
        for text in _texts(entry, place):
            found = taken(text, entry.pattern, entry.template, entry.mapping, out)
            if found:
                out[entry.column] = found
                break
        else:
            raise _not_found(entry, place)
    return out


def _texts(entry: FixedColumn, place: Place) -> Sequence[str]:
    match entry.source:
        case "sheet":
            return [place.sheet]
        case "filename":
            return [place.filename]
        case "title":
            return place.titles
        case "value":
            return [entry.value]
        case "column":
            return []
        case "cell":
            name = entry.cell.rstrip("0123456789")
            return [place.cells.get((int(entry.cell[len(name) :]), ordinal(name)), "")]


def _not_found(entry: FixedColumn, place: Place) -> FixedNotFound:
    where = WHERE.get(entry.source, Text(f"ô {entry.cell}", f"cell {entry.cell}"))
    texts = [t for t in _texts(entry, place) if t][:3]
    return FixedNotFound(
        filename=place.filename,
        column=entry.column,
        where_vi=where.vi,
        where_en=where.en,
        pattern=entry.pattern or "…",
        seen=" (" + "; ".join(f"“{t[:60]}”" for t in texts) + ")" if texts else "",
    )


def _turned(
    names: Sequence[str],
    parts: Sequence[tuple[str, ...]],
    dataset: Dataset,
    fixed: Mapping[str, str],
    filename: str,
) -> list[tuple[int, str, str]]:
    unpivot = dataset.layout.unpivot
    assert unpivot is not None
    hits = set(unpivoted([n for n in names if n], dataset.layout))
    out: list[tuple[int, str, str]] = []
    spelled = {headers.bare(h): c.name for c in reversed(dataset.columns) for h in (*c.headers, c.name)}
    for column, told in dataset.layout.columns.items():
        spelled[headers.bare(told)] = column
    for position, name in enumerate(names):
        if name not in hits:
            continue
        said = name
        target = unpivot.values_to
        if not target:
            target = spelled.get(headers.bare(parts[position][-1]), "")
            if not target or len(parts[position]) < 2:
                continue
            said = JOINED.join(parts[position][:-1])
        found = taken(said, unpivot.pattern, unpivot.template, unpivot.mapping, fixed)
        if found is None:
            found = taken(name, unpivot.pattern, unpivot.template, unpivot.mapping, fixed)
        if found is not None:
            out.append((position, found, target))
    if not out:
        shown = unpivot.columns if isinstance(unpivot.columns, str) else ", ".join(unpivot.columns)
        listed = ", ".join(n[:40] for n in names[:20] if n) or "∅"
        raise NothingToUnpivot(filename=filename, columns=shown, found=listed)
    return out


def spread(
    sheet: Sheet, header: Header, layout: Layout, single: frozenset[int] = frozenset()
) -> tuple[pl.DataFrame, Counter[str], pl.Series]:
    """The body of a sheet as a frame: ROW, a text column `c<position>` for each of the header's
    columns, masks of numbers and of faulty cells beside those that have any; what was hidden or
    merged is counted. A merged cell speaks for all rows it covers, but in the columns `single`: a
    figure is told once. The last answer: the faulty cells' texts."""
    counts: Counter[str] = Counter()
    cells = sheet.cells.filter(pl.col("row") >= header.body)
    if layout.hidden == "skip":
        rows = sheet.hidden_rows
        if len(rows):
            inside = cells["row"].is_in(rows.implode())
            counts["hidden-rows"] = cells.filter(inside)["row"].n_unique()
            cells = cells.filter(~inside)
    wanted = set(header.columns)
    inside = cells["row"].filter(cells["col"].is_in(sorted(wanted)))
    rows = inside.unique().sort()
    counts["outside-rows"] = cells["row"].n_unique() - len(rows)
    number = rows.to_numpy()
    columns: list[pl.Series] = [rows.alias(ROW)]
    parts = {int(k[0]): v for k, v in cells.partition_by("col", as_dict=True).items() if int(k[0]) in wanted}
    faults = cells.filter((pl.col("kind") >= FAULT) & pl.col("col").is_in(list(wanted)))
    counts["error-cells"] = faults.filter(pl.col("kind") == FAULT).height
    counts["uncomputed"] = faults.filter(pl.col("kind") == UNCOMPUTED).height
    fills = _merged(sheet.merges, header, parts)
    for position in header.columns:
        part = parts.get(position)
        if part is None:
            columns.append(pl.Series(f"c{position}", [None], pl.String).new_from_index(0, len(rows)))
            continue
        taken_at = np.full(len(rows), -1, np.int64)
        taken_at[np.searchsorted(number, part["row"].to_numpy())] = np.arange(part.height)
        for merge in () if position in single else fills.get(position, ()):
            low, high = np.searchsorted(number, [merge.top, merge.bottom + 1])
            if low == len(number) or number[low] != merge.top or taken_at[low] < 0:
                continue
            if part["kind"][int(taken_at[low])] == TEXT:
                under = taken_at[low:high]
                counts["merged-cells"] += int((under < 0).sum())
                under[under < 0] = taken_at[low]
        pick = pl.Series(taken_at)
        pick = pl.select(pl.when(pick >= 0).then(pick)).to_series().cast(pl.UInt32)
        columns.append(part["text"].gather(pick).alias(f"c{position}"))
        kinds = part["kind"]
        for name, mask in (
            (_NUMBER, (kinds == NUMBER) | (kinds == PERCENT)),
            (_FAULTY, kinds >= FAULT),
        ):
            if mask.any():
                columns.append(mask.gather(pick).fill_null(False).alias(f"{name}c{position}"))
    return pl.DataFrame(columns), counts, faults["text"]


def _merged(
    merges: Sequence[Merge], header: Header, parts: Mapping[int, pl.DataFrame]
) -> dict[int, list[Merge]]:
    """Cells merged downwards in the body: their text counts for each row they cover."""
    out: dict[int, list[Merge]] = {}
    for merge in merges:
        deep = merge.bottom - merge.top
        if merge.top >= header.body and merge.left in parts and 0 < deep <= _DEEPEST:
            out.setdefault(merge.left, []).append(merge)
    return out


def amounts(plan: Plan, dataset: Dataset) -> frozenset[int]:
    """Positions that hold amounts, and neither place, period nor key: a merge does not repeat them."""
    speaking = {b.column for b in (dataset.place, dataset.period) if b} | set(dataset.key)
    counted = {c.name for c in dataset.columns if c.logical in ("number", "integer")} - speaking
    told = [(n, p) for n, p in plan.got.columns.items()] + [(n, p) for p, _, n in plan.turned]
    return frozenset(p for n, p in told if n in counted)


def roles_of(plan: Plan, dataset: Dataset, merges: Sequence[Merge] = (), filename: str = "") -> Roles:
    """What the columns of a frame mean to the sifting of its rows."""
    header, got = plan.header, plan.got.columns
    logical = {c.name: c.logical for c in dataset.columns}
    figures = {f"c{p}" for n, p in got.items() if logical[n] in ("number", "integer", "date", "timestamp")}
    figures |= {f"c{p}" for p, _, _ in plan.turned}
    wanted = [b.column for b in (dataset.place, dataset.period) if b] + list(dataset.key)
    wanted += [c.name for c in dataset.columns if c.required]
    told = {m.entry.column: m.position for m in plan.made} | dict(got)
    anchors = [f"c{told[n]}" for n in dict.fromkeys(wanted) if n in told]
    if not anchors:
        anchors = [f"c{p}" for p in list(got.values())[:1]]
    place = f"c{got[dataset.place.column]}" if dataset.place and dataset.place.column in got else None
    across = {m.top for m in merges if m.right > m.left and m.top >= header.body}
    named = {int(c[1:]) for c in ([place] if place else anchors)}
    under = {
        row
        for m in merges
        if m.left in named and m.top >= header.body and m.bottom - m.top <= _DEEPEST
        for row in range(m.top + 1, m.bottom + 1)
    }
    return Roles(
        texts=[f"c{p}" for p in header.columns],
        mapped=frozenset(f"c{p}" for p in (*told.values(), *(t[0] for t in plan.turned))),
        anchors=anchors,
        place=place,
        figures=frozenset(figures),
        totals=frozenset(headers.bare(w) for w in dataset.layout.totals),
        header={
            f"c{p}": frozenset(headers.bare(t) for t in (*said, JOINED.join(said)) if t)
            for p, said in zip(header.columns, header.parts, strict=True)
        },
        merged=frozenset(across),
        under=frozenset(under),
        filename=filename,
        periods=otherperiods.given(dataset, plan.fixed),
    )


def settled(frame: pl.DataFrame, plan: Plan, dataset: Dataset, sheet: str) -> tuple[pl.DataFrame, int]:
    """The frame under the contract's names (masks beside), unpivoted where the layout says so; and
    how many empty cells made no row."""
    names = {p: n for n, p in plan.got.columns.items()}
    base = [pl.col(ROW), *_picked(frame, names)]
    base += [pl.lit(v, pl.String).alias(n) for n, v in plan.fixed.items() if n in _names(dataset)]
    made = expressions(plan.made, plan.fixed)
    base += [made[n] for n in made if n in _names(dataset)]
    if not plan.unpivots:
        return frame.select(base), 0
    unpivot = dataset.layout.unpivot
    assert unpivot is not None
    groups: dict[str, dict[int, str]] = {}
    for position, name, target in plan.turned:
        groups.setdefault(name, {})
        if target in groups[name].values():  # the same name twice: its own rows
            name = f"{name}\x00{position}"
            groups[name] = {}
        groups[name][position] = target
    frames, dropped = [], 0
    for order, (name, targets) in enumerate(groups.items()):
        first = min(targets)
        at = (pl.lit(sheet + letters(first)) + pl.col(ROW).cast(pl.String)).alias(AT)
        part = frame.select(
            *base,
            spelt(name.partition("\x00")[0], made).alias(unpivot.names_to),
            *_picked(frame, targets),
            at,
            pl.lit(order, pl.UInt32).alias("\x00order"),
        )
        if unpivot.drop_empty:
            blank = [
                pl.col(t).is_null() | (pl.col(t).str.strip_chars() == "")
                for t in dict.fromkeys(targets.values())
            ]
            kept = part.filter(~pl.all_horizontal(blank))
            dropped += part.height - kept.height
            part = kept
        frames.append(part)
    whole = pl.concat(frames, how="diagonal_relaxed").sort(ROW, "\x00order").drop("\x00order")
    return whole, dropped


def _names(dataset: Dataset) -> frozenset[str]:
    return frozenset(c.name for c in dataset.columns)


def _picked(frame: pl.DataFrame, names: Mapping[int, str]) -> list[pl.Expr]:
    out = []
    for position, name in names.items():
        out.append(pl.col(f"c{position}").alias(name))
        for mark in (_NUMBER, _FAULTY):
            if f"{mark}c{position}" in frame.columns:
                out.append(pl.col(f"{mark}c{position}").alias(f"{mark}{name}"))
    return out


def masks(frame: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, pl.Series], dict[str, pl.Series]]:
    """The frame without its masks, the masks of numbers, the masks of faulty cells."""
    numbers = {n[len(_NUMBER) :]: frame[n].fill_null(False) for n in frame.columns if n.startswith(_NUMBER)}
    faulty = {n[len(_FAULTY) :]: frame[n].fill_null(False) for n in frame.columns if n.startswith(_FAULTY)}
    kept = [n for n in frame.columns if not n.startswith("\x00")]
    return frame.select(kept), numbers, faulty
