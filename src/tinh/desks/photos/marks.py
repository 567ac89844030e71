"""Telling by the first bytes what a file is, by the last whether it is two. Pure; nothing is decoded.

Sources: ITU-T T.81 annex B (JPEG markers), RFC 2083 (PNG), RFC 9649 (WebP), ISO/IEC 14496-12 (ftyp brands of
HEIC and AVIF), GIF89a.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from tinh.desks.photos.errors import NotAPhoto, TwoFilesInOne

HEAD = 4096  # bytes that are enough to tell
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"mif2", b"MiHE"}
_AVIF = {b"avif", b"avis"}
_PICTURES = {
    "jpg",
    "jpeg",
    "jpe",
    "jfif",
    "png",
    "webp",
    "heic",
    "heif",
    "hif",
    "avif",
    "gif",
    "dng",
    "bmp",
    "tif",
    "tiff",
}
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"), (b"PK\x03\x04", "ZIP"), (b"MZ", "EXE"), (b"\x7fELF", "ELF"), (b"BM", "BMP"),
    (b"II*\x00", "TIFF"), (b"MM\x00*", "TIFF"), (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7z"),
    (b"\x1a\x45\xdf\xa3", "video"), (b"ID3", "MP3"), (b"\x1f\x8b", "gzip"), (b"8BPS", "PSD"),
)  # fmt: skip
_TEXT = re.compile(rb"<\s*(svg|html|!doctype|script|\?xml|\?php|iframe|body)", re.IGNORECASE)
_HIDDEN: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "ZIP"), (b"PK\x05\x06", "ZIP"), (b"%PDF-", "PDF"), (b"\x7fELF", "ELF"),
    (b"Rar!\x1a\x07", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"<?php", "PHP"),
)  # fmt: skip


def kind_of(head: bytes, name: str = "") -> str:
    """`jpeg`, `png`, `webp`, `heic`, `avif` or `gif` by the first bytes (12 are needed); raises NotAPhoto.

    `name` is the file's name, where it has one: a name that ends otherwise than a picture's is refused, a
    picture under the name of another kind of picture is not, as messengers rename so.
    """
    kind = _kind(head)
    if not kind:
        raise NotAPhoto(found=_guess(head))
    ending = PurePosixPath(name.replace("\\", "/").strip().lower()).suffix.lstrip(".")
    if ending and re.fullmatch(r"[a-z0-9]{1,5}", ending) and ending not in _PICTURES and not ending.isdigit():
        raise NotAPhoto(found=f".{ending}")
    return kind


def _kind(head: bytes) -> str:
    if head[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        length = min(int.from_bytes(head[:4], "big"), len(head))
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, length, 4))}
        if brands & _AVIF:
            return "avif"
        if brands & _HEIC:
            return "heic"
    return ""


def _guess(head: bytes) -> str:
    if found := _TEXT.search(head[:1024]):
        return {b"svg": "SVG", b"?xml": "XML", b"?php": "PHP"}.get(found[1].lower(), "HTML")
    if head[4:8] == b"ftyp":
        return "video"
    return next((name for mark, name in _OTHERS if head.startswith(mark)), "?")


def refuse_second_file(data: bytes, kind: str) -> None:
    """Raise TwoFilesInOne when the picture is a document or an archive as well.

    What phones put behind a picture (a film, a second picture, their own notes) passes: it is cut off with
    everything else that is no pixel.
    """
    head = data[:1024]
    if b"%PDF-" in head:
        raise TwoFilesInOne(found="PDF")
    if (found := _TEXT.search(head)) and found[1].lower() != b"?xml":
        raise TwoFilesInOne(found=_guess(head))
    end = _end(data, kind)
    rest = data[end:]
    if not rest:
        return
    for mark, name in _HIDDEN:
        at = rest.find(mark)
        if at >= 0 and (name != "ZIP" or b"PK\x05\x06" in rest[-65_600:]):
            raise TwoFilesInOne(found=name)
    if rest[:2] == b"MZ":
        raise TwoFilesInOne(found="EXE")
    if (found := _TEXT.search(rest[:4096])) and found[1].lower() != b"?xml":
        raise TwoFilesInOne(found="HTML")


def _end(data: bytes, kind: str) -> int:
    """Where the picture ends by its own account."""
    if kind == "jpeg":
        return _jpeg_end(data)
    if kind == "png":
        at = data.rfind(b"IEND")
        return at + 8 if at > 0 else len(data)
    if kind == "webp":
        return min(len(data), int.from_bytes(data[4:8], "little") + 8)
    if kind == "gif":
        at = data.rfind(b"\x00\x3b")
        return at + 2 if at > 0 else len(data)
    return _boxes_end(data)


def _jpeg_end(data: bytes) -> int:
    at = 2
    size = len(data)
    while at + 4 <= size:
        if data[at] != 0xFF:
            at = data.find(b"\xff", at)
            if at < 0:
                return size
            continue
        mark = data[at + 1]
        if mark == 0xD9:
            return at + 2
        if mark == 0xFF:
            at += 1
        elif mark == 0x00 or mark == 0x01 or 0xD0 <= mark <= 0xD8:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            if mark == 0xDA:  # entropy-coded data follows: on to the next real marker
                at = _scan_end(data, at)
    return size


def _scan_end(data: bytes, at: int) -> int:
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        if data[at + 1] not in (0x00, 0xFF) and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 1 if data[at + 1] == 0xFF else 2


def _boxes_end(data: bytes) -> int:
    at = 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if length == 1 and at + 16 <= len(data):
            length = int.from_bytes(data[at + 8 : at + 16], "big")
        if length == 0:
            return len(data)
        if length < 8 or not data[at + 4 : at + 8].isascii() or at + length > len(data):
            return at if at else len(data)
        at += length
    return at
