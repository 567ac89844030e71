"""Letters that only look right: unseen signs, odd spaces, letters of other scripts, full-width signs."""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = re.compile(
    "[\u200b\u2060\ufeff\u00ad\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_TWINS = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухΑΒΕΖΗΙΚΜΝΟΡΤΥΧονÐƉɖ", "ABESIJKMHOPCTYXaesijopcyxABEZHIKMNOPTYXovĐĐđ"
)
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u04ffÐƉɖ]")
_RUN = re.compile(r"[^\W\d_]+")


def tidy(cell: str) -> str:
    """Composed, without unseen signs, with plain spaces and digits and Latin letters only."""
    return latin(spaces(unseen(unicodedata.normalize("NFC", cell))))


def unseen(cell: str) -> str:
    return _UNSEEN.sub("", cell)


def spaces(cell: str) -> str:
    return _SPACE.sub(" ", cell)


def latin(cell: str) -> str:
    """Full-width signs, and Cyrillic or Greek letters within a word of Latin ones."""
    cell = cell.translate(_WIDE)
    return _RUN.sub(_as_latin, cell) if _FOREIGN.search(cell) else cell


def _as_latin(match: re.Match[str]) -> str:
    word: str = match.group()
    meant = word.translate(_TWINS)
    mixed = any(c.isascii() for c in word) or any("\u1e00" <= c <= "\u1eff" for c in word)
    return meant if mixed and not _FOREIGN.search(meant) else word
