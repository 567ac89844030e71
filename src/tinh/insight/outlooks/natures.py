"""What an indicator's declaration says of its future: bounds, whole numbers, season, how far to look."""

from __future__ import annotations

from collections.abc import Sequence

from tinh.insight.forecasting.nature import Nature
from tinh.kit.periods import Grain
from tinh.packs.api import Catalogue, Indicator

_SEASONS: dict[Grain, int | None] = {"hour": None, "day": None, "month": 12, "quarter": 4, "year": 1}
AHEAD: dict[Grain, int] = {"hour": 48, "day": 28, "month": 12, "quarter": 8, "year": 5}
MOST: dict[Grain, int] = {"hour": 336, "day": 180, "month": 120, "quarter": 40, "year": 15}
KEPT: dict[Grain, int] = {"hour": 24 * 60, "day": 3 * 366, "month": 120, "quarter": 60, "year": 60}


def nature_of(indicator: Indicator, catalogue: Catalogue, values: Sequence[float] = ()) -> Nature:
    """Bounds declared under `forecast`, else those the formula implies.

    A share in per cent (unit %, or a ratio of scale 100) lies in 0–100; a count is whole and never below 0, a
    sum or ratio of columns that cannot be negative is not either. An implied bound that a value of the
    history lies beyond is none: a growth rate in per cent is not a share.
    """
    said, formula = indicator.forecast, indicator.formula
    lower = upper = None
    counts = formula.kind == "direct" and formula.terms[0].how == "count"
    if indicator.unit.vi.strip() == "%" or (formula.kind == "ratio" and formula.scale == 100):
        lower, upper = 0.0, 100.0
    elif counts or (
        formula.terms and all(_never_negative(catalogue, t.dataset, t.column) for t in formula.terms)
    ):
        lower = 0.0
    known = [v for v in values if v == v]
    if lower is not None and known and min(known) < lower:
        lower = None
    if upper is not None and known and max(known) > upper:
        upper = None
    whole = counts and indicator.over_time != "mean" and indicator.over_places != "mean"
    return Nature(
        lower=lower if said.lower is None else said.lower,
        upper=upper if said.upper is None else said.upper,
        whole=whole if said.whole is None else said.whole,
        cumulative=said.cumulative,
        holidays=indicator.period in ("hour", "day", "month"),
    )


def _never_negative(catalogue: Catalogue, dataset: str, column: str) -> bool:
    if not column:
        return True
    if dataset not in catalogue.datasets:
        return False
    found = catalogue.datasets[dataset]
    if any(
        r.kind == "range"
        and column in r.columns
        and _at_least_zero(r.arguments.get("min"), r.arguments.get("above"))
        for r in found.rules
    ):
        return True
    options = found.column(column).options if any(c.name == column for c in found.columns) else {}
    return _at_least_zero(options.get("minimum"), options.get("exclusiveMinimum"))


def _at_least_zero(*limits: object) -> bool:
    return any(isinstance(x, int | float) and x >= 0 for x in limits)


def season_of(indicator: Indicator) -> int | None:
    """Periods after which it repeats; None leaves it to the step (a day of hours, a week of days)."""
    return indicator.forecast.season or _SEASONS[indicator.period]
