"""How often Python looks for cycles in its memory: seldom while a process begins, as usual once it serves.

A process that begins reads libraries, declarations and the gazetteer: hundreds of thousands of objects that
all stay, walked again and again in vain by a collector that looks at every seven hundredth.
"""

from __future__ import annotations

import atexit
import gc

_SELDOM, _USUAL = (50_000, 10, 10), (2_000, 10, 10)


def look_seldom() -> None:
    """Look seldom: what is made now stays."""
    gc.set_threshold(*_SELDOM)


def look_as_usual() -> None:
    """Look as usual, and leave out what is there by now: what a request leaves behind goes soon."""
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # else libraries complain of leaks when the process ends
    gc.set_threshold(*_USUAL)
