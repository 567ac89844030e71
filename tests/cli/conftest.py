"""The command line as its users run it: a process of its own, a data folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.harness.commands import Said, command, leave
from tests.harness.ready import PROVINCE, made_ready

Tinh = Callable[..., Said]


def tinh_in(home: Path, of: Path | None = None) -> Tinh:
    def run(*words: str | Path, province: Path | None = None, **environment: str) -> Said:
        at = ["--province", province] if province else []
        return command([*at, *words], {"TINH_HOME": str(home), **environment}, home.parent, home=of)

    return run


@pytest.fixture
def tinh(tmp_path: Path) -> Tinh:
    """Run a verb on a fresh data folder: `tinh("load", "air-hourly", file, "--json")`."""
    return tinh_in(tmp_path / "home")


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[Tinh]:
    """The same where the province's database is made and up, as beside a server that runs."""
    from tinh.site.embedded import EmbeddedPostgres

    made = made_ready(tmp_path / "home" / PROVINCE)
    server = EmbeddedPostgres(made)
    server.start()
    yield tinh_in(tmp_path / "home", made)
    leave(made)
    server.stop()


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> tuple[Tinh, list[dict[str, Any]]]:
    """The five real air-quality files loaded once; read only."""
    run = tinh_in(tmp_path_factory.mktemp("real") / "home")
    files = sorted((shared / "data" / "air-quality").glob("*.csv"))
    said = run("load", "air-hourly", *files, "--json")
    assert said.code == 0, said.err
    return run, said.json
