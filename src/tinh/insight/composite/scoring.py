"""Administrative scoring: from what was delivered to a share of a component's points.

The kinds are those of the published sets of the provinces (decision 922/QĐ-BTTTT and its local copies,
the formulas of decision 766/QĐ-TTg): see docs/reference/indexes.md.
"""

from __future__ import annotations

import numpy as np

from tinh.insight.composite.errors import NoSuchAnswer
from tinh.insight.composite.moments import Array
from tinh.insight.composite.tables import Table
from tinh.packs.api import Element, Scoring

_YES = frozenset({"1", "1.0", "yes", "true", "y", "x", "có", "co", "đạt", "dat"})
_NO = frozenset({"0", "0.0", "no", "false", "n", "không", "khong", "chưa", "chua"})


def shares(element: Element, scoring: Scoring, table: Table) -> Array:
    """Share of the points of each unit, (units,) from 0 to 1; NaN where absent values are `missing`.

    boolean: yes 1, no 0 · tier: the share of the answer · additive: Σ share of the parts that hold
    (a part may hold in part, from 0 to 1) · ratio: a/b · ratio_threshold: 1 from the threshold T on, else
    (a/b)/T · relative_max: value / best · band: the share of the highest limit reached · points: value /
    points. Results are cut to 0…1; below zero counts as zero. A zero denominator counts as absent.
    """
    out = _KINDS[scoring.kind](element, scoring, table)
    out = np.where(np.isnan(out), out, np.clip(out, 0.0, 1.0))
    return np.where(np.isnan(out), 0.0, out) if scoring.absent == "zero" else out


def _boolean(element: Element, _: Scoring, table: Table) -> Array:
    return _yes(element, element.column, table)


def _yes(element: Element, column: str, table: Table) -> Array:
    out = np.full(len(table.units), np.nan)
    for row, text in enumerate(table.texts(column, element.id)):
        if text is None:
            continue
        word = text.lower()
        if word in _YES or word in _NO:
            out[row] = 1.0 if word in _YES else 0.0
            continue
        try:
            out[row] = float(text)
        except ValueError:
            raise NoSuchAnswer(
                element=element.id, unit=table.units[row], text=text, known="1, 0, yes, no, có, không"
            ) from None
    return out


def _tier(element: Element, scoring: Scoring, table: Table) -> Array:
    out = np.full(len(table.units), np.nan)
    for row, text in enumerate(table.texts(element.column, element.id)):
        if text is None:
            continue
        if text not in scoring.tiers:
            raise NoSuchAnswer(
                element=element.id, unit=table.units[row], text=text, known=", ".join(scoring.tiers)
            )
        out[row] = scoring.tiers[text]
    return out


def _additive(element: Element, scoring: Scoring, table: Table) -> Array:
    parts = [_yes(element, column, table) * share for column, share in scoring.parts.items()]
    stacked = np.stack(parts)
    absent = np.isnan(stacked).all(axis=0)
    return np.where(absent, np.nan, np.nansum(np.where(np.isnan(stacked), 0.0, stacked), axis=0))


def ratio(element: Element, scoring: Scoring, table: Table) -> Array:
    """The ratio behind a component, before any threshold; NaN where absent or divided by zero."""
    if not scoring.numerator:
        return table.numbers(element.column, element.id) / scoring.scale
    above = table.numbers(scoring.numerator, element.id)
    below = table.numbers(scoring.denominator, element.id)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below == 0, np.nan, above / below)


def _threshold(element: Element, scoring: Scoring, table: Table) -> Array:
    found = ratio(element, scoring, table)
    return np.where(found >= scoring.threshold, 1.0, found / scoring.threshold)


def _relative(element: Element, scoring: Scoring, table: Table) -> Array:
    value = ratio(element, scoring, table) if scoring.numerator else table.numbers(element.column, element.id)
    there = value[~np.isnan(value)]
    best = max([*there, scoring.best or 0.0], default=0.0) if scoring.best is None else scoring.best
    return value / best if best > 0 else np.where(np.isnan(value), np.nan, 0.0)


def _band(element: Element, scoring: Scoring, table: Table) -> Array:
    value = ratio(element, scoring, table) if scoring.numerator else table.numbers(element.column, element.id)
    out = np.zeros_like(value)
    for least, share in scoring.bands:
        out = np.where(value >= least, share, out)
    return np.where(np.isnan(value), np.nan, out)


def _points(element: Element, _: Scoring, table: Table) -> Array:
    return table.numbers(element.column, element.id) / (element.points or 1.0)


_KINDS = {
    "boolean": _boolean, "tier": _tier, "additive": _additive, "ratio": ratio,
    "ratio_threshold": _threshold, "relative_max": _relative, "band": _band, "points": _points,
}  # fmt: skip
