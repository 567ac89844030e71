"""Corrections offered for held rows, never taken: a person accepts them, in bulk if they like."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import polars as pl

from tinh.flow.answers import of_rows
from tinh.flow.held import Left
from tinh.flow.mending_errors import NoSuchProposal
from tinh.flow.readings import date_readings, enum_readings, number_readings
from tinh.gate.api import Judgement, parse
from tinh.kit import periods
from tinh.kit.errors import Text
from tinh.kit.ids import code_of
from tinh.packs.api import Catalogue, Column, Dataset
from tinh.sources.api import ROW

Kind = Literal["place", "value", "number", "date"]
_MOST_VALUES = 2000  # different wrong values of one column that are looked at
_OPTIONS = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """In `rows`, where `column` says `seen`, it may have been meant to say `offer`. Proposals of
    one `group` are rivals: at most one of them can be right."""

    id: str
    group: str
    kind: Kind
    column: str
    seen: str
    offer: str
    says: Text
    rows: tuple[int, ...]
    alone: bool = True  # has no rival

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "says": self.says.as_dict(), "rows": list(self.rows)}

    @staticmethod
    def of(fields: Mapping[str, Any]) -> Proposal:
        return Proposal(**{**fields, "says": Text(**fields["says"]), "rows": tuple(fields["rows"])})


@dataclass(frozen=True, slots=True)
class _Option:
    kind: Kind
    offer: str
    says: Text


def offered(
    left: Left, judge: Callable[..., Judgement], catalogue: Catalogue, gazetteer: Any, now: datetime
) -> list[Proposal]:
    """Every correction that the gate would take for its cell, the most rows first."""
    found: list[Proposal] = []
    today = now.astimezone(ZoneInfo(catalogue.timezone)).date()
    days = {row: _turn_of(gazetteer, day) for row, day in _days(left, today).items()}
    for column in left.dataset.columns:
        if column.name not in left.frame.columns:
            continue
        kinds = _kinds(left.dataset, column)
        for (seen, day, name), rows in _wrong(left, column, days, kinds).items():
            options = _options(kinds, column, left.dataset, seen, day, name, catalogue.place, gazetteer)
            group = code_of(left.stored.id, column.name, seen, str(day), name, length=8)
            for option in options[:_OPTIONS]:
                id = code_of(group, option.offer, length=10)
                found.append(
                    Proposal(id, group, option.kind, column.name, seen, option.offer, option.says, rows)
                )
    return _ranked(_that_hold(found, left, judge))


def chosen_of(proposals: Sequence[Proposal], ids: Collection[str] | None) -> list[Proposal]:
    """The proposals named, or all that have no rival; of rivals only the first named."""
    if ids is None:
        taken = [p for p in proposals if p.alone]
        if not taken:
            raise NoSuchProposal(ids="–")
        return taken
    by_id = {p.id: p for p in proposals}
    gone = [i for i in ids if i not in by_id]
    if gone or not ids:
        raise NoSuchProposal(ids=", ".join(gone) or "–")
    return list({p.group: p for p in reversed([by_id[i] for i in ids])}.values())


def cells_of(proposals: Iterable[Proposal], left: Left) -> pl.DataFrame:
    """`_row` and the columns with what is put in; rows that say something else by now are left."""
    cells: dict[int, dict[str, str]] = {}
    held = {row[ROW]: row for row in left.frame.iter_rows(named=True)}
    for each in proposals:
        for row in each.rows:
            if row in held and held[row].get(each.column) == each.seen:
                cells.setdefault(row, {}).setdefault(each.column, each.offer)
    if not cells:
        raise NoSuchProposal(ids=", ".join(p.id for p in proposals))
    columns = sorted({c for put in cells.values() for c in put})
    rows = [{ROW: row, **{c: put.get(c) for c in columns}} for row, put in sorted(cells.items())]
    return pl.DataFrame(rows, schema={ROW: pl.UInt32(), **dict.fromkeys(columns, pl.String())})


def _kinds(dataset: Dataset, column: Column) -> tuple[Kind, ...]:
    kinds: list[Kind] = []
    if dataset.place and dataset.place.column == column.name:
        kinds.append("place")
    if column.allowed or column.logical == "boolean" or enumerated(dataset, column):
        kinds.append("value")
    if column.logical in ("number", "integer"):
        kinds.append("number")
    if column.logical in ("date", "timestamp"):
        kinds.append("date")
    return tuple(kinds)


def enumerated(dataset: Dataset, column: Column) -> tuple[Any, ...]:
    found = (
        r.arguments.get("values", ()) for r in dataset.rules if r.kind == "enum" and column.name in r.columns
    )
    return tuple(v for values in found for v in values)


def _turn_of(gazetteer: Any, day: date) -> date:
    """One day for all between two changes of the gazetteer, so that rows of many days are one group."""
    found: date = gazetteer.epoch_day(gazetteer.epoch(day))
    return found


def _days(left: Left, today: date) -> dict[int, date]:
    """The day a row speaks of, as far as its period can be read; today otherwise."""
    binding = left.dataset.period
    out: dict[int, date] = dict.fromkeys(left.frame.get_column(ROW).to_list(), today)
    if binding is None or binding.column not in left.frame.columns:
        return out
    days: dict[str, date] = {}
    for row, text in left.frame.select(ROW, binding.column).iter_rows():
        if text and text not in days:
            period = parse(text, binding.every)
            last = (periods.end(period) - timedelta(seconds=1)).date() if period else today
            days[text] = min(last, today)
        out[row] = days.get(text or "", today)
    return out


def _wrong(
    left: Left, column: Column, days: Mapping[int, date], kinds: Sequence[Kind]
) -> dict[tuple[str, date | None, str], tuple[int, ...]]:
    """The rows of each wrong value of a column; for places also by the day they speak of and by
    the name that stands beside the code."""
    if not kinds:
        return {}
    marks = _marks(left.dataset, column)
    found: dict[tuple[str, date | None, str], list[int]] = {}
    place = left.dataset.place
    beside = place.name_column if place and "place" in kinds else ""
    named = (pl.col(beside) if beside in left.frame.columns else pl.lit("")).alias("_name")
    for row, text, rules, name in left.frame.select(ROW, column.name, "_rules", named).iter_rows():
        if text and marks & set(rules):
            day = days[row] if "place" in kinds else None
            key = (text, day, name or "")
            if key in found or len(found) < _MOST_VALUES:
                found.setdefault(key, []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def _marks(dataset: Dataset, column: Column) -> frozenset[str]:
    """The rules whose failing may mean that this cell is misspelt."""
    wanted = ("type", "enum", "pattern", "format", "place", "period")
    named = {r.id for r in dataset.rules if column.name in r.columns and r.kind in wanted}
    named |= {f"{column.name}-type", f"{column.name}-enum"}
    if dataset.place and dataset.place.column == column.name:
        named |= {"place", *(r.id for r in dataset.rules if r.kind == "place")}
    if dataset.place and column.name in (dataset.place.column, dataset.place.name_column):
        named |= {"place-name", *(r.id for r in dataset.rules if r.kind == "place_name")}
    if dataset.period and dataset.period.column == column.name:
        named |= {"period", *(r.id for r in dataset.rules if r.kind == "period")}
    return frozenset(named)


def _options(
    kinds: Sequence[Kind],
    column: Column,
    dataset: Dataset,
    seen: str,
    day: date | None,
    name: str,
    province: str,
    gazetteer: Any,
) -> list[_Option]:
    out: list[_Option] = []
    for kind in kinds:
        if kind == "place":
            out += _places(dataset, seen, day, province, gazetteer)
            out += _places(dataset, name, day, province, gazetteer) if name else []
        elif kind == "value":
            allowed = tuple(dict.fromkeys((*column.allowed, *enumerated(dataset, column))))
            out += [_said("value", o) for o in enum_readings(seen, column, allowed)]
        elif kind == "number":
            out += [_said("number", o) for o in number_readings(seen, column)]
        else:
            out += [_said("date", o) for o in date_readings(seen, column)]
    return [o for i, o in enumerate(out) if o.offer != seen and o.offer not in {p.offer for p in out[:i]}]


def _said(kind: Kind, offer: str) -> _Option:
    return _Option(kind, offer, Text(f"có phải “{offer}”?", f"did you mean “{offer}”?"))


def _places(dataset: Dataset, seen: str, day: date | None, province: str, gazetteer: Any) -> list[_Option]:
    binding = dataset.place
    if binding is None or day is None:
        return []
    found = gazetteer.resolve(seen, day, province or None, binding.levels)
    told = [(unit, Text(f"có phải {unit.name} ({unit.code})?", f"did you mean {unit.name} ({unit.code})?"))
            for unit in found.units]  # fmt: skip
    told += [(hint.unit, hint.says) for hint in found.hints]
    territory = gazetteer.territory(province, day) if province else None
    out = []
    for unit, says in told:
        fits = unit.valid_on(day) and unit.level in binding.levels
        if not fits or (territory is not None and unit.code not in territory):
            continue
        out.append(_Option("place", unit.code if binding.by == "code" else unit.name, says))
    return out


def _that_hold(found: list[Proposal], left: Left, judge: Callable[..., Judgement]) -> list[Proposal]:
    """Proposals whose cell the gate would take; rivals are tried one after the other."""
    rank: dict[str, int] = {}
    rounds: dict[int, list[Proposal]] = {}
    for each in found:
        turn = rank[each.group] = rank.get(each.group, -1) + 1
        rounds.setdefault(turn, []).append(each)
    good: list[Proposal] = []
    for tried in rounds.values():
        cells = cells_of(tried, left)
        judged = judge(of_rows(left, cells.get_column(ROW), cells))
        still = dict(judged.held.select(ROW, "_rules").iter_rows())
        for each in tried:
            marks = _marks(left.dataset, left.dataset.column(each.column))
            if not any(marks & set(still.get(row, ())) for row in each.rows):
                good.append(each)
    return good


def _ranked(good: list[Proposal]) -> list[Proposal]:
    rivals: dict[str, int] = {}
    for each in good:
        rivals[each.group] = rivals.get(each.group, 0) + 1
    told = [replace(p, alone=rivals[p.group] == 1) for p in good]
    return sorted(told, key=lambda p: (-len(p.rows), p.column, p.seen, p.group))
