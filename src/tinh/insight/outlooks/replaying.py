"""Past days played again: what an outlook would have said then, held against what came.

No promise was made on those days, so such rows are marked `replay` and never mixed with outlooks that were.
Only the values up to the past day are shown to the method; they are the values as known today.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from tinh.insight.outlooks.histories import History, histories, table
from tinh.insight.outlooks.likelihoods import likelihood, word
from tinh.insight.outlooks.natures import nature_of
from tinh.insight.outlooks.targets import Stamp, limits, reached
from tinh.kit.periods import Grain, end, shift
from tinh.packs.api import Catalogue, Indicator

AHEAD: dict[Grain, int] = {"hour": 24, "day": 14, "month": 3, "quarter": 2, "year": 1}
TURNS = 3  # past days of a series
PARTS = 5  # places beside the province, spread evenly
LEAST = 6  # values known on the past day
GOALS = (-1.0, -0.4, 0.0, 0.4, 1.0)  # the pretended targets: last value ± this much of a usual change
_PATHS = 400


@dataclass(frozen=True)
class _Turn:
    indicator: Indicator
    then: History
    due: str
    came: float
    digest: str

    @property
    def id(self) -> str:
        return f"{self.then.id}|{self.then.origin}"


def replay(
    catalogue: Catalogue,
    frames: Mapping[str, pl.DataFrame],
    told: pl.DataFrame,
    local: datetime,
    stamp: Stamp,
    method: str,
    progress: Callable[[int, int], None] | None = None,
) -> list[dict[str, Any]]:
    """Rows of the replays that are not yet `told`; `frames` are stored values by indicator."""
    known = set(told.get_column("digest").to_list())
    turns = [
        turn
        for id, frame in frames.items()
        for turn in _turns(catalogue, catalogue.indicators[id], frame, local, method)
        if turn.digest not in known
    ]
    rows: list[dict[str, Any]] = []
    for grain in dict.fromkeys(t.indicator.period for t in turns):
        rows += _of_grain(
            catalogue, [t for t in turns if t.indicator.period == grain], grain, stamp, method, progress
        )
    return rows


def _turns(
    catalogue: Catalogue, indicator: Indicator, frame: pl.DataFrame, local: datetime, method: str
) -> list[_Turn]:
    if indicator.direction == "none" or not indicator.forecast.made:
        return []
    lines = {h.place: h for h in histories(frame, indicator, local)}
    others = sorted(set(lines) - {catalogue.place})
    chosen = [catalogue.place, *others[:: max(1, len(others) // PARTS)][:PARTS]]
    ahead, out = AHEAD[indicator.period], []
    for line in (lines[p] for p in chosen if p in lines):
        for turn in range(1, TURNS + 1):
            then = line.until(shift(line.origin, -turn * ahead))
            if then is None or then.known < LEAST or np.nanmin(then.values) == np.nanmax(then.values):
                continue
            due = shift(then.origin, ahead)
            values = dict(zip(line.periods, line.values.tolist(), strict=True))
            came = values.get(due, np.nan)
            if np.isfinite(came):
                digest = then.digest("replay", due, came, indicator.version, indicator.forecast, method)
                out.append(_Turn(indicator, then, due, float(came), digest))
    return out


def _of_grain(
    catalogue: Catalogue, turns: list[_Turn], grain: Grain, stamp: Stamp, method: str,
    progress: Callable[[int, int], None] | None,
) -> list[dict[str, Any]]:  # fmt: skip
    from tinh.insight.forecasting.forecasts import forecast

    found = forecast(
        table(row for turn in turns for row in turn.then.rows(turn.id)),
        AHEAD[grain],
        nature={t.id: nature_of(t.indicator, catalogue, t.then.values.tolist()) for t in turns},
        paths=_PATHS,
        progress=progress,
    )
    rows = []
    for turn in turns:
        if turn.id in found.paths:
            rows += _rows(catalogue, turn, found.paths[turn.id], stamp, method)
    return rows


def _rows(
    catalogue: Catalogue, turn: _Turn, paths: np.ndarray[Any, Any], stamp: Stamp, method: str
) -> list[dict[str, Any]]:
    indicator, then = turn.indicator, turn.then
    known = then.values[np.isfinite(then.values)]
    usual = float(np.median(np.abs(np.diff(known)))) or float(np.std(np.diff(known)))
    nature, out = nature_of(indicator, catalogue, then.values.tolist()), []
    for goal in GOALS:
        target = round(then.last + goal * usual * AHEAD[indicator.period], indicator.decimals)
        beyond = (nature.lower is not None and target <= nature.lower) or (
            nature.upper is not None and target >= nature.upper
        )
        if beyond:  # met or missed by its nature: no test of a likelihood
            continue
        found = likelihood(
            paths, then.values, target, "down" if indicator.direction == "down" else "up",
            AHEAD[indicator.period], indicator.decimals,
        )  # fmt: skip
        out.append(
            {
                "kind": "replay",
                "indicator": indicator.id,
                "version": indicator.version,
                "place": then.place,
                "by": (end(turn.due) - timedelta(days=1)).date().isoformat(),
                "target": target,
                "direction": indicator.direction,
                "state": "met" if reached(indicator, turn.came, target) else "missed",
                "origin": then.origin,
                "value": then.last,
                "due": turn.due,
                "probability": found.probability,
                "ever": found.ever,
                "needed": found.needed,
                "seen": found.seen if np.isfinite(found.seen) else None,
                "verdict": word(found.probability, limits(catalogue.verdicts)),
                "middle": found.middle,
                "lo_80": found.low80,
                "hi_80": found.high80,
                "lo_95": found.low95,
                "hi_95": found.high95,
                "outcome": reached(indicator, turn.came, target),
                "simulated": then.simulated,
                "method": method,
                "digest": turn.digest,
                "made_at": stamp.at,
                "run_id": stamp.run,
                "applied": stamp.applied,
            }
        )
    return out
