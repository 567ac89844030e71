"""Deliveries that count now, judged under a contract before and after; nothing is written.

Both contracts are asked with the same knowledge, so what differs comes from the contract alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from tinh.flow.home import Home
from tinh.flow.known import Group, Knowledge
from tinh.flow.planned import Rejudged, RowMove, VerdictMove
from tinh.gate.api import Judgement, judge, refusal
from tinh.kit.errors import Text, TinhError
from tinh.lake.api import Lake, StoredReceipt
from tinh.packs.api import Catalogue, Dataset, Layouts, learned
from tinh.places.api import gazetteer
from tinh.sources.api import RawStore, clean, read

EXAMPLES = 5
_EVERYWHERE = ("place", "timezone", "units")  # of a province: what every row is judged by
_WORDS = {"name", "description", "label", "says", "file", "digest", "pack", "owner", "legal_basis",
          "carried", "also", "version", "personal", "privacy", "unit"}  # fmt: skip


def judged_alike(before: Dataset, after: Dataset) -> bool:
    """Whether two contracts make the same of any delivery."""
    return bool(_bare(before.model_dump()) == _bare(after.model_dump()))


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _bare(v) for k, v in value.items() if k not in _WORDS}
    return [_bare(v) for v in value] if isinstance(value, list | tuple) else value


class Rejudging:
    """Judges deliveries of one lake under two catalogues."""

    def __init__(self, before: Catalogue, after: Catalogue, lake: Lake, home: Home) -> None:
        self._before, self._after = before, after
        self._lake, self._raw = lake, RawStore(home.raw)
        self._known_before = Knowledge(before, lake, gazetteer(before.units))
        self._known_after = Knowledge(after, lake, gazetteer(after.units))
        self._layouts_before = learned(home.root, before.layouts)
        self._layouts_after = learned(home.root, after.layouts)

    def changed(self) -> Iterator[str]:
        """Datasets whose contract judges otherwise than before."""
        moved = any(getattr(self._before, f) != getattr(self._after, f) for f in _EVERYWHERE)
        for id, dataset in self._after.datasets.items():
            old = self._before.datasets.get(id)
            relaid = [x for x in self._before.layouts if x.dataset == id] != [
                x for x in self._after.layouts if x.dataset == id
            ]
            if old is not None and (moved or relaid or not judged_alike(old, dataset)):
                yield id

    def of(self, dataset: str, limit: int) -> Rejudged:
        """At most `limit` deliveries of a dataset, newest first, of those that count."""
        counting = self._counting(dataset)
        old, new = self._before.datasets[dataset], self._after.datasets[dataset]
        rows = held = released = other = 0
        verdicts: list[VerdictMove] = []
        examples: dict[str, list[RowMove]] = {"held": [], "released": []}
        lost: list[str] = []
        tried = counting[:limit]
        for id in tried:
            receipt = self._lake.receipt(id)
            if receipt is None or not self._raw.path(receipt.digest).is_file():
                lost.append(id)
                continue
            was = self._judge(old, receipt, self._known_before, self._layouts_before)
            now = self._judge(new, receipt, self._known_after, self._layouts_after)
            rows += now.verdict.received
            a, b = _held(was), _held(now)
            more, fewer = sorted(b.keys() - a.keys()), sorted(a.keys() - b.keys())
            held += len(more)
            released += len(fewer)
            other += sum(a[row]["_rules"] != b[row]["_rules"] for row in a.keys() & b.keys())
            for what, numbers, frame, contract in (("held", more, b, new), ("released", fewer, a, old)):
                room = EXAMPLES - len(examples[what])
                examples[what] += [
                    _move(receipt, frame[row], what, contract) for row in numbers[: max(0, room)]
                ]
            if (was.verdict.outcome, was.verdict.accepted) != (now.verdict.outcome, now.verdict.accepted):
                verdicts.append(
                    VerdictMove(
                        id, receipt.filename, was.verdict.outcome, now.verdict.outcome,
                        was.verdict.accepted, now.verdict.accepted, now.verdict.received,
                    )
                )  # fmt: skip
        return Rejudged(
            dataset, len(counting), len(tried) - len(lost), rows, held, released, other, tuple(verdicts),
            (*examples["held"], *examples["released"]), tuple(lost),
        )  # fmt: skip

    def _counting(self, dataset: str) -> list[str]:
        """Receipts that count, newest first: not recalled, and the newest of one sender and file name."""
        ledger = self._lake.ledger(dataset).select("id", "sender", "filename", "received_at")
        out = sorted(self._lake.recalls.all())
        ledger = ledger.filter(~pl.col("id").is_in(out))
        alone = pl.when(pl.col("filename") == "").then(pl.col("id")).otherwise(pl.col("filename"))
        newest = ledger.sort("received_at", "id", descending=True).with_columns(_file=alone)
        found = newest.unique(["sender", "_file"], keep="first", maintain_order=True)
        return found.get_column("id").to_list()

    def _judge(
        self, dataset: Dataset, receipt: StoredReceipt, knowledge: Knowledge, layouts: Layouts
    ) -> Judgement:
        try:
            path = self._raw.path(receipt.digest)
            table = clean(read(path, dataset, receipt.filename, layouts.of(dataset)), dataset)
            known = knowledge.of(dataset, receipt.received_at, Group([receipt.id]))
            return judge(table, dataset, receipt.receipt, known)
        except TinhError as error:
            if error.retry:
                raise
            return refusal(receipt.receipt, error)


def _held(judgement: Judgement) -> dict[int, dict[str, Any]]:
    frame = judgement.held
    wanted = [c for c in ("_row", "_at", "_rules", "_values") if c in frame.columns]
    return {int(row["_row"]): row for row in frame.select(wanted).iter_rows(named=True)}


def _move(receipt: StoredReceipt, row: dict[str, Any], what: str, contract: Dataset) -> RowMove:
    says = {rule.id: rule.says for rule in contract.rules if rule.says.vi}
    return RowMove(
        receipt.id, receipt.filename, int(row["_row"]), row.get("_at"), what, tuple(row["_rules"]),
        tuple(says.get(rule, Text(rule, rule)) for rule in row["_rules"]),
        json.loads(row.get("_values") or "{}"),
    )  # fmt: skip
