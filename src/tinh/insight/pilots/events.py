"""The gap between treated and others, period by period around the start.

One start: two-way fixed effects with a coefficient for every period but the last before the start (event
study), CRV1 errors. Several starts: the group-time effects by event time (`aggregates`), which leads and
lags of a two-way regression would mix (Sun & Abraham 2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinh.insight.pilots.fixed import Within, fit
from tinh.insight.pilots.panel import Panel


@dataclass(frozen=True)
class Event:
    """`distance` in periods from the start (0: the first treated); the base has no interval."""

    distance: int
    period: str
    value: float
    low: float
    high: float


def events(panel: Panel, level: float) -> tuple[Event, ...]:
    """Of a pilot with one start."""
    start = panel.cohorts[0]
    within = Within(panel)
    others = [t for t in range(len(panel.times)) if t != start - 1 and not np.isnan(panel.y[:, t]).all()]
    columns = []
    for t in others:
        grid = np.zeros(panel.y.shape)
        grid[panel.treated, t] = 1
        columns.append(within.cells(grid))
    ready = fit(within, within.cells(panel.y), np.column_stack(columns))
    out = [Event(-1, panel.times[start - 1], 0.0, 0.0, 0.0)]
    for i, t in enumerate(others):
        out.append(Event(t - start, panel.times[t], float(ready.beta[i]), *ready.interval(i, level)))
    return tuple(sorted(out, key=lambda e: e.distance))
