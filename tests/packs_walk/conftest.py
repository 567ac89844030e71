"""Each pack compiled by itself, in a province that uses nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tinh.packs.api import Catalogue, load

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "provinces" / "thai-nguyen"


@pytest.fixture
def compiled(tmp_path: Path) -> Callable[[Path], Catalogue]:
    """Compile one pack in a copy of the demo province that names only this pack."""

    def build(pack: Path) -> Catalogue:
        folder = tmp_path / pack.name
        folder.mkdir(exist_ok=True)
        declared = (DEMO / "province.yaml").read_text(encoding="utf-8")
        lines, keep = [], True
        for line in declared.splitlines():
            keep = (line.startswith((" ", "-")) and keep) or not line.startswith((" ", "-", "room:"))
            if keep:
                lines.append(f"packs: [{pack.name}]" if line.startswith("packs:") else line)
        (folder / "province.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        found = load(folder, (ROOT / "packs",))
        assert found.findings == (), [finding.render("en") for finding in found.findings]
        assert found.catalogue is not None
        return found.catalogue

    return build
