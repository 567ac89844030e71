"""Finding cases by their words, with and without diacritics.

A case's words are kept as short keyed digests in `cases_words`, each word twice: as written and without
diacritics. A word asked with diacritics must be there so (“đường” does not find “dưỡng”); one asked without
finds all (“duong” finds both). All words asked must be there.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

from django.db import connection

from tinh.cases.models import Case
from tinh.people import api as people

_WORD = re.compile(r"[^\W_]+")
_MOST = 300  # different words of one case
_LONGEST = 6000  # characters read of one case
_TONE = {"òa": "oà", "óa": "oá", "ỏa": "oả", "õa": "oã", "ọa": "oạ", "òe": "oè", "óe": "oé", "ỏe": "oẻ",
         "õe": "oẽ", "ọe": "oẹ", "ùy": "uỳ", "úy": "uý", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ"}  # fmt: skip


def folded(word: str) -> str:
    """Without diacritics, in small letters: “Đường” → “duong”."""
    bare = unicodedata.normalize("NFD", word.lower()).replace("đ", "d")
    return "".join(c for c in bare if not unicodedata.combining(c))


def words_of(text: str) -> list[str]:
    """The words of a text in small letters, each once; old and new places of tone marks are one."""
    plain = unicodedata.normalize("NFC", text[:_LONGEST]).lower()
    return list(dict.fromkeys(_new_style(w) for w in _WORD.findall(plain)))[:_MOST]


def _new_style(word: str) -> str:
    end = word[-2:]
    return word[:-2] + _TONE[end] if end in _TONE and not word.startswith("qu") else word


@lru_cache(maxsize=1)
def _key() -> bytes:
    return hashlib.sha256(f"case words {people.fingerprint('case words')}".encode()).digest()


@lru_cache(maxsize=65536)
def mark(word: str) -> str:
    """Eleven letters that stand for a word; 55 bits under the province's key."""
    found = hashlib.blake2b(word.encode(), digest_size=7, key=_key()).digest()
    number = int.from_bytes(found, "big") >> 1
    out = ""
    for _ in range(11):
        number, rest = divmod(number, 32)
        out += "abcdefghijklmnopqrstuvwxyz234567"[rest]
    return out


def marks_of(text: str) -> list[str]:
    """What a text is found by."""
    found: list[str] = []
    for word in words_of(text):
        bare = folded(word)
        found.append(mark(bare))
        if bare != word:
            found.append(mark(word))
    return list(dict.fromkeys(found))


def asked(text: str) -> list[str]:
    """What a question asks for."""
    return list(dict.fromkeys(mark(word) for word in words_of(text)[:20]))


def agency_mark(agency: str) -> str:
    """Stands for an agency, so that whoever sees the cases of few finds theirs by the same index."""
    return mark(f"agency {agency}")


def query(marks: list[str], agencies: Collection[str] | None) -> str:
    """A tsquery for all these marks, and one of the agencies (None: any)."""
    if agencies is None:
        return " & ".join(marks)
    own = " | ".join(agency_mark(one) for one in sorted(agencies)) or mark("agency –")
    return " & ".join((*marks, f"({own})"))


def text_of(case: Case) -> str:
    return f"{case.subject} {case.address} {case.code} {case.body}"


def line_of(case: Case) -> str:
    """All a case is found by, its words and its agency as they are now, as a tsvector is written."""
    return " ".join((*marks_of(text_of(case)), agency_mark(case.agency)))


def index(case: Case) -> None:
    """Let the case be found by its words and its agency as they are now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cases_words (case_id, words) values (%s, %s::tsvector) "
            "on conflict (case_id) do update set words = excluded.words",
            [case.pk, line_of(case)],
        )


def forget(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update cases_words set words = '' where case_id = %s", [case.pk])
