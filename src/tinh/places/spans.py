"""Which units the words of many texts denote: `naming` in arrays, from words to units.

A span is some words of one part of a text that may denote a unit. Spans are laid end to end over
the whole text, one, two or three of them; with the fewest that denote anything the text is read.
Four could hold one another only if units lay four deep (`Day.plain`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tinh.places.lexicon import ANY_KIND, Bools, Day, Ints, Lexicon, Words, spread

_WIDE = 1 << 24  # more than there are codes
_LONG = 1 << 6  # more than a text has words


@dataclass(frozen=True, slots=True)
class Laid:
    """Words of many texts one after another. `text` and `part` only ever grow."""

    word: Ints
    text: Ints
    part: Ints

    def kept(self, which: Bools) -> Laid:
        return Laid(self.word[which], self.text[which], self.part[which])


@dataclass(frozen=True, slots=True)
class Readings:
    """Ways to read spans (`writing.Reading`): the words of the name, the kinds; or a bare code."""

    start: Ints
    end: Ints
    node: Ints
    kinds: Ints
    begin: Ints  # of the name within the span
    stop: Ints
    code: Ints

    def at(self, which: Ints | Bools) -> Readings:
        return Readings(*(column[which] for column in self.columns()))

    def columns(self) -> tuple[Ints, ...]:
        return self.start, self.end, self.node, self.kinds, self.begin, self.stop, self.code


class Candidates:
    """The codes each span may denote."""

    def __init__(self, span: Ints, code: Ints) -> None:
        self._keys = np.unique(span * _WIDE + code)

    def of(self, span: Ints) -> tuple[Ints, Ints]:
        """(which of the spans asked, code)."""
        asked, at = spread(
            np.searchsorted(self._keys, span * _WIDE), np.searchsorted(self._keys, (span + 1) * _WIDE)
        )
        return asked, self._keys[at] % _WIDE

    def hold(self, span: Ints, code: Ints) -> Bools:
        if not len(self._keys):
            return np.zeros(len(span), bool)
        key = span * _WIDE + code
        at = np.searchsorted(self._keys, key)
        at[at == len(self._keys)] = 0
        held: Bools = (self._keys[at] == key) & (code >= 0)
        return held


def denoted(lexicon: Lexicon, day: Day, words: Words, laid: Laid, has_marks: Bools) -> tuple[Ints, Ints]:
    """(text, code) of every unit that a text denotes; `has_marks` says it of each text."""
    size = len(laid.word)
    if not size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    part_end, text_end = _ends(laid.part), _ends(laid.text)
    first = np.concatenate([[True], laid.text[1:] != laid.text[:-1]])
    readings = _readings(lexicon, words, laid, part_end)
    keys, span = np.unique(readings.start * _LONG + (readings.end - readings.start), return_inverse=True)
    start, end = keys // _LONG, keys // _LONG + keys % _LONG
    begins, ends = first[start], end == text_end[start]
    tilings = list(_tilings(start, end, begins, ends))
    used = np.zeros(len(keys), bool)
    for tiling in tilings:
        for spans in tiling:
            used[spans] = True
    wanted = used[span]
    chosen = readings.at(wanted)
    known = _candidates(day, words, laid, has_marks, chosen, span[wanted])
    text_of = laid.text[start]
    done = np.zeros(len(has_marks), bool)
    texts, codes = [], []
    for tiling in tilings:
        tiling = tuple(spans[~done[text_of[tiling[0]]]] for spans in tiling)
        for order in (tiling, tiling[::-1]) if len(tiling) > 1 else (tiling,):
            asked, code = known.of(order[0])
            above = [spans[asked] for spans in order[1:]]
            lies = _lies_in(day, known, code, above)
            texts.append(text_of[order[0]][asked[lies]])
            codes.append(code[lies])
        for found in texts:
            done[found] = True
    return np.concatenate(texts), np.concatenate(codes)


def _lies_in(day: Day, known: Candidates, code: Ints, above: list[Ints]) -> Bools:
    """Whether what is named after a unit holds it, the nearest first."""
    holder, upper = day.holder[code], day.upper[code]
    if not above:
        return np.ones(len(code), bool)
    if len(above) == 1:
        return known.hold(above[0], holder) | known.hold(above[0], upper)
    return known.hold(above[0], holder) & known.hold(above[1], upper)


def _tilings(start: Ints, end: Ints, begins: Bools, ends: Bools) -> Iterator[tuple[Ints, ...]]:
    """Spans that fill their text: alone, in twos, in threes."""
    yield (np.flatnonzero(begins & ends),)
    heads, tails = np.flatnonzero(begins & ~ends), np.flatnonzero(ends & ~begins)
    middles = np.flatnonzero(~begins & ~ends)
    one, other = _beside(end[heads], start[tails])
    yield heads[one], tails[other]
    one, other = _beside(end[heads], start[middles])
    two, last = _beside(end[middles[other]], start[tails])
    yield heads[one[two]], middles[other[two]], tails[last]


def _readings(lexicon: Lexicon, words: Words, laid: Laid, part_end: Ints) -> Readings:
    walked = list(lexicon.walk(words.symbol[laid.word], part_end))
    start = np.concatenate([at for at, _, _ in walked])
    end = np.concatenate([at + size for at, size, _ in walked])
    node = np.concatenate([node for _, _, node in walked])
    named = lexicon.named[node]
    name = (start[named], end[named], node[named])
    goes_on = end < part_end[start]
    pieces = []
    # The name by itself; a number by itself can only be a code.
    bare = ~((name[1] - name[0] == 1) & (words.digits[laid.word[name[0]]] > 0))
    alone = tuple(column[bare] for column in name)
    any_kind, no_code = np.full(len(alone[0]), ANY_KIND), np.full(len(alone[0]), -1)
    pieces.append((alone[0], alone[1], alone[2], any_kind, alone[0], alone[1], no_code))
    number = np.flatnonzero(words.code[laid.word] >= 0)
    nothing = np.zeros(len(number), np.int64)
    pieces.append((number, number + 1, nothing, nothing, number, number + 1, words.code[laid.word[number]]))
    # A kind before the name.
    at = np.flatnonzero((lexicon.before[node] != 0) & goes_on)
    one, other = _beside(end[at], name[0])
    at = at[one]
    begin, stop = name[0][other], name[1][other]
    pieces.append(
        (start[at], stop, name[2][other], lexicon.before[node[at]], begin, stop, np.full(len(at), -1))
    )
    # A kind after it.
    at = np.flatnonzero(lexicon.after[node] != 0)
    one, other = _beside(start[at], np.where(name[1] < part_end[name[0]], name[1], -1))
    at = at[one]
    begin, stop = name[0][other], name[1][other]
    pieces.append(
        (begin, end[at], name[2][other], lexicon.after[node[at]], begin, stop, np.full(len(at), -1))
    )
    columns = [np.concatenate(column) for column in zip(*pieces, strict=True)]
    # An office before all of it.
    at = np.flatnonzero(lexicon.office[node] & goes_on)
    one, other = _beside(end[at], columns[0])
    office = [column[other] for column in columns]
    office[0] = start[at[one]]
    readings = Readings(*(np.concatenate(pair) for pair in zip(columns, office, strict=True)))
    word = laid.word
    return readings.at(words.opens[word[readings.start]] & words.closes[word[readings.end - 1]])


def _candidates(
    day: Day, words: Words, laid: Laid, has_marks: Bools, readings: Readings, span: Ints
) -> Candidates:
    marks = np.concatenate([[0], np.cumsum(words.marked[laid.word])])
    named = readings.code < 0
    own = named & (marks[readings.stop] > marks[readings.begin])
    at = np.flatnonzero(~named)
    at = at[day.stands[readings.code[at]]]
    spans, codes = [span[at]], [readings.code[at]]

    def listed(which: Ints, table: int) -> tuple[Ints, Ints]:
        asked, code, mark = (day.exact, day.loose, day.glued)[table].of(readings.node[which])
        fits = (mark & readings.kinds[which][asked]) != 0
        return which[asked[fits]], code[fits]

    def some(which: Ints) -> Bools:
        out = np.zeros(len(span), bool)
        out[which] = True
        return out

    exact, code = listed(np.flatnonzero(named), 0)
    # Marks must be right where there are any; without them the exact name wins in a text that has some.
    strict = own | (some(exact) & has_marks[laid.text[readings.start]])
    taken = strict[exact]
    spans.append(span[exact[taken]])
    codes.append(code[taken])
    loose, code = listed(np.flatnonzero(named & ~strict), 1)
    spans.append(span[loose])
    codes.append(code)
    left = named & ~strict & ~some(loose) & (readings.stop - readings.begin == 1)
    glued, code = listed(np.flatnonzero(left), 2)
    spans.append(span[glued])
    codes.append(code)
    return Candidates(np.concatenate(spans), np.concatenate(codes))


def _beside(at: Ints, keys: Ints) -> tuple[Ints, Ints]:
    """Every pair of places at which the two are equal."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    which, found = spread(np.searchsorted(ordered, at), np.searchsorted(ordered, at, "right"))
    return which, order[found]


def _ends(group: Ints) -> Ints:
    """For each element, where the run of its group ends."""
    last = np.flatnonzero(np.concatenate([group[1:] != group[:-1], [True]]))
    return np.repeat(last + 1, np.diff(np.concatenate([[-1], last])))
