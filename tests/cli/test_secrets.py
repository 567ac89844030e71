"""Secrets from the command line: read from standard input, never shown."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
VALUE = "mat-khau-cua-kho-123"


def test_a_secret_is_set_from_standard_input_listed_without_its_value_and_forgotten(
    tinh, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    env = {k: v for k, v in os.environ.items() if not k.startswith("TINH_")}
    env |= {"TINH_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}

    def said(*words: str, given: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tinh.cli", "secret", *words],
            input=given, capture_output=True, text=True, env=env, timeout=120, check=False,
        )  # fmt: skip

    done = said("set", "kho", given=VALUE + "\n")
    assert done.returncode == 0 and VALUE not in done.stdout + done.stderr
    listed = tinh("secret", "list", "--json")
    assert [one["name"] for one in listed.json] == ["kho"] and VALUE not in listed.out
    on_disk = b"".join(p.read_bytes() for p in home.rglob("*") if p.is_file())
    assert VALUE.encode() not in on_disk
    wrong = said("set", "kho-1", given=VALUE)
    assert wrong.returncode == 2 and "SRC100" in wrong.stderr and VALUE not in wrong.stderr
    as_word = said("set", "kho", VALUE, given="")
    assert as_word.returncode == 2, "a value on the command line would stand in the process list"
    assert tinh("secret", "forget", "kho").code == 0
    assert tinh("secret", "forget", "kho").code == 1
