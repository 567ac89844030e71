"""Deliveries through a serving process: acknowledged when durable, judged soon after."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from tinh.jobs import run
from tinh.jobs.house import corridor, house

if TYPE_CHECKING:
    from tinh.lake.api import StoredReceipt
    from tinh.sources.api import Channel, Receipt


def accept(
    stream: Any, dataset: str, *, sender: str, filename: str, channel: Channel = "push"
) -> tuple[Receipt, bool]:
    """The durable receipt of a delivery, and whether the same bytes had come before."""
    found = house()
    before = found.clock.now()
    receipt = found.corridor().accept(stream, dataset, sender=sender, channel=channel, filename=filename)
    run.nudge()
    return receipt, receipt.received_at < before


def judged(receipt: str) -> bool:
    return corridor().lake.receipt(receipt) is not None


def waiting(receipt: str) -> Receipt | None:
    """An acknowledged delivery that has not been judged yet."""
    from tinh.sources.api import Receipt

    if not receipt.isalnum() or len(receipt) > 64:  # no file bears such a name
        return None
    try:
        fields = json.loads((house().home / "intents" / f"{receipt}.json").read_bytes())["receipt"]
    except FileNotFoundError:
        return None
    return Receipt(**{**fields, "received_at": datetime.fromisoformat(fields["received_at"])})


def wait_for(receipt: str, seconds: float) -> StoredReceipt | None:
    """The judged delivery, waited for at most `seconds`."""
    lake = corridor().lake
    deadline, pause, seen = time.monotonic() + seconds, 0.005, -1
    while True:
        version = lake.version()
        if version != seen:
            seen = version
            stored = lake.receipt(receipt)
            if stored is not None:
                return stored
        if time.monotonic() > deadline:
            return None
        time.sleep(pause)
        pause = min(0.1, pause * 1.5)


def raw(digest: str) -> BinaryIO:
    """The bytes as received."""
    return corridor().raw.open(digest)
