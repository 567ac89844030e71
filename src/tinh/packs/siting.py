"""The compiled shape of a siting study: who is to be reached, from where, how far, for how much."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from tinh.kit.errors import Text
from tinh.packs.frozen import Frozen

SitingGoal = Literal["cover", "cover-all", "median"]


class SitingDemand(Frozen):
    """People by commune, from a column of a report; `cell` metres: spread evenly over each commune."""

    dataset: str
    column: str
    minus: str = ""
    where: str = ""  # in the expression language of kit.expr
    cell: float = 0.0


class SitingSites(Frozen):
    """Candidates: centres of communes, points of a grid of `cell` metres, or things of a register."""

    communes: bool = True
    cell: float = 0.0
    dataset: str = ""
    longitude: str = ""
    latitude: str = ""
    cost: float = 1.0
    stands: str = ""  # communes of the demand's report where this holds have one already, at their centre


class SitingPhase(Frozen):
    name: Text
    p: int | None = None
    budget: float | None = None


class Siting(Frozen):
    """One study."""

    id: str
    name: Text
    description: Text = Text("", "")
    goal: SitingGoal = "cover"
    demand: SitingDemand
    sites: SitingSites = SitingSites()
    radius: float | None = None  # metres
    p: int | None = None
    budget: float | None = None
    phases: tuple[SitingPhase, ...] = ()
    minimum: float = 0.0
    share: float = 1.0
    gap: float = 0.005
    time_limit: float = 60.0
    assumed: bool = True  # its figures of cost or reach are assumptions rather than measured
    source: Text = Text("", "")
    made_by: str = ""
    made_at: str = ""
    file: Path
    digest: str
