"""Taking in photos so that what was acknowledged is never lost: at once, or piece by piece over a bad line.

How much of an upload has come is what its file holds, so that nothing else can disagree after a crash.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from tinh.desks.photos import shelves
from tinh.desks.photos.errors import (
    KeyUsedTwice,
    LengthMissing,
    NoSuchPhoto,
    OffsetWrong,
    PhotoError,
    PhotoTooLarge,
    PieceTooLong,
    SecretMissing,
    TooManyPhotos,
)
from tinh.desks.photos.limits import LIMITS, PACE
from tinh.desks.photos.marks import HEAD, kind_of
from tinh.desks.photos.models import Photo, State
from tinh.kit.clock import SystemClock
from tinh.kit.ids import digest, fresh
from tinh.people import api as people

_LEAST_SECRET = 20
_clock = SystemClock()


@dataclass(frozen=True, slots=True)
class Upload:
    """How far an upload has come: `offset` of `length` bytes; dropped at `expires_at` unless a case's."""

    name: str
    offset: int
    length: int
    expires_at: datetime | None


def draft_of(secret: str) -> str:
    """The name of a draft: the digest of its secret (at least 20 characters). Raises SecretMissing."""
    if not _LEAST_SECRET <= len(secret) <= 200:
        raise SecretMissing
    return digest(b"draft\0" + secret.encode())


def begin(secret: str, length: int, key: str = "", network: str = "", file: str = "") -> Upload:
    """Announce a photo of `length` bytes for the draft; the same `key` again names the same upload.

    Raises SecretMissing, LengthMissing, PhotoTooLarge, TooManyPhotos, UploadsTooFast, KeyUsedTwice,
    NotAPhoto.
    """
    draft, key = draft_of(secret), _key(key)
    _measure(length)
    if found := _known(draft, key, length):
        return state_of(found.name)
    _ending(file)
    PACE.take(network, length)
    name = fresh(24)
    shelves.begin_part(name)
    try:
        made = _row(draft, key, name, length, State.RECEIVING)
    except BaseException:
        shelves.drop_part(name)
        raise
    if made != name:
        shelves.drop_part(name)
    return state_of(made)


def append(name: str, offset: int, pieces: Iterable[bytes]) -> Upload:
    """Add bytes at `offset`; durable when this returns.

    Raises NoSuchPhoto, OffsetWrong, PieceTooLong, NotAPhoto.
    """
    photo = _found(name)
    if photo.state != State.RECEIVING:
        return _done(photo, offset)
    with shelves.part_alone(name) as handle:
        have = os.fstat(handle).st_size
        if have != offset:
            raise OffsetWrong(have=have, sent=offset)
        os.lseek(handle, have, os.SEEK_SET)
        try:
            for piece in pieces:
                if have + len(piece) > photo.length:
                    os.ftruncate(handle, offset)
                    raise PieceTooLong(length=photo.length)
                view = memoryview(piece)
                while view:
                    view = view[os.write(handle, view) :]
                have += len(piece)
        finally:
            os.fsync(handle)
        if offset < HEAD <= have or have == photo.length:
            _look(photo, os.pread(handle, HEAD, 0))
        if have == photo.length:
            _finish(photo, os.pread(handle, have, 0))
    return Upload(name, have, photo.length, photo.expires_at)


def state_of(name: str) -> Upload:
    """How far an upload has come. Raises NoSuchPhoto."""
    photo = _found(name)
    if photo.state != State.RECEIVING:
        return Upload(name, photo.length, photo.length, photo.expires_at)
    with shelves.part_alone(name) as handle:
        have = os.fstat(handle).st_size
        if have == photo.length:  # the process ended between the last byte and the next line
            _finish(photo, os.pread(handle, have, 0))
    return Upload(name, have, photo.length, photo.expires_at)


def store(secret: str, data: bytes, key: str = "", network: str = "", file: str = "") -> str:
    """Take a whole photo at once, durably; its name. Raises like `begin` and `append`."""
    draft, key = draft_of(secret), _key(key)
    _measure(len(data))
    kind = kind_of(data[:HEAD], file)
    PACE.take(network, len(data))
    name = fresh(24)
    shelves.seal(name, data)
    facts = {"kind": kind, "digest": digest(data)}
    try:
        made = _row(draft, key, name, len(data), State.RECEIVED, **facts)
        if made == name:
            return name
        known = Photo.objects.filter(name=made).first()
        if known is not None and known.state == State.RECEIVING and known.length == len(data):
            erase(known)  # announced, and now sent in one piece
            made = _row(draft, key, name, len(data), State.RECEIVED, **facts)
        elif known is not None and (known.digest, known.length) != (facts["digest"], len(data)):
            raise KeyUsedTwice
    except BaseException:
        shelves.drop_original(name)
        raise
    if made != name:
        shelves.drop_original(name)
    return made


def drop(secret: str, name: str) -> None:
    """Take back a photo of a draft that no case has yet. Raises NoSuchPhoto."""
    photo = Photo.objects.filter(name=name, draft=draft_of(secret), case="").first()
    if photo is None or not erase(photo):
        raise NoSuchPhoto


