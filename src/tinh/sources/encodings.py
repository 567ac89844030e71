"""From bytes to text: which character encoding a delivery is written in."""

from __future__ import annotations

import codecs
import io
import unicodedata

from tinh.sources import vietnamese
from tinh.sources.errors import CutShort, Garbled, LegacyFont, NulBytes, UnknownEncoding

_STEP = 1 << 24
_SAMPLE = 1 << 18
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Where Windows-1258 and Windows-1252 give the same byte different letters.
_DIFFER = bytes([0xC3, 0xCC, 0xD0, 0xD2, 0xD5, 0xDD, 0xDE, 0xE3, 0xEC, 0xF0, 0xF2, 0xF5, 0xFD, 0xFE])
_UNUSED_1252 = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])
_NAMES = {"utf8": "utf-8", "utf-8-sig": "utf-8", "windows-1258": "cp1258", "windows-1252": "cp1252"}
_HALF = {"where_vi": "ký tự cuối cùng không trọn vẹn", "where_en": "its last character is incomplete"}

Bytes = bytes | memoryview


def detect(data: Bytes, filename: str, declared: str = "") -> tuple[str, int]:
    """The encoding of `data` and how many bytes its mark takes; raises when none fits.

    Order: byte order mark; evident UTF-16; UTF-8 when every byte agrees; the contract's own
    word; then Windows-1258 and Windows-1252 by what their words look like.
    """
    for mark, name in _BOMS:
        if bytes(data[: len(mark)]) == mark:
            return name, len(mark)
    wide = _evident_utf16(bytes(data[:_SAMPLE]))
    if wide:
        return wide, 0
    odd = _first_bad_utf8(data)
    if odd is None:
        _refuse_foreign_text(bytes(data[:_SAMPLE]).decode("utf-8", "ignore"), filename)
        return "utf-8", 0
    if _cut_utf8(data, odd):
        raise CutShort(filename=filename, **_HALF)
    if declared and _NAMES.get(declared.lower(), declared.lower()) != "utf-8":
        return _NAMES.get(declared.lower(), declared.lower()), 0
    return _single_byte(data, odd, filename), 0


def to_utf8(data: Bytes, encoding: str, skip: int, filename: str) -> bytes:
    """`data` as UTF-8, decoded step by step so that memory stays near the size of the text."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)("strict")
    except LookupError as error:
        raise UnknownEncoding(filename=filename, line=1) from error
    out = io.BytesIO()
    size = len(data)
    for at in range(skip, size, _STEP):
        last = at + _STEP >= size
        try:
            text = decoder.decode(bytes(data[at : at + _STEP]), last)
        except UnicodeDecodeError as error:
            if last and error.reason in ("truncated data", "unexpected end of data"):
                raise CutShort(filename=filename, **_HALF) from error
            raise UnknownEncoding(filename=filename, line=_line(data, at + error.start)) from error
        out.write(text.encode("utf-8", "replace"))
    if encoding == "cp1258":
        return unicodedata.normalize("NFC", out.getvalue().decode()).encode()
    return out.getvalue()


def refuse_nul(data: Bytes, filename: str) -> None:
    """Text has no NUL bytes; a damaged or binary file does."""
    at = _find(data, b"\0")
    if at >= 0:
        raise NulBytes(filename=filename, line=_line(data, at))


def _find(data: Bytes, what: bytes) -> int:
    if isinstance(data, bytes):
        return data.find(what)
    for at in range(0, len(data), _STEP):
        found = bytes(data[at : at + _STEP]).find(what)
        if found >= 0:
            return at + found
    return -1


def _line(data: Bytes, offset: int) -> int:
    return bytes(data[:offset]).count(b"\n") + 1


def _evident_utf16(head: bytes) -> str:
    """Without a mark: every second byte of mostly Latin text is zero."""
    if len(head) < 4 or (len(head) % 2 and len(head) < _SAMPLE):
        return ""
    half = len(head) // 2
    even, odd = head[0 : 2 * half : 2].count(0), head[1 : 2 * half : 2].count(0)
    if odd > 0.4 * half and even < 0.02 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.02 * half:
        return "utf-16-be"
    return ""


def _first_bad_utf8(data: Bytes) -> int | None:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    size = len(data)
    for at in range(0, size, _STEP):
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(bytes(data[at : at + _STEP]), at + _STEP >= size)
        except UnicodeDecodeError as error:
            return max(0, at - held + error.start)
    return None


def _cut_utf8(data: Bytes, odd: int) -> bool:
    """Text that is UTF-8, letters beyond ASCII included, up to a last character cut in two."""
    tail = bytes(data[odd:])
    if len(tail) > 3:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(tail)
    except UnicodeDecodeError:
        return False
    return any(not bytes(data[at : min(at + _STEP, odd)]).isascii() for at in range(0, odd, _STEP))


def _refuse_foreign_text(text: str, filename: str) -> None:
    """Valid Unicode may still hold text of an old font, or text garbled on its way."""
    if text.isascii():
        return
    spoiled = vietnamese.garbled(text)
    if spoiled:
        raise Garbled(filename=filename, sample=spoiled[0], meant=spoiled[1])
    old = vietnamese.legacy(text)
    if old:
        raise LegacyFont(filename=filename, encoding=old[0], sample=old[1], meant=old[2])


def _evidence(data: Bytes, near: int) -> bytes:
    """Lines around the first odd byte: enough words to judge by."""
    start = max(0, near - 4096)
    return bytes(data[start : start + _SAMPLE])


def _single_byte(data: Bytes, near: int, filename: str) -> str:
    sample = _evidence(data, near)
    latin = sample.decode("cp1252", "replace")
    viet = unicodedata.normalize("NFC", sample.decode("cp1258", "replace"))
    share, count = vietnamese.likeness(viet)
    old = vietnamese.legacy(latin)
    if old and share < 0.8:
        raise LegacyFont(filename=filename, encoding=old[0], sample=old[1], meant=old[2])
    stray = any(unicodedata.combining(c) for c in viet)
    if count and share >= 0.6 and not stray:
        return "cp1258"
    if not any(b in sample for b in _DIFFER) and _latin(sample, latin):
        return "cp1258" if share > 0 else "cp1252"
    if _latin(sample, latin):
        return "cp1252"
    raise UnknownEncoding(filename=filename, line=_line(data, near))


def _latin(sample: bytes, text: str) -> bool:
    """Western text: accents are few, sit on letters inside words, and no control bytes."""
    if any(b in sample for b in _UNUSED_1252) or any(b < 9 or 13 < b < 32 for b in sample):
        return False
    found = vietnamese.words(text)
    if any(not w.isalpha() and len(w) > 2 for w in found):
        return False
    letters = "".join(found)
    accents = sum(not c.isascii() for c in letters)
    return accents <= 0.4 * max(len(letters), 1) or len(letters) < 3
