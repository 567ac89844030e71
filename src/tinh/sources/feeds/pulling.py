"""One pull of one feed from its beginning to what is remembered of it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from tinh.kit.clock import Clock
from tinh.kit.errors import TinhError
from tinh.packs.api import Catalogue, Feed, FolderWay, HttpWay
from tinh.sources.feeds.contents import greater
from tinh.sources.feeds.errors import DeliveryRefused, FeedBusy, FeedError, FeedPaused
from tinh.sources.feeds.folder import DONE, FAILED, MOST, Seen, StillWritten, Watched, settled
from tinh.sources.feeds.ground import Ground
from tinh.sources.feeds.network import Resolve, system_resolve
from tinh.sources.feeds.pulled import Pulled, Spool, fetch
from tinh.sources.feeds.secrets import Secrets
from tinh.sources.feeds.state import Ledger, Outcome, State, Try

log = structlog.get_logger()
_PATIENCE = 30.0  # seconds a pull waits for a file to come to rest
_JITTER = 0.2
_REMEMBERED = 50_000  # files of a folder


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a delivery."""

    receipt: str
    repeated: bool
    refused: bool


class Intake(Protocol):
    """Whoever takes deliveries in (flow's corridor)."""

    def __call__(self, source: Path | Iterable[bytes], dataset: str, sender: str, filename: str) -> Taken: ...


class Pulling:
    """Pulls feeds of a province into an intake."""

    def __init__(
        self,
        catalogue: Catalogue,
        home: Path,
        clock: Clock,
        intake: Intake,
        known_sender: Callable[[str], bool],
        resolve: Resolve = system_resolve,
        dice: random.Random | None = None,
    ) -> None:
        self._catalogue, self._home, self._clock, self._intake = catalogue, home, clock, intake
        self._known_sender, self._resolve, self._dice = known_sender, resolve, dice or random.Random()
        self.ledger = Ledger(home / "feeds")

    def pull(
        self, feed: Feed, by: str = "", dry: bool = False, stopping: threading.Event | None = None
    ) -> Try:
        """Pull once and remember it; a dry run changes and keeps nothing. What fails is in the Try's
        error; FeedBusy and FeedPaused are raised, for then nothing was tried."""
        stopping = stopping or threading.Event()
        with self.ledger.alone(feed.id) as mine:
            if not mine:
                raise FeedBusy(feed=feed.id)
            state = self.ledger.read(feed.id)
            if state.paused:
                raise FeedPaused(feed=feed.id, reason=state.paused)
            at, begin = self._clock.now(), time.perf_counter()
            blank = Try(at=at, until=at, outcome="failed", by=by)
            secrets = Secrets(self._home)
            try:
                if feed.http is not None:
                    done, apply = self._web(feed, feed.http, state, blank, dry, stopping, secrets)
                else:
                    assert feed.folder is not None
                    done, apply = self._folder(feed, feed.folder, state, blank, dry, stopping)
            except TinhError as error:
                done, apply = replace(blank, error=error.as_dict()), self._failure(feed, error)
            except OSError as error:
                wrong = TinhError(reason=error.strerror or str(error))
                done, apply = replace(blank, error=wrong.as_dict()), self._failure(feed, wrong)
            done = replace(
                done, seconds=round(time.perf_counter() - begin, 3), error=secrets.cleaned(done.error),
                notes=secrets.cleaned(done.notes),
            )  # fmt: skip
            if not dry:
                self._remember(feed, done, apply, secrets)
            return done

    def _remember(self, feed: Feed, done: Try, apply: Callable[[State], None], secrets: Secrets) -> None:
        def note(state: State) -> None:
            state.last_try = done.at
            apply(state)
            state.error = secrets.cleaned(state.error)
            state.note(done)

        self.ledger.change(feed.id, note)
        code = (done.error or {}).get("code", "")
        log.info("feed.pulled", feed=feed.id, outcome=done.outcome, bytes=done.bytes, code=code)

    # ── success and failure ─────────────────────────────────────────────────────────

    def _success(self, changed: bool) -> Callable[[State], None]:
        now = self._clock.now()

        def apply(state: State) -> None:
            state.failures, state.down_since, state.retry_at, state.error = 0, None, None, None
            state.last_success = now
            if changed:
                state.last_change = now

        return apply

    def _failure(self, feed: Feed, error: TinhError) -> Callable[[State], None]:
        """One failure more; the pause doubles, a little by chance so that many do not come at once."""
        now = self._clock.now()
        asked = float(error.facts.get("wait") or 0)

        def apply(state: State) -> None:
            state.failures += 1
            state.down_since = state.down_since or now
            state.error = error.as_dict()
            doubled = feed.backoff_first * 2.0 ** min(state.failures - 1, 40)
            pause = min(feed.backoff_most, doubled) * (1 + _JITTER * (2 * self._dice.random() - 1))
            state.retry_at = now + timedelta(seconds=min(max(pause, asked), max(feed.backoff_most, pause)))

        return apply

    # ── the web ─────────────────────────────────────────────────────────────────────

    def _web(
        self,
        feed: Feed,
        way: HttpWay,
        state: State,
        blank: Try,
        dry: bool,
        stopping: threading.Event,
        secrets: Secrets,
    ) -> tuple[Try, Callable[[State], None]]:
        dataset = self._catalogue.datasets[feed.dataset]
        local = blank.at.astimezone(ZoneInfo(self._catalogue.timezone))
        spool = Spool(self.ledger.folder / "spool", feed.id)
        try:
            got = fetch(
                feed, way, dataset, state, local, Ground.of(self._home), secrets,
                spool, self._resolve, stopping,
            )  # fmt: skip
            cursor = got.cursor if greater(got.cursor, state.cursor) else ""
            done = replace(blank, bytes=got.size, records=got.records, cursor=cursor)
            if got.path is None:
                return replace(done, outcome="nothing"), self._kept(got, state, cursor, changed=False)
            if dry:
                return replace(done, outcome="new"), self._success(False)
            taken = self._intake(got.path, feed.dataset, feed.sender, got.name)
        finally:
            spool.clear()
        done = replace(done, receipts=(taken.receipt,))
        if taken.refused:
            error = DeliveryRefused(receipt=taken.receipt)
            return (
                replace(done, outcome="refused", error=error.as_dict(), cursor=""),
                self._failure(feed, error),
            )
        outcome: Outcome = "repeated" if taken.repeated else "new"
        return replace(done, outcome=outcome), self._kept(got, state, cursor, changed=not taken.repeated)

    def _kept(self, got: Pulled, before: State, cursor: str, changed: bool) -> Callable[[State], None]:
        success = self._success(changed)

        def apply(state: State) -> None:
            success(state)
            if state.turn == before.turn:
                state.cursor = cursor or state.cursor
                state.etag, state.modified, state.asked = got.etag, got.modified, got.asked

        return apply

    # ── folders ─────────────────────────────────────────────────────────────────────

    def _folder(
        self, feed: Feed, way: FolderWay, state: State, blank: Try, dry: bool, stopping: threading.Event
    ) -> tuple[Try, Callable[[State], None]]:
        watched = Watched(way, Ground.of(self._home).folder(way.path), self._known_sender)
        files = _Files(way, watched, state)
        ready, waiting = files.sort()
        if waiting and 0 < way.settle <= _PATIENCE and not stopping.wait(way.settle):
            ready, waiting = files.sort()
        if dry:
            size = sum(one.size for one in ready)
            outcome: Outcome = "new" if ready else "nothing"
            return replace(
                blank, outcome=outcome, taken=len(ready), waiting=waiting, bytes=size
            ), lambda _: None
        receipts: list[str] = []
        fresh = refused = size = 0
        last: TinhError | None = None
        for one in ready[:MOST]:
            if stopping.is_set():
                break
            try:
                taken = self._intake(watched.pieces(one), feed.dataset, one.folder or feed.sender, one.shown)
            except StillWritten:
                waiting += 1
                files.again(one)
                continue
            except FeedError as error:
                files.wrong.append(error)
                files.took(one, "")
                refused += 1
                continue
            size += one.size
            receipts.append(taken.receipt)
            files.took(one, taken.receipt)
            fresh += not taken.repeated
            if taken.refused:
                last = DeliveryRefused(receipt=taken.receipt)
                refused += 1
            if way.after == "leave":
                self._remember_file(feed, files)
            else:
                watched.put_away(one, FAILED if taken.refused else DONE)
        wrong = [error.as_dict() for error in files.wrong]
        problem = last.as_dict() if last else (wrong[0] if wrong else None)
        done = replace(
            blank, outcome=_outcome(fresh, refused, receipts), bytes=size, receipts=tuple(receipts[:50]),
            taken=len(receipts), refused=refused, waiting=waiting, error=problem, notes=tuple(wrong[:20]),
        )  # fmt: skip
        success = self._success(bool(fresh))

        def apply(kept: State) -> None:
            success(kept)
            kept.error = problem
            kept.seen, kept.taken = files.seen, files.taken

        return done, apply

    def _remember_file(self, feed: Feed, files: _Files) -> None:
        """A file that was taken stays taken, whatever becomes of the rest of the pull."""

        def keep(state: State) -> None:
            state.seen, state.taken = files.seen, files.taken

        self.ledger.change(feed.id, keep)


