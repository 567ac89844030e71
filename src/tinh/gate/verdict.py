"""What the gate says of a delivery."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

Outcome = Literal["accepted", "in part", "refused"]


@dataclass(frozen=True, slots=True)
class Score:
    """A share that keeps its numerator and denominator; `den` 0 means nothing was asked."""

    num: int
    den: int


@dataclass(frozen=True, slots=True)
class Scores:
    """đúng, đủ, sạch, sống."""

    correct: Score
    sufficient: Score
    clean: Score
    alive: Score


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule and how many rows it held."""

    rule: str
    rows: int


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of a rule that looks at the whole delivery."""

    rule: str
    passed: bool
    measured: float | None
    expected: str
    severity: str


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    received: int
    accepted: int
    held: int
    scores: Scores
    reasons: tuple[Reason, ...] = ()
    checks: tuple[Check, ...] = ()
    cleaning: tuple[tuple[str, int], ...] = ()  # (step, values changed)
    notes: tuple[str, ...] = ()  # codes of remarks, e.g. columns nobody declared
    problem: dict[str, Any] | None = None  # a TinhError.as_dict() when nothing could be read
    flags: tuple[Reason, ...] = ()  # what keeps accepted rows from being clean

    def as_dict(self) -> dict[str, Any]:
        """The shape of `load --json`, of `verdict --json` and of the REST verdict."""
        return {
            "verdict": self.outcome,
            "received": self.received,
            "accepted": self.accepted,
            "held": self.held,
            "scores": {
                name: {"num": s.num, "den": s.den}
                for name, s in (
                    ("correct", self.scores.correct),
                    ("sufficient", self.scores.sufficient),
                    ("clean", self.scores.clean),
                    ("alive", self.scores.alive),
                )
            },
            "reasons": [{"rule": r.rule, "rows": r.rows} for r in self.reasons],
            "checks": [
                {
                    "rule": c.rule,
                    "passed": c.passed,
                    "measured": c.measured,
                    "expected": c.expected,
                    "severity": c.severity,
                }
                for c in self.checks
            ],
            "cleaning": [{"step": s, "values": n} for s, n in self.cleaning],
            "flags": [{"rule": r.rule, "rows": r.rows} for r in self.flags],
            "notes": list(self.notes),
            **({"problem": self.problem} if self.problem else {}),
        }


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its rows.

    `accepted`: the contract's columns in their declared types, plus `_row` UInt32, `_at`,
    `_place` String (unit code, null when the dataset has none), `_period` String (see
    kit.periods, null when none), `_key` String (joined key values, null when no key) and
    `_flags` List[String] (ids of clean-score rules the row trips without being held).
    `held`: `_row`, `_at`, `_rules` List[String], `_values` String (JSON of the raw cells seen by
    the failing rules), and every raw cell as String.
    """

    verdict: Verdict
    accepted: pl.DataFrame
    held: pl.DataFrame
    extra: dict[str, Any] = field(default_factory=dict)
