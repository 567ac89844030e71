"""Headers to columns, one to one: the surest pairs first, what stays doubtful left open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from tinh.gate.mapping.contents import Contents, runs
from tinh.gate.mapping.model import Match
from tinh.gate.mapping.names import Names
from tinh.gate.profile.writing import running_number
from tinh.kit.errors import Text
from tinh.packs.api import Column, Dataset

ACCEPT = 0.56
SURE = 0.93
MARGIN = 0.04  # two columns closer than this are not told apart
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Pair:
    position: int
    column: str
    score: float
    name: float
    why: tuple[Text, ...]


def pairs(
    headers: Sequence[str],
    cells: Sequence[pl.Series],
    numbers: Mapping[int, pl.Series],
    dataset: Dataset,
    names: Names,
    contents: Contents,
    skip: frozenset[int] = frozenset(),
) -> list[Pair]:
    """Every pair worth a thought. A header that names one column for sure is asked about that one only."""
    asked = [
        at
        for at, header in enumerate(headers)
        if at not in skip and header.strip() and not running_number(header)
    ]
    said = {(at, c.name): names.score(headers[at], c.name) for at in asked for c in dataset.columns}
    asked = [
        at for at in asked if max(said[at, c.name][0] for c in dataset.columns) >= 0.6 or not runs(cells[at])
    ]
    sure = _sure(asked, dataset, said)
    out = []
    for at in asked:
        for column in dataset.columns:
            if sure.get(at, column.name) != column.name or (at not in sure and column.name in sure.values()):
                continue
            fit = contents.fit(cells[at], numbers.get(at), column)
            name, why = said[at, column.name]
            pair = _pair(at, column, name, why, fit.share, fit.telling, fit.why)
            if name < SURE and names.another(headers[at], column.name):
                pair = _doubted(pair)
            out.append(pair)
    return out


def _sure(
    asked: Sequence[int], dataset: Dataset, said: Mapping[tuple[int, str], tuple[float, Text | None]]
) -> dict[int, str]:
    """Headers with a certain name, each the only one to have it."""
    named = {
        (at, c.name): said[at, c.name][0]
        for at in asked
        for c in dataset.columns
        if said[at, c.name][0] >= SURE
    }
    heads = [at for at, _ in named]
    columns = [c for _, c in named]
    return {at: c for at, c in named if heads.count(at) == 1 and columns.count(c) == 1}


def _pair(
    position: int,
    column: Column,
    name: float,
    said: Text | None,
    share: float,
    telling: float,
    why: Text | None,
) -> Pair:
    """A name that is sure decides; else the content lifts or sinks it by as much as it tells."""
    reasons = [r for r in (said, why) if r is not None]
    if name >= SURE:
        score = name - 0.3 * telling * max(0.0, 0.5 - share)
    else:
        weight = 0.45 * telling
        score = (1 - weight) * name + weight * share
        if telling >= 0.8 and share >= 0.9:
            score = max(score, 0.35 + 0.25 * telling + 0.2 * name)
        if share < 0.3 and telling > 0:
            score *= 0.5
            reasons.append(
                Text("nhưng nhiều ô không đọc được theo cột này", "but many cells do not read as this column")
            )
    return Pair(position, column.name, score, name, tuple(reasons))


def _doubted(pair: Pair) -> Pair:
    """A pair that only a person may make: a small word of the header says another figure."""
    why = Text("nhưng tiêu đề nói về số liệu khác", "but the header speaks of another figure")
    return replace(pair, score=min(pair.score, ACCEPT - 0.01), why=(*pair.why, why))


def assigned(
    headers: Sequence[str],
    found: Sequence[Pair],
    examples: Mapping[int, tuple[str, ...]],
    wide: frozenset[int],
) -> tuple[Match, ...]:
    """One match a header, in the order of the file."""
    by_header: dict[int, list[Pair]] = {}
    by_column: dict[str, list[Pair]] = {}
    for pair in found:
        by_header.setdefault(pair.position, []).append(pair)
        by_column.setdefault(pair.column, []).append(pair)
    taken: dict[int, Pair] = {}
    used: set[str] = set()
    for pair in sorted(found, key=lambda p: (-p.score, p.position)):
        if pair.score < ACCEPT or pair.position in taken or pair.column in used:
            continue
        if pair.name < SURE and _torn(pair, by_header[pair.position], by_column[pair.column], taken, used):
            continue
        taken[pair.position] = pair
        used.add(pair.column)
    out = []
    for position, header in enumerate(headers):
        mine = sorted(by_header.get(position, ()), key=lambda p: -p.score)
        chosen = taken.get(position)
        others = tuple((p.column, p.score) for p in mine if p is not chosen and p.score > 0.3)[:SHOWN]
        out.append(
            Match(
                position,
                header,
                chosen.column if chosen else "",
                chosen.score if chosen else 0.0,
                chosen.why if chosen else (),
                others,
                position in wide,
                examples.get(position, ()),
            )
        )
    return tuple(out)


def _torn(
    pair: Pair, row: Sequence[Pair], column: Sequence[Pair], taken: Mapping[int, Pair], used: set[str]
) -> bool:
    """Another column for the header, or another header for the column, is as likely."""
    rivals = [p for p in row if p.column not in used and p.column != pair.column]
    rivals += [p for p in column if p.position not in taken and p.position != pair.position]
    return any(p.score > pair.score - MARGIN for p in rivals)
