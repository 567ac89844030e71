"""All feeds of a province: what each is, how it fares, when it is due; pulled, paused, resumed."""

from __future__ import annotations

import threading
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from tinh.kit.calendar import WorkingCalendar
from tinh.kit.clock import Clock
from tinh.kit.errors import Text
from tinh.packs.api import Catalogue, Feed
from tinh.sources.connector_errors import ConnectorWaits
from tinh.sources.feeds.errors import UnknownFeed
from tinh.sources.feeds.job import Look, Step
from tinh.sources.feeds.pulling import Pulling
from tinh.sources.feeds.schedule import Timetable
from tinh.sources.feeds.state import State, Try

Condition = Literal["ok", "slow", "down", "paused", "new"]
DOWN_AFTER = 3  # failures in a row
_GRACE = timedelta(minutes=15)
_MINUTE = timedelta(minutes=1)
_WORST: tuple[Condition, ...] = ("down", "slow", "new", "paused", "ok")


@dataclass(frozen=True, slots=True)
class Health:
    """One feed as it stands: `ok`, `slow` (failing, or nobody pulls it), `down` since when, `paused`,
    or `new` (never pulled)."""

    feed: Feed
    condition: Condition
    since: datetime | None
    last_try: datetime | None
    last_success: datetime | None
    last_change: datetime | None
    next_due: datetime | None
    failures: int
    cursor: str
    paused: str
    paused_by: str
    error: dict[str, Any] | None
    running: bool
    link: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        def iso(moment: datetime | None) -> str | None:
            return moment.isoformat() if moment else None

        return {
            "feed": self.feed.id, "name": self.feed.name.as_dict(), "dataset": self.feed.dataset,
            "kind": self.feed.kind, "sender": self.feed.sender, "condition": self.condition,
            "since": iso(self.since), "last_try": iso(self.last_try),
            "last_success": iso(self.last_success), "last_change": iso(self.last_change),
            "next_due": iso(self.next_due), "failures": self.failures, "cursor": self.cursor,
            "paused": self.paused, "paused_by": self.paused_by, "error": self.error,
            "running": self.running,
            "link": {k: v for k, v in self.link.items() if k not in ("client", "replies")},
        }  # fmt: skip


