"""The doors to reminders. What stands behind them needs Django's settings, which the corridor does not."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tinh.channels.api import Clockwork, Sent
    from tinh.jobs.reminding import Outlook


def clockwork() -> Clockwork:
    """When letters go out here."""
    from tinh.jobs import reminding

    return reminding.clockwork()


def outlook(moment: datetime | None = None) -> Outlook:
    """What the next round will tell, as things stand now."""
    from tinh.jobs import reminding

    return reminding.outlook(moment)


def remind(moment: datetime | None = None) -> Sent:
    """The round of the day, if it is time and has not been."""
    from tinh.jobs import reminding

    return reminding.remind(moment)


def remind_agency(agency: str, actor: str, reason: str) -> Sent:
    """Tell one agency now, because somebody says so."""
    from tinh.jobs import reminding

    return reminding.remind_agency(agency, actor, reason)
