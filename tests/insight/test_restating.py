"""Values across the reform of 2025 and later ones: what is kept, what is estimated, what is said."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tinh.insight.api import Together, Touched, trace, values_on
from tinh.packs.models import Formula, Indicator, Term
from tinh.places.api import Declared, Gazetteer, Newcomer, Parts, Reform, Size, gazetteer

from .tiny import TinyLake, catalogue, dataset, direct, indicator, lake_of, ratio, row

EVE, SINCE, LATER = date(2025, 6, 30), date(2025, 7, 1), date(2027, 1, 1)
NOW = datetime(2026, 3, 15, tzinfo=UTC)
THEN, TODAY = EVE.isoformat(), SINCE.isoformat()
A, B = Term(dataset="m", column="a"), Term(dataset="m", column="b")
BOOK = gazetteer()
OLD = sorted(u.code for u in BOOK.lowest("19", EVE))
NEW = sorted(u.code for u in BOOK.lowest("19", SINCE))
SPANS = BOOK.bridge("19", EVE, SINCE)
DIVIDED = {s.source for s in SPANS if s.guessed}
ALONE = {s.source: s.target for s in SPANS if sum(o.target == s.target for o in SPANS) == 1 and s.share == 1}


def monthly(**more: object) -> dict[str, object]:
    return {"over_time": "last", "places": ("commune", "province"), **more}


def a_province(*indicators: Indicator, expect: str = "communes") -> TinyLake:
    made = catalogue(dataset("m", {"a": "number", "b": "number"}, expect=expect), *indicators)
    return lake_of(made)


def restated(
    lake: TinyLake, of: Indicator, book: Gazetteer = BOOK, units: str = TODAY, now: datetime = NOW
) -> dict[tuple[str, str], dict[str, object]]:
    assert lake.catalogue is not None
    frame = Together(lake.catalogue, lake, book, now, [of]).restated(of, None)
    rows = frame.filter((pl.col("units") == units) & ~pl.col("_gone"))
    return {(r["place"], r["period"]): r for r in rows.iter_rows(named=True)}


AMOUNT = indicator("amount", "month", direct("m", "a"), **monthly())
RATE = indicator("rate", "month", ratio(A, B, 100), **monthly())
MEAN = indicator("mean", "month", direct("m", "a"), **monthly(over_places="mean"))
MOST = indicator("most", "month", direct("m", "a"), **monthly(over_places="max"))


def test_a_sum_on_old_units_stands_on_todays_and_says_how_much_of_it_is_estimated() -> None:
    lake = a_province(AMOUNT)
    lake.add("m", [row(code, "2025-04", a=10.0, b=1.0) for code in OLD])
    found = restated(lake, AMOUNT)
    assert {place for place, _ in found} == set(NEW)
    la_bang = found["05818", "2025-04"]
    whole = len(BOOK.predecessors("05818"))
    assert (la_bang["value"], la_bang["estimated"], la_bang["cov_num"]) == (10.0 * whole, 0.0, whole)
    wards = [s for s in SPANS if s.target == "05443"]
    part = sum(s.share for s in wards)
    mixed = found["05443", "2025-04"]
    assert mixed["value"] == pytest.approx(10 * part)
    assert mixed["estimated"] == pytest.approx(sum(s.guessed for s in wards) / part)
    assert 0 < mixed["estimated"] < 1  # type: ignore[operator]


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), gaps=st.floats(0, 0.5))
def test_totals_of_the_province_are_kept_both_ways(seed: int, gaps: float) -> None:
    dice = random.Random(seed)
    lake = a_province(AMOUNT, RATE)
    for codes, period in ((OLD, "2025-05"), (NEW, "2025-08")):
        lake.add(
            "m",
            [
                row(c, period, a=dice.choice([0.0, dice.random() * 1e6]), b=dice.random() * 1e3 + 1)
                for c in codes
                if dice.random() > gaps
            ],
        )
    assert lake.catalogue is not None
    work = Together(lake.catalogue, lake, BOOK, NOW, [AMOUNT, RATE])
    for of, columns in ((AMOUNT, ("value",)), (RATE, ("num", "den"))):
        told, moved = work.compute(of, None), work.restated(of, None)
        for units, period in ((TODAY, "2025-05"), (THEN, "2025-08")):
            whole = told.filter((pl.col("place") == "19") & (pl.col("period") == period))
            parts = moved.filter((pl.col("units") == units) & (pl.col("period") == period))
            for column in columns:
                assert parts[column].sum() == pytest.approx(whole[column].sum(), rel=1e-9)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_there_and_back_is_exact_where_a_unit_was_neither_divided_nor_merged(seed: int) -> None:
    dice = random.Random(seed)
    values = {code: dice.random() * 1e6 for code in OLD}
    for of in (AMOUNT, MEAN, MOST):
        there = a_province(of)
        there.add("m", [row(c, "2025-05", a=v, b=1.0) for c, v in values.items()])
        moved = restated(there, of)
        back = a_province(of)
        back.add("m", [row(p, "2025-08", a=r["value"], b=1.0) for (p, _), r in moved.items()])
        returned = restated(back, of, units=THEN)
        assert ALONE
        for old, new in ALONE.items():
            assert moved[new, "2025-05"]["value"] == values[old]
            assert returned[old, "2025-08"]["value"] == values[old]
            assert returned[old, "2025-08"]["estimated"] == 0


def test_a_ratio_restates_what_it_is_made_of_never_itself() -> None:
    lake = a_province(RATE)
    big, small = (
        (s.source for s in SPANS if s.target == "05818" and s.share == 1.0)
        if len([s for s in SPANS if s.target == "05818"]) == 2
        else [s.source for s in SPANS if s.target == "05443" and s.share == 1.0][:2]
    )
    target = next(s.target for s in SPANS if s.source == big)
    lake.add("m", [row(big, "2025-04", a=90.0, b=100.0), row(small, "2025-04", a=0.0, b=10.0)])
    found = restated(lake, RATE)[target, "2025-04"]
    assert (found["num"], found["den"]) == (90.0, 110.0)
    assert found["value"] == pytest.approx(100 * 90 / 110)


def test_what_did_not_come_is_a_lack_of_coverage_and_no_zero() -> None:
    lake = a_province(AMOUNT)
    came = [s.source for s in SPANS if s.target == "05443" and s.share == 1.0]
    lake.add("m", [row(came[0], "2025-04", a=7.0, b=1.0)])
    found = restated(lake, AMOUNT)
    assert set(found) == {("05443", "2025-04")}
    one = found["05443", "2025-04"]
    assert (one["value"], one["cov_num"], one["cov_den"]) == (7.0, 1, len(BOOK.predecessors("05443")))


def test_a_mean_is_weighed_by_declared_sizes_and_is_an_estimate_without_them() -> None:
    parts = [s.source for s in SPANS if s.target == "05818"]
    sizes = tuple(Size(c, EVE, "population", 1000.0 * (n + 1), "niên giám") for n, c in enumerate(parts))
    known = gazetteer(Declared(sizes=sizes))
    lake = a_province(MEAN)
    lake.add("m", [row(c, "2025-04", a=10.0 * (n + 1), b=1.0) for n, c in enumerate(parts)])
    total = sum(n + 1 for n in range(len(parts)))
    weighed = restated(lake, MEAN, known)["05818", "2025-04"]
    assert weighed["value"] == pytest.approx(sum(10 * (n + 1) ** 2 for n in range(len(parts))) / total)
    assert weighed["estimated"] == 0
    equal = restated(lake, MEAN)["05818", "2025-04"]
    assert equal["value"] == pytest.approx(sum(10 * (n + 1) for n in range(len(parts))) / len(parts))
    assert equal["estimated"] == 1


def test_the_greatest_of_a_divided_unit_is_an_estimate() -> None:
    lake = a_province(MOST)
    lake.add("m", [row(c, "2025-04", a=99.0 if c == "05461" else 1.0, b=1.0) for c in OLD])
    found = restated(lake, MOST)
    assert (found["05443", "2025-04"]["value"], found["05443", "2025-04"]["estimated"]) == (99.0, 1.0)
    assert found["05818", "2025-04"]["estimated"] == 0.0


def test_declared_shares_replace_the_estimate() -> None:
    stated = Declared(
        parts=(Parts("05461", SINCE, "population", (("05443", 0.25), ("05467", 0.75)), "niên giám"),)
    )
    lake = a_province(AMOUNT)
    lake.add("m", [row("05461", "2025-04", a=100.0, b=1.0)])
    found = restated(lake, AMOUNT, gazetteer(stated))
    assert {p: (r["value"], r["estimated"]) for (p, _), r in found.items()} == {
        "05443": (25.0, 0.0),
        "05467": (75.0, 0.0),
    }


def test_what_says_none_is_not_restated() -> None:
    for of in (
        indicator("kept", "month", direct("m", "a"), **monthly(over_reforms="none")),
        indicator("apart", "month", direct("m", "a"), **monthly(over_places="none")),
    ):
        lake = a_province(of)
        lake.add("m", [row("05461", "2025-04", a=1.0, b=1.0)])
        assert restated(lake, of) == {}


def test_a_derived_value_is_computed_from_restated_inputs() -> None:
    both = indicator(
        "both", "month", Formula(kind="derived", indicators=("amount", "rate"), expression="amount + rate"),
        **monthly(),
    )  # fmt: skip
    lake = a_province(AMOUNT, RATE, both)
    lake.add("m", [row(c, "2025-04", a=10.0, b=20.0) for c in OLD])
    found, inner = restated(lake, both), restated(lake, AMOUNT)
    one = found["05443", "2025-04"]
    assert one["value"] == pytest.approx(inner["05443", "2025-04"]["value"] + 50)  # type: ignore[operator]
    assert one["estimated"] == pytest.approx(inner["05443", "2025-04"]["estimated"])


def test_a_year_that_the_reform_cuts_holds_both_halves() -> None:
    year = indicator(
        "year", "year", direct("m", "a"), through=("month", "year"), over_time="sum",
        places=("commune", "province"),
    )  # fmt: skip
    lake = a_province(year)
    old, new = next((s.source, s.target) for s in SPANS if s.share == 1 and s.source not in NEW)
    lake.add("m", [row(old, f"2025-{m:02d}", a=1.0, b=1.0) for m in range(1, 7)])
    lake.add("m", [row(new, f"2025-{m:02d}", a=10.0, b=1.0) for m in range(7, 13)])
    assert restated(lake, year)[new, "2025"]["value"] == 66.0


LATER_REFORMS = Declared(
    reforms=(
        Reform(LATER, "merge", ("05500", "05467"), (Newcomer("05467", "Phường Gia Sàng Mới"),), "NQ 1"),
        Reform(LATER, "split", ("05818",), (Newcomer("05818"), Newcomer("99001", "Xã La Bằng Tây")), "NQ 1"),
        Reform(LATER, "recode", ("05443",), (Newcomer("99002"),), "NQ 1"),
    ),
    parts=(Parts("05818", LATER, "population", (("05818", 0.6), ("99001", 0.4)), "niên giám"),),
)


def test_several_reforms_chain() -> None:
    book, now = gazetteer(LATER_REFORMS), datetime(2027, 3, 1, tzinfo=UTC)
    lake = a_province(AMOUNT)
    lake.add("m", [row(c, "2025-04", a=10.0, b=1.0) for c in OLD])
    first, last = restated(lake, AMOUNT, book, TODAY, now), restated(lake, AMOUNT, book, "2027-01-01", now)
    was = {p: r["value"] for (p, _), r in first.items()}
    found = {p: r for (p, _), r in last.items()}
    assert found["05467"]["value"] == pytest.approx(was["05467"] + was["05500"])  # type: ignore[operator]
    assert (found["99001"]["value"], found["99001"]["estimated"]) == (pytest.approx(0.4 * was["05818"]), 0.0)  # type: ignore[operator]
    assert found["99002"]["value"] == was["05443"]
    assert found["99002"]["estimated"] == pytest.approx(first["05443", "2025-04"]["estimated"])
    assert sum(r["value"] for r in found.values()) == pytest.approx(10.0 * len(OLD))  # type: ignore[misc]
    assert restated(lake, AMOUNT, book, "2027-01-01", NOW) == {}  # its day has not come


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_news_restates_what_computing_everything_would(seed: int) -> None:
    dice = random.Random(seed)
    both = indicator(
        "both", "month", Formula(kind="derived", indicators=("amount", "mean"), expression="amount - mean"),
        **monthly(),
    )  # fmt: skip
    all_ = [AMOUNT, RATE, MEAN, both]
    lake = a_province(*all_)
    assert lake.catalogue is not None
    kept: dict[tuple[object, ...], tuple[object, ...]] = {}
    cell = ("indicator", "units", "place", "period")
    facts = ("value", "num", "den", "cov_num", "cov_den", "estimated")
    family = ["05461", "05467", "05932", *[s.source for s in SPANS if s.target in ("05443", "05500")]]
    for _ in range(5):
        period = dice.choice(("2025-04", "2025-05", "2025-08"))
        codes = dice.sample(family if period < "2025-07" else ["05443", "05467", "05500", "05818"], 3)
        lake.add(
            "m", [row(c, period, a=float(dice.randint(0, 99)), b=dice.randint(1, 9) * 1.0) for c in codes]
        )
        work = Together(lake.catalogue, lake, BOOK, NOW, all_)
        for of in all_:
            for r in work.restated(of, Touched("m", frozenset(codes), frozenset({period}))).iter_rows(
                named=True
            ):
                kept[tuple(r[c] for c in cell)] = tuple(r[f] for f in facts)
    work = Together(lake.catalogue, lake, BOOK, NOW, all_)
    whole = pl.concat([work.restated(of, None) for of in all_]).select(*cell, *facts).sort(cell)
    mine = pl.DataFrame([(*k, *v) for k, v in kept.items()], schema=whole.schema, orient="row").sort(cell)
    assert_frame_equal(mine, whole)


def test_a_trace_opens_a_restated_value_to_the_units_it_was_made_from() -> None:
    lake = a_province(AMOUNT)
    lake.add("m", [row(c, "2025-04", a=10.0, b=1.0) for c in OLD])
    assert lake.catalogue is not None
    found = trace(lake.catalogue, lake, BOOK, "amount", "05443", "2025-04", None, NOW, TODAY)
    spans = {s["place"]: s["share"] for s in found.spans}
    assert spans == {s.source: s.share for s in SPANS if s.target == "05443"}
    assert sum(10 * share for share in spans.values()) == pytest.approx(found.value)
    assert "10 × 0.87" in found.expression and found.rows_total == len(spans)
    assert [t.place for t in found.derived_from] == sorted(spans)
    assert found.as_dict()["estimated"] == pytest.approx(
        restated(lake, AMOUNT)["05443", "2025-04"]["estimated"]
    )


class Stored:
    """The reading side of a lake over one frame, as `values_on` asks it."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def values(self, *_: object, units: str = "") -> pl.DataFrame:
        return self.frame.filter(pl.col("units") == units)


