"""A small expression language for declared files, read into SQL two engines take.

`shared_stations <= stations and stations > 0` · `100 * a / b` · `status in ['on', 'off']`
`length(tax_code) in [10, 13]` · `ended_on is null or ended_on >= started_on`

Names (bare, or "in double quotes"), numbers, 'strings', true/false/null, + - * /, comparisons
(chained too), and/or/not, in [..], not in [..], is null, is not null, parentheses and the functions
in FUNCTIONS. Nothing else: no calls, no attributes, no SQL passes through. A division by zero
is missing, not an error. Decimal numbers are floating point in both engines.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from tinh.kit.errors import ExpressionError, Text

FUNCTIONS: dict[str, tuple[str, int, int]] = {  # name → SQL, fewest and most arguments
    "abs": ("ABS", 1, 1),
    "min": ("LEAST", 2, 20),
    "max": ("GREATEST", 2, 20),
    "coalesce": ("COALESCE", 2, 20),
    "length": ("LENGTH", 1, 1),
    "year": ("YEAR", 1, 1),
    "month": ("MONTH", 1, 1),
    "day": ("DAY", 1, 1),
    "date": ("DATE", 1, 1),
}
LONGEST = 4000
DEEPEST = 40

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?)
    | (?P<string>'(?:[^']|'')*')
    | "(?P<quoted>[^"\n]+)"
    | (?P<name>[^\W\d]\w*)
    | (?P<sign><=|>=|<>|!=|==|[-+*/()\[\],<>=])
    )""",
    re.VERBOSE,
)
_RESERVED = {"and", "or", "not", "in", "is", "null", "true", "false"}
_COMPARE = {"=": "=", "==": "=", "!=": "<>", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}

Op = Literal["name", "number", "string", "word", "call", "neg", "not", "binary", "and", "or", "in", "null"]


