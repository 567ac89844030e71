"""Weights that are not given but made from the data (handbook, step 6)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tinh.insight.composite.correlating import correlations
from tinh.insight.composite.errors import NoSuchElement, TooFewUnits
from tinh.insight.composite.experts import by_budgets, by_pairs
from tinh.insight.composite.moments import Array
from tinh.insight.composite.trees import Tree
from tinh.packs.api import Weights

NONE: Array = np.empty((0, 0))


def weigh(
    tree: Tree, how: Weights, normalised: Array = NONE, climb: Callable[[Array], Array] | None = None
) -> Array:
    """Weights (elements,) of a tree.

    `normalised` (units, components) are the components' values; `climb` gives the values of all elements
    (units, elements) for given weights. given: as declared · equal: 1 · pca: loadings of the first
    principal component of each group of siblings · factor: the handbook's rotated factors ·
    optimised: equal (or declared) influence by correlation with the index · ahp, budget: what experts said
    (`experts`); these, given and equal need no values.
    """
    weights = tree.weights.copy()
    if how.kind == "given":
        return weights
    if how.kind == "ahp":
        return by_pairs(tree, how, weights)
    if how.kind == "budget":
        return by_budgets(tree, how.budgets, weights)
    if how.kind == "equal":
        among = range(len(weights)) if how.level is None else tree.at_level(how.level)
        weights[list(among)] = 1.0
        return weights
    if len(normalised) < 3 or climb is None:
        raise TooFewUnits(have=len(normalised), need=3, what_vi=f"cách tính “{how.kind}”", what_en=how.kind)
    if how.kind in ("pca", "factor"):
        level = how.level or 1
        for node in tree.nodes:
            members = [int(c) for c in node.children if tree.levels[c] == level]
            if len(members) > 1:
                values = climb(weights)[:, members]
                found = first_component(values) if how.kind == "pca" else factor_weights(values, how.factors)
                weights[members] = found
        return weights
    return optimised(tree, how, weights, climb)


def first_component(x: Array) -> Array:
    """Loadings of the first principal component of standardised columns, over complete units; the sign is
    the one with the positive sum (R's `prcomp(scale = TRUE)`, whose sign is arbitrary; COINr `get_PCA`)."""
    z = _standardised(x)
    _, _, axes = np.linalg.svd(z, full_matrices=False)
    loadings: Array = axes[0]
    return loadings if loadings.sum() >= 0 else -loadings


def factor_weights(x: Array, keep: int | None = None) -> Array:
    """Weights from rotated factors after Nicoletti, Scarpetta & Boylaud (2000), as the handbook shows for
    the TAI (step 6, pp. 89–90).

    Principal components of the correlation matrix; those with an eigenvalue of at least 1 (or `keep` of
    them) are rotated by varimax; each column goes to the factor it loads most on, with its squared loading
    as a share of that factor's explained variance, times the factor's share of all variance explained.
    Returns weights that add up to 1.
    """
    corr = np.corrcoef(_standardised(x), rowvar=False)
    values, vectors = np.linalg.eigh(corr)
    order = np.argsort(values)[::-1]
    values, vectors = values[order], vectors[:, order]
    kept = keep or max(1, int((values >= 1.0).sum()))
    loadings = varimax(vectors[:, :kept] * np.sqrt(np.maximum(values[:kept], 0.0)))
    squared = loadings**2
    explained = squared.sum(axis=0)
    share = squared / explained
    home = share.argmax(axis=1)
    out = share[np.arange(len(home)), home] * (explained / explained.sum())[home]
    normalised: Array = out / out.sum()
    return normalised


def varimax(loadings: Array, rounds: int = 1000, close: float = 1e-12) -> Array:
    """Varimax rotation (Kaiser 1958) with Kaiser's row normalisation, as R's `varimax`."""
    if loadings.shape[1] < 2:
        return loadings
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    x = loadings / np.where(length == 0, 1.0, length)
    turn, before = np.eye(x.shape[1]), 0.0
    for _ in range(rounds):
        z = x @ turn
        left, spread, right = np.linalg.svd(x.T @ (z**3 - z * (z**2).mean(axis=0)))
        turn = left @ right
        if spread.sum() < before * (1 + close):
            break
        before = spread.sum()
    out: Array = x @ turn * length
    return out


def optimised(tree: Tree, how: Weights, start: Array, climb: Callable[[Array], Array]) -> Array:
    """Weights of one level so that correlations with the index stand in the wanted proportions
    (Becker, Saisana, Paruolo & Vandecasteele 2017; the linear version of COINr's `get_opt_weights`).

    Minimises the mean squared difference between the wanted shares and r_i/Σr by Nelder–Mead, to a
    tolerance of 1e−10.
    """
    from scipy.optimize import minimize

    level = how.level or (int(tree.levels[-1]) - 1)
    members = tree.at_level(level)
    unknown = [id for id in how.importance if id not in {tree.elements[m].id for m in members}]
    if unknown or not members:
        raise NoSuchElement(
            element=unknown[0] if unknown else f"level {level}",
            known=", ".join(tree.elements[m].id for m in members),
        )
    wanted = np.array([how.importance.get(tree.elements[m].id, 1.0) for m in members])
    wanted = wanted / wanted.sum()
    weights = start.copy()

    def miss(trial: Array) -> float:
        weights[members] = trial / trial.sum()
        values = climb(weights)
        r = correlations(values[:, members], values[:, -1:], how.correlation)[:, 0]
        return float(((wanted - r / r.sum()) ** 2).mean())

    if len(members) < 2:
        return weights
    many = len(members)
    found = minimize(
        miss,
        wanted,
        method="Nelder-Mead",
        options={"maxiter": 500 * many, "maxfev": 1000 * many, "xatol": 1e-10, "fatol": 1e-16},
    )
    weights[members] = found.x / found.x.sum()
    return weights


def _standardised(x: Array) -> Array:
    whole = x[~np.isnan(x).any(axis=1)]
    if len(whole) < 3:
        raise TooFewUnits(have=len(whole), need=3, what_vi="PCA", what_en="PCA")
    spread = whole.std(axis=0, ddof=1)
    out: Array = (whole - whole.mean(axis=0)) / np.where(spread == 0, 1.0, spread)
    return out
