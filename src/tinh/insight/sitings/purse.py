"""How much may be opened: a number of sites, or a sum of money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinh.insight.sitings.worth import Floats, Ints

EPS = 1e-9


@dataclass(frozen=True, eq=False)
class Purse:
    """`costs` by site (all 1 when sites are counted) and the `limit` on their sum."""

    costs: Floats
    limit: float

    @property
    def counted(self) -> bool:
        """Whether every site costs the same, so that the limit is a number of sites."""
        return bool(len(self.costs) == 0 or np.all(self.costs == self.costs[0]))

    @property
    def slots(self) -> int:
        """How many sites fit when all cost the same."""
        if not len(self.costs) or self.costs[0] <= 0:
            return len(self.costs)
        return int(min(len(self.costs), np.floor(self.limit / self.costs[0] + EPS)))

    def fits(self, cost: float) -> bool:
        return cost <= self.limit * (1 + EPS) + EPS

    def spent(self, chosen: Ints | list[int]) -> float:
        return float(self.costs[np.asarray(chosen, dtype=np.int64)].sum())

    def most(self, prices: Floats) -> tuple[Ints, float]:
        """The sites whose prices (≥ 0) sum to most, and an upper bound on that sum.

        Exact when sites are counted; else the fractional knapsack (Dantzig 1957) bounds it and the sites are
        those that fit whole.
        """
        if self.counted:
            k = self.slots
            if k >= len(prices):
                chosen = np.flatnonzero(prices > 0)
            else:
                chosen = np.sort(np.argpartition(-prices, k - 1)[:k]) if k else np.zeros(0, dtype=np.int64)
                chosen = chosen[prices[chosen] > 0]
            return chosen.astype(np.int64), float(prices[chosen].sum())
        order = np.lexsort((np.arange(len(prices)), -prices / np.maximum(self.costs, 1e-12)))
        order = order[prices[order] > 0]
        run = np.cumsum(self.costs[order])
        whole = int(np.searchsorted(run, self.limit * (1 + EPS) + EPS, side="right"))
        chosen = order[:whole]
        bound = float(prices[chosen].sum())
        if whole < len(order):
            left = self.limit - (run[whole - 1] if whole else 0.0)
            last = order[whole]
            bound += max(0.0, left) / self.costs[last] * prices[last]
        return np.sort(chosen).astype(np.int64), bound

    def forced(self, prices: Floats) -> tuple[Floats, Floats]:
        """By site, how much the sum of `most` falls at least when it is forced in, and when forced out."""
        if self.counted:
            k = self.slots
            ranked = np.sort(prices)[::-1]
            last = max(0.0, ranked[k - 1]) if 0 < k <= len(ranked) else 0.0
            after = max(0.0, ranked[k]) if k < len(ranked) else 0.0
            return np.maximum(0.0, last - prices), np.maximum(0.0, prices - after)
        order = np.argsort(-prices / np.maximum(self.costs, 1e-12), kind="stable")
        run = np.cumsum(self.costs[order])
        at = int(np.searchsorted(run, self.limit * (1 + EPS) + EPS, side="right"))
        rate = prices[order[at]] / max(self.costs[order[at]], 1e-12) if at < len(order) else 0.0
        net = prices - rate * self.costs
        return np.maximum(0.0, -net), np.maximum(0.0, net)
