"""What is shown of a personal value to whom has not asked to see it, by the kind declared for it."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from tinh.packs.privacy import DataKind

DOT = "•"
HIDDEN = DOT * 3
_MOST_WORDS = 6
_YEAR = re.compile(r"(?<!\d)((?:18|19|20)\d\d)(?!\d)")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?")


def masked(value: Any, kind: DataKind | None) -> str | None:
    """`value` as its kind's mask leaves it: never more than a third of its characters, and nothing at all of
    a kind nobody declared. Nothing stays nothing."""
    if value is None or value == "":
        return None if value is None else ""
    if kind is None or kind.mask == "hide":
        return HIDDEN
    text = unicodedata.normalize("NFC", str(value)).strip()
    return _WAYS[kind.mask](text, kind.shows)


def plain_of(value: Any) -> str:
    """A value in the form identifiers are compared in: small letters, digits without their spaces."""
    text = " ".join(str("" if value is None else value).split()).casefold()
    bare = "".join(c for c in text if c not in " .-()+")
    return bare if bare.isdigit() else text


def _last(text: str, shows: int) -> str:
    signs = "".join(c for c in text if c.isalnum())
    left = min(shows, len(signs) // 3)
    return HIDDEN + (signs[-left:] if left else "")


def _initials(text: str, _: int) -> str:
    if any(c.isdigit() for c in text):
        return HIDDEN  # not a name
    words = [w for w in re.split(r"\s+", text) if w[:1].isalpha()]
    if not words or len(words) > _MOST_WORDS or any(len(w) > 20 for w in words):
        return HIDDEN
    room = sum(c.isalnum() for c in text) // 3
    out = []
    for word in words:
        if len(word) > 1 and room > 0:
            out.append(f"{word[0]}.")
            room -= 1
        else:
            out.append(DOT)
    return " ".join(out)


def _e_mail(text: str, _: int) -> str:
    name, at, host = text.partition("@")
    if not at or len(name) < 3 or "@" in host or "." not in host or not name[0].isalnum():
        return HIDDEN
    return f"{name[0]}{HIDDEN}@{HIDDEN}"


def _year(text: str, _: int) -> str:
    found = _YEAR.findall(text) if _DATE.fullmatch(text) else []
    return f"{HIDDEN}{found[0]}" if len(found) == 1 and len(text) >= 8 else HIDDEN


_WAYS = {"last": _last, "initials": _initials, "e-mail": _e_mail, "year": _year}
