"""One pull of one feed from its beginning to what is remembered of it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from tinh.kit.clock import Clock
from tinh.kit.errors import Text, TinhError
from tinh.kit.ids import fresh
from tinh.packs.api import Catalogue, Feed
from tinh.sources.cloudevents.journal import Journal
from tinh.sources.event_errors import JournalFails
from tinh.sources.feeds.errors import FeedBusy, FeedPaused
from tinh.sources.feeds.job import Intake, Job, Look, Step, Taken, Walk
from tinh.sources.feeds.kinds import kind_of
from tinh.sources.feeds.network import Resolve, Stopped, system_resolve
from tinh.sources.feeds.pulled import Spool
from tinh.sources.feeds.secrets import Secrets
from tinh.sources.feeds.state import Ledger, State, Try

log = structlog.get_logger()
_JITTER = 0.2

__all__ = ["Intake", "Pulling", "Taken"]


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
        self,
        feed: Feed,
        by: str = "",
        dry: bool = False,
        stopping: threading.Event | None = None,
        listening: bool = False,
    ) -> Try:
        """Pull once and remember it; a dry run changes and keeps nothing. `listening` stays connected, where
        the kind can, until stopped or cut off. What fails is in the Try's
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
            job = self.job(feed, state, blank, secrets, dry, stopping, listening)
            try:
                done, apply = kind_of(feed).pull(job)
            except TinhError as error:
                done, apply = replace(blank, error=error.as_dict()), self._failure(feed, error)
            except OSError as error:
                wrong = TinhError(reason=error.strerror or str(error))
                done, apply = replace(blank, error=wrong.as_dict()), self._failure(feed, wrong)
            except Stopped:
                raise
            except Exception as error:  # a driver's own: said without its words, which may tell secrets
                log.error("feed.broke", feed=feed.id, kind=feed.kind, error=secrets.clean(repr(error))[:500])
                wrong = TinhError(reason=type(error).__name__)
                done, apply = replace(blank, error=wrong.as_dict()), self._failure(feed, wrong)
            finally:
                job.spool.clear()
            done = replace(
                done, seconds=round(time.perf_counter() - begin, 3), error=secrets.cleaned(done.error),
                notes=secrets.cleaned(done.notes),
            )  # fmt: skip
            if not dry:
                self._remember(feed, done, apply, secrets)
            return done

    def job(
        self,
        feed: Feed,
        state: State | None = None,
        blank: Try | None = None,
        secrets: Secrets | None = None,
        dry: bool = True,
        stopping: threading.Event | None = None,
        listening: bool = False,
    ) -> Job:
        """What a kind needs to work on a feed; by itself, to look without remembering."""
        now = self._clock.now()
        return Job(
            feed=feed, catalogue=self._catalogue, home=self._home, state=state or State(),
            blank=blank or Try(at=now, until=now, outcome="failed"), dry=dry,
            stopping=stopping or threading.Event(), secrets=secrets or Secrets(self._home),
            spool=Spool(self.ledger.folder / "spool", feed.id if state else f"{feed.id}.{fresh(6)}"),
            resolve=self._resolve,
            known_sender=self._known_sender, take=self._intake, success=self._success,
            failure=lambda error: self._failure(feed, error),
            change=lambda how: self.ledger.change(feed.id, how), now=self._clock.now, listening=listening,
            note=lambda done, apply: self._gathered(feed, done, apply),
        )  # fmt: skip

    def _gathered(self, feed: Feed, done: Try, apply: Callable[[State], None]) -> None:
        def note(state: State) -> None:
            state.last_try = done.at
            apply(state)
            state.gather(done)

        self.ledger.change(feed.id, note)

    def came(self, feed: Feed) -> dict[str, Any]:
        """Counts of a source that sends by itself; what cannot be read is left out."""
        with suppress(JournalFails):
            return Journal(self._home, feed.id).figures()
        return {}

    def check(self, feed: Feed) -> list[Step]:
        """Go through what a pull needs, a step at a time, until one fails; nothing is taken or kept."""
        job = self.job(feed)
        walk = Walk(job.secrets)
        try:
            kind_of(feed).check(job, walk)
        except TinhError as error:
            if walk.ok or not walk.steps:
                step = Step(Text("Chuẩn bị", "Prepare"), False, error=job.secrets.cleaned(error.as_dict()))
                walk.steps.append(step)
        finally:
            job.spool.clear()
        return walk.steps

    def look(self, feed: Feed) -> Look:
        """What may be chosen at a source, and the first rows of what is."""
        with self.looking(feed) as job:
            return kind_of(feed).look(job)

    @contextmanager
    def sample(self, feed: Feed, rows: int) -> Iterator[tuple[Path, str]]:
        """A file of the source's first rows, for as long as it is needed."""
        with self.looking(feed) as job:
            yield kind_of(feed).sample(job, rows)

    @contextmanager
    def looking(self, feed: Feed) -> Iterator[Job]:
        """A job that keeps nothing; what it refuses tells no secret."""
        job = self.job(feed)
        try:
            yield job
        except TinhError as error:
            error.facts = job.secrets.cleaned(error.facts)
            error.args = (job.secrets.clean(str(error)),)
            raise
        finally:
            job.spool.clear()

    def _remember(self, feed: Feed, done: Try, apply: Callable[[State], None], secrets: Secrets) -> None:
        def note(state: State) -> None:
            state.last_try = done.at
            apply(state)
            state.error = secrets.cleaned(state.error)
            if not feed.comes:
                state.note(done)
            elif done.outcome != "nothing":
                state.gather(done)

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
