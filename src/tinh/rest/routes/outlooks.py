"""Forecasts of indicators, outlooks of targets, what if, and how outlooks kept their word."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

import polars as pl
from django.http import HttpRequest, HttpResponse
from ninja import Router

from tinh.insight.api import VERDICTS, communes_lifted, pace_held
from tinh.jobs import api as jobs
from tinh.packs.api import Indicator, Target
from tinh.people import api as people
from tinh.rest import shapes
from tinh.rest.entry import actor
from tinh.rest.errors import BadParameter, NothingThere
from tinh.rest.moments import moment
from tinh.rest.render import answer, format_of, table
from tinh.rest.routes.house import indicator_of

router = Router(tags=["outlooks"])
_WORDS = ("moved", "refused")


@router.get("/outlooks", response=shapes.Anything, summary="How likely each target is met by its day")
def outlooks(request: HttpRequest, indicator: str = "", as_of: str = "") -> HttpResponse:
    """The newest outlook of each declared target, the least likely first; `indicator` may hold several ids,
    comma separated. `as_of` shows what had been computed by a moment or the end of a day. `computing` says
    how far a running round is."""
    people.require(actor(request), "read")
    catalogue = jobs.catalogue()
    ids = [part.strip() for part in indicator.split(",") if part.strip()]
    for id in ids:
        indicator_of(id)
    frame = jobs.corridor().lake.foreseen.outlooks(ids or None, None, moment("as_of", as_of))
    items = [
        _outlook(row)
        for row in frame.sort("probability", "by", nulls_last=True).iter_rows(named=True)
        if _declared(row) is not None
    ]
    progress = jobs.outlook_progress()
    computing = (
        {"indicator": progress.at, "done": progress.done, "of": progress.of} if progress.running else None
    )
    limits = catalogue.verdicts.model_dump()
    return answer({"items": items, "next": None, "computing": computing, "verdicts": limits})


@router.get("/outlooks/record", response=shapes.Anything, summary="How outlooks kept their word")
def record(request: HttpRequest) -> HttpResponse:
    """Brier score and reliability curve: `live` of outlooks that were published and came due, `replay` of
    past days played again; null where there is nothing to judge."""
    people.require(actor(request), "read")
    found = jobs.track_record(jobs.corridor())
    return answer({kind: asdict(one) if one else None for kind, one in found.items()})


@router.get("/indicators/{id}/forecasts", response=shapes.Anything, summary="Forecast of an indicator")
def forecasts(request: HttpRequest, id: str, place: str = "", as_of: str = "") -> HttpResponse:
    """JSON; CSV, Parquet or Arrow with Accept or by `/forecasts.csv`. `place` may hold several codes, comma
    separated; all places otherwise. A series that could not be forecast says why in `refused`."""
    return _forecasts(request, id, place, as_of)


@router.get("/indicators/{id}/forecasts.{form}", summary="Forecast of an indicator as a file")
def forecasts_file(
    request: HttpRequest, id: str, form: str, place: str = "", as_of: str = ""
) -> HttpResponse:
    return _forecasts(request, id, place, as_of, form)


@router.get("/indicators/{id}/what-if", response=shapes.Anything, summary="An outlook under a supposition")
def what_if(
    request: HttpRequest, id: str, suppose: Literal["communes", "pace"], count: int = 0, by: str = ""
) -> HttpResponse:
    """`suppose=communes`: the `count` communes that will be furthest behind reach the median; `suppose=pace`:
    the pace of the last `count` periods holds. `by` names the target where there are several."""
    people.require(actor(request), "read")
    one = indicator_of(id)
    target = _target(one, by)
    if not 1 <= count <= 1000:
        raise BadParameter(name="count", value=str(count), expected="1–1000")
    lake, catalogue = jobs.corridor().lake, jobs.catalogue()
    frame, kept = lake.values(id, version=one.version), lake.foreseen.forecasts([id])
    ask = communes_lifted if suppose == "communes" else pace_held
    found = ask(one, catalogue, frame, kept, target, count)
    if found is None:
        raise NothingThere(
            what_vi="dự báo để thử điều này", what_en="forecast to try this on", id=id,
            list=f"/api/v1/indicators/{id}/forecasts",
        )  # fmt: skip
    return answer({**asdict(found), "by": target.by.isoformat(), "target": target.value,
                   "verdict_words": VERDICTS[found.verdict].as_dict()})  # fmt: skip


def _target(one: Indicator, by: str) -> Target:
    today = jobs.now().date()
    for target in one.targets:
        if target.by.isoformat() == by if by else target.by >= today:
            return target
    raise NothingThere(
        what_vi="mục tiêu còn hạn của chỉ số", what_en="target to come of indicator", id=one.id,
        list="/api/v1/outlooks",
    )  # fmt: skip


def _declared(row: dict[str, Any]) -> Target | None:
    one = jobs.catalogue().indicators.get(row["indicator"])
    own = one.targets_of(row["place"], jobs.catalogue().place) if one else ()
    return next((t for t in own if t.by.isoformat() == row["by"]), None)


def _outlook(row: dict[str, Any]) -> dict[str, Any]:
    target = _declared(row)
    kept = {k: v for k, v in row.items() if not any(k.startswith(f"{w}_") for w in _WORDS)}
    words: dict[str, Any] = {
        f"{w}_words": {"vi": row[f"{w}_vi"], "en": row[f"{w}_en"]} if row[f"{w}_vi"] else None for w in _WORDS
    }
    verdict = VERDICTS[row["verdict"]].as_dict() if row["verdict"] else None
    return {**kept, **words, "verdict_words": verdict, "source": target.source if target else ""}


def _forecasts(request: HttpRequest, id: str, place: str, as_of: str, form: str = "") -> HttpResponse:
    people.require(actor(request), "read")
    one = indicator_of(id)
    form = format_of(request, ("json", "csv", "parquet", "arrow"), form)
    places = [part.strip() for part in place.split(",") if part.strip()] or None
    frame = jobs.corridor().lake.foreseen.forecasts([id], places, moment("as_of", as_of))
    frame = frame.filter(pl.col("version") == one.version).sort("place")
    lists = ["periods", "mean", "lo_80", "hi_80", "lo_95", "hi_95"]
    if form != "json":
        known = frame.filter(pl.col("periods").list.len() > 0)
        long = known.select(
            "indicator", "version", "place", "origin", *lists, "simulated", "reconciled", "applied", "method",
            "made_at", "run_id",
        ).explode(lists)  # fmt: skip
        return table(long.rename({"periods": "period"}), form, f"{id}-forecasts")
    items = []
    for row in frame.iter_rows(named=True):
        points = [
            {"period": p, "mean": m, "lo_80": a, "hi_80": b, "lo_95": c, "hi_95": d}
            for p, m, a, b, c, d in zip(*(row[n] or [] for n in lists), strict=True)
        ]
        facts = {
            k: row[k]
            for k in row
            if k not in (*lists, "base", "base_bands", "ends", "base_ends", "refused_vi", "refused_en")
        }
        why = {"vi": row["refused_vi"], "en": row["refused_en"]} if row["refused"] else None
        items.append({**facts, "refused_words": why, "points": points})
    return answer({"items": items, "next": None})
