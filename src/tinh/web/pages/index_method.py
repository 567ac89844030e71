"""How an index is made, in words, a line for each thing its declaration asks for."""

from __future__ import annotations

from tinh.insight import api as insight
from tinh.packs.api import Index
from tinh.web import formats
from tinh.web.words import Say

RULES = ("geometric", "mazziotta_pareto", "bod", "unobserved", "copeland", "kemeny")
WAYS = ("pca", "factor", "optimised", "ahp", "budget")
DOUBTFUL = 0.1  # Saaty's rule of thumb


def method(built: insight.Built, language: str, say: Say) -> list[str]:
    """Lines of the method's card."""
    index = built.index
    leaves = list(index.tree.components())
    out = []
    if any(e.scoring or e.points for e in leaves):
        out.append(say("indexes.method_points"))
    if any(not (e.scoring or e.points) for e in leaves):
        out.append(say("indexes.method_normalised"))
    rules = {node.rule for node in built.tree.nodes}
    out += [say(f"indexes.method_{rule}") for rule in RULES if rule in rules]
    names = {e.id: e.name.in_(language) for e in index.tree.everything()}
    out += [
        say(
            "indexes.method_unproven",
            node=names[node], share=formats.number(int(share * 1000) / 10, 1, language),
        )
        for node, share in built.unproven
    ]  # fmt: skip
    if index.method.weights.kind in WAYS:
        out.append(say(f"indexes.method_{index.method.weights.kind}"))
    out += _agreement(built, language, say)
    if index.method.merge == "mean":
        out.append(say("indexes.method_merge"))
    return [*out, say("indexes.method_spread"), say("indexes.method_sobol")]


def _agreement(built: insight.Built, language: str, say: Say) -> list[str]:
    index: Index = built.index
    if index.method.weights.kind != "ahp":
        return []
    names = {e.id: e.name.in_(language) for e in index.tree.everything()}
    return [
        say(
            "indexes.method_contrary" if one.ratio >= DOUBTFUL else "indexes.method_agreed",
            node=names[one.node], expert=one.expert, ratio=formats.number(one.ratio, 2, language),
        )
        for one in insight.consistency(built.tree, index.method.weights)
        if one.ratio is not None
    ]  # fmt: skip
