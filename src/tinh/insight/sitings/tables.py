"""Tables of demand and sites, read from CSV: every cell checked, faults with their line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tinh.insight.sheetfile import Unreadable, sheet
from tinh.insight.sitings.errors import BadCell, NoColumn, NoTable, TwiceNamed
from tinh.insight.sitings.worth import Floats

if TYPE_CHECKING:
    import polars as pl

    from tinh.insight.sitings.spec import DemandTable, Measure, SiteTable

_YES = {"1", "true", "yes", "y", "x", "có", "co", "đang có"}
_NO = {"", "0", "false", "no", "n", "không", "khong", "chưa"}
_ACROSS, _ALONG = ("lon", "lng", "longitude", "x"), ("lat", "latitude", "y")


@dataclass(frozen=True, eq=False)
class Demand:
    """`xy` (n, 2) longitude and latitude or x and y, None when distances are given."""

    ids: tuple[str, ...]
    xy: Floats | None
    weights: Floats
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Sites:
    ids: tuple[str, ...]
    xy: Floats | None
    costs: Floats
    existing: np.ndarray[tuple[int], np.dtype[np.bool_]]
    capacities: Floats | None = None
    names: tuple[str, ...] = ()

    def joined(self, other: Sites) -> Sites:
        """Both tables as one; the ids of both must differ."""
        capacities = None
        if self.capacities is not None or other.capacities is not None:
            parts = [
                np.full(len(s.ids), np.inf) if s.capacities is None else s.capacities for s in (self, other)
            ]
            capacities = np.concatenate(parts)
        return Sites(
            (*self.ids, *other.ids),
            None if self.xy is None or other.xy is None else np.vstack((self.xy, other.xy)),
            np.concatenate((self.costs, other.costs)),
            np.concatenate((self.existing, other.existing)),
            capacities,
            (*(self.names or self.ids), *(other.names or other.ids)),
        )


def table(path: Path) -> pl.DataFrame:
    """A CSV file as text cells; separators `,` `;` and tab. Raises NoTable."""
    try:
        return sheet(path)
    except Unreadable as error:
        raise NoTable(file=path.name, reason_vi=error.says.vi, reason_en=error.says.en) from None


def column(frame: pl.DataFrame, file: str, name: str) -> list[str]:
    if name not in frame.columns:
        raise NoColumn(file=file, column=name, known=", ".join(frame.columns))
    return ["" if v is None else str(v).strip() for v in frame[name].to_list()]


def numbers(
    frame: pl.DataFrame,
    file: str,
    name: str,
    *,
    least: float = -np.inf,
    most: float = np.inf,
    empty: float | None = None,
) -> Floats:
    """A column as finite numbers between `least` and `most`; `empty` stands for an empty cell."""
    cells = column(frame, file, name)
    out, bad = np.zeros(len(cells)), []
    for at, cell in enumerate(cells):
        if not cell and empty is not None:
            out[at] = empty
            continue
        try:
            out[at] = float(cell)
        except ValueError:
            out[at] = np.nan
        if not (np.isfinite(out[at]) and least <= out[at] <= most):
            bad.append(at)
    if bad:
        low = f" {'từ' if least > -np.inf else ''} {least:g}" if least > -np.inf else ""
        high = f" {most:g}" if most < np.inf else ""
        raise BadCell(
            file=file,
            line=bad[0] + 2,
            column=name,
            value=cells[bad[0]],
            count=len(bad),
            expected_vi="một số" + low + (f" đến{high}" if high else ""),
            expected_en="a number" + (f" from {least:g}" if low else "") + (f" to{high}" if high else ""),
        )
    return out


def ids(frame: pl.DataFrame, file: str, name: str) -> tuple[str, ...]:
    """The ids of a table, each once; without a column the row's number."""
    if not name:
        return tuple(str(n) for n in range(1, frame.height + 1))
    found = column(frame, file, name)
    first: dict[str, int] = {}
    twice = []
    for at, id in enumerate(found):
        if id in first:
            twice.append((id, first[id] + 2, at + 2))
        first.setdefault(id, at)
    if twice:
        raise TwiceNamed(file=file, id=twice[0][0], first=twice[0][1], line=twice[0][2], count=len(twice))
    return tuple(found)


