"""What the rest of a delivery says of the rows of one piece of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

Mask = pl.Series | None


@dataclass(frozen=True)
class Across:
    """Findings that no piece can make alone, for the rows of one piece.

    Masks are as in `keys.Keys`. `twice`: rows whose values in certain columns stand more than once;
    `unique` the same with exact repeats of a row left out. `usual`: middle and spread of a column.
    `unjudged`: rules that could not be judged somewhere and so hold nothing anywhere. `refused`: the
    delivery as a whole is not let through. With nothing known yet, everything is empty.
    """

    conflict: Mask = None
    copies: Mask = None
    copied: Mask = None
    twice: Mapping[tuple[str, ...], Mask] = field(default_factory=dict)
    unique: Mapping[tuple[str, ...], Mask] = field(default_factory=dict)
    usual: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    unjudged: frozenset[str] = frozenset()
    refused: bool = False
