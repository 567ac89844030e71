"""What is made of a picture: copies without metadata, what its metadata offer, its likeness. In the child.

Copies are made of pixels alone, so nothing else of a file can reach a reader.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

from tinh.desks.photos.errors import PhotoCutShort, PhotoError, PhotoTooVast, TooManyFrames
from tinh.desks.photos.marks import HEAD, kind_of, refuse_second_file

MOST_PIXELS = 64_000_000
MOST_PIXELS_JPEG = 220_000_000  # JPEG is read at an eighth, a quarter or half of its size
MOST_SIDE = 30_000
MOST_FRAMES = 500


@dataclass(frozen=True, slots=True)
class Size:
    """A copy that is made: longest side in pixels, most bytes."""

    name: str
    side: int
    most: int


SIZES = (Size("page", 1600, 200_000), Size("card", 720, 60_000), Size("thumb", 320, 20_000))
_QUALITIES = (82, 74, 66, 58, 50, 42, 34)

Box = Sequence[float]  # left, top, width, height as parts of the picture's width and height


def developed(
    data: bytes, name: str = "", boxes: Sequence[Box] = ()
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The facts of a picture and its copies as WebP, with `boxes` blurred; raises PhotoError.

    The same bytes and boxes give the same copies.
    """
    image, facts = opened(data, name)
    facts["likeness"] = likeness(image)
    image = blurred(image, boxes)
    return facts, {size.name: _encoded(image, size) for size in SIZES}


def opened(data: bytes, name: str = "") -> tuple[Image.Image, dict[str, Any]]:
    """The picture upright in sRGB, at most a little larger than its largest copy, and its facts."""
    kind = kind_of(data[:HEAD], name)
    refuse_second_file(data, kind)
    if kind == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None  # our own limits are asked before anything is decoded
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=[_FORMATS[kind]])
        width, height = image.size
        most = MOST_PIXELS_JPEG if kind == "jpeg" else MOST_PIXELS
        if width * height > most or max(width, height) > MOST_SIDE:
            raise PhotoTooVast(width=width, height=height)
        frames = int(getattr(image, "n_frames", 1)) if kind in ("gif", "webp", "png", "avif") else 1
        if frames > MOST_FRAMES:
            raise TooManyFrames(frames=frames, most=MOST_FRAMES)
        exif = image.getexif()
        profile = image.info.get("icc_profile")
        if kind == "jpeg":
            side = SIZES[0].side
            scale = side / max(width, height)
            image.draft(
                "RGB" if image.mode != "CMYK" else "CMYK",
                (math.ceil(width * scale), math.ceil(height * scale)),
            )
        image.load()
        facts: dict[str, Any] = {"kind": kind, "width": width, "height": height} | _offered(exif)
        if exif.get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8):
            facts["width"], facts["height"] = height, width
        image.thumbnail((SIZES[0].side * 2, SIZES[0].side * 2), Image.Resampling.BOX)
        image = ImageOps.exif_transpose(image)
        return _plain(image, profile), facts
    except PhotoError:
        raise
    except UnidentifiedImageError:
        raise PhotoCutShort from None
    except MemoryError:
        raise
    except (
        OSError,
        SyntaxError,
        ValueError,
        IndexError,
        KeyError,
        TypeError,
        EOFError,
        OverflowError,
        RuntimeError,
    ):
        raise PhotoCutShort from None


_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "heic": "HEIF", "avif": "AVIF", "gif": "GIF"}


def _plain(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB in sRGB on white, carrying nothing but pixels."""
    if image.mode in ("I;16", "I;16B", "I;16L", "I"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("P", "PA", "LA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        colours = ground
    else:
        colours = image
    if profile and colours.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            made = ImageCms.profileToProfile(
                colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            colours = made if made is not None else colours
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that cannot be read says nothing
    clean = Image.new("RGB", colours.size)
    clean.paste(colours.convert("RGB"))
    return clean


def _offered(exif: Image.Exif) -> dict[str, Any]:
    """When and where it says it was taken: `taken` (ISO 8601, offset where told), `latitude`, `longitude`."""
    found: dict[str, Any] = {}
    try:
        more = exif.get_ifd(ExifTags.IFD.Exif)
        taken = str(more.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime) or "")
        day, _, hour = taken.strip("\x00 ").partition(" ")
        if len(day) == 10 and len(hour) >= 8 and day[:4].isdecimal():
            offset = str(more.get(ExifTags.Base.OffsetTimeOriginal) or "").strip("\x00 ")
            found["taken"] = f"{day.replace(':', '-')}T{hour[:8]}{offset if len(offset) == 6 else ''}"
    except Exception:  # whatever stands there was written by anybody's program
        pass
    try:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(gps[2], gps.get(1, "N"), "S")
        longitude = _degrees(gps[4], gps.get(3, "E"), "W")
        if abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude or longitude):
            found |= {"latitude": round(latitude, 7), "longitude": round(longitude, 7)}
    except Exception:
        pass
    return found


def _degrees(parts: Any, side: Any, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in (*parts, 0, 0)[:3])
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):
        raise ValueError
    text = side.decode("ascii", "replace") if isinstance(side, bytes) else str(side)
    return -value if text.strip("\x00 ").upper().startswith(negative) else value


def likeness(image: Image.Image) -> int:
    """The difference hash of 64 bits: of 9 × 8 grey cells, whether each is brighter than its right neighbour.

    Pictures alike differ in few bits. Source: N. Krawetz, "Kind of Like That" (2013).
    """
    small = image.convert("L").resize((9, 8), Image.Resampling.BOX)
    cells = small.tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (cells[row * 9 + column] > cells[row * 9 + column + 1])
    return bits


def blurred(image: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """The picture with each box, a tenth wider on each side, turned into at most 6 × 6 patches of colour."""
    if not boxes:
        return image
    image = image.copy()
    width, height = image.size
    for left, top, wide, high in boxes:
        area = (
            max(0, math.floor((left - wide * 0.1) * width)),
            max(0, math.floor((top - high * 0.1) * height)),
            min(width, math.ceil((left + wide * 1.1) * width)),
            min(height, math.ceil((top + high * 1.1) * height)),
        )
        size = (area[2] - area[0], area[3] - area[1])
        if min(size) < 1:
            continue
        cell = max(size) / 6
        few = (max(1, round(size[0] / cell)), max(1, round(size[1] / cell)))
        patch = image.crop(area).resize(few, Image.Resampling.BOX).resize(size, Image.Resampling.BILINEAR)
        image.paste(patch, area[:2])
    return image


def _encoded(image: Image.Image, size: Size) -> bytes:
    side = size.side
    while True:
        copy = image.copy()
        copy.thumbnail((side, side), Image.Resampling.LANCZOS)
        for quality in _QUALITIES:
            out = io.BytesIO()
            copy.save(out, "WEBP", quality=quality, method=4, exif=b"", xmp=b"", icc_profile=b"")
            if out.tell() <= size.most:
                return out.getvalue()
        side = int(side * 0.75)
