"""Sources pulled from real servers on loopback into a province of one table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.harness.databases import Server, mariadb, postgresql
from tinh.flow.api import Corridor, Home, feeds
from tinh.kit.clock import HeldClock
from tinh.kit.errors import Text
from tinh.packs.api import Feed, Schedule
from tinh.packs.models import Agency, Catalogue, Column, Dataset, Pack, Rule
from tinh.sources.api import Feeds, Vault

PASSWORD = "MAT_KHAU"


@pytest.fixture(scope="session")
def maria() -> Iterator[Server]:
    with mariadb() as found:
        yield found


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with postgresql() as found:
        yield found


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(datetime(2026, 3, 10, 2, tzinfo=UTC))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TINH_PRIVATE_HOSTS", "127.0.0.1,localhost")
    return Home(tmp_path / "dữ liệu" / "thử")


def column(name: str, logical: Any = "string", **more: Any) -> Column:
    return Column(name=name, headers=(name,), logical=logical, **more)


def dossiers(**more: Any) -> Dataset:
    fields: dict[str, Any] = {
        "id": "ho-so", "pack": "trial", "name": Text("Hồ sơ", "Dossiers"), "kind": "register",
        "owner": "so-noi-vu",
        "columns": (
            column("ma", required=True), column("ten"), column("phi", "number"),
            column("cap_nhat", "timestamp"), column("het", "date"),
        ),
        "key": ("ma",), "rules": (Rule(id="key", kind="key", columns=("ma",)),), "refuse_below": 0.3,
        "file": Path("ho-so.odcs.yaml"), "digest": "1" * 64,
    }  # fmt: skip
    return Dataset(**{**fields, **more})


def province(feed: Feed, dataset: Dataset | None = None) -> Catalogue:
    declared = dataset or dossiers()
    return Catalogue(
        id="thu", name=Text("Thử", "Trial"), place="19",
        agencies={"so-noi-vu": Agency(id="so-noi-vu", name=Text("Sở Nội vụ", "Home affairs"))},
        packs={"trial": Pack(id="trial", name=Text("Thử", "Trial"), folder=Path())},
        datasets={declared.id: declared}, indicators={}, alerts={},
        feeds={feed.id: feed}, folder=Path(), digest="4" * 64,
    )  # fmt: skip


def feed_of(**way: Any) -> Feed:
    return Feed(
        id="kho", pack="", name=Text("Kho", "Store"), dataset="ho-so", sender="so-noi-vu",
        schedule=Schedule(every="PT15M"), file=Path("kho.yaml"), digest="5" * 64, **way,
    )  # fmt: skip


class Pulled:
    """Sources of one feed over a home, and what its dataset holds."""

    def __init__(self, made: Catalogue, home: Home, clock: HeldClock) -> None:
        self.corridor = Corridor(made, home, clock)
        self.feeds: Feeds = feeds(self.corridor)
        self.clock = clock

    def pull(self) -> Any:
        return self.feeds.pull("kho")

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        declared = self.corridor.catalogue.datasets["ho-so"]
        found = self.corridor.lake.query(f'SELECT {", ".join(columns)} FROM "ho-so"', {"ho-so": declared})
        return sorted(found.rows(), key=str)

    def raw(self, receipt: str) -> str:
        kept = self.corridor.lake.receipt(receipt)
        return self.corridor.raw.path(kept.receipt.digest).read_text()

    @property
    def state(self) -> Any:
        return self.feeds._pulling.ledger.read("kho")


@pytest.fixture
def over(home: Home, clock: HeldClock) -> Any:
    """`over(feed)`: its sources; the servers' password lies in the vault."""

    def made(feed: Feed, dataset: Dataset | None = None, password: str = "") -> Pulled:
        if password:
            Vault(home.root).put(PASSWORD, password)
        return Pulled(province(feed, dataset), home, clock)

    return made