class _Files:
    """Which files of a folder are ready, which must rest, and which have been taken."""

    def __init__(self, way: FolderWay, watched: Watched, state: State) -> None:
        self._way, self._watched = way, watched
        self.seen, self.taken = dict(state.seen), dict(state.taken)
        self.wrong: list[FeedError] = []

    def sort(self) -> tuple[list[Seen], int]:
        """(files to take now, how many must rest)."""
        listed, self.wrong = self._watched.look()
        now = time.time()
        ready, resting = [], 0
        seen: dict[str, list[object]] = {}
        for one in listed:
            if self.taken.get(one.key, [])[:2] == one.mark:
                continue
            before = self.seen.get(one.key)
            if settled(one, before, self._way.settle):
                ready.append(one)
            else:
                resting += 1
            same = before is not None and before[:2] == one.mark
            seen[one.key] = [*one.mark, before[2] if same and before else now]
        self.seen = seen
        there = {one.key for one in listed}
        self.taken = {key: value for key, value in self.taken.items() if key in there}
        return ready, resting

    def took(self, one: Seen, receipt: str) -> None:
        self.seen.pop(one.key, None)
        if self._way.after == "leave" or not receipt:
            self.taken[one.key] = [*one.mark, receipt]
            for key in list(self.taken)[: max(0, len(self.taken) - _REMEMBERED)]:
                del self.taken[key]

    def again(self, one: Seen) -> None:
        self.seen.pop(one.key, None)


def _outcome(fresh: int, refused: int, receipts: list[str]) -> Outcome:
    if refused:
        return "refused"
    if fresh:
        return "new"
    return "repeated" if receipts else "nothing"
