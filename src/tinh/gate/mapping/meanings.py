"""Small words that make another figure of a like header: planned, near-poor, of women, a rate, without."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tinh.gate.profile.writing import plain

_KINDS: dict[str, re.Pattern[str]] = {
    kind: re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])")
    for kind, words in {
        "planned": r"ke hoach|kh|du toan|du kien|muc tieu",
        "rate": r"ty le|ti le|tl|ty trong|ti trong|toc do|chi so",
        "compared": r"so voi|so sanh|cung ky|(?:nam|thang|quy|ky) truoc|chenh lech|tang|giam|bien dong",
        "summed": r"luy ke|cong don",
        "near": r"can ngheo",
        "left": r"thoat(?: ngheo)?|tai ngheo|phat sinh|giai the|tam ngung",
        "women": r"nu",
        "without": r"khong|chua",
    }.items()
}
_MARKED = {"men": re.compile(r"\bnam\b"), "new": re.compile(r"\bmới\b")}  # told from `năm` by their marks


def kinds(text: str) -> frozenset[str]:
    """What the small words of a header say."""
    low = " ".join(text.casefold().split())
    bare = plain(low)
    found = {kind for kind, words in _KINDS.items() if words.search(bare)}
    if not low.isascii():
        found |= {kind for kind, words in _MARKED.items() if words.search(low)}
    return frozenset(found)


def another(header: str, forms: Iterable[str]) -> bool:
    """Whether a header says by such a word that it is none of the things called `forms`."""
    said = kinds(header)
    told = [kinds(form) for form in forms]
    if said and not any(said <= one for one in told):
        return True
    rates = bool(told) and all("rate" in one for one in told)
    return rates and not re.search(
        r"[%‰]|(?<![^\W_])(?:t[yil]|le|phan tram)(?![^\W_])", plain(header.casefold())
    )
