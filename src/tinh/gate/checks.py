"""Rules about the delivery as a whole: ODCS metrics with an operator, and SQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from tinh.gate.cells import Cells
from tinh.gate.rules import failing, metric_mask
from tinh.gate.verdict import Check
from tinh.packs.api import Dataset, Operator, Rule, reads_files
from tinh.sources.api import AT, ROW

_TABLE = re.compile(r"\b(?:from|join)\s+([\"`]?)([\w.\-${}]+)\1", re.IGNORECASE)
_HOLES = {"table": "received", "object": "received", "model": "received", "property": "", "column": ""}
_SIGNS = {
    "mustBe": "=", "mustNotBe": "≠", "mustBeGreaterThan": ">", "mustBeGreaterOrEqualTo": "≥",
    "mustBeLessThan": "<", "mustBeLessOrEqualTo": "≤", "mustBeBetween": "∈", "mustNotBeBetween": "∉",
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    check: Check
    hard: bool  # the delivery cannot be the one expected


Note = Callable[[str], None]


def run(rules: tuple[Rule, ...], cells: Cells) -> list[Outcome]:
    """Every check that could be made; one that could not leaves a note `unjudged:<rule>`."""
    made = []
    for rule in rules:
        if rule.kind == "sql":
            made.append(asked(rule, cells.local.drop(ROW, AT).lazy(), cells.dataset, cells.note))
        else:
            made.append(concluded(rule, counted(rule, cells), cells.height, cells.note))
    return [m for m in made if m is not None]


def counted(rule: Rule, cells: Cells) -> int | None:
    """How many rows a check that is not SQL counts; pieces of a delivery add up. None when it could
    not be judged."""
    if rule.kind == "metric":
        if rule.arguments["name"] == "rowCount":
            return cells.height
        try:
            mask = metric_mask(rule, cells)
        except (pl.exceptions.PolarsError, ValueError, TypeError) as error:
            cells.note(f"unjudged:{rule.id}: {str(error).splitlines()[0][:160]}")
            return None
    else:
        mask = failing(rule, cells)
    return 0 if mask is None else int(mask.sum())


def concluded(rule: Rule, count: int | None, height: int, note: Note) -> Outcome | None:
    """What a count over all `height` rows means. A row rule that is only counted passes at none."""
    if count is None:
        return None
    if rule.kind != "metric":
        return Outcome(Check(rule.id, count == 0, float(count), "= 0", rule.severity), False)
    unit = str(rule.arguments.get("unit") or "rows")
    if rule.arguments["name"] != "rowCount" and unit in ("percent", "percentage", "%"):
        return _outcome(rule, 100.0 * count / height, note, "percent")
    return _outcome(rule, float(count), note)


def holds(operator: Operator | None, measured: float | str) -> bool:
    """Does `measured` satisfy the operator? Without one anything does. Bounds of a `between` belong to it."""
    if operator is None:
        return True
    value = operator.value
    if isinstance(measured, str) or isinstance(value, str | bool):
        same = str(measured).strip().lower() == str(value).strip().lower()
        return same if operator.name == "mustBe" else not same
    if operator.name in ("mustBeBetween", "mustNotBeBetween"):
        low, high = (float(v) for v in value)
        return (low <= measured <= high) == (operator.name == "mustBeBetween")
    wanted = float(value)
    return {
        "mustBe": measured == wanted,
        "mustNotBe": measured != wanted,
        "mustBeGreaterThan": measured > wanted,
        "mustBeGreaterOrEqualTo": measured >= wanted,
        "mustBeLessThan": measured < wanted,
        "mustBeLessOrEqualTo": measured <= wanted,
    }[operator.name]


def expected(operator: Operator | None, unit: str) -> str:
    if operator is None:
        return ""
    sign = _SIGNS[operator.name]
    value = operator.value
    text = f"[{value[0]}, {value[1]}]" if isinstance(value, (list, tuple)) else f"{value}"
    return f"{sign} {text}{' %' if unit == 'percent' else ''}"


def _outcome(rule: Rule, measured: float | str, note: Note, unit: str = "rows") -> Outcome | None:
    try:
        passed = holds(rule.operator, measured)
    except (TypeError, ValueError) as error:
        note(f"unjudged:{rule.id}: {error}")
        return None
    number = None if isinstance(measured, str) else measured
    check = Check(rule.id, passed, number, expected(rule.operator, unit), rule.severity)
    hard = not passed and rule.severity == "error" and rule.arguments.get("name") == "rowCount"
    return Outcome(check, hard)


def asked(
    rule: Rule,
    rows: pl.LazyFrame,
    dataset: Dataset,
    note: Note,
    engine: Literal["auto", "streaming"] = "auto",
) -> Outcome | None:
    """The first cell of the query's answer, over the received rows under any name it uses."""
    query = str(rule.arguments["query"])
    column = rule.columns[0] if rule.columns else ""
    for hole, word in _HOLES.items():
        word = word or column
        query = re.sub(rf"\$?\{{\s*{hole}\s*\}}", word, query, flags=re.IGNORECASE)
    if reads_files(query):
        note(f"unjudged:{rule.id}: SQL ≠ SELECT … FROM ${{table}}")
        return None
    names = {"received", dataset.id, *map(str, rule.arguments.get("tables") or ())}
    query, extra = _plain_names(query)
    try:
        context = pl.SQLContext(dict.fromkeys(names | extra, rows), eager=False)
        answer: Any = context.execute(query).head(1).collect(engine=engine)
        value = answer.row(0)[0] if answer.height and answer.width else None
        words = isinstance(value, str | bool) and not _numeric(value)
        measured = None if value is None else str(value) if words else float(value)
    except (pl.exceptions.PolarsError, ValueError, TypeError, IndexError, AttributeError) as error:
        note(f"unjudged:{rule.id}: SQL {str(error).splitlines()[0][:200]}")
        return None
    if measured is None:
        note(f"unjudged:{rule.id}: SQL ∅")
        return None
    return _outcome(rule, measured, note)


def _numeric(value: str | bool) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return not isinstance(value, bool)


def _plain_names(query: str) -> tuple[str, set[str]]:
    """Whatever table a query reads is the delivery: `schema.table` becomes `schema_table`."""
    names: set[str] = set()

    def rename(found: re.Match[str]) -> str:
        name = re.sub(r"[^\w]", "_", found.group(2))
        names.add(name)
        return found.group(0)[: found.start(1) - found.start(0)] + name

    ctes = {m.lower() for m in re.findall(r"(?:with|,)\s+([\w]+)\s+as\s*\(", query, re.IGNORECASE)}
    renamed = _TABLE.sub(lambda m: m.group(0) if m.group(2).lower() in ctes else rename(m), query)
    return renamed, names
