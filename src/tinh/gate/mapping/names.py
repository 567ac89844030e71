"""How like a header of a file is to what a contract calls its columns."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from tinh.gate.mapping import meanings
from tinh.gate.profile.writing import plain, tokens, unit_of
from tinh.kit.errors import Text
from tinh.packs.api import Column

# What officials shorten; both sides are compared in full.
_SHORT = {
    "ds": "dan so",
    "sl": "so luong",
    "dt": "dien tich",
    "tl": "ty le",
    "dn": "doanh nghiep",
    "hh": "ho gia dinh",
    "nn": "nong nghiep",
    "cntt": "cong nghe thong tin",
    "dvhc": "don vi hanh chinh",
    "dvc": "dich vu cong",
    "kv": "khu vuc",
    "tp": "thanh pho",
    "px": "phuong xa",
    "xp": "xa phuong",
    "bc": "bao cao",
    "tb": "trung binh",
    "dk": "dang ky",
    "mst": "ma so thue",
    "sdt": "so dien thoai",
    "dc": "dia chi",
    "tt": "truyen thanh",
    "dp": "dia phuong",
    "tram": "tram",
    "ty": "ty",
    "ti": "ty",
    "bts": "bts",
    "cd": "co dinh",
    "br": "bang rong",
    "dtb": "diem trung binh",
    "lv": "linh vuc",
    "slld": "so lao dong",
    "ld": "lao dong",
    "nhan khau": "dan so",
    "hgd": "ho gia dinh",
    "t": "tong",
    "kh": "ke hoach",
    "th": "thuc hien",
    "bq": "binh quan",
    "cp": "chi phi",
    "kcb": "kham chua benh",
}
_FOOTMARK = re.compile(r"\s*(?:[(\[]\s*(?:\*+|\d{1,2}|[a-zđ])\s*[)\]]|\*+|[¹²³⁴-⁹]+)$", re.IGNORECASE)
_SYLLABLE = re.compile(
    r"(?:b|c|ch|d|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|q|qu|r|s|t|th|tr|v|x)?[aeiouy]{1,3}"
    r"(?:c|ch|m|n|ng|nh|p|t)?",
    re.IGNORECASE,
)
_SAID = """of and by the in at number total area population rate commune communes ward wards district province
year month quarter unit name household households percent value average output code date"""
_ENGLISH = frozenset(_SAID.split())
_NUMBERED = re.compile(r"^(?:\(?\d{1,2}|[IVX]{1,4}|[a-e])[.)]\s+")  # `3. Dân số`
_SURE = 0.93  # likeness that no unit makes surer
_OTHER = 0.4  # what is left of a likeness to another figure
_EMPTY = frozenset(
    {
        "so",
        "tong",
        "cua",
        "cac",
        "va",
        "theo",
        "tai",
        "co",
        "duoc",
        "tong so",
        "so luong",
        "luong",
        "the",
        "of",
    }
)


def words_of(text: str) -> list[str]:
    """Words without diacritics, abbreviations written out, units left aside."""
    stem = text[: text.rfind("(")] if unit_of(text) and "(" in text else text
    out: list[str] = []
    for word in tokens(stem):
        out += _SHORT.get(word, word).split()
    return out


class Names:
    """The spellings of a contract's columns, and how telling each of their words is."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.forms: dict[str, list[str]] = {}
        self._units = {c.name: bare(c.unit) for c in columns if c.unit}
        self._spoken = {c.name: (*(h for h in c.headers if h != c.name), c.label.vi) for c in columns}
        self._spoken = {n: tuple(f for f in said if f) or (n,) for n, said in self._spoken.items()}
        held: dict[str, set[str]] = {}
        for column in columns:
            said = (*column.headers, column.name.replace("_", " "), column.label.vi, column.label.en)
            self.forms[column.name] = [f for f in dict.fromkeys(said) if f]
            for form in self.forms[column.name]:
                for word in words_of(form):
                    held.setdefault(word, set()).add(column.name)
        count = max(1, len(columns))
        self._weight = {w: math.log(1 + count / len(names)) for w, names in held.items()}

    def weight(self, word: str) -> float:
        usual = 0.25 if word in _EMPTY else 1.0
        return usual * self._weight.get(word, 1.2)

    def score(self, header: str, column: str) -> tuple[float, Text | None]:
        """The best likeness of the header, whole or by its parts, to any spelling of the column."""
        parts = [p for p in header.split(" / ") if p.strip()]
        best, why = 0.0, None
        header = _FOOTMARK.sub("", _NUMBERED.sub("", header.strip()))
        tried = [(header, 1.0)]
        if spoken := _in_vietnamese(header):
            tried.append((spoken, 0.97))
        if len(parts) > 1:
            tried += [(" ".join(parts), 0.97), (parts[-1], 0.93), *((p, 0.8) for p in parts[:-1])]
        for text, share in tried:
            for form in self.forms[column]:
                likeness, reason = self._alike(text, form)
                if likeness * share > best:
                    best, why = likeness * share, reason
        told, unit = bare(unit_of(header) or ""), self._units.get(column, "")
        if 0.35 <= best < _SURE and told and unit:  # who writes the unit tells apart what is alike
            best = best + 0.3 * (_SURE - best) if told == unit else best * 0.8
        if best < _SURE and self.another(header, column):
            return best * _OTHER, why
        return best, why

    def another(self, header: str, column: str) -> bool:
        """Whether a small word of the header makes it another figure than the column's: `Số hộ cận nghèo`."""
        return meanings.another(header, self._spoken[column])

    def _alike(self, text: str, form: str) -> tuple[float, Text | None]:
        if text.strip() == form:
            return 1.0, Text(f"đúng tiêu đề của hợp đồng “{form}”", f"the contract's own header “{form}”")
        bare, wanted = "".join(tokens(text)), "".join(tokens(form))
        if not bare or not wanted:
            return 0.0, None
        if bare == wanted:
            return 0.98, Text(
                f"khác “{form}” chỉ ở dấu, chữ hoa hay khoảng trắng",
                f"differs from “{form}” by marks or spaces only",
            )
        one, other = words_of(text), words_of(form)
        if one and one == other:
            return 0.96, Text(f"viết đầy đủ là “{form}”", f"written out it is “{form}”")
        initials = "".join(w[0] for w in tokens(form))
        if len(bare) >= 3 and bare == initials:
            return 0.8, Text(f"chữ đầu của “{form}”", f"the initials of “{form}”")
        shared = self._shared(one, other)
        letters = SequenceMatcher(None, " ".join(one), " ".join(other), autojunk=False).ratio()
        # Numbers inside names tell columns apart: 4G is not 5G.
        if {w for w in one if any(c.isdigit() for c in w)} != {
            w for w in other if any(c.isdigit() for c in w)
        }:
            shared, letters = shared * 0.6, letters * 0.6
        likeness = max(0.9 * shared, 0.95 * letters**1.5)
        if likeness < 0.35:
            return likeness, None
        return min(0.94, likeness), Text(f"gần giống “{form}”", f"like “{form}”")

    def _shared(self, one: Sequence[str], other: Sequence[str]) -> float:
        """Weight of shared words over weight of all, words misspelt by a letter counting as shared."""
        left = list(other)
        common, rest = 0.0, 0.0
        for word in one:
            hit = next((o for o in left if o == word or _near(word, o)), None)
            if hit is None:
                rest += self.weight(word)
            else:
                left.remove(hit)
                common += self.weight(hit)
        missing = sum(map(self.weight, left))
        whole = common + 0.6 * rest + 0.8 * missing
        return common / whole if whole else 0.0


def _in_vietnamese(header: str) -> str:
    """`Số cơ sở Number of establishments` in its first language; empty where it has but one."""
    words = header.split()
    at = next((i for i, w in enumerate(words) if i and w.isascii() and not _vietnamese(w)), 0)
    rest = [w.strip(",.;()-/").lower() for w in words[at:]]
    if not at or not all(w.isascii() for w in rest) or not _ENGLISH & set(rest):
        return ""
    return " ".join(words[:at]).rstrip(" -–—/(")


def _vietnamese(word: str) -> bool:
    bare = word.strip(",.;()-/")
    return not bare or bare.isupper() or not bare.isalpha() or bool(_SYLLABLE.fullmatch(bare))


def _near(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 4:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.8


def bare(text: str) -> str:
    return "".join(tokens(plain(text)))
