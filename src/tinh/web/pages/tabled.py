"""Answers of services in a table: the columns by their names, numbers as the language writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tinh.web import formats
from tinh.web.words import words


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    number: bool = False
    links: tuple[str, ...] = ()  # receipts


def heads(names: list[str], labels: Mapping[str, str], language: str) -> list[str]:
    say = words(language)
    own = {n: say(f"services.cell{n}") for n in ("_id", "_simulated", "_receipt")}
    return [labels.get(name) or own.get(name, name) for name in names]


def cell(value: Any, language: str) -> Cell:
    if value is None:
        return Cell("")
    if isinstance(value, bool):
        return Cell(words(language)("services.yes") if value else words(language)("services.no"))
    if isinstance(value, int | float):
        decimals = formats.decimals_of([float(value)], 4)
        return Cell(formats.number(value, decimals, language), number=True)
    if isinstance(value, dict):
        return Cell(
            "", links=tuple(str(r["receipt"]) for r in value.get("receipts", ()) if r.get("receipt"))[:5]
        )
    return Cell(str(value))
