"""From any value back to the rows and receipts it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tinh.insight.api import BadPeriod, NothingToTrace, Trace, UnknownIndicator, formula_text, trace
from tinh.insight.evidence import ROWS_LISTED, ROWS_SHOWN
from tinh.packs.models import Catalogue, Formula, Life, Term

from .tiny import NOW, TinyLake, TinyPlaces, catalogue, dataset, direct, indicator, lake_of, ratio, row

AIR = dataset("air", {"pm": "number"}, kind="stream", every="hour")
TEL = dataset("tel", {"shared": "integer", "stations": "integer"}, expect="communes")
FIRMS = dataset(
    "firms", {"id": "string", "began": "date", "ended": "date"}, kind="register", every=None,
    life=Life(begins="began", ends="ended"), key=("id",),
)  # fmt: skip
PEOPLE = dataset("people", {"population": "integer"}, every="year")
PM = indicator(
    "pm", "month", direct("air", "pm", "mean"), through=("hour", "day", "month"),
    min_coverage={"day": 0.1}, over_places="mean",
)  # fmt: skip
SHARE = indicator(
    "share", "month", ratio(Term(dataset="tel", column="shared"), Term(dataset="tel", column="stations"), 100)
)
PER = indicator(
    "per",
    "month",
    ratio(Term(dataset="firms", how="count"), Term(dataset="people", column="population"), 1000),
)
BOTH = indicator(
    "both", "month", Formula(kind="derived", indicators=("share", "pm"), expression="share / pm")
)
CAT = catalogue(AIR, TEL, FIRMS, PEOPLE, PM, SHARE, PER, BOTH)


@dataclass(frozen=True)
class Stored:
    id: str
    digest: str
    filename: str
    sender: str
    received_at: datetime
    simulated: bool
    verdict: dict[str, Any]


class Kept(TinyLake):
    def receipt(self, id: str) -> Any:
        when = datetime(2026, 1, 1, tzinfo=UTC)
        return Stored(id, f"sha-{id}", f"{id}.csv", "so", when, False, {"verdict": "accepted"})


def opened(lake: TinyLake, id: str, place: str, period: str, cat: Catalogue = CAT) -> Trace:
    return trace(cat, lake, TinyPlaces(), id, place, period, now=NOW)


def test_a_mean_opens_to_the_hours_that_count_and_their_rows() -> None:
    lake = Kept(catalogue=CAT)
    lake.add("air", [row("164", f"2025-04-01T{h:02d}", pm=10.0) for h in range(4)])
    lake.add("air", [row("164", "2025-04-02T00", pm=99.0), row("164", "2025-04-03T00", pm=None)])
    lake.add("air", [row("164", f"2025-04-03T{h:02d}", pm=20.0) for h in range(1, 4)])
    found = opened(lake, "pm", "19", "2025-04").as_dict()
    assert found["value"] == 15 and found["coverage"] == {"num": 2, "den": 30}
    assert found["formula"]["expression"] == "(10 + 20) / 2 = 15"
    assert [i["period"] for i in found["inputs"]][:1] == ["2025-04-01T00"]
    assert found["inputs_total"] == 7 and all(i["rows"] == 1 for i in found["inputs"])
    by_receipt = {r["receipt"]: r["rows"] for r in found["receipts"]}
    assert by_receipt == {"rair0": [2, 3, 4, 5], "rair2": [2, 3, 4]}
    assert found["receipts"][0]["digest"] == "sha-rair0"
    assert found["receipts"][0]["verdict"] == "accepted"


def test_a_value_withheld_for_too_little_coverage_still_opens() -> None:
    strict = PM.model_copy(
        update={"period": "day", "through": ("hour", "day"), "min_coverage": {"day": 0.75}}
    )
    cat = catalogue(AIR, strict)
    lake = lake_of(cat)
    lake.add("air", [row("164", "2025-04-01T05", pm=7.0)])
    found = opened(lake, "pm", "164", "2025-04-01", cat)
    assert (found.value, found.num, found.den, found.rows_total) == (None, 1, 24, 1)


def test_a_ratio_shows_its_sums_and_the_places_in_them() -> None:
    lake = Kept(catalogue=CAT)
    lake.add(
        "tel", [row("10001", "2026-01", shared=1, stations=4), row("10002", "2026-01", shared=2, stations=6)]
    )
    lake.add("tel", [row("10003", "2026-01", shared=5, stations=None)])
    found = opened(lake, "share", "19", "2026-01")
    assert found.expression == "100 × 3 / 10 = 30"
    assert [(p["place"], p["num"], p["den"]) for p in found.inputs] == [("10001", 1, 4), ("10002", 2, 6)]
    assert [r["rows"] for r in found.receipts] == [[2, 3]]


def test_a_register_over_a_report_shows_both_and_the_year_that_stood() -> None:
    lake = Kept(catalogue=CAT)
    ended = {
        "id": "b",
        "place": "10001",
        "_place": "10001",
        "began": date(2025, 1, 1),
        "ended": date(2025, 6, 1),
    }
    lake.add("firms", [{**ended, "id": "a", "ended": None}, ended])
    lake.add("people", [row("10001", "2025", population=500)])
    found = opened(lake, "per", "19", "2026-02")
    assert found.expression == "1000 × 1 / 500 = 2"
    assert [(p["dataset"], p["period"], p["value"]) for p in found.parts] == [
        ("firms", "2026-02", 1.0), ("people", "2025", 500.0),
    ]  # fmt: skip
    assert {r["receipt"]: r["rows"] for r in found.receipts} == {"rfirms0": [2], "rpeople0": [2]}


def test_a_derived_value_opens_into_the_values_it_is_made_of() -> None:
    lake = Kept(catalogue=CAT)
    lake.add("tel", [row("10001", "2026-01", shared=1, stations=4)])
    lake.add("air", [row("10001", f"2026-01-01T{h:02d}", pm=5.0) for h in range(3)])
    found = opened(lake, "both", "10001", "2026-01")
    assert found.expression == "25 / 5 = 5"
    assert [t.indicator for t in found.derived_from] == ["share", "pm"]
    assert {r["receipt"] for r in found.receipts} == {"rtel0", "rair0"}


def test_a_value_from_sql_opens_to_the_rows_of_its_place_and_period_and_says_it_is_not_exact() -> None:
    select = """SELECT _place AS place, _period AS period, CASE WHEN max(pm) > 50 THEN 1 ELSE 0 END AS value,
                bool_or(_simulated) AS simulated FROM "air" GROUP BY _place, _period"""
    hot = indicator(
        "hot",
        "month",
        Formula(kind="sql", datasets=("air",), sql=select),
        through=("hour", "month"),
        over_time="sum",
        over_places="mean",
    )
    cat = catalogue(AIR, hot)
    lake = Kept(catalogue=cat)
    lake.add("air", [row("164", f"2025-04-01T{h:02d}", pm=40.0 + 10 * h) for h in range(4)])
    lake.add("air", [row("164", "2025-05-01T00", pm=99.0), row("01840", "2025-04-01T00", pm=1.0)])
    found = opened(lake, "hot", "19", "2025-04", cat)
    assert (found.value, found.exact, found.rows_total, found.inputs_total) == (1.0, False, 5, 5)
    assert [r["rows"] for r in found.receipts] == [[2, 3, 4, 5], [3]]
    assert [(i["period"], i["value"], i["rows"]) for i in found.inputs if i["place"] == "164"][-1] == (
        "2025-04-01T03", 1.0, 1,
    )  # fmt: skip
    assert opened(lake, "hot", "164", "2025-04", cat).rows_total == 4


def test_many_receipts_are_named_as_fully_as_few() -> None:
    lake = Kept(catalogue=CAT)
    for hour in range(3):
        lake.add("air", [row("164", f"2025-04-01T{hour:02d}", pm=1.0)])
    few = opened(lake, "pm", "19", "2025-04").receipts
    for hour in range(3, 8):
        lake.add("air", [row("164", f"2025-04-01T{hour:02d}", pm=1.0)])
    many = opened(lake, "pm", "19", "2025-04").receipts
    assert (len(few), len(many)) == (3, 8)
    assert many[:3] == few
    assert many[7]["digest"] == "sha-rair7"


def test_more_rows_than_can_be_listed_are_counted_and_the_first_are_shown() -> None:
    lake = lake_of(CAT)
    lake.add(
        "air", [row("164", f"2025-04-{n % 28 + 1:02d}T{n % 24:02d}", pm=1.0) for n in range(ROWS_LISTED + 1)]
    )
    found = opened(lake, "pm", "19", "2025-04")
    assert found.rows_total == ROWS_LISTED + 1
    assert len(found.receipts[0]["rows"]) == ROWS_SHOWN
    assert found.receipts[0]["rows_total"] == ROWS_LISTED + 1


def test_as_of_an_earlier_moment_the_earlier_rows_stand() -> None:
    lake = lake_of(CAT)
    lake.add("tel", [row("10001", "2026-01", shared=1, stations=4)])
    lake.add("tel", [row("10001", "2026-01", shared=4, stations=4)])
    before = datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC)
    old = trace(CAT, lake, TinyPlaces(), "share", "19", "2026-01", as_of=before, now=NOW)
    assert (old.value, opened(lake, "share", "19", "2026-01").value) == (25, 100)


def test_what_cannot_be_traced_is_said() -> None:
    lake = lake_of(CAT)
    for id, period, error in (
        ("share", "2026-01", NothingToTrace), ("nope", "2026-01", UnknownIndicator),
        ("share", "2026", BadPeriod), ("share", "soon", BadPeriod),
    ):  # fmt: skip
        with pytest.raises(error):
            opened(lake, id, "19", period)


def test_a_formula_reads_as_a_sentence_in_both_languages() -> None:
    words = formula_text(CAT, PM)
    assert words.vi == (
        "trung bình pm trong “air”; trung bình các giờ trong ngày (cần ít nhất 10 % số giờ);"
        " trung bình các ngày trong tháng; toàn tỉnh là trung bình các địa bàn"
    )
    assert formula_text(CAT, SHARE).en == (
        "100 × sum of shared in “tel” over sum of stations in “tel”; the province is the ratio of the sums"
    )
    assert formula_text(CAT, BOTH).vi == "share / pm"
