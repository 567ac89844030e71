"""Codes people can read and say: a prefix, seven random digits and one that tells a slip of the tongue.

`PA-4829-1736`. The last digit is Damm's check digit (H. M. Damm, 2004): it catches every single wrong digit
and every swap of two neighbours. When codes grow scarce, twelve digits are taken instead of eight.
"""

from __future__ import annotations

import re
import secrets

_TABLE = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
_SHAPE = re.compile(r"([A-Z]{1,4})(\d{8}|\d{12})")
SHORT, LONG = 8, 12


def check_digit(digits: str) -> str:
    found = 0
    for digit in digits:
        found = int(_TABLE[found][int(digit)])
    return str(found)


def new_code(prefix: str, length: int = SHORT) -> str:
    """A random code; whether it is free is for the table to say."""
    digits = "".join(secrets.choice("0123456789") for _ in range(length - 1))
    digits += check_digit(digits)
    return f"{prefix}-" + "-".join(digits[at : at + 4] for at in range(0, length, 4))


def read_code(text: str) -> str:
    """A code as it is kept, of one typed or read out with any spaces, dashes and case; "" when it is none."""
    bare = "".join(c for c in text.upper() if c.isascii() and c.isalnum())[:20]
    found = _SHAPE.fullmatch(bare)
    if found is None or check_digit(found[2][:-1]) != found[2][-1]:
        return ""
    digits = found[2]
    return f"{found[1]}-" + "-".join(digits[at : at + 4] for at in range(0, len(digits), 4))
