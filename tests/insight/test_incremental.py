"""Whatever order news comes in, computing what it touches ends where computing everything does."""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tinh.insight.api import Touched, affected, compute
from tinh.packs.models import Catalogue, Formula, Life, Term

from .tiny import NOW, TinyLake, TinyPlaces, catalogue, dataset, direct, indicator, lake_of, ratio, row

SHARED, STATIONS = Term(dataset="tel", column="shared"), Term(dataset="tel", column="stations")
PEOPLE, FIRMS = Term(dataset="people", column="population"), Term(dataset="firms", how="count")
COMMUNES = ("10001", "10002", "10003", "10004")


def derived(expression: str, *ids: str) -> Formula:
    return Formula(kind="derived", indicators=ids, expression=expression)


HOT = """SELECT _place AS place, _period AS period, CASE WHEN max(pm) > 50 THEN 1 ELSE 0 END AS value,
         bool_or(_simulated) AS simulated FROM "air" WHERE pm IS NOT NULL GROUP BY _place, _period -- hot"""
SO_FAR = """SELECT _place AS place, _period AS period, sum(shared) OVER (PARTITION BY _place ORDER BY _period)
            AS value, _simulated AS simulated FROM "tel" """


def sql(text: str) -> Formula:
    return Formula(kind="sql", sql=text, datasets=("air" if "air" in text else "tel",))


def a_province(expect: str) -> Catalogue:
    air = dataset("air", {"pm": "number"}, kind="stream", every="hour", expect=expect, key=())
    tel = dataset("tel", {"shared": "integer", "stations": "integer"}, expect="communes")
    people = dataset("people", {"population": "integer"}, every="year", expect="communes")
    firms = dataset(
        "firms", {"id": "string", "began": "date", "ended": "date"}, kind="register", every=None,
        life=Life(begins="began", ends="ended"), key=("id",),
    )  # fmt: skip
    loose = dataset("loose", {"id": "string", "x": "number"}, key=("id",))  # its key holds no place or period
    mean = {"over_time": "mean", "over_places": "mean"}
    return catalogue(
        air, tel, people, firms, loose,
        indicator("pm", "month", direct("air", "pm", "mean"), through=("hour", "day", "month"),
                  min_coverage={"day": 0.1}, **mean),
        indicator("pm-day", "day", direct("air", "pm", "max"), over_time="max", over_places="max"),
        indicator("bad-hours", "quarter", direct("air", how="count", where="pm > 50"),
                  through=("hour", "day", "quarter"), over_time="sum", places=("province",)),
        indicator("share", "month", ratio(SHARED, STATIONS, 100)),
        indicator("share-year", "year", ratio(SHARED, STATIONS),
                  through=("month", "year"), over_time="last", places=("commune", "province")),
        indicator("own-only", "month", direct("tel", "stations"), places=("own",)),
        indicator("firms", "month", direct("firms", how="count")),
        indicator("per", "month", ratio(FIRMS, PEOPLE, 1000)),
        indicator("tel-per-head", "month", ratio(STATIONS, PEOPLE)),
        indicator("loose", "month", direct("loose", "x")),
        indicator("people", "year", direct("people", "population"), over_time="last"),
        indicator("both", "month", derived("share / people", "share", "people")),
        indicator("hot-hours", "month", sql(HOT), through=("hour", "day", "month"),
                  over_time="sum", over_places="mean"),
        indicator("hot-quarters", "quarter", sql(HOT), through=("hour", "month", "quarter"), over_time="max"),
        indicator("so-far", "month", sql(SO_FAR), over_time="last"),
        indicator("deep", "month", derived("coalesce(both, 0) + pm", "both", "pm")),
    )  # fmt: skip


def deliveries(dice: random.Random) -> list[tuple[str, list[dict[str, object]], bool]]:
    out: list[tuple[str, list[dict[str, object]], bool]] = []
    for n in range(dice.randint(8, 16)):
        place = dice.choice(COMMUNES)
        month = f"{dice.choice((2025, 2026))}-{dice.choice(('01', '02', '08', '12'))}"
        if month == "2025-01" or month == "2025-02":
            place = dice.choice(("164", "01840", "05440"))
        kind = dice.choice(("air", "tel", "people", "firms", "loose"))
        if kind == "air":
            day = f"{month}-{dice.randint(1, 28):02d}"
            hours = dice.sample(range(24), dice.randint(1, 6))
            rows = [row(place, f"{day}T{h:02d}", pm=dice.choice((None, 10.0, 60.0))) for h in hours]
        elif kind == "tel":
            rows = [row(p, month, shared=dice.randint(0, 5), stations=dice.choice((None, 0, 5, 9)))
                    for p in dice.sample(COMMUNES, 2)]  # fmt: skip
        elif kind == "people":
            rows = [row(place, dice.choice(("2024", "2025", "2026")), population=dice.randint(0, 3) * 1000)]
        elif kind == "firms":
            began = date(2025, 10, 1) + timedelta(days=dice.randint(0, 200))
            ended = None if dice.random() < 0.5 else began + timedelta(days=dice.randint(0, 100))
            rows = [
                {
                    "id": f"f{dice.randint(1, 3)}",
                    "place": place,
                    "_place": place,
                    "began": began,
                    "ended": ended,
                }
            ]
        else:
            rows = [{**row(place, month, x=1.0 * n), "id": f"l{dice.randint(1, 2)}"}]
        out.append((kind, rows, dice.random() < 0.3))
    return out


def stand(cat: Catalogue, lake: TinyLake, places: TinyPlaces) -> pl.DataFrame:
    frames = [compute(i, cat, lake, places, None, NOW) for i in cat.indicators.values()]
    whole = pl.concat(frames).filter(~pl.col("_gone")).drop("_gone")
    return whole.sort("indicator", "place", "period")


@pytest.mark.parametrize("expect", ["given", "known", "communes"])
@pytest.mark.parametrize("seed", range(3))
def test_incremental_ends_where_full_computation_does(places: TinyPlaces, seed: int, expect: str) -> None:
    dice = random.Random(f"{seed}{expect}")
    cat = a_province(expect)
    lake = lake_of(cat)
    for kind, rows, simulated in deliveries(dice):
        lake.add(kind, rows, simulated)
        touched = Touched(
            kind,
            frozenset(str(r["_place"]) for r in rows),
            frozenset(str(r["_period"]) for r in rows if r.get("_period")),
        )
        lake.stored += [compute(i, cat, lake, places, touched, NOW) for i in affected(cat, kind)]
    kept = lake.values().drop("_gone").sort("indicator", "place", "period")
    assert_frame_equal(kept, stand(cat, lake, places), check_exact=False, rel_tol=1e-9)
