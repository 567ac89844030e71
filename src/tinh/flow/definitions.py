"""Which definition a figure is read by: of which version, and of which day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tinh.flow.applied import Applied
from tinh.flow.errors import VersionUnreadable
from tinh.packs.api import Catalogue, Indicator, versions, with_version


@dataclass(frozen=True, slots=True)
class Definition:
    """An indicator as it was meant. `catalogue` has it in its indicator's place; `applied` is the
    applied version it is read from, 0 for what is in force now."""

    indicator: Indicator
    catalogue: Catalogue
    applied: int = 0


def definition(
    applied: Applied, standing: Catalogue, id: str, version: int | None = None, as_of: datetime | None = None
) -> Definition | None:
    """The definition of a version (the newest when None) on the day of `as_of`, where it is known.

    Of a moment before anything was applied, or of a version this software no longer reads, the
    definition in force now is given. None when there is no such indicator or version.
    """
    if as_of is not None:
        then = applied.at(as_of)
        try:
            catalogue = applied.catalogue(then.number) if then else None
        except VersionUnreadable:
            catalogue = None
        found = _in(catalogue, id, version) if catalogue else None
        if found is not None and catalogue is not None and then is not None:
            return Definition(found, with_version(catalogue, found), then.number)
    found = _in(standing, id, version)
    return Definition(found, with_version(standing, found)) if found else None


def _in(catalogue: Catalogue, id: str, version: int | None) -> Indicator | None:
    declared = versions(catalogue, id)
    return next((i for i in declared if version in (None, i.version)), None)


def computed_by(applied: Applied, moments: Iterable[datetime | None]) -> list[int | None]:
    """The applied version in force at each moment a value was computed; None before the first."""
    known = sorted((v.applied_at, v.number) for v in applied.all())
    begun = [at for at, _ in known]
    out: list[int | None] = []
    for moment in moments:
        at = bisect_right(begun, moment) if moment is not None else 0
        out.append(known[at - 1][1] if at else None)
    return out
