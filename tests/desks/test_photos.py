"""Photos of reports: what anybody may see of them, what is refused, and what is never lost."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image

from tests.desks import pictures
from tinh.desks.photos import errors
from tinh.desks.photos.darkroom import Darkroom
from tinh.kit.ids import fresh


@pytest.fixture(scope="module")
def darkroom() -> Iterator[Darkroom]:
    room = Darkroom(patience=60)
    yield room
    room.close()


@pytest.fixture
def photos(site: Any) -> Any:
    from tinh.desks.api import photos

    return photos


def seen(copy: bytes) -> Image.Image:
    return Image.open(io.BytesIO(copy))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF"])
def test_every_kind_a_phone_sends_becomes_small_copies_of_pixels_alone(darkroom: Darkroom, kind: str) -> None:
    image = pictures.scene(900, 700)
    more: dict[str, Any] = {} if kind == "GIF" else {"exif": pictures.exif(gps=pictures.GPS)}
    if kind in ("JPEG", "WEBP", "AVIF", "HEIF"):
        more["xmp"] = b"<x:xmpmeta>MayAnhBiMat</x:xmpmeta>"
    sent = pictures.heic(image, **more) if kind == "HEIF" else pictures.encoded(image, kind, **more)
    made = darkroom.develop(sent, "ảnh.jpg")
    assert (made.facts["width"], made.facts["height"]) == (900, 700)
    if kind != "GIF":
        assert made.facts["latitude"] == pytest.approx(21.5925) and made.facts["longitude"] == pytest.approx(
            105.845
        )
        assert made.facts["taken"] == "2026-11-20T07:45:10+07:00"
    limits = {"page": 200_000, "card": 60_000, "thumb": 20_000}
    for size, copy in made.copies.items():
        shown = seen(copy)
        assert shown.format == "WEBP" and len(copy) <= limits[size]
        assert not {"exif", "xmp", "icc_profile"} & set(shown.info)
        assert b"BiMat" not in copy and b"EXIF" not in copy and b"XMP " not in copy and b"ICCP" not in copy
    assert darkroom.develop(sent, "ảnh.jpg").copies == made.copies


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_photo_held_sideways_stands_upright(darkroom: Darkroom, orientation: int) -> None:
    turned = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    lying = pictures.scene(600, 400).transpose(turned[orientation])
    made = darkroom.develop(pictures.encoded(lying, exif=pictures.exif(orientation), quality=90))
    upright = seen(made.copies["page"]).convert("RGB")
    assert upright.size == (600, 400) == (made.facts["width"], made.facts["height"])
    red, _, blue = upright.getpixel((30, 20))
    assert red > 180 and blue < 80


def test_a_profile_that_cannot_be_read_does_no_harm_and_colours_of_print_are_turned_into_srgb(
    darkroom: Darkroom,
) -> None:
    image = pictures.scene(300, 200)
    plain = darkroom.develop(pictures.encoded(image, quality=95)).copies["page"]
    broken = darkroom.develop(
        pictures.encoded(image, quality=95, icc_profile=b"no profile at all" * 9)
    ).copies["page"]
    assert plain == broken
    cmyk = seen(darkroom.develop(pictures.encoded(image.convert("CMYK"), quality=95)).copies["page"]).convert(
        "RGB"
    )
    assert cmyk.getpixel((20, 15))[0] > 180


def test_what_lies_behind_a_picture_goes_and_its_film_with_it(darkroom: Darkroom) -> None:
    still = pictures.encoded(pictures.scene(), quality=85)
    moving = still + b"\0\0\0\x18ftypmp42" + b"VideoBiMat" * 500
    assert darkroom.develop(moving).copies == darkroom.develop(still).copies


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.txt", "x" * 100)
    return out.getvalue()


_GOOD = pictures.encoded(pictures.scene(), quality=85)
_PDF_TOO = _GOOD[:2] + b"\xff\xfe\x00\x20%PDF-1.4 padding to the lengt" + _GOOD[2:]
REFUSED: dict[str, Callable[[], tuple[bytes, str, type[errors.PhotoError]]]] = {
    "an SVG named as a photo": lambda: (
        b"<?xml version='1.0'?><svg onload='x()'/>", "a.jpg", errors.NotAPhoto,
    ),
    "a page named as a photo": lambda: (b"<!doctype html><script>1</script>", "a.png", errors.NotAPhoto),
    "a PDF": lambda: (b"%PDF-1.7 ...", "", errors.NotAPhoto),
    "a film": lambda: (b"\0\0\0\x18ftypmp42\0\0\0\0isom", "a.heic", errors.NotAPhoto),
    "nothing but zeros": lambda: (b"\0" * 500, "", errors.NotAPhoto),
    "a picture named as a program": lambda: (_GOOD, "anh.exe", errors.NotAPhoto),
    "a picture cut short": lambda: (_GOOD[: len(_GOOD) // 2], "", errors.PhotoCutShort),
    "a PNG cut short": lambda: (pictures.encoded(pictures.scene(), "PNG")[:9000], "", errors.PhotoCutShort),
    "a HEIC cut short": lambda: (pictures.heic(pictures.scene())[:3000], "", errors.PhotoCutShort),
    "a head without a body": lambda: (_GOOD[:30], "", errors.PhotoCutShort),
    "a small file of a vast picture": lambda: (pictures.vast_png(20_000, 20_000), "", errors.PhotoTooVast),
    "a picture of one endless row": lambda: (pictures.vast_png(1_000_000, 1), "", errors.PhotoTooVast),
    "a film in the form of a GIF": lambda: (pictures.long_gif(10_000), "", errors.TooManyFrames),
    "a picture that is an archive too": lambda: (_GOOD + archive(), "", errors.TwoFilesInOne),
    "a picture that is a PDF too": lambda: (_PDF_TOO, "", errors.TwoFilesInOne),
    "a GIF that is a page too": lambda: (b"GIF89a/*<script>*/" + b"\0" * 99, "", errors.TwoFilesInOne),
    "a picture with a page behind it": lambda: (
        _GOOD + b"<html><script>1</script>", "", errors.TwoFilesInOne,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_honest_picture_is_refused_with_words(darkroom: Darkroom, case: str) -> None:
    data, name, expected = REFUSED[case]()
    with pytest.raises(expected) as refusal:
        darkroom.develop(data, name)
    assert refusal.value.detail().vi and refusal.value.remedy().en


def test_a_picture_that_eats_time_ends_its_child_and_the_next_one_is_served() -> None:
    room = Darkroom(patience=0.05)
    with pytest.raises(errors.PhotoTooHeavy):
        room.develop(_GOOD)
    room._patience = 60
    assert room.develop(_GOOD).facts["kind"] == "jpeg"
    room.close()


def test_the_child_has_no_secrets_and_can_write_no_file(darkroom: Darkroom, monkeypatch: Any) -> None:
    monkeypatch.setenv("TINH_SECRET_SMS", "khong-duoc-biet")
    room = Darkroom()
    room.develop(_GOOD)
    assert room._child is not None
    from pathlib import Path

    process = Path(f"/proc/{room._child.pid}")
    assert b"khong-duoc-biet" not in (process / "environ").read_bytes()
    limits = (process / "limits").read_text()
    assert "Max file size             0 " in limits
    room.close()


def test_a_box_is_burnt_in_and_what_lay_under_it_cannot_be_told(darkroom: Darkroom) -> None:
    image = Image.new("RGB", (800, 600), "white")
    for x in range(200, 400, 8):
        for y in range(150, 300):
            for step in range(4):
                image.putpixel((x + step, y), (0, 0, 0))
    made = darkroom.develop(pictures.encoded(image, "PNG"), boxes=[[0.25, 0.25, 0.25, 0.25]])
    grey = seen(made.copies["page"]).convert("L")
    inside = [grey.getpixel((x, 225)) for x in range(230, 370)]
    assert max(inside) - min(inside) < 40, "stripes still show"
    assert grey.getpixel((700, 500)) > 245


def test_the_same_scene_sent_again_is_recognised_and_another_is_not(darkroom: Darkroom) -> None:
    first = darkroom.develop(pictures.encoded(pictures.scene(seed=3), quality=92)).facts["likeness"]
    again = darkroom.develop(pictures.encoded(pictures.scene(seed=3).resize((400, 300)), "WEBP", quality=50))
    other = darkroom.develop(pictures.encoded(pictures.scene(seed=8), quality=92)).facts["likeness"]
    assert (first ^ again.facts["likeness"]).bit_count() <= 3 < (first ^ other).bit_count()


def test_a_stored_photo_is_sealed_on_disk_and_developed_later(photos: Any, site: Any) -> None:
    secret, home = fresh(26), site.prepared.home
    data = pictures.encoded(pictures.scene(seed=11), exif=pictures.exif(gps=pictures.GPS), quality=88)
    name = photos.store(secret, data, key="một")
    assert photos.store(secret, data, key="một") == name, "the same key makes no second photo"
    [kept] = home.glob(f"photos/originals/*/{name}")
    assert b"JFIF" not in kept.read_bytes() and (home / "photos").stat().st_mode & 0o077 == 0
    [waiting] = photos.of_draft(secret)
    assert waiting.state in ("received", "ready")
    while photos.of_draft(secret)[0].state == "received":
        photos.develop_waiting()
    [ready] = photos.of_draft(secret)
    assert (ready.state, ready.width) == ("ready", 640)
    [told] = photos.told(secret)
    assert told.latitude == pytest.approx(21.5925)
    with pytest.raises(photos.NoSuchPhoto):
        photos.copy(name, ready.copies, "page")  # nobody else's yet
    assert photos.copy(name, ready.copies, "page", secret=secret).is_file()


def test_an_original_opens_only_to_who_may_see_reporters_with_a_reason_on_record(
    photos: Any, site: Any
) -> None:
    from tinh.people import api as people

    secret = fresh(26)
    data = pictures.encoded(pictures.scene(seed=12), quality=88)
    name = photos.store(secret, data)
    clerk = people.actor_named(site.account("desk_officer"))
    handler = people.actor_named(site.account("case_officer", "so-khcn"))
    with pytest.raises(people.NotAllowed):
        photos.original(name, handler, "muốn xem ảnh gốc của vụ này")
    with pytest.raises(people.PeopleError):
        photos.original(name, clerk, "  ")
    assert photos.original(name, clerk, "đối chiếu biển số xe vi phạm")[0] == data
    last = people.Access.objects.filter(subject__contains=name).latest("at")
    assert (last.action, last.reason) == ("see reporters", "đối chiếu biển số xe vi phạm")


def test_an_upload_goes_on_where_the_line_was_cut(photos: Any) -> None:
    secret, data = fresh(26), pictures.encoded(pictures.scene(seed=13), quality=95)
    begun = photos.begin(secret, len(data), key="k")
    assert photos.begin(secret, len(data), key="k").name == begun.name
    photos.append(begun.name, 0, [data[:5000]])
    with pytest.raises(errors.OffsetWrong):
        photos.append(begun.name, 0, [data[:5000]])
    with pytest.raises(errors.PieceTooLong):
        photos.append(begun.name, 5000, [data[5000:], b"x"])

    def cut() -> Iterator[bytes]:
        yield data[5000:9000]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        photos.append(begun.name, 5000, cut())
    assert photos.state_of(begun.name).offset == 9000, "what came before the cut is kept"
    assert photos.append(begun.name, 9000, [data[9000:]]).offset == len(data)
    assert photos.state_of(begun.name).offset == len(data)
    assert photos.of_draft(secret)[0].state in ("received", "ready")


def test_an_upload_that_is_no_picture_is_refused_at_its_first_piece(photos: Any) -> None:
    secret = fresh(26)
    begun = photos.begin(secret, 100_000)
    with pytest.raises(errors.NotAPhoto):
        photos.append(begun.name, 0, [b"<html>" + b" " * 5000])
    [refused] = photos.of_draft(secret)
    assert refused.state == "refused" and "HTML" in refused.fault.vi


def test_a_draft_has_room_for_ten_photos_and_a_secret_of_its_own(photos: Any) -> None:
    secret = fresh(26)
    for n in range(photos.LIMITS.per_draft):
        photos.begin(secret, 1000 + n)
    with pytest.raises(errors.TooManyPhotos):
        photos.begin(secret, 999)
    with pytest.raises(errors.SecretMissing):
        photos.begin("short", 10)
    with pytest.raises(errors.PhotoTooLarge):
        photos.begin(fresh(26), photos.LIMITS.photo_bytes + 1)
    assert photos.of_draft(fresh(26)) == []


def test_blurring_again_replaces_the_public_copies_and_keeps_the_original(photos: Any, site: Any) -> None:
    secret, home = fresh(26), site.prepared.home
    data = pictures.encoded(pictures.scene(seed=14), quality=90)
    name = photos.store(secret, data)
    photos.claim(secret, "PA-THU-14")
    while photos.photo(name).state == "received":
        photos.develop_waiting()
    first = photos.photo(name).copies
    photos.show("PA-THU-14", True)
    clear = photos.copy(name, first, "page").read_bytes()
    photos.blur(photos.photo(name), [[0.1, 0.1, 0.3, 0.3]])
    second = photos.photo(name).copies
    assert photos.copy(name, second, "page").read_bytes() != clear
    assert not list(home.glob(f"photos/copies/*/{name}-{first}-*")), "the clear copy is gone"
    photos.blur(photos.photo(name), [])
    assert photos.copy(name, second + 1, "page").read_bytes() == clear
    with pytest.raises(photos.BoxUnfit):
        photos.blur(photos.photo(name), [[0.9, 0.9, 0.3, 0.3]])
    photos.show("PA-THU-14", False)
    with pytest.raises(photos.NoSuchPhoto):
        photos.copy(name, second + 1, "page")


def test_the_same_picture_in_another_case_is_pointed_out(photos: Any) -> None:
    image = pictures.scene(seed=15)
    one, two = fresh(26), fresh(26)
    photos.store(one, pictures.encoded(image, quality=90))
    photos.store(two, pictures.encoded(image.resize((500, 375)), quality=60))
    photos.claim(one, "PA-THU-15A")
    photos.claim(two, "PA-THU-15B")
    while any(
        view.state == "received"
        for case in ("PA-THU-15A", "PA-THU-15B")
        for view in photos.of_case(case, False)
    ):
        photos.develop_waiting()
    [mine] = photos.of_case("PA-THU-15B", public=False)
    assert "PA-THU-15A" in [like.case for like in photos.alike(photos.photo(mine.name))]


def test_what_no_case_took_in_time_is_gone_and_what_one_took_stays(photos: Any, site: Any) -> None:
    from datetime import timedelta

    left, kept = fresh(26), fresh(26)
    gone = photos.store(left, pictures.encoded(pictures.scene(seed=16)))
    stays = photos.store(kept, pictures.encoded(pictures.scene(seed=17)))
    photos.claim(kept, "PA-THU-17")
    from tinh.desks.photos.models import Photo

    row = Photo.objects.get(name=gone)
    Photo.objects.filter(name=gone).update(expires_at=row.expires_at - timedelta(days=9))
    photos.forget()
    assert not list(site.prepared.home.glob(f"photos/originals/*/{gone}"))
    assert (
        list(site.prepared.home.glob(f"photos/originals/*/{stays}"))
        and photos.photo(stays).case == "PA-THU-17"
    )


def test_a_photo_that_a_case_takes_meanwhile_is_not_taken_back(photos: Any) -> None:
    """The same moment: its draft becomes a report, and the upload is taken back (or its draft is over)."""
    import threading

    from django.db import connections, transaction

    secret = fresh(26)
    name = photos.store(secret, pictures.encoded(pictures.scene(300, 200), "JPEG"))
    refused: list[bool] = []

    def take_back() -> None:
        try:
            photos.withdraw(name)
            refused.append(False)
        except errors.NoSuchPhoto:
            refused.append(True)
        finally:
            connections.close_all()

    other = threading.Thread(target=take_back)
    with transaction.atomic():
        assert photos.claim(secret, "PA-TEST-CLAIMED") == 1
        other.start()
        _waits_for_us()
    other.join(60)
    assert refused == [True]
    assert [one.name for one in photos.of_case("PA-TEST-CLAIMED", public=False)] == [name]


def _waits_for_us() -> None:
    """Until somebody waits for what this transaction holds."""
    from time import monotonic, sleep

    from django.db import connection

    until = monotonic() + 60
    with connection.cursor() as cursor:
        while monotonic() < until:
            cursor.execute(
                "select 1 from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))"
            )
            if cursor.fetchone():
                return
            sleep(0.02)
    raise AssertionError("nobody waited")
