"""Reads the gazetteer's data files (package `vietnamadminunits`) into units and links."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.util import find_spec
from operator import itemgetter
from pathlib import Path
from typing import Any, cast

from tinh.places.amendments import Amendments, amendments
from tinh.places.errors import GazetteerMissing
from tinh.places.model import KINDS, REFORM, Kind, Level, Unit

_NEW = """select provinceCode, province, provinceLat, provinceLon, wardCode, ward, wardLat, wardLon,
 provinceKey, wardKey from admin_units"""
_OLD = """select provinceCode, province, provinceLat, provinceLon,
 districtCode, district, districtLat, districtLon, wardCode, ward, wardLat, wardLon,
 provinceKey, districtKey, wardKey
 from admin_units_legacy"""


_KINDS = {str(kind): kind for kind in KINDS}
Tie = tuple[str, str, bool, bool]


@dataclass(frozen=True, slots=True)
class Records:
    """`ties` reads, for each lowest unit before the reform, the units since: (old, new, whole, main)."""

    units: list[Unit]
    ties: Callable[[], list[Tie]]


def data_file(name: str) -> Path:
    # Found without importing the package, whose import pulls in an address parser and costs a second.
    spec = find_spec("vietnamadminunits")
    if spec is None or not spec.submodule_search_locations:
        raise GazetteerMissing(reason="vietnamadminunits")
    path = Path(next(iter(spec.submodule_search_locations))) / "data" / name
    if not path.is_file():
        raise GazetteerMissing(reason=str(path.name))
    return path


def open_database() -> sqlite3.Connection:
    return sqlite3.connect(f"{data_file('dataset.db').as_uri()}?mode=ro&immutable=1", uri=True)


def read_name(written: str) -> tuple[str, Kind, str]:
    """Name, kind and short name of `Thành Phố Bắc Kạn`. A number is no short name: `Phường 1` stays."""
    first, _, rest = written.partition(" ")
    kind = _KINDS.get(first.lower())
    if kind is None:
        second, _, rest = rest.partition(" ")
        kind = _KINDS.get(f"{first} {second}".lower())
    if kind is None or not rest:
        raise GazetteerMissing(reason=written)
    name = f"{kind.capitalize()} {rest}"
    return name, kind, name if rest.isdecimal() else rest


@cache
def read() -> Records:
    known = amendments()
    try:
        with closing(open_database()) as database:
            new_rows = sorted(database.execute(_NEW), key=itemgetter(0, 4))
            old_rows = sorted(database.execute(_OLD), key=lambda row: (row[0], row[4], row[8] or ""))
        converter = json.loads(data_file("converter_2025.json").read_bytes())
    except (sqlite3.Error, OSError, ValueError) as error:
        raise GazetteerMissing(reason=str(error)) from error
    heirs = {new_key: row[0] for row in new_rows for new_key in (row[8],)}
    home = {
        old_key: heirs[new_key] for new_key, olds in converter["DICT_PROVINCE"].items() for old_key in olds
    }
    units = [*_old_units(old_rows, home, known), *_new_units(new_rows, known)]
    return Records(list(_amended(units, known)), lambda: list(_ties(converter, old_rows, new_rows)))


def _unit(
    code: str,
    level: Level,
    written: str,
    parent: str | None,
    province: str,
    span: tuple[date | None, date | None],
    basis: str,
    lat: float,
    lon: float,
) -> Unit:
    name, kind, short = read_name(written)
    return Unit(code, level, name, short, kind, parent, province, span[0], span[1], basis, lat, lon)


def _old_units(rows: list[Any], home: dict[str, str], known: Amendments) -> Iterator[Unit]:
    span, basis = (None, REFORM), known.codes_before
    province = district = ""
    for row in rows:
        today = home[row[12]]
        if row[0] != province:
            province = row[0]
            yield _unit(province, "province", row[1], None, today, span, basis, row[2], row[3])
        if row[4] != district:
            district = row[4]
            lat, lon = known.centres_before.get(row[4], row[6:8])
            yield _unit(row[4], "district", row[5], province, today, span, basis, lat, lon)
        # Five island districts had no communes.
        if row[8] is not None:
            lat, lon = known.centres_before.get(row[8], row[10:12])
            yield _unit(row[8], "commune", row[9], district, today, span, basis, lat, lon)


def _new_units(rows: list[Any], known: Amendments) -> Iterator[Unit]:
    span: tuple[date | None, date | None] = (REFORM, None)
    province = ""
    for row in rows:
        if row[0] != province:
            province = row[0]
            basis = f"{known.reform_provinces}; {known.codes_since}"
            yield _unit(province, "province", row[1], None, province, span, basis, row[2], row[3])
        basis = f"{known.reform_communes[province]}; {known.codes_since}"
        lat, lon = known.centres_since.get(row[4], row[6:8])
        yield _unit(row[4], "commune", row[5], province, province, span, basis, lat, lon)


def _amended(units: list[Unit], known: Amendments) -> Iterator[Unit]:
    changes: dict[str, list[Any]] = {}
    for change in known.changes:
        changes.setdefault(change.code, []).append(change)
    for unit in units:
        current = unit
        for change in changes.get(unit.code, ()):
            if not current.valid_on(change.day):
                continue
            name, kind, short = read_name(change.name)
            later = replace(
                current, name=name, short=short, kind=kind, valid_from=change.day, legal_basis=change.basis
            )
            yield replace(current, valid_to=change.day)
            current = later
        yield current


def _ties(converter: Any, old_rows: list[Any], new_rows: list[Any]) -> Iterator[Tie]:
    old = {f"{row[12]}_{row[13]}_{row[14] or ''}": cast(str, row[8] or row[4]) for row in old_rows}
    new = {(row[8], row[9]): cast(str, row[4]) for row in new_rows}
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, sources in wards.items():
            for source in sources:
                yield old[source], new[province, ward], True, True
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for source, targets in divided.items():
            for target in targets:
                yield (
                    old[source],
                    new[province, target["newWardKey"]],
                    False,
                    bool(target["isDefaultNewWard"]),
                )
