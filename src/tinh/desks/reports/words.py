"""Words of a Vietnamese or English text, with and without their marks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> tuple[str, ...]:
    """Composed, lower-case words in order; signs part them."""
    return tuple(_WORD.findall(unicodedata.normalize("NFC", text).casefold()))


@lru_cache(maxsize=50_000)
def bare(word: str) -> str:
    """The word without marks: `đường` → `duong`."""
    plain = unicodedata.normalize("NFD", word.replace("đ", "d").replace("ð", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c))


@lru_cache(maxsize=50_000)
def shaped(word: str) -> str:
    """The word with its tone behind it, so that `hoà` and `hòa` are one and `hoa` is another."""
    tones: list[str] = []
    rest: list[str] = []
    for c in unicodedata.normalize("NFD", word):
        (tones if c in _TONES else rest).append(c)
    return unicodedata.normalize("NFC", "".join(rest)) + "".join(sorted(tones))


_TONES = "\u0300\u0301\u0303\u0309\u0323"
