"""Another province in the place of the test server's, for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tinh.jobs.house import House


@contextmanager
def standing_in(other: House) -> Iterator[House]:
    """What works in the background goes on with the other house, and with the server's own again afterwards:
    left with the other, it would judge nothing of what later tests send."""
    from tinh.jobs import house, run

    before = house._house
    house._house = other
    run.renew()
    try:
        yield other
    finally:
        house._house = before
        run.renew()
