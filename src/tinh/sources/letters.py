"""Text typed in an old Vietnamese font, or garbled on its way, made Unicode: cell by cell.

Fonts mix by cell. A document converts only what its own words give away: enough distinct words
that are Vietnamese under one old encoding and cannot be as they stand. Then each cell is read
the way all its words allow; a cell that could be either follows its column, else the document,
and where those disagree the delivery is refused with the cure. Real Unicode text stays as it is.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import polars as pl

from tinh.sources.errors import LegacyFont, MixedLetters
from tinh.sources.fonts import READ, SPOKEN, Font, western_bytes
from tinh.sources.garbled import refuse_spoiled, ungarbled
from tinh.sources.lookalikes import tidy
from tinh.sources.suspects import TOKEN, as_is, coded, fits, gives_away, read_word, same, tokens, under
from tinh.sources.table import AT, ROW, Cleaning
from tinh.sources.usual import USUAL

_SIGNS = r"[\x{80}-\x{ff}ŒœŠšŸŽžƒˆ˜‚„†‡•…‰‹›€™“”‘’–—]"
_ONLY_UNICODE = r"[ĂăĐđĨĩŨũƠơƯư\x{1ea0}-\x{1ef9}]"  # letters that no old font shows
_DISTINCT = 3  # different words that give an encoding away
_SHARE = 0.6  # of the words that are not Vietnamese as they stand
_DOUBT = 0.3  # a share of such words from which nothing is sure
_CLEARLY = 10  # times as many clear cells as the other way
_ENOUGH = 5  # clear cells of an old font that a doubtful cell may follow
_SEVERAL = 3  # doubtful cells of a column: an old font would have given itself away among them
_LIKELIER = 30  # times as likely, by the words of the names of places

Choice = Font | None  # None: Unicode as it stands


@dataclass(frozen=True)
class _Reading:
    """How one cell may be read: None inside means as it stands."""

    ways: frozenset[Choice]
    words: tuple[str, ...]

    @property
    def clear(self) -> bool:
        return len(self.ways) == 1 and bool(self.words)


@dataclass(frozen=True)
class Mended:
    frame: pl.DataFrame
    cleaning: tuple[Cleaning, ...] = ()
    notes: tuple[str, ...] = ()
    main: str = ""  # the encoding most converted cells were in


def fonts_of(cells: Iterable[str]) -> tuple[Font, ...]:
    """The old encodings that the words of a document give away, the likeliest first."""
    said = {unicodedata.normalize("NFC", cell) for cell in cells}
    seen = {w for cell in said for w in tokens(cell)}
    odd = {w for w in seen if len(w) > 1 and not as_is(w)}
    out: list[Font] = []
    while odd:
        told = {font: {w for w in odd if gives_away(w, font)} for font in READ if font not in out}
        best = max(told, key=lambda font: len(told[font]), default=None)
        if best is None or not _enough(told[best], {w for w in odd if _spoken(w)}, best):
            named = next((font for font in READ if font not in out and _place_said(said, font)), None)
            if named is None:
                break
            best = named
        out.append(best)
        odd = {w for w in odd if not under(w, best)}
    return tuple(out)


def _spoken(word: str) -> bool:
    """Latin letters or signs: Cyrillic or Han words say nothing about an old font."""
    return western_bytes(word) is not None


def _enough(told: set[str], odd: set[str], font: Font) -> bool:
    if len(told) >= _DISTINCT:
        return sum(under(w, font) for w in odd) >= _SHARE * len(odd)
    explained = all(under(w, font) for w in odd)
    inside = any(not w[1:-1].isalpha() for w in told if len(w) > 2)  # a sign between letters
    return explained and bool(told) and (len(told) > 1 or inside)


def mend(frame: pl.DataFrame, filename: str, headers: Sequence[str] = ()) -> Mended:
    """Every text column of `frame` in Unicode, what was converted counted by column.

    Works on distinct cells. Raises Garbled where text was spoiled beyond exact repair and
    MixedLetters where a cell could be read two ways and nothing decides.
    """
    for header in headers:
        refuse_spoiled(header, filename)
    odd = {name: cells for name in frame.columns if name not in (ROW, AT) and len(cells := _odd(frame[name]))}
    if not odd:
        return Mended(frame)
    work = _Work(filename, headers)
    changes = {name: work.repaired(cells) for name, cells in odd.items()}
    work.kinds = {(name, cell): "mojibake" for name, pairs in changes.items() for cell in pairs}
    whole = {cell for name, cells in odd.items() for cell in (changes[name].get(c, c) for c in cells)}
    found = fonts_of([*whole, *headers])
    if not found:
        _refuse_doubtful([*whole, *headers], filename)
    else:
        unicode = {n: _unicode(frame[n], cells) for n, cells in odd.items()}
        for name, pairs in work.read(changes, odd, found, unicode).items():
            changes[name] = changes[name] | pairs
    return _applied(frame, changes, work.kinds)


def _odd(cells: pl.Series) -> list[str]:
    """Distinct cells with a sign that old fonts or garbled text show as."""
    if cells.dtype != pl.String or cells.str.len_bytes().sum() == cells.str.len_chars().sum():
        return []
    beyond = cells.filter(cells.str.len_bytes() != cells.str.len_chars()).unique()
    return beyond.filter(beyond.str.contains(_SIGNS)).sort().to_list()


def _unicode(cells: pl.Series, odd: Sequence[str]) -> int:
    """Distinct cells, beside the odd ones, that only Unicode writes: `Đại Từ`."""
    return cells.filter(cells.str.contains(_ONLY_UNICODE) & ~cells.is_in(list(odd))).n_unique()


def _applied(
    frame: pl.DataFrame, changes: Mapping[str, Mapping[str, str]], kinds: Mapping[tuple[str, str], str]
) -> Mended:
    columns, cleaning, totals = [], [], Counter[str]()
    for name, pairs in changes.items():
        if not pairs:
            continue
        cells = frame[name]
        columns.append(cells.replace(list(pairs), list(pairs.values())).alias(name))
        tally = dict(cells.filter(cells.is_in(list(pairs))).value_counts().iter_rows())
        by_kind: Counter[str] = Counter()
        for cell, count in tally.items():
            by_kind[kinds[name, cell]] += count
        cleaning += [Cleaning(f"{name}: letters_{kind}", count) for kind, count in sorted(by_kind.items())]
        totals += by_kind
    notes = [
        note for kind, n in sorted(totals.items()) for note in (f"encoding:{kind}", f"letters:{kind}:{n}")
    ]
    main = max(totals, key=lambda kind: totals[kind], default="")
    return Mended(frame.with_columns(columns), tuple(cleaning), tuple(notes), main)


@dataclass
class _Work:
    """One document while its cells are read."""

    filename: str
    headers: Sequence[str] = ()
    kinds: dict[tuple[str, str], str] = field(default_factory=dict)
    column: str = ""

    def repaired(self, cells: Sequence[str]) -> dict[str, str]:
        out = {}
        for cell in cells:
            meant = ungarbled(cell)
            if meant != cell:
                out[cell] = meant
            refuse_spoiled(meant, self.filename)
        return out

    def read(
        self,
        repaired: Mapping[str, Mapping[str, str]],
        odd: Mapping[str, Sequence[str]],
        found: tuple[Font, ...],
        unicode: Mapping[str, int],
    ) -> dict[str, dict[str, str]]:
        plain = {n: [c for c in cells if c not in repaired[n]] for n, cells in odd.items()}
        ways = {n: {c: _reading(c, found) for c in cells} for n, cells in plain.items()}
        clear = {n: Counter(_only(r) for r in of.values() if r.clear) for n, of in ways.items()}
        for name, count in unicode.items():
            clear[name][None] += count
        document: Counter[Choice] = sum(clear.values(), Counter())
        document.update(_only(r) for h in self.headers if (r := _reading(h, found)).clear)
        doubtful = {n: sum(len(r.ways) > 1 for r in of.values()) for n, of in ways.items()}
        out: dict[str, dict[str, str]] = {}
        for name, cells in ways.items():
            out[name] = {}
            for cell, reading in cells.items():
                choice = self._choice(cell, reading, clear[name], document, doubtful[name])
                meant, font = _converted(cell, reading, choice, found)
                if meant != cell:
                    out[name][cell] = meant
                    self.kinds[name, cell] = font
        return out

    def _choice(
        self, cell: str, reading: _Reading, column: Counter[Choice], document: Counter[Choice], doubtful: int
    ) -> Choice:
        """A doubtful cell follows what clearly rules its column, or the document where its column is
        silent; a genuine word is never converted because some cell elsewhere is of an old font."""
        if len(reading.ways) == 1:
            return _only(reading)
        if not reading.ways:
            return None
        if None in reading.ways and _usual(cell, reading.ways):
            return None
        silent = not any(column[way] for way in reading.ways)
        for way in sorted(reading.ways, key=lambda way: -column[way]):
            if _rules(way, column, column.total() + doubtful):
                return way
            if silent and doubtful < _SEVERAL and _rules(way, document, 0):
                return way
        meant = {way: _whole(cell, way) for way in reading.ways}
        if len(set(meant.values())) == 1:
            return next(iter(reading.ways))
        likely: dict[Choice, float] = {way: _heard(meant[way]) for way in reading.ways}
        ranked = sorted(likely, key=lambda way: -likely[way])
        if likely[ranked[0]] > _LIKELIER * likely[ranked[1]]:
            return ranked[0]
        font: Font = next(w for w in reading.ways if w is not None)
        raise MixedLetters(
            filename=self.filename, sample=cell[:40], encoding=SPOKEN[font], meant=meant[font][:40]
        )


def _usual(cell: str, ways: frozenset[Choice]) -> bool:
    """Whether a cell, as it stands, says more of the words that every report uses than in any old font."""
    said = {way: sum(w in USUAL for w in TOKEN.findall(_whole(cell, way).lower())) for way in ways}
    return all(said[None] > count for way, count in said.items() if way is not None)


def _rules(way: Choice, votes: Counter[Choice], cells: int) -> bool:
    """Whether clear cells are nearly all of one way: of an old font, several or half of all cells too."""
    others = sum(count for other, count in votes.items() if other != way)
    if votes[way] <= _CLEARLY * others:
        return False
    return way is None or votes[way] >= _ENOUGH or (cells > 0 and votes[way] * 2 >= cells)


def _refuse_doubtful(cells: Iterable[str], filename: str) -> None:
    """Many words of an old font among many of no language: neither left so nor converted."""
    odd = {w for cell in cells for w in tokens(cell) if len(w) > 1 and not as_is(w)}
    for font in READ:
        told = sorted((w for w in odd if gives_away(w, font)), key=len)
        if len(told) >= _DISTINCT and len(told) >= _DOUBT * len(odd):
            raise LegacyFont(
                filename=filename, encoding=SPOKEN[font], sample=told[-1], meant=READ[font](told[-1])
            )


@cache
def _names() -> Mapping[str, int]:
    """How often each word stands in the names of units of all days."""
    from tinh.places.api import gazetteer  # only text in two fonts asks

    return Counter(w for unit in gazetteer().units for w in TOKEN.findall(unit.name.lower()))


@cache
def _units() -> frozenset[str]:
    """The names of units of all days that are two words and more."""
    from tinh.places.api import gazetteer  # as above

    return frozenset(u.name.lower() for u in gazetteer().units if " " in u.name)


def _place_said(cells: Iterable[str], font: Font) -> bool:
    """Whether a cell that is nothing as it stands is the whole name of a unit in this font: `x· trung h¹`."""
    odd = (c for c in cells if 4 < len(c) < 80 and any(len(w) > 1 and not as_is(w) for w in tokens(c)))
    read = ((c.strip().lower(), _whole(c, font).strip().lower()) for c in odd)
    return any(said not in _units() and meant in _units() for said, meant in read)


def _heard(text: str) -> float:
    """How usual the words of `text` are beside each other text of the same words."""
    share = 1.0
    for word in TOKEN.findall(text.lower()):
        share *= (_names().get(word, 0) + 0.2) / 100
    return share


def _only(reading: _Reading) -> Choice:
    return next(iter(reading.ways))


def _reading(cell: str, found: tuple[Font, ...]) -> _Reading:
    words = tokens(unicodedata.normalize("NFC", cell))
    if all(len(w) == 1 for w in words) and len(TOKEN.findall(cell)) == len(words):
        return _Reading(frozenset({None}), ())  # a lone sign, a code or nothing: no evidence, no change
    ways: set[Choice] = set()
    if all(map(as_is, words)):
        ways.add(None)
    for font in found:
        # A letter that no old font has (ệ, ấ) tells that the cell is Unicode, whatever its other words allow.
        possible = all(western_bytes(w) is not None for w in words)
        good = [under(w, font) or same(w, font) or (len(w) == 1 and not w.isalpha()) for w in words]
        if possible and all(good) and any(under(w, font) for w in words):
            ways.add(font)
    if len(ways) > 1 and None not in ways:  # two old fonts: the one that explains more
        most = max(sum(gives_away(w, f) for w in words) for f in ways if f)
        ways = {f for f in ways if f and sum(gives_away(w, f) for w in words) == most}
    return _Reading(frozenset(ways), words)


def _converted(cell: str, reading: _Reading, choice: Choice, found: tuple[Font, ...]) -> tuple[str, str]:
    if choice is not None:
        return _whole(cell, choice), choice
    if reading.ways:
        return cell, ""
    given = Counter(f for w in reading.words for f in found if gives_away(w, f))
    if not given:
        return cell, ""
    font = max(given, key=lambda f: given[f])
    mixed = any(as_is(w) and not fits(w, font) for w in reading.words)
    return (_by_word(cell, font) if mixed else _whole(cell, font)), font


def _whole(cell: str, way: Choice) -> str:
    """All words of a cell in one font; a foreign word among them stays."""
    if way is None:
        return cell
    composed = unicodedata.normalize("NFC", cell)
    return TOKEN.sub(lambda m: m.group() if coded(m) else read_word(m.group(), way), composed)


def _by_word(cell: str, font: Font) -> str:
    """A cell of two fonts: each word by itself, one that could be either like the word before it."""
    composed = unicodedata.normalize("NFC", cell)
    old: dict[int, bool | None] = {}
    for match in TOKEN.finditer(composed):
        word = match.group()
        if not word.isascii() and not coded(match):
            old[match.start()] = None if as_is(word) and fits(word, font) else fits(word, font)
    known = [choice for choice in old.values() if choice is not None]
    last = known[0] if known else False
    for at, choice in old.items():
        last = old[at] = last if choice is None else choice
    return TOKEN.sub(lambda m: read_word(m.group(), font) if old.get(m.start()) else m.group(), composed)


# -- headers ----------------------------------------------------------------------------------


def mend_rows(rows: Sequence[Sequence[str]], known: Callable[[str], bool] | None = None) -> list[list[str]]:
    """The first rows of a file, to find its header in. `known` tells a header of the contract:
    what only an old font makes one is read in that font, however few words there are."""
    cells = [cell for row in rows for cell in row if not cell.isascii()]
    if not cells:
        return [list(row) for row in rows]
    found = fonts_of(map(ungarbled, cells))
    return [list(map(tidy, _row(list(map(ungarbled, row)), found, known))) for row in rows]


def _row(row: list[str], found: tuple[Font, ...], known: Callable[[str], bool] | None) -> list[str]:
    odd = {at: _reading(cell, found) for at, cell in enumerate(row) if not cell.isascii()}
    votes = Counter(_only(r) for r in odd.values() if len(r.ways) == 1)
    for at, reading in odd.items():
        cell = row[at]
        if known is not None and not known(cell):
            meant = next((m for font in READ if known(m := _whole(cell, font))), None)
            if meant is not None:
                row[at] = meant
                continue
        if known is not None and known(cell):
            continue
        ranked = sorted(reading.ways, key=lambda way: (-votes[way], way or ""))
        row[at] = _converted(cell, reading, ranked[0] if ranked else None, found)[0]
    return row
