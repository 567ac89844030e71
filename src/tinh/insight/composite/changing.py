"""What would happen if: an element left out, a value changed, and which change costs least."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tinh.insight.composite.building import Builder, Built
from tinh.insight.composite.errors import NoSuchElement, NoSuchUnit, NotSettable
from tinh.insight.composite.moments import Array
from tinh.insight.composite.ranking import best_first
from tinh.insight.composite.scoring import ratio
from tinh.insight.composite.tables import Table
from tinh.insight.composite.trees import scoring_of
from tinh.kit.errors import Text
from tinh.packs.api import Element, Index, Scoring


@dataclass(frozen=True, slots=True)
class Removal:
    """What leaving one element out does."""

    element: str
    scores: Array
    ranks: Array
    change: Array  # nominal rank − new rank; above 0 is a gain
    mean_change: float  # mean absolute


def remove_one(builder: Builder, level: int = 1) -> tuple[Removal, ...]:
    """Each element of a level in turn with weight 0, the rest as declared (COINr `remove_elements`).

    Where nodes add points up, the points of the siblings keep their size, so that scores fall by what is
    left out and only ranks compare.
    """
    ready = builder.prepared()
    nominal = best_first(builder.climb(ready[:, None], builder.weights[None])[0][:, -1])
    members = builder.tree.at_level(level)
    if not len(members):
        known = ", ".join(f"level {n + 1}" for n in range(int(builder.tree.levels.max())))
        raise NoSuchElement(element=f"level {level}", known=known)
    weights = np.repeat(builder.weights[None], len(members), axis=0)
    weights[np.arange(len(members)), members] = 0.0
    scores = builder.climb(ready[:, None], weights)[..., -1]
    ranks = best_first(scores.T).T
    out = []
    for n, member in enumerate(members):
        change = nominal - ranks[n]
        out.append(
            Removal(
                builder.tree.elements[member].id,
                scores[n],
                ranks[n],
                change,
                float(np.nanmean(np.abs(change))),
            )
        )
    return tuple(out)


def unit_at(table: Table, unit: str) -> int:
    if unit not in table.units:
        raise NoSuchUnit(unit=unit, known=", ".join(table.units[:40]))
    return table.units.index(unit)


def settable(index: Index) -> tuple[str, ...]:
    """Columns a what-if may change: those of the components and of their rules."""
    out: dict[str, None] = {}
    for element in index.tree.components():
        for column in columns_of(element):
            out[column] = None
    return tuple(out)


def columns_of(element: Element) -> tuple[str, ...]:
    """Columns the value of a component stands in."""
    rule = scoring_of(element)
    if rule is not None and rule.kind == "additive":
        return tuple(rule.parts)
    if rule is not None and rule.numerator:
        return (rule.numerator, rule.denominator)
    return (element.column,)


def what_if(index: Index, table: Table, unit: str, changes: Mapping[str, str]) -> tuple[Built, Built]:
    """The index before and after some cells of one unit change.

    A name is a column, or a component: a component of a ratio is set as the ratio itself, on its denominator.
    """
    row = unit_at(table, unit)
    after = table
    columns = settable(index)
    by_id = {e.id: e for e in index.tree.components()}
    for name, text in changes.items():
        element = by_id.get(name)
        if name in columns and (element is None or name in columns_of(element)):
            after = after.with_cell(name, row, text)
        elif element is not None:
            after = _set(after, element, row, text, columns)
        else:
            raise NotSettable(name=name, reason="không có thành phần này.",
                              reason_en="there is no such component.", known=", ".join(by_id))  # fmt: skip
    return Builder(index, table).build(), Builder(index, after).build()


def _set(table: Table, element: Element, row: int, text: str, known: Sequence[str]) -> Table:
    rule = scoring_of(element)
    if rule is None or not rule.numerator:
        raise NotSettable(name=element.id, reason="thành phần này gồm nhiều phần; ghi từng phần.",
                          reason_en="it is made of parts; set each part.",
                          known=", ".join(columns_of(element) or known))  # fmt: skip
    try:
        wanted = float(text)
    except ValueError:
        raise NotSettable(name=element.id, reason=f"“{text}” không phải là số.",
                          reason_en=f"“{text}” is no number.", known=", ".join(known)) from None  # fmt: skip
    below = table.numbers(rule.denominator, element.id)[row]
    whole = below if np.isfinite(below) and below > 0 else 1.0
    table = table.with_cell(rule.denominator, row, repr(float(whole)))
    return table.with_cell(rule.numerator, row, repr(float(wanted * whole)))


@dataclass(frozen=True, slots=True)
class Improvement:
    """One step a unit could take on a component, and what it gives."""

    element: str
    step: Text  # in words
    gain: float  # of the index
    rank: float  # the unit's rank after it
    effort: float
    changes: tuple[tuple[str, str], ...]  # column, new value

    @property
    def worth(self) -> float:
        return self.gain / self.effort


def cheapest(index: Index, table: Table, unit: str) -> tuple[Improvement, ...]:
    """Steps of one unit by gain for effort, the best first; only those that gain something.

    boolean: to yes · tier: each better answer · additive: each part not yet held · ratio and
    ratio_threshold: to the whole, or to the threshold · relative_max: to the best · band: each higher
    limit · points: to all points · without a rule: to the median of the units, and to the best of them,
    where that is better. The effort is declared; an additive part or an intermediate step takes its share.
    """
    row = unit_at(table, unit)
    before = Builder(index, table).build()
    out = []
    shown = before.table.units.index(unit) if unit in before.table.units else row
    for element in before.tree.elements[: before.tree.leaves]:
        for step, part, cells in _steps(element, table, row):
            changed = table
            for column, text in cells:
                changed = changed.with_cell(column, row, text)
            after = Builder(index, changed).build()
            gain = float(after.scores[shown] - before.scores[shown])
            if gain > 1e-12:
                out.append(
                    Improvement(
                        element.id, step, gain, float(best_first(after.scores)[shown]),
                        element.effort * max(part, 1e-9), cells,
                    )
                )  # fmt: skip
    return tuple(sorted(out, key=lambda one: (-one.worth, -one.gain, one.element)))


Cells = tuple[tuple[str, str], ...]
Steps = list[tuple[Text, float, Cells]]


def _steps(element: Element, table: Table, row: int) -> Steps:
    rule = scoring_of(element)
    if rule is None:
        return _towards_others(element, table, row)
    return _by_rule(element, rule, table, row)


def _by_rule(element: Element, rule: Scoring, table: Table, row: int) -> Steps:
    column = element.column
    if rule.kind == "boolean":
        return [(Text("thực hiện", "do it"), 1.0, ((column, "1"),))]
    if rule.kind == "tier":
        held = table.texts(column, element.id)[row]
        have = rule.tiers.get(held or "", 0.0)
        return [
            (Text(f"lên mức “{name}”", f"reach “{name}”"), share - have, ((column, name),))
            for name, share in rule.tiers.items()
            if share > have
        ]
    if rule.kind == "additive":
        out: Steps = []
        for part, share in rule.parts.items():
            held = table.texts(part, element.id)[row]
            if held is None or held in ("0", "no", "không", "chưa"):
                out.append((Text(f"thêm phần “{part}”", f"add the part “{part}”"), share, ((part, "1"),)))
        return out
    if rule.kind == "points":
        return [(Text("đạt điểm tối đa", "reach all points"), 1.0, ((column, repr(element.points or 1.0)),))]
    return _measured(element, rule, table, row)


def _measured(element: Element, rule: Scoring, table: Table, row: int) -> Steps:
    values = (
        ratio(element, rule, table)
        if rule.numerator or rule.kind.startswith("ratio")
        else table.numbers(element.column, element.id)
    )
    have = float(np.nan_to_num(values[row]))
    if rule.kind in ("ratio", "ratio_threshold"):
        goals = [rule.threshold if rule.kind == "ratio_threshold" else 1.0]
    elif rule.kind == "band":
        goals = [least for least, _ in rule.bands if least > have]
    else:
        known = values[~np.isnan(values)]
        goals = [rule.best or (float(known.max()) if known.size else 0.0)]
    top = max(goals, default=have)
    out = []
    for goal in goals:
        if goal <= have:
            continue
        part = (goal - have) / (top - have) if top > have else 1.0
        shown = f"{goal:.0%}" if rule.kind.startswith("ratio") else f"{goal:g}"
        out.append((Text(f"đạt {shown}", f"reach {shown}"), part, _cells(element, rule, table, row, goal)))
    return out


def _cells(element: Element, rule: Scoring, table: Table, row: int, goal: float) -> Cells:
    if not rule.numerator:
        scaled = goal * rule.scale if rule.kind.startswith("ratio") else goal
        return ((element.column, repr(float(scaled))),)
    below = table.numbers(rule.denominator, element.id)[row]
    whole = float(below) if np.isfinite(below) and below > 0 else 1.0
    return ((rule.numerator, repr(float(goal * whole))), (rule.denominator, repr(whole)))


def _towards_others(element: Element, table: Table, row: int) -> Steps:
    value = table.numbers(element.column, element.id)
    below = (
        table.numbers(element.denominator, element.id) / element.denominator_scale
        if element.denominator
        else np.ones(len(value))
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.where(below == 0, np.nan, value / below)
    known = x[~np.isnan(x)]
    if not known.size:
        return []
    best = float(known.min() if element.down else known.max())
    have, middle = float(x[row]), float(np.median(known))
    goals = [
        (Text("bằng mức trung vị", "reach the median"), middle),
        (Text("bằng đơn vị tốt nhất", "reach the best"), best),
    ]
    out: Steps = []
    for words, goal in goals:
        if np.isnan(have) or (goal < have if element.down else goal > have):
            part = abs(goal - have) / abs(best - have) if np.isfinite(have) and best != have else 1.0
            cell = goal * (float(below[row]) if np.isfinite(below[row]) else 1.0)
            shown = Text(f"{words.vi} ({goal:g})", f"{words.en} ({goal:g})")
            out.append((shown, part, ((element.column, repr(float(cell))),)))
    return out


def with_points(builder: Builder, unit: str, points: Mapping[str, float]) -> tuple[Array, Array]:
    """Values (units, elements) before and after some components of one unit stand at other points, or,
    for a component without a rule, at another value. NoSuchUnit, NoSuchElement."""
    row = unit_at(builder.table, unit)
    raw = builder.raw.copy()
    for id, wanted in points.items():
        at = builder.tree.place(id)
        if at >= builder.tree.leaves:
            raise NotSettable(
                name=id, reason="đây là một nhóm.", reason_en="it is a group.",
                known=", ".join(e.id for e in builder.tree.elements[: builder.tree.leaves]),
            )  # fmt: skip
        whole = builder.points[at] or 1.0
        raw[row, at] = min(1.0, max(0.0, wanted / whole)) if builder.ruled[at] else wanted
    both = np.stack([builder.raw, raw], axis=1)
    values = builder.climb(builder.prepare(both), np.repeat(builder.weights[None], 2, axis=0))
    return values[0], values[1]
