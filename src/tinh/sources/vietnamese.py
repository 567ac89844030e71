"""How Vietnamese text looks, to tell one code page from another.

A word counts as evidence when it holds a letter beyond ASCII: it either is a possible
Vietnamese syllable, its tone where a tone may stand, or it is not. Text of old single-byte fonts
turns into Latin gibberish under a wrong code page and so betrays itself.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_ONSETS = frozenset({
    "", "ngh", "ng", "nh", "ch", "gh", "gi", "kh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g", "h",
    "k", "l", "m", "n", "p", "q", "r", "s", "t", "v", "x",
})  # fmt: skip
_OPEN = (
    "oai", "oay", "oao", "oeo", "uôi", "ươi", "ươu", "uây", "uya", "uyu", "iêu", "yêu", "ai", "ao", "au",
    "ay", "âu", "ây", "eo", "êu", "ia", "iu", "oi", "ôi", "ơi", "ua",
    "ưa", "ui", "ưi", "ưu", "uê", "uơ", "uy", "oa",
    "oe", "a", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y",
)  # fmt: skip
# Vowels and the consonants that may close them.
_CLOSED = {
    "a": "c m n p t ng ch nh", "ă": "c m n p t ng", "â": "c m n p t ng", "e": "c m n p t ng",
    "ê": "m n p t ch nh", "i": "m n p t ch nh", "o": "c m n p t ng", "ô": "c m n p t ng", "ơ": "c m n p t ng",
    "uơ": "n",
    "u": "c m n p t ng", "ư": "c m t ng", "y": "m n p t ch nh", "oo": "c ng", "oa": "c m n p t ng ch nh",
    "oă": "c m n p t ng", "oe": "m n p t", "uâ": "n t ng", "uê": "n ch nh", "uy": "n p t ch nh",
    "iê": "c m n p t ng", "yê": "m n t ng", "uyê": "n t", "uô": "c m n p t ng", "ươ": "c m n p t ng",
}  # fmt: skip
_STOPS = ("c", "ch", "p", "t")
_ACUTE, _BELOW = "\u0301", "\u0323"
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_MODIFIED = frozenset("ăâêôơư")
_WORD = re.compile(r"[^\W\d_]+(?:[¡-¿×÷][^\W\d_]*)*|[¡-¿][^\W\d_]+")
_LIKE_ONE = r"[bcdđghjklmnpqrstvwxyz]{0,3}[aăâeêioôơuưy]{1,3}(?:ng|nh|ch|mb|[bcdghklmnprstwy])?"
LETTERS = frozenset("àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ")


def _places(vowels: str, closed: bool) -> frozenset[int]:
    """Where in `vowels` the tone may be written."""
    modified = [at for at, vowel in enumerate(vowels) if vowel in _MODIFIED]
    if modified:
        return frozenset(modified[-1:])
    if len(vowels) == 1:
        return frozenset({0})
    if vowels in ("oa", "oe", "uy"):
        return frozenset({1}) if closed else frozenset({0, 1})
    return frozenset({1}) if closed or len(vowels) == 3 else frozenset({0})


_RIMES: dict[str, tuple[frozenset[int], bool]] = {rime: (_places(rime, False), False) for rime in _OPEN}
for _vowels, _codas in _CLOSED.items():
    for _coda in _codas.split():
        _RIMES[_vowels + _coda] = (_places(_vowels, True), _coda in _STOPS)


@cache
def syllable(word: str) -> bool:
    """Could `word` be one Vietnamese syllable, in one case throughout but for its first letter?"""
    if not (word.islower() or word.isupper() or word[1:].islower()):
        return False
    letters, tone, at = _apart(word)
    if letters is None:
        return False
    for size in range(min(3, len(letters)) + 1):
        rime = _RIMES.get(letters[size:])
        if rime is None or letters[:size] not in _ONSETS:
            continue
        places, stopped = rime
        if stopped and tone not in (_ACUTE, _BELOW):
            continue
        if not tone or at - size in places:
            return True
    return False


@cache
def pronounceable(word: str, several: bool = False) -> bool:
    """Spelled with Vietnamese letters as names of the highlands are: `Krông`, `Đắk`; `several`
    syllables glued, too: `Avương`."""
    letters, _, _ = _apart(word)
    return (
        letters is not None
        and re.fullmatch(f"(?:{_LIKE_ONE}){{1,{3 if several else 1}}}", letters) is not None
    )


def _apart(word: str) -> tuple[str | None, str, int]:
    """Letters without tone, the tone, and the letter it stands on; None for more than one tone."""
    letters: list[str] = []
    tone, at = "", -1
    for char in unicodedata.normalize("NFD", word.lower()):
        if char in _TONES:
            if tone:
                return None, "", -1
            tone, at = char, len(letters) - 1
        elif unicodedata.combining(char) and letters:
            letters[-1] = unicodedata.normalize("NFC", letters[-1] + char)
        else:
            letters.append(char)
    return "".join(letters), tone, at


def words(text: str) -> list[str]:
    """The words of `text` that hold a letter or an old font's sign beyond ASCII."""
    odd = " ".join(piece for piece in text.split() if not piece.isascii())  # words hold no spaces
    trimmed = (w.strip("°µ²³¹ºª·–«»¼½¾") for w in _WORD.findall(odd))
    return [w for w in trimmed if w and not w.isascii()]


def likeness(text: str) -> tuple[float, int]:
    """Share of non-ASCII words that are Vietnamese syllables, and how many words there were."""
    seen = words(unicodedata.normalize("NFC", text))
    if not seen:
        return 0.0, 0
    return sum(map(syllable, seen)) / len(seen), len(seen)


@cache
def real(word: str) -> bool:
    """A syllable that has a letter only Vietnamese writes so, or a tone."""
    return syllable(word) and any(c in LETTERS for c in word.lower())
