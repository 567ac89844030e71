"""The corridor of a province: a delivery in, judged rows and fresh values out.

Bytes and an intent are made durable first; from then on every step may be repeated, by this
process or by another one after a crash, and ends the same.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
import structlog

from tinh.flow import recalls
from tinh.flow.errors import RawLost, Stumbled, UnknownDataset
from tinh.flow.extensions import Extensions
from tinh.flow.feeds import down
from tinh.flow.groups import groups
from tinh.flow.home import Home
from tinh.flow.intents import Intent, Intents, Way
from tinh.flow.journal import Journal, Run
from tinh.flow.judging import entry_of
from tinh.flow.known import Group, Knowledge
from tinh.flow.layouts import learnt_since
from tinh.flow.mending import Mending
from tinh.flow.outcome import Outcome, verdict_of
from tinh.flow.recompute import News, Values
from tinh.flow.status import Status, StatusBoard
from tinh.flow.waiting import WaitingRoom
from tinh.flow.watching import alerts_over, watched
from tinh.gate.api import refusal
from tinh.kit.clock import Clock, SystemClock
from tinh.kit.errors import TinhError
from tinh.lake.api import Entry, Lake
from tinh.packs.api import Catalogue, Dataset, learned
from tinh.places.api import gazetteer
from tinh.sources.api import Channel, RawStore, Receipt
from tinh.watch.api import Alert

log = structlog.get_logger()
_TICK = timedelta(microseconds=1)
_SLIP = timedelta(minutes=10)  # a clock set back by no more than this does not reorder receipts

Source = Path | BinaryIO | bytes | Iterable[bytes]


class Corridor:
    """One province's corridor. Safe between threads; any number of processes may have one."""

    def __init__(self, catalogue: Catalogue, home: Home, clock: Clock | None = None) -> None:
        self.catalogue = catalogue
        self.home = home
        self.clock = clock or SystemClock()
        self.lake = Lake(home.lake, self.clock)
        self.journal = Journal(home.journal)
        self.raw = RawStore(home.raw)
        self.gazetteer: Any = gazetteer(catalogue.units)
        self.layouts = learned(home.root, catalogue.layouts)
        self._intents = Intents(home.intents)
        self._knowledge = Knowledge(catalogue, self.lake, self.gazetteer)
        self.values = Values(catalogue, self.lake, self.gazetteer)
        self.extensions = Extensions(home.root, self.clock, catalogue.timezone)
        self.board = StatusBoard(catalogue, self.lake, self.gazetteer, self.extensions.of)
        self.mending = Mending(
            catalogue, self.lake, self.raw, self._intents, self._knowledge, self.values, self.journal,
            self.moment, home.intents / "turns",
        )  # fmt: skip
        self._stuck: set[str] = set()
        self._moments = threading.Lock()
        self._last = self.clock.now() - _SLIP - _TICK
        home.make()
        self.recover()

    # ── in ──────────────────────────────────────────────────────────────────────────

    def load(
        self,
        path: Source,
        dataset_id: str,
        sender: str = "",
        channel: Channel = "file",
        filename: str | None = None,
        simulated: bool = False,
    ) -> Outcome:
        """Take a delivery all the way; the same bytes again give the first verdict back."""
        dataset = self._dataset(dataset_id)
        with self.journal.run("load", self.clock.now()) as run:
            with run.step("receive"):
                receipt, intent = self._receive(path, dataset, sender, channel, filename, simulated, "load")
            if intent is None:
                run.facts = {"dataset": dataset.id, "receipts": [receipt.id], "repeated": True}
                return self._stored(receipt.id, repeated=True)
            fresh = self._finish(run, dataset, [intent], strict=True)
        return self._stored(receipt.id, repeated=receipt.id not in fresh)

    def accept(
        self,
        source: Source,
        dataset_id: str,
        sender: str = "",
        channel: Channel = "push",
        filename: str | None = None,
        simulated: bool = False,
        received_at: datetime | None = None,
    ) -> Receipt:
        """Acknowledge a delivery as soon as it would survive a crash; `drain` finishes it.

        `received_at` is for simulations, which say when an agency would have sent; now otherwise.
        """
        dataset = self._dataset(dataset_id)
        receipt, _ = self._receive(source, dataset, sender, channel, filename, simulated, "push", received_at)
        return receipt

    def drain(self, wait: bool = True) -> int:
        """Judge and commit what was accepted, in groups; says how many deliveries were finished."""
        return self._drain(wait, pushes=True)

    def _drain(self, wait: bool, pushes: bool) -> int:
        finished = 0
        with self._intents.draining(wait) as mine:
            while mine:
                waiting = [i for i in self._intents.workable(pushes) if i.receipt.id not in self._stuck]
                if not waiting:
                    break
                for dataset_id, group in groups(waiting):
                    dataset = self.catalogue.datasets.get(dataset_id)
                    if dataset is None:  # a dataset of a pack that is not in use now
                        self._stuck.update(i.receipt.id for i in group)
                        continue
                    finished += self._finish_group(dataset, group)
        return finished

    def recover(self) -> int:
        """Finish what processes that are gone left behind, or withdraw it when its bytes are lost."""
        self._stuck.clear()
        self.raw.sweep()
        self.lake.sweep()
        try:
            finished = recalls.recover(self)
            if not self._intents.count():
                return finished
            self._intents.tidy()
            return finished + self._drain(wait=False, pushes=False)
        except TinhError as error:
            log.warning("flow.recovery_postponed", code=error.code, detail=str(error))
            return 0

    def waiting(self) -> int:
        """Deliveries that are acknowledged and not finished."""
        return self._intents.count()

    def recompute(self, indicator_ids: Iterable[str] | None = None) -> int:
        """Compute indicators from all rows; says how many values were written."""
        with self.journal.run("recompute", self.clock.now()) as run:
            with run.step("compute"):
                written = self.values.anew(indicator_ids, run.id, self.clock.now())
            run.facts = {"values": written}
        return written

    def upkeep(self, days: int = 400) -> dict[str, Any]:
        """Gather small files and drop what is past its retention."""
        with self.journal.run("upkeep", self.clock.now()) as run:
            with run.step("compact"):
                gathered = self.lake.compact()
            with run.step("retain"):
                dropped = self.lake.retain(days)
                WaitingRoom(self.home).sweep()
            run.facts = {"gathered": gathered, "dropped": dropped}
        return run.facts

    def close(self) -> None:
        """Leave what is unfinished to others."""
        self._intents.leave()

    # ── out ─────────────────────────────────────────────────────────────────────────

    def version(self) -> int:
        """Grows whenever a receipt is committed, by whichever process."""
        return self.lake.version()

    def status(self) -> Status:
        """The four scores of each dataset and agency over the calendar, and who is late."""
        return self.board.read(self.clock.now(), self._intents.count(), down(self))

    def alerts(self, values: pl.DataFrame | None = None) -> tuple[Alert, ...]:
        """Every alert rule that is not at rest, over the current values or over those given."""
        wanted = watched(self.catalogue)
        if not wanted:
            return ()
        values = self.lake.values(wanted) if values is None else values
        return alerts_over(self.catalogue, values, self.gazetteer, self.clock.now())

    # ── the steps ───────────────────────────────────────────────────────────────────

    def _dataset(self, dataset_id: str) -> Dataset:
        try:
            return self.catalogue.datasets[dataset_id]
        except KeyError:
            known = ", ".join(sorted(self.catalogue.datasets))
            raise UnknownDataset(dataset=dataset_id, known=known) from None

    def _receive(
        self,
        source: Source,
        dataset: Dataset,
        sender: str,
        channel: Channel,
        filename: str | None,
        simulated: bool,
        way: Way,
        received_at: datetime | None = None,
    ) -> tuple[Receipt, Intent | None]:
        """The receipt and its open intent; no intent when the delivery is finished already."""
        if filename is None:
            filename = source.name if isinstance(source, Path) else ""
        stored = self.raw.put(source)
        receipt_id = Receipt.id_for(dataset.id, stored.digest)
        known = self.lake.receipt(receipt_id) if self.lake.has(receipt_id) else None
        while known is not None and (learnt := learnt_since(known, self.layouts.of(dataset))):
            receipt_id = Receipt.id_for(dataset.id, f"{stored.digest}:{learnt}")
            known = self.lake.receipt(receipt_id) if self.lake.has(receipt_id) else None
        if known is not None:
            recalls.refuse(self.lake, receipt_id)
            return known.receipt, None
        receipt = Receipt(
            id=receipt_id,
            dataset=dataset.id,
            digest=stored.digest,
            size=stored.size,
            filename=filename,
            channel=channel,
            sender=sender,
            received_at=received_at or self.moment(),
            simulated=simulated,
        )
        intent = self._intents.open(receipt, way)
        return intent.receipt, intent

    def moment(self) -> datetime:
        """The present moment, later than every receipt before it even if the clock slipped back."""
        with self._moments:
            now = self.clock.now()
            for last in (self._last, self.lake.last_received()):
                if last is not None and now <= last < now + _SLIP:
                    now = last + _TICK
            self._last = now
            return now

    def _finish_group(self, dataset: Dataset, group: list[Intent]) -> int:
        """Finish a group; one that fails in an unforeseen way is set aside until the next start."""
        try:
            answers = [i for i in group if i.receipt.answers]
            for intent in answers:
                with self.journal.run("mend", self.clock.now()) as run:
                    self.mending.finish(intent, run)
            others = [i for i in group if not i.receipt.answers]
            if others:
                with self.journal.run("drain", self.clock.now()) as run:
                    self._finish(run, dataset, others, strict=False)
        except TinhError as error:
            if error.retry:
                raise
            self._set_aside(group, error)
            return 0
        except Exception as error:
            self._set_aside(group, error)
            return 0
        return len(group)

    def _set_aside(self, group: list[Intent], error: Exception) -> None:
        self._stuck.update(i.receipt.id for i in group)
        log.error("flow.set_aside", receipts=[i.receipt.id for i in group][:20], exc_info=error)

    def _commit(self, entries: list[Entry]) -> tuple[list[Entry], list[bool]]:
        """Commit a group; a delivery the lake cannot take is refused with the lake's reason."""
        try:
            return entries, self.lake.commit(entries)
        except TinhError as error:
            if error.retry:
                raise
            if len(entries) == 1:
                refused = replace(entries[0], judgement=refusal(entries[0].receipt, error), draft=None)
                return [refused], self.lake.commit([refused])
        taken, fresh = [], []
        for entry in entries:
            one, first = self._commit([entry])
            taken += one
            fresh += first
        return taken, fresh

    def _tidy(self, dataset: Dataset) -> None:
        try:
            self.lake.tidy(dataset)
        except Exception:
            log.exception("flow.tidy_postponed", dataset=dataset.id)

    def _finish(self, run: Run, dataset: Dataset, intents: Sequence[Intent], strict: bool) -> set[str]:
        """Judge, commit, recompute, forget the intents; the receipts this run committed first."""
        entries: list[Entry] = []
        lost: list[Intent] = []
        group = Group([i.receipt.id for i in intents])
        told = self.lake.recalls.version()
        for intent in intents:
            try:
                judged = self.judge(run, dataset, intent, group)
            except Exception as error:
                if isinstance(error, TinhError) and error.retry:
                    raise
                self._stumble(run, intent, error, strict)
                continue
            if judged is None:
                lost.append(intent)
            else:
                entries.append(judged)
        drafts = [entry.draft for entry in entries if entry.draft is not None]
        try:
            with run.step("commit"):
                entries, fresh = self._commit(entries)
        finally:
            for draft in drafts:
                draft.discard()
        new = {entry.receipt.id for entry, first in zip(entries, fresh, strict=True) if first}
        news = News(dataset)
        for entry in entries:
            if entry.receipt.id in new:
                news.add(entry.judgement.accepted)
            else:
                news.add(self.lake.touched(dataset, entry.receipt))
        if self.lake.recalls.version() != told:
            recalls.catch_up(self, run, dataset, [e.receipt.id for e in entries], news)
        with run.step("compute"), self.lake.frugal(bool(drafts)):
            written, failed = self.values.after([news], run.id, self.clock.now())
        for intent in lost:
            self.lake.withdraw(intent.receipt)
        self._intents.close([*(e.receipt.id for e in entries), *(i.receipt.id for i in lost)])
        run.facts = {
            "dataset": dataset.id,
            **run.facts,
            "receipts": [entry.receipt.id for entry in entries][:100],
            "count": len(entries),
            "withdrawn": [i.receipt.id for i in lost],
            "received": sum(entry.judgement.verdict.received for entry in entries),
            "accepted": sum(entry.judgement.verdict.accepted for entry in entries),
            "held": sum(entry.judgement.verdict.held for entry in entries),
            "values": written,
            **({"failed_indicators": failed} if failed else {}),
        }
        if strict and lost:
            raise RawLost(receipt=lost[0].receipt.id, digest=lost[0].receipt.digest)
        with run.step("tidy"):
            self._tidy(dataset)
        return new

    def judge(self, run: Run, dataset: Dataset, intent: Intent, group: Group) -> Entry | None:
        """What the gate makes of a delivery; None when its bytes are lost."""
        path = self.raw.path(intent.receipt.digest)
        if not path.is_file():
            return None
        layouts = self.layouts.of(dataset)
        return entry_of(run, path, dataset, intent.receipt, self.lake, self._knowledge, group, layouts)

    def _stumble(self, run: Run, intent: Intent, error: Exception, strict: bool) -> None:
        self._stuck.add(intent.receipt.id)
        log.exception("flow.stumbled", run=run.id, receipt=intent.receipt.id)
        run.facts = {**run.facts, "stuck": [*run.facts.get("stuck", []), intent.receipt.id]}
        if strict:
            if isinstance(error, TinhError):
                raise error
            step = next(reversed(run.steps), "")
            raise Stumbled(receipt=intent.receipt.id, step=step, reason=_said(error)) from error

    def _stored(self, receipt_id: str, repeated: bool) -> Outcome:
        stored = self.lake.receipt(receipt_id)
        assert stored is not None
        return Outcome(stored.receipt, verdict_of(stored.verdict or {}), repeated)


def _said(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
