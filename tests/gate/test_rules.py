from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from tinh.gate.api import Known, Past

from .conftest import NOW, Judge, column, dataset, held_rows, reasons, rule


@pytest.mark.parametrize(
    ("logical", "good", "bad"),
    [
        ("number", ["1", "-2.5", "+3", "1e3", ".5"], ["abc", "1,5", "nan", "inf", "1e400", "0x10", "5 km/h"]),
        (
            "integer",
            ["1", "1.0", "-7", "007"],
            ["1.5", "x", "99999999999999999999", "1e400", "9007199254740993.0"],
        ),
        ("boolean", ["true", "FALSE", "1", "0", "Có", "không", "yes", "No"], ["maybe", "2"]),
        (
            "date",
            ["2025-04-01", "2025-04-01T00:00:00", "2025-04-01 00:00:00"],
            ["2025-02-30", "01/04/2025", "2025-04-01 07:00:00"],
        ),
        (
            "timestamp",
            [
                "2025-04-01T00:01:57.139881+07:00",
                "2025-04-01T00:01:57Z",
                "2025-04-01 00:01:57",
                "2025-04-01T00:01",
                "2025-04-01",
            ],
            ["2025-04-01T25:00:00", "hôm qua", "20"],
        ),
        ("time", ["07:30", "07:30:15", "23:59:59.5"], ["25:00", "7h30"]),
        ("object", ['{"a": 1}'], []),
    ],
)
def test_a_cell_is_read_in_its_type_or_held(
    judging: Judge, logical: str, good: list[str], bad: list[str]
) -> None:
    judged = judging(dataset(column("a", logical)), a=[*good, None, *bad])
    assert judged.accepted["a"].null_count() == 1
    assert judged.accepted.height == len(good) + 1
    assert reasons(judged) == ({"a-type": len(bad)} if bad else {})


def test_moments_are_kept_in_utc_and_counted_in_local_periods(judging: Judge) -> None:
    contract = dataset(column("t", "timestamp"), kind="stream", period={"column": "t", "every": "hour"})
    judged = judging(contract, t=["2025-04-01T00:01:57+07:00", "2025-04-01 00:30:00", "2025-03-31T17:59:00Z"])
    assert judged.accepted["t"].to_list()[1] == datetime(2025, 3, 31, 17, 30, tzinfo=UTC)
    assert judged.accepted["_period"].to_list() == ["2025-04-01T00"] * 3


def test_a_declared_date_form_is_read(judging: Judge) -> None:
    contract = dataset(column("d", "date", options={"format": "dd/MM/yyyy"}))
    judged = judging(contract, d=["05/10/2026", "2026-10-05", "31/02/2026"])
    assert judged.accepted["d"].to_list() == [date(2026, 10, 5), date(2026, 10, 5)]


def test_typed_sources_keep_their_values(judging: Judge) -> None:
    contract = dataset(
        column("n", "number"), column("i", "integer"), column("s"), column("d", "date"), column("o", "object")
    )
    judged = judging(
        contract,
        n=[1.5, float("nan"), float("inf")],
        i=[1.0, 2.0, 2.5],
        s=[7, 8, None],
        d=[date(2025, 1, 1)] * 3,
        o=[{"x": 1}, None, {"x": 2}],
    )
    assert judged.accepted.row(0)[:5] == (1.5, 1, "7", date(2025, 1, 1), '{"x":1}')
    assert judged.accepted.row(1)[0] is None and judged.accepted.row(1)[4] is None
    assert held_rows(judged) == {4: ["n-type", "i-type"]}


@pytest.mark.parametrize(
    ("kind", "arguments", "logical", "good", "bad"),
    [
        ("range", {"min": 0, "max": 10}, "number", ["0", "10"], ["-0.1", "10.5"]),
        ("range", {"above": 0, "below": 10}, "integer", ["1", "9"], ["0", "10"]),
        ("range", {"min": "2025-01-01"}, "date", ["2025-01-01"], ["2024-12-31"]),
        ("range", {"max": "2025-01-01T00:00:00"}, "timestamp", ["2024-12-31T23:00"], ["2025-01-01T00:00:01"]),
        ("range", {"min": "08:00:00"}, "time", ["09:00"], ["07:59"]),
        ("multiple", {"of": 0.1}, "number", ["0.3", "1.7"], ["0.25"]),
        ("multiple", {"of": 5}, "integer", ["10", "-5"], ["7"]),
        ("length", {"min": 2, "max": 3}, "string", ["ếế", "abc"], ["x", "abcd"]),
        ("enum", {"values": ("x", "y")}, "string", ["x"], ["X", "z"]),
        ("enum", {"values": (1, 2)}, "integer", ["1", "2.0"], ["3"]),
        ("enum", {"values": (True,)}, "boolean", ["có"], ["no"]),
        ("pattern", {"regex": r"^\d{3}$"}, "string", ["123"], ["12", "1234", "١٢٣"]),
        ("pattern", {"regex": r"^(?=.*[a-z])\w+$"}, "string", ["a1"], ["11"]),
        ("pattern", {"regex": r"(a)\1"}, "string", ["xaa"], ["xab"]),
        ("format", {"name": "email"}, "string", ["a.b@c.gov.vn"], ["a@b", "@c.vn", "a b@c.vn"]),
        ("format", {"name": "uuid"}, "string", ["123e4567-e89b-12d3-a456-426614174000"], ["123"]),
        ("format", {"name": "uri"}, "string", ["https://x.vn/a?b", "urn:x:y"], ["x.vn", "http://a b"]),
        ("format", {"name": "ipv4"}, "string", ["10.0.0.1"], ["256.1.1.1", "1.2.3"]),
        ("format", {"name": "ipv6"}, "string", ["::1", "fe80::1"], ["1::2::3", "10.0.0.1"]),
        ("format", {"name": "hostname"}, "string", ["thainguyen.gov.vn"], ["-a.vn", "a_b"]),
    ],
)  # fmt: skip
def test_each_kind_of_rule_holds_what_breaks_it(
    judging: Judge, kind: str, arguments: dict[str, Any], logical: str, good: list[str], bad: list[str]
) -> None:
    contract = dataset(column("a", logical), rules=(rule("r", kind, "a", **arguments),))
    judged = judging(contract, a=[*good, None, *bad])
    assert reasons(judged) == {"r": len(bad)}
    assert judged.accepted.height == len(good) + 1


