"""The old Vietnamese encodings: what their bytes, shown as Western letters, stand for.

TCVN3 (ABC, fonts `.VnTime`) has no capitals with a tone: capital fonts (`.VnTimeH`) show the same
bytes as capitals, so such text is read as lower-case letters, but within a word otherwise typed
in capitals. VNI writes most letters as a vowel and a mark after it. VISCII has a byte for each.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any, Literal

Font = Literal["tcvn3", "vni"]
SPOKEN: dict[str, str] = {"tcvn3": "TCVN3 (ABC)", "vni": "VNI", "viscii": "VISCII"}

# TCVN 5712:1993 VN3, bytes A1–FE, only the letters; B0–B4 are marks written after a capital.
TCVN3 = {
    **dict(zip(range(0xA1, 0xA8), "ĂÂÊÔƠƯĐ", strict=True)),
    **dict(zip(range(0xA8, 0xAF), "ăâêôơưđ", strict=True)),
    0xB5: "à", 0xB6: "ả", 0xB7: "ã", 0xB8: "á", 0xB9: "ạ", 0xBB: "ằ", 0xBC: "ẳ", 0xBD: "ẵ", 0xBE: "ắ",
    0xC6: "ặ", 0xC7: "ầ", 0xC8: "ẩ", 0xC9: "ẫ", 0xCA: "ấ", 0xCB: "ậ", 0xCC: "è", 0xCE: "ẻ", 0xCF: "ẽ",
    0xD0: "é", 0xD1: "ẹ", 0xD2: "ề", 0xD3: "ể", 0xD4: "ễ", 0xD5: "ế", 0xD6: "ệ", 0xD7: "ì", 0xD8: "ỉ",
    0xDC: "ĩ", 0xDD: "í", 0xDE: "ị", 0xDF: "ò", 0xE1: "ỏ", 0xE2: "õ", 0xE3: "ó", 0xE4: "ọ", 0xE5: "ồ",
    0xE6: "ổ", 0xE7: "ỗ", 0xE8: "ố", 0xE9: "ộ", 0xEA: "ờ", 0xEB: "ở", 0xEC: "ỡ", 0xED: "ớ", 0xEE: "ợ",
    0xEF: "ù", 0xF1: "ủ", 0xF2: "ũ", 0xF3: "ú", 0xF4: "ụ", 0xF5: "ừ", 0xF6: "ử", 0xF7: "ữ", 0xF8: "ứ",
    0xF9: "ự", 0xFA: "ỳ", 0xFB: "ỷ", 0xFC: "ỹ", 0xFD: "ý", 0xFE: "ỵ",
}  # fmt: skip
_TCVN3_MARKS = dict(zip("°±²³´", "\u0300\u0309\u0303\u0301\u0323", strict=True))
_TCVN3_AFTER = re.compile("([AEIOUY¡-¦])([°±²³´])")
_TCVN3_CAPITALS = frozenset("ĂÂÊÔƠƯĐ")

VNI_MARKS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323", "â": "\u0302",
    "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303", "ä": "\u0302\u0323",
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
}  # fmt: skip
VNI_ALONE = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_PAIR = re.compile(f"([aeoyuôö])([{''.join(VNI_MARKS)}])", re.IGNORECASE)

# RFC 1456: the bytes that are not those of Latin-1, by code.
_VISCII = {
    **dict(zip((0x02, 0x05, 0x06, 0x14, 0x19, 0x1E), "ẲẴẪỶỸỴ", strict=True)),
    **dict(zip(range(0x80, 0xA0), "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ", strict=True)),
    **dict(zip(range(0xA0, 0xC0), "ÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ", strict=True)),
    0xC4: "Ả", 0xC5: "Ă", 0xC6: "ẳ", 0xC7: "ẵ", 0xCB: "Ẻ", 0xCE: "Ĩ", 0xCF: "ỳ", 0xD0: "Đ", 0xD1: "ứ",
    0xD5: "ạ", 0xD6: "ỷ", 0xD7: "ừ", 0xD8: "ử", 0xDB: "ỹ", 0xDC: "ỵ", 0xDE: "ỡ", 0xDF: "ư", 0xE4: "ả",
    0xE5: "ă", 0xE6: "ữ", 0xE7: "ẫ", 0xEB: "ẻ", 0xEE: "ĩ", 0xEF: "ỉ", 0xF0: "đ", 0xF1: "ự", 0xF6: "ỏ",
    0xF7: "ọ", 0xF8: "ụ", 0xFB: "ũ", 0xFC: "ủ", 0xFE: "ợ", 0xFF: "Ữ",
}  # fmt: skip
VISCII = "".join(_VISCII.get(code, chr(code)) for code in range(256))

# What Windows-1252 leaves out stays the control sign of its number, as browsers read it.
WESTERN = "".join(bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(256))


def western_bytes(text: str) -> bytes | None:
    """The bytes that, shown in Windows-1252 or Latin-1, are `text`; None when none are."""
    try:
        return bytes(_CODE_OF[char] for char in text)
    except KeyError:
        return None


_CODE_OF = {chr(code): code for code in range(256)} | {char: code for code, char in enumerate(WESTERN)}


class _Bytewise(codecs.IncrementalDecoder):
    """A letter for each byte."""

    def __init__(self, table: str) -> None:
        super().__init__()
        self._table = table

    def decode(self, input: Any, final: bool = False) -> str:
        del final
        return codecs.charmap_decode(bytes(input), "strict", self._table)[0]


def decoder(encoding: str) -> codecs.IncrementalDecoder:
    """For an encoding of Python's, or `viscii`, or `western`; a LookupError for another."""
    own = {"viscii": VISCII, "western": WESTERN}.get(encoding)
    return _Bytewise(own) if own else codecs.getincrementaldecoder(encoding)("strict")


