"""Feeds of a corridor: what is pulled goes in as any delivery does."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from tinh.flow.corridor import Corridor
from tinh.sources.api import Feeds, Pulling, Resolve, Taken, system_resolve


def feeds(corridor: Corridor, resolve: Resolve = system_resolve) -> Feeds:
    """The feeds of the corridor's province; `resolve` finds the addresses of names."""
    catalogue = corridor.catalogue

    def intake(source: Path | Iterable[bytes], dataset: str, sender: str, filename: str) -> Taken:
        outcome = corridor.load(source, dataset, sender=sender, channel="pull", filename=filename)
        return Taken(outcome.receipt.id, outcome.repeated, outcome.verdict.outcome == "refused")

    def known_sender(name: str) -> bool:
        today = corridor.clock.now().astimezone(ZoneInfo(catalogue.timezone)).date()
        return name in catalogue.agencies or corridor.gazetteer.find(name, today) is not None

    pulling = Pulling(catalogue, corridor.home.root, corridor.clock, intake, known_sender, resolve)
    return Feeds(catalogue, corridor.clock, pulling)
