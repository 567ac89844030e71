"""Statistical audit of an index: what its components have to do with each other and with the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tinh.insight.composite.building import Builder, Built
from tinh.insight.composite.correlating import correlations, p_values
from tinh.insight.composite.moments import Array, shape
from tinh.packs.api import Correlation


@dataclass(frozen=True, slots=True)
class Statistic:
    """Of one component as it came (after denomination); shares are of available values."""

    element: str
    least: float
    most: float
    mean: float
    median: float
    deviation: float
    skew: float
    kurt: float
    available: int
    zeros: float
    unique: float
    outliers: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A correlation of two elements; `parent` tells that the second holds the first."""

    a: str
    b: str
    r: float
    p: float
    parent: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One node's children taken together."""

    node: str
    size: int
    alpha: float  # Cronbach
    eigenvalues: tuple[float, ...]  # of the correlation matrix
    explained: float  # share of the variance in the first component
    loadings: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Audit:
    statistics: tuple[Statistic, ...]
    links: tuple[Link, ...]  # of components with their ancestors, and of siblings
    groups: tuple[Group, ...]
    denominators: tuple[Link, ...]  # of undivided components with the columns that could divide them
    effective: tuple[tuple[str, float], ...]  # effective weights


def audit(builder: Builder, built: Built, kind: Correlation = "pearson") -> Audit:
    """Everything of the handbook's step 4 and 8 that the table can tell.

    Correlations: siblings and ancestors, of normalised values, pairwise complete. Cronbach's α as COINr:
    k²·c̄/Σσ with c̄ the mean of the covariances between children and Σσ the sum of all (handbook p. 72).
    Eigenvalues and loadings of the correlation matrix over complete units. Outliers: |skewness| > 2 and
    kurtosis > 3.5.
    """
    effective = built.tree.effective(built.weights)
    return Audit(
        _statistics(built), _links(built, kind), _groups(built), _denominators(builder, kind),
        tuple(zip((e.id for e in built.tree.elements), map(float, effective), strict=True)),
    )  # fmt: skip


def _statistics(built: Built) -> tuple[Statistic, ...]:
    moments = shape(built.raw)
    out = []
    for n, element in enumerate(built.tree.elements[: built.tree.leaves]):
        x = built.raw[:, n]
        x = x[~np.isnan(x)]
        if not x.size:
            no = float("nan")
            out.append(Statistic(element.id, no, no, no, no, no, no, no, 0, no, no, False))
            continue
        skew, kurt = float(moments.skew[n]), float(moments.kurt[n])
        out.append(
            Statistic(
                element.id, float(x.min()), float(x.max()), float(x.mean()), float(np.median(x)),
                float(x.std(ddof=1)) if x.size > 1 else float("nan"), skew, kurt, int(x.size),
                float((x == 0).mean()), len(np.unique(x)) / x.size, abs(skew) > 2 and kurt > 3.5,
            )
        )  # fmt: skip
    return tuple(out)


def _links(built: Built, kind: Correlation) -> tuple[Link, ...]:
    if len(built.units) < 3:
        return ()
    r = correlations(built.values, built.values, kind)
    p = p_values(built.values, built.values, r, kind)
    parents, elements = built.tree.parents, built.tree.elements
    out = []
    for n in range(len(elements) - 1):
        above = int(parents[n])
        while above >= 0:
            out.append(_link(built, n, above, r, p, True))
            above = int(parents[above])
    for node in built.tree.nodes:
        for i, a in enumerate(node.children):
            out += [_link(built, int(a), int(b), r, p, False) for b in node.children[i + 1 :]]
    return tuple(out)


def _link(built: Built, a: int, b: int, r: Array, p: Array, parent: bool) -> Link:
    ids = built.tree.elements
    return Link(ids[a].id, ids[b].id, float(r[a, b]), float(p[a, b]), parent)


def cronbach(x: Array) -> float:
    """Cronbach's α of columns; NaN for fewer than two."""
    k = x.shape[1]
    if k < 2 or len(x) < 2:
        return float("nan")
    cov = _covariances(x)
    whole = float(np.nansum(cov))
    between = (whole - float(np.nansum(np.diag(cov)))) / (k * (k - 1))
    return k * k * between / whole if whole else float("nan")


def _covariances(x: Array) -> Array:
    """Pairwise complete, divisor n − 1."""
    out = np.full((x.shape[1], x.shape[1]), np.nan)
    for i in range(x.shape[1]):
        for j in range(x.shape[1]):
            both = ~(np.isnan(x[:, i]) | np.isnan(x[:, j]))
            if both.sum() > 1:
                out[i, j] = np.cov(x[both, i], x[both, j])[0, 1]
    return out


def _groups(built: Built) -> tuple[Group, ...]:
    out = []
    for node in built.tree.nodes:
        x = built.values[:, node.children]
        ids = [built.tree.elements[c].id for c in node.children]
        whole = x[~np.isnan(x).any(axis=1)]
        spread = whole.std(axis=0) if len(whole) > 2 else np.zeros(x.shape[1])
        if len(ids) < 2 or len(whole) < 3 or not (spread > 0).all():
            out.append(Group(built.tree.elements[node.at].id, len(ids), cronbach(x), (), float("nan"), ()))
            continue
        values, vectors = np.linalg.eigh(np.corrcoef(whole, rowvar=False))
        first = vectors[:, -1] * (1 if vectors[:, -1].sum() >= 0 else -1)
        eigenvalues = tuple(float(v) for v in values[::-1])
        out.append(
            Group(
                built.tree.elements[node.at].id, len(ids), cronbach(x), eigenvalues,
                eigenvalues[0] / sum(eigenvalues), tuple(zip(ids, (float(v) for v in first), strict=True)),
            )
        )  # fmt: skip
    return tuple(out)


def _denominators(builder: Builder, kind: Correlation) -> tuple[Link, ...]:
    """Components as delivered against every column that divides some component."""
    leaves = builder.tree.elements[: builder.tree.leaves]
    columns: Sequence[str] = list(dict.fromkeys(e.denominator for e in leaves if e.denominator))
    if not columns or len(builder.table.units) < 3:
        return ()
    free = [n for n, e in enumerate(leaves) if not builder.ruled[n]]
    x = np.column_stack([builder.table.numbers(leaves[n].column, leaves[n].id) for n in free])
    y = np.column_stack([builder.table.numbers(c, c) for c in columns])
    r = correlations(x, y, kind)
    p = p_values(x, y, r, kind)
    return tuple(
        Link(leaves[n].id, column, float(r[i, j]), float(p[i, j]), False)
        for i, n in enumerate(free)
        for j, column in enumerate(columns)
    )
