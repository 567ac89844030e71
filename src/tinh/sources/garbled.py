"""UTF-8 that was read as Windows-1252 and saved again: put right where that is exact, else refused."""

from __future__ import annotations

import re
import unicodedata

from tinh.sources.errors import Garbled
from tinh.sources.fonts import western_bytes

_SPOILED = re.compile(r"á[º»][^\s]|Ã[\u0080-¿]|Ä[‘\u0090]|Æ[°¡]|[ÃÄÆ]\ufffd|á[º»]\ufffd")


def ungarbled(cell: str) -> str:
    """UTF-8 that was read as Windows-1252 and saved again, once or more, put right where that is
    exact; else the cell as it is."""
    best = cell
    for _ in range(3):
        once = _once(cell)
        if once == cell:
            break
        cell = once
        if all(c.isalnum() or c.isspace() or unicodedata.category(c)[0] in "PSM" for c in cell):
            best = cell
    return best


def _once(cell: str) -> str:
    whole = _utf8_of(cell)
    if whole is not None:
        return whole
    pieces = re.split(r"([ \t\r\n]+)", cell)
    return "".join(_utf8_of(piece) or piece for piece in pieces) if len(pieces) > 1 else cell


def _utf8_of(text: str) -> str | None:
    if text.isascii():
        return None
    data = western_bytes(text)
    if data is None or data.isascii():
        return None
    try:
        meant = data.decode()
    except UnicodeDecodeError:
        return None
    return None if "\ufffd" in meant else meant


def _guess(word: str) -> str:
    data = western_bytes(word.replace("\ufffd", "")) or b""
    return data.decode("utf-8", "ignore") or "…"


def refuse_spoiled(text: str, filename: str) -> None:
    if _SPOILED.search(text):
        word = next((w for w in text.split() if _SPOILED.search(w)), text)
        raise Garbled(filename=filename, sample=word[:40], meant=_guess(word)[:40])
