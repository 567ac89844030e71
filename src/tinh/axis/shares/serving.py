"""The providers of shares, kept from call to call."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tinh.axis.exchange import Provider
from tinh.axis.providers import provide
from tinh.axis.shares.data import DataService
from tinh.axis.shares.ground import Desk, desk, install
from tinh.axis.shares.offering import KIND
from tinh.axis.shares.proxy import ProxyService
from tinh.flow.api import Corridor

_made: dict[str, tuple[str, DataService | ProxyService]] = {}
_lock = threading.Lock()


def open_shares(corridor: Callable[[], Corridor]) -> Desk:
    """Let the shares of a province be called over the axis of this process."""
    found = install(corridor)
    provide(KIND, provider)
    return found


def provider(id: str) -> Provider:
    """Whoever answers a share as it is declared now."""
    share = desk().share(id)
    with _lock:
        found = _made.get(id)
        if found is None or found[0] != share.digest:
            made = DataService(share) if share.proxy is None else ProxyService(share)
            found = _made[id] = (share.digest, made)
        return found[1]
