"""When a province reminds of deliveries, and what an extended deadline is worth."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from tinh.packs.frozen import Frozen

_HOUR = r"^([01]\d|2[0-3]):[0-5]\d$"


class Reminding(Frozen):
    """When reminders of deliveries go out, and how an extended deadline is scored. Days are working days."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    before: int = Field(2, ge=0, le=20, description="days before the deadline of the first reminder, 0: none")
    again: int = Field(
        5, ge=1, le=60, description="days after which whoever owes an overdue delivery is told again"
    )
    escalate: int = Field(3, ge=1, le=60, description="days overdue from which the agency's head is told")
    operators: int = Field(
        5, ge=1, le=60, description="days overdue from which the operators of the centre are told"
    )
    at: str = Field("07:30", pattern=_HOUR, description="hour of a working day from which letters go out")
    until: str = Field("17:00", pattern=_HOUR, description="hour after which none goes out any more")
    extended: Literal["on time", "late"] = Field(
        "on time", description="what a delivery counts as that came by the extended deadline"
    )


AS_A_RULE = Reminding.model_validate({})
