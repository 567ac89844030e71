"""What a lake answers about recalls: who is out, what it would read without somebody, what was skipped."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Self

import polars as pl

from tinh.lake import ledger, spare
from tinh.lake.columns import UTC
from tinh.lake.engine import Engine
from tinh.lake.events import tally
from tinh.lake.ledger import StoredReceipt
from tinh.lake.listing import Wanted, conditions
from tinh.lake.recalls import Recalls
from tinh.lake.rows import Rows
from tinh.lake.serving import Served
from tinh.lake.wiping import Wiping
from tinh.packs.api import Dataset
from tinh.sources.api import Receipt

_ASKED = {name: ledger.SCHEMA[name] for name in ("dataset", "outcome", "filename")}

SPAN = "known-periods:"  # the note that says in which periods rows of a stream were skipped as known


class Recalling(Wiping, Served):
    """The part of `Lake` that recalls ask."""

    _engine: Engine
    _rows: Rows
    _recalls: Recalls

    if TYPE_CHECKING:

        def event_rows(self, receipts: Collection[str] | None = None) -> pl.DataFrame: ...

        def _ledger(
            self,
            where: list[str],
            params: list[Any],
            bound: str,
            columns: Mapping[str, pl.DataType] | None = None,
        ) -> pl.DataFrame: ...

    @property
    def recalls(self) -> Recalls:
        """Who is out, now and then."""
        return self._recalls

    def count(self, wanted: Wanted) -> int:
        """How many receipts a list has."""
        where, params = conditions(wanted, self._recalls.all())
        return len(self._ledger(where, params, "", {"id": pl.String(), "received_at": UTC, **_ASKED}))

    def held_since(self, receipts: Collection[str]) -> dict[str, int]:
        """By how much the number of held rows of receipts has changed since their verdicts."""
        happened = self.event_rows(receipts)
        if happened.is_empty():
            return {}
        kept = happened.filter(~pl.col("other").fill_null("").is_in(sorted(self._recalls.all())))
        return dict(tally(kept).select("receipt", "d_held").iter_rows())

    def supposing(self, receipt: StoredReceipt, out: bool) -> Self:
        """This lake as it would read with `receipt` recalled (`out`) or reinstated."""
        other = copy.copy(self)
        other._recalls = self._recalls.supposing(receipt.id, receipt.dataset, out)
        other._rows = self._rows.supposing(other._recalls)
        return other

    def exchange(
        self, dataset: Dataset, other: Recalling, receipts: Collection[str]
    ) -> tuple[int, dict[str, int]]:
        """How many rows of `receipts` stand here, and how many rows of which receipts bear their keys
        in `other`."""
        current, after = self._rows.current(dataset), other._rows.current(dataset)
        return spare.exchange(self._engine, current, after, receipts)

    def reached(self, dataset: Dataset, receipts: Collection[str]) -> pl.DataFrame:
        """The places and periods (`_place`, `_period`) of all rows that share a key with `receipts`."""
        return spare.reached(self._engine, self._rows.system(dataset.id), receipts)

    def bare(self, dataset: Dataset, receipts: Collection[str]) -> frozenset[str]:
        """The keys of these receipts that no row here bears."""
        return spare.bare(self._engine, self._rows.system(dataset.id), self._rows.current(dataset), receipts)

    def skipped(self, dataset: Dataset, within: tuple[str, str] | None = None) -> list[StoredReceipt]:
        """Receipts of a stream some rows of which were skipped as known (`within` two periods, where that
        is known), oldest first, but for those whose rows are spare already."""
        found = ledger.receipts(self._ledger(["dataset = ?", "verdict LIKE '%\"known:%'"], [dataset.id], ""))
        have = self._rows.receipts(self._rows.spare(dataset.id)) if found else frozenset()
        return [r for r in reversed(found) if r.id not in have and _overlaps(r, within)]

    def add_spare(self, dataset: Dataset, receipt: Receipt, accepted: pl.DataFrame) -> None:
        """Keep, of all rows of a stream's receipt, those that were skipped as known."""
        self._rows.add_spare(dataset, receipt, accepted)


def _overlaps(receipt: StoredReceipt, within: tuple[str, str] | None) -> bool:
    """Whether rows skipped of a receipt may lie within two periods; so it is when nothing is known."""
    notes = (receipt.verdict or {}).get("notes", ())
    span = next((n.removeprefix(SPAN).split("/") for n in notes if n.startswith(SPAN)), None)
    return within is None or span is None or (span[0] <= within[1] and within[0] <= span[1])
