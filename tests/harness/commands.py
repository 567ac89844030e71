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
from typing import IO, Any

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


_first: list[subprocess.Popen[str]] = []


def _starter() -> tuple[IO[str], IO[str]]:
    """Where commands are asked for, and where their exit codes come."""
    if not _first:
        env = {k: v for k, v in os.environ.items() if not k.startswith("TINH_")}
        env["PYTHONPATH"] = str(ROOT / "src")
        _first.append(subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("started.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env,
        ))  # fmt: skip
        atexit.register(_first[0].communicate)  # closes its input, which ends it
    (process,) = _first
    assert process.stdin and process.stdout
    return process.stdin, process.stdout


_halves: dict[Path, tuple[IO[str], IO[str]]] = {}


def _half(home: Path) -> tuple[IO[str], IO[str]]:
    """The same, of the half of it that has read the site of `home`."""
    if home not in _halves:
        with tempfile.TemporaryDirectory(prefix="tinh-half-") as folder:
            pipes = {name: Path(folder) / name for name in ("asking", "telling")}
            for pipe in pipes.values():
                os.mkfifo(pipe)
            asks, _ = _starter()
            asks.write(
                json.dumps({"serve": str(home)} | {name: str(pipe) for name, pipe in pipes.items()}) + "\n"
            )
            asks.flush()
            _halves[home] = pipes["asking"].open("w"), pipes["telling"].open()
    return _halves[home]


def leave(home: Path) -> None:
    """End the process that commands of `home` are started from."""
    if home in _halves:
        asks, tells = _halves.pop(home)
        asks.close()
        assert tells.read() == ""  # its end
        tells.close()


def _started(asked: dict[str, Any], home: Path | None) -> int:
    asks, tells = _half(home) if home else _starter()
    asks.write(json.dumps(asked) + "\n")
    asks.flush()
    return int(tells.readline())
