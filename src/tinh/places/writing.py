"""How a written name is read: tokens, the two keys a name is found by, the words that say a kind.

The *marked* key keeps what diacritics say but not how they were typed: `Hoà` and `Hòa`, NFC and
NFD, `Quy` and `Qui`, `Đắk` and `Đăk` are one. The *plain* key drops diacritics and đ.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from tinh.places.model import Kind, Level

_TONES = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j"}
_Y_AS_I = re.compile(r"(?:[bcdđghklmnprstvx]+|qu)y")
_APOSTROPHES = re.compile(r"[’'`´ʼ‘ʹ′]")
# Đ typed as the Icelandic or African letter that looks like it; marks that only steer line breaks.
_LOOKALIKES = str.maketrans(
    {"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ", "\u00ad": "", "\u2060": "", "\ufeff": ""}
)
_STRONG = re.compile(r"[,;|\n\r\t()\[\]{}<>→:/\\]+")
_BETWEEN = re.compile(r"[\W_]+")
# `1. Xã …`, `II.3) …`, `a) …`, but not `X. …`, which is a commune; `… (1)` and `… ¹` point to a footnote.
_LISTED = re.compile(
    r"\s*[(\[]?(?:(?P<number>\d{1,3})|(?!x\s*\.)[ivx]{1,4}(?:\.\d{1,2})*|\d{1,3}(?:\.\d{1,2})+|[a-zđ](?=\)))"
    r"\s*[.)\]/:\-–—]+\s*(?=[^\W\d_])",
    re.IGNORECASE,
)
_NOTED = re.compile(r"(?<=[^\W\d_])\s*(?:[(\[]\s*\d{1,2}\s*[)\]]|\d\)|[¹²³⁴⁵⁶⁷⁸⁹]+)\s*$")
_GLUED_NUMBER = re.compile(r"(p|ph|f|q|phường|phuong|quận|quan)(\d{1,2})")


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """One word of a name; `raw` is lower case and composed, zeros in front of numbers kept.

    `token` makes each once, so that identity serves as equality.
    """

    raw: str
    marked: str
    plain: str
    has_marks: bool
    is_number: bool


@lru_cache(maxsize=65536)
def token(word: str) -> Token:
    """`word` is lower case."""
    if word.isdecimal():
        number = word.lstrip("0") or "0"
        return Token(word, number, number, not word.isascii(), True)
    letters, tone = [], ""
    for char in unicodedata.normalize("NFD", word):
        if char in _TONES:
            tone = _TONES[char]
        else:
            letters.append(char)
    base = unicodedata.normalize("NFC", "".join(letters))
    if _Y_AS_I.fullmatch(base):
        base = base[:-1] + "i"
    if base.endswith("k"):
        # The names of the Central Highlands: Đắk, Đăk and Đak are all in use, in official texts too.
        base, tone = base.replace("ă", "a"), ""
    plain = "".join(c for c in unicodedata.normalize("NFD", base) if not unicodedata.combining(c))
    marked = f"{base}{tone}" if tone else base
    return Token(word, marked, plain.replace("đ", "d"), not word.isascii(), False)


def segments(text: str) -> list[tuple[Token, ...]]:
    """The tokens of `text` between commas and the like; hyphens, dots and spaces only part words."""
    clean = unicodedata.normalize("NFKC", text.translate(_LOOKALIKES)).lower()
    clean = _APOSTROPHES.sub("", clean)
    out = []
    for piece in _STRONG.split(clean):
        words = [word for word in _BETWEEN.split(piece) if word]
        tokens = tuple(token(part) for word in words for part in unglued(word))
        if tokens:
            out.append(tokens)
    return out


def unlisted(text: str) -> tuple[str, str]:
    """A name without what only numbers it, and the number that stood before it; both empty where nothing
    does."""
    listed = _LISTED.match(text)
    name = _NOTED.sub("", text[listed.end() :] if listed else text)
    return ("", "") if name == text else (name, (listed and listed["number"]) or "")


def unglued(word: str) -> Iterator[str]:
    glued = _GLUED_NUMBER.fullmatch(word)
    if glued:
        yield glued[1]
        yield glued[2]
    else:
        yield word


Mark = tuple[Level, Kind]


def _kinds(*marks: Mark) -> frozenset[Mark]:
    return frozenset(marks)


_PROVINCE = _kinds(("province", "tỉnh"))
_CITY = _kinds(("province", "thành phố"), ("district", "thành phố"))
_TOWN = _kinds(("district", "thị xã"))
_DISTRICT = _kinds(("district", "huyện"))
_QUARTER = _kinds(("district", "quận"))
_COMMUNE = _kinds(("commune", "xã"))
_WARD = _kinds(("commune", "phường"))
_TOWNSHIP = _kinds(("commune", "thị trấn"))
_ZONE = _kinds(("commune", "đặc khu"))

# Words before a name. A word counts with its diacritics or with none at all.
_BEFORE: dict[str, frozenset[Mark]] = {
    "tỉnh": _PROVINCE, "t": _PROVINCE,
    "thành phố": _CITY, "tp": _CITY, "t p": _CITY, "t phố": _CITY, "thành phố thuộc tỉnh": _CITY,
    "thị xã": _TOWN, "tx": _TOWN, "t x": _TOWN, "t xã": _TOWN,
    "huyện": _DISTRICT, "h": _DISTRICT, "huyện đảo": _DISTRICT,
    "quận": _QUARTER, "q": _QUARTER,
    "xã": _COMMUNE, "x": _COMMUNE,
    "phường": _WARD, "p": _WARD, "ph": _WARD, "f": _WARD,
    "thị trấn": _TOWNSHIP, "tt": _TOWNSHIP, "t t": _TOWNSHIP, "ttr": _TOWNSHIP, "t trấn": _TOWNSHIP,
    "đặc khu": _ZONE, "đk": _ZONE,
    "province of": _PROVINCE | _kinds(("province", "thành phố")),
    "city of": _CITY, "ward": _WARD, "district": _QUARTER | _DISTRICT, "commune": _COMMUNE,
}  # fmt: skip
# English words after a name.
_AFTER: dict[str, frozenset[Mark]] = {
    "province": _PROVINCE | _kinds(("province", "thành phố")),
    "city": _CITY,
    "town": _TOWN | _TOWNSHIP,
    "township": _TOWNSHIP,
    "district": _QUARTER | _DISTRICT,
    "ward": _WARD,
    "commune": _COMMUNE,
    "special zone": _ZONE,
}
# The committee of a place stands for the place.
_OFFICE = ("ubnd", "uỷ ban nhân dân", "ủy ban nhân dân")
_COUNTRY = ("việt nam", "vietnam", "vn")


def _phrases(words: dict[str, frozenset[Mark]]) -> dict[tuple[str, ...], frozenset[Mark]]:
    table: dict[tuple[str, ...], frozenset[Mark]] = {}
    for phrase, marks in words.items():
        tokens = [token(word) for word in phrase.split()]
        for key in (tuple(t.marked for t in tokens), tuple(t.plain for t in tokens)):
            table[key] = table.get(key, frozenset()) | marks
    return table


BEFORE = _phrases(_BEFORE)
AFTER = _phrases(_AFTER)
OFFICE = _phrases(dict.fromkeys(_OFFICE, _PROVINCE))
COUNTRY = _phrases(dict.fromkeys(_COUNTRY, _PROVINCE))
# Words whose kinds are numbered: what follows them is no code.
NUMBERED = frozenset(key for key, marks in BEFORE.items() if marks & (_WARD | _QUARTER))


# Words that open or close a phrase beside a name, without diacritics.
OPENING = frozenset(token(p.split()[0]).plain for words in (_BEFORE, _OFFICE) for p in words)
CLOSING = frozenset(token(p.split()[-1]).plain for p in _AFTER)

# Every word that may stand in a text beside the names themselves, without diacritics.
WORDS = frozenset(
    token(word).plain
    for phrases in (_BEFORE, _AFTER, _OFFICE, _COUNTRY)
    for p in phrases
    for word in p.split()
)


class Reading:
    """One way to read some tokens: a name, and the kinds its prefix or suffix allows (None: any)."""

    __slots__ = ("has_marks", "kinds", "marked", "name", "plain")

    def __init__(self, name: tuple[Token, ...], kinds: frozenset[Mark] | None) -> None:
        self.name, self.kinds = name, kinds
        self.marked = tuple([t.marked for t in name])
        self.plain = tuple([t.plain for t in name])
        self.has_marks = any(t.has_marks for t in name)


@lru_cache(maxsize=65536)
def readings(tokens: tuple[Token, ...]) -> list[Reading]:
    """Every way to split a kind off: `Quan Hoa` may be a name, or a quận called Hoa."""
    tokens = _without_office(tokens)
    marked = tuple(t.marked for t in tokens)
    out = [Reading(tokens, None)]
    for size in range(1, min(5, len(tokens))):
        before = BEFORE.get(marked[:size])
        if before:
            out.append(Reading(tokens[size:], before))
        after = AFTER.get(marked[-size:])
        if after:
            out.append(Reading(tokens[:-size], after))
    return out


def _without_office(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    marked = tuple(t.marked for t in tokens)
    for size in (1, 4):
        if len(tokens) > size and marked[:size] in OFFICE:
            return tokens[size:]
    return tokens


def without_country(parts: list[tuple[Token, ...]]) -> list[tuple[Token, ...]]:
    """`Thái Nguyên, Việt Nam` is about Thái Nguyên."""
    if not parts:
        return parts
    *rest, last = parts
    for size in (1, 2):
        if tuple(t.marked for t in last[-size:]) in COUNTRY:
            kept = last[:-size]
            if rest or kept:
                return [*rest, kept] if kept else rest
    return parts


def codes_apart(
    parts: list[tuple[Token, ...]],
) -> Iterator[tuple[list[tuple[Token, ...]], list[str]]]:
    """Ways to take a unit's own code out of a text that may name it as well: `19 - Thái Nguyên`.

    Five digits are always a commune's code. Two or three may be one when they stand alone, first
    or last, and belong to no numbered ward or quarter; then the text is read without them first.
    """
    long, short = _apart(parts, lambda part, i: len(part[i].raw) == 5), _apart(parts, _short_code)
    if short[1]:
        yield short[0], short[1]
    yield long


def _short_code(part: tuple[Token, ...], i: int) -> bool:
    size = len(part[i].raw)
    if size == 5:
        return True
    numbered = i > 0 and (part[i - 1].marked,) in NUMBERED
    return size in (2, 3) and i in (0, len(part) - 1) and not numbered


def _apart(
    parts: list[tuple[Token, ...]], is_code: Callable[[tuple[Token, ...], int], bool]
) -> tuple[list[tuple[Token, ...]], list[str]]:
    codes: list[str] = []
    kept: list[tuple[Token, ...]] = []
    for part in parts:
        if not any(t.is_number for t in part):
            kept.append(part)
            continue
        marks = [t.is_number and is_code(part, i) for i, t in enumerate(part)]
        codes += [t.raw for t, code in zip(part, marks, strict=True) if code]
        rest = tuple(t for t, code in zip(part, marks, strict=True) if not code)
        if rest:
            kept.append(rest)
    return kept, codes