def test_a_code_that_two_units_bore_is_read_as_the_unit_of_its_day() -> None:
    lake = a_province(AMOUNT)
    lake.add("m", [row(c, "2025-06", a=1.0, b=1.0) for c in OLD])
    lake.add("m", [row(c, "2025-07", a=5.0, b=1.0) for c in NEW])
    assert lake.catalogue is not None
    work = Together(lake.catalogue, lake, BOOK, NOW, [AMOUNT])
    told = work.compute(AMOUNT, None).with_columns(units=pl.lit(""), estimated=pl.lit(0.0))
    stored = Stored(pl.concat([told, work.restated(AMOUNT, None)], how="diagonal"))
    today = values_on(stored, lake.catalogue, BOOK, SINCE, NOW).filter(pl.col("place") == "05467")  # type: ignore[arg-type]
    then = values_on(stored, lake.catalogue, BOOK, EVE, NOW).filter(pl.col("place") == "05467")  # type: ignore[arg-type]
    assert BOOK.get("05467", EVE).name != BOOK.get("05467", SINCE).name
    assert today.select("period", "units").rows() == [("2025-06", TODAY), ("2025-07", "")]
    assert then.select("period", "units").rows() == [("2025-06", ""), ("2025-07", THEN)]
    assert then["value"][0] == 1.0 and today["value"][1] == 5.0
