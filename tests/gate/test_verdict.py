from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinh.gate.api import Known, Score, judge, parse, refusal
from tinh.packs.models import PlaceBinding
from tinh.sources.api import clean
from tinh.sources.errors import EmptyFile

from .conftest import NOW, Judge, column, dataset, held_rows, reasons, receipt, rule, table

MONTHLY = dataset(
    column("place", required=True),
    column("month"),
    column("n", "integer"),
    key=("place", "month"),
    place={"column": "place"},
    period={"column": "month", "every": "month"},
)


class Places:
    """Two communes since the reform, one old district before it."""

    REFORM = date(2025, 7, 1)

    def find(self, code: str, on: date) -> Any:
        class Unit:
            level = "district" if code == "164" else "commune"

        Unit.code = code  # type: ignore[attr-defined]  # a plain stand-in
        return Unit() if code in self.territory("19", on) | {"99"} else None

    def territory(self, province: str, on: date) -> frozenset[str]:
        return frozenset({"05500", "05503"}) if on >= self.REFORM else frozenset({"164"})

    def communes(self, province: str, on: date) -> Any:
        return tuple(self.find(c, on) for c in sorted(self.territory(province, on)))

    def resolve_many(self, names: Any, days: Any, within: Any = None, levels: Any = None) -> list[str | None]:
        known = {"Xã La Bằng": "05500", "La Bằng": "05500", "Phan Đình Phùng": "05503"}
        return [known.get(n) if d >= self.REFORM else None for n, d in zip(names, days, strict=True)]


KNOWN = Known(now=NOW, province="19", gazetteer=Places())


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-10", "2026-10"), ("10/2026", "2026-10"), ("T10/2026", "2026-10"), ("202610", "2026-10"),
        ("Tháng 10 năm 2026", "2026-10"), ("tháng 10/2026", "2026-10"), ("2026/10", "2026-10"),
        ("05/10/2026", "2026-10"), ("2026-10-05", "2026-10"), ("2026-10-05 00:00:00", "2026-10"),
        ("2026-10-05T07:00:00+07:00", "2026-10"), ("October 2026", "2026-10"),
        ("2026M10", "2026-10"), ("2026-M10", "2026-10"), ("Oct-26", "2026-10"),
        ("5 Oct 2026", "2026-10"), ("Octopus 2026", None), ("5 Oct", None), ("Oct to Dec 2026", None),
        ("2026", None), ("Quý 3/2026", None), ("13/2026", None), ("", None), ("mười", None),
    ],
)  # fmt: skip
def test_months_are_read_as_people_write_them(text: str, month: str | None) -> None:
    assert parse(text, "month") == month


@pytest.mark.parametrize(
    ("text", "every", "period"),
    [
        ("Quý III năm 2026", "quarter", "2026-Q3"), ("Q3/2026", "quarter", "2026-Q3"),
        ("2026-Q3", "quarter", "2026-Q3"),
        ("quý 2 2026", "year", None), ("Năm 2026", "year", "2026"), ("2026.0", "year", "2026"),
        ("20261005", "day", "2026-10-05"), ("ngày 5 tháng 10 năm 2026", "day", "2026-10-05"),
        ("2026-10-05T07", "hour", "2026-10-05T07"), ("January to March 2026", "quarter", "2026-Q1"),
        ("Feb to Apr 2026", "quarter", None), ("31 Feb 2026", "day", None),
    ],
)  # fmt: skip
def test_other_periods_are_read_too(text: str, every: Any, period: str | None) -> None:
    assert parse(text, every) == period


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20), st.sampled_from(["hour", "day", "month", "quarter", "year"]))
def test_no_text_breaks_the_reading_of_periods(text: str, every: Any) -> None:
    parse(text, every)


def test_gate_holds_rows_with_an_unknown_place(judging: Judge) -> None:
    judged = judging(MONTHLY, KNOWN, place=["05500", "99", "164"], month=["2026-10"] * 3, n=["1", "2", "3"])
    assert held_rows(judged) == {3: ["place"], 4: ["place"]}
    assert judged.accepted["_place"].to_list() == ["05500"]


def test_a_place_must_stand_on_the_day_of_its_row(judging: Judge) -> None:
    judged = judging(
        MONTHLY, KNOWN, place=["164", "164", "05500"], month=["2025-06", "2025-07", "2025-06"], n=["1"] * 3
    )
    assert held_rows(judged) == {3: ["place"], 4: ["place"]}


