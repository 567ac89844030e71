"""What each open site is worth to each point of demand, as one sparse table.

Maximal covering, partial covering and the p-median are one problem here: choose sites so that the sum
over the points of the *best* worth among the open sites is largest,

    F(S) = Σ_i max(0, max_{j ∈ S} V_ij).

Covering: V_ij = w_i · a_ij, a_ij in [0, 1] the share of the service felt at that distance (Church & ReVelle
1974; partial: Church & Roberts 1983). Median: V_ij = w_i · (M_i − d_ij), M_i the distance from which a site
is no longer told apart, so that Σ w_i d_i(S) = Σ w_i M_i − F(S) (Cornuéjols, Fisher & Nemhauser 1977).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Worth:
    """V by columns: `rows[starts[j]:starts[j+1]]` are the points site j is worth `data` to; data > 0.

    `points` rows, `len(starts) - 1` sites.
    """

    points: int
    starts: Ints
    rows: npt.NDArray[np.int32]
    data: Floats

    @staticmethod
    def of(rows: npt.ArrayLike, sites: npt.ArrayLike, data: npt.ArrayLike, shape: tuple[int, int]) -> Worth:
        """From triples (point, site, worth); worths that are not positive are left out."""
        r, c, v = (np.asarray(a) for a in (rows, sites, data))
        keep = v > 0
        r, c, v = r[keep], c[keep], v[keep].astype(np.float64)
        order = np.lexsort((r, c))
        starts = np.zeros(shape[1] + 1, dtype=np.int64)
        np.cumsum(np.bincount(c, minlength=shape[1]), out=starts[1:])
        return Worth(shape[0], starts, r[order].astype(np.int32), v[order])

    @property
    def sites(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def columns(self) -> npt.NDArray[np.int32]:
        """The site of each entry."""
        return np.repeat(np.arange(self.sites, dtype=np.int32), np.diff(self.starts))

    @cached_property
    def whole(self) -> bool:
        """Whether every worth is a whole number, so that every F(S) is one."""
        return bool(
            len(self.data) == 0 or (np.all(self.data == np.rint(self.data)) and self.best.sum() < 2**52)
        )

    @cached_property
    def best(self) -> Floats:
        """By point, the worth of its best site."""
        out = np.zeros(self.points)
        np.maximum.at(out, self.rows, self.data)
        return out

    def totals(self, entries: Floats) -> Floats:
        """Sum by site of one number an entry."""
        out = np.zeros(self.sites)
        full = np.flatnonzero(np.diff(self.starts))
        if len(full):
            out[full] = np.add.reduceat(entries, self.starts[full])
        return out

    def gains(self, base: Floats) -> Floats:
        """By site, what it adds when each point already has `base`."""
        over = self.data - base[self.rows]
        np.maximum(over, 0.0, out=over)
        return self.totals(over)

    def column(self, site: int) -> tuple[npt.NDArray[np.int32], Floats]:
        at = slice(self.starts[site], self.starts[site + 1])
        return self.rows[at], self.data[at]

    def felt(self, chosen: Sequence[int] | Ints) -> Floats:
        """By point, the best worth among the chosen sites."""
        out = np.zeros(self.points)
        for j in chosen:
            rows, data = self.column(int(j))
            out[rows] = np.maximum(out[rows], data)
        return out

    def value(self, chosen: Sequence[int] | Ints) -> float:
        """F(S)."""
        return float(self.felt(chosen).sum())

    def ranked(self, chosen: Sequence[int] | Ints) -> tuple[Floats, Floats, Ints]:
        """By point: best worth, second best, and the position in `chosen` of the best (-1: none)."""
        first, second = np.zeros(self.points), np.zeros(self.points)
        owner = np.full(self.points, -1, dtype=np.int64)
        for at, j in enumerate(chosen):
            rows, data = self.column(int(j))
            before = first[rows]
            better = data > before
            second[rows] = np.where(better, before, np.maximum(second[rows], data))
            first[rows] = np.where(better, data, before)
            owner[rows] = np.where(better, at, owner[rows])
        return first, second, owner

    def over(self, base: Floats, sites: Ints) -> Worth:
        """What the given sites add to `base`, as a table of its own."""
        parts = [self.column(int(j)) for j in sites]
        rows = np.concatenate([r for r, _ in parts]) if parts else np.zeros(0, dtype=np.int32)
        columns = np.repeat(np.arange(len(parts)), [len(r) for r, _ in parts])
        data = np.concatenate([d for _, d in parts]) if parts else np.zeros(0)
        return Worth.of(rows, columns, data - base[rows], (self.points, len(parts)))

    def merged(self, apart: Ints | None = None) -> tuple[Worth, Ints]:
        """The same problem with points of equal worths up to a factor made one, and the label of each row.

        Valid because max and sum commute with a positive factor: Σ_i k_i max_j r_j = max_j (Σ_i k_i) r_j.
        Points of different labels in `apart` are not joined.
        """
        labels = np.zeros(self.points, dtype=np.int64) if apart is None else apart
        if not len(self.data):
            return Worth(0, self.starts, self.rows, self.data), labels[:0]
        order = np.lexsort((self.columns, self.rows))
        rows, columns, data = self.rows[order], self.columns[order], self.data[order]
        top = self.best
        sizes = np.bincount(rows, minlength=self.points)
        begins = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        live = np.flatnonzero(sizes)
        prints = np.column_stack(
            (_prints(columns, data / top[rows], begins[live]), sizes[live], labels[live])
        )
        sort = np.lexsort(prints.T)
        fresh = np.ones(len(live), dtype=bool)
        fresh[1:] = np.any(prints[sort][1:] != prints[sort][:-1], axis=1)
        group = np.empty(len(live), dtype=np.int64)
        group[sort] = np.cumsum(fresh) - 1
        many = int(fresh.sum())
        scale = np.bincount(group, weights=top[live], minlength=many)
        chief = np.empty(many, dtype=np.int64)
        chief[group[::-1]] = live[::-1]
        name = np.full(self.points, -1, dtype=np.int64)
        name[chief] = np.arange(many)
        keep = name[rows] >= 0
        of = name[rows[keep]]
        share = data[keep] / top[rows[keep]]
        made = share * scale[of]
        if self.whole:  # a sum of whole numbers is one: take away what the division left
            made = np.where(np.abs(made - np.rint(made)) < 1e-6, np.rint(made), made)
        return Worth.of(of, columns[keep], made, (many, self.sites)), labels[chief]

    def merged_rows(self) -> Worth:
        """For set covering: each set of sites that serve a point once, whatever the worth."""
        flat = Worth(self.points, self.starts, self.rows, np.ones(len(self.data)))
        joined = flat.merged()[0]
        return Worth(joined.points, joined.starts, joined.rows, np.ones(len(joined.data)))


def _prints(columns: npt.NDArray[np.int32], shares: Floats, begins: Ints) -> npt.NDArray[np.int64]:
    """Two 63-bit sums a point that tell its sites and shares from any other's (a chance of 2⁻¹²⁶ apart)."""
    dice = np.random.default_rng(20)
    out = []
    weight = np.rint(shares * 2.0**40).astype(np.uint64) + np.uint64(1)
    with np.errstate(over="ignore"):
        for turn in (1, 3):
            key = dice.integers(1, 2**63 - 1, int(columns.max()) + 1, dtype=np.uint64)
            mixed = key[columns] * weight
            mixed ^= mixed >> np.uint64(29 + turn)
            mixed *= np.uint64(0xBF58476D1CE4E5B9)
            mixed ^= mixed >> np.uint64(32)
            out.append(np.add.reduceat(mixed, begins).view(np.int64))
    return np.column_stack(out)
