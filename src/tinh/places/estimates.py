"""Where a divided unit went when no share is declared: an estimate by the nearest centre.

Points laid over the older unit's extent are each given to the heir whose known centre (its own, or that
of a unit that went into it whole) is nearest. The measured error, and why nothing better is at
hand: docs/decisions/0012.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import cache

import numpy as np

from tinh.places import records
from tinh.places.model import Unit

_LAID = 20  # points each way
_WIDTH = float(np.cos(np.radians(16.0)))  # a degree of longitude against one of latitude, mid-country

Extent = tuple[float, float, float, float]  # south, west, north, east
_EXTENTS = """select wardCode, wardBounds from admin_units_legacy where wardCode is not null
 union select districtCode, districtBounds from admin_units_legacy where wardCode is null"""


@cache
def extents() -> Mapping[str, Extent]:
    """The bounding boxes of the lowest units of before 2025, where the data files know them."""
    out: dict[str, Extent] = {}
    with closing(records.open_database()) as database:
        for code, written in database.execute(_EXTENTS):
            try:
                low, high = (part.split(",") for part in written.split("–"))
                out[code] = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
            except (AttributeError, ValueError, IndexError):
                continue
    return out


def nearest_shares(older: Unit, heirs: Mapping[str, Sequence[Unit]], before_2025: bool) -> dict[str, float]:
    """The share of `older` nearest to each heir, given the centres known of each; equal where nothing is."""
    extent = extents().get(older.code) if before_2025 else None
    if extent is None or not all(heirs.values()):
        return dict.fromkeys(heirs, 1 / len(heirs))
    south, west, north, east = extent
    steps = (np.arange(_LAID) + 0.5) / _LAID
    lon, lat = np.meshgrid(west + steps * (east - west), south + steps * (north - south))
    far = np.stack(
        [
            np.min([((lon - u.lon) * _WIDTH) ** 2 + (lat - u.lat) ** 2 for u in centres], axis=0)
            for centres in heirs.values()
        ]
    )
    counts = np.bincount(far.argmin(axis=0).ravel(), minlength=len(heirs))
    return {code: float(count) / float(counts.sum()) for code, count in zip(heirs, counts, strict=True)}
