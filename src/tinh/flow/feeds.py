"""Feeds of a corridor: what is pulled goes in as any delivery does."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tinh.flow.outages import Down
from tinh.packs.api import Connector, connectors
from tinh.sources.api import Feeds, Health, Pulling, Resolve, Taken, system_resolve

if TYPE_CHECKING:
    from tinh.flow.corridor import Corridor


def feeds(corridor: Corridor, resolve: Resolve = system_resolve) -> Feeds:
    """The feeds of the corridor's province; `resolve` finds the addresses of names."""
    there = connected(corridor)
    made = {one.id: one.feed for one in there if one.feed is not None and not one.waits}
    catalogue = corridor.catalogue
    catalogue = catalogue.model_copy(update={"feeds": {**made, **catalogue.feeds}})

    def intake(source: Path | Iterable[bytes], dataset: str, sender: str, filename: str) -> Taken:
        outcome = corridor.load(source, dataset, sender=sender, channel="pull", filename=filename)
        return Taken(outcome.receipt.id, outcome.repeated, outcome.verdict.outcome == "refused")

    def known_sender(name: str) -> bool:
        today = corridor.clock.now().astimezone(ZoneInfo(catalogue.timezone)).date()
        return name in catalogue.agencies or corridor.gazetteer.find(name, today) is not None

    pulling = Pulling(catalogue, corridor.home.root, corridor.clock, intake, known_sender, resolve)
    return Feeds(catalogue, corridor.clock, pulling, [one.id for one in there if one.waits])


def connected(corridor: Corridor) -> list[Connector]:
    """The sources made on the web or by the command line, of which some may wait or be faulty."""
    found = corridor.catalogue
    return connectors(corridor.home.root, found.datasets, found.agencies)


def down(corridor: Corridor) -> dict[str, Down]:
    """The datasets none of whose feeds can be reached, each since the last of them went down. Paused
    feeds do not count: somebody stopped those on purpose."""
    by_dataset: dict[str, list[Health]] = {}
    for health in feeds(corridor).healths():
        if health.condition != "paused":
            by_dataset.setdefault(health.feed.dataset, []).append(health)
    found = {}
    for dataset, healths in by_dataset.items():
        gone = [h for h in healths if h.condition == "down" and h.since is not None]
        if len(gone) == len(healths):
            last = max(gone, key=lambda h: h.since.timestamp() if h.since else 0.0)
            assert last.since is not None
            found[dataset] = Down(last.feed.id, last.since)
    return found
