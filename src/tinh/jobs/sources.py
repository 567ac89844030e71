"""The feeds of the province this process serves."""

from __future__ import annotations

from concurrent.futures import TimeoutError as Waited
from typing import TYPE_CHECKING

from tinh.jobs import run
from tinh.jobs.house import corridor

if TYPE_CHECKING:
    from tinh.flow.api import Connecting
    from tinh.sources.api import Feeds, Try, Vault


def feeds() -> Feeds:
    from tinh.flow.api import feeds

    return feeds(corridor())


def connecting() -> Connecting:
    """Sources made here: written, checked, looked at, removed."""
    from tinh.flow.api import Connecting

    return Connecting(corridor())


def vault() -> Vault:
    from tinh.sources.api import Vault

    return Vault(corridor().home.root)


def let_host(host: str, by: str) -> None:
    """Let sources reach a host inside the network."""
    from tinh.sources.api import Hosts

    found = corridor()
    Hosts(found.home.root).let(host, by, found.clock.now())


def hosts() -> frozenset[str]:
    from tinh.sources.api import Hosts

    return Hosts(corridor().home.root).names()


def pull(feed: str, by: str, seconds: float) -> Try | None:
    """Pull a feed now; what came of it, or None when it takes longer than is waited for."""
    from tinh.sources.api import FeedPaused

    found = feeds()
    health = found.of(found.one(feed))
    if health.paused:
        raise FeedPaused(feed=feed, reason=health.paused)
    if health.running and health.feed.listens:
        return None  # it takes whatever comes
    puller = run.puller()
    if puller is None:
        return found.pull(feed, by)
    try:
        return puller.ask(feed, by).result(seconds)
    except Waited:
        return None
