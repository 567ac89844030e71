"""What a delivery is: bytes, who sent them, when, and the digest that names them for ever."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from tinh.kit.ids import code_of

Channel = Literal["file", "push", "web", "simulator", "release", "proposals", "pull"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One delivery to one dataset, as received. `received_at` is UTC; `answers` is the receipt
    whose held rows it brings back corrected."""

    id: str
    dataset: str
    digest: str
    size: int
    filename: str
    channel: Channel
    sender: str
    received_at: datetime
    simulated: bool = False
    answers: str = ""

    @staticmethod
    def id_for(dataset: str, digest: str, answers: str = "") -> str:
        """The same bytes for the same dataset are the same delivery, whoever repeats it."""
        return "r" + code_of(dataset, digest, *([answers] if answers else []), length=13)

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "received_at": self.received_at.isoformat()}