@cache
def from_tcvn3(word: str) -> str:
    """`word`, shown in Western letters, as its TCVN3 font would show it."""
    if "²" in word or "³" in word or "°" in word or "´" in word or "±" in word:
        word = _TCVN3_AFTER.sub(_marked, word)
    letters = [TCVN3.get(ord(char), char) for char in word]
    made = "".join(letters)
    told = [c for c, was in zip(letters, word, strict=True) if c == was or c in _TCVN3_CAPITALS]
    typed_large = len(told) > 1 and all(c.isupper() for c in told)
    inner = any(was.isupper() and c.isupper() for c, was in zip(made[1:], word[1:], strict=True))
    return made.upper() if typed_large and (inner or made[1:2] in _TCVN3_CAPITALS) else made


def _marked(match: re.Match[str]) -> str:
    letter, mark = match.groups()
    base = TCVN3.get(ord(letter), letter)
    return unicodedata.normalize("NFC", base + _TCVN3_MARKS[mark])


@cache
def from_vni(word: str) -> str:
    """`word`, shown in Western letters, as its VNI font would show it."""

    def join(match: re.Match[str]) -> str:
        vowel, mark = match.groups()
        lower = VNI_ALONE.get(vowel.lower(), vowel.lower())
        letter = unicodedata.normalize("NFC", lower + VNI_MARKS[mark.lower()])
        return letter.upper() if vowel.isupper() else letter

    out, last = [], 0
    for match in _VNI_PAIR.finditer(word):
        out += [_vni_alone(word[last : match.start()]), join(match)]
        last = match.end()
    return "".join([*out, _vni_alone(word[last:])])


def _vni_alone(text: str) -> str:
    return "".join(
        (known.upper() if c.isupper() else known) if (known := VNI_ALONE.get(c.lower())) else c for c in text
    )


READ: dict[Font, Callable[[str], str]] = {"tcvn3": from_tcvn3, "vni": from_vni}
