"""A look at a province: relations, what marks teach, groups and the day's room."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tinh.insight.api import Learned, LookGround, breaches, learn, look
from tinh.kit.errors import Text
from tinh.kit.periods import shift
from tinh.lake.api import ANOMALIES, MARKS
from tinh.packs.api import Catalogue, Relation, load

NOW = datetime(2026, 11, 20, tzinfo=UTC)
MONTHS = [shift("2026-10", k - 59) for k in range(60)]
FIBRE, FOUR, FIVE = "telecom-fibre-share", "telecom-4g-coverage", "telecom-5g-coverage"


@pytest.fixture(scope="module")
def province() -> Catalogue:
    catalogue = load(Path(__file__).parents[2] / "provinces" / "thai-nguyen").catalogue
    assert catalogue is not None
    return catalogue


def steady(seed: int, level: float = 60.0) -> np.ndarray:
    return level + np.random.default_rng(seed).normal(size=60) * 0.5


def frame(series: dict[tuple[str, str], np.ndarray]) -> pl.DataFrame:
    return pl.concat(
        pl.DataFrame(
            {
                "indicator": i,
                "version": 1,
                "place": p,
                "period": MONTHS,
                "grain": "month",
                "value": y,
                "simulated": False,
            }
        )
        for (i, p), y in series.items()
    )


COUNTS = pl.DataFrame(
    schema={"dataset": pl.String, "period": pl.String, "value": pl.Float64, "simulated": pl.Boolean}
)


def seen(
    province: Catalogue,
    values: pl.DataFrame,
    stored: list[dict[str, Any]] | None = None,
    room: int = 20,
    **more: Any,
) -> list[dict[str, Any]]:
    table = pl.DataFrame([{k: r.get(k) for k in ANOMALIES} for r in stored or []], schema=ANOMALIES)
    ground = LookGround(
        province, values, COUNTS, table, more.pop("learned", Learned()), more.pop("now", NOW), **more
    )
    return look(ground, room).rows


def test_what_is_unusual_now_is_raised_with_its_numbers_and_old_news_is_not(province: Catalogue) -> None:
    y = steady(1)
    y[20], y[59] = 80, 42
    (one,) = seen(province, frame({(FIBRE, "05443"): y, (FIBRE, "05467"): steady(2)}))
    assert (one["place"], one["kind"], one["first"], one["state"]) == ("05443", "dip", "2026-10", "raised")
    assert "42,0" in one["why_vi"] and "42.0" in one["why_en"]
    assert one["why_vi"].count("%") == 1 and one["why_en"].count("%") == 1  # the unit is said once
    assert one["low"] > 42


def test_what_cannot_be_negative_has_no_usual_range_below_zero(province: Catalogue) -> None:
    name = "reports-per-1000"
    y = 0.2 + 0.15 * np.sin(np.arange(60) * 2.4) + steady(7, 0.0) * 0.1
    y[59] = 1.4
    (one,) = seen(province, frame({(name, "05443"): np.abs(y)}))
    assert one["kind"] == "spike" and one["low"] == 0.0 and "-" not in one["why_vi"]


def test_a_second_look_keeps_the_id_and_mended_data_makes_it_gone(province: Catalogue) -> None:
    y = steady(1)
    y[59] = 42
    first = seen(province, frame({(FIBRE, "05443"): y}))
    again = seen(province, frame({(FIBRE, "05443"): y}), first)
    assert [r["id"] for r in again] == [r["id"] for r in first]
    mended = seen(province, frame({(FIBRE, "05443"): steady(1)}), first)
    assert [(r["id"], r["state"]) for r in mended] == [(first[0]["id"], "gone")]


def test_a_day_has_room_for_so_many_and_the_rest_waits_with_its_reason(province: Catalogue) -> None:
    series = {}
    for k, place in enumerate(("05443", "05467", "05500")):
        series[FIBRE, place] = steady(k)
        series[FIBRE, place][59] = 57 - k
    rows = seen(province, frame(series), room=1)
    top = max(rows, key=lambda r: r["score"] * r["weight"])
    assert [r["place"] for r in rows if r["state"] == "raised"] == [top["place"]]
    assert sorted(r["because"] for r in rows) == ["", "budget", "budget"]


def test_places_struck_together_and_one_delivery_share_a_group(province: Catalogue) -> None:
    series = {}
    for k, place in enumerate(("05443", "05467", "05500")):
        series[FIBRE, place] = steady(k)
        series[FIBRE, place][59] = 40
    together = seen(province, frame(series))
    assert {r["cause"] for r in together} == {"many"}
    assert len({r["group"] for r in together}) == 1
    sent = seen(province, frame(series), receipt_of=lambda *_: "r1")
    assert {r["cause"] for r in sent} == {"receipt"}


def test_a_look_at_one_series_leaves_what_it_shares_with_others_together(province: Catalogue) -> None:
    series = {}
    for k, place in enumerate(("05443", "05467", "05500")):
        series[FIBRE, place] = steady(k)
        series[FIBRE, place][59] = 40
    first = seen(province, frame(series))
    again = seen(province, frame(series), first, only={(FIBRE, "05443")})
    assert {r["id"]: r["group"] for r in again} == {r["id"]: r["group"] for r in first}
    assert {r["state"] for r in again} == {"raised"}


def marked(row: dict[str, Any], mark: str) -> pl.DataFrame:
    said = {"id": "m", "anomaly": row["id"], "mark": mark, "note": "vì", "by": "a", "at": NOW}
    return pl.DataFrame([said], schema=MARKS)


CELLS = {"indicator": pl.String, "place": pl.String, "period": pl.String, "value": pl.Float64}


def test_known_keeps_the_same_kind_quiet_and_names_the_mark(province: Catalogue) -> None:
    y = steady(1)
    y[50] = 42
    (old,) = seen(province, frame({(FIBRE, "05443"): y}), now=datetime(2026, 2, 10, tzinfo=UTC))
    y[59] = 42
    learned = learn([old], marked(old, "known"), pl.DataFrame(schema=CELLS))
    rows = {r["first"]: r for r in seen(province, frame({(FIBRE, "05443"): y}), [old], learned=learned)}
    assert rows["2026-10"]["state"] == "quiet"
    assert rows["2026-10"]["because"] == f"known:{old['id']}"
    opened = learn([old], marked(old, "open"), pl.DataFrame(schema=CELLS))
    rows = {r["first"]: r for r in seen(province, frame({(FIBRE, "05443"): y}), [old], learned=opened)}
    assert rows["2026-10"]["state"] == "raised"


def test_an_error_is_left_out_of_the_baseline_until_it_is_mended(province: Catalogue) -> None:
    y = steady(1)
    y[59] = 42
    (old,) = seen(province, frame({(FIBRE, "05443"): y}))
    cells = pl.DataFrame([(FIBRE, "05443", "2026-10", 42.0)], schema=CELLS, orient="row")
    learned = learn([old], marked(old, "data_error"), cells)
    values = frame({(FIBRE, "05443"): y})
    assert learned.without(values)["value"].null_count() == 1
    mended = values.with_columns(pl.when(pl.col("value") == 42).then(61.0).otherwise("value").alias("value"))
    assert learned.without(mended)["value"].null_count() == 0


def relation(kind: str, **more: Any) -> Relation:
    return Relation(
        id="r", pack="telecom", kind=kind, indicator=FIVE, says=Text("vì", "for"), file=Path("r.yaml"), **more
    )


@pytest.mark.parametrize(
    ("rule", "other", "broken"),
    [
        (relation("at_most", other=FOUR, tolerance=0.5), {FOUR: 40.0}, True),
        (relation("at_most", other=FOUR, tolerance=0.5), {FOUR: 49.6}, False),
        (relation("parts", parts=(FOUR, FIBRE), tolerance=1), {FOUR: 20.0, FIBRE: 20.0}, True),
        (relation("parts", parts=(FOUR, FIBRE), tolerance=1), {FOUR: 20.0, FIBRE: 30.5}, False),
        (relation("parts", parts=(FOUR, FIBRE), tolerance=1), {FOUR: 20.0}, False),
        (relation("ratio", other=FOUR, lower=0.5, upper=1.5), {FOUR: 20.0}, True),
        (relation("ratio", other=FOUR, lower=0.5, upper=1.5), {FOUR: 45.0}, False),
    ],
    ids=lambda v: v.kind if isinstance(v, Relation) else None,
)
def test_a_relation_is_broken_beyond_what_it_allows(
    rule: Relation, other: dict[str, float], broken: bool
) -> None:
    rows = [(FIVE, 50.0), *other.items()]
    values = pl.DataFrame(
        [(i, "05443", "2026-10", v, False) for i, v in rows],
        schema=["indicator", "place", "period", "value", "simulated"], orient="row",
    )  # fmt: skip
    assert (len(breaches(rule, values)) == 1) is broken


@pytest.mark.parametrize(("sign", "found"), [("same", ["2026-10"]), ("opposite", [])])
def test_what_moves_together_must_not_move_apart_after_its_lag(sign: str, found: list[str]) -> None:
    g = np.random.default_rng(3)
    lead, follow = np.cumsum(g.normal(size=60)), np.cumsum(g.normal(size=60))
    lead[58:] += 9
    follow[59:] -= 9
    values = frame({(FOUR, "05443"): lead, (FIVE, "05443"): follow})
    rule = relation("together", other=FOUR, lag=1, sign=sign)
    assert breaches(rule, values)["period"].to_list() == found


def test_more_5g_than_4g_is_raised_by_the_declared_relation(province: Catalogue) -> None:
    four, five = steady(1, 80), steady(2, 60)
    five[59] = 83
    values = frame({(FOUR, "05443"): four, (FIVE, "05443"): five})
    one = next(r for r in seen(province, values) if r["kind"] == "relation")
    assert one["relation"] == "5g-within-4g"
    assert province.relations["5g-within-4g"].says.vi in one["why_vi"]
