"""One word that may have been typed in an old font: what it can be, as it stands and under a font."""

from __future__ import annotations

import re
from functools import cache

from tinh.sources.fonts import READ, Font, western_bytes
from tinh.sources.vietnamese import LETTERS, pronounceable, real, syllable

TOKEN = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f¡-¿×÷])+")
_UNITS = frozenset({
    "µm", "µg", "µs", "µl", "µsv", "m²", "m³", "km²", "cm²", "cm³", "dm²", "dm³", "mm²", "mm³", "nm³",
    "ha²", "°c", "°f", "μg", "μm",
})  # fmt: skip
_SHORT = re.compile(r"[A-ZĐ]{2,8}")
_ALONE = frozenset({
    "á", "à", "ô", "ơ", "ư", "ê", "â", "ă", "đ", "í", "ú", "é", "è", "ò", "ó", "ý", "ở", "ừ", "ờ", "ồ",
    "ủ", "ổ", "ỷ",
})  # fmt: skip


@cache
def tokens(cell: str) -> tuple[str, ...]:
    """Words that may have been typed in an old font; signs of measure are none."""
    found = (m.group() for m in TOKEN.finditer(cell) if not m.group().isascii() and not coded(m))
    return tuple(w for w in found if w.lower() not in _UNITS and any(c not in "°²³±" for c in w))


def coded(match: re.Match[str]) -> bool:
    """Letters that touch a digit, as in `A§1` or `1ª`, are a code, unless they are a word of an old font."""
    around = match.string[max(match.start() - 1, 0) : match.start()], match.string[match.end() :][:1]
    return any(c.isdecimal() for c in around) and not any(gives_away(match.group(), font) for font in READ)


@cache
def as_is(word: str) -> bool:
    """Possible as it stands: Vietnamese, or with letters that no old font shows."""
    return syllable(word) or western_bytes(word) is None


@cache
def under(word: str, font: Font) -> bool:
    """Vietnamese under `font`."""
    meant = READ[font](word)
    return meant != word and (syllable(meant) or _SHORT.fullmatch(meant) is not None)


@cache
def fits(word: str, font: Font) -> bool:
    """May be a word under `font`, a name of the highlands too."""
    if under(word, font):
        return True
    meant = READ[font](word)
    if meant == word or not all(c.isascii() or c.lower() in LETTERS for c in meant):
        return False
    signs = any("¡" <= c <= "¿" or c in "×÷" for c in word)
    return signs or pronounceable(meant, several=font == "vni")


@cache
def gives_away(word: str, font: Font) -> bool:
    return len(word) > 1 and not as_is(word) and real(READ[font](word)) and READ[font](word) != word


@cache
def same(word: str, font: Font) -> bool:
    """Reads alike either way, as `Bình` under VNI."""
    return READ[font](word) == word and as_is(word)


def read_word(word: str, font: Font) -> str:
    """`word` as the font shows it, unless that is no word."""
    if word.isascii() or word.lower() in _UNITS:
        return word
    meant = READ[font](word)
    if under(word, font):
        return meant if len(word) > 1 or meant.lower() in _ALONE else word
    return meant if len(word) > 1 and fits(word, font) else word
