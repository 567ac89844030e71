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
Missing is never zero. The exact semantics: docs/reference/indicators.md.
"""

from __future__ import annotations

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
from tinh.insight.composite.errors import CompositeError, NoSuchIndex, NothingYet
from tinh.insight.composite.fed import Claim, delivered_table, delivery_periods, measured_table
from tinh.insight.composite.frames import index_frame, rank_frame
from tinh.insight.composite.tables import Table
from tinh.insight.composite.tables import read as read_units
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
from tinh.insight.forecasting.nature import Nature
from tinh.insight.formulas import formula_text
from tinh.insight.order import affected
from tinh.insight.outlooks.filed import Filed, of_series
from tinh.insight.outlooks.foreseeing import METHOD, Made, foresee
from tinh.insight.outlooks.likelihoods import Likelihood, likelihood, pace
from tinh.insight.outlooks.records import Record, record
from tinh.insight.outlooks.replaying import replay
from tinh.insight.outlooks.targets import Stamp
from tinh.insight.outlooks.wording import VERDICTS, percent_text
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
from tinh.insight.tracing import Trace, trace
from tinh.insight.unitsystems import Systems
from tinh.insight.unitwise import systems_at, values_on
from tinh.insight.wording import number_text, period_text

__all__ = [
    "METHOD",
    "RECEIPTS",
    "VERDICTS",
    "Aim",
    "Audit",
    "BadPeriod",
    "BadSql",
    "Builder",
    "Built",
    "Change",
    "Circular",
    "Claim",
    "CompositeError",
    "Conflicts",
    "Filed",
    "Improvement",
    "InsightError",
    "Likelihood",
    "Made",
    "Nature",
    "NoSuchIndex",
    "NoTime",
    "NothingToTrace",
    "NothingYet",
    "Point",
    "Record",
    "Removal",
    "Sensitivity",
    "Spread",
    "Stamp",
    "Systems",
    "Table",
    "Together",
    "TooFine",
    "Touched",
    "Trace",
    "Trend",
    "UnknownIndicator",
    "affected",
    "against_target",
    "assumptions",
    "audit",
    "cheapest",
    "compute",
    "conflicts",
    "delivered_table",
    "delivery_periods",
    "foresee",
    "formula_text",
    "index_frame",
    "judged",
    "latest",
    "likelihood",
    "map_classes",
    "measured_table",
    "monte_carlo",
    "number_text",
    "of_series",
    "pace",
    "percent_text",
    "period_text",
    "points",
    "rank_frame",
    "ranking",
    "read_units",
    "record",
    "remove_one",
    "replay",
    "rows_of",
    "series",
    "settable",
    "sobol",
    "systems_at",
    "trace",
    "trend",
    "unit_table",
    "values_on",
    "what_if",
    "with_points",
]
