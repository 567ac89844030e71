"""The part of FEEL that decision tables need, read into closed trees; never Python.

Expressions: numbers, "texts", true false null, @"2026-01-01", names (also dotted), + - * /, = != < <= >
>=, between … and …, in …, and, or, if … then … else …, [lists], and the functions of FUNCTIONS.
Unary tests (input cells): `-`, values, comparisons (`< 5`), ranges (`[1..5]`, `(1..5]`, `]1..5[`), several
with commas, `not(…)`, and conditions on `?`. Source: OMG DMN 1.5, §7.3.13 and §10.3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tinh.kit.errors import Text
from tinh.packs.process.evaluate import binary, fact, kind
from tinh.packs.process.feelwords import FUNCTIONS, counted
from tinh.packs.process.feelwords import day as _day

LONGEST = 2000
DEEPEST = 30
INPUT = "?"
_LARGEST = 10**30

Facts = Mapping[str, Any]
Tree = tuple[Any, ...]


class Unread(Exception):
    """`why` it cannot be read; `near` what stands there."""

    def __init__(self, why: Text, near: str) -> None:
        super().__init__(why.en)
        self.why, self.near = why, near


@dataclass(frozen=True, slots=True)
class Feel:
    """A read expression or test."""

    source: str
    root: Tree
    names: frozenset[str]

    def value(self, facts: Facts) -> Any:
        return _value(self.root, facts)

    def passes(self, given: Any, facts: Facts) -> bool:
        """Whether `given` passes this unary test."""
        return _test(self.root, given, {**facts, INPUT: given}) is True


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<date>@"[^"\n]*")
    | (?P<number>(?:\d+(?:\.(?!\.)\d+)?|\.\d+)(?:[eE][-+]?\d{1,3})?)
    | (?P<string>"(?:[^"\\\n]|\\.)*")
    | (?P<sign>\.\.|<=|>=|!=|[-+*/()\[\],<>=?])
    | (?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
    )""",
    re.VERBOSE,
)
_WORDS = {"true": True, "false": False, "null": None}
_KEPT = {"and", "or", "in", "between", "if", "then", "else", "true", "false", "null", "not"}
_TWO = {
    "string length",
    "starts with",
    "ends with",
    "upper case",
    "lower case",
    "list contains",
    "date and time",
}


@lru_cache(maxsize=4096)
def expression(text: str, phrases: tuple[str, ...] = ()) -> Feel:
    """An expression; Unread. A bare name of several words is one name, and so is each of `phrases`."""
    bare = text.strip()
    if re.fullmatch(r"[^\W\d]\w*(?: \w+)+", bare) and not _KEPT & set(bare.split()):
        return Feel(bare, ("name", bare), frozenset({bare}))
    parser = _Parser(text, phrases)
    root = parser.either()
    parser.over()
    return Feel(bare, root, frozenset(parser.names))


@lru_cache(maxsize=4096)
def tests(text: str, phrases: tuple[str, ...] = ()) -> Feel:
    """Unary tests, as an input cell has them; an empty cell and `-` pass always."""
    if text.strip() in ("", "-"):
        return Feel("-", ("any",), frozenset())
    parser = _Parser(text, phrases)
    root = parser.tests()
    parser.over()
    return Feel(text.strip(), root, frozenset(parser.names))


