"""Photos that show the same: by the difference hash of 64 bits that each copy was made with."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from django.db.models import QuerySet

from tinh.desks.photos.models import Photo, State
from tinh.desks.photos.receiving import draft_of

_ALL = (1 << 64) - 1
_MOST_READ = 5000
_PAUSE = 0.1
WAITERS = 8  # of one process at once: each holds a thread that answers requests
_seats = threading.BoundedSemaphore(WAITERS)


@dataclass(frozen=True, slots=True)
class Alike:
    """Another photo that shows the same: of which case, and in how many of 64 bits it differs."""

    name: str
    case: str
    distance: int


def alike(photo: Photo, most: int = 5, distance: int = 6) -> list[Alike]:
    """Photos of other cases that are the same picture, or nearly so, nearest first. For staff: it finds
    photos that nobody else may see."""
    return _nearest(photo, _of_cases().exclude(case=photo.case), most, distance)


def alike_shown(secret: str, most: int = 20, distance: int = 6) -> list[Alike]:
    """Photos everybody may see that show what a draft's photos show: the nearest of each case, nearest first.
    Raises SecretMissing."""
    mine = Photo.objects.filter(draft=draft_of(secret), case="", state=State.READY)
    best: dict[str, Alike] = {}
    for photo in mine:
        for one in _nearest(photo, _of_cases().filter(shown=True, state=State.READY), most, distance):
            if one.case not in best or one.distance < best[one.case].distance:
                best[one.case] = one
    return sorted(best.values(), key=lambda one: (one.distance, one.name))[:most]


def settle(secret: str, seconds: float = 3.0) -> bool:
    """Wait until every photo of a draft has been looked at, at most so long; whether they have. Where many
    wait already it only looks."""
    waiting = Photo.objects.filter(draft=draft_of(secret), case="", state=State.RECEIVED)
    if not waiting.exists():
        return True
    if not _seats.acquire(blocking=False):
        return False
    try:
        until = time.monotonic() + seconds
        while waiting.exists():
            if time.monotonic() >= until:
                return False
            time.sleep(_PAUSE)
        return True
    finally:
        _seats.release()


def _of_cases() -> QuerySet[Photo]:
    return Photo.objects.exclude(case="")


def _nearest(photo: Photo, among: QuerySet[Photo], most: int, distance: int) -> list[Alike]:
    if photo.likeness is None:
        return []
    mine = photo.likeness & _ALL
    if _even(mine, distance):
        return []
    rows = (
        among.filter(bands__overlap=list(photo.bands))
        .exclude(pk=photo.pk)
        .values_list("name", "case", "likeness")[:_MOST_READ]
    )
    found = [
        Alike(name, case, (mine ^ other & _ALL).bit_count())
        for name, case, other in rows
        if other is not None and not _even(other & _ALL, distance)
    ]
    return sorted(
        (one for one in found if one.distance <= distance), key=lambda one: (one.distance, one.name)
    )[:most]


def _even(likeness: int, distance: int) -> bool:
    """Whether a picture cannot be told from an even surface or a plain gradient, which are like any other."""
    return not distance < likeness.bit_count() < 64 - distance
