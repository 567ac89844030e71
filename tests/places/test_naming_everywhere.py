"""Properties that hold for every unit of the country, on both sides of the reform."""

from __future__ import annotations

import random
import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinh.places.api import Gazetteer, Unit, gazetteer

BEFORE = date(2025, 4, 1)
AFTER = date(2025, 8, 1)
NOW = date(2026, 11, 1)
SHORT_KINDS = {
    "tỉnh": "T.", "thành phố": "TP.", "quận": "Q.", "huyện": "H.", "thị xã": "TX.",
    "xã": "X.", "phường": "P.", "thị trấn": "TT.", "đặc khu": "ĐK.",
}  # fmt: skip


def bare(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in apart if not unicodedata.combining(char))


def full(book: Gazetteer, unit: Unit, on: date) -> str:
    return ", ".join(part.name for part in reversed(book.path(unit, on)))


def shortened(book: Gazetteer, unit: Unit, on: date) -> str:
    parts = []
    for part in reversed(book.path(unit, on)):
        parts.append(SHORT_KINDS[part.kind] + part.name[len(part.kind) :])
    return ", ".join(parts)


@pytest.mark.parametrize("on", [BEFORE, AFTER, NOW])
def test_every_units_full_name_denotes_it_alone(book: Gazetteer, on: date) -> None:
    wrong = [u for u in book.standing(on) if book.resolve(full(book, u, on), on).units != (u,)]
    assert wrong == []


@pytest.mark.parametrize("on", [BEFORE, AFTER])
def test_every_code_denotes_its_unit(book: Gazetteer, on: date) -> None:
    assert [u for u in book.standing(on) if book.resolve(u.code, on).units != (u,)] == []


@pytest.mark.parametrize("on", [BEFORE, AFTER])
def test_every_shortened_kind_is_read(book: Gazetteer, on: date) -> None:
    assert [u for u in book.standing(on) if book.resolve(shortened(book, u, on), on).units != (u,)] == []


@pytest.mark.parametrize("on", [BEFORE, AFTER])
def test_without_diacritics_every_unit_is_among_the_candidates(book: Gazetteer, on: date) -> None:
    missed = [
        u for u in book.standing(on) if u not in book.resolve(bare(full(book, u, on)).upper(), on).units
    ]
    assert missed == []


UNITS = st.sampled_from(gazetteer().standing(BEFORE) + gazetteer().standing(NOW))


@settings(max_examples=300, deadline=None)
@given(unit=UNITS, seed=st.integers(0, 10_000))
def test_noise_that_people_type_changes_nothing(unit: Unit, seed: int) -> None:
    book, dice = gazetteer(), random.Random(seed)
    on = BEFORE if unit.valid_on(BEFORE) else NOW
    text = dice.choice([full, shortened])(book, unit, on)
    text = dice.choice([text, text.upper(), text.lower(), text.title()])
    text = text.replace(", ", dice.choice([",", " , ", ";", " - ", "\n", " | ", ",  ", " / "]))
    text = unicodedata.normalize(dice.choice(["NFC", "NFD"]), text)
    text = dice.choice(["", " ", "\t"]) + text + dice.choice(["", ".", " ,", "  "])
    assert book.resolve(text, on).units == (unit,), text


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_gets_an_answer_and_never_an_exception(text: str) -> None:
    resolution = gazetteer().resolve(text, AFTER)
    assert (resolution.status == "one") == (len(resolution.units) == 1)
    assert all(hint.says.vi and hint.says.en for hint in resolution.hints)
