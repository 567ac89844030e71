"""Patterns of layouts, run by the same engine (Rust's regex, linear in time) that checked them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

import polars as pl

HOLE = re.compile(r"\{(\w+)(?::0(\d))?\}")


def matching(pattern: str, texts: Sequence[str]) -> list[bool]:
    """Which texts hold the pattern somewhere."""
    if not texts:
        return []
    whole = pl.Series([unicodedata.normalize("NFC", t) for t in texts], dtype=pl.String)
    return whole.str.contains(unicodedata.normalize("NFC", pattern)).to_list()


def taken(
    text: str, pattern: str, template: str, mapping: Mapping[str, str], known: Mapping[str, str]
) -> str | None:
    """What a pattern takes from a text: its group, or the template filled from its named groups;
    None where the pattern does not stand in it."""
    text = unicodedata.normalize("NFC", text).strip()
    groups: dict[str, str] = dict(known)
    out: str | None = text
    if pattern:
        cell = pl.Series([text])
        pattern = unicodedata.normalize("NFC", pattern)
        if not cell.str.contains(pattern).item():
            return None
        if template:
            found = cell.str.extract_groups(pattern).item()
            groups.update({k: v for k, v in (found or {}).items() if v is not None})
        else:
            out = cell.str.extract(pattern, 1).item()
    if template:
        out = HOLE.sub(lambda m: groups.get(m.group(1), "").zfill(int(m.group(2) or 0)), template)
    if out is None:
        return None
    out = out.strip()
    return mapping.get(out, out)
