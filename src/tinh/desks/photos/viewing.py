"""What of a photo is open to whom: the reporter's own draft, a case's photos, public copies, the original."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection

from tinh.cases import api as cases
from tinh.desks.photos import shelves
from tinh.desks.photos.darkroom import ERRORS
from tinh.desks.photos.errors import NoSuchPhoto, NotReadyYet, OriginalLost, PhotoError
from tinh.desks.photos.models import Origin, Photo, State
from tinh.desks.photos.picture import SIZES
from tinh.desks.photos.receiving import draft_of
from tinh.kit.errors import Text
from tinh.kit.ids import digest
from tinh.people import api as people


@dataclass(frozen=True, slots=True)
class View:
    """A photo as pages show it. `at`: when it came. `fault` and `cure` say why it was refused, or None."""

    name: str
    state: str
    case: str
    role: str
    width: int
    height: int
    copies: int
    blurred: int
    shown: bool
    at: datetime
    fault: Text | None = None
    cure: Text | None = None

    def address(self, size: str, kind: str = "webp") -> str:
        """Where a copy is served: `page`, `card` or `thumb`; as `jpg` too, which every program reads."""
        return f"/phan-anh/anh/{self.name}/{self.copies}/{size}.{kind}"

    @property
    def page(self) -> str:
        return self.address("page")

    @property
    def card(self) -> str:
        return self.address("card")

    @property
    def thumb(self) -> str:
        return self.address("thumb")


@dataclass(frozen=True, slots=True)
class Told:
    """What a photo's metadata say: place in degrees, time as ISO 8601 without offset unless it was told."""

    name: str
    latitude: float | None
    longitude: float | None
    taken: str


def of_draft(secret: str) -> list[View]:
    """The photos of a draft, in the order they came."""
    rows = Photo.objects.filter(draft=draft_of(secret), case="").order_by("place", "id")
    return [_view(photo) for photo in rows]


def held(secret: str) -> int:
    """How many photos of a draft no case has yet, the refused ones left out."""
    # as whoever takes the report in, and has just kept its photos
    with people.through("case"), connection.kept() as cursor:  # type: ignore[attr-defined]  # our own
        cursor.execute(_HELD, [draft_of(secret), str(State.REFUSED)])
        return int(cursor.fetchone()[0])


_HELD = """select count(*) from desks_photo where draft = $1 and "case" = '' and state <> $2"""


def of_case(case: str, public: bool = True) -> list[View]:
    """The photos of a case; with `public` only those that everybody may see."""
    rows = Photo.objects.filter(case=case).exclude(case="").order_by("role", "place", "id")
    return [_view(photo) for photo in (rows.filter(shown=True, state=State.READY) if public else rows)]


def kept_of(case: cases.Case) -> list[cases.KeptFile]:
    """The photos of a case as its list of files has them; what their metadata told is not in it."""
    rows = Photo.objects.filter(case=case.code).exclude(case="").order_by("role", "place", "id")
    return [
        cases.KeptFile(
            one.name, "photo", one.role, one.state, f"image/{one.kind}" if one.kind else "",
            one.length or None, one.width or None, one.height or None, one.shown, one.created_at,
            _view(one).page if one.state == State.READY else "",
        )
        for one in rows
    ]  # fmt: skip


def of_cases(codes: Iterable[str]) -> dict[str, View]:
    """The first public photo of each case that has one."""
    rows = Photo.objects.filter(case__in=list(codes), shown=True, state=State.READY).exclude(case="")
    found: dict[str, View] = {}
    for photo in rows.order_by("case", "-role", "place", "id"):
        found.setdefault(photo.case, _view(photo))
    return found


def told(secret: str) -> list[Told]:
    """What the metadata of a draft's photos say, for the reporter alone."""
    with people.through("work"):
        rows = Origin.objects.filter(photo__draft=draft_of(secret), photo__case="").order_by("photo__place")
        return [
            Told(row.photo.name, row.latitude, row.longitude, row.taken)
            for row in rows.select_related("photo")
        ]


