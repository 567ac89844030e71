"""What is erased is gone from every file, and everything that rested on it still stands and says so."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.harness.residents import BINH, LAN, MINH, residents, rows

from tinh.flow.api import Corridor, Home, erase_person, expire
from tinh.kit.clock import HeldClock
from tinh.packs.api import compile
from tinh.sources.api import RawErased


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(datetime(2026, 5, 4, 8, tzinfo=UTC))


@pytest.fixture
def corridor(tmp_path: Path, clock) -> Corridor:
    return Corridor(compile(residents(tmp_path)), Home(tmp_path / "home"), clock)


def everything(root: Path) -> str:
    """All a folder holds as text: parquet decoded, zipped files opened, the rest as it is."""
    out = []
    for path in root.rglob("*"):
        if not path.is_file():
            continue
        body = path.read_bytes()
        out.append(body.decode("utf-8", "replace"))
        if path.suffix == ".parquet":
            out.append(str(pl.read_parquet(path).rows()))
        if body.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(body)) as packed:
                out += [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
    return "\n".join(out)


def damaged(book: bytes, member: str) -> bytes:
    """A packed file one member of which no longer unpacks; those beside it are whole."""
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        found = packed.getinfo(member)
    begin = found.header_offset + 30 + len(member)
    return book[:begin] + b"\xff" * 12 + book[begin + 12 :]


def test_a_damaged_book_that_names_a_person_is_erased_too(corridor: Corridor, tmp_path: Path) -> None:
    from tinh.kit.errors import TinhError

    file = tmp_path / "hong.xlsx"
    pl.DataFrame([{"cccd": LAN[0], "full_name": LAN[1]}]).write_excel(file)
    with zipfile.ZipFile(file) as packed:
        first = packed.namelist()[0]
    file.write_bytes(damaged(file.read_bytes(), first))
    with contextlib.suppress(TinhError):  # refused, and kept as it was received
        corridor.load(file, "residents")
    kept = [p for p in (tmp_path / "home").rglob("*") if p.is_file() and p.read_bytes() == file.read_bytes()]
    assert kept
    erase_person(corridor, [LAN[0]], "yêu cầu 9")
    assert not [p for p in kept if p.exists()]


def test_no_file_of_the_folder_names_a_person_after_erasing(corridor: Corridor, tmp_path: Path) -> None:
    corridor.load(rows(LAN, BINH, MINH), "residents", filename="so.csv")
    corridor.load(rows((*LAN[:7], "5")), "residents", filename="lai.csv")
    head = ("cccd", "full_name", "phone", "email", "born", "note", "commune", "visits")
    book = pl.DataFrame([dict(zip(head, one, strict=True)) for one in (LAN, BINH)])
    book.write_excel(tmp_path / "so.xlsx")
    corridor.load(tmp_path / "so.xlsx", "residents")
    dataset = corridor.catalogue.datasets["residents"]
    assert LAN[0] in everything(tmp_path / "home")
    corridor.lake.compact()
    done = erase_person(corridor, [LAN[0]], "yêu cầu 7")
    assert done.rows["data/residents"] >= 2
    left = everything(tmp_path / "home")
    for value in LAN[:4]:
        assert value not in left, value
    assert BINH[0] in left and MINH[0] in left  # others stay
    now = corridor.lake.query("SELECT cccd, full_name, born, visits FROM residents", {"residents": dataset})
    assert sorted(now.get_column("visits").to_list()) == [2, 4]
    gone = now.filter(pl.col("full_name") == "đã xoá")
    assert gone.height == 1 and gone.get_column("born").to_list() == [None]


def test_an_earlier_read_shows_the_row_with_a_mark_and_traces_stay_open(corridor: Corridor, clock) -> None:
    first = corridor.load(rows(LAN, BINH), "residents", filename="so.csv")
    moment = clock.now()
    clock.moment += timedelta(days=3)
    done = erase_person(corridor, [LAN[2]], "yêu cầu 8")  # by telephone number
    dataset = corridor.catalogue.datasets["residents"]
    then = corridor.lake.query("SELECT cccd, full_name FROM residents", {"residents": dataset}, as_of=moment)
    assert sorted(then.get_column("full_name")) == ["Lê Bình", "đã xoá"]
    stored = corridor.lake.receipt(first.receipt.id)
    assert stored is not None and stored.digest in done.raw
    stone = corridor.raw.tombstone(stored.digest)
    assert stone is not None
    assert (stone["size"], stone["reason"]) == (stored.size, "yêu cầu 8")
    with pytest.raises(RawErased):
        corridor.raw.open(stored.digest)
    with pytest.raises(RawErased):  # the same bytes do not come back by themselves
        corridor.raw.put(rows(LAN, BINH))


def test_held_rows_lose_the_person_too(corridor: Corridor, tmp_path: Path) -> None:
    told = corridor.load(rows(BINH, MINH), "residents", filename="so.csv")
    stored = corridor.lake.receipt(told.receipt.id)
    assert corridor.mending.held(stored).height == 1
    erase_person(corridor, [MINH[0]], "yêu cầu 9")
    assert MINH[0] not in everything(tmp_path / "home")
    assert corridor.mending.held(stored).get_column("full_name").to_list() == ["đã xoá"]


def test_what_is_kept_too_long_goes_by_itself(corridor: Corridor, clock, tmp_path: Path) -> None:
    corridor.load(rows(LAN), "residents", filename="cu.csv")
    clock.moment += timedelta(days=400)
    corridor.load(rows(BINH), "residents", filename="moi.csv")
    expire(corridor)
    dataset = corridor.catalogue.datasets["residents"]
    now = corridor.lake.query(
        "SELECT cccd, note, visits FROM residents ORDER BY visits", {"residents": dataset}
    )
    assert now.rows() == [
        (BINH[0], "khoẻ", 2),
        (LAN[0], "đã xoá", 4),
    ]  # the note after one year, the id after five
    assert "tiểu đường" not in everything(tmp_path / "home")
    clock.moment += timedelta(days=5 * 366)
    expire(corridor)
    assert LAN[0] not in everything(tmp_path / "home")
    assert expire(corridor).rows == {}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 10**9 - 1), spaced=st.booleans(), other=st.integers(0, 10**9 - 1))
def test_erasing_any_number_leaves_no_trace_of_it(tmp_path_factory, clock, number, spaced, other) -> None:
    root = tmp_path_factory.mktemp("xoa")
    corridor = Corridor(compile(residents(root)), Home(root / "home"), clock)
    mine, theirs = f"019{number:09d}", f"020{other:09d}"
    shown = f"{mine[:3]} {mine[3:6]} {mine[6:]}" if spaced else mine
    corridor.load(
        rows((shown, *LAN[1:]), (theirs, *BINH[1:]), (mine, *MINH[1:])), "residents", filename="so.csv"
    )
    erase_person(corridor, [mine], "thử")
    left = everything(root / "home")
    assert mine not in left and shown not in left
