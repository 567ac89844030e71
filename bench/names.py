"""Names of places as officials write them, with the unit that was meant: seeded, from the gazetteer.

Each kind of noise is one way of writing; `truth` is the code the writer meant on `day`. An answer
is right, wrong, or left open; wrong is worse than open.
"""

from __future__ import annotations

import random
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bench.report import Row
from tinh.places.api import Level, Unit, gazetteer

BEFORE = date(2025, 3, 31)
SINCE = date(2026, 11, 1)
LEVELS: tuple[Level, ...] = ("commune", "district", "province")
_SHORT = {
    "xã": ("X.", "X. ", "x ", "xa "), "phường": ("P.", "P. ", "Ph. ", "F."), "đặc khu": ("ĐK ", "Đặc khu "),
    "thị trấn": ("TT ", "TT. ", "Ttr. "), "thị xã": ("TX ", "TX. "), "thành phố": ("TP ", "TP. ", "Tp."),
    "huyện": ("H.", "H. ", "h "), "quận": ("Q.", "Q. "), "tỉnh": ("T. ", "tỉnh ", ""),
}  # fmt: skip
_TONES = "\u0300\u0301\u0303\u0309\u0323"


@dataclass(frozen=True, slots=True)
class Written:
    kind: str
    text: str
    day: date
    truth: str
    within: str


@dataclass(frozen=True, slots=True)
class Tally:
    kind: str
    right: int
    wrong: int
    open: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.wrong + self.open)

    @property
    def left(self) -> float:
        return self.open / max(1, self.right + self.wrong + self.open)


def labelled(count: int, seed: int = 7) -> list[Written]:
    """`count` names, every kind of noise in equal shares, communes drawn evenly from all provinces."""
    book, dice = gazetteer(), random.Random(seed)
    standing = {
        day: [u for u in book.units if u.level == "commune" and u.valid_on(day)] for day in (BEFORE, SINCE)
    }
    out = []
    while len(out) < count:
        kind, write = dice.choice(_KINDS)
        old_after = kind.startswith("old name")
        day = BEFORE if old_after or dice.random() < 0.4 else SINCE
        unit = dice.choice(standing[day])
        text = write(Case(unit, list(reversed(book.path(unit, day))), dice))
        if text is None:
            continue
        truth = unit.code
        if old_after:
            day = SINCE
            truth = next(link.unit.code for link in book.successors(unit.code, BEFORE) if link.main)
        out.append(Written(kind, text, day, truth, unit.province))
    return out


def judged(rows: Sequence[Written], within: bool = False) -> tuple[list[Tally], list[tuple[Written, str]]]:
    """The tally of each kind and of all, and every wrong answer."""
    book = gazetteer()
    answers: list[str | None] = [None] * len(rows)
    groups: dict[str | None, list[int]] = {}
    for at, row in enumerate(rows):
        groups.setdefault(row.within if within else None, []).append(at)
    for province, places in groups.items():
        names, days = [rows[at].text for at in places], [rows[at].day for at in places]
        for at, answer in zip(places, book.resolve_many(names, days, province, LEVELS), strict=True):
            answers[at] = answer
    counted: dict[str, Counter[str]] = {kind: Counter() for kind, _ in _KINDS} | {"all": Counter()}
    wrong = []
    for row, answer in zip(rows, answers, strict=True):
        outcome = "open" if answer is None else "right" if answer == row.truth else "wrong"
        counted[row.kind][outcome] += 1
        counted["all"][outcome] += 1
        if outcome == "wrong":
            wrong.append((row, str(answer)))
    return [Tally(k, c["right"], c["wrong"], c["open"]) for k, c in counted.items()], wrong


@dataclass(frozen=True, slots=True)
class Case:
    """A unit to write down: itself first in `path`, then what holds it."""

    unit: Unit
    path: list[Unit]
    dice: random.Random


Writer = Callable[[Case], str | None]


def _full(case: Case) -> str:
    return ", ".join(u.name for u in case.path)


def _abbreviated(case: Case) -> str:
    pieces = [case.dice.choice(_SHORT[u.kind]) + u.name[len(u.kind) + 1 :] for u in case.path]
    return case.dice.choice((", ", " - ", ",", "; ")).join(pieces)


def _bare(case: Case) -> str:
    return ", ".join(u.short for u in case.path)


def _no_marks(case: Case) -> str:
    apart = unicodedata.normalize("NFD", _full(case).replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in apart if not unicodedata.combining(c))


def _upper(case: Case) -> str:
    return _abbreviated(case).upper()


def _decomposed(case: Case) -> str:
    return unicodedata.normalize("NFD", _abbreviated(case))


def _tone_moved(case: Case) -> str | None:
    """`Hòa` for `Hoà` and the other way round."""
    text = _full(case)
    moved = text
    for pair in ("oa", "oe", "uy"):
        for tone in _TONES:
            for first, second in (
                (pair[0] + tone + pair[1], pair + tone),
                (pair + tone, pair[0] + tone + pair[1]),
            ):
                old, new = (unicodedata.normalize("NFC", x) for x in (first, second))
                if old in text:
                    moved = moved.replace(old, new)
    return moved if moved != text else None