def test_two_spellings_of_one_place_and_month_are_one_key(judging: Judge) -> None:
    by_name = PlaceBinding(column="place", by="name")
    contract = MONTHLY.model_copy(update={"place": by_name, "digest": "n"})
    judged = judging(
        contract, KNOWN, place=["Xã La Bằng", "La Bằng"], month=["10/2026", "2026-10"], n=["1", "2"]
    )
    assert held_rows(judged) == {2: ["key"], 3: ["key"]}
    same = judging(
        contract, KNOWN, place=["Xã La Bằng", "La Bằng"], month=["10/2026", "2026-10"], n=["1", "1"]
    )
    assert held_rows(same) == {3: ["duplicate"]}


def test_periods_in_the_future_or_of_the_wrong_grain_are_held(judging: Judge) -> None:
    judged = judging(
        MONTHLY, place=["a", "b", "c", "d"], month=["2026-11", "2026-12", "2026", "x"], n=["1"] * 4
    )
    assert held_rows(judged) == {3: ["period"], 4: ["period"], 5: ["period"]}


def test_an_exact_repeat_is_kept_once_and_lowers_only_the_clean_score(judging: Judge) -> None:
    judged = judging(MONTHLY, place=["a", "a", "b"], month=["2026-10"] * 3, n=["1", "1", "2"])
    assert held_rows(judged) == {3: ["duplicate"]}
    assert judged.accepted["_flags"].to_list() == [["duplicate"], []]
    assert judged.verdict.scores.correct == Score(3, 3)
    assert judged.verdict.scores.clean == Score(1, 2)


def test_one_key_with_two_contents_holds_both(judging: Judge) -> None:
    judged = judging(MONTHLY, place=["a", "a", "b"], month=["2026-10"] * 3, n=["1", "9", "2"])
    assert reasons(judged) == {"key": 2}
    assert judged.verdict.scores.correct == Score(1, 3)


def test_a_key_the_stream_already_holds_is_not_stored_again(judging: Judge) -> None:
    contract = dataset(column("id"), column("n", "integer"), key=("id",), kind="stream")
    known = Known(now=NOW, seen=lambda frame: frame["_key"] == "x")
    judged = judging(contract, known, id=["x", "y"], n=["1", "2"])
    assert judged.accepted["id"].to_list() == ["y"]
    assert (judged.verdict.accepted, judged.verdict.held, judged.verdict.outcome) == (2, 0, "accepted")
    assert "known:1" in judged.verdict.notes


def test_a_delivery_with_too_few_right_rows_is_refused_whole(judging: Judge) -> None:
    contract = dataset(column("n", "integer"), refuse_below=0.5)
    judged = judging(contract, n=["1", "x", "y"])
    assert (judged.verdict.outcome, judged.verdict.accepted, judged.verdict.held) == ("refused", 0, 3)
    assert held_rows(judged) == {2: ["receipt-refused"], 3: ["n-type"], 4: ["n-type"]}
    assert judged.verdict.scores.correct == Score(1, 3)
    assert judged.accepted.columns == ["n", "_row", "_place", "_period", "_key", "_flags", "_at"]


def test_a_delivery_without_rows_is_refused_with_a_reason() -> None:
    judged = judge(table({"n": []}), dataset(column("n", "integer")), receipt(), Known(now=NOW))
    assert judged.verdict.outcome == "refused"
    assert judged.verdict.problem is not None and judged.verdict.problem["code"] == "GAT001"


def test_what_could_not_be_read_is_refused_with_its_cure() -> None:
    verdict = refusal(receipt(), EmptyFile(filename="f.csv")).verdict
    assert verdict.outcome == "refused" and verdict.as_dict()["problem"]["code"] == "SRC001"


HOURLY = dataset(
    column("t", "timestamp", required=True), column("v", "number"), kind="stream", key=("t",),
    period={"column": "t", "every": "hour"}, expect={"window": "month", "due": "P5D"},
)  # fmt: skip


