"""Expressions as other tools write them → Tỉnh's own language, where they say the same; never run as such.

`${amount > 100 && kind == "a"}` and `=amount > 100` become `amount > 100 and kind = 'a'`. What cannot be told
in that language (calls of methods, `execution.…`) stays as it is, and the lint refuses it by its line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_WRAPPED = re.compile(r"[$#]\{(?P<inside>[^{}]*)\}", re.DOTALL)
_PIECES = re.compile(r"'[^']*'|\"[^\"]*\"|==|!=|&&|\|\||!(?==)?|[^'\"=!&|]+|.", re.DOTALL)
_SIGNS = {"==": "=", "!=": "<>", "&&": " and ", "||": " or ", "!": " not "}
_JUEL = {"eq": "=", "ne": "<>", "gt": ">", "lt": "<", "ge": ">=", "le": "<=", "div": "/"}
_NAME = re.compile(r"(?<![\w.\"])[a-z]+(?![\w.\"])")
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+(?!\w|\s*\()")  # a nested fact; a call of a method is left
_NULL = re.compile(r"(?P<text>'[^']*')|\s*(?P<sign>=|<>)\s*null\b")
_LITERAL = re.compile(r"=\s*\"(?P<text>[^\"]*)\"")


def condition(text: str) -> str:
    """A condition in Tỉnh's language; text that is in no other tool's wrapping is left alone."""
    inside = _inside(text)
    if inside is None:
        return text
    words = _JUEL if text.lstrip().startswith(("$", "#")) else {}
    said = [_piece(one, words) for one in _PIECES.findall(inside)]
    return _NULL.sub(_missing, " ".join("".join(said).split()))


def read(language: str) -> bool:
    """Whether conditions that say they are of `language` are told in Tỉnh's: FEEL, JUEL, no scripts."""
    return any(known in language.lower() for known in ("feel", "juel", "tinh", "xpath", "uel"))


def time(text: str) -> str:
    """A time in quotes, as FEEL writes a constant, without them: `="PT1H"` is PT1H."""
    found = _LITERAL.fullmatch(text.strip())
    return found["text"] if found is not None else text


def fact(text: str) -> str:
    """The fact a wrapped text is the name of, "" when it is anything else: `${until}` is until."""
    inside = (_inside(text) or "").strip()
    return inside if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", inside) else ""


def _inside(text: str) -> str | None:
    plain = text.strip()
    if plain.startswith("="):
        return plain[1:]
    found = _WRAPPED.fullmatch(plain)
    return found["inside"] if found is not None else None


def _piece(one: str, words: Mapping[str, str]) -> str:
    if one.startswith('"') and len(one) > 1:
        return "'" + one[1:-1].replace("'", "''") + "'"
    if one.startswith("'"):
        return one
    told = _DOTTED.sub(lambda found: f'"{found[0]}"', one)
    told = _NAME.sub(lambda found: words.get(found[0], found[0]), told)
    return _SIGNS.get(told, told)


def _missing(found: re.Match[str]) -> str:
    """`x = null` of other tools asks whether it is missing; here only `is null` does."""
    return found["text"] or (" is null" if found["sign"] == "=" else " is not null")
