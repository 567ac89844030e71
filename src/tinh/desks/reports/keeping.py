"""Counts that take long are kept a while: who asks meanwhile gets the last ones, and one asks anew.

What took `t` seconds is kept for thirty times as long, ten minutes at most, so that however often a page is
opened, counting takes up one part in thirty of the time. Small counts are made anew each time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Found = TypeVar("Found")
TIMES, LONGEST = 30.0, 600.0
_MOST = 64  # different questions


@dataclass(slots=True)
class _Answer(Generic[Found]):
    found: Found
    until: float
    asked: bool = False  # anew, by somebody, right now


class Keeper(Generic[Found]):
    """Answers to questions that are dear. `dear` says of an answer whether it is kept at all."""

    def __init__(self, dear: Callable[[Found], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._dear, self._clock = dear, clock
        self._lock = threading.Lock()
        self._kept: dict[Hashable, _Answer[Found]] = {}
        self._first: dict[Hashable, threading.Lock] = {}  # one at a time asks what nobody has asked before

    def get(self, question: Hashable, ask: Callable[[], Found]) -> Found:
        with self._lock:
            known = self._kept.get(question)
            if known is not None and (known.asked or self._clock() < known.until):
                return known.found
            if known is not None:
                known.asked = True
            turn = self._first.setdefault(question, threading.Lock())
        with turn:
            with self._lock:
                since = self._kept.get(question)
                if known is None and since is not None:  # somebody asked while this one waited
                    return since.found
            try:
                return self._asked(question, ask)
            finally:
                with self._lock:
                    self._first.pop(question, None)
                    if known is not None:
                        known.asked = False

    def _asked(self, question: Hashable, ask: Callable[[], Found]) -> Found:
        begun = self._clock()
        found = ask()
        ended = self._clock()
        with self._lock:
            self._kept.pop(question, None)
            if self._dear(found):
                while len(self._kept) >= _MOST:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[question] = _Answer(found, ended + min(LONGEST, TIMES * (ended - begun)))
        return found
