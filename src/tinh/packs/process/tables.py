"""Decision tables (DMN): read from a `.dmn` file, judged, and asked.

Hit policies: UNIQUE, FIRST, ANY, PRIORITY, RULE ORDER, OUTPUT ORDER, COLLECT (with SUM, MIN, MAX,
COUNT). A file holds the decision of its own name, and any that it requires; literal expressions too.
Source: OMG DMN 1.5, §8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tinh.kit.errors import Text, TinhError
from tinh.packs.process import feel
from tinh.packs.process.faults import Noted
from tinh.packs.process.tree import Element

POLICIES = {
    "UNIQUE": "U",
    "FIRST": "F",
    "ANY": "A",
    "PRIORITY": "P",
    "RULE ORDER": "R",
    "OUTPUT ORDER": "O",
    "COLLECT": "C",
}
AGGREGATIONS = {"SUM": "+", "MIN": "<", "MAX": ">", "COUNT": "#"}
_SPACE = re.compile(r"https?://www\.omg\.org/spec/DMN/")


class DecisionUnclear(TinhError):
    """Facts: `table`, `rules` (their numbers from 1)."""

    code = "PCK220"
    status = 409
    says = Text(
        "Bảng quyết định “{table}” có nhiều dòng cùng đúng: {rules}",
        'Several rows of the decision table "{table}" hold at once: {rules}',
    )
    cure = Text(
        "sửa để chỉ một dòng đúng, hoặc chọn cách chọn dòng (hit policy) FIRST",
        "mend it so that one row holds, or choose the hit policy FIRST",
    )


@dataclass(frozen=True, slots=True)
class Column:
    """An input (its expression) or an output (its name, the values in order of priority)."""

    name: str
    asks: feel.Feel | None = None
    values: tuple[Any, ...] = ()
    otherwise: feel.Feel | None = None


@dataclass(frozen=True, slots=True)
class Row:
    tests: tuple[feel.Feel, ...]
    says: tuple[feel.Feel, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """One decision: a table, or `literal`, a single expression for the fact `outputs[0].name`."""

    id: str
    name: str
    policy: str = "U"
    aggregation: str = ""
    inputs: tuple[Column, ...] = ()
    outputs: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    literal: feel.Feel | None = None
    requires: tuple[Table, ...] = ()

    @property
    def gives(self) -> set[str]:
        """The facts it writes, those of the decisions it requires among them."""
        return {o.name for o in self.outputs} | {n for r in self.requires for n in r.gives}

    @property
    def reads(self) -> set[str]:
        """The facts it needs from outside."""
        asked = {n for c in self.inputs if c.asks is not None for n in c.asks.names}
        asked |= {n for row in self.rows for cell in (*row.tests, *row.says) for n in cell.names}
        asked |= self.literal.names if self.literal is not None else set()
        inner = {n for r in self.requires for n in r.gives}
        return (asked - inner - {feel.INPUT}) | {n for r in self.requires for n in r.reads}

    def decide(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts that follow; no row holding gives the default outputs, else missing. DecisionUnclear."""
        out: dict[str, Any] = {}
        for table in self.requires:
            out.update(table.decide({**facts, **out}))
        seen = {**facts, **out}
        if self.literal is not None:
            return {**out, self.outputs[0].name: plain(self.literal.value(seen))}
        given = [c.asks.value(seen) if c.asks is not None else None for c in self.inputs]
        hits = [
            (n, row)
            for n, row in enumerate(self.rows, 1)
            if all(test.passes(value, seen) for test, value in zip(row.tests, given, strict=True))
        ]
        found = [(n, tuple(plain(cell.value(seen)) for cell in row.says)) for n, row in hits]
        return {**out, **self._chosen(found, seen)}

    def _chosen(self, found: list[tuple[int, tuple[Any, ...]]], seen: Mapping[str, Any]) -> dict[str, Any]:
        names = [o.name for o in self.outputs]
        if self.policy == "C" and self.aggregation:
            return {names[0]: _aggregate(self.aggregation, [row[0] for _, row in found])}
        if self.policy in ("O", "P"):
            found = sorted(found, key=lambda hit: self._rank(hit[1]))
        if self.policy in ("C", "R", "O"):
            return {name: [row[i] for _, row in found] for i, name in enumerate(names)}
        if not found:
            return {
                o.name: plain(o.otherwise.value(seen)) if o.otherwise is not None else None
                for o in self.outputs
            }
        if len(found) > 1 and (
            self.policy == "U" or (self.policy == "A" and len({repr(r) for _, r in found}) > 1)
        ):
            raise DecisionUnclear(table=self.name or self.id, rules=", ".join(str(n) for n, _ in found))
        return dict(zip(names, found[0][1], strict=True))

    def _rank(self, row: tuple[Any, ...]) -> tuple[int, ...]:
        return tuple(
            o.values.index(value) if value in o.values else len(o.values)
            for o, value in zip(self.outputs, row, strict=True)
        )


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _aggregate(how: str, values: list[Any]) -> Any:
    if how == "#":
        return len(values)
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if not numbers:
        return None
    return sum(numbers) if how == "+" else min(numbers) if how == "<" else max(numbers)


