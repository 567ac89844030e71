"""`tinh` commands as processes of their own, started by the one of started.py."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Said:
    """What a command ended with and wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def command(
    words: Sequence[str | Path],
    env: Mapping[str, str],
    cwd: Path = ROOT,
    given: str = "",
    home: Path | None = None,
) -> Said:
    """Run `tinh WORDS` with `given` on its input; of TINH_ variables it sees those of `env` alone.

    `home`, a province's folder, where many commands follow that open its database: end them with `leave`.
    """
    whole = {k: v for k, v in os.environ.items() if not k.startswith("TINH_")}
    whole |= {"PYTHONPATH": str(ROOT / "src"), **env}
    with tempfile.TemporaryDirectory(prefix="tinh-said-") as folder:
        files = {name: Path(folder) / name for name in ("in", "out", "err")}
        for path in files.values():
            path.touch()
        files["in"].write_text(given, "utf-8")
        asked = {"words": [str(word) for word in words], "env": whole, "cwd": str(cwd)}
        code = _started(asked | {name: str(path) for name, path in files.items()}, home)
        return Said(code, files["out"].read_text("utf-8"), files["err"].read_text("utf-8"))


_starters: dict[Path | None, subprocess.Popen[str]] = {}


def _starter(home: Path | None) -> subprocess.Popen[str]:
    if home in _starters:
        return _starters[home]
    env = {k: v for k, v in os.environ.items() if not k.startswith("TINH_")}
    about = [str(home)] if home else []
    made = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("started.py")), *about],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    _starters[home] = made
    return made


def leave(home: Path | None = None) -> None:
    """End the process that commands of `home` are started from."""
    if home in _starters:
        _starters.pop(home).communicate()  # closes its input, which ends it


atexit.register(leave)


def _started(asked: dict[str, Any], home: Path | None) -> int:
    process = _starter(home)
    assert process.stdin and process.stdout
    process.stdin.write(json.dumps(asked) + "\n")
    process.stdin.flush()
    return int(process.stdout.readline())