def test_a_file_owes_every_hour_of_its_month_and_a_push_its_span(judging: Judge) -> None:
    hours = [f"2025-04-{d:02d}T{h:02d}:05:00+07:00" for d in (1, 2) for h in range(24) if (d, h) != (1, 5)]
    data = {"t": hours, "v": ["1"] * 47}
    assert judging(HOURLY, **data).verdict.scores.sufficient == Score(47, 720)
    assert judging(HOURLY, channel="push", **data).verdict.scores.sufficient == Score(47, 48)


def test_hours_that_have_not_come_are_not_owed(judging: Judge) -> None:
    at = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    judged = judging(HOURLY, Known(now=at), at=at, t=["2026-11-01T00:05:00+07:00"], v=["1"])
    assert judged.verdict.scores.sufficient == Score(1, 13)


def test_a_report_owes_every_commune(judging: Judge) -> None:
    contract = MONTHLY.model_copy(
        update={"expect": MONTHLY.expect.model_copy(update={"places": "communes"}), "digest": "c"}
    )
    judged = judging(contract, KNOWN, place=["05500"], month=["2026-10"], n=["1"])
    assert judged.verdict.scores.sufficient == Score(1, 2)


def test_without_an_expectation_filled_fields_are_counted(judging: Judge) -> None:
    contract = dataset(column("a", required=True), column("b", sufficient=True), column("c"))
    assert judging(contract, a=["1", "2"], b=["1", None], c=[None, None]).verdict.scores.sufficient == Score(
        3, 4
    )


def test_a_delivery_is_alive_within_its_due_time(judging: Judge) -> None:
    for day, alive in ((5, Score(1, 1)), (7, Score(0, 1))):
        at = datetime(2026, 11, day, tzinfo=UTC)
        judged = judging(MONTHLY, Known(now=at), at=at, place=["a"], month=["2026-10"], n=["1"])
        assert judged.verdict.scores.alive == alive


def test_far_values_and_untidy_cells_are_flagged_not_held(judging: Judge) -> None:
    contract = dataset(column("id"), column("n", "number"), key=("id",))
    judged = judging(
        contract, id=[f"k{i}" if i else " k0" for i in range(41)], n=[*map(str, range(40)), "1e6"]
    )
    flags = dict(zip(judged.accepted["id"].to_list(), judged.accepted["_flags"].to_list(), strict=True))
    assert flags["k0"] == ["untidy"] and flags["k40"] == ["outlier:n"] and flags["k1"] == []
    assert judged.verdict.scores.clean == Score(39, 41)


def test_accepted_and_held_make_up_what_was_received(judging: Judge) -> None:
    contract = dataset(
        column("id", required=True),
        column("n", "integer"),
        key=("id",),
        rules=(rule("cap", "range", "n", max=5),),
    )

    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(
            st.tuples(st.sampled_from(["a", "b", "c", "", None]), st.sampled_from(["1", "9", "x", None])),
            min_size=1,
            max_size=12,
        )
    )
    def check(rows: list[tuple[str | None, str | None]]) -> None:
        judged = judging(
            contract,
            id=pl.Series([r[0] for r in rows], dtype=pl.String),
            n=pl.Series([r[1] for r in rows], dtype=pl.String),
        )
        verdict = judged.verdict
        assert verdict.received == len(rows) == verdict.accepted + verdict.held
        assert judged.accepted.height == verdict.accepted and judged.held.height == verdict.held
        assert judged.accepted["_key"].is_unique().all()
        numbers = sorted([*judged.accepted["_row"].to_list(), *judged.held["_row"].to_list()])
        assert numbers == list(range(2, len(rows) + 2))

    check()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(["1", "2025-04-01", "10/2026", "1e999", "-0", "\x00", "9" * 40]),
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(
        ["string", "date", "timestamp", "time", "number", "integer", "boolean", "object", "array"]
    ),
)
def test_no_cell_breaks_the_gate(cells: list[str], logical: str) -> None:
    contract = dataset(
        column("a", logical, unique=True, required=True),
        key=("a",),
        kind="stream",
        place={"column": "a", "by": "name"},
        rules=(
            rule("r", "range", "a", min=0),
            rule("l", "length", "a", max=3),
            rule("p", "pattern", "a", regex="."),
        ),
    )
    judged = judge(clean(table({"a": cells}), contract), contract, receipt(), KNOWN)
    assert judged.verdict.received == judged.accepted.height + judged.held.height
