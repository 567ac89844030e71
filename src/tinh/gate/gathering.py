"""What must be known of all pieces of a delivery before any of them can be judged to the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from tinh.gate import outliers
from tinh.gate.across import Across, Mask
from tinh.gate.fingerprints import Fingerprints, together
from tinh.gate.judge import Bench
from tinh.gate.plan import Plan
from tinh.packs.api import Dataset, Rule

_Columns = tuple[str, ...]
_THINNED = 4


@dataclass
class Gathering:
    """Hashes of keys and unique columns, samples of numbers: taken from each piece in turn."""

    dataset: Dataset
    plan: Plan
    folder: Path
    rows: int = 0
    _sets: dict[_Columns, Fingerprints] = field(default_factory=dict)
    _keys: Fingerprints | None = None
    _samples: dict[str, list[pl.Series]] = field(default_factory=dict)
    _stride: int = 1

    def __post_init__(self) -> None:
        self.folder.mkdir()
        if self.dataset.key:
            self._keys = Fingerprints(self.folder / "key")
        asked = (*self.plan.rows, *self.plan.whole)
        self._unique = {r.columns for r in asked if r.kind == "unique"}
        self._as_key = {c for c in self._unique if self._is_key(c)}
        self._twice = {named for r in asked if (named := repeated_columns(r, self.dataset))}
        for number, columns in enumerate(sorted((self._unique - self._as_key) | self._twice)):
            self._sets[columns] = Fingerprints(self.folder / f"columns-{number}")

    def _is_key(self, columns: _Columns) -> bool:
        """Whether columns are unique just where keys are: then, without exact repeats of a row, what
        stands twice is in conflict. A place or period is another value in the key than in its column."""
        bound = {b.column for b in (self.dataset.place, self.dataset.period) if b is not None}
        return set(columns) == set(self.dataset.key) and bound.isdisjoint(columns)

    def add(self, bench: Bench, usual_known: frozenset[str]) -> None:
        """Take in the next piece; `usual_known` are columns whose past says what is usual."""
        typed, key = bench.cells.typed, bench.found.key
        if self._keys is not None:
            others = [c.name for c in self.dataset.columns if c.name not in self.dataset.key]
            self._keys.add(key, typed.select(others) if others else None)
        for columns, prints in self._sets.items():
            prints.add(typed.select(columns), None)
        for column in outliers.measured(self.dataset):
            if column.name not in bench.cells.missing and column.name not in usual_known:
                start = -self.rows % self._stride
                sample = typed[column.name].gather_every(self._stride, start)
                self._samples.setdefault(column.name, []).append(sample)
        self.rows += bench.cells.height
        if outliers.stride(self.rows) >= _THINNED * self._stride:
            self._thin()

    def _thin(self) -> None:
        step = outliers.stride(self.rows) // self._stride
        for name, parts in self._samples.items():
            self._samples[name] = [pl.concat(parts).gather_every(step)]
        self._stride *= step

    def settle(self, unjudged: frozenset[str]) -> Settled:
        """Everything that the pieces tell together."""
        self._thin()
        told = {name: outliers.usual(pl.concat(parts)) for name, parts in self._samples.items()}
        settled = Settled({n: u for n, u in told.items() if u is not None}, unjudged)
        if self._keys is not None:
            self._settle_keys(settled, self._keys)
        for columns in self._as_key:
            settled.unique[columns] = settled.conflict
        for columns, prints in self._sets.items():
            if columns in self._twice:
                settled.twice[columns] = together([_at(part) for part in prints.repeated()])
            if columns in self._unique - self._as_key:
                rest = prints.repeated(settled.copies)
                settled.unique[columns] = together([_at(part) for part in rest])
        self.close()
        return settled

    def _settle_keys(self, settled: Settled, keys: Fingerprints) -> None:
        conflict, copies, copied = [], [], []
        for part in keys.repeated():
            judged = part.with_columns(
                (pl.col("content").n_unique().over("value") > 1).alias("differs"),
                (pl.col("at") == pl.col("at").min().over("value")).alias("first"),
            )
            same = ~pl.col("differs")
            conflict.append(_at(judged.filter("differs")))
            copies.append(_at(judged.filter(same & ~pl.col("first"))))
            copied.append(_at(judged.filter(same & pl.col("first"))))
        settled.conflict, settled.copies, settled.copied = map(together, (conflict, copies, copied))

    def close(self) -> None:
        for prints in (*self._sets.values(), *([self._keys] if self._keys else [])):
            prints.close()


@dataclass
class Settled:
    """Rows of the delivery, numbered from 0, that only the whole of it shows to be at fault."""

    usual: dict[str, tuple[float, float]]
    unjudged: frozenset[str] = frozenset()
    conflict: np.ndarray = field(default_factory=lambda: together([]))
    copies: np.ndarray = field(default_factory=lambda: together([]))
    copied: np.ndarray = field(default_factory=lambda: together([]))
    twice: dict[_Columns, np.ndarray] = field(default_factory=dict)
    unique: dict[_Columns, np.ndarray] = field(default_factory=dict)
    refused: bool = False

    def of(self, first: int, height: int) -> Across:
        """The same for `height` rows from `first` on."""

        def mask(rows: np.ndarray) -> Mask:
            low, high = np.searchsorted(rows, np.array([first, first + height], np.uint64))
            if low == high:
                return None
            none = pl.Series("across", [False]).new_from_index(0, height)
            return none.scatter(pl.Series((rows[low:high] - np.uint64(first)).astype(np.uint32)), True)

        return Across(
            mask(self.conflict),
            mask(self.copies),
            mask(self.copied),
            {columns: mask(rows) for columns, rows in self.twice.items()},
            {columns: mask(rows) for columns, rows in self.unique.items()},
            self.usual,
            self.unjudged,
            self.refused,
        )


def repeated_columns(rule: Rule, dataset: Dataset) -> _Columns:
    """The columns a `duplicateValues` metric compares; none for any other rule."""
    if rule.kind != "metric" or rule.arguments.get("name") != "duplicateValues":
        return ()
    named: Iterable[str] = (rule.arguments.get("arguments") or {}).get("properties") or rule.columns
    own = {c.name for c in dataset.columns}
    return tuple(name for name in named if name in own)


def _at(frame: pl.DataFrame) -> np.ndarray:
    return frame["at"].to_numpy()