def test_an_expression_over_nothing_does_not_fail(judging: Judge) -> None:
    contract = dataset(
        column("a", "integer"),
        column("b", "integer"),
        rules=(rule("le", "expression", "a", "b", text="a <= b"),),
    )
    judged = judging(contract, a=["1", "3", None, "2"], b=["2", "2", "1", None])
    assert held_rows(judged) == {3: ["le"]}
    assert json.loads(judged.held["_values"][0]) == {"a": "3", "b": "2"}


def test_an_expression_reads_dates_in_local_time(judging: Judge) -> None:
    contract = dataset(
        column("t", "timestamp"), rules=(rule("april", "expression", "t", text="month(t) = 4"),)
    )
    assert held_rows(judging(contract, t=["2025-03-31T17:30:00Z", "2025-03-31T16:30:00Z"])) == {3: ["april"]}


def test_a_held_row_carries_every_reason_and_the_raw_values(judging: Judge) -> None:
    contract = dataset(
        column("a", "integer", required=True),
        column("b", "number"),
        column("c"),
        rules=(rule("cap", "range", "b", max=5),),
    )
    judged = judging(contract, a=["x", None, "1"], b=[" 9 ", "9", "1"], c=["p", "q", "r"])
    assert held_rows(judged) == {2: ["a-type", "cap"], 3: ["a-required", "cap"]}
    assert json.loads(judged.held["_values"][0]) == {"a": "x", "b": " 9 "}
    assert judged.held.columns == ["_row", "_rules", "_values", "_at", "a", "b", "c"]
    assert judged.held["b"].to_list() == [" 9 ", "9"]
    assert judged.verdict.outcome == "in part"


def test_a_reference_must_be_in_its_register(judging: Judge) -> None:
    contract = dataset(
        column("code"), rules=(rule("known", "reference", "code", dataset="reg", column="id"),)
    )
    register = Known(
        now=NOW, reference=lambda d, c: pl.Series(["06", "19"]) if (d, c) == ("reg", "id") else None
    )
    assert held_rows(judging(contract, register, code=["06", "6", None])) == {3: ["known"]}
    empty = Known(now=NOW, reference=lambda d, c: pl.Series([], dtype=pl.String))
    assert len(held_rows(judging(contract, empty, code=["06"]))) == 1
    alone = judging(contract, code=["06", "6"])
    assert alone.verdict.outcome == "accepted" and "unjudged:known: reg.id" in alone.verdict.notes


def test_drift_is_judged_place_by_place_where_the_past_is_known(judging: Judge) -> None:
    contract = dataset(
        column("place"), column("n", "integer"), place={"column": "place"},
        rules=(rule("drift", "drift", "n", tolerance=0.2, score="clean", holds=False),),
    )  # fmt: skip
    past = Past(n=2, mean=550, by_place=pl.DataFrame({"_place": ["A", "B"], "value": [100, 1000]}))
    judged = judging(
        contract, Known(now=NOW, past=lambda _: past), place=["A", "B", "C"], n=["119", "700", "5"]
    )
    assert judged.accepted["_flags"].to_list() == [[], ["drift"], []]
    assert (judged.verdict.scores.clean.num, judged.verdict.scores.clean.den) == (2, 3)
    assert judged.verdict.outcome == "accepted"


def test_a_warning_marks_the_row_and_lets_it_through(judging: Judge) -> None:
    contract = dataset(column("a", "integer"), rules=(rule("odd", "range", "a", max=5, severity="warning"),))
    judged = judging(contract, a=["9", "1"])
    assert judged.accepted["_flags"].to_list() == [["odd"], []]


def test_unique_columns_hold_every_repeat(judging: Judge) -> None:
    judged = judging(dataset(column("a", unique=True)), a=["x", "y", "x", None, None])
    assert held_rows(judged) == {2: ["a-unique"], 4: ["a-unique"]}


def test_an_exact_repeat_does_not_make_a_unique_value_wrong(judging: Judge) -> None:
    contract = dataset(column("id", unique=True), column("n"), key=("id",))
    judged = judging(contract, id=["x", "x", "y", "y", "z"], n=["1", "1", "2", "3", "4"])
    assert held_rows(judged) == {3: ["duplicate"], 4: ["id-unique", "key"], 5: ["id-unique", "key"]}


def test_a_record_with_too_many_cells_is_held(judging: Judge) -> None:
    from dataclasses import replace

    from tinh.gate.api import judge

    from .conftest import receipt, table

    raw = replace(table({"a": ["1", "2"]}), ragged=(3,))
    judged = judge(raw, dataset(column("a")), receipt(), Known(now=NOW))
    assert held_rows(judged) == {3: ["shape"]}
