"""The health of a province's data: four scores a dataset and an agency, never a bare percentage."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from tinh.flow.calendar import ANYONE, Ground, Kept, Late, Silence, Windows, hold, window_of
from tinh.flow.deliveries import AHEAD, LAST, Deliveries, deliveries
from tinh.flow.outages import Down, Outage, outages
from tinh.gate.api import Score, Scores
from tinh.kit import periods
from tinh.kit.calendar import WorkingCalendar
from tinh.kit.errors import Text
from tinh.lake.api import DELTAS, Lake, quoted, tally
from tinh.packs.api import Catalogue, Dataset

_NOTHING = Score(0, 0)
_RECENT = timedelta(days=365)  # receipts older than this no longer weigh in đúng and sạch


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

    def __init__(self, catalogue: Catalogue, lake: Lake, gazetteer: Any) -> None:
        self._catalogue = catalogue
        self._lake = lake
        self._gazetteer = gazetteer
        self._learnt = _Learnt()
        self._lock = threading.Lock()
        working = WorkingCalendar(extra=catalogue.calendar)
        self._ground = Ground(catalogue.timezone, self._communes, self._ended, working)

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

    def deliveries(self, dataset_id: str, now: datetime, last: int = LAST, ahead: int = AHEAD) -> Deliveries:
        """The calendar of deliveries of one dataset around `now`."""
        dataset = self._catalogue.datasets[dataset_id]
        window = window_of(dataset)
        with self._lock:
            presence = self._presence(dataset)
            made = deliveries(dataset, presence, {}, now, self._ground, last, ahead, self._learnt.windows)
            if window is None or dataset.period is None or not any(span.came for span in made.spans):
                return made
            since = periods.of(periods.start(made.spans[0].window), dataset.period.every)
            rows = self._lake.first_receipts(dataset, window, since)
            receipts: dict[tuple[str, str], str] = {}
            for place, name, receipt in rows.iter_rows():
                receipts[place or ANYONE, name] = receipt
                receipts.setdefault((ANYONE, name), receipt)
            return deliveries(
                dataset, presence, receipts, now, self._ground, last, ahead, self._learnt.windows
            )

    def _dataset(self, dataset: Dataset, seen: dict[str, Any] | None, now: datetime) -> DatasetStatus:
        presence = self._presence(dataset)
        kept = hold(dataset, presence, now, self._ground, self._learnt.windows)
        seen = seen or {}
        newest = seen.get("newest")
        return DatasetStatus(
            dataset=dataset.id,
            name=dataset.name,
            owner=dataset.owner,
            kind=dataset.kind,
            scores=Scores(
                correct=_score(seen, "correct"),
                sufficient=_sufficient(dataset, kept, seen),
                clean=_score(seen, "clean"),
                alive=Score(kept.on_time, kept.due),
            ),
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
            known = (version, _summary(standings(self._lake), now))
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


def total(scores: Iterable[Scores]) -> Scores:
    """Scores added up, numerators and denominators apart."""
    listed = list(scores)

    def add(name: str) -> Score:
        parts = [getattr(s, name) for s in listed]
        return Score(sum(p.num for p in parts), sum(p.den for p in parts))

    return Scores(add("correct"), add("sufficient"), add("clean"), add("alive"))


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


def standings(lake: Lake) -> pl.DataFrame:
    """The ledger with each receipt's counts as they stand now. A delivery that answers another
    is not counted by itself: what it brought counts for the receipt it answers. Receipts that are
    recalled do not count, nor what they brought to others."""
    ledger, happened, out = lake.ledger(), lake.event_rows(), sorted(lake.recalls.all())
    if out:
        ledger = ledger.filter(~pl.col("id").is_in(out))
        happened = happened.filter(~pl.col("other").fill_null("").is_in(out))
    ledger = ledger.filter(pl.col("answers").fill_null("") == "")
    if happened.is_empty():
        return ledger
    joined = ledger.join(tally(happened), left_on="id", right_on="receipt", how="left", maintain_order="left")
    moved = (*DELTAS, "d_sufficient_num")
    return joined.with_columns(
        (pl.col(d.removeprefix("d_")) + pl.col(d).fill_null(0)).alias(d.removeprefix("d_")) for d in moved
    ).drop(moved)


def _summary(ledger: pl.DataFrame, now: datetime) -> dict[str, dict[str, Any]]:
    """Per dataset; đúng and sạch weigh the newest receipt of each sender and file name."""
    counts = ledger.group_by("dataset").agg(
        pl.len().alias("receipts"),
        (pl.col("outcome") == "refused").sum().alias("refused"),
        pl.col("received_at").max().alias("newest"),
        pl.col("last_period").max().alias("newest_period"),
        pl.col("simulated").any().alias("simulated"),
    )
    recent = ledger.filter(
        (pl.col("received_at") > now.astimezone(UTC) - _RECENT)
        | (pl.col("received_at") == pl.col("received_at").max().over("dataset"))
    )
    named = pl.when(pl.col("filename") == "").then(pl.col("id")).otherwise(pl.col("filename"))
    standing = recent.with_columns(named.alias("named")).unique(
        ["dataset", "sender", "named"], keep="first", maintain_order=True
    )
    sums = standing.group_by("dataset").agg(
        pl.col("held").sum(),
        *(
            pl.col(f"{s}_{p}").sum()
            for s in ("correct", "sufficient", "clean", "alive")
            for p in ("num", "den")
        ),
    )
    joined = counts.join(sums, on="dataset", how="left")
    return {row["dataset"]: row for row in joined.iter_rows(named=True)}


def _score(seen: dict[str, Any], name: str) -> Score:
    return Score(int(seen.get(f"{name}_num") or 0), int(seen.get(f"{name}_den") or 0))


def _sufficient(dataset: Dataset, kept: Kept, seen: dict[str, Any]) -> Score:
    if dataset.period is None:
        return _score(seen, "sufficient")
    return Score(kept.present, kept.owed) if kept.owed else _NOTHING


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
