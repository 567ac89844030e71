"""Which category a text speaks of.

Keywords of the declared categories are looked for in the text, whether it is written with Vietnamese
marks or without. A phrase counts the more, the more syllables it has and the fewer categories use it
(its count times the logarithm of categories over those using it, as in tf-idf: Spärck Jones 1972).
Inside a longer phrase that was found a shorter one of its category is not counted again; one that shares a
syllable with a longer or earlier phrase counts little (`đèn đường hỏng` is a lamp).
A phrase whose syllables stand near each other in another order or with words between (`rừng bị phá`)
counts in part. Where two categories stay close together, or no more than one syllable or such a loose
phrase speaks for any, the answer says that it is not sure.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tinh.desks.reports.words import bare, shaped, words
from tinh.packs import api as packs

LEAST = 1.4  # syllables that must speak for the first: more than one
CLEAR = 1.75  # the first must be so many times the second
WRONG_MARKS = 0.3  # share that a phrase keeps when the text has other marks in its place
OVERLAPPED = 0.3  # … when a syllable of it belongs to a longer or earlier phrase
LOOSE = 0.5  # … when its syllables stand near each other, not side by side
NAMED = 0.5  # … when it is a part of the category's name and no keyword
_BETWEEN = 2  # words that may stand between the syllables of a phrase
_VOWELS = re.compile(r"[aeiouy]+")


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
    plain: tuple[str, ...]
    weight: float
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A phrase found from word `at` to before `end`, and the share of its weight that it keeps."""

    at: int
    end: int
    phrase: _Phrase
    keeps: float
    firm: bool = True


class Suggester:
    """Reads the declared categories once; `suggest` is pure and takes about a millisecond."""

    def __init__(self, categories: Mapping[str, packs.ReportCategory]) -> None:
        said: dict[tuple[str, ...], dict[str, tuple[str, float]]] = defaultdict(dict)
        for id, category in categories.items():
            for word, share in _spoken(category):
                key = tuple(shaped(w) for w in words(word))
                if key:
                    said[key].setdefault(id, (word.strip(), share))
        self._unit = math.log(1 + max(len(categories), 2))  # what one syllable of one category weighs
        self._phrases: dict[tuple[str, ...], list[_Phrase]] = defaultdict(list)
        for key, users in said.items():
            plain = tuple(bare(w) for w in key)
            word, share = max(users.values(), key=lambda used: used[1])
            rare = math.log(1 + max(len(categories), 2) / len(users))
            weight = share * sum(map(_syllables, plain)) ** 1.3 * rare
            self._phrases[plain].append(_Phrase(word, key, plain, weight, tuple(users)))
        self._longest = max((len(k) for k in self._phrases), default=0)
        self._order = {id: n for n, id in enumerate(categories)}

    def suggest(self, text: str, most: int = 5) -> Suggested:
        """Categories by what speaks for them in `text`, at most `most`."""
        read = [shaped(w) for w in words(text[:5000])]
        plain = [bare(w) for w in read]
        marked = sum(a != b for a, b in zip(read, plain, strict=True)) > 0.15 * len(read)
        scores: dict[str, float] = defaultdict(float)
        firm: dict[str, float] = defaultdict(float)  # by words that stand side by side
        reasons: dict[str, dict[str, None]] = defaultdict(dict)
        covered: dict[str, list[tuple[int, int]]] = defaultdict(list)
        taken: set[int] = set()  # words of phrases found so far
        exact = sorted(self._exact(read, plain, marked), key=lambda hit: (hit.at - hit.end, hit.at))
        for hit in [*exact, *self._loose(read, plain, marked)]:
            shared = not taken.isdisjoint(range(hit.at, hit.end))
            for category in hit.phrase.categories:
                if hit.phrase.said in reasons[category] or _within(hit, covered[category]):
                    continue
                counts = hit.phrase.weight * hit.keeps * (OVERLAPPED if shared else 1.0)
                scores[category] += counts
                firm[category] += counts if hit.firm else 0.0
                reasons[category][hit.phrase.said] = None
                covered[category].append((hit.at, hit.end))
            taken.update(range(hit.at, hit.end))
        return self._ranked(scores, firm, reasons, most)

    def _exact(self, read: list[str], plain: list[str], marked: bool) -> Iterator[_Hit]:
        for length in range(1, min(self._longest, len(read)) + 1):
            for at in range(len(read) - length + 1):
                for phrase in self._phrases.get(tuple(plain[at : at + length]), ()):
                    keeps = _keeps(phrase.shape, tuple(read[at : at + length]), marked)
                    if keeps > 0:
                        yield _Hit(at, at + length, phrase, keeps)

    def _loose(self, read: list[str], plain: list[str], marked: bool) -> Iterator[_Hit]:
        """Phrases whose words stand near each other."""
        where: dict[str, list[int]] = defaultdict(list)
        for n, word in enumerate(plain):
            where[word].append(n)
        for key, phrases in self._phrases.items():
            if len(key) < 2 or len(set(key)) < len(key) or any(word not in where for word in key):
                continue
            for first in where[key[0]]:
                spots = [first, *(min(where[w], key=lambda n: abs(n - first)) for w in key[1:])]
                at, end = min(spots), max(spots) + 1
                if end - at > len(key) + _BETWEEN:
                    continue
                for phrase in phrases:
                    keeps = _keeps(phrase.shape, tuple(read[n] for n in spots), marked)
                    if keeps == 1.0:
                        yield _Hit(at, end, phrase, LOOSE, False)

    def _ranked(
        self,
        scores: Mapping[str, float],
        firm: Mapping[str, float],
        reasons: Mapping[str, Iterable[str]],
        most: int,
    ) -> Suggested:
        total = sum(scores.values())
        order = sorted(scores, key=lambda id: (-scores[id], self._order[id]))
        ranked = tuple(
            Suggestion(id, round(scores[id], 3), round(scores[id] / total, 3), tuple(reasons[id]))
            for id in order[:most]
        )
        first = ranked[0].score if ranked else 0.0
        second = ranked[1].score if len(ranked) > 1 else 0.0
        said = firm.get(order[0], 0.0) if order else 0.0
        return Suggested(ranked, said >= LEAST**1.3 * self._unit and first >= CLEAR * second)


def _within(hit: _Hit, stretches: Iterable[tuple[int, int]]) -> bool:
    return any(at <= hit.at and hit.end <= end for at, end in stretches)


def _keeps(shape: tuple[str, ...], read: tuple[str, ...], marked: bool) -> float:
    """How much of its weight a phrase keeps where the text has `read` in its place."""
    if read == shape:
        return 1.0
    if not marked and all(bare(w) == w for w in read):  # the text is written without marks
        return 1.0 if len(read) > 1 else WRONG_MARKS
    return WRONG_MARKS if len(read) > 1 else 0.0


def _syllables(word: str) -> int:
    """One for a Vietnamese syllable, two for any other word (`karaoke`, `4g`): it says more."""
    return 1 if len(_VOWELS.findall(word)) == 1 and word.isalpha() else 2


def _spoken(category: packs.ReportCategory) -> Iterator[tuple[str, float]]:
    """What speaks for a category and how much: its keywords in every language, and the parts of its name."""
    for listed in category.keywords.values():
        yield from ((word, 1.0) for word in listed)
    for name in (category.name.vi, category.name.en):
        parts = name.split(",")
        yield from ((part, NAMED if len(parts) > 1 else 1.0) for part in parts)
