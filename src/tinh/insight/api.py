"""Insight: rows in the lake → values of indicators, and the way back from a value to its rows.

In: the Catalogue, the lake's reading side, the gazetteer, the moment. Out: value frames
(`compute`; `Together` for several at once), the order in which to compute them (`affected`), traces,
and readers for doors.
Refuses: side effects and deciding; nothing here writes.

    for indicator in affected(catalogue, dataset_id):
        frame = compute(indicator, catalogue, lake, gazetteer, touched, now)

`touched` says which dataset, places and periods news is about; None computes everything.
`Together.restated` gives the same values on the units of other days (docs/reference/reforms.md);
`values_on` reads them. A value carries its coverage (inputs present / owed) and whether
anything in it is simulated.
`forecast` and `backtest` need no province: a frame of series in, means, intervals and paths out.
`foresee` makes the forecasts of an indicator and the outlooks of its targets (docs/reference/outlooks.md).
Missing is never zero. The exact semantics: docs/reference/indicators.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinh.insight.anomalies.budget import within as within_budget
from tinh.insight.anomalies.detect import Detected, detect
from tinh.insight.anomalies.detect import Options as DetectOptions
from tinh.insight.anomalies.errors import BadMark, BadSeason, NoSuchAnomaly
from tinh.insight.anomalies.learning import MARKS as ANOMALY_MARKS
from tinh.insight.anomalies.learning import Learned, learn
from tinh.insight.anomalies.looking import Found, bounds_of, look
from tinh.insight.anomalies.looking import Ground as LookGround
from tinh.insight.anomalies.relations import breaches
from tinh.insight.anomalies.words import kind_text as anomaly_kind
from tinh.insight.anomalies.words import why as anomaly_why
from tinh.insight.composite.assuming import assumptions
from tinh.insight.composite.auditing import Audit, audit
from tinh.insight.composite.building import Builder, Built
from tinh.insight.composite.changing import (
    Improvement,
    Removal,
    cheapest,
    remove_one,
    settable,
    what_if,
    with_points,
)
from tinh.insight.composite.coinr import coinr_tree
from tinh.insight.composite.errors import CompositeError, NoSuchIndex, NothingYet
from tinh.insight.composite.experts import Consistency, consistency
from tinh.insight.composite.fed import Claim, delivered_table, delivery_periods, measured_table
from tinh.insight.composite.frames import index_frame, rank_frame
from tinh.insight.composite.tables import Table
from tinh.insight.composite.tables import read as read_units
from tinh.insight.composite.tables import sheet_of as unit_sheet
from tinh.insight.composite.tables import table as unit_table
from tinh.insight.composite.uncertainty import Sensitivity, Spread, monte_carlo, sobol
from tinh.insight.compute import Together, compute
from tinh.insight.conflicts import RECEIPTS, Conflicts, conflicts
from tinh.insight.errors import (
    BadPeriod,
    BadSql,
    Circular,
    InsightError,
    NothingToTrace,
    NoTime,
    TooFine,
    UnknownIndicator,
)
from tinh.insight.forecasting.backtesting import Backtest, backtest
from tinh.insight.forecasting.forecasts import Forecasts, forecast
from tinh.insight.forecasting.nature import Nature
from tinh.insight.formulas import formula_text
from tinh.insight.order import affected
from tinh.insight.outlooks.filed import Filed, of_series
from tinh.insight.outlooks.foreseeing import METHOD, Made, foresee
from tinh.insight.outlooks.likelihoods import Likelihood, likelihood, pace
from tinh.insight.outlooks.records import Record, record
from tinh.insight.outlooks.replaying import replay
from tinh.insight.outlooks.standing import AtPlace, by_place
from tinh.insight.outlooks.supposing import Supposed, communes_lifted, pace_held
from tinh.insight.outlooks.targets import Stamp
from tinh.insight.outlooks.wording import VERDICTS, percent_text, turn_text
from tinh.insight.pilots.doors import judge_pilot, pilot_power, pilot_table, pilot_told
from tinh.insight.pilots.errors import NothingAsked, NotJudged, PilotError, UnknownPilot
from tinh.insight.pilots.figures import chance, figure, p_is
from tinh.insight.reading import (
    Aim,
    Change,
    Point,
    Trend,
    against_target,
    judged,
    latest,
    map_classes,
    points,
    ranking,
    rows_of,
    series,
    trend,
)
from tinh.insight.scope import Touched
from tinh.insight.sheetfile import decimals
from tinh.insight.sitings.errors import BadStudy, NoReason, NoStudy, SitingError
from tinh.insight.tracing import Trace, trace
from tinh.insight.unitsystems import Systems
from tinh.insight.unitwise import systems_at, values_on
from tinh.insight.wording import number_text, period_text

if TYPE_CHECKING:
    from tinh.insight.pilots.evaluate import Evaluation as PilotEvaluation
    from tinh.insight.pilots.power import Power as PilotPower
    from tinh.insight.sitings.case import read_case
    from tinh.insight.sitings.plan import Plan as SitingPlan
    from tinh.insight.sitings.plan import points_table, sites_table
    from tinh.insight.sitings.solve import solve as solve_case
    from tinh.insight.sitings.spec import read_spec
    from tinh.insight.sitings.study import day_of as day_of_people
    from tinh.insight.sitings.study import people as siting_people
    from tinh.insight.sitings.study import study as siting_study

__all__ = [
    "ANOMALY_MARKS",
    "METHOD",
    "RECEIPTS",
    "VERDICTS",
    "Aim",
    "AtPlace",
    "Audit",
    "Backtest",
    "BadMark",
    "BadPeriod",
    "BadSeason",
    "BadSql",
    "BadStudy",
    "Builder",
    "Built",
    "Change",
    "Circular",
    "Claim",
    "CompositeError",
    "Conflicts",
    "Consistency",
    "DetectOptions",
    "Detected",
    "Filed",
    "Forecasts",
    "Found",
    "Improvement",
    "InsightError",
    "Learned",
    "Likelihood",
    "LookGround",
    "Made",
    "Nature",
    "NoReason",
    "NoStudy",
    "NoSuchAnomaly",
    "NoSuchIndex",
    "NoTime",
    "NotJudged",
    "NothingAsked",
    "NothingToTrace",
    "NothingYet",
    "PilotError",
    "PilotEvaluation",
    "PilotPower",
    "Point",
    "Record",
    "Removal",
    "Sensitivity",
    "SitingError",
    "SitingPlan",
    "Spread",
    "Stamp",
    "Supposed",
    "Systems",
    "Table",
    "Together",
    "TooFine",
    "Touched",
    "Trace",
    "Trend",
    "UnknownIndicator",
    "UnknownPilot",
    "affected",
    "against_target",
    "anomaly_kind",
    "anomaly_why",
    "assumptions",
    "audit",
    "backtest",
    "bounds_of",
    "breaches",
    "by_place",
    "chance",
    "cheapest",
    "coinr_tree",
    "communes_lifted",
    "compute",
    "conflicts",
    "consistency",
    "day_of_people",
    "decimals",
    "delivered_table",
    "delivery_periods",
    "detect",
    "figure",
    "forecast",
    "foresee",
    "formula_text",
    "index_frame",
    "judge_pilot",
    "judged",
    "latest",
    "learn",
    "likelihood",
    "look",
    "map_classes",
    "measured_table",
    "monte_carlo",
    "number_text",
    "of_series",
    "p_is",
    "pace",
    "pace_held",
    "percent_text",
    "period_text",
    "pilot_power",
    "pilot_table",
    "pilot_told",
    "points",
    "points_table",
    "rank_frame",
    "ranking",
    "read_case",
    "read_spec",
    "read_units",
    "record",
    "remove_one",
    "replay",
    "rows_of",
    "series",
    "settable",
    "sites_table",
    "siting_people",
    "siting_study",
    "sobol",
    "solve_case",
    "systems_at",
    "trace",
    "trend",
    "turn_text",
    "unit_sheet",
    "unit_table",
    "values_on",
    "what_if",
    "with_points",
    "within_budget",
]

_SITINGS = {
    "SitingPlan": ("plan", "Plan"),
    "day_of_people": ("study", "day_of"),
    "points_table": ("plan", "points_table"),
    "read_case": ("case", "read_case"),
    "read_spec": ("spec", "read_spec"),
    "sites_table": ("plan", "sites_table"),
    "siting_people": ("study", "people"),
    "siting_study": ("study", "study"),
    "solve_case": ("solve", "solve"),
}


def __getattr__(name: str) -> object:
    # numpy, scipy and the solver load only where a siting is solved
    if name in _SITINGS:
        from importlib import import_module

        module, attribute = _SITINGS[name]
        return getattr(import_module(f"tinh.insight.sitings.{module}"), attribute)
    raise AttributeError(name)
