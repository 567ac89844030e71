"""Values on other units than they were reported on are cells of their own."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from tinh.lake.api import Lake

from .test_values import START, cells, values

TODAY = "2025-07-01"


def restated(of: dict[tuple[str, str], float | None], estimated: float = 0.25) -> pl.DataFrame:
    return values("rate", of).with_columns(units=pl.lit(TODAY), estimated=pl.lit(estimated))


def test_restated_values_answer_only_who_asks_for_their_units(lake: Lake) -> None:
    cell = ("05443", "2025-05")
    lake.write_values(values("rate", {cell: 1.0}), "run0", START)
    lake.write_values(restated({cell: 7.0}), "run1", START)
    assert cells(lake.values("rate")) == {cell: 1.0}
    assert lake.values("rate")["estimated"].to_list() == [0.0]
    assert cells(lake.values("rate", units=TODAY)) == {cell: 7.0}
    assert lake.values("rate", units=TODAY).select("units", "estimated").row(0) == (TODAY, 0.25)
    assert sorted(lake.values("rate", units=None)["units"]) == ["", TODAY]


def test_restated_values_are_read_as_of_a_moment_and_outlive_upkeep(lake: Lake) -> None:
    cell, later = ("05443", "2025-05"), START + timedelta(days=1)
    for n, when in enumerate((START, later)):
        lake.write_values(values("rate", {cell: n + 1.0}), f"told{n}", when)
        lake.write_values(restated({cell: n + 10.0}), f"moved{n}", when)
    for _ in range(2):
        assert cells(lake.values("rate", units=TODAY)) == {cell: 11.0}
        assert cells(lake.values("rate", units=TODAY, as_of=START)) == {cell: 10.0}
        assert cells(lake.values("rate", as_of=START)) == {cell: 1.0}
        lake.compact()
    lake.retain(0)
    assert (cells(lake.values("rate")), cells(lake.values("rate", units=TODAY))) == (
        {cell: 2.0},
        {cell: 11.0},
    )


def test_a_restated_value_is_taken_back_without_the_reported_one(lake: Lake) -> None:
    cell = ("05443", "2025-05")
    lake.write_values(values("rate", {cell: 1.0}), "run0", START)
    lake.write_values(restated({cell: 7.0}), "run1", START)
    gone = restated({cell: None}).with_columns(cov_num=pl.lit(0), cov_den=pl.lit(0))
    lake.write_values(gone, "run2", START + timedelta(days=1))
    assert lake.values("rate", units=TODAY).is_empty()
    assert cells(lake.values("rate")) == {cell: 1.0}