class Feeds:
    """The feeds of one catalogue over one home."""

    def __init__(
        self, catalogue: Catalogue, clock: Clock, pulling: Pulling, waiting: Collection[str] = ()
    ) -> None:
        self._catalogue, self._clock, self._pulling = catalogue, clock, pulling
        self._waiting = waiting
        self._calendar = WorkingCalendar(extra=catalogue.calendar)

    def all(self) -> tuple[Feed, ...]:
        return tuple(self._catalogue.feeds.values())

    def one(self, id: str) -> Feed:
        found = self._catalogue.feeds.get(id)
        if found is None and id in self._waiting:
            raise ConnectorWaits(id=id)
        if found is None:
            raise UnknownFeed(feed=id, known=", ".join(self._catalogue.feeds) or "∅")
        return found

    def due(self) -> tuple[Feed, ...]:
        """What ought to be pulled now, the longest overdue first."""
        now = self._clock.now()
        moments = [(self.next_due(feed, now=now), feed.id) for feed in self.all()]
        return tuple(
            self.one(id) for at, id in sorted((m, i) for m, i in moments if m is not None) if at <= now
        )

    def next_due(
        self, feed: Feed, state: State | None = None, now: datetime | None = None
    ) -> datetime | None:
        """When the feed is to be pulled next; None while it is paused or once its schedule is over."""
        state = state or self._pulling.ledger.read(feed.id)
        if state.paused:
            return None
        if feed.listens or feed.comes:
            last = state.retry_at if state.failures else state.last_try
            return last if last and state.failures else (last + _MINUTE if last else now or self._clock.now())
        table = Timetable(feed.schedule, self._calendar, self._catalogue.timezone)
        regular = table.after(state.last_try, now or self._clock.now())
        if not state.failures or state.retry_at is None or regular is None:
            return regular
        mends = bool((state.error or {}).get("retry"))
        return state.retry_at if mends else max(regular, state.retry_at)

    def health(self, dataset: str) -> Health | None:
        """How the sources of a dataset fare: its worst one, or None when it has none. This is what one
        source-down state hangs on."""
        return next(iter(self.healths(dataset)), None)

    def healths(self, dataset: str = "") -> list[Health]:
        """The feeds (of one dataset), the worst first."""
        found = [self.of(feed) for feed in self.all() if dataset in ("", feed.dataset)]
        return sorted(found, key=lambda h: (_WORST.index(h.condition), h.feed.id))

    def of(self, feed: Feed) -> Health:
        state = self._pulling.ledger.read(feed.id)
        due = self.next_due(feed, state)
        condition, since = self._condition(state, due)
        return Health(
            feed=feed, condition=condition, since=since, last_try=state.last_try,
            last_success=state.last_success, last_change=state.last_change, next_due=due,
            failures=state.failures, cursor=state.cursor, paused=state.paused, paused_by=state.paused_by,
            error=state.error, running=self._pulling.ledger.running(feed.id),
            link=self._pulling.came(feed) if feed.comes else state.link,
        )  # fmt: skip

    def _condition(self, state: State, due: datetime | None) -> tuple[Condition, datetime | None]:
        if state.paused:
            return "paused", state.paused_at
        if state.failures >= DOWN_AFTER:
            return "down", state.down_since
        if state.failures:
            return "slow", state.down_since
        if state.last_try is None:
            return "new", None
        if due is not None and due + _GRACE < self._clock.now():
            return "slow", due
        return "ok", state.last_success

    def history(self, feed: Feed) -> tuple[Try, ...]:
        """Tries, newest first."""
        return self._pulling.ledger.read(feed.id).tries()

    # ── what people do ──────────────────────────────────────────────────────────────

    def pull(
        self,
        id: str,
        by: str = "",
        dry: bool = False,
        stopping: threading.Event | None = None,
        listening: bool = False,
    ) -> Try:
        """Pull now, due or not; `listening` stays connected until stopped or cut off."""
        return self._pulling.pull(self.one(id), by, dry, stopping, listening)

    def check(self, id: str) -> list[Step]:
        """What a pull needs, step by step, until one fails."""
        return self._pulling.check(self.one(id))

    def look(self, id: str) -> Look:
        """What may be chosen at the source, and the first rows of what is."""
        return self._pulling.look(self.one(id))

    def check_of(self, feed: Feed) -> list[Step]:
        """The same for a feed that is not in force (yet)."""
        return self._pulling.check(feed)

    def look_of(self, feed: Feed) -> Look:
        return self._pulling.look(feed)

    def sample_of(self, feed: Feed, rows: int) -> AbstractContextManager[tuple[Path, str]]:
        """A file with a source's first rows, for as long as it is needed."""
        return self._pulling.sample(feed, rows)

    def forgotten(self, feed: str) -> None:
        """Do away with what is remembered of a source that is no more."""
        self._pulling.ledger.forget(feed)

    def answered(self, id: str, mails: Collection[str]) -> None:
        """The word left for senders of mails was handed on."""

        def gone(state: State) -> None:
            left = [one for one in state.link.get("replies", []) if one["about"] not in mails]
            state.link = {**state.link, "replies": left}

        if mails:
            self._pulling.ledger.change(id, gone)

    def pause(self, id: str, reason: str, by: str) -> None:
        def hold(state: State) -> None:
            state.paused, state.paused_by, state.paused_at = reason, by, self._clock.now()

        self._pulling.ledger.change(self.one(id).id, hold)

    def resume(self, id: str) -> None:
        """Go on, without waiting for what a failure imposed."""

        def go(state: State) -> None:
            state.paused, state.paused_by, state.paused_at, state.retry_at = "", "", None, None

        self._pulling.ledger.change(self.one(id).id, go)

    def reset_says(self, id: str) -> Text:
        """What resetting would do, before it is done."""
        feed = self.one(id)
        state = self._pulling.ledger.read(feed.id)
        kept = state.cursor or state.etag or state.modified or state.taken
        if not kept:
            return Text("Chưa có gì để quên: lần lấy tới vốn đã lấy từ đầu.",
                        "There is nothing to forget: the next pull begins at the start anyway.")  # fmt: skip
        files = len(state.taken)
        vi = f"quên {files} tệp đã lấy" if files else "quên chỗ đã lấy đến"
        en = f"{files} files taken are forgotten" if files else "the place reached is forgotten"
        return Text(
            f"Sẽ {vi}; lần tới lấy lại từ đầu. Dòng đã nhận không bị xóa và không bị đếm hai lần: bản mới "
            "thay bản cũ theo khóa, tệp giống hệt được báo là đã nhận.",
            f"{en[0].upper()}{en[1:]}; the next pull begins at the start. Rows already in are not removed "
            "and not counted twice: newer rows replace older ones by key, the same file comes as repeated.",
        )

    def reset(self, id: str) -> None:
        """Forget what was fetched: cursor, ETag and files taken. What is already in comes as repeated."""

        def forget(state: State) -> None:
            state.turn += 1
            state.cursor = state.etag = state.modified = state.asked = ""
            state.seen, state.taken, state.window, state.retry_at = {}, {}, {}, None

        self._pulling.ledger.change(self.one(id).id, forget)
