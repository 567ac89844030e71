"""The command line as its users run it: a process of its own, a data folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Tinh = Callable[..., Said]


def tinh_in(home: Path) -> Tinh:
    def run(*words: str | Path, province: Path | None = None, **environment: str) -> Said:
        env = {k: v for k, v in os.environ.items() if not k.startswith("TINH_")}
        env |= {"TINH_HOME": str(home), "PYTHONPATH": str(ROOT / "src"), **environment}
        at = ["--province", str(province)] if province else []
        done = subprocess.run(
            [sys.executable, "-m", "tinh.cli", *at, *map(str, words)],
            capture_output=True, text=True, env=env, cwd=home.parent, timeout=240, check=False,
        )  # fmt: skip
        return Said(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def tinh(tmp_path: Path) -> Tinh:
    """Run a verb on a fresh data folder: `tinh("load", "air-hourly", file, "--json")`."""
    return tinh_in(tmp_path / "home")


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> tuple[Tinh, list[dict[str, Any]]]:
    """The five real air-quality files loaded once; read only."""
    run = tinh_in(tmp_path_factory.mktemp("real") / "home")
    files = sorted((shared / "data" / "air-quality").glob("*.csv"))
    said = run("load", "air-hourly", *files, "--json")
    assert said.code == 0, said.err
    return run, said.json
