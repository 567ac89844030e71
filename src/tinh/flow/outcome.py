"""What became of a delivery, in the shape every door prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tinh.gate.api import Check, Reason, Score, Scores, Verdict
from tinh.sources.api import Receipt


@dataclass(frozen=True, slots=True)
class Outcome:
    """A receipt with its verdict; `repeated` when the same bytes had been finished before."""

    receipt: Receipt
    verdict: Verdict
    repeated: bool

    def as_dict(self) -> dict[str, Any]:
        """The object of `load --json`."""
        fields = self.receipt.as_dict()
        return {
            "receipt": fields.pop("id"),
            **fields,
            **self.verdict.as_dict(),
            "repeated": self.repeated,
        }


def verdict_of(stored: Mapping[str, Any]) -> Verdict:
    """A verdict from the dictionary it was kept as."""
    scores = {name: Score(s["num"], s["den"]) for name, s in stored["scores"].items()}
    return Verdict(
        outcome=stored["verdict"],
        received=stored["received"],
        accepted=stored["accepted"],
        held=stored["held"],
        scores=Scores(**scores),
        reasons=tuple(Reason(r["rule"], r["rows"]) for r in stored.get("reasons", ())),
        checks=tuple(Check(**c) for c in stored.get("checks", ())),
        cleaning=tuple((c["step"], c["values"]) for c in stored.get("cleaning", ())),
        notes=tuple(stored.get("notes", ())),
        problem=stored.get("problem"),
        flags=tuple(Reason(r["rule"], r["rows"]) for r in stored.get("flags", ())),
    )
