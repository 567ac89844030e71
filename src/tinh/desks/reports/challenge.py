"""A small question before an unusual number of reports, without any third party.

It can be answered in two ways: a person types the sum of two numbers said in words, which works without
JavaScript; a browser finds a number whose digest begins with enough zero bits (Dwork & Naor 1992; Hashcash).
The question carries its own proof (HMAC), so nothing is stored until it is answered; each is taken once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from tinh.kit.errors import Text

LASTS = 1800  # seconds
BITS = 18  # about 260,000 digests: a second or so on a cheap phone
_VI = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
_EN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class Challenge:
    """`proof` goes back with the answer: a sum typed in digits, or `pow:<number>` with
    SHA-256(`proof:number`) beginning with `bits` zero bits."""

    proof: str
    question: Text
    bits: int = BITS


def ask(secret: bytes, now: float | None = None) -> Challenge:
    """A new question."""
    a, b = 1 + secrets.randbelow(10), 1 + secrets.randbelow(10)
    until = int((time.time() if now is None else now) + LASTS)
    body = f"{until}.{secrets.token_hex(8)}"
    seal = _seal(secret, body, a + b)
    question = Text(
        f"{_VI[a]} cộng {_VI[b]} bằng mấy? (ghi bằng số)", f"What is {_EN[a]} plus {_EN[b]}? (in digits)"
    )
    return Challenge(f"{body}.{seal}", question)


def answered(
    secret: bytes, proof: str, answer: str, take: Callable[[str], bool], now: float | None = None
) -> bool:
    """Whether `answer` fits; `take(nonce)` is False when the question was used before."""
    until, _, rest = proof.partition(".")
    nonce, _, seal = rest.partition(".")
    if (
        not (until.isdecimal() and len(until) < 15 and seal.isascii())
        or not nonce
        or int(until) < (time.time() if now is None else now)
    ):
        return False
    body = f"{until}.{nonce}"
    kind, _, number = answer.strip().partition(":")
    if kind == "pow":
        genuine = any(hmac.compare_digest(seal, _seal(secret, body, n)) for n in range(2, 21))
        good = genuine and number.isdecimal() and _zeros(f"{proof}:{number}") >= BITS
    else:
        good = (
            kind.isdecimal() and len(kind) < 4 and hmac.compare_digest(seal, _seal(secret, body, int(kind)))
        )
    return good and take(nonce)


def _seal(secret: bytes, body: str, total: int) -> str:
    return hmac.new(secret, f"challenge\0{body}\0{total}".encode(), hashlib.sha256).hexdigest()


def _zeros(text: str) -> int:
    digest = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    return 256 - digest.bit_length()
