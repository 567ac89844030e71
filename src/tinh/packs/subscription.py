"""The compiled shape of a subscription: which events go to whom, where and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from tinh.kit.errors import Text
from tinh.packs.frozen import Frozen

Outcome = Literal["accepted", "in part", "refused"]
Severity = Literal["info", "watch", "serious", "critical"]
Mode = Literal["structured", "binary"]


class Wanted(Frozen):
    """Which events: receipts of datasets, values of indicators, alerts by rule."""

    receipts: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ("accepted", "in part")
    indicators: tuple[str, ...] = ()
    change: float = 0.0  # the smallest difference of a value that is told
    alerts: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()  # empty: any
    places: tuple[str, ...] = ()  # of values and alerts, with what lies in them; empty: any


class Receiver(Frozen):
    """Where events are sent. `secret` and `token` are names in the vault."""

    url: str
    allow_private: bool = False
    secret: str = ""  # empty: signed with the axis's own key
    token: str = ""
    mode: Mode = "structured"
    batch: int = 1  # events of one request, structured mode only
    timeout: float = 10.0
    keep_trying: float = 72 * 3600.0


class Subscription(Frozen):
    """Events an agency is sent. `owners` are the agencies whose data they tell of."""

    id: str
    pack: str = ""  # empty: the province's own folder, or made on the web
    name: Text
    agency: str
    owners: tuple[str, ...]
    wanted: Wanted
    target: Receiver
    purpose: Text
    legal_basis: str
    begins: date | None = None
    ends: date | None = None
    made_by: str = ""
    made_at: str = ""
    file: Path
    digest: str

    def live(self, day: date) -> bool:
        """Whether events are told on a day."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)
