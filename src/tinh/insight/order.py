"""Which indicators a dataset reaches, and in which order they build on each other."""

from __future__ import annotations

from tinh.insight.errors import Circular, UnknownIndicator
from tinh.packs.api import Catalogue, Indicator


def find(catalogue: Catalogue, id: str) -> Indicator:
    if id not in catalogue.indicators:
        raise UnknownIndicator(indicator=id, hint="")
    return catalogue.indicators[id]


def roots(catalogue: Catalogue, indicator: Indicator) -> frozenset[str]:
    """Every dataset an indicator rests on, through whatever it is derived from."""
    return frozenset(d for i in chain(catalogue, [indicator.id]) for d in i.reads())


def affected(catalogue: Catalogue, dataset_id: str) -> tuple[Indicator, ...]:
    """The indicators that change when rows of a dataset come in, inputs before what is derived."""
    ordered = chain(catalogue, list(catalogue.indicators))
    reached: set[str] = set()
    out = []
    for indicator in ordered:
        if dataset_id in indicator.reads() or reached & set(indicator.formula.indicators):
            reached.add(indicator.id)
            out.append(indicator)
    return tuple(out)


def chain(catalogue: Catalogue, ids: list[str]) -> tuple[Indicator, ...]:
    """`ids` with all they are derived from, inputs first."""
    done: dict[str, Indicator] = {}

    def visit(id: str, path: tuple[str, ...]) -> None:
        if id in path:
            raise Circular(chain=" → ".join([*path[path.index(id) :], id]))
        if id in done:
            return
        indicator = find(catalogue, id)
        for inner in indicator.formula.indicators:
            visit(inner, (*path, id))
        done[id] = indicator

    for id in ids:
        visit(id, ())
    return tuple(done.values())
