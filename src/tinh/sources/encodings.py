"""From bytes to text: which character encoding a delivery is written in."""

from __future__ import annotations

import codecs
import io
import unicodedata

from tinh.sources import letters, vietnamese
from tinh.sources.errors import BrokenUtf8, CutShort, NulBytes, UnknownEncoding
from tinh.sources.fonts import VISCII, WESTERN
from tinh.sources.fonts import decoder as letter_decoder

_STEP = 1 << 20
_SAMPLE = 1 << 18
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Where Windows-1258 and Windows-1252 give the same byte different letters.
_DIFFER = bytes([0xC3, 0xCC, 0xD0, 0xD2, 0xD5, 0xDD, 0xDE, 0xE3, 0xEC, 0xF0, 0xF2, 0xF5, 0xFD, 0xFE])
_UNUSED_1252 = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])
_NAMES = {
    "utf8": "utf-8", "utf-8-sig": "utf-8", "windows-1258": "cp1258", "windows-1252": "cp1252",
    "tcvn3": "western", "abc": "western", "tcvn": "western", "vni": "western", "viscii": "viscii",
}  # fmt: skip
HALF = {"where_vi": "ký tự cuối cùng không trọn vẹn", "where_en": "its last character is incomplete"}

Bytes = bytes | memoryview


def detect(data: Bytes, filename: str, declared: str = "") -> tuple[str, int]:
    """The encoding of `data` and how many bytes its mark takes; raises when none fits.

    Order: byte order mark; evident UTF-16; UTF-8 when every byte agrees; the contract's own
    word; then Windows-1258, VISCII, old fonts and Windows-1252 by what their words look like.
    `western` is text of an old font shown in Western letters, for `letters` to read.
    """
    for mark, name in _BOMS:
        if bytes(data[: len(mark)]) == mark:
            return name, len(mark)
    wide = _evident_utf16(bytes(data[:_SAMPLE]))
    if wide:
        return wide, 0
    odd = _first_bad_utf8(data)
    if odd is None:
        return "utf-8", 0
    if _cut_utf8(data, odd):
        raise CutShort(filename=filename, **HALF)
    if declared and _NAMES.get(declared.lower(), declared.lower()) != "utf-8":
        return _NAMES.get(declared.lower(), declared.lower()), 0
    _refuse_broken_utf8(data, odd, filename)
    return _single_byte(data, odd, filename), 0


def to_utf8(data: Bytes, encoding: str, skip: int, filename: str) -> bytes:
    """`data` as UTF-8, decoded step by step so that memory stays near the size of the text."""
    try:
        decoder = letter_decoder(encoding)
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
                raise CutShort(filename=filename, **HALF) from error
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
    return 1 + sum(bytes(data[at : min(at + _STEP, offset)]).count(b"\n") for at in range(0, offset, _STEP))


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
    if len(data) - odd > 3:
        return False
    tail = bytes(data[odd:])
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(tail)
    except UnicodeDecodeError:
        return False
    return any(not bytes(data[at : min(at + _STEP, odd)]).isascii() for at in range(0, odd, _STEP))


def _evidence(data: Bytes, near: int) -> bytes:
    """Lines around the first odd byte: enough words to judge by."""
    start = max(0, near - 4096)
    return bytes(data[start : start + _SAMPLE])


def _single_byte(data: Bytes, near: int, filename: str) -> str:
    sample = _evidence(data, near)
    latin = "".join(WESTERN[b] for b in sample)
    viet = unicodedata.normalize("NFC", sample.decode("cp1258", "replace"))
    share, count = vietnamese.likeness(viet)
    stray = any(unicodedata.combining(c) for c in viet)
    viscii = "".join(VISCII[b] for b in sample)
    if _sure(viscii, share):
        return "viscii"
    if share < 0.8 and letters.fonts_of(latin.splitlines()):
        return "western"
    if count and share >= 0.6 and not stray:
        return "cp1258"
    if not any(b in sample for b in _DIFFER) and _latin(sample, latin):
        return "cp1258" if share > 0 else "cp1252"
    if _latin(sample, latin):
        return "cp1252"
    raise UnknownEncoding(filename=filename, line=_line(data, near))


def _sure(text: str, other: float) -> bool:
    """Nearly every word beyond ASCII is Vietnamese, several are, and fewer would be otherwise."""
    seen = {w for w in vietnamese.words(text) if len(w) > 1}
    good = {w for w in seen if vietnamese.real(w)}
    western = {w for w in good if all(ord(c) < 256 for c in w)}  # the same in Latin-1
    return len(good - western) >= 4 and len(good) >= 0.95 * len(seen) and other < 0.8


def _refuse_broken_utf8(data: Bytes, odd: int, filename: str) -> None:
    """Letters of several bytes around a few bytes that fit nowhere: UTF-8 that was damaged."""
    text = _evidence(data, odd).decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(not c.isascii() for c in text) - broken
    if whole >= 3 and broken * 2 <= whole:
        at = text.find("\ufffd")
        near = " ".join(text[max(0, at - 20) : at + 10].split())
        raise BrokenUtf8(filename=filename, line=_line(data, odd), near=near)


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
