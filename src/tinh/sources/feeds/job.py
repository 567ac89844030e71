"""One pull or check at work: what every kind of source is given, and what it gives back.

A kind is a module with `pull`, `check` and `look`; `kinds.py` names them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from tinh.kit.errors import Text, TinhError
from tinh.packs.api import Catalogue, Dataset, Feed
from tinh.sources.feeds.errors import DeliveryRefused
from tinh.sources.feeds.ground import Ground
from tinh.sources.feeds.network import Deadline, Guarded, Resolve
from tinh.sources.feeds.pulled import Spool
from tinh.sources.feeds.secrets import Secrets
from tinh.sources.feeds.state import State, Try

Apply = Callable[[State], None]
Done = tuple[Try, Apply]
_NONE = Text("", "")
ROWS = 20  # shown of a table or file before it is taken


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a delivery."""

    receipt: str
    repeated: bool
    refused: bool


class Intake(Protocol):
    """Whoever takes deliveries in (flow's corridor)."""

    def __call__(self, source: Path | Any, dataset: str, sender: str, filename: str) -> Taken: ...


@dataclass(frozen=True)
class Job:
    """Everything one pull needs; kinds change nothing of it."""

    feed: Feed
    catalogue: Catalogue
    home: Path
    state: State
    blank: Try
    dry: bool
    stopping: threading.Event
    secrets: Secrets
    spool: Spool
    resolve: Resolve
    known_sender: Callable[[str], bool]
    take: Intake
    success: Callable[[bool], Apply]
    failure: Callable[[TinhError], Apply]
    change: Callable[[Apply], State]  # remembers at once, whatever becomes of the rest
    now: Callable[[], datetime]
    note: Callable[[Try, Apply], None]  # one delivery more of a source that stays connected
    listening: bool = False  # stay connected until stopped

    @property
    def dataset(self) -> Dataset:
        return self.catalogue.datasets[self.feed.dataset]

    @property
    def ground(self) -> Ground:
        return Ground.of(self.home)

    def deadline(self, seconds: float) -> Deadline:
        return Deadline(seconds, self.stopping)

    def addresses(self, host: str, port: int, private: bool, deadline: Deadline) -> list[str]:
        """The addresses of a host, every one of them allowed."""
        allowed = self.ground.private_hosts & {host.lower()} if private else frozenset()
        return Guarded(allowed, self.resolve, deadline).checked(host, port)

    def delivered(self, path: Path, name: str, found: Try, keep: Apply) -> Done:
        """Take a whole file in: `keep` is remembered unless the gate refuses it."""
        taken = self.take(path, self.feed.dataset, self.feed.sender, name)
        done = replace(found, receipts=(taken.receipt,))
        if taken.refused:
            error = DeliveryRefused(receipt=taken.receipt)
            return replace(done, outcome="refused", error=error.as_dict(), cursor=""), self.failure(error)
        done = replace(done, outcome="repeated" if taken.repeated else "new")
        return done, self.kept(keep, changed=not taken.repeated)

    def kept(self, keep: Apply, changed: bool) -> Apply:
        """Success, and `keep` unless the cursor was reset meanwhile."""
        success, turn = self.success(changed), self.state.turn

        def apply(state: State) -> None:
            success(state)
            if state.turn == turn:
                keep(state)

        return apply


# ── looking ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a check, as people read it."""

    name: Text
    ok: bool
    found: Text = _NONE
    error: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "step": self.name.as_dict(),
            "ok": self.ok,
            "found": self.found.as_dict(),
            "error": self.error,
        }


@dataclass
class Walk:
    """The steps of a check as they are gone; the first that fails ends it."""

    secrets: Secrets
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, vi: str, en: str) -> Iterator[Callable[[str, str], None]]:
        said: list[Text] = []
        try:
            yield lambda vi, en: said.append(Text(vi, en))
        except TinhError as error:
            self.steps.append(Step(Text(vi, en), False, error=self.secrets.cleaned(error.as_dict())))
            raise
        found = Text("; ".join(s.vi for s in said), "; ".join(s.en for s in said))
        self.steps.append(
            Step(Text(vi, en), True, Text(self.secrets.clean(found.vi), self.secrets.clean(found.en)))
        )

    @property
    def ok(self) -> bool:
        return bool(self.steps) and self.steps[-1].ok


@dataclass(frozen=True, slots=True)
class Thing:
    """A table, a view or a file that could be taken."""

    name: str
    kind: str  # table, view, file
    more: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What a source holds: what may be chosen, and the first rows of what is chosen."""

    things: tuple[Thing, ...] = ()
    columns: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    keys: tuple[str, ...] = ()  # columns of the primary key, where the source tells

    def as_dict(self) -> dict[str, Any]:
        return {
            "things": [{"name": t.name, "kind": t.kind, "more": t.more} for t in self.things],
            "columns": list(self.columns), "types": list(self.types), "keys": list(self.keys),
            "rows": [list(row) for row in self.rows],
        }  # fmt: skip


class Kind(Protocol):
    """A way of reaching sources. Refusals are TinhErrors; what is found lies in the job's spool."""

    def pull(self, job: Job) -> Done:
        """Fetch what is new and have it taken in."""

    def check(self, job: Job, walk: Walk) -> None:
        """Connect, sign in, see the thing: each a step of the walk."""

    def look(self, job: Job) -> Look:
        """What may be chosen, and the first rows of what is."""

    def sample(self, job: Job, rows: int) -> tuple[Path, str]:
        """A file with the first rows (or the first file whole), and its name, to draft a contract from."""


def names(known: Sequence[str], most: int = 20) -> str:
    """A list for an error's cure."""
    shown = ", ".join(known[:most])
    return (shown + (" …" if len(known) > most else "")) or "∅"
