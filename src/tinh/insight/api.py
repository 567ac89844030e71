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
from tinh.insight.outlooks.supposing import Supposed, communes_lifted, pace_held
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
    "Backtest",
    "BadPeriod",
    "BadSql",
    "Change",
    "Circular",
    "Conflicts",
    "Filed",
    "Forecasts",
    "InsightError",
    "Likelihood",
    "Made",
    "Nature",
    "NoTime",
    "NothingToTrace",
    "Point",
    "Record",
    "Stamp",
    "Supposed",
    "Systems",
    "Together",
    "TooFine",
    "Touched",
    "Trace",
    "Trend",
    "UnknownIndicator",
    "affected",
    "against_target",
    "backtest",
    "communes_lifted",
    "compute",
    "conflicts",
    "forecast",
    "foresee",
    "formula_text",
    "judged",
    "latest",
    "likelihood",
    "map_classes",
    "number_text",
    "of_series",
    "pace",
    "pace_held",
    "percent_text",
    "period_text",
    "points",
    "ranking",
    "record",
    "replay",
    "rows_of",
    "series",
    "systems_at",
    "trace",
    "trend",
    "values_on",
]
