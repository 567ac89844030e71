"""Held rows on their way into the lake: answers, releases and accepted proposals.

Each is a delivery of its own that names the receipt it answers. One at a time may answer a
receipt; the rows it brings, its receipt and the event that moves the scores follow each other
in this order, and recovery goes through the same steps again.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from tinh.flow.answers import brought, of_rows
from tinh.flow.errors import RawLost
from tinh.flow.held import Left, left_of, something, still_held
from tinh.flow.intents import Intent, Intents
from tinh.flow.journal import Journal, Run
from tinh.flow.known import Group, Knowledge
from tinh.flow.lines import spelt
from tinh.flow.mending_errors import NewerBears, NotHeld, NotReadable, ReasonNeeded
from tinh.flow.outcome import Outcome, verdict_of
from tinh.flow.proposals import Proposal, cells_of, chosen_of, offered
from tinh.flow.reasons import reasons
from tinh.flow.recalls import refuse
from tinh.flow.recompute import News, Values
from tinh.flow.rivals import Rivals
from tinh.gate.api import DUPLICATE, OTHERS, REFUSED, Judgement, Known, judge, refusal
from tinh.kit.errors import TinhError
from tinh.lake.api import Entry, Event, Lake, Standing, StoredReceipt, standing
from tinh.packs.api import Catalogue, Dataset
from tinh.sources.api import ROW, Channel, RawStore, Receipt, Table, clean

_KINDS: Mapping[str, Any] = {"release": "released", "proposals": "proposed_accepted"}
_NOT_WRONG = frozenset({DUPLICATE, REFUSED})  # reasons for which a held row counts as correct


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of an answer: its own outcome, and the standing of the receipt it answers."""

    outcome: Outcome
    original: StoredReceipt
    rows: tuple[int, ...]  # that entered the lake
    before: Standing
    after: Standing

    def as_dict(self) -> dict[str, Any]:
        return {
            **self.outcome.as_dict(),
            "mended": list(self.rows),
            "standing": {"before": self.before.as_dict(), "after": self.after.as_dict()},
        }


@dataclass(frozen=True, slots=True)
class Step:
    """An event in a receipt's history, and what it changed."""

    event: Event
    before: Standing
    after: Standing

    def as_dict(self) -> dict[str, Any]:
        return {
            **self.event.as_dict(),
            "standing": {"before": self.before.as_dict(), "after": self.after.as_dict()},
        }


