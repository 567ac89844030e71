"""What is still held of a receipt, after every answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from tinh.flow.mending_errors import AnAnswer, DatasetGone, NothingHeld, Recalled, UnknownReceipt
from tinh.lake.api import Lake, StoredReceipt
from tinh.packs.api import Catalogue, Dataset
from tinh.sources.api import ROW


@dataclass(frozen=True, slots=True)
class Left:
    """`frame` has the rows still held, as they were last seen and with the reasons of that time;
    `first` all that the gate held at first; `taken` the answer that brought in each row since."""

    stored: StoredReceipt
    dataset: Dataset
    frame: pl.DataFrame
    first: pl.DataFrame
    taken: Mapping[int, StoredReceipt]

    @property
    def names(self) -> list[str]:
        """The contract's columns that the held rows have."""
        return [c.name for c in self.dataset.columns if c.name in self.frame.columns]


def still_held(
    lake: Lake, receipt: StoredReceipt, but: str = ""
) -> tuple[pl.DataFrame, dict[int, StoredReceipt]]:
    """The rows of a receipt that are held now, and by which answer each other one came in; the
    answer `but` is looked past."""
    frame = lake.held(receipt.id)
    taken: dict[int, StoredReceipt] = {}
    for answer in lake.answers(receipt.id):
        if answer.id == but or gone(lake, answer):
            continue
        taken.update(dict.fromkeys(answer.mended, answer))
        again = lake.held(answer.id)
        frame = frame.filter(~pl.col(ROW).is_in([*answer.mended, *again.get_column(ROW)]))
        if len(again):
            frame = pl.concat([frame, again], how="diagonal_relaxed")
    return frame.sort(ROW), taken


def gone(lake: Lake, receipt: StoredReceipt) -> bool:
    """Whether a receipt is recalled, by itself or with the one it answers."""
    return lake.recalls.why(receipt.id) is not None


def left_of(lake: Lake, catalogue: Catalogue, receipt_id: str, but: str = "") -> Left:
    """What is held of a receipt that may be mended, or why it may not."""
    stored = lake.receipt(receipt_id)
    if stored is None:
        raise UnknownReceipt(receipt=receipt_id)
    if stored.answers:
        raise AnAnswer(receipt=receipt_id, original=stored.answers)
    dataset = catalogue.datasets.get(stored.dataset)
    if dataset is None:
        raise DatasetGone(dataset=stored.dataset)
    if gone(lake, stored):
        raise Recalled(receipt=receipt_id)
    frame, taken = still_held(lake, stored, but)
    return Left(stored, dataset, frame, lake.held(receipt_id), taken)


def something(left: Left) -> Left:
    """The same, or an error when nothing is held any more."""
    if left.frame.is_empty():
        raise NothingHeld(receipt=left.stored.id)
    return left
