"""Cells that are names of things rather than amounts: codes, numbers of people, addresses on the net."""

from __future__ import annotations

import polars as pl

from tinh.gate.profile import writing
from tinh.gate.profile.model import Kind

_EMAIL = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$"
_PHONE = r"^(?:\+?84|0)[ .-]?\d(?:[ .-]?\d){7,9}$"
_TAX = r"^\d{10}(?:-?\d{3})?$"
_CITIZEN = r"^0\d{2}[0-9]\d{2}\d{6}$"
_ZEROS = r"^0\d+$"
_DIGITS = r"^\d+$"
_CODE = r"^[A-ZĐ]{1,8}[-./_ ]?\d[\dA-Z./_-]*$"
_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)

PERSONAL: dict[Kind, str] = {
    "citizen id": "citizen id, retention to be decided",
    "phone": "phone number, retention to be decided",
    "e-mail": "e-mail address, retention to be decided",
}


def hits(values: pl.Series, counts: pl.Series, header: str) -> dict[Kind, int]:
    """For each identity, how many cells may be one; where digits alone do not tell, the header must."""

    def count(pattern: str) -> int:
        return int(counts.filter(values.str.contains(pattern)).sum())

    total = int(counts.sum())
    out: dict[Kind, int] = {"e-mail": count(_EMAIL)}
    phones = count(_PHONE)
    leading = count(r"^(?:\+84|0)")
    if phones and (
        writing.says(header, *writing.PHONES) or (phones == total and leading == total and not _taxes(values))
    ):
        out["phone"] = phones
    if writing.says(header, *writing.TAXES) or (count(_TAX) == total and _taxes(values)):
        out["tax code"] = count(_TAX)
    citizens = count(_CITIZEN)
    if writing.says(header, *writing.CITIZENS) or (citizens == total and _citizens(values)):
        out["citizen id"] = (
            count(r"^\d{9}$|^\d{12}$") if writing.says(header, *writing.CITIZENS) else citizens
        )
    zeros = count(_ZEROS)
    if (
        (zeros and count(_DIGITS) == total)
        or count(_CODE) == total
        or (writing.says(header, *writing.CODES) and count(_DIGITS) == total)
    ):
        out["code"] = total
    return {kind: n for kind, n in out.items() if n}


def _taxes(values: pl.Series) -> bool:
    """Nine of ten carry the check digit of a Vietnamese tax code; by chance one of ten would."""
    seen = values.head(200).to_list()
    good = sum(_checked(value[:10]) for value in seen if len(value) >= 10 and value[:10].isdecimal())
    return bool(seen) and good >= 0.9 * len(seen)


def _checked(code: str) -> bool:
    rest = sum(int(d) * w for d, w in zip(code, _WEIGHTS, strict=False)) % 11
    return 10 - rest == int(code[9])


def _citizens(values: pl.Series) -> bool:
    """Province 001–096, century and sex 0–3, a birth year: twelve digits by chance rarely agree."""
    seen = values.head(200).to_list()
    good = sum(1 <= int(v[:3]) <= 96 and v[3] in "0123" for v in seen if v.isdecimal() and len(v) == 12)
    return bool(seen) and good == len(seen)


def width(values: pl.Series) -> int:
    """The length that all codes share, else 0."""
    lengths = values.str.len_chars().unique()
    return int(lengths[0]) if len(lengths) == 1 else 0
