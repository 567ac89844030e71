"""The command line as its users run it: a process of its own, a data folder of its own."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
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
        with tempfile.TemporaryDirectory(prefix="tinh-said-") as said:
            out, err = Path(said) / "out", Path(said) / "err"
            out.touch()
            err.touch()
            code = _started({
                "words": [*at, *map(str, words)], "env": env, "cwd": str(home.parent),
                "out": str(out), "err": str(err),
            })  # fmt: skip
            return Said(code, out.read_text("utf-8"), err.read_text("utf-8"))

    return run


@cache
def _starter() -> subprocess.Popen[str]:
    """See started.py."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("TINH_")}
    made = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("started.py"))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    atexit.register(made.communicate)  # closes its input, which ends it
    return made


def _started(asked: dict[str, Any]) -> int:
    process = _starter()
    assert process.stdin and process.stdout
    process.stdin.write(json.dumps(asked) + "\n")
    process.stdin.flush()
    return int(process.stdout.readline())


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
