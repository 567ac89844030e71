"""A person's name out of two fields. GeoReport has `first_name` (given) and `last_name` (family), and
FixMyStreet puts whatever comes first into the first; a Vietnamese name begins with the family's and has
several words."""

from __future__ import annotations

import unicodedata

# Family names, the most common first, and those of the peoples of the northern mountains. Some are given
# names too, so that of two the more common is taken for the family's.
FAMILIES = (
    "nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng", "bùi", "đỗ", "hồ",
    "ngô", "dương", "lý", "đinh", "đoàn", "lâm", "mai", "trịnh", "đào", "cao", "hà", "lương", "lưu",
    "phùng", "tạ", "tô", "tăng", "thái", "châu", "chu", "quách", "la", "vương", "triệu", "nông", "hứa",
    "ma", "lò", "vi", "sầm", "giàng", "vàng", "sùng", "thào", "mùa", "lầu", "cầm", "lường", "quàng",
    "điêu", "bàn", "chảo", "tẩn", "hầu", "thân", "thạch", "sơn", "kim", "đàm", "nghiêm", "kiều", "khổng",
    "mạc", "văn", "từ", "trương", "tống", "tôn", "uông",
)  # fmt: skip


def full_name(first: str, last: str) -> str:
    """The name as its bearer writes it: the family's first where it is a Vietnamese one."""
    first, last = _line(first), _line(last)
    if not first or not last:
        return first or last
    return f"{last} {first}" if _rank(last) < _rank(first) else f"{first} {last}"


def parted(name: str) -> tuple[str, str]:
    """Given and family name, for another system; together they are the whole name again."""
    words = _line(name).split(" ")
    if len(words) < 2:
        return words[0], ""
    if words[0].casefold() in _RANKS:
        return " ".join(words[1:]), words[0]
    return " ".join(words[:-1]), words[-1]


_RANKS = {name: number for number, name in enumerate(FAMILIES)}


def _rank(text: str) -> int:
    return _RANKS.get(text.split(" ")[0].casefold(), len(_RANKS))


def _line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())[:200]