def _places(frame: pl.DataFrame, file: str, x: str, y: str, needed: bool) -> tuple[Floats | None, bool]:
    """Coordinates and whether their columns are named as longitude and latitude."""
    lower = {c.lower(): c for c in frame.columns}
    x = x or next((lower[n] for n in _ACROSS if n in lower), "")
    y = y or next((lower[n] for n in _ALONG if n in lower), "")
    if not needed and (not x or not y):
        return None, False
    if not x or not y:
        raise NoColumn(file=file, column=_ACROSS[0] if not x else _ALONG[0], known=", ".join(frame.columns))
    degrees = x.lower() in _ACROSS[:3] and y.lower() in _ALONG[:2]
    return np.column_stack((numbers(frame, file, x), numbers(frame, file, y))), degrees


def read_demand(root: Path, spec: DemandTable, placed: bool) -> tuple[Demand, bool]:
    """The demand, and whether its columns are longitude and latitude. `placed`: coordinates are needed."""
    frame = table(root / spec.file)
    xy, degrees = _places(frame, spec.file, spec.x, spec.y, placed)
    weights = numbers(frame, spec.file, spec.weight, least=0) if spec.weight else np.ones(frame.height)
    groups = tuple(column(frame, spec.file, spec.group)) if spec.group else ()
    return Demand(ids(frame, spec.file, spec.id), xy, weights, groups), degrees


def read_sites(root: Path, spec: SiteTable, placed: bool, standing: bool = False) -> tuple[Sites, bool]:
    """The sites, and whether their columns are longitude and latitude. `standing`: all exist already."""
    frame = table(root / spec.file)
    xy, degrees = _places(frame, spec.file, spec.x, spec.y, placed)
    costs = numbers(frame, spec.file, spec.cost, least=0) if spec.cost else np.ones(frame.height)
    capacities = None
    if spec.capacity:
        capacities = numbers(frame, spec.file, spec.capacity, least=0, empty=1e300)
        capacities = np.where(capacities >= 1e300, np.inf, capacities)
    existing = np.full(frame.height, standing)
    if spec.existing:
        existing = _truths(column(frame, spec.file, spec.existing), spec)
    names = tuple(column(frame, spec.file, spec.name)) if spec.name else ()
    return Sites(ids(frame, spec.file, spec.id), xy, costs, existing, capacities, names), degrees


def _truths(cells: Sequence[str], spec: SiteTable) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    bad = [at for at, cell in enumerate(cells) if cell.lower() not in _YES | _NO]
    if bad:
        raise BadCell(
            file=spec.file,
            line=bad[0] + 2,
            column=spec.existing,
            value=cells[bad[0]],
            count=len(bad),
            expected_vi="1 (đang có) hoặc 0",
            expected_en="1 (exists) or 0",
        )
    return np.array([cell.lower() in _YES for cell in cells], dtype=bool)


def degrees_checked(demand: Demand, sites: Sites, files: tuple[str, str], columns: Measure) -> None:
    """Refuse degrees outside the globe."""
    if columns != "haversine":
        return
    for file, xy in zip(files, (demand.xy, sites.xy), strict=True):
        if xy is None:
            continue
        bad = np.flatnonzero((np.abs(xy[:, 0]) > 180) | (np.abs(xy[:, 1]) > 90))
        if len(bad):
            at = int(bad[0])
            raise BadCell(
                file=file,
                line=at + 2,
                column="lon, lat",
                value=f"{xy[at, 0]:g}, {xy[at, 1]:g}",
                count=len(bad),
                expected_vi="kinh độ −180…180 và vĩ độ −90…90 (hoặc ghi measure: euclid)",
                expected_en="longitude −180…180 and latitude −90…90 (or write measure: euclid)",
            )
