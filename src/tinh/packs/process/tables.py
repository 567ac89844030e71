"""Decision tables (DMN): read from a `.dmn` file, judged, and asked.

Hit policies: UNIQUE, FIRST, ANY, PRIORITY, RULE ORDER, OUTPUT ORDER, COLLECT (with SUM, MIN, MAX,
COUNT). A file holds the decision of its own name, and any that it requires; literal expressions too.
Source: OMG DMN 1.5, §8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tinh.kit.errors import Text, TinhError
from tinh.packs.process import feel
from tinh.packs.process.evaluate import kind
from tinh.packs.process.faults import Noted
from tinh.packs.process.feelwords import FUNCTIONS
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
MOST_PHRASES = 200
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
    requires: tuple[Table, ...] = ()  # every decision it leans on, each after those it leans on itself
    known_as: frozenset[str] = frozenset()  # what decisions that require it call its result

    @property
    def gives(self) -> set[str]:
        """The facts it writes, those of the decisions it requires among them."""
        return {o.name for table in (*self.requires, self) for o in table.outputs}

    @property
    def reads(self) -> set[str]:
        """The facts it needs from outside."""
        out: set[str] = set()
        inner = {feel.INPUT}
        for table in (*self.requires, self):
            out |= {n for n in table._asked() if not {n, n.split(".")[0]} & inner}
            inner |= {o.name for o in table.outputs} | table.known_as
        return out

    def _asked(self) -> set[str]:
        asked = {n for c in self.inputs if c.asks is not None for n in c.asks.names}
        asked |= {n for row in self.rows for cell in (*row.tests, *row.says) for n in cell.names}
        return asked | (self.literal.names if self.literal is not None else set())

    def decide(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts that follow; no row holding gives the default outputs, else missing. DecisionUnclear."""
        out: dict[str, Any] = {}
        seen = dict(facts)
        for table in (*self.requires, self):
            found = table._own(seen)
            out.update(found)
            seen.update(found)
            seen.update(
                dict.fromkeys(table.known_as, found if len(found) > 1 else next(iter(found.values())))
            )
        return out

    def _own(self, seen: Mapping[str, Any]) -> dict[str, Any]:
        if self.literal is not None:
            return {self.outputs[0].name: plain(self.literal.value(seen))}
        given = [c.asks.value(seen) if c.asks is not None else None for c in self.inputs]
        hits = [
            (n, row)
            for n, row in enumerate(self.rows, 1)
            if all(test.passes(value, seen) for test, value in zip(row.tests, given, strict=True))
        ]
        found = [(n, tuple(plain(cell.value(seen)) for cell in row.says)) for n, row in hits]
        return self._chosen(found, seen)

    def _chosen(self, found: list[tuple[int, tuple[Any, ...]]], seen: Mapping[str, Any]) -> dict[str, Any]:
        names = [o.name for o in self.outputs]
        if self.policy == "C" and self.aggregation:
            return {names[0]: _aggregate(self.aggregation, [row[0] for _, row in found])}
        if self.policy in ("O", "P"):
            found = sorted(found, key=lambda hit: self._rank(hit[1]))
        if self.policy in ("C", "R", "O") and (found or all(o.otherwise is None for o in self.outputs)):
            return {name: [row[i] for _, row in found] for i, name in enumerate(names)}
        if not found:
            return {
                o.name: plain(o.otherwise.value(seen)) if o.otherwise is not None else None
                for o in self.outputs
            }
        if len(found) > 1 and (
            self.policy == "U" or (self.policy == "A" and any(not _same(r, found[0][1]) for _, r in found))
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


def _same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Equal as FEEL sees it: 1 is 1.0, but not true."""
    return all(a == b and kind(a) == kind(b) for a, b in zip(one, other, strict=True))


def _aggregate(how: str, values: list[Any]) -> Any:
    """Sum, least and greatest as the FEEL functions of the name say it: missing when the kinds do not fit."""
    if how == "#":
        return len(values)
    name = {"+": "sum", "<": "min", ">": "max"}[how]
    return FUNCTIONS[name][2](values) if values else None


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
    return _Tables(root, decisions, noted).whole(main)


class _Tables:
    def __init__(self, root: Element, decisions: Mapping[str, Element], noted: Noted) -> None:
        self.decisions, self.noted = decisions, noted
        self.language = root.get("expressionLanguage")
        named = {
            e.get("name") for e in root.walk() if e.name in ("decision", "inputData", "variable", "output")
        }  # names of several words, the longest first: where one stands in a cell it is one name
        several = sorted((n for n in named if n and not n.isidentifier()), key=lambda n: (-len(n), n))
        self.phrases = tuple(several[:MOST_PHRASES])
        self.made: dict[str, Table | None] = {}

    def whole(self, main: Element) -> Table | None:
        """The decision and, in their order, all that it leans on, each read once."""
        found = self.read(main, ())
        if found is None:
            return None
        return replace(
            found, requires=tuple(t for t in self.made.values() if t is not None and t is not found)
        )

    def fault(self, line: int, vi: str, en: str, cure_vi: str, cure_en: str) -> None:
        self.noted.add(line, "PCK220", vi, en, cure_vi, cure_en)

    def read(self, decision: Element, above: tuple[str, ...]) -> Table | None:
        if decision.get("id") not in self.made:
            found = self.one(decision, above)
            self.made[decision.get("id")] = found  # after those it leans on
        return self.made[decision.get("id")]

    def one(self, decision: Element, above: tuple[str, ...]) -> Table | None:
        id, name = decision.get("id"), decision.get("name") or decision.get("id")
        own = next((v.get("name") for v in decision.children if v.name == "variable"), "")
        variable, known = own or id, frozenset(n for n in (own, decision.get("name")) if n)
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
            self.read(self.decisions[other], (*above, id))
        for child in decision.children:
            if child.name == "decisionTable":
                return replace(self.tabled(child, id, name, variable), known_as=known)
            if child.name == "literalExpression":
                said = self.cell(child, feel.expression)
                return Table(id, name, outputs=(Column(variable),), literal=said, known_as=known)
        self.fault(
            decision.line,
            f"“{name}” không có bảng",
            f'"{name}" has no table',
            "vẽ bảng quyết định (decisionTable)",
            "draw a decision table",
        )
        return None

    def tabled(self, element: Element, id: str, name: str, variable: str) -> Table:
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
                inputs.append(Column(child.get("label"), self.cell(asked, feel.expression, needed=True)))
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
        if policy in ("P", "O") and not all(o.values for o in outputs):
            self.fault(
                element.line,
                f"{said} xếp theo thứ tự các giá trị của cột kết quả, mà cột chưa khai",
                f"{said} goes by the order of an output's values, and an output has none",
                'ghi outputValues của mọi cột kết quả, quan trọng nhất trước: "cao","thấp"',
                'write the outputValues of every output, the most important first: "high","low"',
            )
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
        return Table(id, name, policy or "U", aggregation, tuple(inputs), tuple(outputs), good)

    def output(self, element: Element, variable: str) -> Column:
        values: tuple[Any, ...] = ()
        otherwise = None
        for child in element.children:
            if child.name == "outputValues":
                read = self.cell(child, feel.tests)
                parts = read.root[1:] if read.root[0] == "among" else (read.root,)
                values = tuple(feel.Feel("", p[1], frozenset()).value({}) for p in parts if p[0] == "is")
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

    def cell(self, element: Element, reads: Any, needed: bool = False) -> feel.Feel:
        holder = next((c for c in element.children if c.name == "text"), None)
        text = holder.text.strip() if holder is not None else ""
        language = (element.get("expressionLanguage") or self.language).lower()
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
            if not text and (needed or element.first(element.space, "importedValues") is not None):
                self.fault(
                    element.line,
                    "cột hỏi không nói hỏi dữ kiện nào",
                    "an input does not say which fact it asks",
                    "ghi tên dữ kiện làm biểu thức của cột (inputExpression)",
                    "write the fact's name as the input's expression (inputExpression)",
                )
            if not text and reads is feel.expression:
                return feel.Feel("", ("value", None), frozenset())
            read: feel.Feel = reads(text, self.phrases)
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
