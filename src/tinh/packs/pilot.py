"""The compiled shape of a pilot: what is tried where since when, and how it is judged."""

from __future__ import annotations

from pathlib import Path

from tinh.kit.errors import Text
from tinh.packs.frozen import Frozen
from tinh.packs.pilotfile import (
    METHODS,
    ColumnsEntry,
    GroupTimeEntry,
    Method,
    Moment,
    PredictorEntry,
    SyntheticDidEntry,
    SyntheticEntry,
)

Columns = ColumnsEntry
GroupTime = GroupTimeEntry
Predictor = PredictorEntry
Synthetic = SyntheticEntry
SyntheticDid = SyntheticDidEntry

__all__ = [
    "Columns",
    "GroupTime",
    "Method",
    "Moment",
    "Pilot",
    "Predictor",
    "Synthetic",
    "SyntheticDid",
    "Treated",
]


class Treated(Frozen):
    """Units in which the pilot starts together."""

    units: tuple[str, ...]
    start: Moment


class Pilot(Frozen):
    """One pilot. `indicator` is empty for a table given by hand."""

    id: str
    name: Text
    description: Text = Text("", "")
    indicator: str = ""
    data: Columns
    treated: tuple[Treated, ...] = ()
    candidates: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    begins: Moment | None = None
    ends: Moment | None = None
    direction: str = "either"
    matters: float | None = None
    covariates: tuple[str, ...] = ()
    methods: tuple[Method, ...] = METHODS
    group_time: GroupTime
    synthetic_control: Synthetic
    synthetic_did: SyntheticDid
    draws: int = 1999
    level: float = 95.0
    seed: int = 0
    closed: bool = False
    made_by: str = ""
    made_at: str = ""
    file: Path
    digest: str

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit declared as treated."""
        return tuple(u for entry in self.treated for u in entry.units)
