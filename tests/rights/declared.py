"""The lines of routes.yaml, and what they promise a role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tinh.kit.yamltree import load

FILE = Path(__file__).with_name("routes.yaml")
STRANGER = "stranger"
NOBODY = "nobody"


@dataclass(frozen=True)
class Line:
    method: str
    pattern: str
    asks: tuple[str, ...]
    of: str = ""
    anywhere: bool = False
    fill: dict[str, str] = field(default_factory=dict)
    query: str = ""
    send: dict[str, Any] = field(default_factory=dict)
    besides: str = ""

    @property
    def key(self) -> str:
        return f"{self.method} {self.pattern}"


def lines() -> list[Line]:
    document = load(FILE)
    assert not document.findings, document.findings
    return [_line(key, value) for section in document.value.values() for key, value in section.items()]


def _line(key: str, value: Any) -> Line:
    method, _, pattern = key.partition(" ")
    said = value if isinstance(value, dict) else {"asks": value}
    unknown = set(said) - {"asks", "of", "anywhere", "with", "query", "send", "besides"}
    assert not unknown, f"{key}: unknown {unknown}"
    asks = said["asks"]
    return Line(
        method, pattern, tuple(asks) if isinstance(asks, list) else (asks,), said.get("of", ""),
        said.get("anywhere", False), {k: str(v) for k, v in said.get("with", {}).items()},
        said.get("query", ""), said.get("send", {}), said.get("besides", ""),
    )  # fmt: skip


def rights() -> dict[str, dict[str, str]]:
    """action → role → reach, read from rights.yaml itself and not through the code under test."""
    from tinh.people.table import FILE as TABLE

    value = load(TABLE).value
    people = [role for role in value["roles"] if role != "service"]
    out: dict[str, dict[str, str]] = {}
    for action, said in value["actions"].items():
        out[action] = {}
        for reach, names in said.items():
            if reach not in ("vi", "en"):
                for name in names:
                    for role in people if name == "everyone" else [name]:
                        out[action][role] = reach
    return out


def promised(line: Line, role: str, whose: str, table: dict[str, dict[str, str]]) -> bool:
    """Whether a role gets in, by the words of both files. `whose` is own, foreign or - for no thing."""
    if line.asks == (NOBODY,):
        return True
    if role == STRANGER or role not in table["read"]:
        return False
    if line.besides and role not in table[line.besides]:
        return False
    for action in line.asks:
        reach = table[action].get(role)
        if reach in ("all", "own"):
            return True
        if reach == "own agency" and (line.anywhere or whose == "own"):
            return True
        if reach == "unless personal" and line.of:  # the datasets asked for hold nothing personal
            return True
    return False


def scopes(line: Line) -> Iterator[str]:
    yield from ("own", "foreign") if line.of else ("-",)
