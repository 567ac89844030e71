"""The index of names once more, as arrays: every word sequence that means something, and to whom.

Names, the words before and after them, offices and the country share one tree of words, so that a
column of texts is compared with all of them in as many steps as the longest has words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tinh.places.model import KINDS, LEVELS
from tinh.places.writing import AFTER, BEFORE, COUNTRY, NUMBERED, OFFICE, Mark, Token, token, unglued

if TYPE_CHECKING:
    from tinh.places.gazetteer import Gazetteer
    from tinh.places.naming import Entry, Naming

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_BITS: dict[Mark, int] = {
    (level, kind): 1 << (at * len(KINDS) + other)
    for at, level in enumerate(LEVELS)
    for other, kind in enumerate(KINDS)
}
ANY_KIND = -1  # every bit
_WIDE = 1 << 24  # more than there are words
_MOST_WORDS = 300_000


@dataclass(frozen=True, slots=True)
class Table:
    """The units listed at each node of the tree: their codes, and the kinds by which they go."""

    first: Ints
    codes: Ints
    marks: Ints

    def of(self, node: Ints) -> tuple[Ints, Ints, Ints]:
        """(which of the nodes asked, code, mark) of every unit listed at them."""
        asked, at = spread(self.first[node], self.first[node + 1])
        return asked, self.codes[at], self.marks[at]


def spread(begin: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Every number of every range, beside the number of its range."""
    sizes = end - begin
    which = np.repeat(np.arange(len(sizes)), sizes)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(sizes) - sizes - begin, sizes)


@dataclass(frozen=True, slots=True)
class Words:
    """What the index knows of the distinct words of a column, one element each."""

    symbol: Ints
    code: Ints
    digits: Ints  # 0: no number
    marked: Bools
    known: Bools
    opens: Bools
    closes: Bools
    numbered: Bools


