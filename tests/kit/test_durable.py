"""A durable write leaves the old file or the new one, never half of one."""

from __future__ import annotations

from collections.abc import Iterator
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
