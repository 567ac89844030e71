"""What of a citizen's text everybody may read: numbers and names that lead to a person are covered.

Covered are telephone numbers, identity numbers, bank accounts (all runs of 9 to 19 digits, also written with
dots, spaces or hyphens, or spelt out in words), e-mail addresses, number plates of vehicles, and names after
“tôi tên là”. Amounts (1.500.000 đồng), dates and short numbers stay. The text as sent is kept apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tinh.desks.reports.words import bare
from tinh.kit.errors import Text

COVER = "▮▮▮"
KINDS = {
    "phone": Text("số điện thoại", "telephone number"),
    "email": Text("thư điện tử", "e-mail address"),
    "identity": Text("số giấy tờ hoặc tài khoản", "number of a document or account"),
    "plate": Text("biển số xe", "number plate"),
    "name": Text("tên người", "person's name"),
}

_HIDDEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_EMAIL = re.compile(
    r"[\w.+-]+\s*(?:@|\(at\)|\[at\]|\s+a còng\s+)\s*[\w-]+(?:\s*\.\s*[\w-]{2,})+", re.IGNORECASE
)
_MONEY = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,]\d{3})+(?![\d])(?!\d|[.,\s-]\d)")
_DAY = re.compile(
    r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d{2}(?!\d)|(?<!\d)(?:19|20)\d{2}-\d{2}-\d{2}(?!\d)"
)
_DIGITS = re.compile(r"(?<![\w])(?:\(?\+?\d\)?[\s.\-/]{0,2}){8,18}\d(?![\w])")
_PLATE = re.compile(
    r"(?<![\w])\d{2}[\s.-]?(?:[A-ZĐ]{1,2}\d?|MĐ\d?)[\s.-]{0,2}(?:\d{3}[\s.]\d{2}|\d{4,5})(?![\d])",
    re.IGNORECASE,
)
_SPELT = {
    "khong", "linh", "mot", "hai", "ba", "bon", "tu", "nam", "lam", "sau", "bay", "tam", "chin", "muoi",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_CALLED = re.compile(
    r"(?i:tôi tên là|tên tôi là|tôi là|em tên là|liên hệ (?:anh|chị|ông|bà|cô|chú))"
    r"\s+((?:[A-ZĐÀ-Ỹ][\w]*\s?){2,5})"
)
_PHONE = re.compile(r"(?:0|84)\d{8,10}")


@dataclass(frozen=True, slots=True)
class Screened:
    """The text with `COVER` where something was taken out, and how many of each kind."""

    text: str
    found: dict[str, int]

    @property
    def clean(self) -> bool:
        return not self.found


def screen(text: str, names: Iterable[str] = ()) -> Screened:
    """`text` as everybody may read it. `names` are covered wherever they stand, in any case."""
    out = unicodedata.normalize("NFKC", _HIDDEN.sub("", text))
    found: dict[str, int] = {}

    def cover(kind: str) -> str:
        found[kind] = found.get(kind, 0) + 1
        return COVER

    out = _EMAIL.sub(lambda _: cover("email"), out)
    out = _PLATE.sub(lambda m: m.group() if _MONEY.fullmatch(m.group()) else cover("plate"), out)
    out = _numbers(out, cover)
    out = _spelt(out, cover)
    out = _CALLED.sub(lambda m: m.group().replace(m.group(1).rstrip(), cover("name")), out)
    for name in names:
        if len(name.strip()) >= 4:
            out = re.sub(re.escape(name.strip()), lambda _: cover("name"), out, flags=re.IGNORECASE)
    return Screened(out, found)


def _numbers(text: str, cover: Callable[[str], str]) -> str:
    kept = [m.span() for pattern in (_MONEY, _DAY) for m in pattern.finditer(text)]

    def one(match: re.Match[str]) -> str:
        if any(a <= match.start() and match.end() <= b for a, b in kept):
            return match.group()
        digits = re.sub(r"\D", "", match.group())
        if not 9 <= len(digits) <= 19:
            return match.group()
        return cover("phone" if _PHONE.fullmatch(digits) else "identity")

    return _DIGITS.sub(one, text)


def _spelt(text: str, cover: Callable[[str], str]) -> str:
    """Eight digits or more spelt out in a row: không chín tám …"""
    runs: list[list[re.Match[str]]] = []
    for match in _WORD.finditer(text):
        if bare(match.group().casefold()) not in _SPELT:
            continue
        last = runs[-1][-1] if runs else None
        if last is not None and not text[last.end() : match.start()].strip(" ,.-"):
            runs[-1].append(match)
        else:
            runs.append([match])
    for run in reversed([r for r in runs if len(r) >= 8]):
        text = text[: run[0].start()] + cover("phone") + text[run[-1].end() :]
    return text
