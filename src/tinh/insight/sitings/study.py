"""A declared study → the case that is solved: people from the lake, places from the gazetteer.

Where people are spread over cells, each commune's people are laid evenly on the points of a square grid
that fall inside it: an estimate, told wherever it shows. Sums stay those of the report, person by person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from tinh.insight.sitings.case import Case, make_case
from tinh.insight.sitings.errors import NoData
from tinh.insight.sitings.spec import Spec
from tinh.insight.sitings.tables import Demand, Sites
from tinh.kit import expr
from tinh.kit.periods import end

if TYPE_CHECKING:
    import polars as pl

    from tinh.lake.api import Lake
    from tinh.packs.api import Catalogue, Siting
    from tinh.places.api import Outlines

_DEGREE = 111_195.0  # metres of one degree of a great circle on the mean sphere
MOST_CELLS = 150_000


@dataclass(frozen=True, eq=False)
class Study:
    """A case with what must be said of it. `period` of the people; areas `approximate`; rows `simulated`."""

    case: Case
    period: str
    simulated: bool
    approximate: bool
    spread: bool
    version: int  # of the report's table


def people(siting: Siting, catalogue: Catalogue, lake: Lake) -> pl.DataFrame:
    """`place, people, stands, simulated, period`, one row a commune: the newest it has reported."""
    dataset = catalogue.datasets[siting.demand.dataset]
    table, column = _name(dataset.id), f"coalesce({_name(siting.demand.column)}, 0)"
    if siting.demand.minus:
        column = f"greatest(0, {column} - coalesce({_name(siting.demand.minus)}, 0))"
    where = f"({expr.parse(siting.demand.where).sql()})" if siting.demand.where else "TRUE"
    stands = f"({expr.parse(siting.sites.stands).sql()})" if siting.sites.stands else "FALSE"
    frame = lake.query(
        f"SELECT _place AS place, CAST(CASE WHEN {where} THEN {column} ELSE 0 END AS BIGINT) AS people,"
        f" coalesce({stands}, FALSE) AS stands, coalesce(_simulated, FALSE) AS simulated, _period AS period"
        f" FROM (SELECT *, max(_period) OVER (PARTITION BY _place) AS newest FROM {table}) AS reported"
        " WHERE _place IS NOT NULL AND _period = newest"
        " ORDER BY place",
        {dataset.id: dataset},
    )
    if not len(frame):
        raise NoData(
            id=siting.id, why_vi=f"“{dataset.name.vi}” chưa có dòng nào.",
            why_en=f"“{dataset.name.en}” has no rows.",
            cure_vi="Gửi số liệu của bộ này trước.", cure_en="Deliver data of this dataset first.",
        )  # fmt: skip
    return frame


def study(siting: Siting, catalogue: Catalogue, lake: Lake, outlines: Outlines) -> Study:
    """Everything a siting needs to be solved. Raises `NoData` and what `make_case` raises."""
    frame = people(siting, catalogue, lake)
    period = str(frame["period"].max())
    rows = [r for r in frame.to_dicts() if r["place"] in outlines.shapes]
    at, weights, groups, ids = [], [], [], []
    for row in rows:
        points = _points(outlines, row["place"], siting.demand.cell)
        whole, more = divmod(int(row["people"]), len(points))
        for n, point in enumerate(points):
            at.append(point)
            weights.append(whole + (n < more))
            groups.append(row["place"])
            ids.append(f"{row['place']}:{n}")
    kept = np.array(weights, dtype=np.float64) > 0
    demand = Demand(
        tuple(i for i, k in zip(ids, kept, strict=True) if k), np.array(at).reshape(-1, 2)[kept],
        np.array(weights, dtype=np.float64)[kept], tuple(g for g, k in zip(groups, kept, strict=True) if k),
    )  # fmt: skip
    made = make_case(_spec(siting), demand, _sites(siting, catalogue, lake, outlines, rows), "haversine")
    return Study(
        made, period, bool(frame["simulated"].any()), outlines.approximate, siting.demand.cell > 0,
        lake.data_version(catalogue.datasets[siting.demand.dataset]),
    )  # fmt: skip


def day_of(period: str) -> date:
    """The last day of a period, on whose units its people live."""
    from datetime import timedelta

    return (end(period) - timedelta(seconds=1)).date()


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _spec(siting: Siting) -> Spec:
    phases = [{"name": str(n), "p": ph.p, "budget": ph.budget} for n, ph in enumerate(siting.phases, 1)]
    return Spec.model_validate(
        {
            "goal": siting.goal,
            "demand": {"file": siting.demand.dataset, "group": "commune"},
            "sites": {"file": "sites"},
            "radius": siting.radius,
            "p": siting.p,
            "budget": siting.budget,
            "phases": tuple(phases),
            "minimum": {"share": siting.minimum} if siting.minimum else None,
            "share": siting.share,
            "unreachable": "leave_out",
            "gap": siting.gap,
            "time_limit": siting.time_limit,
        }
    )


def _points(outlines: Outlines, code: str, cell: float) -> list[tuple[float, float]]:
    """Points of the grid inside a commune; its centre where it is smaller than a cell or none is asked."""
    import shapely

    unit, shape = outlines.units[code], outlines.shapes[code]
    if cell > 0:
        west, south, east, north = shapely.bounds(shape).tolist()
        tall = cell / _DEGREE
        wide = tall / np.cos(np.radians(21.6 if abs(unit.lat) < 1e-9 else round(unit.lat)))
        across = np.arange(np.floor(west / wide), np.ceil(east / wide) + 1) * wide + wide / 2
        along = np.arange(np.floor(south / tall), np.ceil(north / tall) + 1) * tall + tall / 2
        x, y = (a.ravel() for a in np.meshgrid(across, along))
        inside = shapely.contains_xy(shape, x, y)
        if inside.any():
            return list(zip(x[inside].tolist(), y[inside].tolist(), strict=True))
    return [(unit.lon, unit.lat)]


def _sites(
    siting: Siting, catalogue: Catalogue, lake: Lake, outlines: Outlines, rows: list[dict[str, Any]]
) -> Sites:
    given = siting.sites
    ids, names, at, stands = [], [], [], []

    def add(id: str, name: str, x: float, y: float, there: bool) -> None:
        ids.append(id)
        names.append(name)
        at.append((x, y))
        stands.append(there)

    have = {r["place"] for r in rows if r["stands"]}
    for code, unit in outlines.units.items():
        if code in outlines.shapes and (given.communes or code in have):
            add(code, unit.short, unit.lon, unit.lat, code in have)
    if given.cell > 0:
        for code in outlines.shapes:
            for n, (x, y) in enumerate(_points(outlines, code, given.cell), 1):
                if (x, y) != (outlines.units[code].lon, outlines.units[code].lat):
                    add(f"{code}-{n}", f"{outlines.units[code].short} {n}", x, y, False)
    if given.dataset:
        dataset = catalogue.datasets[given.dataset]
        found = lake.query(
            f"SELECT _key AS id, {_name(given.longitude)} AS x, {_name(given.latitude)} AS y"
            f" FROM {_name(dataset.id)} ORDER BY id",
            {dataset.id: dataset},
        )
        for id, x, y in found.iter_rows():
            if x is not None and y is not None:
                add(f"{dataset.id}:{id}", str(id), float(x), float(y), False)
    return Sites(
        tuple(ids), np.array(at, dtype=np.float64).reshape(-1, 2), np.full(len(ids), given.cost),
        np.array(stands, dtype=bool), None, tuple(names),
    )  # fmt: skip
