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
from datetime import UTC
from functools import lru_cache
from typing import Any

from django.db import connection

from tinh.cases.models import Case, Sent
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


def trait(kind: str, value: str) -> str:
    """Stands for what a case is found by besides its words (no word has a space): its `agency`, `category`,
    `place` or the `month` (UTC) it came in, so that the same index answers for those with these words."""
    return mark(f"{kind} {value}")


def traits_of(case: Case) -> tuple[str, ...]:
    """The marks of a case's agency, category and place as they are now, and of its month."""
    month = f"{case.opened_at.astimezone(UTC):%Y-%m}"
    return (
        trait("agency", case.agency), trait("category", case.category), trait("place", case.place),
        trait("month", month),
    )  # fmt: skip


def query(
    marks: Collection[str], agencies: Collection[str] | None = None, category: str = "", place: str = "",
    months: Collection[str] = (),
) -> str:  # fmt: skip
    """A tsquery for all these marks, one of the agencies (None: any), the category and place where they are
    said, and one of the months where there are any."""
    asked = list(marks)
    if agencies is not None:
        asked.append(_one_of("agency", sorted(agencies) or ["–"]))
    asked += [trait(kind, value) for kind, value in (("category", category), ("place", place)) if value]
    if months:
        asked.append(_one_of("month", months))
    return " & ".join(asked)


def _one_of(kind: str, values: Collection[str]) -> str:
    return f"({' | '.join(trait(kind, one) for one in values)})"


def line_of(case: Case, texts: tuple[str, str, str] | None = None) -> str:
    """All a case is found by, its words and its traits as they are now, as a tsvector is written. `texts`:
    the subject, text and address that were sent, for whoever may search those."""
    subject, body, address = texts or (case.subject, case.body, case.address)
    return " ".join((*marks_of(f"{subject} {address} {case.code} {body}"), *traits_of(case)))


def index(case: Case) -> None:
    """Let the case be found by its words and its traits as they are now."""
    sent = Sent.objects.filter(pk=case.pk).first()
    raw = line_of(case, (sent.subject, sent.body, sent.address)) if sent is not None else None
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cases_words (case_id, words, sent) values (%s, %s::tsvector, %s::tsvector) "
            "on conflict (case_id) do update set words = excluded.words, sent = excluded.sent",
            [case.pk, line_of(case), raw],
        )


def forget(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update cases_words set words = '', sent = null where case_id = %s", [case.pk])


_INDEXES = {"cases_by_words": "(words)", "cases_by_sent_words": "(sent) where sent is not null"}
_TRAITS = """
select 'category', category from cases_case group by 2 union all
select 'place', place from cases_case group by 2 union all
select 'month', to_char(opened_at at time zone 'UTC', 'YYYY-MM') from cases_case group by 2
"""
_REMARK = """
with t as (select * from unnest(%s::text[], %s::text[], %s::text[]) as t(kind, value, mark)),
a as (
  select c.id, array_to_tsvector(array[k.mark, p.mark, m.mark]) as own from cases_case c
  join t k on k.kind = 'category' and k.value = c.category
  join t p on p.kind = 'place' and p.value = c.place
  join t m on m.kind = 'month' and m.value = to_char(c.opened_at at time zone 'UTC', 'YYYY-MM')
)
update cases_words w set words = ts_delete(w.words, %s::text[]) || a.own,
  sent = ts_delete(w.sent, %s::text[]) || a.own
from a where a.id = w.case_id and w.words <> ''::tsvector
"""


def remark(cursor: Any) -> None:
    """Give all stored words the marks of category, place and month that their cases have now. Every row is
    written anew, its indexes are made afterwards: some minutes for a million, nobody else at the table."""
    cursor.execute(_TRAITS)
    found = cursor.fetchall()
    marks = [trait(kind, value) for kind, value in found]
    for index in _INDEXES:
        cursor.execute(f"drop index if exists {index}")
    cursor.execute(_REMARK, [[k for k, _ in found], [v for _, v in found], marks, marks, marks])
    for index, on in _INDEXES.items():
        cursor.execute(f"create index {index} on cases_words using gin {on}")
