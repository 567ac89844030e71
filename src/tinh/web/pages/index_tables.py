"""The tables of a composite index, once for the page and once for its CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tinh.flow.api import Standing
from tinh.insight.api import Improvement, audit, remove_one
from tinh.packs.api import Element

Rows = tuple[list[str], list[list[object]]]


def place_of(standing: Standing, unit: str) -> int:
    """The unit's row; the first when it is not among them."""
    units = standing.built.units
    return units.index(unit) if unit in units else 0


@dataclass(frozen=True, slots=True)
class Line:
    """One element of the tree for one unit. `value` is None where it does not count or is missing."""

    element: Element
    level: int
    value: float | None
    most: float
    share: float | None
    self_score: float | None
    verified: float | None
    number: str
    day: str
    summary: str
    receipt: str


def lines(standing: Standing, unit: int) -> list[Line]:
    """Every element, parents first; a node's claims are the sums of its components'."""
    built = standing.built
    place = {e.id: n for n, e in enumerate(built.tree.elements)}
    out: list[Line] = []

    def walk(element: Element, level: int) -> None:
        at = place.get(element.id)
        value = float(built.values[unit, at]) if at is not None else None
        value = None if value is None or value != value else value
        claims = [standing.claims.get((built.units[unit], c.id)) for c in element.components()]
        own = claims[0] if not element.children and claims else None
        most = element.total()
        out.append(
            Line(
                element, level, value, most, value / most if value is not None and most > 0 else None,
                _sum([c.self_score for c in claims if c]), _sum([c.verified_score for c in claims if c]),
                own.number if own else "", own.day.isoformat() if own and own.day else "",
                own.summary if own else "", own.receipt if own else "",
            )
        )  # fmt: skip
        for child in element.children:
            walk(child, level + 1)

    walk(built.index.tree, 0)
    return out


@dataclass(frozen=True, slots=True)
class Reach:
    """What a component of a unit stands at, and between what it can be tried: points, or the span of the
    units where it is not scored by a rule."""

    id: str
    now: float
    least: float
    most: float


def reaches(standing: Standing, unit: int) -> list[Reach]:
    builder, built = standing.builder, standing.built
    out = []
    for n, element in enumerate(built.tree.elements[: built.tree.leaves]):
        raw = builder.raw[:, n]
        known = raw[raw == raw].tolist() or [0.0]
        now = 0.0 if raw[unit] != raw[unit] else float(raw[unit])
        if builder.ruled[n]:
            whole = float(builder.points[n])
            out.append(Reach(element.id, now * whole, 0.0, whole))
        else:
            out.append(Reach(element.id, now, min(known), max(known)))
    return out


def steps(standing: Standing, unit: int) -> tuple[Improvement, ...]:
    return standing.steps(standing.built.units[unit])


def table(standing: Standing, unit: int, name: str, language: str) -> Rows | None:
    """Header and rows of the table of a name; None when there is no such table."""
    make = TABLES.get(name)
    return make(standing, unit, language) if make else None


def _tree(standing: Standing, unit: int, language: str) -> Rows:
    header = ["id", "name", "level", "score", "points", "counted", "illustrative", "self_score",
              "verified_score", "evidence_number", "evidence_day", "evidence_summary", "source_type", "owner",
              "deadline", "simulated"]  # fmt: skip
    rows: list[list[object]] = [
        [x.element.id, x.element.name.in_(language), x.level, x.value, x.most, x.element.scored,
         x.element.illustrative, x.self_score, x.verified, x.number, x.day, x.summary, x.element.source_type,
         x.element.owner, x.element.deadline, standing.simulated]
        for x in lines(standing, unit)
    ]  # fmt: skip
    return header, rows


def _ranks(standing: Standing, _: int, __: str) -> Rows:
    built = standing.built
    names = dict(zip(built.units, built.table.names, strict=True))
    scores = dict(zip(built.units, built.scores.tolist(), strict=True))
    header = ["unit", "name", "score", "rank", "rank_mean", "rank_median", "rank_q5", "rank_q95", "score_q5",
              "score_q95", "simulated"]  # fmt: skip
    if standing.spread is None:
        return header, [[u, names[u], scores[u], 1, *[None] * 6, standing.simulated] for u in built.units]
    rows = sorted(standing.spread.table(built.units), key=lambda row: float(row["rank"]))
    return header, [
        [r["unit"], names[str(r["unit"])], scores[str(r["unit"])], int(float(r["rank"])), r["rank_mean"],
         r["rank_median"], r["rank_q5"], r["rank_q95"], r["score_q5"], r["score_q95"], standing.simulated]
        for r in rows
    ]  # fmt: skip


def _steps(standing: Standing, unit: int, language: str) -> Rows:
    return ["component", "step", "gain", "effort", "gain_per_effort", "rank", "simulated"], [
        [s.element, s.step.in_(language), s.gain, s.effort, s.worth, s.rank, standing.simulated]
        for s in steps(standing, unit)
    ]


def _influences(standing: Standing, _: int, __: str) -> Rows:
    found = standing.sensitivity
    header = ["assumption", "first", "first_q5", "first_q95", "total", "total_q5", "total_q95"]
    return header, [
        [i.what, i.first, i.first_low, i.first_high, i.total, i.total_low, i.total_high]
        for i in (found.influences if found else ())
    ]


def _removals(standing: Standing, unit: int, _: str) -> Rows:
    found = sorted(remove_one(standing.builder), key=lambda one: -one.mean_change)
    return ["removed", "mean_absolute_rank_change", "change_of_unit"], [
        [r.element, r.mean_change, float(r.change[unit])] for r in found
    ]


def _statistics(standing: Standing, _: int, __: str) -> Rows:
    found = audit(standing.builder, standing.built)
    header = ["component", "available", "min", "max", "mean", "median", "sd", "skewness", "kurtosis",
              "share_of_zeros", "share_of_different_values", "outliers"]  # fmt: skip
    return header, [
        [s.element, s.available, s.least, s.most, s.mean, s.median, s.deviation, s.skew, s.kurt, s.zeros,
         s.unique, s.outliers]
        for s in found.statistics
    ]  # fmt: skip


def _links(standing: Standing, _: int, __: str) -> Rows:
    found = audit(standing.builder, standing.built)
    return ["element", "with", "r", "p", "parent"], [
        [x.a, x.b, x.r, x.p, x.parent] for x in (*found.links, *found.denominators)
    ]


def _groups(standing: Standing, _: int, __: str) -> Rows:
    found = audit(standing.builder, standing.built)
    return ["group", "children", "cronbach_alpha", "first_component_share", "eigenvalues"], [
        [g.node, g.size, g.alpha, g.explained, " ".join(f"{v:.4f}" for v in g.eigenvalues)]
        for g in found.groups
    ]


TABLES: dict[str, Callable[[Standing, int, str], Rows]] = {
    "cay": _tree, "xep-hang": _ranks, "tang-diem": _steps, "do-nhay": _influences, "bo-mot": _removals,
    "thong-ke": _statistics, "tuong-quan": _links, "nhom": _groups,
}  # fmt: skip


def _sum(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) if known else None
