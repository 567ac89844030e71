from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tinh.sources.api import RawStore
from tinh.sources.errors import NoSuchFile, NotStored


def test_bytes_are_kept_under_their_digest(tmp_path: Path) -> None:
    content = b"a,b\n1,2\n" * 1000
    stored = RawStore(tmp_path / "raw").put(io.BytesIO(content))
    digest = hashlib.sha256(content).hexdigest()
    assert (stored.digest, stored.size) == (digest, len(content))
    assert stored.path == tmp_path / "raw" / digest[:2] / digest
    assert stored.path.read_bytes() == content


def test_the_same_bytes_twice_are_one_file(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    path = tmp_path / "x.csv"
    path.write_bytes(b"same")
    assert store.put(b"same") == store.put(path) == store.put(iter([b"sa", b"me"]))
    assert list(tmp_path.glob("??/*")) == [store.put(b"same").path]


def test_large_bytes_are_kept_as_they_came_while_the_disk_takes_them(tmp_path: Path) -> None:
    block = os.urandom(1 << 20)
    whole = hashlib.sha256()
    for n in range(70):
        whole.update(block[n:] + block[:n])
    stored = RawStore(tmp_path).put(block[n:] + block[:n] for n in range(70))
    assert (stored.digest, stored.size) == (whole.hexdigest(), 70 << 20)
    assert hashlib.sha256(stored.path.read_bytes()).hexdigest() == stored.digest


def test_many_writers_of_the_same_bytes_do_not_disturb_each_other(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    contents = [os.urandom(200_000), b"y" * 200_000]
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda i: store.put(contents[i % 2]), range(40)))
    assert {s.digest for s in stored} == {hashlib.sha256(c).hexdigest() for c in contents}
    for one in stored:
        assert hashlib.sha256(one.path.read_bytes()).hexdigest() == one.digest
    assert list((tmp_path / ".incoming").iterdir()) == []


def test_an_interrupted_delivery_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(NotStored):
        RawStore(tmp_path).put(broken())
    assert list(tmp_path.glob("??/*")) == []
    assert list((tmp_path / ".incoming").iterdir()) == []


def test_what_a_killed_writer_left_is_swept(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    store.put(b"x")
    left = tmp_path / ".incoming" / "1-dead"
    left.write_bytes(b"half")
    assert store.sweep(older_than=3600) == 0
    assert store.sweep(older_than=-1) == 1
    assert store.open(store.put(b"x").digest).read() == b"x"


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "A" * 64, "0" * 64])
def test_only_a_digest_opens_a_file(tmp_path: Path, digest: str) -> None:
    with pytest.raises(NoSuchFile):
        RawStore(tmp_path).open(digest)
