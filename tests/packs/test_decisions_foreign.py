"""Decision tables as other tools write them, in every version of the standard."""
# ruff: noqa: E501  # as the tools write them

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tinh.packs.process import feel, tables, tree
from tinh.packs.process.faults import Noted


def passes(cell: str, given: Any, **facts: Any) -> bool:
    return feel.tests(cell).passes(given, facts)


def one(policy: str, rules: list[tuple[str, str]], output: str = "", attributes: str = "") -> str:
    rows = "".join(
        f"<rule><inputEntry><text>{test}</text></inputEntry><outputEntry><text>{says}</text></outputEntry></rule>"
        for test, says in rules
    )
    return (
        f'<decision id="t" name="t"><decisionTable hitPolicy="{policy}" {attributes}><input><inputExpression><text>x</text>'
        f'</inputExpression></input><output name="o">{output}</output>{rows}</decisionTable></decision>'
    )


def read(text: str, space: str = "https://www.omg.org/spec/DMN/20191111/MODEL/", more: str = "") -> Any:
    noted = Noted(Path("t.dmn"))
    whole = f'<definitions xmlns="{space}" id="d" {more}>\n{text}</definitions>'
    found = tables.table(tree.read(whole.encode()), "t", noted)
    return found, [f.code for f in noted.found]


VALUES = '<outputValues><text>"high","low","none"</text></outputValues>'
SPACES = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}
A, B = ("&gt; 1", '"low"'), ("&gt; 2", '"high"')


@pytest.mark.parametrize("version", SPACES)
@pytest.mark.parametrize(
    ("policy", "output", "result"),
    [
        ("FIRST", "", "low"), ("F", "", "low"), ("PRIORITY", VALUES, "high"), ("P", VALUES, "high"),
        ("RULE ORDER", "", ["low", "high"]), ("OUTPUT ORDER", VALUES, ["high", "low"]), ("COLLECT", "", ["low", "high"]),
        ("C#", "", 2), ("C&lt;", "", "high"), ("C&gt;", "", "low"),
    ],
)  # fmt: skip
def test_a_hit_policy_says_the_same_in_every_version_of_the_standard(
    version: str, policy: str, output: str, result: Any
) -> None:
    found, codes = read(one(policy, [A, B], output), SPACES[version])
    assert codes == []
    assert found.decide({"x": 3}) == {"o": result}


def test_collecting_counts_in_decimal_and_no_row_gives_the_default() -> None:
    some = [("-", "0.1"), ("-", "0.2"), ("&lt; 0", "9")]
    for policy, result in (("C+", 0.3), ("C<", 0.1), ("C>", 0.2), ("C#", 2)):
        table, _ = read(one(policy.replace("<", "&lt;"), some))
        assert table.decide({"x": 1}) == {"o": result}
    default = "<defaultOutputEntry><text>7</text></defaultOutputEntry>"
    for policy in ("U", "A", "F", "C", "R"):
        assert read(one(policy, [("&lt; 0", "9")], default))[0].decide({"x": 1}) == {"o": 7}
    assert read(one("C", [("&lt; 0", "9")]))[0].decide({"x": 1}) == {"o": []}
    assert read(one("A", [("-", "1"), ("-", "1.0")]))[0].decide({"x": 1}) == {"o": 1}
    with pytest.raises(tables.DecisionUnclear):
        read(one("A", [("-", "1"), ("-", "true")]))[0].decide({"x": 1})


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (one("P", [A, B]), ""), (one("O", [A]), ""), (one("X", [A]), ""), (one("U+", [A]), ""),
        (one("U", [A]).replace("<text>x</text>", "<text/>"), ""), (one("U", [("1e999", "1")]), ""),
        (one("U", [('duration("P1D")', "1")]), ""), (one("U", [A]), 'expressionLanguage="http://www.w3.org/1999/XPath"'),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_asked_rightly_is_refused(text: str, more: str) -> None:
    assert set(read(text, more=more)[1]) <= {"PCK203", "PCK220"} and read(text, more=more)[1]


def test_true_asks_for_true_and_a_missing_fact_is_not() -> None:
    assert not passes("true", None) and not passes("true", "a") and not passes("false", None)
    assert passes("? > 1", 2) and passes("if n = 2 then true else false", "a", n=2)


def test_times_with_and_without_an_offset_are_compared_in_vietnams_time() -> None:
    cell = '< date and time("2026-02-01T00:00:00Z")'
    assert passes(cell, "2026-02-01T06:59:00") and not passes(cell, "2026-02-01T07:00:00")
    assert feel.expression('max(date and time("2026-02-01T00:00:00Z"), @"2026-02-01T00:00:00") = n').value(
        {"n": "2026-02-01T07:00:00"}
    )
    assert feel.expression("0.1 + 0.2 = 0.3 and modulo(0.3, 0.1) = 0").value({}) is True


def graph(depth: int) -> str:
    out = ""
    for n in range(depth + 1):
        needs = '<informationRequirement><requiredDecision href="#d{}"/></informationRequirement>' * 2
        out += one("U", [("-", "1")]).replace(
            'id="t" name="t">', f'id="d{n}" name="d{n}">' + (needs.format(n + 1, n + 1) if n < depth else "")
        )
    return out.replace('id="d0"', 'id="t"', 1)


def test_decisions_lean_on_each_other_by_their_names_and_each_is_asked_once() -> None:
    season = one("U", [("1", '"S"')]).replace(
        'id="t" name="t">', 'id="s" name="Season of rain"><variable name="Season of rain"/>'
    )
    needs = '<informationRequirement><requiredDecision href="#s"/></informationRequirement>'
    main = one("U", [('Season of rain = "S" and ? = "S"', "2")]).replace('name="t">', f'name="t">{needs}', 1)
    main = main.replace("<text>x</text>", "<text>Season of rain</text>").replace('name="o"', 'name="days"')
    table, codes = read(main + season)
    assert codes == [] and table.reads == {"x"} and table.gives == {"o", "days"}
    assert table.decide({"x": 1}) == {"o": "S", "days": 2}
    deep, codes = read(graph(20))  # 2 to the 20 ways, if each were gone
    assert codes == [] and len(deep.requires) == 20 and deep.decide({"x": 1}) == {"o": 1}
