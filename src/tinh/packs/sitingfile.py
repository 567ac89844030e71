"""How `sitings/*.yaml` are written."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tinh.packs.siting import SitingGoal
from tinh.packs.written import NO_WORDS, BothWords, Declared, Id


class SitingDemandEntry(Declared):
    """Who is to be reached: a column of a report by commune, in its newest period."""

    dataset: str = Field(description="a report whose place is the commune")
    column: str = Field(description="column of the people (or other weight)")
    minus: str = Field("", description="column taken away from it: those reached already")
    where: str = Field("", description="communes that count, in the expression language")
    cell: float = Field(
        0.0, ge=0, description="metres: people spread evenly over their commune in cells; 0: at its centre"
    )


class SitingSitesEntry(Declared):
    """Where something can stand."""

    communes: bool = Field(True, description="the centre of each commune")
    cell: float = Field(0.0, ge=0, description="metres: besides, a point in each cell of a grid; 0: none")
    dataset: str = Field("", description="besides, the things of a register with coordinates")
    longitude: str = Field("", description="its column of longitude")
    latitude: str = Field("", description="its column of latitude")
    cost: float = Field(1.0, gt=0, description="what one site costs, in the unit of the budget")
    stands: str = Field(
        "", description="communes of the demand's report where this holds have one already, at their centre"
    )


class SitingPhaseEntry(Declared):
    """One stage; what it opens stays open."""

    name: BothWords = Field(description="what people call it")
    p: int | None = Field(None, ge=0, description="how many sites; or")
    budget: float | None = Field(None, ge=0, description="how much money")


class SitingFile(Declared):
    """One siting study: which places to open so that most people are reached. docs/reference/sitings.md."""

    format: Literal[1] = Field(description="number of this file format")
    id: Id
    name: BothWords
    description: BothWords = NO_WORDS
    goal: SitingGoal = Field(
        "cover",
        description="cover: most people · cover-all: cheapest that serves all · median: least distance",
    )
    demand: SitingDemandEntry
    sites: SitingSitesEntry = Field(default_factory=lambda: SitingSitesEntry.model_validate({}))
    radius: float | None = Field(None, gt=0, description="how far one site serves, in metres")
    p: int | None = Field(None, ge=0, le=1000, description="how many new sites")
    budget: float | None = Field(None, ge=0, description="what they may cost together")
    phases: list[SitingPhaseEntry] = Field(default_factory=list)
    minimum: float = Field(0.0, ge=0, le=1, description="least share of each commune that must be reached")
    share: float = Field(1.0, gt=0, le=1, description="cover-all: the share of all that must be reached")
    gap: float = Field(0.005, ge=0, lt=1, description="gap at which to stop")
    time_limit: float = Field(60.0, gt=0, le=600, description="seconds")
    assumed: bool = Field(True, description="reach or cost are assumptions; said wherever the study shows")
    source: BothWords = Field(NO_WORDS, description="where reach, cost and limits come from")
    made_by: str = ""
    made_at: str = ""
