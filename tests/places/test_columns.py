"""A long column of names is read at once, in arrays: its answers are those of names asked a few at a time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

import pytest
from bench.names import LEVELS, labelled
from hypothesis import given, settings
from hypothesis import strategies as st

from tinh.places.api import Gazetteer, Level, gazetteer
from tinh.places.naming import FEW, Naming

DAYS = (date(2025, 3, 31), date(2025, 8, 1), date(2026, 5, 15), date(2026, 11, 1))
ASKED: tuple[tuple[str | None, tuple[Level, ...]], ...] = (
    (None, LEVELS),
    (None, ()),
    ("19", ("commune",)),
    ("79", LEVELS),
    ("01", ("province", "district")),
    (None, ("district", "commune")),
)
# What people add, in front, behind and in the middle, and what only looks like a place or a code.
BESIDE = (
    "Việt Nam", ", Vietnam", "VN", "vn vn", " 19", "05815", "(164)", "1", "01", "001", "99999",
    "05815 05818", "UBND", "Ủy ban nhân dân", "ubnd ubnd", "province", "City", "commune", "ward",
    "province of", "special zone", "TT", "t t", "x.", "P1", "Q3", "F.2", "Quận 10", "phường 12",
    "Phường 05", "TP.HCM", "tphcm", "t phố", "thành phố thuộc tỉnh", "Huyện đảo", "đk", "Daklak",
    "Đắc Lắc", "hanoi", "Ðà Nẵng", "ɖak", "las", "xax", "phuf", "Ea H’leo", "Ea H'leo", "Y Tý",
    "Qui Nhơn", "-", "–", "/", ";", "|", "->", "→", "_", "\u00ad", "\u2060", "\n", "\t", "№ 3",
    "１９", "²", "ß", "İ", "Σ", "ö", "\u0301", "😀", "´", "`", "“Huế”", "",
)  # fmt: skip


def few_at_a_time(
    book: Gazetteer, names: Sequence[str], day: date, within: str | None, levels: tuple[Level, ...]
) -> list[str | None]:
    answers: list[str | None] = []
    for begin in range(0, len(names), FEW - 1):
        part = names[begin : begin + FEW - 1]
        answers += book.resolve_many(part, [day] * len(part), within, levels)
    return answers


def mixed(text: str, others: Sequence[str], dice: random.Random) -> str:
    words = text.split(" ")
    for _ in range(dice.randint(1, 3)):
        match dice.randrange(5):
            case 0:
                words.insert(dice.randrange(len(words) + 1), dice.choice(BESIDE))
            case 1:
                words = words[: dice.randint(1, len(words))]
            case 2:
                dice.shuffle(words)
            case 3:
                words += dice.choice(others).split(" ")[: dice.randint(1, 6)]
            case _:
                words = [word if dice.random() < 0.7 else word.rstrip(",;.") for word in words]
    return " ".join(words)


@pytest.fixture(scope="module")
def written() -> list[str]:
    """All kinds of noise, and as many texts that people would hardly write."""
    texts, dice = [row.text for row in labelled(4000, seed=1122)], random.Random(5)
    return [*texts, *(mixed(text, texts, dice) for text in texts), *BESIDE]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_long_column_gets_the_answers_of_names_asked_a_few_at_a_time(
    book: Gazetteer, written: list[str], day: date
) -> None:
    dice = random.Random(day.toordinal())
    for within, levels in ASKED:
        names = [*dice.sample(written, 1500), *BESIDE]
        answers = book.resolve_many(names, [day] * len(names), within, levels)
        expected = few_at_a_time(book, names, day, within, levels)
        assert [(n, a, e) for n, a, e in zip(names, answers, expected, strict=True) if a != e] == [], (
            within,
            levels,
        )
        assert any(expected) or levels == ("province", "district")


def test_a_long_column_of_several_days_is_read_on_each_names_day(book: Gazetteer, written: list[str]) -> None:
    names = [name for name in written[:400] for _ in DAYS]
    days = [day for _ in written[:400] for day in DAYS]
    answers = book.resolve_many(names, days, None, LEVELS)
    for at, day in enumerate(DAYS):
        assert answers[at :: len(DAYS)] == few_at_a_time(book, written[:400], day, None, LEVELS)


def test_a_long_column_in_vietnamese_letters_is_not_read_one_by_one(
    book: Gazetteer, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = written[:1000]
    expected = {day: few_at_a_time(book, names, day, None, LEVELS) for day in DAYS}
    monkeypatch.setattr(Naming, "matches", lambda *asked: pytest.fail(f"{asked[1]!r} was read by itself"))
    for day in DAYS:
        assert book.resolve_many(names, [day] * len(names), None, LEVELS) == expected[day]


WORDS = sorted({word for row in labelled(600, seed=3) for word in row.text.split()} | set(BESIDE))
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=24).map(" ".join) | st.text(
    max_size=40
)
FILLING = [row.text for row in labelled(FEW + 50, seed=9)]


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=30), day=st.sampled_from(DAYS))
def test_whatever_stands_in_a_long_column_is_read_as_it_is_alone(texts: list[str], day: date) -> None:
    book, column = gazetteer(), [*texts, *FILLING]
    answers = book.resolve_many(column, [day] * len(column), None, LEVELS)
    assert answers[: len(texts)] == few_at_a_time(book, texts, day, None, LEVELS)


def test_a_long_column_of_blanks_and_nonsense_has_no_answers(book: Gazetteer) -> None:
    names = [None, "", *(f", {'-' * at};" for at in range(FEW)), *("…" * at for at in range(1, 5))]
    assert book.resolve_many(names, [DAYS[0]] * len(names)) == [None] * len(names)


def test_a_long_column_of_numbers_is_no_column_of_codes(book: Gazetteer) -> None:
    numbers = [str(number) for number in range(1000, 4000)]
    assert book.resolve_many(numbers, [DAYS[0]] * len(numbers)) == [None] * len(numbers)
    codes = [unit.code for unit in book.standing(DAYS[0])]
    assert book.resolve_many(codes, [DAYS[0]] * len(codes)) == codes
