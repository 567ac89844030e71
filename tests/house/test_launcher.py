"""The launcher finds its own folder, whatever that is called and however it is reached."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose environment is a script that repeats what it was called with."""
    folder = tmp_path / "thư mục có $dấu cách"
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / "frontend").mkdir()
    (folder / "frontend" / "một tệp.ts").write_text("1")
    for name in ("tinh", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, folder / name)
    python = folder / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\nprintf \'%s\\n\' "$PYTHONPATH" "$@"\n')
    python.chmod(0o755)
    stamp = hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()[:32]
    (folder / ".venv" / ".run").write_text(stamp)
    return folder


def run(launcher: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    return subprocess.run([launcher, *words], capture_output=True, text=True, env=env, cwd="/", check=False)


def test_the_launcher_runs_through_a_link_and_from_a_folder_with_spaces(checkout: Path) -> None:
    link = checkout.parent / "tinh"
    link.symlink_to(checkout / "tinh")
    said = run(link, "places", "resolve", "X. La Bằng")
    assert said.stdout.splitlines() == [
        f"{checkout}/src", "-m", "tinh.cli", "places", "resolve", "X. La Bằng",
    ]  # fmt: skip
    assert said.stderr == ""


def test_what_is_made_already_runs_in_a_checkout_nobody_may_write(checkout: Path) -> None:
    (checkout / ".cache").write_text("no folder can be made here")
    assert run(checkout / "tinh", "status").returncode == 0


def test_a_checkout_nobody_may_write_says_so(checkout: Path) -> None:
    (checkout / ".cache").write_text("no folder can be made here")
    (checkout / ".venv" / ".run").write_text("an older lock")
    said = run(checkout / "tinh", "status")
    assert said.returncode == 1
    assert "không ghi được" in said.stderr and "cannot write" in said.stderr


def test_a_changed_front_end_is_noticed_in_a_folder_with_spaces(checkout: Path) -> None:
    (checkout / ".cache").write_text("building it would need this to be a folder")
    assert run(checkout / "tinh", "up").returncode == 1
