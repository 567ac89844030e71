"""Reads `amendments.yaml`: the legal basis of units, later changes of name or kind, other spellings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml

from tinh.places.model import Level


@dataclass(frozen=True, slots=True)
class Change:
    """From `day` on, the unit `code` is called `name`."""

    code: str
    day: date
    name: str
    basis: str


@dataclass(frozen=True, slots=True)
class Spelling:
    written: str
    means: str
    level: Level | None


@dataclass(frozen=True, slots=True)
class Amendments:
    codes_before: str
    codes_since: str
    reform_provinces: str
    reform_communes: dict[str, str]
    changes: tuple[Change, ...]
    spellings: tuple[Spelling, ...]
    centres_before: dict[str, tuple[float, float]]
    centres_since: dict[str, tuple[float, float]]


@cache
def amendments() -> Amendments:
    text = resources.files("tinh.places").joinpath("amendments.yaml").read_text("utf-8")
    # BaseLoader leaves every scalar a string, so that codes keep their zeros.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    raw: dict[str, Any] = yaml.load(text, Loader=loader)
    changes = [
        Change(code, date.fromisoformat(entry["day"]), name, entry["basis"])
        for entry in raw["changes"]
        for code, name in entry["units"].items()
    ]
    return Amendments(
        codes_before=raw["codes"]["before"]["basis"],
        codes_since=raw["codes"]["since"]["basis"],
        reform_provinces=raw["reform"]["provinces"],
        reform_communes=raw["reform"]["communes"],
        changes=tuple(sorted(changes, key=lambda change: (change.day, change.code))),
        spellings=tuple(
            Spelling(entry["written"], entry["means"], entry.get("level")) for entry in raw["spellings"]
        ),
        centres_before=_points(raw["centres"]["before"]),
        centres_since=_points(raw["centres"]["since"]),
    )


def _points(entries: dict[str, dict[str, str]]) -> dict[str, tuple[float, float]]:
    return {code: (float(at["lat"]), float(at["lon"])) for code, at in entries.items()}
