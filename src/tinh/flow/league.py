"""The league of agencies: what each owed and brought over a span, beside the span before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

import polars as pl

from tinh.flow.calendar import Ground, Kept, Windows, reckon, weigh
from tinh.flow.weighing import scores_of, summary, total
from tinh.gate.api import Score, Scores
from tinh.kit.errors import Text
from tinh.packs.api import Agency, Dataset

By = Literal["alive", "correct", "sufficient", "clean"]
SCORES: tuple[By, ...] = get_args(By)
MONTHS = (1, 3, 6, 12)


@dataclass(frozen=True, slots=True)
class Tally:
    """One dataset in one span: `late` came after its deadline, `missing` did not come, `held` rows wait."""

    dataset: str
    owner: str
    now: bool  # of the span asked for; else of the one before
    scores: Scores
    late: int
    missing: int
    held: int
    receipts: int


@dataclass(frozen=True, slots=True)
class Place:
    """An agency in the league."""

    agency: str
    name: Text
    datasets: tuple[str, ...]
    scores: Scores
    before: Scores
    late: int
    missing: int
    held: int
    receipts: int

    def score(self, by: By) -> Score:
        return _of(self.scores, by)

    def change(self, by: By) -> float | None:
        """By how many percentage points the share has moved; None where either span has none."""
        a, b = _of(self.scores, by), _of(self.before, by)
        return 100 * (a.num / a.den - b.num / b.den) if a.den and b.den else None


@dataclass(frozen=True, slots=True)
class League:
    since: datetime
    until: datetime
    months: int
    places: tuple[Place, ...]

    def ranked(self, by: By) -> list[tuple[int, Place]]:
        """Who has this score, the best share first; equals share a rank, in the order of their names."""
        scored = [one for one in self.places if one.score(by).den]
        scored.sort(key=lambda one: (-_share(one.score(by)), one.name.vi))
        return [(1 + sum(_share(o.score(by)) > _share(one.score(by)) for o in scored), one) for one in scored]

    def apart(self, by: By) -> list[Place]:
        """Who has nothing that this score could be taken of."""
        return [one for one in self.places if not one.score(by).den]

    def as_dict(self, by: By = "alive") -> dict[str, Any]:
        ranks = {one.agency: rank for rank, one in self.ranked(by)}
        listed = [one for _, one in self.ranked(by)] + self.apart(by)
        return {
            "since": self.since.isoformat(), "until": self.until.isoformat(), "months": self.months, "by": by,
            "agencies": [
                {
                    "agency": one.agency, "name": one.name.as_dict(), "rank": ranks.get(one.agency),
                    "scores": {s: _parts(one.score(s)) for s in SCORES},
                    "before": {s: _parts(_of(one.before, s)) for s in SCORES},
                    "on_time": one.scores.alive.num, "owed": one.scores.alive.den, "late": one.late,
                    "missing": one.missing, "held": one.held, "receipts": one.receipts,
                    "datasets": list(one.datasets),
                }
                for one in listed
            ],
        }  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A span of months that ends now."""

    months: int
    now: datetime
    ground: Ground
    remembered: dict[str, Windows] = field(default_factory=dict)

    @property
    def since(self) -> datetime:
        return self.back(self.months)

    def back(self, months: int) -> datetime:
        """So many months ago, at the same hour; the last day of a month that is shorter."""
        local = self.now.astimezone(self.ground.zone)
        month = local.year * 12 + local.month - 1 - months
        first = local.replace(year=month // 12, month=month % 12 + 1, day=1)
        last = ((first + timedelta(days=31)).replace(day=1) - timedelta(days=1)).day
        return first.replace(day=min(local.day, last)).astimezone(UTC)

    def of(self, dataset: Dataset, presence: pl.DataFrame, ledger: pl.DataFrame) -> list[Tally]:
        """The span and the one before. What a later delivery made good stays late."""
        found = (
            reckon(dataset, presence, self.now, self.ground, self.remembered)
            if len(presence.columns)
            else None
        )
        spans = ((True, self.since, self.now), (False, self.back(2 * self.months), self.since))
        return [self._tally(dataset, found.owed if found else None, ledger, *span) for span in spans]

    def _tally(
        self, dataset: Dataset, owed: pl.DataFrame | None, ledger: pl.DataFrame, mine: bool,
        since: datetime, until: datetime,
    ) -> Tally:  # fmt: skip
        inside = ledger.filter(
            (pl.col("dataset") == dataset.id)
            & (pl.col("received_at") > since)
            & (pl.col("received_at") <= until)
        )
        seen = summary(inside, until).get(dataset.id, {})
        kept, late, missing = Kept(), 0, 0
        if owed is not None:
            span = owed.filter((pl.col("due") > since) & (pl.col("due") <= until))
            kept = weigh(span)
            missing = span.get_column("first_received").null_count()
            late = kept.due - kept.on_time - missing
        scores = scores_of(dataset, kept, seen)
        return Tally(
            dataset.id, dataset.owner, mine, scores, late, missing, int(seen.get("held") or 0),
            int(seen.get("receipts") or 0),
        )  # fmt: skip

    def league(self, agencies: Iterable[Agency], tallies: Sequence[Tally]) -> League:
        places = []
        for agency in agencies:
            mine = [t for t in tallies if t.owner == agency.id and t.now]
            if not mine:
                continue  # owns nothing
            before = [t.scores for t in tallies if t.owner == agency.id and not t.now]
            places.append(
                Place(
                    agency.id, agency.name, tuple(t.dataset for t in mine), total(t.scores for t in mine),
                    total(before), sum(t.late for t in mine), sum(t.missing for t in mine),
                    sum(t.held for t in mine), sum(t.receipts for t in mine),
                )
            )  # fmt: skip
        return League(self.since, self.now, self.months, tuple(places))


def _of(scores: Scores, by: By) -> Score:
    found: Score = getattr(scores, by)
    return found


def _share(score: Score) -> float:
    return score.num / score.den


def _parts(score: Score) -> dict[str, int]:
    return {"num": score.num, "den": score.den}
