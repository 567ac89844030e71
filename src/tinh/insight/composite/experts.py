"""Weights that experts give: comparisons in pairs, and budgets (handbook, steps 6.5 and 6.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tinh.insight.composite.moments import Array
from tinh.insight.composite.trees import Node, Tree
from tinh.packs.api import Weights

CHANCE = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Saaty's random consistency index of matrices of 1 to 15 rows (Saaty 1980)."""


@dataclass(frozen=True, slots=True)
class Consistency:
    """Of one expert's matrix; two children cannot contradict each other, and over fifteen have no `ratio`."""

    node: str
    expert: int  # from 1
    greatest: float  # eigenvalue
    index: float  # (λ − n)/(n − 1)
    ratio: float | None  # index / Saaty's random index; below 0.1 by his rule of thumb


def from_pairs(matrix: Array) -> tuple[Array, float]:
    """Weights adding up to one, the principal eigenvector of a matrix of comparisons, and its eigenvalue
    (Saaty 1980; handbook p. 97)."""
    values, vectors = np.linalg.eig(matrix)
    at = int(values.real.argmax())
    weights = np.abs(vectors[:, at].real)
    return weights / weights.sum(), float(values[at].real)


def consistency(tree: Tree, how: Weights) -> tuple[Consistency, ...]:
    """Of every matrix of `how.compare`, in the tree's order."""
    out = []
    for node, experts in _asked(tree, how):
        for n, matrix in enumerate(experts):
            many = len(matrix)
            greatest = from_pairs(matrix)[1]
            index = (greatest - many) / (many - 1) if many > 1 else 0.0
            ratio = None if many > len(CHANCE) else index / CHANCE[many - 1] if many > 2 else 0.0
            out.append(Consistency(node, n + 1, greatest, index, ratio))
    return tuple(out)


def by_pairs(tree: Tree, how: Weights, weights: Array) -> Array:
    """`weights` (elements,), where a node has comparisons those of its children: the mean over the experts of
    each one's eigenvector (the handbook's figure 17)."""
    out = weights.copy()
    named = dict(_asked(tree, how))
    for node in tree.nodes:
        experts = named.get(tree.elements[node.at].id)
        if experts:
            out[node.children] = _worth(tree, node, np.mean([from_pairs(m)[0] for m in experts], axis=0))
    return out


def by_budgets(tree: Tree, budgets: Sequence[Mapping[str, float]], weights: Array) -> Array:
    """`weights` (elements,), where experts gave points among a node's children the mean of their shares of
    them (handbook, step 6.5); a child an expert does not name has none of that expert's."""
    out = weights.copy()
    for node in tree.nodes:
        ids = [tree.elements[child].id for child in node.children]
        given = [
            np.array([one.get(id, 0.0) for id in ids]) for one in budgets if any(id in one for id in ids)
        ]
        if given:
            out[node.children] = _worth(tree, node, np.mean([p / p.sum() for p in given], axis=0))
    return out


def _worth(tree: Tree, node: Node, shares: Array) -> Array:
    """Weights from shares. Where points add up a weight is a factor of a child's points: the one that gives
    it its share of the points of all, which stay as many as they were."""
    if node.rule != "sum":
        return shares
    points = np.array([tree.elements[child].total() for child in node.children])
    held = np.where(points > 0, shares, 0.0)
    if not held.sum() > 0:
        return np.ones_like(shares)
    out: Array = held / held.sum() * points.sum() / np.where(points > 0, points, 1.0)
    return out


def _asked(tree: Tree, how: Weights) -> list[tuple[str, list[Array]]]:
    nodes = [tree.elements[node.at].id for node in tree.nodes]
    return [(id, [np.array(m, dtype=float) for m in how.compare[id]]) for id in nodes if how.compare.get(id)]
