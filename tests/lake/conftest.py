from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lake_trials import START, dataset  # type: ignore[import-not-found]

from tinh.kit.clock import HeldClock
from tinh.lake.api import Lake
from tinh.packs.models import Dataset


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(START)


@pytest.fixture
def lake(tmp_path: Path, clock: HeldClock) -> Lake:
    return Lake(tmp_path / "dữ liệu" / "lake", clock)


@pytest.fixture
def amounts(lake: Lake) -> Callable[..., dict[tuple[str, str], int]]:
    def read(contract: Dataset | None = None, **options: Any) -> dict[tuple[str, str], int]:
        contract = contract or dataset()
        frame = lake.query(
            f'SELECT commune, month, amount FROM "{contract.id}"', {contract.id: contract}, **options
        )
        assert not frame.select("commune", "month").is_duplicated().any()
        return {(c, m): a for c, m, a in frame.iter_rows()}

    return read
