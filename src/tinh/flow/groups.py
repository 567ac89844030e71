"""Deliveries that are finished together: of one dataset, in the order they came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tinh.flow.intents import Intent

GROUP_RECEIPTS = 256
GROUP_BYTES = 64 * 2**20


def groups(intents: Sequence[Intent]) -> Iterable[tuple[str, list[Intent]]]:
    """Intents of one dataset together, in the order they came, up to a bound."""
    by: dict[str, list[list[Intent]]] = {}
    sizes: dict[str, int] = {}
    for intent in intents:
        groups = by.setdefault(intent.receipt.dataset, [[]])
        size = sizes.get(intent.receipt.dataset, 0)
        if len(groups[-1]) >= GROUP_RECEIPTS or (groups[-1] and size + intent.receipt.size > GROUP_BYTES):
            groups.append([])
            size = 0
        groups[-1].append(intent)
        sizes[intent.receipt.dataset] = size + intent.receipt.size
    for dataset, groups in by.items():
        for group in groups:
            yield dataset, group
