"""Every word of the pages, from `vi.yaml` and `en.yaml`: `words("vi")("room.title")`.

After a figure `[row|rows]` says what stands for one and what for any other: `1 row`, `0 rows`, `2 rows`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tinh.kit.yamltree import load

Say = Callable[..., str]
_FORMS = re.compile(r"(?:(?<![\d.,])(\d[\d.,]*)((?: [a-z]+)? ))?\[([^\[\]|]+)\|([^\[\]|]+)\]")


@cache
def _flat(language: str) -> dict[str, str]:
    out: dict[str, str] = {}

    def walk(node: Any, path: str) -> None:
        for key, value in node.items():
            here = f"{path}.{key}" if path else str(key)
            if isinstance(value, dict):
                walk(value, here)
            else:
                out[here] = str(value)

    walk(load(Path(__file__).with_name(f"{language}.yaml")).value, "")
    return out


@cache
def words(language: str) -> Say:
    """The words of a language; an unknown key raises KeyError, facts fill `{places}`."""
    mine = _flat("en" if language == "en" else "vi")

    def say(key: str, **facts: Any) -> str:
        text = mine[key]
        return _FORMS.sub(_form, text.format(**facts)) if facts else text

    return say


def _form(found: re.Match[str]) -> str:
    figure, between, one, many = found.groups()
    return f"{figure or ''}{between or ''}{one if figure == '1' else many}"


def keys(language: str) -> frozenset[str]:
    return frozenset(_flat(language))