class _Parser:
    def __init__(self, text: str, phrases: tuple[str, ...]) -> None:
        self.names: set[str] = set()
        self.text, self.at, self.depth = text, 0, 0
        self.plain: set[int] = set()  # where a bracket opens no range
        if len(text) > LONGEST:
            raise Unread(Text("quá dài", "too long"), text[:20])
        self.tokens: list[tuple[str, str, int]] = []
        here = 0
        firsts = {p[0] for p in phrases}
        while text[here:].strip():
            here += len(text[here:]) - len(text[here:].lstrip())
            named = phrases if text[here : here + 1] in firsts else ()
            phrase = next((p for p in named if text.startswith(p, here)), "")
            if phrase and not text[here + len(phrase) :][:1].isidentifier():
                self.tokens.append(("name", phrase, here))
                here += len(phrase)
                continue
            found = _TOKEN.match(text, here)
            if found is None or found.lastgroup is None:
                raise Unread(
                    Text("không hiểu ký hiệu này", "this sign means nothing"), text[here:].strip()[:20]
                )
            self.tokens.append((found.lastgroup, found.group(found.lastgroup), here))
            here = found.end()

    def fail(self, vi: str, en: str) -> Unread:
        here = self.tokens[self.at][2] if self.at < len(self.tokens) else len(self.text)
        return Unread(Text(vi, en), self.text[here : here + 20].strip())

    def over(self) -> None:
        if self.at < len(self.tokens):
            raise self.fail("thừa từ đây", "nothing should stand here")

    def peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        if place >= len(self.tokens):
            return ""
        group, text, _ = self.tokens[place]
        return text if group in ("sign", "name") else "\0"

    def take(self, *texts: str) -> str:
        found = self.peek()
        if found and found in texts:
            self.at += 1
            return found
        return ""

    def need(self, *texts: str) -> str:
        found = self.take(*texts)
        if not found:
            raise self.fail(f"thiếu “{texts[0]}”", f'"{texts[0]}" is missing')
        return found

    # unary tests

    def tests(self) -> Tree:
        if self.peek() == "not" and self.peek(1) == "(":
            self.at += 2
            inner = self.tests()
            self.need(")")
            return ("unless", inner)
        found = [self.test()]
        while self.take(","):
            found.append(self.test())
        return found[0] if len(found) == 1 else ("among", *found)

    def test(self) -> Tree:
        if self.peek() == "-" and self.peek(1) in ("", ","):
            self.at += 1
            return ("any",)
        sign = self.take("<", "<=", ">", ">=", "=", "!=")
        if sign:
            return ("compare", sign, self.sum())
        between = self.range()
        return between if between is not None else ("is", self.either())

    def range(self) -> Tree | None:
        """`[1..5]` and its kin; None (and nothing taken) when it is something else."""
        start, depth = self.at, self.depth
        opening = self.take("[", "(", "]") if start not in self.plain else ""
        if not opening:
            return None
        try:
            low = self.sum()
            if self.take(".."):
                high = self.sum()
                return ("range", opening == "[", low, high, self.need("]", ")", "[") == "]")
        except Unread:
            if opening == "]":
                raise
        self.plain.add(start)  # looked at once: never again, however deep it stands
        self.at, self.depth = start, depth
        return None

    # expressions

    def either(self) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail("lồng quá sâu", "nested too deep")
        out = self.both()
        while self.take("or"):
            out = ("or", out, self.both())
        self.depth -= 1
        return out

    def both(self) -> Tree:
        out = self.comparison()
        while self.take("and"):
            out = ("and", out, self.comparison())
        return out

    def comparison(self) -> Tree:
        left = self.sum()
        if sign := self.take("=", "!=", "<", "<=", ">", ">="):
            return ("binary", sign, left, self.sum())
        if self.take("between"):
            low = self.sum()
            self.need("and")
            return ("and", ("binary", ">=", left, low), ("binary", "<=", left, self.sum()))
        if self.take("in"):
            if self.peek() == "(" and self.range_ahead() is None:
                self.at += 1
                inner = self.tests()
                self.need(")")
                return ("in", left, inner)
            return ("in", left, self.test())
        return left

    def range_ahead(self) -> Tree | None:
        start, names = self.at, set(self.names)
        try:
            return self.range()
        finally:
            self.at, self.names = start, names

    def sum(self) -> Tree:
        out = self.product()
        while sign := self.take("+", "-"):
            out = ("binary", sign, out, self.product())
        return out

    def product(self) -> Tree:
        out = self.unary()
        while sign := self.take("*", "/"):
            out = ("binary", sign, out, self.unary())
        return out

    def unary(self) -> Tree:
        turns = 0
        while self.take("-"):
            turns += 1
        out = self.atom()
        return ("minus", out) if turns % 2 else out

    def atom(self) -> Tree:
        if self.take("("):
            out = self.either()
            self.need(")")
            return out
        if self.take("["):
            found = [] if self.peek() == "]" else [self.either()]
            while self.take(","):
                found.append(self.either())
            self.need("]")
            return ("list", *found)
        if self.take("if"):
            condition = self.either()
            self.need("then")
            yes = self.either()
            self.need("else")
            return ("if", condition, yes, self.either())
        if self.take("?"):
            return ("name", INPUT)
        if self.at >= len(self.tokens):
            raise self.fail("bị bỏ dở", "it breaks off")
        group, text, _ = self.tokens[self.at]
        self.at += 1
        if group == "number":
            number = float(text) if re.search(r"[.eE]", text) else int(text)
            if abs(number) >= _LARGEST:
                raise self.fail("số quá lớn", "the number is too large")
            return ("value", number)
        if group == "string":
            return ("value", re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), text[1:-1]))
        if group == "date":
            found_day = _day(text[2:-1])
            if found_day is None:
                raise self.fail("không phải ngày", "this is no date")
            return ("value", found_day)
        if group == "name" and text in _WORDS:
            return ("value", _WORDS[text])
        return self.named(text) if group == "name" else self.wrong()

    def wrong(self) -> Tree:
        self.at -= 1
        raise self.fail("không đứng được ở đây", "this cannot stand here")

    def named(self, text: str) -> Tree:
        words = text
        while f"{words} {self.peek()}" in _TWO or (
            words == "date" and self.peek() == "and" and self.peek(1) == "time"
        ):
            words = f"{words} {self.peek()}"
            self.at += 1
        if self.peek() != "(":
            if words in _KEPT:
                return self.wrong()
            self.names.add(text)
            return ("name", text)
        if words not in FUNCTIONS:
            self.at -= 1
            raise self.fail(f"không có hàm “{words}”", f'no function "{words}"')
        self.at += 1
        given = [] if self.peek() == ")" else [self.either()]
        while self.take(","):
            given.append(self.either())
        self.need(")")
        fewest, most, _ = FUNCTIONS[words]
        if not fewest <= len(given) <= most:
            raise self.fail(f"“{words}” nhận số đối số khác", f'"{words}" takes another number of arguments')
        return ("call", words, *given)


