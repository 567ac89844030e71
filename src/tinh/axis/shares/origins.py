"""Where a value came from: the delivery, its row and when it was received."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinh.axis.shares.ground import Desk
from tinh.insight.api import trace
from tinh.kit.errors import TinhError


def of_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Of a row of a dataset."""
    return {
        "receipts": [{"receipt": row["_receipt"], "rows": [row["_row"]], "received_at": row["_received_at"]}],
        "formula": None,
    }


def of_value(at: Desk, indicator: str, place: str, period: str) -> dict[str, Any]:
    """Of an indicator's value: what it was computed by, and the deliveries it rests on."""
    corridor = at.corridor()
    try:
        found = trace(corridor.catalogue, corridor.lake, corridor.gazetteer, indicator, place, period)
    except TinhError:
        return {"receipts": [], "formula": None}
    return {
        "receipts": [
            {
                "receipt": one["receipt"],
                "rows": list(one["rows"])[:100],
                "received_at": one.get("received_at"),
            }
            for one in found.receipts
        ],
        "formula": found.expression or None,
    }
