"""How Vietnamese text looks, to tell one code page from another.

A word counts as evidence when it holds a letter beyond ASCII: it either is a possible
Vietnamese syllable or it is not. Old single-byte fonts (TCVN3, VNI) turn into Latin
gibberish under a wrong code page and so betray themselves.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_ONSET = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx]"
_OPEN = (
    "oai|oay|oao|oeo|uôi|ươi|ươu|uây|uya|uyu|iêu|yêu|"
    "ai|ao|au|ay|âu|ây|eo|êu|ia|iu|oi|ôi|ơi|ua|ưa|ui|ưi|ưu|uê|uơ|uy|oa|oe|[aeêioôơuưy]"
)
_CLOSED = "(?:uyê|iê|yê|uô|ươ|oa|oă|oe|oo|uâ|uê|uy|[aăâeêioôơuưy])(?:ng|nh|ch|[cmnpt])"
_SYLLABLE = re.compile(rf"(?:{_ONSET})?(?:{_OPEN}|{_CLOSED})")
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
_WORD = re.compile(r"[^\W\d_]+(?:[¡-¿×÷][^\W\d_]*)*|[¡-¿][^\W\d_]+")
LETTERS = frozenset("àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ")

# TCVN 5712:1993 VN3 (fonts .VnTime …), bytes A1–FE, only the letters.
_TCVN3 = {
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

_SPOILED = re.compile(r"á[º»][^\s]|Ã[\u0080-¿]|Ä[‘\u0090]|Æ[°¡]")
_VNI_MARKS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323", "â": "\u0302",
    "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303", "ä": "\u0302\u0323",
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_ALONE = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_PAIR = re.compile(f"([aeoyuôö])([{''.join(_VNI_MARKS)}])", re.IGNORECASE)


@cache
def syllable(word: str) -> bool:
    """Could `word` be one Vietnamese syllable?"""
    plain = unicodedata.normalize("NFD", word.lower()).translate(_TONES)
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", plain)) is not None


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


def from_tcvn3(text: str) -> str:
    """`text`, read as Latin-1 or Windows-1252, as its TCVN3 font would show it."""
    return "".join(_TCVN3.get(ord(c), c) for c in text)


def from_vni(text: str) -> str:
    """`text`, read as Windows-1252, as its VNI font would show it."""

    def join(match: re.Match[str]) -> str:
        vowel, mark = match.groups()
        lower = _VNI_ALONE.get(vowel.lower(), vowel.lower())
        letter = unicodedata.normalize("NFC", lower + _VNI_MARKS[mark.lower()])
        return letter.upper() if vowel.isupper() else letter

    out = []
    last = 0
    for match in _VNI_PAIR.finditer(text):
        out += [_vni_alone(text[last : match.start()]), join(match)]
        last = match.end()
    return "".join([*out, _vni_alone(text[last:])])


def _vni_alone(text: str) -> str:
    return "".join(
        (known.upper() if c.isupper() else known) if (known := _VNI_ALONE.get(c.lower())) else c for c in text
    )


def legacy(text: str) -> tuple[str, str, str] | None:
    """The old font a text is written for: (name, a word as it stands, the word it means).

    Judged on words with non-ASCII letters: those of TCVN3 and VNI become syllables only
    after their own decoding. Real Unicode Vietnamese and Latin text give None.
    """
    as_is, count = likeness(text)
    if not count or as_is >= 0.8:
        return None
    found = [w for w in words(unicodedata.normalize("NFC", text)) if len(w) > 1]
    count = len(found)
    for name, decode in (("TCVN3 (ABC)", from_tcvn3), ("VNI", from_vni)):
        meant = [decode(w) for w in found]
        good = [(w, m) for w, m in zip(found, meant, strict=True) if w != m and _real(m)]
        enough = len(set(good)) >= 3 or (
            len(good) == count and (len(set(good)) == 2 or any(not w.isalpha() for w, _ in good))
        )
        if enough and len(good) / count >= max(0.6, as_is + 0.15):
            sample = max(good, key=lambda pair: len(pair[0]))
            return name, sample[0], sample[1]
    return None


def _real(word: str) -> bool:
    return syllable(word) and any(c in LETTERS for c in word.lower())


def garbled(text: str) -> tuple[str, str] | None:
    """UTF-8 that was read as Windows-1252 and saved again: (a word as it stands, as meant)."""
    for match in _SPOILED.finditer(text):
        start, end = match.span()
        before = re.search(r"\S*$", text[max(0, start - 200) : start])
        after = re.match(r"\S*", text[end : end + 200])
        word = (before.group() if before else "") + match.group() + (after.group() if after else "")
        for page in ("cp1252", "latin-1"):
            try:
                meant = word.encode(page).decode()
            except UnicodeError:
                continue
            return word[:40], meant[:40]
    return None