def _value(tree: Tree, facts: Facts) -> Any:
    what = tree[0]
    if what == "value":
        return tree[1]
    if what == "name":
        return fact(tree[1], facts)
    if what == "list":
        return [_value(part, facts) for part in tree[1:]]
    if what == "if":
        return _value(tree[2] if _value(tree[1], facts) is True else tree[3], facts)
    if what in ("and", "or"):
        left, right, decides = _value(tree[1], facts), _value(tree[2], facts), what == "or"
        if decides in (left, right) and (left is decides or right is decides):
            return decides
        return not decides if left is (not decides) and right is (not decides) else None
    if what == "minus":
        inner = _value(tree[1], facts)
        return -inner if kind(inner) == "number" else None
    if what == "in":
        given = _value(tree[1], facts)
        return _test(tree[2], given, {**facts, INPUT: given})
    if what == "call":
        return FUNCTIONS[tree[1]][2](*(_value(part, facts) for part in tree[2:]))
    return _compared(tree[1], _value(tree[2], facts), _value(tree[3], facts))


def _compared(sign: str, left: Any, right: Any) -> Any:
    """As `binary`, but `null = null` is true in FEEL."""
    if sign in ("=", "!=") and (left is None or right is None):
        return (left is right) == (sign == "=")
    return counted("<>" if sign == "!=" else sign, left, right)


def _test(tree: Tree, given: Any, facts: Facts) -> Any:
    what = tree[0]
    if what == "any":
        return True
    if what == "unless":
        inner = _test(tree[1], given, facts)
        return None if inner is None else not inner
    if what == "among":
        return any(_test(part, given, facts) is True for part in tree[1:])
    if what == "compare":
        return _compared(tree[1], given, _value(tree[2], facts))
    if what == "range":
        low, high = _value(tree[2], facts), _value(tree[3], facts)
        above = binary(">=" if tree[1] else ">", given, low)
        return above is True and binary("<=" if tree[4] else "<", given, high) is True
    wanted = _value(tree[1], facts)
    if isinstance(wanted, bool) and _asks(tree[1]):
        return wanted  # a condition on `?` or on other facts
    if isinstance(wanted, list):
        return given == wanted or any(_compared("=", given, one) is True for one in wanted)
    if isinstance(given, list | tuple):
        return any(_compared("=", one, wanted) is True for one in given)
    return _compared("=", given, wanted)


def _asks(tree: Tree) -> bool:
    return tree[0] in ("binary", "and", "or", "in", "call", "if")