class Lexicon:
    """Made when the first long column asks for it."""

    def __init__(self, naming: Naming) -> None:
        self._naming, self.gazetteer = naming, naming.gazetteer
        self.codes = list(dict.fromkeys(unit.code for unit in self.gazetteer.units))
        self.code_at = {code: at for at, code in enumerate(self.codes)}
        self._symbols: dict[str, int] = {}
        self._tree: dict[int, int] = {}
        self._nodes = 1
        self._places = {id(unit): at for at, unit in enumerate(self.gazetteer.units)}
        glued: dict[tuple[str, ...], list[Entry]] = {
            (letters,): entries for letters, entries in naming.by_letters.items()
        }
        self._listed = tuple(self._list(index) for index in (naming.marked, naming.plain, glued))
        phrases = [(self._enter(key), _mask(marks)) for key, marks in BEFORE.items()]
        after = [(self._enter(key), _mask(marks)) for key, marks in AFTER.items()]
        office = [self._enter(key) for key in OFFICE]
        self.country = {tuple(self._symbol(word) for word in key) for key in COUNTRY}
        self.before, self.after = self._masks(phrases), self._masks(after)
        self.office = self._masks((node, 1) for node in office) != 0
        self.named = np.zeros(self._nodes, bool)
        for nodes, _, _ in self._listed:
            self.named[nodes] = True
        self.speaks = self.named | (self.before != 0) | (self.after != 0) | self.office
        keys = np.array(sorted(self._tree), np.int64)
        self._keys, self._targets = keys, np.array([self._tree[int(k)] for k in keys], np.int64)
        self._roots = np.full(len(self._symbols), -1, np.int64)
        for symbol in self._symbols.values():
            self._roots[symbol] = self._tree.get(symbol, -1)
        self._tree.clear()
        self._days: dict[int, Day] = {}
        self._seen: dict[str, tuple[tuple[int, ...], ...]] = {}

    def _symbol(self, word: str) -> int:
        return self._symbols.setdefault(word, len(self._symbols))

    def _enter(self, key: tuple[str, ...]) -> int:
        node = 0
        for word in key:
            step = node * _WIDE + self._symbol(word)
            after = self._tree.get(step)
            if after is None:
                after = self._tree[step] = self._nodes
                self._nodes += 1
            node = after
        return node

    def _list(self, index: dict[tuple[str, ...], list[Entry]]) -> tuple[Ints, Ints, Ints]:
        """(node, place in the gazetteer's units, mark) of every entry."""
        rows = [
            (node, self._places[id(unit)], _BITS[mark])
            for key, entries in index.items()
            for node in (self._enter(key),)
            for unit, mark in entries
        ]
        made = np.array(rows, np.int64).reshape(-1, 3)
        made = made[np.argsort(made[:, 0], kind="stable")]
        return made[:, 0], made[:, 1], made[:, 2]

    def _masks(self, phrases: Iterable[tuple[int, int]]) -> Ints:
        out = np.zeros(self._nodes, np.int64)
        for node, mask in phrases:
            out[node] |= mask
        return out

    def walk(self, symbol: Ints, end: Ints) -> Iterator[tuple[Ints, int, Ints]]:
        """(first words, number of words, node) of the sequences that mean something, by length.

        `end` is where the part that holds a word ends.
        """
        at, size = np.flatnonzero(symbol >= 0), 1
        node = self._roots[symbol[at]]
        at, node = at[node >= 0], node[node >= 0]
        while True:
            speaks = self.speaks[node]
            yield at[speaks], size, node[speaks]
            inside = at + size < end[at]
            at, node = at[inside], node[inside]
            if not len(at):
                return
            key = node * _WIDE + symbol[at + size]
            found = np.searchsorted(self._keys, key)
            found[found == len(self._keys)] = 0
            there = (self._keys[found] == key) & (symbol[at + size] >= 0)
            at, node, size = at[there], self._targets[found[there]], size + 1

    def words(self, written: list[str]) -> tuple[Words, Ints, Ints]:
        """The words, and for each written one its first and its number of words: `P1` is two."""
        if len(self._seen) > _MOST_WORDS:
            self._seen.clear()
        rows: list[tuple[int, ...]] = []
        first, count = [], []
        for word in written:
            known = self._seen.get(word)
            if known is None:
                known = self._seen[word] = tuple(self._describe(token(part)) for part in unglued(word))
            first.append(len(rows))
            count.append(len(known))
            rows += known
        table: Any = np.array(rows, np.int64).reshape(-1, 8).T
        words = Words(*table[:3], *(column.astype(bool) for column in table[3:]))
        return words, np.array(first, np.int64), np.array(count, np.int64)

    def _describe(self, word: Token) -> tuple[int, ...]:
        naming = self._naming
        return (
            self._symbols.get(word.marked, -1),
            self.code_at.get(word.raw, -1) if word.is_number else -1,
            len(word.raw) if word.is_number else 0,
            word.has_marks,
            naming.known(word),
            naming.may_open(word),
            naming.may_close(word),
            (word.marked,) in NUMBERED,
        )

    def day(self, epoch: int) -> Day:
        if epoch not in self._days:
            self._days[epoch] = Day(self, epoch)
        return self._days[epoch]

    def tables(self, standing: Bools, code: Ints) -> Iterator[Table]:
        for nodes, places, marks in self._listed:
            kept = standing[places]
            sizes = np.bincount(nodes[kept], minlength=self._nodes)
            yield Table(np.concatenate([[0], np.cumsum(sizes)]), code[places[kept]], marks[kept])


class Day:
    """The index as it stands between two changes of the gazetteer; units go by the place of their code."""

    def __init__(self, lexicon: Lexicon, epoch: int) -> None:
        book: Gazetteer = lexicon.gazetteer
        on = book.epoch_day(epoch)
        count = len(lexicon.codes)
        standing = [unit if unit.valid_on(on) else None for unit in book.units]
        code = np.array([lexicon.code_at[unit.code] for unit in book.units], np.int64)
        self.stands = np.zeros(count, bool)
        self.level = np.full(count, -1, np.int64)
        self.province = np.full(count, "", object)
        parent = np.full(count + 1, -1, np.int64)
        for at, unit in zip(code, standing, strict=True):
            if unit is not None:
                self.stands[at] = True
                self.level[at] = LEVELS.index(unit.level)
                self.province[at] = unit.province
                parent[at] = lexicon.code_at.get(unit.parent, -1) if unit.parent else -1
        self.holder, self.upper = parent[:-1], parent[parent[:-1]]
        # The texts are read on the ground that a code is one unit's, three levels deep at most.
        self.plain = bool(
            (parent[self.upper] == -1).all()
            and self.stands.sum() == sum(unit is not None for unit in standing)
        )
        valid = np.array([unit is not None for unit in standing], bool)
        self.exact, self.loose, self.glued = lexicon.tables(valid, code)


def _mask(marks: Iterable[Mark]) -> int:
    out = 0
    for mark in marks:
        out |= _BITS[mark]
    return out
