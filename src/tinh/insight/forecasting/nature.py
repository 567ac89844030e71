"""What is known of a series besides its numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Nature:
    """Facts that bound a forecast.

    `lower`, `upper`: values never beyond (a share: 0 and 100). `whole`: counts. `cumulative`: never falls.
    `holidays`: may feel Tết, which moves between January and February.
    """

    lower: float | None = None
    upper: float | None = None
    whole: bool = False
    cumulative: bool = False
    holidays: bool = True
