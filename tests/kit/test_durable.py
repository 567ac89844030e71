"""A durable write leaves the old file or the new one, never half of one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tinh.kit import durable


def test_a_write_makes_its_folders_and_replaces_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "file"
    durable.write(target, b"old")
    durable.write(target, iter([b"ne", b"w"]))
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_a_broken_write_keeps_the_old_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError("disk full")

    target = tmp_path / "file"
    durable.write(target, b"old")
    with pytest.raises(OSError, match="disk full"):
        durable.write(target, broken())
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_removed_file_may_be_removed_again(tmp_path: Path) -> None:
    target = tmp_path / "file"
    durable.write(target, b"x")
    durable.remove(target)
    durable.remove(target)
    assert not target.exists()


def _put(path: Path, data: bytes) -> None:
    with durable.sheet(len(data)) as held:
        held[: len(data)] = data
        durable.put(path, held, len(data))


@pytest.mark.parametrize("size", [1, 4095, 4096, 4097, 2_000_003, 9_000_001])
def test_a_file_holds_what_was_written_to_the_byte(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    _put(tmp_path / "one", data)
    assert (tmp_path / "one").read_bytes() == data
    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o600


def test_a_shorter_file_after_a_longer_one_has_nothing_of_it(tmp_path: Path) -> None:
    _put(tmp_path / "long", b"a" * 3_000_000)
    _put(tmp_path / "short", b"b" * 5)
    _put(tmp_path / "long", b"c" * 7)
    assert (tmp_path / "short").read_bytes() == b"b" * 5
    assert (tmp_path / "long").read_bytes() == b"c" * 7


def test_many_write_at_once_each_their_own(tmp_path: Path) -> None:
    told = {tmp_path / str(n): os.urandom(1_000_000 + n) for n in range(40)}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(_put, told, told.values()))
    assert all(path.read_bytes() == data for path, data in told.items())


def test_memory_the_disk_does_not_take_directly_is_written_the_ordinary_way(tmp_path: Path) -> None:
    data = os.urandom(10_000)
    with durable.sheet(len(data) + 1) as held:
        crooked = held[1:]
        crooked[: len(data)] = data
        durable.put(tmp_path / "one", crooked, len(data))
        crooked.release()
    assert (tmp_path / "one").read_bytes() == data
