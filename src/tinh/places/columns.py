"""Reads a long column of names at once, to the very answers that `naming` gives one by one.

What `naming` does with a text is done here with all of them together, in arrays. Texts with rare
letters, and days on which units do not lie as they do today, are still read one by one.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from tinh.places.lexicon import Bools, Day, Ints, Lexicon, Words, spread
from tinh.places.model import LEVELS, Level
from tinh.places.naming import MOST_TOKENS
from tinh.places.spans import Laid, denoted
from tinh.places.spelling import pieces, readable

_AT_ONCE = 50_000  # texts, to bound the memory of a long column
_NONE, _CONTRADICTED = -1, -2


def read_at_once(
    lexicon: Lexicon, texts: pl.Series, epoch: int, within: str | None, levels: tuple[Level, ...]
) -> tuple[list[str | None], list[int]]:
    """The code for each text as `spelling.spelt` gives it, and which ones must be read one by one."""
    day, codes, left = lexicon.day(epoch), list[str | None](), list[int]()
    if not day.plain:
        return [None] * len(texts), list(range(len(texts)))
    for begin in range(0, len(texts), _AT_ONCE):
        some = texts.slice(begin, _AT_ONCE)
        at_once = readable(some)
        at, code = _answers(lexicon, day, some.filter(at_once), within, levels)
        answers: list[str | None] = [None] * len(some)
        place = at_once.arg_true().to_numpy()[at]
        for text, unit in zip(place.tolist(), code.tolist(), strict=True):
            answers[text] = lexicon.codes[unit]
        codes += answers
        left += [begin + text for text in (~at_once).arg_true().to_list()]
    return codes, left


def _answers(
    lexicon: Lexicon, day: Day, texts: pl.Series, within: str | None, levels: tuple[Level, ...]
) -> tuple[Ints, Ints]:
    """(place, code) of the texts that denote a single unit."""
    count = len(texts)
    laid, words = _laid(lexicon, texts)
    laid = laid.kept(~_country(lexicon, words, laid))
    unknown = np.bincount(laid.text, ~words.known[laid.word], minlength=count) > 0
    sizes = np.bincount(laid.text, minlength=count)
    laid = laid.kept(~(unknown | (sizes > MOST_TOKENS))[laid.text])
    has_marks = np.bincount(laid.text, words.marked[laid.word], minlength=count) > 0
    text, code = _found(lexicon, day, words, laid, has_marks)
    if within is not None:
        inside = day.province[code] == within
        text, code = text[inside], code[inside]
    if levels:
        rank = np.array([levels.index(level) if level in levels else len(levels) for level in LEVELS])
        ranks = rank[day.level[code]]
        best = np.full(count, len(levels) - 1)
        np.minimum.at(best, text, ranks)
        chosen = ranks == best[text]
        text, code = text[chosen], code[chosen]
    key = np.unique(text * len(lexicon.codes) + code)
    text, code = key // len(lexicon.codes), key % len(lexicon.codes)
    single = np.bincount(text, minlength=count)[text] == 1
    return text[single], code[single]


def _laid(lexicon: Lexicon, texts: pl.Series) -> tuple[Laid, Words]:
    found = pieces(texts)
    is_word = found["word"].to_numpy()
    text = found["text"].to_numpy().astype(np.int64)[is_word]
    signs = np.cumsum(~is_word)[is_word]
    parted = (text[1:] != text[:-1]) | (signs[1:] != signs[:-1])
    part = np.concatenate([[0], np.cumsum(parted)])[: len(text)]
    written = found.filter("word").select("piece")
    distinct = written.unique(maintain_order=True).with_row_index("at")
    at = (
        written.join(distinct, on="piece", how="left", maintain_order="left")["at"]
        .to_numpy()
        .astype(np.int64)
    )
    words, first, size = lexicon.words(distinct["piece"].to_list())
    which, word = spread(first[at], first[at] + size[at])
    return Laid(word, text[which], part[which]), words


def _country(lexicon: Lexicon, words: Words, laid: Laid) -> Bools:
    """The words of `…, Việt Nam` where something stands before them (`writing.without_country`)."""
    out = np.zeros(len(laid.word), bool)
    if not len(out):
        return out
    symbol = words.symbol[laid.word]
    size = np.bincount(laid.text)[laid.text]
    last = np.concatenate([laid.text[1:] != laid.text[:-1], [True]])
    before = np.roll(symbol, 1)
    joined = np.concatenate([[False], laid.part[1:] == laid.part[:-1]])
    one, two = np.zeros_like(out), np.zeros_like(out)
    for key in lexicon.country:
        if len(key) == 1:
            one |= last & (symbol == key[0]) & (size > 1)
        else:
            two |= last & (symbol == key[1]) & (before == key[0]) & joined & (size > 2)
    two &= ~one
    return one | two | np.roll(two, -1)


def _found(lexicon: Lexicon, day: Day, words: Words, laid: Laid, has_marks: Bools) -> tuple[Ints, Ints]:
    """(text, code), the ways to set codes apart tried in their order (`writing.codes_apart`)."""
    count = len(has_marks)
    digits = words.digits[laid.word]
    joined = np.concatenate([[False], laid.part[1:] == laid.part[:-1]])[: len(digits)]
    goes_on = np.concatenate([joined[1:], [False]])[: len(digits)]
    numbered = joined & np.roll(words.numbered[laid.word], 1)
    long = digits == 5
    short = long | (((digits == 2) | (digits == 3)) & ~(joined & goes_on) & ~numbered)
    shorts, longs = (np.bincount(laid.text, which, minlength=count) for which in (short, long))
    answers: list[tuple[Ints, Ints]] = []
    open_ = np.ones(count, bool)
    for which, codes, asked in (
        (short, shorts, shorts > 0),
        (long, longs, (shorts == 0) | (shorts != longs)),
    ):
        own = np.full(count, _NONE)
        own[laid.text[which]] = words.code[laid.word[which]]
        own[(codes > 0) & (own == _NONE) | (codes > 1)] = _CONTRADICTED  # a code of no unit contradicts too
        asked = asked & open_ & (own != _CONTRADICTED)
        rest = laid.kept(asked[laid.text] & ~which)
        text, code = denoted(lexicon, day, words, rest, has_marks)
        agrees = (own[text] == _NONE) | (own[text] == code)
        alone = asked & (own >= 0) & (np.bincount(rest.text, minlength=count) == 0)
        alone &= day.stands[own]
        text = np.concatenate([text[agrees], np.flatnonzero(alone)])
        code = np.concatenate([code[agrees], own[alone]])
        open_[text] = False
        answers.append((text, code))
    return np.concatenate([t for t, _ in answers]), np.concatenate([c for _, c in answers])