def claim(
    secret: str, case: str, names: Iterable[str] | None = None, role: str = "report", blur: bool = False
) -> int:
    """Give a draft's photos to a case: all that were not refused, or those named; how many.

    With `blur`, what looks like a face or a plate is blurred before anything is shown.
    """
    rows = Photo.objects.filter(draft=draft_of(secret), case="").exclude(
        state__in=[State.REFUSED, State.RECEIVING]
    )
    if names is not None:
        rows = rows.filter(name__in=list(names))
    more: dict[str, Any] = {"blur": True, "state": State.RECEIVED} if blur else {}
    return rows.update(case=case, role=role, expires_at=None, **more)


def claiming(secret: str, case: str, blur: bool = False) -> tuple[str, list[Any]]:
    """What `claim` does, as an update that can be written with the case itself."""
    more = ", blur = true, state = 'received'" if blur else ""
    return (
        f"""update desks_photo set "case" = %s, role = 'report', expires_at = null{more} """
        """where draft = %s and "case" = '' and state not in ('refused', 'receiving')""",
        [case, draft_of(secret)],
    )


def show(case: str, shown: bool, names: Iterable[str] | None = None) -> int:
    """Open or close the public copies of a case's photos; how many."""
    rows = Photo.objects.filter(case=case).exclude(case="")
    if names is not None:
        rows = rows.filter(name__in=list(names))
    return rows.update(shown=shown)


def photo(name: str) -> Photo:
    found = Photo.objects.filter(name=name.replace("\0", "")).first()
    if found is None:
        raise NoSuchPhoto
    return found


def copy(
    name: str, number: int, size: str, secret: str = "", staff: bool = False, sender: bool = False
) -> Path:
    """The file of a copy, for whoever may see it: everybody when shown, the draft's owner, staff, and of the
    report itself its `sender`, whom the door has judged.

    Raises NoSuchPhoto, NotReadyYet.
    """
    if size not in {one.name for one in SIZES}:
        raise NoSuchPhoto
    found = photo(name)
    own = len(secret) >= 20 and found.draft == draft_of(secret)
    sent = sender and bool(found.case) and found.role == "report"
    if not (staff or own or sent or (found.shown and found.case)):
        raise NoSuchPhoto
    if found.state != State.READY:
        raise NotReadyYet
    if number != found.copies:
        raise NoSuchPhoto
    path = shelves.copy(name, number, size)
    if not path.is_file():
        raise NoSuchPhoto
    return path


@lru_cache(maxsize=32)
def as_jpeg(path: Path) -> bytes:
    """A copy of ours as JPEG: older programs read nothing else (FixMyStreet takes `image/jpeg` alone)."""
    from PIL import Image

    out = io.BytesIO()
    with Image.open(path) as picture:
        picture.convert("RGB").save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def original(name: str, actor: people.Actor | None, reason: str, address: str = "") -> tuple[bytes, str]:
    """The photo as it was received, and its kind; each look is on record.

    Raises NotAllowed, SignInNeeded, ReasonTooShort, NoSuchPhoto, OriginalLost.
    """
    who = people.require(actor, "see reporters")
    why = people.reasoned(reason)
    found = photo(name)
    data = shelves.open_sealed(name)
    if found.digest and digest(data) != found.digest:
        raise OriginalLost
    reading = people.Reading((), reason=why)
    people.note(
        who.name,
        "see reporters",
        f"{found.case} photo {name}",
        allowed=True,
        address=address,
        reading=reading,
    )
    return data, found.kind


def _view(photo: Photo) -> View:
    fault = cure = None
    if photo.state == State.REFUSED:
        kind = ERRORS.get(photo.fault, PhotoError)
        error = kind(**photo.about) if photo.fault in ERRORS else None
        fault = error.detail() if error else None
        cure = error.remedy() if error else None
    return View(
        photo.name, photo.state, photo.case, photo.role, photo.width, photo.height, photo.copies,
        len(photo.boxes), photo.shown, photo.created_at, fault, cure,
    )  # fmt: skip
