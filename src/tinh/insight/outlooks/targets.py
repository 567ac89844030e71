"""The targets of an indicator, each with what can be said of it and whether that is news."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tinh.insight.outlooks.errors import NoWay, OutlookError, TooFar
from tinh.insight.outlooks.histories import History, due_period, steps
from tinh.insight.outlooks.likelihoods import likelihood, word
from tinh.insight.outlooks.natures import MOST
from tinh.insight.outlooks.wording import Stand, moved
from tinh.kit.errors import Text
from tinh.kit.periods import shift
from tinh.packs.api import Catalogue, Indicator, Target, Verdicts

Array = NDArray[np.float64]
State = Literal["open", "met", "missed", "passed", "refused", "empty"]


@dataclass(frozen=True)
class Stamp:
    """What every stored result carries: the run, the moment, the version of declarations in force."""

    run: str
    at: datetime
    applied: int


def limits(verdicts: Verdicts) -> tuple[float, float, float, float]:
    return verdicts.certain, verdicts.likely, verdicts.unclear, verdicts.unlikely


@dataclass(frozen=True)
class Aim:
    """One target against the history of its indicator."""

    indicator: Indicator
    target: Target
    place: str
    whole: History | None
    due: str
    state: State
    refused: OutlookError | None
    limits: tuple[float, float, float, float]
    digest: str
    last: Mapping[str, Any] | None

    @property
    def open(self) -> bool:
        return self.state == "open"

    @property
    def news(self) -> bool:
        return self.last is None or self.last["digest"] != self.digest

    def row(
        self, paths: Array | None, facts: Mapping[str, Any], expected: Mapping[str, Any] | None, stamp: Stamp,
        method: str,
    ) -> dict[str, Any]:  # fmt: skip
        """The row to keep. `paths` are those of the whole, `expected` the forecast that stood before."""
        indicator, whole = self.indicator, self.whole
        row: dict[str, Any] = {
            "kind": "live", "indicator": indicator.id, "version": indicator.version, "place": self.place,
            "by": self.target.by.isoformat(), "target": self.target.value, "direction": indicator.direction,
            "state": self.state, "due": self.due, "method": method, "digest": self.digest,
            "made_at": stamp.at, "run_id": stamp.run, "applied": stamp.applied, "model": facts.get("model"),
        }  # fmt: skip
        if whole is not None:
            row |= {"origin": whole.origin, "value": whole.last, "simulated": whole.simulated}
        if self.refused is not None:
            text = self.refused.detail()
            row |= {"refused": self.refused.code, "refused_vi": text.vi, "refused_en": text.en}
        elif self.state in ("met", "missed"):
            row["outcome"] = self.state == "met"
        elif self.state == "passed" and whole and reached(indicator, whole.last, self.target.value):
            row["expected"] = whole.origin
        elif self.open:
            row |= self._open(paths, facts, whole)
        return row | self._moved(row, expected, method)

    def _open(self, paths: Array | None, facts: Mapping[str, Any], whole: History | None) -> dict[str, Any]:
        if paths is None or whole is None:
            return {
                "state": "refused", "refused": facts.get("refused"), "refused_vi": facts.get("refused_vi"),
                "refused_en": facts.get("refused_en"),
            }  # fmt: skip
        way: Literal["up", "down"] = "down" if self.indicator.direction == "down" else "up"
        found = likelihood(
            paths,
            whole.values,
            self.target.value,
            way,
            steps(whole.origin, self.due),
            self.indicator.decimals,
        )
        far = steps(whole.origin, self.due) > whole.known
        return {
            "probability": found.probability, "ever": found.ever,
            "expected": None if found.expected is None else shift(whole.origin, found.expected),
            "until": shift(whole.origin, paths.shape[1]),
            "needed": found.needed, "seen": found.seen if np.isfinite(found.seen) else None,
            "verdict": word(found.probability, self.limits, far), "far": far, "middle": found.middle,
            "lo_80": found.low80, "hi_80": found.high80, "lo_95": found.low95, "hi_95": found.high95,
        }  # fmt: skip

    def _moved(
        self, row: Mapping[str, Any], expected: Mapping[str, Any] | None, method: str
    ) -> dict[str, Any]:
        foreseen = None
        if (
            expected is not None
            and self.whole is not None
            and self.whole.origin in (expected["periods"] or [])
        ):
            foreseen = expected["mean"][expected["periods"].index(self.whole.origin)]
        last = self.last
        before = last and Stand(
            last["probability"], last["target"], last["origin"] or "", last["value"], last["method"],
            last["version"], last["digest"],
        )  # fmt: skip
        now = Stand(
            row.get("probability"), self.target.value, row.get("origin", ""), row.get("value"), method,
            self.indicator.version, self.digest,
        )  # fmt: skip
        said: Text = moved(before or None, now, foreseen, self.indicator.unit, self.indicator.decimals)
        return {
            "moved_vi": said.vi, "moved_en": said.en, "before": last["probability"] if last else None,
        }  # fmt: skip


def outlooks(
    indicator: Indicator, catalogue: Catalogue, lines: Mapping[str, History], digests: Mapping[str, str],
    told: pl.DataFrame,
) -> list[Aim]:  # fmt: skip
    """Every target of the indicator: of the province, and of the places it names that have values. `digests`
    say by place what its series stands on."""
    before = {(r["place"], r["by"]): r for r in told.iter_rows(named=True)}
    bounds, out = limits(catalogue.verdicts), []
    for place in (catalogue.place, *sorted(set(lines) - {catalogue.place})):
        whole = lines.get(place)
        for target in indicator.targets_of(place, catalogue.place):
            due = due_period(target.by, indicator.period)
            state, refused = _state(indicator, target, whole, due)
            text = repr(
                (
                    digests.get(place, ""), target.value, target.by, indicator.direction, state,
                    bounds if state == "open" else (),
                )
            )  # fmt: skip
            digest = hashlib.sha256(text.encode()).hexdigest()[:24]
            last = before.get((place, target.by.isoformat()))
            out.append(Aim(indicator, target, place, whole, due, state, refused, bounds, digest, last))
    return out


def _state(
    indicator: Indicator, target: Target, whole: History | None, due: str
) -> tuple[State, OutlookError | None]:
    if indicator.direction == "none":
        return "refused", NoWay(indicator=indicator.id)
    if whole is None:
        return "empty", None
    ahead = steps(whole.origin, due)
    if ahead > MOST[indicator.period]:
        return "refused", TooFar(
            by=_day(target.by), steps=ahead, series=indicator.id, most=MOST[indicator.period]
        )
    if ahead > 0:
        return "open", None
    known = dict(zip(whole.periods, whole.values.tolist(), strict=True))
    value = known.get(due)
    if value is None or not np.isfinite(value):
        return "passed", None
    return ("met" if reached(indicator, value, target.value) else "missed"), None


def reached(indicator: Indicator, value: float, target: float) -> bool:
    """Whether a value, as it is shown, is at or beyond the target."""
    slack = 0.5 * 10.0**-indicator.decimals * (1 - 1e-9)
    return value <= target + slack if indicator.direction == "down" else value >= target - slack


def _day(by: date) -> str:
    return by.isoformat()
