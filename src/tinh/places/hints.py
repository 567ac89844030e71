"""What a writer may have meant when a name has no single answer: offered, never taken."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from tinh.places.former import former_names
from tinh.places.model import REFORM, Hint, HintReason, Level, Unit
from tinh.places.writing import readings, segments, without_country

if TYPE_CHECKING:
    from tinh.places.naming import Naming

_MOST = 8
_ALIKE = 0.78


@dataclass(frozen=True, slots=True)
class Ask:
    """The question that found no single answer."""

    naming: Naming
    text: str
    epoch: int
    within: str | None
    levels: tuple[Level, ...]

    def matches(
        self, text: str, epoch: int, within: str | None, levels: tuple[Level, ...]
    ) -> tuple[Unit, ...]:
        return self.naming.matches(text, epoch, within, levels)


def suggest(
    naming: Naming, text: str, epoch: int, within: str | None, levels: tuple[Level, ...]
) -> tuple[Hint, ...]:
    """The likeliest first; each unit once."""
    day = naming.gazetteer.epoch_day(epoch)
    if naming.matches(text, epoch, within, levels):
        return ()  # several candidates: they speak for themselves
    ask = Ask(naming, text, epoch, within, levels)
    hints: dict[str, Hint] = {}
    for finder in (*_SURE, *_LIKELY):
        for hint in finder(ask):
            lies_within = within is None or hint.reason == "elsewhere" or hint.unit.province == within
            fits = hint.reason in ("successor", "other_day") or hint.unit.valid_on(day)
            if lies_within and fits:
                hints.setdefault(hint.unit.code, hint)
        if hints and finder in _SURE:
            break
    return tuple(list(hints.values())[:_MOST])


def _other_days(ask: Ask) -> Iterator[Hint]:
    book = ask.naming.gazetteer
    for other in sorted(book.epochs, key=lambda e: abs(e - ask.epoch)):
        units = ask.naming.matches(ask.text, other, ask.within, ask.levels) if other != ask.epoch else ()
        for unit in units:
            if unit.valid_to == REFORM and ask.epoch > 0:
                heirs = sorted(book.successors(unit.code, book.epoch_day(0)), key=lambda link: not link.main)
                for link in heirs:
                    now = book.find(link.unit.code, book.epoch_day(ask.epoch)) or link.unit
                    yield Hint(now, "successor", link)
            else:
                yield Hint(unit, "other_day")
        if units:
            return


def _lost_zeros(ask: Ask) -> Iterator[Hint]:
    number = ask.text.strip().removesuffix(".0")
    if number.isdecimal() and len(number) < 5:
        for size in (2, 3, 5):
            unit = ask.naming.gazetteer.find(number.zfill(size), ask.naming.gazetteer.epoch_day(ask.epoch))
            if unit and len(number) < size:
                yield Hint(unit, "code")


def _elsewhere(ask: Ask) -> Iterator[Hint]:
    if ask.within is not None:
        yield from _as_hints(ask.naming.matches(ask.text, ask.epoch, None, ask.levels), "elsewhere")
    if ask.levels:
        yield from _as_hints(ask.naming.matches(ask.text, ask.epoch, ask.within, ()), "kind")


def _other_kind(ask: Ask) -> Iterator[Hint]:
    """The same words without their kinds: `Phường La Bằng` is a xã."""
    bare = ", ".join(" ".join(t.raw for t in readings(part)[-1].name) for part in segments(ask.text))
    yield from _as_hints(ask.naming.matches(bare, ask.epoch, ask.within, ()), "kind")


def _parts(ask: Ask) -> Iterator[Hint]:
    """`Tổ 5, phường X, tỉnh Y`: what is left without what stands before the first comma."""
    pieces = [piece.strip() for piece in ask.text.split(",") if piece.strip()]
    for start in range(1, len(pieces)):
        units = ask.naming.matches(", ".join(pieces[start:]), ask.epoch, ask.within, ask.levels)
        if units:
            yield from _as_hints(units, "part")
            return
    if len(pieces) > 1:
        yield from _as_hints(ask.naming.matches(pieces[0], ask.epoch, ask.within, ask.levels), "part")


def _former(ask: Ask) -> Iterator[Hint]:
    parts = without_country(segments(ask.text))
    if not parts:
        return
    book, names = ask.naming.gazetteer, former_names()
    keys = {"".join(t.plain for t in parts[0])}
    for code in sorted({code for key in keys for code in names.get(key, ())}):
        unit = book.find(code, book.epoch_day(0))
        if unit is None:
            continue
        if ask.epoch == 0:
            yield Hint(unit, "former")
        else:
            for link in book.successors(code, book.epoch_day(0)):
                now = book.find(link.unit.code, book.epoch_day(ask.epoch))
                if now:
                    yield Hint(now, "former", link)


def _spelling(ask: Ask) -> Iterator[Hint]:
    parts = without_country(segments(ask.text))
    if not parts:
        return
    day = ask.naming.gazetteer.epoch_day(ask.epoch)
    scored: dict[Unit, float] = {}
    for reading in readings(parts[0]):
        written = "".join(t.plain for t in reading.name)
        if len(written) < 3:
            continue
        for key, score in _nearest(ask.naming, written):
            for unit, mark in ask.naming.by_letters[key]:
                if not unit.valid_on(day) or (ask.within and unit.province != ask.within):
                    continue
                if (ask.levels and unit.level not in ask.levels) or (
                    reading.kinds and mark not in reading.kinds
                ):
                    continue
                scored[unit] = max(score, scored.get(unit, 0.0))
    above = {word for part in parts[1:] for word in [" ".join(t.plain for t in readings(part)[-1].name)]}
    if above:
        placed = {u: s for u, s in scored.items() if above & _holders(ask.naming, u, ask.epoch)}
        scored = placed or scored
    best = sorted(scored, key=lambda unit: (-scored[unit], unit.code))
    yield from _as_hints(best[:_MOST], "spelling")


def _holders(naming: Naming, unit: Unit, epoch: int) -> set[str]:
    path = naming.gazetteer.path_in(unit, epoch)[:-1]
    return {" ".join(t.plain for t in segments(holder.short)[0]) for holder in path}


def _nearest(naming: Naming, written: str) -> list[tuple[str, float]]:
    """Names by shared pairs of letters first, then by their likeness letter by letter."""
    shared: Counter[str] = Counter()
    for pair in _pairs(written):
        shared.update(naming.by_pair.get(pair, ()))
    out = []
    for key, _ in shared.most_common(60):
        score = SequenceMatcher(None, written, key).ratio()
        if score >= _ALIKE:
            out.append((key, score))
    return sorted(out, key=lambda found: -found[1])[:20]


def _pairs(word: str) -> set[str]:
    return {word[i : i + 2] for i in range(len(word) - 1)}


def pair_index(words: Iterable[str]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = defaultdict(list)
    for word in words:
        for pair in _pairs(word):
            index[pair].append(word)
    return index


# The first sure finder that finds anything ends the search; likely ones are put together.
_SURE = (_other_days, _lost_zeros, _elsewhere, _former, _other_kind)
_LIKELY = (_spelling, _parts)


def _as_hints(units: Iterable[Unit], reason: HintReason) -> Iterator[Hint]:
    for unit in units:
        yield Hint(unit, reason)
