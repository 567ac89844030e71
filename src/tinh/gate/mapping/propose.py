"""From a first file and a contract to a layout: what is what, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from tinh.gate.mapping import beside, doubts, named, parted, wide
from tinh.gate.mapping.assign import assigned, pairs
from tinh.gate.mapping.contents import Contents
from tinh.gate.mapping.model import Match, Proposal
from tinh.gate.mapping.names import Names
from tinh.gate.mapping.periods import shorter
from tinh.kit.errors import Text
from tinh.packs.api import Dataset


@dataclass(frozen=True, slots=True)
class Sample:
    """One sheet as mapping sees it: joined headers, body, what stands above, how many header rows."""

    name: str
    headers: tuple[str, ...]
    cells: tuple[pl.Series, ...]
    numbers: Mapping[int, pl.Series] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    depth: int = 1
    top: int = 1
    totals: tuple[str, ...] = ()  # words by which rows of totals begin


@dataclass(frozen=True, slots=True)
class World:
    gazetteer: Any
    province: str
    today: date
    past: Mapping[str, Any] = field(default_factory=dict)


def propose(samples: Sequence[Sample], dataset: Dataset, filename: str, world: World) -> Proposal:
    """The sheet that fits best, and a layout for it."""
    names = Names(dataset.columns)
    contents = Contents(dataset, world.gazetteer, world.province, world.today, world.past)
    tried = [_one(s, dataset, filename, names, contents) for s in samples]
    sums = [sum(m.confidence for m in matches) + (1.0 if w else 0.0) for matches, w in tried]
    at = max(
        range(len(samples)),
        key=lambda i: (round(sums[i], 3), len(samples[i].cells[0]) if samples[i].cells else 0),
    )
    return _laid(samples, at, dataset, filename, world, tried[at])


def _one(
    sample: Sample, dataset: Dataset, filename: str, names: Names, contents: Contents
) -> tuple[tuple[Match, ...], wide.Wide | None]:
    hint = " ".join((*sample.titles, sample.name, filename))
    found = wide.find(sample.headers, dataset, names, hint, contents.places(sample.headers))
    skip = frozenset(found.positions) if found else frozenset()
    tried = pairs(sample.headers, sample.cells, sample.numbers, dataset, names, contents, skip)
    if found is not None:
        filled = {found.names_to, found.values, *(c for _, c in found.inner)}
        tried = [p for p in tried if p.column not in filled]
    examples = {
        i: tuple(v[:40] for v in s.drop_nulls().head(3).to_list()) for i, s in enumerate(sample.cells)
    }
    matches = assigned(sample.headers, tried, examples, skip)
    if found is not None and dataset.place and found.names_to == dataset.place.column:
        return matches, found
    return named.placed(matches, sample.cells, dataset, contents), found


def _laid(
    samples: Sequence[Sample],
    at: int,
    dataset: Dataset,
    filename: str,
    world: World,
    done: tuple[tuple[Match, ...], wide.Wide | None],
) -> Proposal:
    sample, (matches, found) = samples[at], done
    made = _parted(sample, matches, dataset, filename) if found is None else None
    if made is not None:
        matches = _used(matches, made.used)
    # A cell that came as a number leaves no doubt.
    texts = [s.set(sample.numbers[i], None) if i in sample.numbers else s for i, s in enumerate(sample.cells)]
    remarks = [*doubts.sums(sample.titles, dataset), *doubts.figures(matches, texts, dataset)]
    layout: dict[str, Any] = {}
    if sample.depth > 1:
        layout["header_rows"] = sample.depth
    chosen = {m.column: sample.headers[m.position] for m in matches if m.column}
    fixed: list[dict[str, Any]] = []
    given = set(chosen)
    if found is not None:
        layout["unpivot"] = wide.entry(found, sample.headers)
        given |= {found.names_to, found.values, *(c for _, c in found.inner)} - {""}
        lacks = found.form.lacks if found.form else ()
        for lack, name in (("y", "nam"), ("m", "thang")):
            if lack in lacks:
                other = parted.lacking(
                    name, sample.headers, sample.cells, sample.titles, sample.name, filename
                )
                if other is not None:
                    fixed.append(other[0])
                    matches = _used(matches, () if other[1] is None else (other[1],))
                else:
                    remarks.append(
                        Text(
                            "tiêu đề cột không ghi năm và không thấy năm ở đâu khác: điền năm vào ô bên dưới",
                            "the headers give no year and it stands nowhere else: fill it in below",
                        )
                    )
                    fixed.append(
                        {
                            "column": name,
                            "from": "value",
                            "value": str(world.today.year if name == "nam" else world.today.month),
                        }
                    )
        if not found.values and not found.inner:
            remarks.append(
                Text(
                    "chưa rõ số liệu trong các cột ngang thuộc cột nào của hợp đồng: hãy chọn",
                    "it is not clear which column the wide cells belong to: please choose",
                )
            )
    if made is not None and dataset.period is not None:
        fixed += [dict(entry) for entry in made.fixed]
        given.add(dataset.period.column)
    several, pattern, unread = _several(samples, at, dataset, world)
    if unread:
        remarks.append(_unread(unread))
    if several:
        layout |= {"sheets": "all", **({"sheet_names": pattern} if pattern else {})}
        if several == "place" and dataset.place and dataset.place.column not in given:
            fixed.append({"column": dataset.place.column, "from": "sheet"})
            given.add(dataset.place.column)
    elif len(samples) > 1 and sample.name:
        layout["sheet"] = sample.name
    if dataset.period and dataset.period.column not in given:
        entries = beside.period(
            dataset.period.every, dataset.period.column, sample.titles, sample.name, filename
        )
        fixed += [e for e in entries if e["column"] not in {f["column"] for f in fixed}]
        if not beside.of_part_of_year(dataset.period.every, entries, sample.titles, sample.name, filename):
            given |= {e["column"] for e in entries}
    if dataset.place and dataset.place.column not in given:
        entries = beside.place_beside(
            dataset, sample.titles, sample.name, filename, world.gazetteer, world.province, world.today
        )
        fixed += entries
        given |= {e["column"] for e in entries}
    inner = {c: sample.headers[i].split(" / ")[-1] for i, c in found.inner if c} if found is not None else {}
    if chosen or inner:
        layout["columns"] = {**chosen, **inner}
    if fixed:
        layout["fixed"] = fixed
    needed = {c.name for c in dataset.columns if c.required} | set(dataset.key)
    needed |= {b.column for b in (dataset.place, dataset.period) if b is not None}
    bound = {b.column for b in (dataset.place, dataset.period) if b is not None} | set(dataset.key)
    said = {c.name for c in dataset.columns} - bound
    if not said & given:  # without any of them the rows would say nothing
        needed |= said
    left = tuple(c.name for c in dataset.columns if c.name in needed and c.name not in given)
    headers = tuple(chosen.values()) or tuple(h for h in sample.headers if h)[:3]
    return Proposal(
        dataset.id,
        sample.name,
        tuple(s.name for s in samples),
        matches,
        layout,
        headers,
        tuple(remarks),
        left,
        sample.titles,
        {"inner": inner},
    )


def _parted(sample: Sample, matches: Sequence[Match], dataset: Dataset, filename: str) -> parted.Found | None:
    """The period made of parts, unless one column has it whole."""
    if dataset.period is None:
        return None
    made = parted.find(
        dataset.period.every, dataset.period.column, sample.headers, sample.cells,
        sample.titles, sample.name, filename,
    )  # fmt: skip
    if made is not None and made.grain not in shorter(dataset.period.every):
        made = None
    whole = next((m.position for m in matches if m.column == dataset.period.column), None)
    return made if made is not None and (whole is None or whole in made.used) else None


def _used(matches: Sequence[Match], positions: Sequence[int]) -> tuple[Match, ...]:
    """Headers that are parts of the period fill no column of their own."""
    why = Text(
        "là một phần của kỳ số liệu: xem các giá trị ngoài bảng",
        "a part of the period: see the values beside the table",
    )
    return tuple(
        replace(m, column="", confidence=0.0, why=(why,), others=()) if m.position in positions else m
        for m in matches
    )


def _several(
    samples: Sequence[Sample], at: int, dataset: Dataset, world: World
) -> tuple[str, str, tuple[str, ...]]:
    """Why sheets of the same headers belong together: `place` or `period` in their names; empty when one
    stands alone. Then the pattern of their names where others must be left out, and those not read."""
    alike = [s for s in samples if s.headers == samples[at].headers]
    if len(alike) < 2:
        return "", "", ()
    names = [s.name for s in alike]
    if beside.place_in_sheets(names, dataset, world.gazetteer, world.province, world.today):
        return "place", "", ()
    placed = [
        n for n in names if beside.place_in_sheets([n], dataset, world.gazetteer, world.province, world.today)
    ]
    if len(placed) > 1 and samples[at].name in placed:
        only = "^(?:" + "|".join(map(re.escape, placed)) + ")$"
        kind = r"(?i)^\s*(?:xã|phường|thị trấn|đặc khu)\s"
        told = [n for n in names if re.search(kind, n)] == placed
        return "place", kind if told else only, tuple(n for n in names if n not in placed)
    found = {s.name: _dated(s, dataset) for s in alike}
    dated = [name for name, pattern in found.items() if pattern]
    if dataset.period and (
        len(dated) == len(alike) or (not dated and all(_titled(s, dataset) for s in alike))
    ):
        return "period", "", ()
    pattern = found.get(samples[at].name) or ""
    hits = [name for name in names if pattern and re.search(pattern, name)]
    if len(dated) > 1 and samples[at].name in dated and hits == dated:
        return "period", pattern, tuple(n for n in names if n not in dated)
    return "", "", tuple(n for n in names if n != samples[at].name)


def _dated(sample: Sample, dataset: Dataset) -> str:
    """The pattern of the period in a sheet's name; its year may stand in the titles."""
    if dataset.period is None:
        return ""
    every = dataset.period.every
    entries = beside.period(every, "x", (), sample.name, "") or [
        e
        for e in beside.period(every, "x", (*sample.titles, "2000"), sample.name, "")
        if e["from"] == "sheet"
    ]
    return next((str(e["pattern"]) for e in entries if e["column"] == "x"), "")


def _titled(sample: Sample, dataset: Dataset) -> bool:
    every = dataset.period.every if dataset.period else "year"
    return bool(beside.period(every, "x", sample.titles, "", ""))


def _unread(names: Sequence[str]) -> Text:
    said = ", ".join(f"“{name}”" for name in names[:5]) + ("…" if len(names) > 5 else "")
    return Text(
        f"các trang {said} có cùng tiêu đề nhưng không được đọc: nếu cần, hãy chọn trang ấy hay mọi trang",
        f"the sheets {said} have the same headers and are not read: where wanted, choose them or all",
    )
