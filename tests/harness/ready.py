"""The demo province's database as its first start makes it: made once a run, copied for every home after.

Making a cluster, its tables and locks costs a start several seconds of a processor; a copy costs almost
nothing, and the start that follows still proves that nothing is missing. What the very first start does is
shown by homes that are made from nothing (tests/site/test_running.py, the newborn province of the journeys).
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.harness.commands import command

PROVINCE = "thai-nguyen"
_shared: list[Path] = []


def keep_in(folder: Path) -> None:
    """Where the processes of this run find the one copy."""
    _shared[:] = [folder]


def made_ready(home: Path) -> Path:
    """`home`, the province's own folder, with the key, database and pages' files of a first start."""
    model = _model() / PROVINCE
    home.mkdir(parents=True, exist_ok=True)
    (home / "pg").mkdir()
    for part in ("secret.key", "pg/data", "static"):
        subprocess.run(["cp", "-a", str(model / part), str(home / part)], check=True)
    return home


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder `make` has filled, once a run, whichever process came first; to be copied, not changed."""
    if not _shared:
        keep_in(Path(tempfile.mkdtemp(prefix="tinh-ready-")))
    folder = _shared[0]
    folder.mkdir(parents=True, exist_ok=True)
    made, done = folder / name, folder / f"{name}.done"
    with (folder / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(made, ignore_errors=True)
            make(made)
            done.touch()
    return made


def _model() -> Path:
    return once("first", _first_start)


def _first_start(home: Path) -> None:
    said = command(["account", "list", "--json"], {"TINH_HOME": str(home)})
    assert said.code == 0, said.out + said.err