def _spaced(case: Case) -> str:
    text = _abbreviated(case)
    return (
        " " * case.dice.randint(0, 2)
        + "".join(c if c != " " else case.dice.choice(("  ", "\u00a0", "   ", "\t")) for c in text)
        + " " * case.dice.randint(0, 2)
    )


def _unseparated(case: Case) -> str:
    return " ".join(u.name for u in case.path)


def _skipped(case: Case) -> str:
    path = case.path
    return f"{path[0].name}, {path[-1].name}"


def _alone(case: Case) -> str:
    return case.unit.name


def _turned(case: Case) -> str:
    return " - ".join(u.name for u in reversed(case.path))


def _typo(case: Case) -> str | None:
    """One letter of the commune's name dropped, doubled, swapped or another."""
    path = case.path
    name, rest = case.unit.short, ", ".join(u.name for u in path[1:])
    places = [at for at, c in enumerate(name) if c.isalpha()]
    if len(places) < 3:
        return None
    at = case.dice.choice(places)
    how = case.dice.randrange(4)
    if how == 0:
        made = name[:at] + name[at + 1 :]
    elif how == 1:
        made = name[: at + 1] + name[at] + name[at + 1 :]
    elif how == 2:
        made = name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]
    else:
        made = name[:at] + case.dice.choice("aeiouhngtclm") + name[at + 1 :]
    return f"{case.unit.kind} {made}, {rest}" if made.lower() != name.lower() else None


def _old_full(case: Case) -> str:
    return _full(case)


def _old_short(case: Case) -> str:
    path = case.path
    return ", ".join(case.dice.choice(_SHORT[u.kind]) + u.name[len(u.kind) + 1 :] for u in path[:2])


def _with_code(case: Case) -> str:
    return case.dice.choice((f"{case.unit.code} - {case.unit.name}", f"{case.unit.name} ({case.unit.code})"))


def _office(case: Case) -> str:
    return case.dice.choice(("UBND ", "Ủy ban nhân dân ", "ubnd ")) + _full(case)


def _listed(case: Case) -> str:
    """As in a list made by hand: a number before it, or that of a footnote behind it."""
    name, at = ", ".join(u.name for u in case.path[:2]), case.dice.randint(1, 180)
    sign = case.dice.choice((". ", ") ", ".", "/ ", " - "))
    return case.dice.choice((f"{at}{sign}{name}", f"II{sign}{name}", f"{name} ({at % 9 + 1})"))


_KINDS: tuple[tuple[str, Writer], ...] = (
    ("full", _full),
    ("abbreviated", _abbreviated),
    ("without kinds", _bare),
    ("without marks", _no_marks),
    ("upper case", _upper),
    ("decomposed", _decomposed),
    ("tone moved", _tone_moved),
    ("spaces", _spaced),
    ("no separators", _unseparated),
    ("middle left out", _skipped),
    ("commune alone", _alone),
    ("province first", _turned),
    ("typo", _typo),
    ("old name since the reform", _old_full),
    ("old name, shortened", _old_short),
    ("with its code", _with_code),
    ("office", _office),
    ("numbered", _listed),
)


def lines(tallies: Sequence[Tally]) -> Iterator[str]:
    for t in tallies:
        yield (
            f"{t.kind:26} {t.right + t.wrong + t.open:7} names · precision {t.precision:.5f} · "
            f"recall {t.recall:.4f} · open {t.left:.4f}"
        )


def run(scale: float) -> Iterator[Row]:
    """A column of names as deliveries hold them, most of them many times, and each name but once."""
    rows = labelled(max(2000, int(40_000 * scale)))
    dice = random.Random(11)
    column = [dice.choice(rows) for _ in range(5 * len(rows))]
    for what, asked in (("messy names in bulk, each but once", rows), ("… each some five times", column)):
        names, days = [row.text for row in asked], [row.day for row in asked]
        gazetteer.cache_clear()  # nothing learnt from other names
        book = gazetteer()
        book.resolve("La Bằng", SINCE)
        if asked is rows:
            begun = time.perf_counter()
            for day in (BEFORE, SINCE):
                codes = [unit.code for unit in book.standing(day)]
                book.resolve_many(codes, [day] * len(codes))
            made = time.perf_counter() - begun
            yield Row("index for long columns, made once", made, " s", promised="≤ 1.5 s", kept=made <= 1.5)
        begun, used = time.perf_counter(), time.process_time()
        book.resolve_many(names, days, None, LEVELS)
        rate = len(asked) / (time.perf_counter() - begun)
        note = f"{len(asked) / (time.process_time() - used):,.0f} a second of processor time"
        yield Row(what, rate, " /s", promised="≥ 50,000 /s", kept=rate >= 50_000, note=note)
    tallies, _ = judged(rows)
    for line in lines(tallies):
        print(line, file=sys.stderr)
    total = tallies[-1]
    yield Row(
        "names read rightly, of those answered", total.precision, "", promised="≥ 0.999",
        kept=total.precision >= 0.999, note=f"recall {total.recall:.4f}, left open {total.left:.4f}",
    )  # fmt: skip
