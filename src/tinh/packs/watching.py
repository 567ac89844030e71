"""What is declared about watching for anomalies: relations between indicators, and a province's setting."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field

from tinh.kit.errors import Text
from tinh.packs.frozen import Frozen

RelationKind = Literal["at_most", "parts", "together", "ratio"]


class Relation(Frozen):
    """A relation between indicators that holds at every place in every period; ids are final."""

    id: str
    pack: str
    kind: RelationKind
    indicator: str
    other: str = ""
    parts: tuple[str, ...] = ()
    tolerance: float = 0.0
    tolerance_share: float = 0.0
    lower: float | None = None
    upper: float | None = None
    sign: Literal["same", "opposite"] = "same"
    lag: int = 0
    says: Text = Text("", "")
    source: str = ""
    file: Path

    def reads(self) -> tuple[str, ...]:
        """Every indicator it speaks of."""
        return tuple(dict.fromkeys(i for i in (self.indicator, self.other, *self.parts) if i))


class Watching(Frozen):
    """How the province looks for what is unusual."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    a_day: int = Field(20, ge=1, le=1000, description="at most this many raised a day, the most surprising")
    alarm: float = Field(
        0.02, gt=0, le=1, description="false alarms to expect of a series in which all is well"
    )
    mute: int = Field(
        12, ge=0, le=366, description="periods for which what was marked as known is not raised again"
    )
    raise_by: float = Field(
        1.0, ge=0, le=5, description="decades of surprise a series must show more for each mark as known"
    )
    look_back: int = Field(
        62, ge=1, le=1000, description="days within which an anomaly must end to be raised"
    )
    weights: dict[str, float] = Field(
        default_factory=dict,
        description="indicator → how much its surprise counts; unsaid: tiles of the room 2, others 1",
    )


AS_WATCHED = Watching.model_validate({})
