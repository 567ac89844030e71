from __future__ import annotations

import subprocess
import sys

_SERVED = """
import gc
from tinh.site import memory

memory.look_seldom()
assert gc.get_threshold()[0] == 50_000
import duckdb
memory.look_as_usual()
assert gc.get_threshold()[0] <= 2000
assert gc.get_freeze_count() > 1000
"""


def test_memory_is_looked_over_seldom_at_the_start_and_as_usual_once_served() -> None:
    """A process that ends says nothing of what its libraries still hold."""
    done = subprocess.run([sys.executable, "-c", _SERVED], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
