"""Filling a lake with what the province's simulations would have sent until now."""

from __future__ import annotations

from collections.abc import Callable

from tinh.flow.corridor import Corridor
from tinh.kit.ids import digest
from tinh.sources.api import Delivery, Receipt, deliveries

Told = Callable[[int, int], None]


def fill(corridor: Corridor, told: Told | None = None) -> int:
    """Deliver every simulated file due by now that has not been delivered; how many were new.

    Each is received at the moment the simulation says it was sent, so that lateness and
    as-of reads mean what they would have meant.
    """
    now = corridor.clock.now()
    waiting: list[Delivery] = [
        delivery
        for simulation in corridor.catalogue.simulations
        for delivery in deliveries(corridor.catalogue, simulation, corridor.gazetteer, now)
    ]
    waiting.sort(key=lambda d: d.sent_at)
    fresh = 0
    for done, delivery in enumerate(waiting):
        fresh += bool(send(corridor, delivery))
        if told:
            told(done, len(waiting))
    corridor.drain()
    if told:
        told(len(waiting), len(waiting))
    return fresh


def send(corridor: Corridor, delivery: Delivery) -> bool:
    """Put one simulated delivery on the way; False when it has been received before."""
    known = corridor.lake.receipt(Receipt.id_for(delivery.dataset, digest(delivery.content)))
    if known is not None:
        return False
    corridor.accept(
        delivery.content, delivery.dataset, sender=delivery.sender,
        channel="push" if delivery.channel == "push" else "simulator",
        filename=delivery.filename, simulated=True, received_at=delivery.sent_at,
    )  # fmt: skip
    return True
