"""Events that others send: kept at once, delivered a moment later."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from tinh.jobs import run
from tinh.jobs.house import corridor
from tinh.jobs.sources import feeds
from tinh.kit.errors import TinhError

if TYPE_CHECKING:
    from tinh.packs.api import Feed
    from tinh.sources.api import EventDoor


def event_source(id: str) -> Feed | None:
    """The source of this id that takes events; None when there is none."""
    found = next((feed for feed in feeds().all() if feed.id == id), None)
    return found if found is not None and found.comes else None


def event_door(feed: Feed | None) -> EventDoor:
    from tinh.sources.api import EventDoor

    return EventDoor(corridor().home.root, feed)


def events_came(feed: Feed) -> None:
    """Have what waits delivered soon."""
    if run.puller() is not None:
        run.expect(feed.id)
    else:
        threading.Thread(target=_pull, args=(feed.id,), name=f"events-{feed.id}", daemon=True).start()


def _pull(feed: str) -> None:
    with suppress(TinhError):
        feeds().pull(feed)
