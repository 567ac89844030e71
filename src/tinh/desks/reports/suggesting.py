"""Which category a text speaks of.

Keywords of the declared categories are looked for in the text, whether it is written with Vietnamese
marks or without. A phrase counts the more, the more syllables it has and the fewer categories use it
(its count times the logarithm of categories over those using it, as in tf-idf: Spärck Jones 1972).
Inside a longer phrase that was found a shorter one is not counted again. Where two categories stay close
together, or little speaks for any, the answer says that it is not sure.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tinh.desks.reports.words import bare, shaped, words
from tinh.packs import api as packs

LEAST = 1.5  # below this nothing has been said yet
CLEAR = 1.75  # the first must be so many times the second
WRONG_MARKS = 0.3  # share that a phrase keeps when the text has other marks in its place


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One category with its score, its share of all scores found, and the words that spoke for it."""

    category: str
    score: float
    share: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggested:
    """Best first. `sure` is False when people should choose themselves."""

    ranked: tuple[Suggestion, ...]
    sure: bool

    @property
    def best(self) -> str:
        """The category to choose for them; empty when that is not sure."""
        return self.ranked[0].category if self.sure else ""


@dataclass(frozen=True, slots=True)
class _Phrase:
    said: str
    shape: tuple[str, ...]
    marked: bool
    weight: float
    categories: tuple[str, ...]


class Suggester:
    """Reads the declared categories once; `suggest` is pure and takes well under a millisecond."""

    def __init__(self, categories: Mapping[str, packs.ReportCategory]) -> None:
        said: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
        for id, category in categories.items():
            for word in _spoken(category):
                key = tuple(shaped(w) for w in words(word))
                if key:
                    said[key].setdefault(id, word)
        many = max(len(categories), 2)
        self._phrases: dict[tuple[str, ...], list[_Phrase]] = defaultdict(list)
        for key, users in said.items():
            one = _Phrase(
                next(iter(users.values())), key, any(bare(w) != w for w in key),
                len(key) ** 1.3 * math.log(1 + many / len(users)), tuple(users),
            )  # fmt: skip
            self._phrases[tuple(bare(w) for w in key)].append(one)
        self._longest = max((len(k) for k in self._phrases), default=0)
        self._order = {id: n for n, id in enumerate(categories)}

    def suggest(self, text: str, most: int = 5) -> Suggested:
        """Categories by what speaks for them in `text`, at most `most`."""
        read = [shaped(w) for w in words(text[:5000])]
        plain = [bare(w) for w in read]
        marked = sum(a != b for a, b in zip(read, plain, strict=True)) > 0.15 * len(read)
        scores: dict[str, float] = defaultdict(float)
        reasons: dict[str, dict[str, None]] = defaultdict(dict)
        seen: set[tuple[str, str]] = set()
        covered: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for length in range(min(self._longest, len(read)), 0, -1):
            for at in range(len(read) - length + 1):
                for phrase in self._phrases.get(tuple(plain[at : at + length]), ()):
                    keeps = self._keeps(phrase, tuple(read[at : at + length]), marked)
                    for category in phrase.categories:
                        inside = any(a <= at and at + length <= b for a, b in covered[category])
                        if keeps <= 0 or inside or (category, phrase.said) in seen:
                            continue
                        seen.add((category, phrase.said))
                        covered[category].append((at, at + length))
                        scores[category] += phrase.weight * keeps
                        reasons[category][phrase.said] = None
        return self._ranked(scores, reasons, most)

    @staticmethod
    def _keeps(phrase: _Phrase, read: tuple[str, ...], marked: bool) -> float:
        """How much of its weight a phrase keeps where the text has `read` in its place."""
        if read == phrase.shape:
            return 1.0
        if not marked and all(bare(w) == w for w in read):  # the text is written without marks
            return 1.0 if len(read) > 1 else WRONG_MARKS
        return WRONG_MARKS if len(read) > 1 else 0.0

    def _ranked(
        self, scores: Mapping[str, float], reasons: Mapping[str, Iterable[str]], most: int
    ) -> Suggested:
        total = sum(scores.values())
        order = sorted(scores, key=lambda id: (-scores[id], self._order[id]))
        ranked = tuple(
            Suggestion(id, round(scores[id], 3), round(scores[id] / total, 3), tuple(reasons[id]))
            for id in order[:most]
        )
        first = ranked[0].score if ranked else 0.0
        second = ranked[1].score if len(ranked) > 1 else 0.0
        return Suggested(ranked, first >= LEAST and first >= CLEAR * second)


def _spoken(category: packs.ReportCategory) -> list[str]:
    """What speaks for a category: its keywords in every language, and its name."""
    said = [word for listed in category.keywords.values() for word in listed]
    return [*said, *(part for name in (category.name.vi, category.name.en) for part in name.split(","))]
