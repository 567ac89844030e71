"""From a table of units to the values of every element of a tree, once or many times over.

Order of the steps, as in the handbook and in COINr's example: denominate, screen, impute, treat,
normalise, aggregate. Components with a scoring rule come as shares of their points and skip the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from tinh.insight.composite.aggregating import Search, aggregate, positive_needed
from tinh.insight.composite.errors import NoSpread, NoSuchUnit, NotPositive, NoUnits, NoWeight
from tinh.insight.composite.imputing import impute
from tinh.insight.composite.moments import Array
from tinh.insight.composite.normalising import Normalising, normalise
from tinh.insight.composite.ranking import best_first
from tinh.insight.composite.scoring import shares
from tinh.insight.composite.tables import Table
from tinh.insight.composite.treating import NEVER, Treating, treat
from tinh.insight.composite.trees import Tree, flat, scoring_of
from tinh.insight.composite.weighing import weigh
from tinh.packs.api import AggregateRule, ImputeBy, Index, Normalise, Treat, WeightsKind


@dataclass(frozen=True, slots=True)
class Choice:
    """One way through the method; None leaves a step as declared. `treat` −1: not at all."""

    impute: ImputeBy | None = None
    treat: int | None = None
    normalise: Normalise | None = None
    aggregate: AggregateRule | None = None
    weighting: WeightsKind | None = None


NOMINAL = Choice()


@dataclass(frozen=True, slots=True)
class Step:
    """What treatment did to one component."""

    element: str
    skew: float
    kurt: float
    moved: int
    transformed: bool
    skew_after: float
    kurt_after: float


@dataclass(frozen=True, slots=True)
class Built:
    """Values (units, elements) of a tree; `raw` the components as they came, denominated."""

    index: Index
    tree: Tree
    table: Table
    raw: Array
    values: Array
    weights: Array
    steps: tuple[Step, ...] = ()
    left_out: tuple[str, ...] = ()  # units screened out
    unproven: tuple[
        tuple[str, float], ...
    ] = ()  # nodes ranked without proof, and the `Ranking.share` of each

    @property
    def units(self) -> tuple[str, ...]:
        return self.table.units

    @property
    def scores(self) -> Array:
        """(units,) of the root."""
        return self.values[:, -1]

    @property
    def ranks(self) -> Array:
        """(units, elements), 1 the best."""
        return best_first(self.values)


class Builder:
    """One index over one table. `build` is the declared way; `many` takes choices and factors."""

    def __init__(self, index: Index, table: Table) -> None:
        self.index, self.tree = index, flat(index)
        self.left_out: tuple[str, ...] = ()
        for node in self.tree.nodes:
            if index.method.weights.kind == "given" and not self.tree.weights[node.children].any():
                raise NoWeight(element=self.tree.elements[node.at].id)
        self._read(table)
        screen = index.method.screen
        if screen is not None:
            have = (~np.isnan(self.raw)).mean(axis=1)
            keep = [i for i, share in enumerate(have) if share >= screen - 1e-12]
            self.left_out = tuple(u for i, u in enumerate(table.units) if i not in keep)
            if not keep:
                raise NoUnits()
            if self.left_out:
                self._read(table.rows(keep))

    def _read(self, table: Table) -> None:
        leaves = self.tree.elements[: self.tree.leaves]
        self.table = table
        columns, self.ruled = [], np.zeros(len(leaves), dtype=bool)
        for n, leaf in enumerate(leaves):
            rule = scoring_of(leaf)
            self.ruled[n] = rule is not None
            if rule is not None:
                columns.append(shares(leaf, rule, table))
                continue
            value = table.numbers(leaf.column, leaf.id)
            if leaf.denominator:
                below = table.numbers(leaf.denominator, leaf.id) / leaf.denominator_scale
                with np.errstate(divide="ignore", invalid="ignore"):
                    value = np.where(below == 0, np.nan, value / below)
            columns.append(value)
        self.raw = np.column_stack(columns)
        self.points = np.array([leaf.points if leaf.points is not None else 1.0 for leaf in leaves])
        self.sign = np.array([-1.0 if leaf.down else 1.0 for leaf in leaves])
        group = self.index.method.impute.group
        self.groups: Sequence[str | None] = table.texts(group, "impute.group") if group else ()

    @cached_property
    def weights(self) -> Array:
        """(elements,) by the declared way of weighing."""
        return self.weighed()

    def weighed(self, choice: Choice = NOMINAL) -> Array:
        """(elements,) by the choice's way of weighing, the data prepared its way too."""
        how = self.index.method.weights
        if choice.weighting and choice.weighting != how.kind:
            how = how.model_copy(update={"kind": choice.weighting})
        if how.kind in ("given", "ahp", "budget"):
            return weigh(self.tree, how)
        ready = self.prepared(choice)

        def climb(weights: Array) -> Array:
            out: Array = self.climb(ready[:, None], weights[None], choice.aggregate)[0]
            return out

        return weigh(self.tree, how, ready, climb)

    def prepared(self, choice: Choice = NOMINAL) -> Array:
        """(units, components) ready to be aggregated."""
        out: Array = self.prepare(self.raw[:, None], choice)[:, 0]
        return out

    def prepare(self, x: Array, choice: Choice = NOMINAL) -> Array:
        """Any number of data sets side by side: (units, sets, components) → the same, normalised."""
        out = np.empty_like(x)
        free = np.flatnonzero(~self.ruled)
        out[..., self.ruled] = x[..., self.ruled] * self.points[self.ruled]
        if not free.size:
            return out
        part = self._imputed(x[..., free], choice, free)
        for how, columns in self._treatments(choice, free).items():
            if how is not None:
                part[..., columns] = _side_by_side(part[..., columns], partial(_treated, how=how))
        part = part * self.sign[free]
        for (how_to, down), columns in self._normalisations(choice, free).items():
            part[..., columns] = _side_by_side(part[..., columns], partial(normalise, how=how_to, down=down))
        out[..., free] = part * self.points[free]
        return out

    def _imputed(self, x: Array, choice: Choice, free: NDArray[np.int64]) -> Array:
        by = choice.impute or self.index.method.impute.by
        if by == "none" or not np.isnan(x).any():
            return x.copy()
        if by in ("em", "row_mean", "row_median"):
            return np.stack(
                [impute(x[:, b], by, self.groups, self.sign[free]) for b in range(x.shape[1])], axis=1
            )
        return _side_by_side(x, lambda v: impute(v, by, self.groups))

    def _treatments(
        self, choice: Choice, free: NDArray[np.int64]
    ) -> Mapping[Treating | None, NDArray[np.int64]]:
        general = _treating(self.index.method.treat)
        if choice.treat is not None:
            base = general or Treating()
            general = None if choice.treat < 0 else replace(base, most=choice.treat)
        hows = []
        for n in free:
            leaf = self.tree.elements[n]
            hows.append((_treating(leaf.treat) or general) if leaf.treated else None)
        return {how: np.flatnonzero([h == how for h in hows]) for how in dict.fromkeys(hows)}

    def _normalisations(
        self, choice: Choice, free: NDArray[np.int64]
    ) -> Mapping[tuple[Normalising, bool], NDArray[np.int64]]:
        general = choice.normalise or self.index.method.normalise
        hows = []
        for n in free:
            leaf = self.tree.elements[n]
            hows.append((self._normalising(leaf.normalise or general), leaf.down))
        return {how: np.flatnonzero([h == how for h in hows]) for how in dict.fromkeys(hows)}

    def _normalising(self, how: Normalise) -> Normalising:
        reference = None
        if how.reference:
            if how.reference not in self.table.units:
                raise NoSuchUnit(unit=how.reference, known=", ".join(self.table.units))
            reference = self.table.units.index(how.reference)
        return Normalising(
            how.kind, how.low, how.high, how.factor, how.target, reference, how.cap, how.log,
            how.population, how.percentiles, how.band,
        )  # fmt: skip

    def climb(
        self,
        ready: Array,
        weights: Array,
        rule: AggregateRule | None = None,
        unproven: dict[str, float] | None = None,
    ) -> Array:
        """Values of all elements: (units, sets, components) and weights (sets, elements) → (sets, units,
        elements). `rule` takes the place of every declared one but `sum`. `unproven` is told the nodes whose
        ranking could not be proven to be the best, with the least share of one."""
        search = Search()
        sets = max(ready.shape[1], len(weights))
        out = np.empty((sets, ready.shape[0], len(self.tree.elements)))
        out[..., : self.tree.leaves] = np.swapaxes(ready, 0, 1)
        for node in self.tree.nodes:
            chosen = node.rule if rule is None or node.rule == "sum" else rule
            out[..., node.at] = aggregate(
                out[..., node.children], weights[:, node.children], chosen,
                node.options, node.available, search,
            )  # fmt: skip
            if unproven is not None and search.unproven:
                unproven[self.tree.elements[node.at].id] = min(search.unproven)
            search.unproven.clear()
        return out

    def build(self) -> Built:
        """The declared way, once; NoSpread and NotPositive name what stands against it."""
        ready = self.prepared()
        for n, leaf in enumerate(self.tree.elements[: self.tree.leaves]):
            if np.isnan(ready[:, n]).all() or (np.isnan(ready[:, n]) & ~np.isnan(self.raw[:, n])).any():
                kind = (leaf.normalise or self.index.method.normalise).kind
                raise NoSpread(element=leaf.id, kind=kind)
        unproven: dict[str, float] = {}
        values = self.climb(ready[:, None], self.weights[None], unproven=unproven)[0]
        self._positive(values)
        built = Built(self.index, self.tree, self.table, self.raw, values, self.weights, self._steps(),
                      self.left_out, tuple(unproven.items()))  # fmt: skip
        return merged(built, self) if self.index.columns.merged_into else built

    def _positive(self, values: Array) -> None:
        for node in self.tree.nodes:
            if not positive_needed(node.rule, node.options.power):
                continue
            part = values[:, node.children]
            weights = self.weights[node.children]
            # A zero makes a geometric mean zero, as the formula says; below zero it says nothing.
            bad = part < 0 if node.rule in ("geometric", "bod") else part <= 0
            bad &= weights > 0
            if bad.any():
                row, column = np.argwhere(bad)[0]
                raise NotPositive(
                    node=self.tree.elements[node.at].id, rule=node.rule,
                    child=self.tree.elements[node.children[column]].id, unit=self.table.units[row],
                    value=f"{part[row, column]:g}",
                )  # fmt: skip

    def _steps(self) -> tuple[Step, ...]:
        free = np.flatnonzero(~self.ruled)
        out = []
        if not free.size:
            return ()
        part = self._imputed(self.raw[:, None][..., free], NOMINAL, free)[:, 0]
        for how, columns in self._treatments(NOMINAL, free).items():
            if how is None:
                continue
            done = treat(part[:, columns], how)
            for n, column in enumerate(columns):
                out.append(
                    Step(
                        self.tree.elements[free[column]].id,
                        float(done.before.skew[n]), float(done.before.kurt[n]), int(done.moved[n]),
                        bool(done.transformed[n]), float(done.after.skew[n]), float(done.after.kurt[n]),
                    )
                )  # fmt: skip
        return tuple(out)


