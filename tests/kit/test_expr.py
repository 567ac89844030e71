"""One expression, two engines, one answer."""

from __future__ import annotations

from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinh.kit import expr
from tinh.kit.errors import ExpressionError

FRAME = pl.DataFrame(
    {
        "a": [1, None, -3, 0],
        "b": [2.0, 0.0, None, 4.0],
        "s": ["Xã", "O'Brien", None, ""],
        "ok": [True, False, None, True],
        "tỷ lệ": [10, 20, 30, 40],
    }
).with_columns(day=pl.Series(["2025-06-30", "2025-07-01", None, "2025-12-31"]).str.to_date())


def both(text: str) -> tuple[list[Any], list[Any]]:
    sql = expr.parse(text).with_dates(["day"]).sql()
    mine = FRAME.select(pl.sql_expr(sql).alias("r"))["r"].to_list()
    with duckdb.connect() as connection:
        connection.register("frame", FRAME.to_arrow())
        theirs = [row[0] for row in connection.execute(f"select {sql} as r from frame").fetchall()]
    return mine * (len(theirs) if len(mine) == 1 else 1), theirs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + 1", [2, None, -2, 1]),
        ("a / b", [0.5, None, None, 0.0]),
        ("b / a", [2.0, None, None, None]),
        ("1 + 0.5 * a", [1.5, None, -0.5, 1.0]),
        ("-a - -a", [0, None, 0, 0]),
        ("0 <= a <= 1", [True, None, False, True]),
        ("a >= 0 and b > 1", [True, False, False, True]),
        ("not a = 1 or ok", [True, None, True, True]),
        ("a in [1, -3]", [True, None, True, False]),
        ("a not in [1, -3]", [False, None, False, True]),
        ("s = 'O''Brien'", [False, True, None, False]),
        ("length(s)", [2, 7, None, 0]),
        ("s is null", [False, False, True, False]),
        ("s is not null", [True, True, False, True]),
        ("min(a, 0)", [0, 0, -3, 0]),
        ("max(a, b, 1)", [2.0, 1.0, 1.0, 4.0]),
        ("coalesce(a, 7)", [1, 7, -3, 0]),
        ("abs(a)", [1, None, 3, 0]),
        ("year(day) * 100 + month(day)", [202506, 202507, None, 202512]),
        ("day >= '2025-07-01'", [False, True, None, True]),
        ("day in ['2025-07-01', '2025-12-31']", [False, True, None, True]),
        ("day < date('2025-07-01')", [True, False, None, False]),
        ('"tỷ lệ" > 25', [False, False, True, True]),
        ("true", [True] * 4),
        ("a != 1 AND a <> 0 AND a == -3", [False, None, True, False]),
    ],
)
def test_both_engines_agree_on_an_expression(text: str, expected: list[Any]) -> None:
    mine, theirs = both(text)
    assert mine == expected
    assert theirs == expected


def test_expression_names_its_columns() -> None:
    assert expr.parse("100 * a / max(b, c) + length('d')").names == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1), ("a +", 4), ("a + ; drop", 5), ("system('x')", 1), ("a b", 3), ("(a", 3), ("a in b", 6),
        ("a is 3", 6), ("abs(a, b)", 10), ("a.b", 2), ("date(a)", 8), ("in", 1), ("a in [1", 8), ("1e999", 6),
        ("'open", 1), ("(" * 60 + "a" + ")" * 60, 41),
    ],
)  # fmt: skip
def test_expression_says_where_it_cannot_be_read(text: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        expr.parse(text)
    assert caught.value.facts["position"] == position
    assert caught.value.detail().vi and caught.value.remedy().en


_leaf = st.sampled_from(["a", "b", "3", "0.25", "coalesce(a, 1)", "abs(b)", "-a"])
_sum = st.recursive(
    _leaf, lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner), max_leaves=6
)


@settings(max_examples=40, deadline=None)
@given(st.builds("{} {} {}".format, _sum, st.sampled_from(["<", ">=", "="]), _sum))
def test_written_again_an_expression_means_the_same(text: str) -> None:
    parsed = expr.parse(text)
    assert expr.parse(parsed.text()).sql() == parsed.sql()
    mine, theirs = both(text)
    assert mine == theirs
