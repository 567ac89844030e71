"""Quotes in delimited text: whether they are regular enough for a reader that works in parallel,
and where a text may be cut without cutting a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

_BLOCK = 1 << 20
_LINE_END = b"\r\n"


class Bytes(Protocol):
    def __len__(self) -> int: ...
    def __getitem__(self, part: slice, /) -> bytes | memoryview: ...


def single(separator: str) -> bool:
    """Whether a separator is one byte, as the fast reader wants it."""
    return len(separator.encode()) == 1


def plain_quotes(body: Bytes, separator: str) -> int | None:
    """How many quotes stand in `body` when each is at the edge of a field or doubled and they pair
    up: the fast reader then sees the same fields as a patient one. Else None."""
    if not single(separator):
        return None
    total = 0
    for found, good in _quotes(body, ord(separator)):
        if not good:
            return None
        total += found
    return None if total % 2 else total


def _quotes(body: Bytes, separator: int) -> Iterator[tuple[int, bool]]:
    """Of each block, how many quotes stand in it and whether each is at an edge."""
    size = len(body)
    for start in range(0, size, _BLOCK):
        stop = min(size, start + _BLOCK)
        block = bytes(body[max(0, start - 1) : stop + 1])
        if b'"' not in block:
            continue
        import numpy as np

        edge = np.zeros(256, bool)
        edge[[10, 13, 34, separator]] = True
        if not start:
            block = b"\n" + block
        if stop == size:
            block += b"\n"
        cells = np.frombuffer(block, np.uint8)
        at = np.flatnonzero(cells[1:-1] == 34) + 1
        yield len(at), bool((edge[cells[at - 1]] | edge[cells[at + 1]]).all())


def cut(block: bytes, quoted: bool, following: bytes) -> int:
    """The last place in `block` where a record has ended, 0 when there is none. `block` begins with
    a record; `following` is what comes right after it. Pieces neither begin nor end with a blank
    line, which a reader might pass over, as long as any other place is left."""
    fallback = 0
    outside = quoted and block.count(b'"') % 2 == 1  # whether the place looked at lies in quotes
    end = len(block)
    while True:
        at = block.rfind(b"\n", 0, end)
        if at < 0:
            return fallback
        if quoted:
            outside ^= block.count(b'"', at + 1, end) % 2 == 1
        end = at
        if outside:
            continue
        fallback = fallback or at + 1
        after = block[at + 1 : at + 2] or following[:1]
        before = block[max(0, at - 2) : at].rstrip(b"\r")[-1:]
        if after not in (b"\n", b"\r", b"") and before not in (b"\n", b""):
            return at + 1
        if fallback - at > _BLOCK:
            return fallback
