"""Requests with events, from the door to the disk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tinh.kit.errors import TinhError
from tinh.packs.api import EventWay, Feed
from tinh.sources.cloudevents.event import events_of
from tinh.sources.cloudevents.journal import Counted, Journal
from tinh.sources.cloudevents.record import lines
from tinh.sources.cloudevents.signature import verify
from tinh.sources.event_errors import OriginRefused, SignatureWrong, TooManyEvents, TooManyWaiting
from tinh.sources.feeds.errors import SecretMissing
from tinh.sources.feeds.secrets import Secrets


class EventDoor:
    """The door of one source, or of none: a stranger is not told which sources there are."""

    def __init__(self, home: Path, feed: Feed | None) -> None:
        self._home = home
        self._feed = feed if feed is not None and feed.cloudevents is not None else None

    @property
    def way(self) -> EventWay:
        if self._feed is None or self._feed.cloudevents is None:
            return EventWay()
        return self._feed.cloudevents

    @property
    def largest(self) -> int:
        """Bytes of one request."""
        return self.way.largest * 1024

    def greet(self, origin: str) -> str:
        """The requests a minute that an origin may send (`*`: any); OriginRefused for one not declared."""
        if origin.lower() not in self.way.origins:
            raise OriginRefused(origin=origin[:100])
        return str(self.way.rate or "*")

    def signed(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raises unless the request bears the source's signature."""
        try:
            secret = Secrets(self._home).get(self.way.secret) if self.way.secret else ""
        except SecretMissing:
            raise SignatureWrong from None
        verify(secret, headers, body, now)

    def take(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Counted:
        """Keep the events of a request, all or none; durable when this returns."""
        assert self._feed is not None
        journal = Journal(self._home, self._feed.id)
        try:
            if len(body) > self.largest:
                raise TooManyEvents(limit=f"{self.way.largest} KB")
            found = [(one, lines(one, self.way)) for one in events_of(headers, body, self.way.most)]
            return journal.put(found, now)
        except TooManyWaiting:
            raise
        except TinhError as error:
            if not error.retry:
                journal.refused(error, now)
            raise
