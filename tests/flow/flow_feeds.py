"""Feeds of the small province, made where a test needs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flow_province import catalogue  # type: ignore[import-not-found]

from tinh.flow.api import Corridor, Home, feeds
from tinh.kit.errors import Text
from tinh.packs.api import Catalogue, Feed, FolderWay, HttpWay, Schedule
from tinh.sources.api import Feeds, system_resolve


def with_feed(way: HttpWay | FolderWay, dataset: str = "stations", **more: Any) -> Catalogue:
    fields: dict[str, Any] = {
        "id": "thu",
        "pack": "",
        "name": Text("Nguồn thử", "Trial"),
        "dataset": dataset,
        "sender": "so-khcn",
        "schedule": Schedule(every="PT15M"),
        "http" if isinstance(way, HttpWay) else "folder": way,
        "file": Path("thu.yaml"),
        "digest": "5" * 64,
    }
    feed = Feed(**{**fields, **more})
    found: Catalogue = catalogue()
    return found.model_copy(update={"feeds": {feed.id: feed}})


def feeds_over(made: Catalogue, home: Home, clock: Any, resolve: Any = system_resolve) -> Feeds:
    return feeds(Corridor(made, home, clock), resolve)
