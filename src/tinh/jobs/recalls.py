"""Recalls through a serving process: shown, then done in the name of who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinh.jobs.house import corridor, house

if TYPE_CHECKING:
    from tinh.flow.api import Effect
    from tinh.lake.api import Event


def effect(receipt: str) -> Effect:
    """What recalling a receipt would change; of a recalled one, what reinstating it would."""
    from tinh.flow.api import effect as foresee

    return foresee(corridor(), receipt, house().as_of_days)


def recall(receipt: str, reason: str, actor: str) -> Event:
    from tinh.flow.api import recall as take_out

    return take_out(corridor(), receipt, reason, actor)


def reinstate(receipt: str, reason: str, actor: str) -> Event:
    from tinh.flow.api import reinstate as take_back

    return take_back(corridor(), receipt, reason, actor)
