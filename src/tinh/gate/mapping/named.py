"""The column of names that stands for the codes of places, in a file that has no codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from tinh.gate.mapping.contents import SAMPLE, Contents
from tinh.gate.mapping.model import Match
from tinh.kit.errors import Text
from tinh.packs.api import Dataset

_FEW = 0.6  # share of names among the cells; the rest are groups, totals and misspellings


def placed(
    matches: Sequence[Match], cells: Sequence[pl.Series], dataset: Dataset, contents: Contents
) -> tuple[Match, ...]:
    """The same matches; where no header gives the code of the place, the one that names places best does,
    unless the contract needs what it gives now. The gate reads each name as its code."""
    binding = dataset.place
    if binding is None or binding.by != "code" or any(m.column == binding.column for m in matches):
        return tuple(matches)
    needed = {c.name for c in dataset.columns if c.required} | set(dataset.key)
    told: list[tuple[float, Match, int, int]] = []
    for match in matches:
        if match.wide or match.column in needed:
            continue
        texts = cells[match.position].str.strip_chars().drop_nulls().unique().head(SAMPLE)
        texts = texts.filter(texts.str.contains(r"\p{L}{2}"))
        hits = sum(contents.places(texts.to_list()))
        if hits and hits >= _FEW * len(texts):
            told.append((hits / len(texts), match, hits, len(texts)))
    if not told:
        return tuple(matches)
    share, best, hits, count = max(told, key=lambda one: (one[0], -one[1].position))
    why = Text(
        f"{hits}/{count} giá trị là tên địa phương có thật: mỗi tên được đọc thành mã",
        f"{hits} of {count} values are names of real places: each name is read as its code",
    )
    others = ((best.column, best.confidence), *best.others) if best.column else best.others
    others = tuple(o for o in others if o[0] != binding.column)
    made = replace(best, column=binding.column, confidence=min(0.9, share), why=(why,), others=others)
    return tuple(made if m is best else m for m in matches)
