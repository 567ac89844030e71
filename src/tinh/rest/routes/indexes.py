"""Composite indexes: what is declared, how it stands, and what would happen if."""

from __future__ import annotations

import time

import numpy as np
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from numpy.typing import NDArray

from tinh.flow import api as flow
from tinh.insight import api as insight
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.rest import shapes
from tinh.rest.entry import actor
from tinh.rest.errors import BadParameter
from tinh.rest.fresh import conditional
from tinh.rest.render import answer

router = Router(tags=["indexes"])
_NONE: list[str] = []


@router.get("/indexes", response=shapes.Anything, summary="Composite indexes that are declared")
@conditional
def listing(request: HttpRequest) -> HttpResponse:
    """Each with its version, source, units and number of components."""
    people.require(actor(request), "read")
    return answer(
        {
            "items": [
                {
                    "id": i.id, "version": i.version, "name": i.name, "description": i.description,
                    "source": i.source, "units": i.units, "points": i.tree.total(),
                    "components": sum(1 for _ in i.tree.components()),
                }
                for i in jobs.catalogue().indexes.values()
            ]
        }
    )  # fmt: skip


@router.get("/indexes/{id}", response=shapes.Anything, summary="An index: scores and ranks of all units")
@conditional
def one(request: HttpRequest, id: str, period: str = "") -> HttpResponse:
    """`units` as the CSV of `tinh index score` has them, with rank intervals from 1,000 rebuilds where
    there are units to compare."""
    people.require(actor(request), "read")
    found = flow.standing(jobs.corridor(), id, period)
    rows = insight.index_frame(found.built).to_dicts()
    if found.spread is not None:
        for row, ranks in zip(rows, found.spread.table(found.built.units), strict=True):
            row |= {k: v for k, v in ranks.items() if k not in ("unit", "rank")}
    return answer(
        {
            "id": id, "version": found.index.version, "period": found.period, "periods": found.periods,
            "simulated": found.simulated, "units": rows,
        }
    )  # fmt: skip


@router.get("/indexes/{id}/what-if", response=shapes.Anything, summary="Scores if components were others")
def what_if(
    request: HttpRequest, id: str, unit: str, period: str = "", points: Query[list[str]] = _NONE
) -> HttpResponse:
    """`points=component:number`, repeated. Nothing is stored."""
    people.require(actor(request), "read")
    begun = time.perf_counter()
    found = flow.standing(jobs.corridor(), id, period)
    wanted = {}
    for pair in points:
        name, _, text = pair.rpartition(":")
        try:
            wanted[name] = float(text)
        except ValueError:
            raise BadParameter(name="points", value=pair, expected="component:number") from None
    before, after = insight.with_points(found.builder, unit, wanted)
    row = found.built.units.index(unit)
    ids = [e.id for e in found.built.tree.elements]

    def told(values: NDArray[np.float64]) -> dict[str, object]:
        rank = int((values[:, -1] > values[row, -1]).sum()) + 1
        return {"score": float(values[row, -1]), "rank": rank,
                "elements": dict(zip(ids, values[row].tolist(), strict=True))}  # fmt: skip

    return answer(
        {
            "unit": unit, "period": found.period, "among": len(found.built.units), "before": told(before),
            "after": told(after), "milliseconds": round(1000 * (time.perf_counter() - begun), 1),
        }
    )  # fmt: skip
