from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flow_province import catalogue  # type: ignore[import-not-found]

from tinh.flow.api import Corridor, Home
from tinh.kit.clock import HeldClock


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(datetime(2026, 3, 10, 2, tzinfo=UTC))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "dữ liệu" / "thử")


@pytest.fixture
def corridor(home: Home, clock: HeldClock) -> Corridor:
    return Corridor(catalogue(), home, clock)