def merged(built: Built, builder: Builder) -> Built:
    """Former units brought together in the unit they became part of.

    As published for the reformed provinces in DTI 2024: the value of each element below the root is the
    arithmetic mean over the predecessors, and the root is computed from these.
    """
    into = built.table.texts(built.index.columns.merged_into, "columns.merged_into")
    heads = tuple(dict.fromkeys(new or unit for unit, new in zip(built.units, into, strict=True)))
    of = [heads.index(new or unit) for unit, new in zip(built.units, into, strict=True)]
    rows = [[i for i, head in enumerate(of) if head == n] for n in range(len(heads))]
    values = np.stack([_mean(built.values[group]) for group in rows])
    root, search = built.tree.nodes[-1], Search()
    values[:, -1] = aggregate(
        values[None][..., root.children], builder.weights[None][:, root.children], root.rule,
        root.options, root.available, search,
    )[0]  # fmt: skip
    top = built.tree.elements[root.at].id
    unproven = tuple(one for one in built.unproven if one[0] != top)
    unproven += tuple((top, share) for share in search.unproven)
    own = [next((i for i in group if built.units[i] == heads[n]), group[0]) for n, group in enumerate(rows)]
    names = tuple(built.table.names[i] if built.units[i] == heads[n] else heads[n] for n, i in enumerate(own))
    table = replace(built.table.rows(own), units=heads, names=names)
    raw = np.stack([_mean(built.raw[group]) for group in rows])
    return replace(built, table=table, values=values, raw=raw, unproven=unproven)


def _mean(rows: Array) -> Array:
    there = ~np.isnan(rows)
    with np.errstate(invalid="ignore"):
        out: Array = np.where(there, rows, 0.0).sum(axis=0) / there.sum(axis=0)
    return out


def _treated(x: Array, how: Treating) -> Array:
    return treat(x, how).x


def _treating(how: Treat | None) -> Treating | None:
    if how is None:
        return None
    most = NEVER if how.winsorise is None else how.winsorise
    return Treating(most, how.then, how.lambda_, how.skew, how.kurt, how.combine)


def _side_by_side(x: Array, method: Callable[[Array], Array]) -> Array:
    """A method of columns applied to (units, sets, columns)."""
    return method(x.reshape(len(x), -1)).reshape(x.shape)
