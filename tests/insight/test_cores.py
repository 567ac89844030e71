"""Processors are counted as the system gives them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_ASK = "import os; os.sched_setaffinity(0, {%d}); from tinh.insight.cores import cores; print(cores())"


def test_a_process_held_to_one_processor_counts_one() -> None:
    one = min(os.sched_getaffinity(0))
    said = subprocess.run(
        [sys.executable, "-c", _ASK % one], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )  # fmt: skip
    assert said.stdout.strip() == "1"