class Mending:
    """The mending of one province's held rows. Safe between threads and processes."""

    def __init__(
        self,
        catalogue: Catalogue,
        lake: Lake,
        raw: RawStore,
        intents: Intents,
        knowledge: Knowledge,
        values: Values,
        journal: Journal,
        now: Callable[[], datetime],
        turns: Path,
    ) -> None:
        self._catalogue = catalogue
        self._lake = lake
        self._raw = raw
        self._intents = intents
        self._knowledge = knowledge
        self._values = values
        self._journal = journal
        self._now = now
        self._turns = turns

    # ── out ─────────────────────────────────────────────────────────────────────────

    def left(self, receipt: str) -> Left:
        """What is still held of a receipt and may be mended."""
        return left_of(self._lake, self._catalogue, receipt)

    def proposals(self, receipt: str) -> list[Proposal]:
        """Corrections the system would offer for what is still held."""
        left = self.left(receipt)
        return offered(left, self._judge_for(left), self._catalogue, self._knowledge.gazetteer, self._now())

    def history(self, receipt: StoredReceipt) -> list[Step]:
        """Everything that happened to a receipt since its verdict, oldest first."""
        events, out = self._lake.events(receipt.id), self._lake.recalls.all()
        counted = [[e for e in events[:n] if e.other not in out] for n in range(len(events) + 1)]
        stood = [standing(receipt.verdict or {}, told) for told in counted]
        return [Step(e, stood[n], stood[n + 1]) for n, e in enumerate(events)]

    def standing(self, receipt: StoredReceipt) -> Standing:
        """What a receipt's verdict has become."""
        return self._standing(receipt)

    def held(self, receipt: StoredReceipt) -> pl.DataFrame:
        """The rows of a receipt that are held now, with the reasons of the last judging."""
        return still_held(self._lake, receipt)[0]

    # ── in ──────────────────────────────────────────────────────────────────────────

    def answer(
        self,
        source: Path | BinaryIO | bytes | Iterable[bytes],
        receipt: str,
        *,
        actor: str,
        sender: str = "",
        filename: str = "",
        channel: Channel = "web",
    ) -> Mended:
        """Take a corrected spreadsheet of held rows; the same bytes again change nothing."""
        left = self.left(receipt)
        return self._take(source, left, {"actor": actor, "reason": ""}, sender, filename, channel)

    def release(
        self, receipt: str, rows: Collection[int], *, actor: str, reason: str, sender: str = ""
    ) -> Mended:
        """Let held rows through as they are, with a reason; all of them or none."""
        left = something(self.left(receipt))
        if not reason.strip():
            raise ReasonNeeded()
        strangers = set(rows) - set(left.frame.get_column(ROW))
        if strangers or not rows:
            raise NotHeld(rows=spelt(strangers) or "–")
        document = {"receipt": receipt, "rows": sorted(set(rows)), "reason": reason.strip(), "actor": actor}
        rivals = Rivals(self._lake, left, "")
        trial = self._judge_for(left, rivals=rivals)(of_rows(left, rows), released=True)
        if rivals.met:
            raise NewerBears(rows=spelt(rivals.met), newer=", ".join(sorted(set(rivals.met.values()))))
        if len(trial.held):
            raise _not_readable(trial, left.dataset)
        act = {"actor": actor, "reason": reason.strip()}
        return self._take(_spelt(document), left, act, sender, "", "release")

    def accept(self, receipt: str, ids: Collection[str] | None, *, actor: str, sender: str = "") -> Mended:
        """Take proposals over into their rows: those named, or all that have no rival."""
        left = something(self.left(receipt))
        taken = chosen_of(self.proposals(receipt), ids)
        document = {"receipt": receipt, "actor": actor, "accepted": [p.as_dict() for p in taken]}
        act = {"actor": actor, "reason": ""}
        return self._take(_spelt(document), left, act, sender, "", "proposals")

    def finish(self, intent: Intent, run: Run) -> None:
        """Bring an answer to its end, from wherever it stands."""
        with self._turn(intent.receipt.answers):
            for other in self._intents.all():
                stands = (
                    other.receipt.answers == intent.receipt.answers and other.receipt.id != intent.receipt.id
                )
                if stands and self._lake.has(other.receipt.id):
                    self._tell(other)  # cut off between its rows and its event
            self._finish(intent, run)

    # ── the steps ───────────────────────────────────────────────────────────────────

    def _take(
        self, source: Any, left: Left, act: dict[str, str], sender: str, filename: str, channel: Channel
    ) -> Mended:
        original = left.stored
        stored = self._raw.put(source)
        id = Receipt.id_for(original.dataset, stored.digest, original.id)
        before = self._standing(original)
        repeated = self._lake.has(id)
        if repeated:
            refuse(self._lake, id)
        else:
            receipt = Receipt(
                id=id, dataset=original.dataset, digest=stored.digest, size=stored.size,
                filename=filename, channel=channel, sender=sender or act["actor"],
                received_at=self._now(), simulated=original.simulated, answers=original.id,
            )  # fmt: skip
            with self._journal.run("mend", self._now()) as run:
                intent = self._intents.open(receipt, "load", act)
                self.finish(intent, run)
        answer = self._lake.receipt(id)
        assert answer is not None
        return Mended(
            Outcome(answer.receipt, verdict_of(answer.verdict or {}), repeated),
            original, answer.mended, before, self._standing(original),
        )  # fmt: skip

    def _finish(self, intent: Intent, run: Run) -> None:
        receipt = intent.receipt
        dataset = self._catalogue.datasets[receipt.dataset]
        news = News(dataset)
        if not self._lake.has(receipt.id):
            if not self._raw.path(receipt.digest).is_file():
                self._lake.withdraw(receipt)
                self._intents.close([receipt.id])
                raise RawLost(receipt=receipt.id, digest=receipt.digest)
            with run.step("judge"):
                judged = self._judged(intent)
            with run.step("commit"):
                self._lake.commit([Entry(receipt, dataset, judged)])
            news.add(judged.accepted)
        else:
            news.add(self._lake.touched(dataset, receipt))
        with run.step("compute"):
            written, failed = self._values.after([news], run.id, self._now())
        told = self._tell(intent)
        self._intents.close([receipt.id])
        run.facts = {
            "dataset": dataset.id, "receipts": [receipt.id], "answers": receipt.answers,
            "mended": len(told.rows), "values": written,
            **({"failed_indicators": failed} if failed else {}),
        }  # fmt: skip

    def _judged(self, intent: Intent) -> Judgement:
        """The gate's judgement of an answer, by the same contract as the delivery it answers."""
        receipt = intent.receipt
        try:
            left = left_of(self._lake, self._catalogue, receipt.answers, but=receipt.id)
            table = self._table(receipt, left)
        except TinhError as error:
            if error.retry:
                raise
            return refusal(receipt, error)
        judged = self._judge_for(left, receipt)(table, released=receipt.channel == "release")
        again = set(judged.held.get_column(ROW).to_list())
        mended = [row for row in table.frame.get_column(ROW).to_list() if row not in again]
        return replace(judged, extra={**judged.extra, "mended": sorted(mended)})

    def _table(self, receipt: Receipt, left: Left) -> Table:
        path = self._raw.path(receipt.digest)
        if receipt.channel not in _KINDS:
            return brought(path, receipt.filename, left, self._catalogue.privacy)
        document = json.loads(path.read_bytes())
        held = set(left.frame.get_column(ROW))
        if receipt.channel == "release":
            rows = [row for row in document["rows"] if row in held]
            if not rows:
                raise NotHeld(rows=spelt(document["rows"]))
            return of_rows(left, rows)
        accepted = [Proposal.of(each) for each in document["accepted"]]
        cells = cells_of(accepted, left)
        return of_rows(left, cells.get_column(ROW), cells)

    def _judge_for(
        self, left: Left, receipt: Receipt | None = None, rivals: Rivals | None = None
    ) -> Callable[..., Judgement]:
        """Judges rows as an answer to `left`, on behalf of a receipt or only to see."""
        dataset = left.dataset
        mine = receipt or replace(left.stored.receipt, id="", received_at=self._now())
        against = rivals or Rivals(self._lake, left, mine.id)

        def run(table: Table, released: bool = False) -> Judgement:
            known: Known = self._knowledge.of(dataset, mine.received_at, Group([mine.id]))
            known = replace(known, answering=against.answering(table, released))
            judged = judge(clean(table, dataset), dataset, mine, known)
            if not against.met:
                return judged
            met = f"{OTHERS}:{', '.join(sorted(set(against.met.values())))}"
            verdict = replace(judged.verdict, notes=(*judged.verdict.notes, met))
            return replace(judged, verdict=verdict)

        return run

    def _tell(self, intent: Intent) -> Event:
        """Add the event of a committed answer, worked out from what the lake holds of it."""
        answer = self._lake.receipt(intent.receipt.id)
        original = self._lake.receipt(intent.receipt.answers)
        assert answer is not None and original is not None
        event = self._event(original, answer, intent.act)
        self._lake.add_events([event])
        return event

    def _event(self, original: StoredReceipt, answer: StoredReceipt, act: Mapping[str, str]) -> Event:
        verdict = answer.verdict or {}
        released = answer.channel == "release"
        count = len(answer.mended)
        first = self._lake.held(original.id).filter(pl.col(ROW).is_in(answer.mended))
        wrong = [bool(set(rules) - _NOT_WRONG) for rules in first.get_column("_rules").to_list()]
        clean_num = verdict["scores"]["clean"]["num"] if count else 0
        problem = verdict.get("problem")
        return Event(
            receipt=original.id, at=answer.received_at, kind=_KINDS.get(answer.channel, "answered"),
            actor=act.get("actor", answer.sender), reason=act.get("reason", ""), other=answer.id,
            rows=answer.mended,
            detail={
                "file": answer.filename,
                "brought": verdict.get("received", 0), "held": verdict.get("held", 0),
                "sufficient": self._keys_brought(original, answer) if count else 0,
                **({"refused": problem["code"]} if problem else {}),
            },
            d_correct_num=0 if released else sum(wrong), d_accepted=count, d_held=-count,
            d_clean_num=clean_num, d_clean_den=count,
        )  # fmt: skip

    def _keys_brought(self, original: StoredReceipt, answer: StoredReceipt) -> int:
        """Places and periods that came with the answer and that the delivery had lacked."""
        dataset = self._catalogue.datasets[original.dataset]
        owed = [b.column for b in (dataset.place, dataset.period) if b]
        if not owed or (dataset.expect.places == "given" and dataset.expect.window is None):
            return 0
        rules = {r.id for r in dataset.rules if set(r.columns) & set(owed)}
        rules |= {
            "place",
            "place-name",
            "period",
            *(f"{c}-{kind}" for c in owed for kind in ("type", "required", "enum")),
        }
        lost = self._lake.held(original.id).filter(
            pl.col(ROW).is_in(answer.mended)
            & (pl.col("_rules").list.set_intersection(sorted(rules)).list.len() > 0)
        )
        came = self._lake.rows(dataset, answer.id, lost.get_column(ROW).to_list(), None)
        had = self._lake.touched(dataset, original.receipt)
        if dataset.expect.start:  # what came from before anything was owed is no debt paid
            came = came.filter(pl.col("_period").is_null() | (pl.col("_period") >= dataset.expect.start))
        return came.select("_place", "_period").unique().join(
            had, on=["_place", "_period"], how="anti", nulls_equal=True
        ).height  # fmt: skip

    def _standing(self, receipt: StoredReceipt) -> Standing:
        out = self._lake.recalls.all()
        told = [e for e in self._lake.events(receipt.id) if e.other not in out]
        return standing(receipt.verdict or {}, told)

    @contextmanager
    def _turn(self, receipt: str) -> Iterator[None]:
        """One answer to a receipt at a time, in whatever process."""
        self._turns.mkdir(parents=True, exist_ok=True)
        with (self._turns / receipt).open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _spelt(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _not_readable(trial: Judgement, dataset: Dataset) -> NotReadable:
    """Which rows cannot be read, and by which rules."""
    vi, en = reasons(dataset, "vi"), reasons(dataset, "en")
    rules = list(dict.fromkeys(r for row in trial.held.get_column("_rules").to_list() for r in row))
    return NotReadable(
        rows=spelt(trial.held.get_column(ROW)),
        what_vi="; ".join(vi.get(r, r) for r in rules),
        what_en="; ".join(en.get(r, r) for r in rules),
    )
