"""The container of old Office files: streams in chains of sectors."""

from __future__ import annotations

import struct

_END = 0xFFFFFFFA  # and above: ends of chains and free sectors


class Damaged(Exception):
    """The container does not hold together."""


def stream(content: bytes, *names: str) -> bytes | None:
    """The first of the named streams; None when none is there."""
    try:
        return _Compound(content).stream(names)
    except (struct.error, IndexError) as error:
        raise Damaged from error


class _Compound:
    def __init__(self, content: bytes) -> None:
        self._content = content
        shift, mini_shift = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise Damaged
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        directory, _, self._cutoff, mini, _, difat, _ = struct.unpack_from("<7I", content, 48)
        self._fat = self._table(difat)
        self._entries = self._chain(directory, self._fat)
        self._mini = struct.unpack(f"<{len(m) // 4}I", m) if (m := self._chain(mini, self._fat)) else ()

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._content[start : start + self._size]

    def _table(self, difat: int) -> tuple[int, ...]:
        listed = list(struct.unpack_from("<109I", self._content, 76))
        seen: set[int] = set()
        while difat < _END and difat not in seen:
            seen.add(difat)
            numbers = struct.unpack(f"<{self._size // 4}I", self._sector(difat))
            listed += numbers[:-1]
            difat = numbers[-1]
        most = len(self._content) // self._size
        joined = b"".join(self._sector(n) for n in [n for n in listed if n < _END][: most + 1])
        return struct.unpack(f"<{len(joined) // 4}I", joined[: len(joined) // 4 * 4])

    def _chain(self, number: int, fat: tuple[int, ...]) -> bytes:
        out: list[bytes] = []
        most = len(self._content) // self._size + 1
        while number < _END:
            if len(out) > most:
                raise Damaged
            out.append(self._sector(number))
            number = fat[number]
        return b"".join(out)

    def stream(self, names: tuple[str, ...]) -> bytes | None:
        found: dict[str, tuple[int, int]] = {}
        root = 0
        for at in range(0, len(self._entries) - 127, 128):
            entry = self._entries[at : at + 128]
            length, kind = struct.unpack_from("<HB", entry, 64)
            start, size = struct.unpack_from("<II", entry, 116)
            name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
            if kind == 5:
                root = start
            elif kind == 2:
                found.setdefault(name, (start, size))
        for name in names:
            if name.lower() in found:
                start, size = found[name.lower()]
                if size >= self._cutoff:
                    return self._chain(start, self._fat)[:size]
                small = self._chain(root, self._fat)
                out: list[bytes] = []
                most = len(small) // self._mini_size + 1
                while start < _END and len(out) <= most:
                    out.append(small[start * self._mini_size : (start + 1) * self._mini_size])
                    start = self._mini[start]
                return b"".join(out)[:size]
        return None
