"""Many written names at once: those that differ only in case, spaces or composition are one."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl


def alike(names: Iterable[str | None]) -> dict[str, str]:
    """For each name, the spelling it is read by: composed, lower case, single spaces."""
    distinct = list({name for name in names if name})
    written = pl.Series(distinct, dtype=pl.String)
    spelt = written.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"[\s_]+", " ")
    return dict(zip(distinct, spelt.str.strip_chars(" ").to_list(), strict=True))
