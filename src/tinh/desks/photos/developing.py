"""Making the copies that may be seen: after a photo came in, and again when it is blurred anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q

from tinh.desks.photos import shelves
from tinh.desks.photos.darkroom import Darkroom
from tinh.desks.photos.errors import BoxUnfit, NotReadyYet, PhotoError, PhotoTooHeavy
from tinh.desks.photos.models import Origin, Photo, State
from tinh.desks.photos.receiving import refuse
from tinh.kit.clock import SystemClock
from tinh.people import api as people

log = structlog.get_logger()
DARKROOM = Darkroom()
MOST_BOXES = 100
_LEASE = timedelta(minutes=3)
_ATTEMPTS = 3
_clock = SystemClock()


def develop_waiting(most: int = 20, darkroom: Darkroom = DARKROOM) -> int:
    """Make the copies of up to `most` photos that wait; how many. Nothing waiting costs one query."""
    done = 0
    while done < most and (photo := _claimed()) is not None:
        try:
            if photo.attempts > _ATTEMPTS:
                refuse(photo, PhotoTooHeavy())
            else:
                _develop(photo, darkroom)
        except PhotoError as error:
            refuse(photo, error)
            log.info("photo.refused", photo=photo.name, code=error.code)
        done += 1
    return done


def _claimed() -> Photo | None:
    now = _clock.now()
    with transaction.atomic():
        photo = (
            Photo.objects.select_for_update(skip_locked=True)
            .filter(Q(leased_until=None) | Q(leased_until__lt=now), state=State.RECEIVED)
            .order_by("created_at")
            .first()
        )
        if photo is not None:
            photo.leased_until, photo.attempts = now + _LEASE, photo.attempts + 1
            photo.save(update_fields=["leased_until", "attempts"])
        return photo


def _develop(photo: Photo, darkroom: Darkroom) -> None:
    made = darkroom.develop(shelves.open_sealed(photo.name), boxes=photo.boxes, propose=photo.blur)
    facts = made.facts
    number = photo.copies + 1
    shelves.keep_copies(photo.name, number, made.copies)
    likeness = int(facts["likeness"])
    found: dict[str, Any] = {}
    if photo.blur:
        found = {"proposals": facts["proposals"], "boxes": [*photo.boxes, *_boxes(facts["proposals"])]}
    with transaction.atomic(), people.through("work"):
        Photo.objects.filter(pk=photo.pk).update(
            state=State.READY, kind=facts["kind"], width=facts["width"], height=facts["height"],
            copies=number, likeness=likeness - (1 << 64) if likeness >> 63 else likeness,
            bands=bands(likeness), leased_until=None, **found,
        )  # fmt: skip
        if facts.get("taken") or "latitude" in facts:
            Origin.objects.update_or_create(
                photo_id=photo.pk,
                defaults={"taken": facts.get("taken", ""), "latitude": facts.get("latitude"),
                          "longitude": facts.get("longitude")},
            )  # fmt: skip
    shelves.drop_copies(photo.name, before=number)


def _boxes(proposed: list[dict[str, Any]]) -> list[list[float]]:
    return [one["box"] for one in proposed]


def proposals(photo: Photo, darkroom: Darkroom = DARKROOM) -> list[dict[str, Any]]:
    """What looks like a face or a plate in a photo: `[{kind, box}]`; looked for once. Raises PhotoError."""
    if photo.proposals is None:
        photo.proposals = darkroom.propose(shelves.open_sealed(photo.name))
        photo.save(update_fields=["proposals"])
    found: list[dict[str, Any]] = photo.proposals
    return found


def blur(photo: Photo, boxes: Sequence[Sequence[float]], darkroom: Darkroom = DARKROOM) -> None:
    """Burn exactly these boxes into new public copies and drop the old ones. Raises BoxUnfit, NotReadyYet."""
    if photo.state != State.READY:
        raise NotReadyYet
    fit = [_fit(box) for box in boxes]
    if len(fit) > MOST_BOXES:
        raise BoxUnfit
    made = darkroom.develop(shelves.open_sealed(photo.name), boxes=fit)
    with transaction.atomic():
        Photo.objects.filter(pk=photo.pk).update(copies=F("copies") + 1, boxes=fit)
        photo.refresh_from_db()
        shelves.keep_copies(photo.name, photo.copies, made.copies)
    shelves.drop_copies(photo.name, before=photo.copies)


def _fit(box: Sequence[float]) -> list[float]:
    if len(box) != 4 or not all(isinstance(part, int | float) and 0 <= part <= 1 for part in box):
        raise BoxUnfit
    left, top, wide, high = (float(part) for part in box)
    if wide < 0.002 or high < 0.002 or left + wide > 1.0001 or top + high > 1.0001:
        raise BoxUnfit
    return [round(part, 4) for part in (left, top, wide, high)]


def bands(likeness: int) -> list[int]:
    """Four pieces of 16 bits, each with its place: pictures that differ in up to three bits share one."""
    return [band << 16 | likeness >> (16 * band) & 0xFFFF for band in range(4)]