def table(root: Element, wanted: str, noted: Noted) -> Table | None:
    """The decision of a file called `<wanted>.dmn`; None with findings."""
    if not _SPACE.match(root.space) or root.name != "definitions":
        noted.add(
            root.line,
            "PCK220",
            "tệp không phải DMN",
            "the file is not DMN",
            "lưu thành tệp .dmn từ trình vẽ",
            "save it as .dmn from a modeller",
        )
        return None
    decisions = {d.get("id"): d for d in root.children if d.name == "decision"}
    main = decisions.get(wanted) or (next(iter(decisions.values())) if len(decisions) == 1 else None)
    if main is None or main.get("id") != wanted:
        noted.add(
            (main or root).line,
            "PCK220",
            f"tệp không có quyết định mã “{wanted}”",
            f'the file has no decision with the id "{wanted}"',
            "đặt mã quyết định bằng tên tệp",
            "give the decision the file's name as its id",
        )
    if main is None:
        return None
    return _Tables(decisions, noted).read(main, ())


class _Tables:
    def __init__(self, decisions: Mapping[str, Element], noted: Noted) -> None:
        self.decisions, self.noted = decisions, noted

    def fault(self, line: int, vi: str, en: str, cure_vi: str, cure_en: str) -> None:
        self.noted.add(line, "PCK220", vi, en, cure_vi, cure_en)

    def read(self, decision: Element, above: tuple[str, ...]) -> Table | None:
        id, name = decision.get("id"), decision.get("name") or decision.get("id")
        variable = next((v.get("name") for v in decision.children if v.name == "variable"), "") or id
        needed = []
        for link in (r for c in decision.children if c.name == "informationRequirement" for r in c.children):
            other = link.get("href").lstrip("#")
            if link.name != "requiredDecision":
                continue
            if other in (*above, id) or other not in self.decisions or len(above) > 20:
                self.fault(
                    link.line,
                    f"quyết định cần “{other}” nhưng không dùng được",
                    f'"{other}", which it requires, cannot be used',
                    "để quyết định ấy trong cùng tệp, không vòng tròn",
                    "put it into the same file, without a circle",
                )
                continue
            inner = self.read(self.decisions[other], (*above, id))
            needed += [inner] if inner is not None else []
        for child in decision.children:
            if child.name == "decisionTable":
                return self.tabled(child, id, name, variable, tuple(needed))
            if child.name == "literalExpression":
                said = self.cell(child, feel.expression)
                return Table(id, name, outputs=(Column(variable),), literal=said, requires=tuple(needed))
        self.fault(
            decision.line,
            f"“{name}” không có bảng",
            f'"{name}" has no table',
            "vẽ bảng quyết định (decisionTable)",
            "draw a decision table",
        )
        return None

    def tabled(self, element: Element, id: str, name: str, variable: str, needed: tuple[Table, ...]) -> Table:
        said = (element.get("hitPolicy") or "UNIQUE").upper()
        policy = POLICIES.get(said, said[:1] if said[:1] in POLICIES.values() and len(said) <= 2 else "")
        aggregation = AGGREGATIONS.get(element.get("aggregation").upper(), said[1:] if len(said) == 2 else "")
        if not policy or (aggregation and policy != "C") or aggregation not in ("", *AGGREGATIONS.values()):
            self.fault(
                element.line,
                f"không có cách chọn dòng “{said[:40]}”",
                f'no hit policy "{said[:40]}"',
                f"dùng một trong: {', '.join(POLICIES)}",
                f"use one of: {', '.join(POLICIES)}",
            )
        inputs, outputs = [], []
        for child in element.children:
            if child.name == "input":
                asked = next((e for e in child.children if e.name == "inputExpression"), child)
                inputs.append(Column(child.get("label"), self.cell(asked, feel.expression)))
            elif child.name == "output":
                outputs.append(self.output(child, variable))
        if aggregation and len(outputs) > 1:
            self.fault(
                element.line,
                "chỉ gộp được bảng có một cột kết quả",
                "only a table with one output is aggregated",
                "bỏ aggregation hoặc để một cột",
                "drop the aggregation or keep one output",
            )
        rows = [
            self.row(child, len(inputs), len(outputs)) for child in element.children if child.name == "rule"
        ]
        if not rows or not outputs:
            self.fault(
                element.line,
                "bảng không có dòng hoặc không có cột kết quả",
                "the table has no row or no output",
                "thêm dòng và cột",
                "add rows and columns",
            )
        if len({o.name for o in outputs}) < len(outputs):
            self.fault(
                element.line,
                "hai cột kết quả trùng tên",
                "two outputs have one name",
                "đặt tên khác nhau",
                "name them apart",
            )
        good = tuple(row for row in rows if row is not None)
        return Table(id, name, policy or "U", aggregation, tuple(inputs), tuple(outputs), good, None, needed)

    def output(self, element: Element, variable: str) -> Column:
        values: tuple[Any, ...] = ()
        otherwise = None
        for child in element.children:
            if child.name == "outputValues":
                read = self.cell(child, feel.tests)
                parts = read.root[1:] if read.root[0] == "among" else (read.root,)
                values = tuple(p[1][1] for p in parts if p[0] == "is" and p[1][0] == "value")
            elif child.name == "defaultOutputEntry":
                otherwise = self.cell(child, feel.expression)
        return Column(element.get("name") or variable, None, values, otherwise)

    def row(self, element: Element, inputs: int, outputs: int) -> Row | None:
        tests = [self.cell(c, feel.tests) for c in element.children if c.name == "inputEntry"]
        says = [self.cell(c, feel.expression) for c in element.children if c.name == "outputEntry"]
        if (len(tests), len(says)) != (inputs, outputs):
            self.fault(
                element.line,
                f"dòng có {len(tests)} ô hỏi, {len(says)} ô trả lời; cần {inputs} và {outputs}",
                f"the row has {len(tests)} inputs and {len(says)} outputs; {inputs} and {outputs} are needed",
                "điền đủ ô",
                "fill in every cell",
            )
            return None
        return Row(tuple(tests), tuple(says), element.line)

    def cell(self, element: Element, reads: Any) -> feel.Feel:
        holder = next((c for c in element.children if c.name == "text"), None)
        text = holder.text.strip() if holder is not None else ""
        language = element.get("expressionLanguage").lower()
        if language and "feel" not in language:
            self.noted.add(
                element.line,
                "PCK203",
                f"ô viết bằng {language[:40]}",
                f"the cell is written in {language[:40]}",
                "viết bằng FEEL",
                "write it in FEEL",
            )
        try:
            if not text and reads is feel.expression:
                return feel.Feel("", ("value", None), frozenset())
            read: feel.Feel = reads(text)
            return read
        except (feel.Unread, RecursionError) as error:
            why = error.why if isinstance(error, feel.Unread) else Text("lồng quá sâu", "nested too deep")
            self.fault(
                (holder or element).line,
                f"không đọc được ô “{text[:60]}”: {why.vi}",
                f'the cell "{text[:60]}" cannot be read: {why.en}',
                "dùng phần FEEL nêu trong docs/reference/processes.md",
                "use the part of FEEL in docs/reference/processes.md",
            )
            return feel.Feel("-", ("any",), frozenset())
