"""Decision tables: cells in FEEL, hit policies, required decisions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tinh.packs.process import feel, tables, tree
from tinh.packs.process.faults import Noted


def _passes(cell: str, given: Any, **facts: Any) -> bool:
    return feel.tests(cell).passes(given, facts)


@pytest.mark.parametrize(
    ("cell", "yes", "no"),
    [
        ("-", None, ...),
        ('"urgent"', "urgent", "normal"),
        ('"a", "b"', "b", "c"),
        ('not("a","b")', "c", "a"),
        ("< 5", 4, 5),
        (">= 5", 5, None),
        ("[1..5]", 5, 6),
        ("(1..5)", 2, 1),
        ("]1..5[", 4, 5),
        ("-3", -3, 3),
        ("null", None, 1),
        ("true", True, False),
        ("1,[10..20]", 15, 9),
        ('>= date("2026-01-01")', "2026-02-01", "2025-12-31"),
        ('[@"2026-01-01"..@"2026-12-31"]', "2026-06-01", "2027-01-01"),
        ("? > 5 and ? < 9", 7, 9),
        ('contains(?, "rác")', "đổ rác", "ổ gà"),
        ("n + 1", 3, 2),
        ("even(?)", 4, 3),
        ("odd(?)", -3, 4),
        ("modulo(?, 5) = 3", -12, 12),
        ('substring(?, 3) = "-12"', "24-12", "12-24"),
        ('substring(?, -2, 1) = "1"', "24-12", "12-24"),
        ('["x","y"]', "y", "z"),
    ],
)
def test_an_input_cell_passes_what_it_says_and_nothing_else(cell: str, yes: Any, no: Any) -> None:
    assert _passes(cell, yes, n=2)
    assert no is ... or not _passes(cell, no, n=2)


@pytest.mark.parametrize(
    "cell", ["__import__(1)", "[1..", "(((((" * 20, '"open', "system('ls')", "1 2", "a.b(1)", "@\"soon\""]
)  # fmt: skip
def test_what_is_not_feel_is_refused_in_words(cell: str) -> None:
    with pytest.raises(feel.Unread):
        feel.tests(cell)


OUTPUT = '<output id="o" name="days"/>'


def _dmn(policy: str, rows: list[tuple[str, str]], outputs: str = OUTPUT, more: str = "") -> str:
    lines = "".join(
        f'<rule id="r{n}"><inputEntry><text><![CDATA[{a}]]></text></inputEntry>'
        f"<outputEntry><text><![CDATA[{b}]]></text></outputEntry></rule>"
        for n, (a, b) in enumerate(rows)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'<decision id="limit" name="Hạn"><decisionTable id="t" {policy}>'
        f'<input id="i"><inputExpression><text>severity</text></inputExpression></input>{outputs}{lines}'
        f"</decisionTable></decision>{more}</definitions>"
    )


def _read(text: str) -> tuple[tables.Table, Noted]:
    noted = Noted(Path("limit.dmn"))
    made = tables.table(tree.read(text.encode()), "limit", noted)
    assert made is not None
    return made, noted


ROWS = [('"urgent"', "1"), ('"urgent","normal"', "5"), ("-", "15")]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ('hitPolicy="FIRST"', 1),
        ('hitPolicy="COLLECT"', [1, 5, 15]),
        ('hitPolicy="RULE ORDER"', [1, 5, 15]),
        ('hitPolicy="COLLECT" aggregation="SUM"', 21),
        ('hitPolicy="COLLECT" aggregation="MIN"', 1),
        ('hitPolicy="COLLECT" aggregation="MAX"', 15),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 3),
    ],
)
def test_each_hit_policy_chooses_its_own_way(policy: str, expected: Any) -> None:
    table, noted = _read(_dmn(policy, ROWS))
    assert not noted.found
    assert table.decide({"severity": "urgent"}) == {"days": expected}


def test_rows_that_contradict_each_other_are_refused_where_one_alone_may_hold() -> None:
    for policy in ("", 'hitPolicy="ANY"'):
        with pytest.raises(tables.DecisionUnclear, match="1, 2, 3"):
            _read(_dmn(policy, ROWS))[0].decide({"severity": "urgent"})
    assert _read(_dmn("", ROWS))[0].decide({"severity": "complex"}) == {"days": 15}
    assert _read(_dmn('hitPolicy="ANY"', [("-", "2"), ("-", "2")]))[0].decide({}) == {"days": 2}


def test_priority_goes_by_the_order_of_the_output_values() -> None:
    output = '<output id="o" name="level"><outputValues><text>"high","low"</text></outputValues></output>'
    table, _ = _read(_dmn('hitPolicy="PRIORITY"', [("-", '"low"'), ("-", '"high"')], output))
    assert table.decide({}) == {"level": "high"}
    table, _ = _read(_dmn('hitPolicy="OUTPUT ORDER"', [("-", '"low"'), ("-", '"high"')], output))
    assert table.decide({}) == {"level": ["high", "low"]}


def test_no_row_gives_the_default_and_else_nothing() -> None:
    output = '<output id="o" name="days"><defaultOutputEntry><text>9</text></defaultOutputEntry></output>'
    assert _read(_dmn("", [('"x"', "1")], output))[0].decide({}) == {"days": 9}
    assert _read(_dmn("", [('"x"', "1")]))[0].decide({"severity": "y"}) == {"days": None}


def test_every_fault_of_a_table_is_found_with_its_line() -> None:
    text = _dmn('hitPolicy="LUCK"', [("import os", "1")]).replace("<rule", "\n<rule")
    _, noted = _read(text)
    assert [(f.code, f.line) for f in noted.sorted()] == [("PCK220", 1), ("PCK220", 2)]
