"""The health of a province's data: four scores a dataset and an agency, never a bare percentage."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from tinh.flow.calendar import ANYONE, Extended, Ground, Late, Silence, Windows, hold, window_of
from tinh.flow.deliveries import AHEAD, LAST, Deliveries, deliveries
from tinh.flow.league import Asked, League
from tinh.flow.outages import Down, Outage, outages
from tinh.flow.weighing import scores_of, standings, summary, total
from tinh.gate.api import Scores
from tinh.kit import periods
from tinh.kit.calendar import WorkingCalendar
from tinh.kit.errors import Text
from tinh.lake.api import Lake, quoted
from tinh.packs.api import Catalogue, Dataset


@dataclass(frozen=True, slots=True)
class DatasetStatus:
    dataset: str
    name: Text
    owner: str
    kind: str
    scores: Scores
    receipts: int
    refused: int
    held: int
    newest_period: str | None
    newest_received_at: datetime | None
    age_seconds: float | None
    last_window: str
    next_window: str
    next_due: datetime | None
    late: tuple[Late, ...]
    simulated: bool
    silence: Silence | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "dataset": self.dataset,
            "name": self.name.as_dict(),
            "owner": self.owner,
            "kind": self.kind,
            "scores": shares(self.scores),
            "receipts": self.receipts,
            "refused": self.refused,
            "held": self.held,
            "newest_period": self.newest_period,
            "newest_received_at": _iso(self.newest_received_at),
            "age_seconds": self.age_seconds,
            "last_window": self.last_window,
            "next_window": self.next_window,
            "next_due": _iso(self.next_due),
            "late": [
                {
                    "place": x.place,
                    "window": x.window,
                    "due_at": _iso(x.due_at),
                    "days": x.days,
                    "working_days": x.working_days,
                }
                for x in self.late
            ],
            "late_since": _iso(self.silence.since) if self.silence else None,
            "simulated": self.simulated,
        }


@dataclass(frozen=True, slots=True)
class AgencyStatus:
    agency: str
    name: Text
    scores: Scores
    datasets: tuple[str, ...]
    receipts: int
    late: int  # places and datasets that have not delivered what was owed last

    def as_dict(self) -> dict[str, Any]:
        return {
            "agency": self.agency,
            "name": self.name.as_dict(),
            "scores": shares(self.scores),
            "datasets": list(self.datasets),
            "receipts": self.receipts,
            "late": self.late,
        }


@dataclass(frozen=True, slots=True)
class Status:
    """`waiting`: deliveries acknowledged and not finished yet."""

    at: datetime
    version: int
    receipts: int
    waiting: int
    scores: Scores
    datasets: tuple[DatasetStatus, ...]
    agencies: tuple[AgencyStatus, ...]
    outages: tuple[Outage, ...] = ()

    def dataset(self, dataset_id: str) -> DatasetStatus:
        return next(d for d in self.datasets if d.dataset == dataset_id)

    def within(self, datasets: Collection[str] | None) -> Status:
        """The status of some datasets alone, with the agencies that own them; None: of all."""
        if datasets is None:
            return self
        mine = tuple(d for d in self.datasets if d.dataset in datasets)
        agencies = tuple(
            a if set(a.datasets) == {d.dataset for d in owned} else _agency(a.agency, a.name, owned)
            for a in self.agencies
            if (owned := [d for d in mine if d.owner == a.agency])
        )
        return replace(
            self, receipts=sum(d.receipts for d in mine), scores=total(d.scores for d in mine),
            datasets=mine, agencies=agencies,
            outages=tuple(o for o in self.outages if o.dataset in datasets),
        )  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        return {
            "at": _iso(self.at),
            "version": self.version,
            "receipts": self.receipts,
            "waiting": self.waiting,
            "scores": shares(self.scores),
            "datasets": [d.as_dict() for d in self.datasets],
            "agencies": [a.as_dict() for a in self.agencies],
            "outages": [o.as_dict() for o in self.outages],
        }


@dataclass(slots=True)
class _Learnt:
    presence: dict[str, tuple[int, pl.DataFrame]] = field(default_factory=dict)
    newest: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    ledger: tuple[int, dict[str, dict[str, Any]]] | None = None
    communes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    windows: dict[str, Windows] = field(default_factory=dict)


class StatusBoard:
    """Reads the status; what the lake said is kept until the lake changes."""

    def __init__(
        self, catalogue: Catalogue, lake: Lake, gazetteer: Any, extended: Extended = lambda _dataset: {}
    ) -> None:
        self._catalogue = catalogue
        self._lake = lake
        self._gazetteer = gazetteer
        self._learnt = _Learnt()
        self._lock = threading.Lock()
        working = WorkingCalendar(extra=catalogue.calendar)
        self._extended = extended
        counts = catalogue.reminders.extended == "on time"
        self.ground = Ground(
            catalogue.timezone,
            self._communes,
            self._ended,
            working,
            extended if counts else lambda _dataset: {},
        )

    def read(self, now: datetime, waiting: int, down: Mapping[str, Down] | None = None) -> Status:
        """`down`: datasets whose feed cannot be reached."""
        with self._lock:
            ledger = self._ledger(now)
            datasets = tuple(
                self._dataset(d, ledger.get(d.id), now) for d in self._catalogue.datasets.values()
            )
            return Status(
                at=now,
                version=self._lake.version(),
                receipts=sum(d.receipts for d in datasets),
                waiting=waiting,
                scores=total(d.scores for d in datasets),
                datasets=datasets,
                agencies=tuple(self._agencies(datasets)),
                outages=outages(self._catalogue, datasets, down),
            )

    def of(self, dataset_id: str, now: datetime) -> DatasetStatus:
        """One dataset alone."""
        with self._lock:
            return self._dataset(self._catalogue.datasets[dataset_id], self._ledger(now).get(dataset_id), now)

    def due(self, dataset_id: str, window: str) -> datetime:
        """The deadline of a window by its contract, before any extension."""
        return Windows(self._catalogue.datasets[dataset_id], window, self.ground).declared(window)

    def deliveries(self, dataset_id: str, now: datetime, last: int = LAST, ahead: int = AHEAD) -> Deliveries:
        """The calendar of deliveries of one dataset around `now`."""
        dataset = self._catalogue.datasets[dataset_id]
        window = window_of(dataset)
        with self._lock:
            presence = self._presence(dataset)
            more = self._extended(dataset_id)
            made = deliveries(
                dataset, presence, {}, now, self.ground, last, ahead, self._learnt.windows, more
            )
            if window is None or dataset.period is None or not any(span.came for span in made.spans):
                return made
            since = periods.of(periods.start(made.spans[0].window), dataset.period.every)
            rows = self._lake.first_receipts(dataset, window, since)
            receipts: dict[tuple[str, str], str] = {}
            for place, name, receipt in rows.iter_rows():
                receipts[place or ANYONE, name] = receipt
                receipts.setdefault((ANYONE, name), receipt)
            return deliveries(
                dataset, presence, receipts, now, self.ground, last, ahead, self._learnt.windows, more
            )

    def league(self, months: int, now: datetime) -> League:
        """The agencies over the last `months`, beside the span of the same length before."""
        with self._lock:
            ledger, found = standings(self._lake), self._catalogue
            asked = Asked(months, now, self.ground, self._learnt.windows)
            tallies = [t for d in found.datasets.values() for t in asked.of(d, self._presence(d), ledger)]
            return asked.league(found.agencies.values(), tallies)

    def _dataset(self, dataset: Dataset, seen: dict[str, Any] | None, now: datetime) -> DatasetStatus:
        presence = self._presence(dataset)
        kept = hold(dataset, presence, now, self.ground, self._learnt.windows)
        seen = seen or {}
        newest = seen.get("newest")
        return DatasetStatus(
            dataset=dataset.id,
            name=dataset.name,
            owner=dataset.owner,
            kind=dataset.kind,
            scores=scores_of(dataset, kept, seen),
            receipts=seen.get("receipts", 0),
            refused=seen.get("refused", 0),
            held=seen.get("held", 0),
            newest_period=self._newest(dataset, seen.get("newest_period")),
            newest_received_at=newest,
            age_seconds=(now - newest).total_seconds() if newest else None,
            last_window=kept.last_window,
            next_window=kept.next_window,
            next_due=kept.next_due,
            late=kept.late,
            simulated=bool(seen.get("simulated")),
            silence=kept.silence,
        )

    def _agencies(self, datasets: Iterable[DatasetStatus]) -> Iterable[AgencyStatus]:
        owned: dict[str, list[DatasetStatus]] = {}
        for status in datasets:
            owned.setdefault(status.owner, []).append(status)
        for agency in self._catalogue.agencies.values():
            yield _agency(agency.id, agency.name, owned.get(agency.id, []))

    def _presence(self, dataset: Dataset) -> pl.DataFrame:
        window = window_of(dataset)
        version = self._lake.data_version(dataset)
        known = self._learnt.presence.get(dataset.id)
        if known is None or known[0] != version:
            known = (version, self._lake.presence(dataset, window) if window else pl.DataFrame())
            self._learnt.presence[dataset.id] = known
        return known[1]

    def _newest(self, dataset: Dataset, told: str | None) -> str | None:
        """The newest period; in a stream of which receipts were recalled, others may have brought it too."""
        if dataset.kind != "stream" or not self._lake.recalls.of(dataset.id).ever:
            return told
        version = self._lake.data_version(dataset)
        known = self._learnt.newest.get(dataset.id)
        if known is None or known[0] != version:
            sql = f"SELECT max(_period) AS newest FROM {quoted(dataset.id)}"
            known = (version, self._lake.query(sql, {dataset.id: dataset}).item())
            self._learnt.newest[dataset.id] = known
        return known[1]

    def _ledger(self, now: datetime) -> dict[str, dict[str, Any]]:
        version = self._lake.version()
        known = self._learnt.ledger
        if known is None or known[0] != version:
            known = (version, summary(standings(self._lake), now))
            self._learnt.ledger = known
        return known[1]

    def _ended(self, place: str) -> date | None:
        """The day from which nothing bears this code any more."""
        ends = [unit.valid_to for unit in self._gazetteer.versions(place)]
        return max(day for day in ends if day) if ends and all(ends) else None

    def _communes(self, period: str) -> tuple[str, ...]:
        last = periods.end(period) - timedelta(days=1)
        day = max(last, periods.start(period)).date()
        key = day.isoformat()
        if key not in self._learnt.communes:
            units = self._gazetteer.communes(self._catalogue.place, day)
            self._learnt.communes[key] = tuple(u if isinstance(u, str) else u.code for u in units)
        return self._learnt.communes[key]


def _agency(id: str, name: Text, owned: Sequence[DatasetStatus]) -> AgencyStatus:
    return AgencyStatus(
        agency=id,
        name=name,
        scores=total(d.scores for d in owned),
        datasets=tuple(d.dataset for d in owned),
        receipts=sum(d.receipts for d in owned),
        late=sum(len(d.late) for d in owned),
    )


def shares(scores: Scores) -> dict[str, dict[str, int]]:
    return {
        name: {"num": score.num, "den": score.den}
        for name, score in (
            ("correct", scores.correct),
            ("sufficient", scores.sufficient),
            ("clean", scores.clean),
            ("alive", scores.alive),
        )
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
