from __future__ import annotations

import pytest

from .tiny import TinyPlaces


@pytest.fixture
def places() -> TinyPlaces:
    return TinyPlaces()
