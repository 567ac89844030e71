"""Changes of units as they are declared after 2025: merged, split, renamed, recoded, with their shares.

A province declares them in its folder (`places/*.yaml`), the nation in `amendments.yaml`; whoever
reads the files hands them over as `Declared`. Applied to the units of the gazetteer they close and
open units on their day and leave ties between the two sides, as the reform of 2025 does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from tinh.places.model import Unit
from tinh.places.records import Tie, read_name

ReformKind = Literal["merge", "split", "rename", "recode", "kind"]
REFORM_KINDS: tuple[ReformKind, ...] = get_args(ReformKind)
Measure = Literal["population", "households", "area"]
MEASURES: tuple[Measure, ...] = get_args(Measure)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A unit from the day of a reform on; what is not said is taken over from the units it came from."""

    code: str
    name: str = ""
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Reform:
    """One declared change: the units `olds` become `news` on `day`."""

    day: date
    kind: ReformKind
    olds: tuple[str, ...]
    news: tuple[Newcomer, ...]
    basis: str
    source: str = ""

    @property
    def territorial(self) -> bool:
        """Whether values must be followed across it: a name alone changes no series."""
        return self.kind in ("merge", "split", "recode")


@dataclass(frozen=True, slots=True)
class Parts:
    """How a divided unit went over, by one measure: newer code → share, adding up to one."""

    older: str
    day: date
    by: Measure
    shares: tuple[tuple[str, float], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Size:
    """How large a unit was by one measure, as it stood on `on`."""

    code: str
    on: date
    by: Measure
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything a province says about its units beyond the national gazetteer."""

    reforms: tuple[Reform, ...] = ()
    parts: tuple[Parts, ...] = ()
    sizes: tuple[Size, ...] = ()


NOTHING = Declared()


def applied(units: Iterable[Unit], reforms: Iterable[Reform]) -> tuple[list[Unit], dict[date, list[Tie]]]:
    """The units with the reforms in force, and by day the ties (old, new, whole, main) they leave."""
    out = list(units)
    ties: dict[date, list[Tie]] = {}
    for reform in sorted(reforms, key=lambda r: r.day):
        standing = {unit.code: at for at, unit in enumerate(out) if unit.valid_on(reform.day)}
        olds = [out[standing[code]] for code in reform.olds if code in standing]
        if not olds:
            continue
        by_code = {unit.code: unit for unit in olds}
        if reform.territorial:  # what was to become of it under its own code later cannot be any more
            out = [
                u for u in out if u.code not in by_code or u.valid_from is None or u.valid_from <= reform.day
            ]
            standing = {unit.code: at for at, unit in enumerate(out) if unit.valid_on(reform.day)}
        for unit in olds:
            out[standing[unit.code]] = replace(unit, valid_to=reform.day)
        out += [_opened(reform, newcomer, olds, by_code) for newcomer in reform.news]
        if reform.territorial:
            ties.setdefault(reform.day, []).extend(_ties(reform, by_code))
    return out, ties


def _opened(reform: Reform, newcomer: Newcomer, olds: list[Unit], by_code: Mapping[str, Unit]) -> Unit:
    like = by_code.get(newcomer.code, olds[0])
    here = [like] if newcomer.code in by_code else olds
    name, kind, short = read_name(newcomer.name) if newcomer.name else (like.name, like.kind, like.short)
    return replace(
        like,
        code=newcomer.code,
        name=name,
        short=short,
        kind=kind,
        valid_from=reform.day,
        valid_to=None,
        legal_basis=reform.basis,
        lat=newcomer.lat if newcomer.lat is not None else sum(u.lat for u in here) / len(here),
        lon=newcomer.lon if newcomer.lon is not None else sum(u.lon for u in here) / len(here),
    )


def _ties(reform: Reform, olds: Mapping[str, Unit]) -> Iterable[Tie]:
    news = [newcomer.code for newcomer in reform.news]
    for older in olds:
        main = older if older in news else news[0]
        for newer in news:
            yield older, newer, len(news) == 1, newer == main