def withdraw(name: str) -> None:
    """Take back an upload that no case has yet, by its address. Raises NoSuchPhoto."""
    if not erase(_found(name)):
        raise NoSuchPhoto


def erase(photo: Photo) -> bool:
    """Unless a case has it, or takes it this moment. The row first: what has no row is nobody's, and is
    swept."""
    with transaction.atomic():
        free = Photo.objects.select_for_update().filter(pk=photo.pk, case="").first()
        if free is None:
            return False
        free.delete()
    shelves.drop_part(photo.name)
    shelves.drop_original(photo.name)
    shelves.drop_copies(photo.name)
    return True


def forget_case(case: str) -> int:
    """Drop what a citizen sent with a case, originals and what their metadata said too; how many photos. The
    files go once the rows are gone for good."""
    names = list(
        Photo.objects.filter(case=case, role="report").exclude(case="").values_list("name", flat=True)
    )
    Photo.objects.filter(name__in=names).delete()

    def drop() -> None:
        for name in names:
            shelves.drop_part(name)
            shelves.drop_original(name)
            shelves.drop_copies(name)

    transaction.on_commit(drop)
    return len(names)


def forget(moment: datetime | None = None) -> int:
    """Drop what no case took in time, and originals that have no row; how many. For the clock."""
    moment = moment or _clock.now()
    gone = 0
    for photo in Photo.objects.filter(expires_at__lt=moment, case="").order_by("expires_at")[:10_000]:
        gone += erase(photo)
    for shelf in range(shelves.SHELVES):
        names = shelves.originals(shelf)
        kept = set(Photo.objects.filter(name__in=names).values_list("name", flat=True)) if names else set()
        for name in set(names) - kept:
            shelves.drop_original(name)
            gone += 1
    return gone


def _found(name: str) -> Photo:
    photo = Photo.objects.filter(name=name.replace("\0", "")).first()
    if photo is None:
        raise NoSuchPhoto
    return photo


def _key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:40] if key else fresh(24)


def _measure(length: int) -> None:
    if length <= 0:
        raise LengthMissing(header="Upload-Length")
    if length > LIMITS.photo_bytes:
        raise PhotoTooLarge(size=f"{length / 1e6:.1f}", most=LIMITS.photo_bytes // 1_000_000)


def _ending(file: str) -> None:
    """A file whose name says that it is no picture is refused before it is sent."""
    if file:
        kind_of(b"\xff\xd8\xff", file)


def _known(draft: str, key: str, length: int) -> Photo | None:
    found = Photo.objects.filter(draft=draft, key=key).first()
    if found is not None and found.length != length:
        raise KeyUsedTwice
    return found


_INSERT = """
insert into desks_photo (draft, key, name, length, state, kind, digest, place, created_at, expires_at,
    "case", role, fault, about, width, height, copies, boxes, blur, bands, shown, attempts)
select $1::varchar, $2, $3, $4, $5, $6, $7, (select count(*) from desks_photo where draft = $1), $8, $9,
    '', 'report', '', '{}', 0, 0, 0, '[]', false, '{}', false, 0
where (select count(*) from desks_photo where draft = $1 and state <> 'refused') < $10::int
    and (select count(*) from desks_photo where draft = $1) < $10::int * 3
on conflict (draft, key) do nothing
"""


def _row(draft: str, key: str, name: str, length: int, state: str, kind: str = "", digest: str = "") -> str:
    """Make a row in one statement; its name, or that of the row that has this key already.

    Raises TooManyPhotos.
    """
    now = _clock.now()
    facts = [draft, key, name, length, str(state), kind, digest, now, now + LIMITS.kept, LIMITS.per_draft]
    # as whoever takes the case in: telling PostgreSQL of another takes as long as the row itself
    with people.through("case"), connection.kept() as cursor:  # type: ignore[attr-defined]  # our own
        cursor.execute(_INSERT, facts)
        if cursor.rowcount:
            return name
    known = Photo.objects.filter(draft=draft, key=key).first()
    if known is None:
        raise TooManyPhotos(most=LIMITS.per_draft)
    return known.name


def _look(photo: Photo, head: bytes) -> None:
    try:
        photo.kind = kind_of(head)
    except PhotoError as error:
        refuse(photo, error)
        shelves.drop_part(photo.name)
        raise


def _finish(photo: Photo, data: bytes) -> None:
    shelves.seal(photo.name, data)
    photo.state, photo.digest, photo.kind = State.RECEIVED, digest(data), kind_of(data[:HEAD])
    photo.save(update_fields=["state", "digest", "kind"])
    shelves.drop_part(photo.name)


def refuse(photo: Photo, error: PhotoError) -> None:
    photo.state, photo.fault, photo.about = State.REFUSED, error.code, error.facts
    photo.save(update_fields=["state", "fault", "about"])


def _done(photo: Photo, offset: int) -> Upload:
    if photo.state == State.REFUSED:
        raise NoSuchPhoto
    if offset != photo.length:
        raise OffsetWrong(have=photo.length, sent=offset)
    return Upload(photo.name, photo.length, photo.length, photo.expires_at)
