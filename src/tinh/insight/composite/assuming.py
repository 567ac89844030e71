"""What is uncertain about an index, and what each assumption makes of a random number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tinh.insight.composite.building import Builder, Choice
from tinh.insight.composite.moments import Array
from tinh.packs.api import Assumption, Index, Normalise

KEPT = 1000  # weight and data sets drawn beforehand, among which a random number chooses


@dataclass(frozen=True, slots=True)
class Draws:
    """`choices` and, per replicate, which of them; factors of the elements' weights and of the data."""

    choices: tuple[Choice, ...]
    which: NDArray[np.int64]
    weights: Array  # (replicates, elements)
    data: NDArray[np.int64] | None  # which data set of `noise`
    noise: Array | None  # (sets, units, components)


def assumptions(index: Index, builder: Builder) -> tuple[Assumption, ...]:
    """The declared assumptions, or, where none are declared, those that fit the tree: weights ± 25 %;
    one component left out or none; and, for components that are normalised, the normalisation (as declared,
    minmax, zscore, rank) and up to five points winsorised or none."""
    if index.assumptions:
        return index.assumptions
    out = [Assumption(what="weights", within=0.25), Assumption(what="exclude")]
    if not builder.ruled.all():
        means = {node.rule for node in builder.tree.nodes}
        if means <= {"arithmetic", "median", "copeland"}:
            kinds = dict.fromkeys((index.method.normalise.kind, "minmax", "zscore", "rank"))
            out.append(Assumption(what="normalise", choices=tuple(kinds)))
        if index.method.treat is not None:
            out.append(Assumption(what="treat", choices=("none", "3", "5")))
    return tuple(out)


def drawn(builder: Builder, given: Sequence[Assumption], random: Array, seed: int) -> Draws:
    """What a matrix of random numbers (replicates, assumptions) in [0, 1) chooses.

    A discrete assumption takes each of its choices for an equal part of [0, 1), as COINr's
    `sample_2_para`; weights and data choose one of 1,000 sets drawn beforehand from `seed`, each weight
    w·(1 ± within), uniform (COINr `get_noisy_weights`).
    """
    rng = np.random.default_rng([seed, 7])
    weights = np.ones((len(random), len(builder.tree.elements)))
    choices: dict[Choice, int] = {}
    picked = [Choice()] * len(random)
    data: NDArray[np.int64] | None = None
    noise: Array | None = None
    for column, one in enumerate(given):
        u = random[:, column]
        if one.what == "weights":
            sets = 1 + one.within * rng.uniform(-1, 1, (KEPT, weights.shape[1]))
            if one.level is not None:
                sets[:, builder.tree.levels != one.level] = 1.0
            weights *= sets[_choice(u, KEPT)]
        elif one.what == "exclude":
            out = _left_out(builder, one)
            for row, n in enumerate(_choice(u, len(out))):
                if out[n] is not None:
                    weights[row, out[n]] = 0.0
        elif one.what == "data":
            noise = 1 + one.within * rng.uniform(-1, 1, (KEPT, *builder.raw.shape))
            data = _choice(u, KEPT)
        else:
            ways = _ways(builder.index, one)
            for row, n in enumerate(_choice(u, len(ways))):
                picked[row] = replace(picked[row], **ways[n])
    which = np.array([choices.setdefault(p, len(choices)) for p in picked])
    return Draws(tuple(choices), which, weights, data, noise)


def _choice(u: Array, many: int) -> NDArray[np.int64]:
    return np.minimum((u * many).astype(np.int64), many - 1)


def _left_out(builder: Builder, one: Assumption) -> list[int | None]:
    if not one.choices:
        return [None, *range(builder.tree.leaves)]
    return [None if c == "none" else builder.tree.place(c) for c in one.choices]


def _ways(index: Index, one: Assumption) -> list[dict[str, object]]:
    if one.what == "impute":
        return [{"impute": c} for c in one.choices or (index.method.impute.by, "none", "mean", "median")]
    if one.what == "treat":
        return [{"treat": -1 if c == "none" else int(c)} for c in one.choices or ("none", "3", "5")]
    if one.what == "aggregate":
        return [{"aggregate": c} for c in one.choices or ("arithmetic", "geometric")]
    if one.what == "weighting":
        return [{"weighting": c} for c in one.choices or ("given", "equal", "pca")]
    kinds = one.choices or (index.method.normalise.kind, "minmax", "zscore", "rank")
    return [{"normalise": _bounded(index, kind, one)} for kind in kinds]


def _bounded(index: Index, kind: str, one: Assumption) -> Normalise:
    if kind == index.method.normalise.kind and one.low is None and one.high is None:
        return index.method.normalise
    bounds = {"low": one.low, "high": one.high} if kind == "minmax" else {}
    return Normalise.model_validate({"kind": kind, **bounds})
