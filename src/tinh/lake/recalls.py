"""Which receipts have been recalled, now or at a moment, read from the events of receipts.

A recall takes the answers to a receipt with it. Nothing is deleted: rows of a recalled receipt
stop counting from the moment of its event, and count again from that of its reinstatement.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

RECALLED, REINSTATED = "recalled", "reinstated"


@dataclass(frozen=True, slots=True)
class Recall:
    """The event that took a receipt out: `receipt` is the one named, which may be the receipt answered."""

    receipt: str
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Out:
    """Receipts of one dataset: `now` do not count at the moment asked about, `ever` once did not."""

    now: frozenset[str] = frozenset()
    ever: frozenset[str] = frozenset()


_NOBODY = Out()


@dataclass(slots=True)
class _Told:
    """The events of one version, sorted for asking."""

    turns: dict[str, list[tuple[datetime, bool, str, str]]] = field(default_factory=dict)
    dataset: dict[str, str] = field(default_factory=dict)
    streams: set[str] = field(default_factory=set)
    answers: dict[str, set[str]] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)
    known: dict[tuple[str | None, datetime | None], Out] = field(default_factory=dict)


class Recalls:
    """Answers who is out. `version` must grow with every event; `read` gives all events."""

    def __init__(self, version: Callable[[], int], read: Callable[[], pl.DataFrame]) -> None:
        self._version = version
        self._read = read
        self._told: tuple[int, _Told] = (0, _Told())
        self._supposed: dict[str, tuple[str, bool]] = {}

    def version(self) -> int:
        """Grows with every event; 0 while there is none."""
        return self._version()

    def supposing(self, receipt: str, dataset: str, out: bool) -> Recalls:
        """The same as if `receipt` were recalled (or, not `out`, reinstated) by now."""
        other = Recalls(self._version, self._read)
        other._supposed = {**self._supposed, receipt: (dataset, out)}
        return other

    def of(self, dataset: str, as_of: datetime | None = None) -> Out:
        """Who of a dataset's receipts is out at a moment, and who ever was."""
        told = self._fresh()
        if not told.turns and not self._supposed:
            return _NOBODY
        if (dataset, as_of) not in told.known:
            if len(told.known) > 1000:
                told.known.clear()
            told.known[dataset, as_of] = self._judged(told, dataset, as_of)
        return told.known[dataset, as_of]

    def all(self, as_of: datetime | None = None) -> frozenset[str]:
        """Every receipt that is out at a moment."""
        told = self._fresh()
        names = {*told.dataset.values(), *(d for d, _ in self._supposed.values())}
        return frozenset().union(*(self.of(name, as_of).now for name in names))

    def streams(self) -> frozenset[str]:
        """Streams of which a receipt was ever recalled."""
        return frozenset(self._fresh().streams)

    def why(self, receipt: str) -> Recall | None:
        """The recall a receipt is out by, its own or that of the receipt it answers."""
        told = self._fresh()
        name: str | None = receipt
        seen: set[str] = set()
        while name is not None and name not in seen:
            seen.add(name)
            turns = told.turns.get(name)
            if turns and turns[-1][1]:
                at, _, actor, reason = turns[-1]
                return Recall(name, at, actor, reason)
            name = told.answered.get(name)
        return None

    def company(self, receipt: str) -> frozenset[str]:
        """A receipt and all that answers it."""
        return _closed({receipt}, self._fresh().answers)

    def last(self) -> datetime | None:
        """The moment of the newest recall or reinstatement."""
        moments = [turns[-1][0] for turns in self._fresh().turns.values()]
        return max(moments, default=None)

    def _judged(self, told: _Told, dataset: str, as_of: datetime | None) -> Out:
        now, ever = set(), set()
        for receipt, turns in told.turns.items():
            if told.dataset.get(receipt) != dataset:
                continue
            ever.add(receipt)
            then = [out for at, out, _, _ in turns if as_of is None or at <= as_of]
            if then and then[-1]:
                now.add(receipt)
        for receipt, (name, out) in self._supposed.items():
            if name == dataset:
                ever.add(receipt)
                (now.add if out else now.discard)(receipt)
        return Out(_closed(now, told.answers), _closed(ever, told.answers))

    def _fresh(self) -> _Told:
        version = self._version()
        if self._told[0] != version:
            self._told = (version, _tell(self._read()))
        return self._told[1]


def _tell(events: pl.DataFrame) -> _Told:
    told = _Told()
    for event in events.sort("at", maintain_order=True).iter_rows(named=True):
        receipt = event["receipt"]
        if event["kind"] not in (RECALLED, REINSTATED):
            if event["other"]:  # what answered this receipt, or released rows of it
                told.answers.setdefault(receipt, set()).add(event["other"])
                told.answered[event["other"]] = receipt
            continue
        facts = json.loads(event["detail"] or "{}")
        told.dataset[receipt] = facts.get("dataset", "")
        if facts.get("kind") == "stream":
            told.streams.add(told.dataset[receipt])
        turn = (event["at"], event["kind"] == RECALLED, event["actor"] or "", event["reason"] or "")
        told.turns.setdefault(receipt, []).append(turn)
    return told


def _closed(receipts: Iterable[str], answers: dict[str, set[str]]) -> frozenset[str]:
    found = set(receipts)
    ahead = list(found)
    while ahead:
        for answer in answers.get(ahead.pop(), ()):
            if answer not in found:
                found.add(answer)
                ahead.append(answer)
    return frozenset(found)