@dataclass(frozen=True, slots=True)
class _Node:
    op: Op
    text: str = ""
    parts: tuple[_Node, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression."""

    source: str
    root: _Node

    @property
    def names(self) -> set[str]:
        """Every column or value the expression reads."""
        return set(_names(self.root))

    def sql(self) -> str:
        """SQL text for DuckDB and for `polars.sql_expr`."""
        return _sql(self.root)

    def text(self) -> str:
        """The expression written again in this language, fully bracketed."""
        return _text(self.root)

    def with_dates(self, names: Collection[str]) -> Expression:
        """The same, with 'YYYY-MM-DD' strings compared with a date of `names` read as dates."""
        root = _dated(self.root, frozenset(names))
        return Expression(_text(root), root)

    def renamed(self, names: dict[str, str]) -> Expression:
        root = _renamed(self.root, names)
        return Expression(_text(root), root)


def parse(text: str) -> Expression:
    """Read `text`; ExpressionError says where and why it cannot be read."""
    return Expression(text, _Parser(text).whole())


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.depth = 0
        self.at = 0
        if len(text) > LONGEST:
            raise self.fail(Text("biểu thức quá dài", "the expression is too long"), LONGEST)
        self.tokens = list(self.scan())

    def scan(self) -> list[tuple[str, str, int]]:
        out = []
        here = 0
        while self.text[here:].strip():
            match = _TOKEN.match(self.text, here)
            if match is None or match.lastgroup is None:
                here += len(self.text[here:]) - len(self.text[here:].lstrip())
                sign = self.text[here]
                raise self.fail(Text(f"không hiểu “{sign}”", f'"{sign}" means nothing here'), here)
            out.append((match.lastgroup, match.group(match.lastgroup), match.start(match.lastgroup)))
            here = match.end()
        return out

    def fail(self, why: Text, position: int | None = None) -> ExpressionError:
        if position is None:
            position = self.tokens[self.at][2] if self.at < len(self.tokens) else len(self.text)
        return ExpressionError(
            position=position + 1, why_vi=why.vi, why_en=why.en, near=self.text[position : position + 20]
        )

    def peek(self) -> str:
        """The next sign or lower-cased word; strings, numbers and quoted names never match."""
        if self.at >= len(self.tokens):
            return ""
        kind, text, _ = self.tokens[self.at]
        return text if kind == "sign" else text.lower() if kind == "name" else "\0"

    def take(self, *texts: str) -> str:
        found = self.peek()
        if found in texts and found:
            self.at += 1
            return found
        return ""

    def need(self, text: str) -> None:
        if not self.take(text):
            raise self.fail(Text(f"thiếu “{text}”", f'"{text}" is missing'))

    def whole(self) -> _Node:
        if not self.tokens:
            raise self.fail(Text("biểu thức trống", "the expression is empty"), 0)
        node = self.either()
        if self.at < len(self.tokens):
            raise self.fail(Text("thừa từ đây", "nothing should stand here"))
        return node

    def either(self) -> _Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(Text("lồng quá sâu", "nested too deep"))
        parts = [self.both()]
        while self.take("or"):
            parts.append(self.both())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else _Node("or", parts=tuple(parts))

    def both(self) -> _Node:
        parts = [self.negation()]
        while self.take("and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else _Node("and", parts=tuple(parts))

    def negation(self) -> _Node:
        turns = 0
        while self.take("not"):
            turns += 1
        node = self.comparison()
        return _Node("not", parts=(node,)) if turns % 2 else node

    def comparison(self) -> _Node:
        left = self.sum()
        if self.take("is"):
            negated = bool(self.take("not"))
            self.need("null")
            return _Node("null", parts=(left,), negated=negated)
        if self.peek() in ("in", "not"):
            negated = bool(self.take("not"))
            self.need("in")
            return _Node("in", parts=(left, *self.choices()), negated=negated)
        links = []
        while sign := self.take(*_COMPARE):
            right = self.sum()
            links.append(_Node("binary", _COMPARE[sign], (left, right)))
            left = right
        if not links:
            return left
        return links[0] if len(links) == 1 else _Node("and", parts=tuple(links))

    def choices(self) -> list[_Node]:
        close = {"[": "]", "(": ")"}.get(self.take("[", "("))
        if close is None:
            raise self.fail(Text("sau “in” cần [ … ]", 'a list [ … ] must follow "in"'))
        out = [self.sum()]
        while self.take(","):
            out.append(self.sum())
        self.need(close)
        return out

    def sum(self) -> _Node:
        node = self.product()
        while sign := self.take("+", "-"):
            node = _Node("binary", sign, (node, self.product()))
        return node

    def product(self) -> _Node:
        node = self.sign()
        while sign := self.take("*", "/"):
            node = _Node("binary", sign, (node, self.sign()))
        return node

    def sign(self) -> _Node:
        turns = 0
        while sign := self.take("-", "+"):
            turns += sign == "-"
        node = self.atom()
        return _Node("neg", parts=(node,)) if turns % 2 else node

    def atom(self) -> _Node:
        if self.take("("):
            node = self.either()
            self.need(")")
            return node
        if self.at >= len(self.tokens):
            raise self.fail(Text("biểu thức bị bỏ dở", "the expression breaks off"))
        kind, text, _ = self.tokens[self.at]
        if kind == "sign" or (kind == "name" and text.lower() in _RESERVED - {"null", "true", "false"}):
            raise self.fail(Text(f"“{text}” không đứng được ở đây", f'"{text}" cannot stand here'))
        self.at += 1
        if kind == "number":
            if float(text) == float("inf"):
                raise self.fail(Text("số quá lớn", "the number is too large"))
            return _Node("number", text)
        if kind == "string":
            return _Node("string", text[1:-1].replace("''", "'"))
        if kind == "quoted":
            return _Node("name", text)
        if text.lower() in _RESERVED:
            return _Node("word", text.lower())
        return self.call(text) if self.peek() == "(" else _Node("name", text)

    def call(self, name: str) -> _Node:
        if name.lower() not in FUNCTIONS:
            self.at -= 1
            known = ", ".join(FUNCTIONS)
            raise self.fail(
                Text(f"không có hàm “{name}” (có: {known})", f'no function "{name}" (there are: {known})')
            )
        self.need("(")
        parts = [self.either()]
        while self.take(","):
            parts.append(self.either())
        self.need(")")
        _, fewest, most = FUNCTIONS[name.lower()]
        if not fewest <= len(parts) <= most:
            raise self.fail(
                Text(f"hàm “{name}” nhận sai số đối số", f'"{name}" takes another number of arguments')
            )
        if name.lower() == "date" and not (parts[0].op == "string" and _is_date(parts[0].text)):
            raise self.fail(
                Text("date() nhận ngày dạng '2025-07-01'", "date() takes a day like '2025-07-01'")
            )
        return _Node("call", name.lower(), tuple(parts))


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _names(node: _Node) -> list[str]:
    return [node.text] if node.op == "name" else [n for part in node.parts for n in _names(part)]


def _number(text: str) -> str:
    whole = text.isdecimal() and len(text) <= 18
    return (
        str(int(text)) if whole else repr(float(text)) if "e" in repr(float(text)) else f"{float(text)!r}e0"
    )


def _sql(node: _Node) -> str:
    parts = [_sql(part) for part in node.parts]
    if node.op == "name":
        return f'"{node.text}"'
    if node.op == "number":
        return _number(node.text)
    if node.op == "string":
        return "'" + node.text.replace("'", "''") + "'"
    if node.op == "word":
        return node.text.upper()
    if node.op == "call":
        return f"DATE {parts[0]}" if node.text == "date" else f"{FUNCTIONS[node.text][0]}({', '.join(parts)})"
    if node.op == "neg":
        return f"(-{parts[0]})"
    if node.op == "not":
        return f"(NOT {parts[0]})"
    if node.op == "null":
        return f"({parts[0]} IS {'NOT ' if node.negated else ''}NULL)"
    if node.op == "in":
        return f"({parts[0]} {'NOT ' if node.negated else ''}IN ({', '.join(parts[1:])}))"
    if node.op == "binary":
        if node.text == "/":
            return f"({parts[0]} / NULLIF({parts[1]}, 0))"
        return f"({parts[0]} {node.text} {parts[1]})"
    return "(" + f" {node.op.upper()} ".join(parts) + ")"


def _text(node: _Node) -> str:
    parts = [_text(part) for part in node.parts]
    if node.op == "name":
        bare = re.fullmatch(r"[^\W\d]\w*", node.text) and node.text.lower() not in _RESERVED
        return node.text if bare else f'"{node.text}"'
    if node.op == "string":
        return "'" + node.text.replace("'", "''") + "'"
    if node.op in ("number", "word"):
        return node.text
    if node.op == "call":
        return f"{node.text}({', '.join(parts)})"
    if node.op in ("neg", "not"):
        return f"({'-' if node.op == 'neg' else 'not '}{parts[0]})"
    if node.op == "null":
        return f"({parts[0]} is {'not ' if node.negated else ''}null)"
    if node.op == "in":
        return f"({parts[0]} {'not ' if node.negated else ''}in [{', '.join(parts[1:])}])"
    sign = node.text if node.op == "binary" else node.op
    return "(" + f" {sign} ".join(parts) + ")"


def _dated(node: _Node, names: frozenset[str]) -> _Node:
    parts = tuple(_dated(part, names) for part in node.parts)
    compares = node.op == "in" or (node.op == "binary" and node.text in _COMPARE.values())
    if compares and any(p.op == "name" and p.text in names for p in parts):
        parts = tuple(
            _Node("call", "date", (p,)) if p.op == "string" and _is_date(p.text) else p for p in parts
        )
    return replace(node, parts=parts)


def _renamed(node: _Node, names: dict[str, str]) -> _Node:
    if node.op == "name":
        return replace(node, text=names.get(node.text, node.text))
    return replace(node, parts=tuple(_renamed(part, names) for part in node.parts))
