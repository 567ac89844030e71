"""Places and periods that stand together in a large delivery, each pair once, kept as numbers."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

import polars as pl

from tinh.gate.threads import codes_of, distinct_pairs

_WAITING = 4_000_000  # pairs that may wait to be told apart
_HALF = 1 << 32


class Pairs:
    """A pair is one number: its place by order of coming, then its period likewise. Safe between threads."""

    def __init__(self) -> None:
        self._places: dict[str | None, int] = {None: 0}
        self._periods: dict[str | None, int] = {None: 0}
        self._turn = Lock()
        self._seen: list[pl.Series] = []

    def of(self, place: pl.Series, period: pl.Series) -> pl.Series:
        """The distinct pairs of two columns of the same rows."""
        places, names = codes_of(place)
        periods, spans = codes_of(period)
        first, second, _ = distinct_pairs(
            (places + 1).fill_null(0), len(names) + 1, (periods + 1).fill_null(0), len(spans) + 1
        )
        return self._numbers(self._places, names).gather(first) * _HALF + self._numbers(
            self._periods, spans
        ).gather(second)

    def _numbers(self, known: dict[str | None, int], texts: pl.Series) -> pl.Series:
        with self._turn:
            found = [known.setdefault(text, len(known)) for text in (None, *texts.to_list())]
        return pl.Series("pair", found, pl.UInt64)

    def see(self, pairs: pl.Series) -> None:
        """Take in pairs; they are told apart when as many have come as were known."""
        self._seen.append(pairs)
        known, *more = map(len, self._seen)
        if sum(more) > max(_WAITING, known):
            self._seen = [pl.concat(self._seen).unique()]

    def seen(self) -> pl.DataFrame:
        """All pairs taken in: `_place` and `_period`."""
        return self._texts(pl.concat(self._seen).unique())

    def read(self, files: Path) -> pl.DataFrame:
        """The pairs of files of numbers, likewise."""
        return self._texts(pl.scan_parquet(files).unique().collect(engine="streaming")["pair"])

    def _texts(self, pairs: pl.Series) -> pl.DataFrame:
        places = pl.Series("_place", list(self._places), pl.String)
        periods = pl.Series("_period", list(self._periods), pl.String)
        return pl.DataFrame([places.gather(pairs // _HALF), periods.gather(pairs % _HALF)])
