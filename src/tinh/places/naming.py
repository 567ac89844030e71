"""Finds the units a written name denotes. It compares, it never guesses.

A text is read as one name, or as a name and the units it lies in, small to large or large to
small, with commas or without; the reading with the fewest parts that denotes anything decides.
Where the text carries diacritics they must be right; a part typed without any is compared
without. A kind (`X.`, `Phường`, `city`) must be the unit's kind. A code may stand for a name.
A text that denotes nothing is read once more without the number of a list before it or of a
footnote behind it, unless that number is the code of a unit of the same level.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from tinh.places.amendments import amendments
from tinh.places.model import Hint, Level, Resolution, Status, Unit
from tinh.places.spelling import spelt
from tinh.places.writing import (
    CLOSING,
    OPENING,
    WORDS,
    Mark,
    Reading,
    Token,
    codes_apart,
    readings,
    segments,
    unlisted,
    without_country,
)

if TYPE_CHECKING:
    from tinh.places.gazetteer import Gazetteer
    from tinh.places.lexicon import Lexicon

Part = tuple[Token, ...]
Entry = tuple[Unit, Mark]
_MOST_PARTS = 4
MOST_TOKENS = 20
FEW = 300  # names of a column; below, to read them at once costs more than it saves …
_WORTH = 2000  # … and so many asked for in all must there be to make the lexicon for it
_MOST_KEPT = 200_000  # parts of texts, of one span of time


class Naming:
    """The index of names over all units of all days, and the resolution of texts against it."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.marked: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        self.plain: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        spellings: dict[str, list[tuple[str, Level | None]]] = defaultdict(list)
        for spelling in amendments().spellings:
            spellings[spelling.means].append((spelling.written, spelling.level))
        for unit in gazetteer.units:
            mark: Mark = (unit.level, unit.kind)
            self._enter(unit, _bare(unit), mark)
            for written, level in spellings.get(unit.short, ()):
                if level in (None, unit.level):
                    self._enter(unit, written, mark)
            for earlier in gazetteer.earlier_names(unit):
                self._enter(unit, _bare(earlier), (earlier.level, earlier.kind))
        self._asked = 0
        self._lookups: dict[tuple[int, bool], _Lookup] = {}
        self.resolve = lru_cache(maxsize=65536)(self._resolve)

    def _enter(self, unit: Unit, name: str, mark: Mark) -> None:
        tokens = segments(name)[0]
        self.marked[tuple([t.marked for t in tokens])].append((unit, mark))
        self.plain[tuple([t.plain for t in tokens])].append((unit, mark))

    @cached_property
    def by_letters(self) -> dict[str, list[Entry]]:
        """Entries by their plain name without spaces."""
        index: dict[str, list[Entry]] = defaultdict(list)
        for key, entries in self.plain.items():
            index["".join(key)] += entries
        return index

    @cached_property
    def by_pair(self) -> dict[str, list[str]]:
        """Plain names by each pair of letters in them."""
        from tinh.places.hints import pair_index

        return pair_index(self.by_letters)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The index as arrays, for long columns."""
        from tinh.places.lexicon import Lexicon  # most processes never ask for it

        return Lexicon(self)

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(word for key in self.plain for word in key) | WORDS

    @cached_property
    def _edges(self) -> tuple[frozenset[str], frozenset[str]]:
        """Words a part of a text may begin and end with, without diacritics."""
        names = [*self.plain, *((glued,) for glued in self.by_letters)]
        return OPENING | {name[0] for name in names}, CLOSING | {name[-1] for name in names}

    def may_denote(self, part: Part) -> bool:
        """Told by its first and last word alone, before any reading of it is tried."""
        return self.may_open(part[0]) and self.may_close(part[-1])

    def may_open(self, word: Token) -> bool:
        return word.is_number or word.plain in self._edges[0]

    def may_close(self, word: Token) -> bool:
        return word.is_number or word.plain in self._edges[1]

    def _lookup(self, epoch: int, text_has_marks: bool) -> _Lookup:
        """Kept from text to text: the same provinces and districts stand in most of them."""
        key = (epoch, text_has_marks)
        found = self._lookups.get(key)
        if found is None or found.full:
            found = self._lookups[key] = _Lookup(self, epoch, text_has_marks)
        return found

    def known(self, word: Token) -> bool:
        """Whether the word occurs in any name; a text with one that does not denotes nothing."""
        return word.plain in self._words or word.is_number or word.plain in self.by_letters

    # -- resolution ---------------------------------------------------------------------------

    def _resolve(self, text: str, epoch: int, within: str | None, levels: tuple[Level, ...]) -> Resolution:
        units = self.matches(text, epoch, within, levels)
        status: Status = "one" if len(units) == 1 else "several" if units else "none"

        def suggest() -> tuple[Hint, ...]:
            from tinh.places.hints import suggest as hints_for  # only questions without an answer pay for it

            return hints_for(self, text, epoch, within, levels)

        return Resolution(text, status, units, suggest)

    def column(
        self, names: Sequence[str], epoch: int, within: str | None, levels: tuple[Level, ...]
    ) -> list[str | None]:
        """The code for each name, None where there is no single answer."""
        texts = spelt(names)
        codes: list[str | None] = [None] * len(texts)
        one_by_one: Sequence[int] = range(len(texts))
        self._asked += len(texts)
        if len(texts) >= FEW and self._asked >= _WORTH:
            from tinh.places.columns import read_at_once  # its libraries load only for long columns

            codes, one_by_one = read_at_once(self.lexicon, texts, epoch, within, levels)
        known: dict[str, str | None] = {}
        for at in one_by_one:
            text = texts[at]
            if text not in known:
                units = self._matches(text, epoch, within, levels)
                known[text] = units[0].code if len(units) == 1 else None
            codes[at] = known[text]
        for at, found in enumerate(codes):
            if found is None and (units := self._listed(names[at], epoch, within, levels)):
                codes[at] = units[0].code if len(units) == 1 else None
        return codes

    def matches(
        self, text: str, epoch: int, within: str | None, levels: tuple[Level, ...]
    ) -> tuple[Unit, ...]:
        return self._matches(text, epoch, within, levels) or self._listed(text, epoch, within, levels)

    def _listed(
        self, text: str, epoch: int, within: str | None, levels: tuple[Level, ...]
    ) -> tuple[Unit, ...]:
        name, number = unlisted(text)
        units = self._matches(name, epoch, within, levels) if name else ()
        meant = self.gazetteer.find(number, self.gazetteer.epoch_day(epoch)) if number else None
        return () if meant and any(unit.level == meant.level for unit in units) else units

    def _matches(
        self, text: str, epoch: int, within: str | None, levels: tuple[Level, ...]
    ) -> tuple[Unit, ...]:
        parts = without_country(segments(text))
        tokens = [t for part in parts for t in part]
        if len(tokens) > MOST_TOKENS or not all(map(self.known, tokens)):
            return ()
        lookup = self._lookup(epoch, any(t.has_marks for t in tokens))
        found = next(filter(None, (self._found(*way, lookup) for way in codes_apart(parts))), [])
        chosen = {
            unit.code: unit
            for unit in found
            if (within is None or unit.province == within) and (not levels or unit.level in levels)
        }
        best = next((level for level in levels if any(u.level == level for u in chosen.values())), None)
        return tuple(unit for _, unit in sorted(chosen.items()) if best is None or unit.level == best)

    def _found(self, parts: list[Part], codes: list[str], lookup: _Lookup) -> list[Unit]:
        """Units that the name denotes and the code, where both stand, agrees with."""
        if len(codes) > 1:
            return []
        if not parts:
            return list(lookup.code(codes[0])) if codes else []
        return [unit for unit in self._denoted(parts, lookup) if not codes or unit.code == codes[0]]

    def _denoted(self, parts: list[Part], lookup: _Lookup) -> Iterator[Unit]:
        for count in range(len(parts), _MOST_PARTS + 1):
            seen = False
            for cut in _cuts(parts, count, lookup):
                for order in (cut, cut[::-1]) if count > 1 else (cut,):
                    for unit in self._chained(order, lookup):
                        seen = True
                        yield unit
            if seen:
                return

    def _chained(self, order: tuple[Part, ...], lookup: _Lookup) -> Iterator[Unit]:
        target, *above = order
        for unit in lookup.part(target):
            if not above or self._lies_in(unit, above, lookup):
                yield unit

    def _lies_in(self, unit: Unit, above: list[Part], lookup: _Lookup) -> bool:
        holders = iter(lookup.holders(unit))
        return all(any(code in lookup.codes(part) for code in holders) for part in above)


class _Lookup:
    """Candidates for parts of one text on one day, each part looked up once."""

    def __init__(self, naming: Naming, epoch: int, text_has_marks: bool) -> None:
        self.naming, self.epoch, self.text_has_marks = naming, epoch, text_has_marks
        self.day = naming.gazetteer.epoch_day(epoch)
        self._parts: dict[Part, tuple[Unit, ...]] = {}
        self._codes: dict[Part, frozenset[str]] = {}
        self._holders: dict[str, tuple[str, ...]] = {}

    @property
    def full(self) -> bool:
        return len(self._parts) > _MOST_KEPT

    def codes(self, part: Part) -> frozenset[str]:
        if part not in self._codes:
            self._codes[part] = frozenset(unit.code for unit in self.part(part))
        return self._codes[part]

    def holders(self, unit: Unit) -> tuple[str, ...]:
        """Codes of the units that hold `unit`, the nearest first."""
        if unit.code not in self._holders:
            path = self.naming.gazetteer.path_in(unit, self.epoch)
            self._holders[unit.code] = tuple(holder.code for holder in reversed(path[:-1]))
        return self._holders[unit.code]

    def code(self, code: str) -> tuple[Unit, ...]:
        unit = self.naming.gazetteer.find(code, self.day)
        return (unit,) if unit else ()

    def part(self, part: Part) -> tuple[Unit, ...]:
        known = self._parts.get(part)
        if known is None:
            found: dict[str, Unit] = {}
            if self.naming.may_denote(part):
                found = {unit.code: unit for reading in readings(part) for unit in self._read(reading)}
            known = self._parts[part] = tuple(found.values())
        return known

    def _read(self, reading: Reading) -> Iterator[Unit]:
        name = reading.name
        if len(name) == 1 and name[0].is_number and reading.kinds is None:
            # A number without a kind can only be a code.
            yield from self.code(name[0].raw)
            return
        entries = self.naming.marked.get(reading.marked, ())
        exact = self._standing(entries, reading)
        if reading.has_marks or (exact and self.text_has_marks):
            yield from exact
            return
        plain = reading.plain
        loose = self._standing(self.naming.plain.get(plain, ()), reading)
        if not loose and len(plain) == 1:
            loose = self._standing(self.naming.by_letters.get(plain[0], ()), reading)
        yield from loose

    def _standing(self, entries: Iterable[Entry], reading: Reading) -> list[Unit]:
        return [
            unit
            for unit, mark in entries
            if (reading.kinds is None or mark in reading.kinds) and unit.valid_on(self.day)
        ]


def _bare(unit: Unit) -> str:
    """The name without its kind, numbers included: `Phường 1` is looked up as `1` with a kind."""
    return unit.name[len(unit.kind) + 1 :]


def _cuts(parts: list[Part], count: int, lookup: _Lookup) -> Iterator[tuple[Part, ...]]:
    """Every way to cut `parts` further, between words, into `count` parts that each denote something."""
    if not parts:
        if count == 0:
            yield ()
        return
    first, rest = parts[0], parts[1:]
    if count < len(parts):
        return
    if lookup.part(first):
        for others in _cuts(rest, count - 1, lookup):
            yield (first, *others)
    for size in range(1, len(first)) if count > len(parts) else ():
        if lookup.part(first[:size]):
            for others in _cuts([first[size:], *rest], count - 1, lookup):
                yield (first[:size], *others)
