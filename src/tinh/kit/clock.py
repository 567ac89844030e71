"""The one place that knows what time it is, so that tests can hold it still."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, timezone-aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock; `TINH_NOW` (ISO 8601 with offset) holds it still for a trial."""

    def now(self) -> datetime:
        held = os.environ.get("TINH_NOW")
        if held:
            return datetime.fromisoformat(held).astimezone(UTC)
        return datetime.now(UTC)


class HeldClock:
    """A clock that stands at `moment` until told to move."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment
