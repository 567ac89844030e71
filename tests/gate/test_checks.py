from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tinh.gate.api import Check
from tinh.gate.checks import holds
from tinh.packs.models import Operator

from .conftest import Judge, column, dataset, held_rows, rule


@pytest.mark.parametrize(
    ("name", "value", "good", "bad"),
    [
        ("mustBe", 3, 3, 4), ("mustNotBe", 3, 4, 3), ("mustBeGreaterThan", 3, 4, 3),
        ("mustBeGreaterOrEqualTo", 3, 3, 2), ("mustBeLessThan", 3, 2, 3), ("mustBeLessOrEqualTo", 3, 3, 4),
        ("mustBeBetween", (1, 3), 3, 4), ("mustNotBeBetween", (1, 3), 4, 3),
    ],
)  # fmt: skip
def test_the_eight_operators(name: Any, value: Any, good: float, bad: float) -> None:
    operator = Operator(name=name, value=value)
    assert holds(operator, good) and not holds(operator, bad)


METRICS = [
    ("nullValues", {}, ["a"], 2.0),
    ("missingValues", {"missingValues": [None, "", "N/A"]}, ["a"], 3.0),
    ("missingValues", {"missingValues": ["N/A"]}, ["a"], 1.0),
    ("invalidValues", {"validValues": ["x", "N/A"]}, ["a"], 1.0),
    ("invalidValues", {"pattern": "^[a-z]$"}, ["a"], 1.0),
    ("duplicateValues", {}, ["a"], 2.0),
    ("duplicateValues", {"properties": ["a", "b"]}, [], 0.0),
    ("rowCount", {}, [], 6.0),
]


@pytest.mark.parametrize(("name", "arguments", "columns", "measured"), METRICS)
def test_every_library_metric_is_measured(
    judging: Judge, name: str, arguments: dict[str, Any], columns: list[str], measured: float
) -> None:
    for unit, wanted in (("rows", measured), ("percent", 100 * measured / 6)):
        if name == "rowCount" and unit == "percent":
            continue
        asked = rule(
            "m",
            "metric",
            *columns,
            name=name,
            unit=unit,
            arguments=arguments,
            holds=False,
            must=("mustBeGreaterOrEqualTo", 0),
        )
        contract = dataset(column("a"), column("b"), rules=(asked,))
        judged = judging(contract, a=["x", "x", "y", "N/A", None, " "], b=["1", "2", "3", "4", "5", "6"])
        (check,) = judged.verdict.checks
        assert check.measured == pytest.approx(wanted)
        assert check.passed


def test_a_metric_that_must_be_zero_holds_the_rows_it_counts(judging: Judge) -> None:
    asked = rule(
        "m",
        "metric",
        "a",
        name="invalidValues",
        unit="rows",
        arguments={"validValues": ["x"]},
        must=("mustBe", 0),
    )
    judged = judging(dataset(column("a"), rules=(asked,)), a=["x", "z", None])
    assert held_rows(judged) == {3: ["m"]}
    assert judged.verdict.checks == (Check("m", False, 1.0, "= 0", "error"),)


def test_a_failed_check_lets_rows_through_in_part(judging: Judge) -> None:
    asked = rule(
        "m", "metric", "a", name="nullValues", unit="percent", holds=False, must=("mustBeLessThan", 10)
    )
    judged = judging(dataset(column("a"), rules=(asked,)), a=["x", None])
    assert (judged.verdict.outcome, judged.accepted.height) == ("in part", 2)
    assert judged.verdict.checks[0].expected == "< 10 %"


def test_a_failed_row_count_refuses_the_delivery(judging: Judge) -> None:
    asked = rule("rows", "metric", name="rowCount", unit="rows", holds=False, must=("mustBeGreaterThan", 100))
    judged = judging(dataset(column("a"), rules=(asked,)), a=["x", "y"])
    assert (judged.verdict.outcome, judged.accepted.height, judged.held.height) == ("refused", 0, 2)
    assert judged.verdict.problem is not None and judged.verdict.problem["code"] == "GAT003"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT COUNT(*) FROM ${table} WHERE a > 2",
        "select count(*) from trial where a > 2",
        "SELECT COUNT(*) FROM prod.schema.trial t WHERE t.a > 2",
        'SELECT SUM(CASE WHEN a > 2 THEN 1 ELSE 0 END) FROM "trial"',
        "WITH big AS (SELECT a FROM {model} WHERE a > 2) SELECT COUNT(*) FROM big",
        "SELECT COUNT(*) FROM ${object} WHERE ${property} > 2",
    ],
)
def test_sql_runs_over_the_received_rows(judging: Judge, query: str) -> None:
    asked = rule("q", "sql", "a", query=query, tables=["trial"], holds=False, must=("mustBe", 1))
    judged = judging(dataset(column("a", "integer"), rules=(asked,)), a=["1", "2", "3"])
    assert judged.verdict.notes == ()
    assert judged.verdict.checks == (Check("q", True, 1.0, "= 1", "error"),)


def test_sql_that_cannot_run_is_said_and_not_counted(judging: Judge) -> None:
    asked = rule("q", "sql", query="SELECT FROBNICATE(a) FROM trial", holds=False, must=("mustBe", 1))
    judged = judging(dataset(column("a", "integer"), rules=(asked,)), a=["1"])
    assert judged.verdict.outcome == "accepted" and judged.verdict.checks == ()
    assert judged.verdict.notes[0].startswith("unjudged:q: SQL")


@pytest.mark.parametrize(
    "call", ["read_csv({})", '"read_csv"({})', "READ_CSV/* */({})", "`read_parquet`({})"]
)
def test_sql_of_a_contract_opens_no_files(judging: Judge, tmp_path: Path, call: str) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n")
    query = f"SELECT count(*) FROM {call.format(repr(str(tmp_path / 'x.csv')))}"
    asked = rule("q", "sql", query=query, holds=False, must=("mustBe", 1))
    judged = judging(dataset(column("a"), rules=(asked,)), a=["x"])
    assert not judged.verdict.checks
    assert judged.verdict.notes[0].startswith("unjudged:q: SQL")


def test_sql_may_answer_with_a_word(judging: Judge) -> None:
    asked = rule("q", "sql", query="SELECT MAX(a) FROM ${table}", holds=False, must=("mustBe", "y"))
    assert judging(dataset(column("a"), rules=(asked,)), a=["x", "y"]).verdict.checks[0].passed
