from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from tinh.places.api import Gazetteer, gazetteer

BEFORE = date(2025, 4, 1)
AFTER = date(2025, 8, 1)


@pytest.fixture(scope="session")
def book() -> Gazetteer:
    return gazetteer()


@pytest.fixture(scope="session")
def official() -> Path:
    """The official boundaries of Thái Nguyên, where the shared data stands."""
    folder = Path(os.environ.get("TINH_SHARED", Path(__file__).parents[2].parent / "shared"))
    file = folder / "data" / "thai-nguyen-communes-2025.geojson"
    if not file.is_file():
        pytest.skip("official boundaries are not on this machine (TINH_SHARED)")
    return file
