"""A declared tree laid flat: components first, then nodes, children always before their parents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinh.insight.composite.aggregating import Options
from tinh.insight.composite.errors import NoSuchElement
from tinh.insight.composite.moments import Array
from tinh.packs.api import AggregateRule, Element, Index, Scoring

BY_POINTS = Scoring(kind="points")


@dataclass(frozen=True, slots=True)
class Node:
    at: int  # among the elements
    children: NDArray[np.int64]
    rule: AggregateRule
    options: Options
    available: float


@dataclass(frozen=True, slots=True)
class Tree:
    """`elements[:leaves]` are the counted components; the root is the last. `weights` as declared."""

    elements: tuple[Element, ...]
    leaves: int
    nodes: tuple[Node, ...]
    parents: NDArray[np.int64]  # −1 for the root
    levels: NDArray[np.int64]  # 1 for components; a node is one above its highest child
    weights: Array

    def place(self, id: str) -> int:
        """Where the element of an id lies; NoSuchElement."""
        for n, element in enumerate(self.elements):
            if element.id == id:
                return n
        raise NoSuchElement(element=id, known=", ".join(e.id for e in self.elements))

    def below(self, at: int) -> list[int]:
        """Components under an element, itself when it is one."""
        if at < self.leaves:
            return [at]
        node = self.nodes[at - self.leaves]
        return [leaf for child in node.children for leaf in self.below(int(child))]

    def at_level(self, level: int) -> list[int]:
        return [n for n, found in enumerate(self.levels) if found == level]

    def effective(self, weights: Array | None = None) -> Array:
        """Effective weight of each element in the index: its share among its siblings times that of its
        parent (COINr `get_eff_wts`); points count as weights where nodes add up."""
        given = self.weights if weights is None else weights
        out = np.ones(len(self.elements))
        for node in reversed(self.nodes):
            share = given[node.children]
            if node.rule == "sum":
                share = share * np.array([max(self.elements[c].total(), 0.0) for c in node.children])
            total = share.sum()
            out[node.children] = out[node.at] * (share / total if total > 0 else share)
        return out


def flat(index: Index) -> Tree:
    """The counted part of an index's tree; elements that are not scored are left out."""
    leaves: list[Element] = [e for e in index.tree.components() if counted(index.tree, e.id)]
    nodes: list[Element] = []
    _after(index.tree, nodes)
    elements = [*leaves, *nodes]
    where = {e.id: n for n, e in enumerate(elements)}
    parents = np.full(len(elements), -1)
    levels = np.ones(len(elements), dtype=np.int64)
    made = []
    for element in nodes:
        children = np.array([where[c.id] for c in element.children if c.id in where], dtype=np.int64)
        at = where[element.id]
        parents[children] = at
        levels[at] = levels[children].max() + 1
        made.append(
            Node(
                at,
                children,
                _rule(element, index, int(levels[at])),
                _options(element, index),
                element.available,
            )
        )
    weights = np.array([e.weight for e in elements])
    return Tree(tuple(elements), len(leaves), tuple(made), parents, levels, weights)


def counted(tree: Element, id: str) -> bool:
    """Whether an element counts: it and all above it are scored."""
    if not tree.scored:
        return False
    return tree.id == id or any(counted(child, id) for child in tree.children)


def scoring_of(element: Element) -> Scoring | None:
    """The rule a component is scored by; points without any other rule are taken as delivered."""
    if element.scoring is not None:
        return element.scoring
    return BY_POINTS if element.points is not None and element.normalise is None else None


def _after(element: Element, out: list[Element]) -> bool:
    """Nodes with something counted below, children first."""
    if not element.scored:
        return False
    if not element.children:
        return True
    counting = [_after(child, out) for child in element.children]
    if any(counting):
        out.append(element)
    return any(counting)


def _options(element: Element, index: Index) -> Options:
    method = index.method
    return Options(element.power, element.doubt or method.doubt, element.penalty or method.penalty)


def _rule(element: Element, index: Index, level: int) -> AggregateRule:
    if element.aggregate is not None:
        return element.aggregate
    if any(leaf.points is not None for leaf in element.components()):
        return "sum"
    rules = index.method.aggregate
    return rules[min(level - 2, len(rules) - 1)]
