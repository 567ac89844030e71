"""Personal values at the command line: masked, unless whoever runs it gives a reason, which is logged."""

from __future__ import annotations

import getpass
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tinh.kit.errors import Text

if TYPE_CHECKING:
    import polars as pl

    from tinh.flow.api import Corridor, Proposal
    from tinh.lake.api import StoredReceipt


def veiled(corridor: Corridor, stored: StoredReceipt, rows: pl.DataFrame, reason: str) -> pl.DataFrame:
    """Rows of a receipt as they may be seen; clear ones once their reason stands in the access log."""
    from tinh.flow.api import Veil

    dataset = corridor.catalogue.datasets.get(stored.dataset)
    veil = Veil(dataset, corridor.catalogue.privacy)
    if not reason or not veil.columns:
        return veil.frame(rows)
    hidden = _logged(veil, stored, reason, rows)
    return replace(veil, lifted=True, restricted=hidden).frame(rows)


def masked_proposals(corridor: Corridor, receipt: str, offered: list[Proposal]) -> list[Proposal]:
    from tinh.flow.api import Veil

    stored = corridor.lake.receipt(receipt)
    dataset = corridor.catalogue.datasets.get(stored.dataset) if stored else None
    veil = Veil(dataset, corridor.catalogue.privacy)
    silent = Text("", "")
    return [
        replace(
            p, seen=str(veil.cell(p.column, p.seen)), offer=str(veil.cell(p.column, p.offer)), says=silent
        )
        if p.column in veil.names
        else p
        for p in offered
    ]


def _logged(veil: Any, stored: StoredReceipt, reason: str, rows: pl.DataFrame) -> frozenset[str]:
    """Write the reason down; who is restricted stays hidden."""
    from tinh.cli.accounts import opened

    with opened():
        from tinh.people import api as people

        told = people.reasoned(reason)
        whom = [
            str(v)
            for n in veil.names
            if n in rows.columns
            for v in rows.get_column(n).drop_nulls().unique().to_list()
        ]
        people.note(
            f"cli:{getpass.getuser()}", "see personal data", stored.id, allowed=True,
            reading=people.Reading(tuple(veil.names), "mending-data", "public-duty", told, tuple(whom)),
        )  # fmt: skip
        return people.restricted()
