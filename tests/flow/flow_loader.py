"""What a loading process does until it is done or killed."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

from flow_province import catalogue  # type: ignore[import-not-found]

from tinh.flow.api import Corridor, Home
from tinh.sources import limits


def work(said: Connection, home: Path, way: str, deliveries: list[str]) -> None:
    """Deliver `dataset=path` one after the other; each receipt is said once it is promised."""
    if way == "pieces":  # every delivery is a large one
        limits.STREAM_FROM, limits.PIECE = 0, 100
    corridor = Corridor(catalogue(), Home(home))
    said.send("ready")
    if way == "mend":
        for delivery in deliveries:
            receipt, _, path = delivery.partition("=")
            said.send(corridor.mending.answer(Path(path), receipt, actor="an").outcome.receipt.id)
        return
    for delivery in deliveries:
        dataset, _, path = delivery.partition("=")
        if way in ("load", "pieces"):
            said.send(corridor.load(Path(path), dataset).receipt.id)
        else:
            said.send(corridor.accept(Path(path), dataset).id)
        if way == "drain":
            corridor.drain()
