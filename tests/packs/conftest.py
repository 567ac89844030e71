"""Small provinces and packs, written where a test needs them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .samples import GOOD, PACK, PROVINCE, Files


@pytest.fixture
def province(tmp_path: Path) -> Callable[..., Path]:
    """Writes a province with the given packs (id → files over the good ones) and returns its folder."""

    def write(province: str = PROVINCE, bare: bool = False, **packs: Files) -> Path:
        home = tmp_path / "province"
        home.mkdir(exist_ok=True)
        (home / "province.yaml").write_text(province.replace("PACKS", ", ".join(packs)), "utf-8")
        for id, files in packs.items():
            for name, text in {**({"pack.yaml": PACK} if bare else GOOD), **files}.items():
                path = home / "packs" / id / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text.replace("ID", id) if name == "pack.yaml" else text, "utf-8")
        return home

    return write


@pytest.fixture
def contracts() -> Path:
    """Contracts as they are found in public, with nothing of ours in them."""
    return Path(__file__).parent / "contracts"
