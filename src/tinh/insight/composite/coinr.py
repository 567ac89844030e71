"""From COINr's indicator metadata (`iMeta`) to a tree.

Columns as `new_coin` of COINr 1.1 reads them: `iCode`, `Level` (1: indicators), `Parent`, `Direction`
(1, −1), `Weight` (relative among siblings), `Type` (Indicator, Aggregate, Group, Denominator, Other);
where present `iName`, `Denominator` (code of the column divided by). `iData`: `uCode`, where present `uName`,
then a column for every code that is no aggregate.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tinh.insight.composite.errors import BadMeta
from tinh.insight.composite.tables import MISSING
from tinh.kit.errors import Text

if TYPE_CHECKING:
    import polars as pl

NEEDED = ("iCode", "Level", "Parent", "Direction", "Weight", "Type")
TYPES = ("Indicator", "Aggregate", "Group", "Denominator", "Other")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True)
class _Row:
    code: str
    name: str
    kind: str
    level: float
    parent: str
    direction: float
    weight: float
    denominator: str


@dataclass
class _Faults:
    found: list[Text] = field(default_factory=list)

    def add(self, vi: str, en: str) -> None:
        self.found.append(Text(vi, en))

    def refuse(self) -> None:
        if self.found:
            raise BadMeta(
                faults_vi="; ".join(t.vi for t in self.found), faults_en="; ".join(t.en for t in self.found)
            )


def coinr_tree(
    meta: pl.DataFrame, columns: Sequence[str], id: str, denominate: bool = True
) -> dict[str, Any]:
    """The tree file (as plain values) that an `iMeta` and the columns of its `iData` say: min–max from 0 to
    100, weights as given, arithmetic means, nothing imputed or treated, denominated where `iMeta` names a
    denominator unless told not to. BadMeta with every fault at once."""
    faults = _Faults()
    for name in NEEDED:
        if name not in meta.columns:
            faults.add(f"thiếu cột {name}", f"the column {name} is missing")
    if "uCode" not in columns:
        faults.add("iData thiếu cột uCode", "iData lacks the column uCode")
    faults.refuse()
    rows = [_row(cells, faults) for cells in meta.to_dicts()]
    by = {row.code: row for row in rows}
    if len(by) < len(rows):
        twice = next(r.code for n, r in enumerate(rows) if r.code in {o.code for o in rows[:n]})
        faults.add(f"mã {twice} có hai lần", f"the code {twice} stands twice")
    counted = [row for row in rows if row.kind in ("Indicator", "Aggregate")]
    tops = [row for row in counted if not row.parent]
    if len(tops) != 1:
        names = ", ".join(r.code for r in tops[:5]) or "–"
        faults.add(
            f"cần đúng một phần tử không có Parent, đang có {len(tops)} ({names})",
            f"exactly one element has no Parent, there are {len(tops)} ({names})",
        )
    for row in counted:
        _sound(row, by, columns, faults)
    faults.refuse()
    children: dict[str, list[_Row]] = {}
    for row in counted:
        children.setdefault(row.parent, []).append(row)
    groups = [row.code for row in rows if row.kind == "Group" and row.code in columns]
    named = {"name": "uName"} if "uName" in columns else {}
    return {
        "format": 1,
        "id": id,
        "columns": {"unit": "uCode", **named, **({"groups": groups} if groups else {})},
        "method": {
            "normalise": {"kind": "minmax", "low": 0, "high": 100},
            "weights": "given",
            "aggregate": "arithmetic",
        },
        "tree": _element(tops[0], children, denominate, lambda row: row is tops[0]),
    }  # fmt: skip


def _row(cells: dict[str, Any], faults: _Faults) -> _Row:
    def text(column: str) -> str:
        cell = (cells.get(column) or "").strip()
        return "" if cell.lower() in MISSING else cell

    code = text("iCode")

    def number(column: str) -> float:
        cell = text(column)
        try:
            return float(cell) if cell else math.nan
        except ValueError:
            faults.add(f"{code}: {column} “{cell}” không phải số", f"{code}: {column} “{cell}” is no number")
            return math.nan

    kind = text("Type")
    if not code:
        faults.add("có dòng không có iCode", "a row has no iCode")
    if kind not in TYPES:
        faults.add(
            f"{code}: Type “{kind}” không thuộc {', '.join(TYPES)}",
            f"{code}: the Type “{kind}” is none of {', '.join(TYPES)}",
        )
    return _Row(
        code, text("iName"), kind, number("Level"), text("Parent"), number("Direction"), number("Weight"),
        text("Denominator"),
    )  # fmt: skip


def _sound(row: _Row, by: dict[str, _Row], columns: Sequence[str], faults: _Faults) -> None:
    def check(ok: bool, vi: str, en: str) -> None:
        if not ok:
            faults.add(f"{row.code}: {vi}", f"{row.code}: {en}")

    check(bool(_CODE.fullmatch(row.code)), "mã chỉ gồm chữ không dấu, số và . _ -",
          "a code has only letters, digits and . _ -")  # fmt: skip
    check(row.direction in (1, -1), "Direction phải là 1 hoặc -1", "the Direction is 1 or -1")
    check(row.weight >= 0, "Weight phải là số từ 0", "the Weight is a number from 0")
    if row.kind == "Indicator":
        check(row.level == 1, "chỉ tiêu phải ở Level 1", "an Indicator is of Level 1")
        check(row.code in columns, "iData không có cột này", "iData has no such column")
        if row.denominator:
            check(row.denominator in columns, f"iData không có cột mẫu số {row.denominator}",
                  f"iData has no column of the denominator {row.denominator}")  # fmt: skip
    if row.parent:
        above = by.get(row.parent)
        check(above is not None and above.kind == "Aggregate", f"Parent {row.parent} không phải Aggregate",
              f"the Parent {row.parent} is no Aggregate")  # fmt: skip
        check(above is None or above.level == row.level + 1, "Parent phải ở Level ngay trên",
              "the Parent is of the Level just above")  # fmt: skip
    if row.kind == "Aggregate":
        check(any(r.parent == row.code for r in by.values()), "không có phần tử con", "it has no children")


def _element(
    row: _Row, children: dict[str, list[_Row]], denominate: bool, top: Callable[[_Row], bool]
) -> dict[str, Any]:
    out: dict[str, Any] = {"id": row.code}
    if row.name and row.name != row.code:
        out["name"] = {"vi": row.name, "en": row.name}
    if not top(row) and row.weight != 1:
        out["weight"] = row.weight
    if row.kind == "Aggregate":
        out["children"] = [_element(child, children, denominate, top) for child in children[row.code]]
        return out
    if row.direction == -1:
        out["direction"] = "down"
    if row.denominator and denominate:
        out["denominator"] = {"column": row.denominator, "scale": 1}
    return out
