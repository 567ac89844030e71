"""What a process does that pulls until it is done or killed."""

from __future__ import annotations

import os
from multiprocessing.connection import Connection
from pathlib import Path

from flow_feeds import feeds_over, with_feed  # type: ignore[import-not-found]

from tinh.flow.api import Home
from tinh.kit.clock import SystemClock
from tinh.packs.api import FolderWay, HttpWay
from tinh.sources.api import FeedBusy


def work(said: Connection, home: Path, url: str, times: int) -> None:
    """Pull the web address (or the folder `drop`) so often; what came of it is said."""
    os.environ["TINH_PRIVATE_HOSTS"] = "127.0.0.1"  # a fork server keeps the environment it was born with
    way = HttpWay(url=url, format="csv", allow_private=True) if url else FolderWay(path="hop", settle=0)
    feeds = feeds_over(with_feed(way), Home(home), SystemClock())
    said.send("ready")
    for _ in range(times):
        try:
            said.send(feeds.pull("thu").outcome)
        except FeedBusy:
            said.send("busy")
