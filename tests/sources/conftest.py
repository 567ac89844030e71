"""Contracts and files for the tests of sources."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tinh.kit.errors import Text
from tinh.packs.models import Column, Dataset
from tinh.sources.api import Table, read

Reader = Callable[..., Table]


def column(name: str, *headers: str, **more: Any) -> Column:
    return Column(name=name, headers=(name, *headers), logical=more.pop("logical", "string"), **more)


def dataset(*columns: Column | str, **more: Any) -> Dataset:
    made = tuple(c if isinstance(c, Column) else column(c) for c in columns)
    return Dataset(
        id=more.pop("id", "trial"),
        pack="trial",
        name=Text("Thử", "Trial"),
        kind=more.pop("kind", "stream"),
        columns=made,
        file=Path("trial.odcs.yaml"),
        digest="trial",
        **more,
    )


@pytest.fixture
def reading(tmp_path: Path) -> Reader:
    """Write bytes to a file and read it under a contract (by default columns a and b)."""

    def run(content: bytes | str, contract: Dataset | None = None, filename: str = "f.csv") -> Table:
        path = tmp_path / "delivery"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(path, contract or dataset("a", "b"), filename)

    return run


@pytest.fixture
def air_files() -> list[Path]:
    candidates = [Path(os.environ.get("TINH_SHARED", "")), Path(__file__).parents[2].parent / "shared"]
    for shared in candidates:
        found = sorted((shared / "data" / "air-quality").glob("*.csv"))
        if found:
            return found
    pytest.skip("the real air-quality files are not here (TINH_SHARED)")
