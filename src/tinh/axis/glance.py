"""A few batches of the log held against their digests and signatures, for whoever looks at a page of it.

`verify` holds the whole log; this says of the rows on a page whether they are what was signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from tinh.axis import chain, seals
from tinh.axis.ground import ground
from tinh.axis.models import Batch, Entry
from tinh.axis.seals import Seals
from tinh.kit.errors import Text

SPAN = 300  # batches on end that are looked at together
MOST = 20_000  # entries looked at; batches beyond are not judged


@dataclass(slots=True)
class Glance:
    """How the batches looked at stand: what is wrong with an entry, or with a whole batch."""

    looked: set[int] = field(default_factory=set)
    entries: dict[int, Text] = field(default_factory=dict)
    batches: dict[int, Text] = field(default_factory=dict)

    @property
    def flaws(self) -> list[Text]:
        """All that is wrong, the newest first."""
        return [
            *(self.batches[n] for n in sorted(self.batches, reverse=True)),
            *(self.entries[n] for n in sorted(self.entries, reverse=True)),
        ]

    def of(self, seq: int, batch: int) -> Text | None:
        """What is wrong with an entry, None when it is what was signed."""
        return self.entries.get(seq) or self.batches.get(batch)


def between(numbers: Collection[int]) -> set[int]:
    """These batches with those between them, where they are not too many, else with their neighbours: a row
    that was taken away leaves its batch behind."""
    given = {n for n in numbers if n}
    if given and max(given) - min(given) <= SPAN:
        return set(range(min(given), max(given) + 2))
    return given | {n + 1 for n in given}


def glance(numbers: Collection[int]) -> Glance:
    """Hold these batches, by number, against their signatures; the newest first while there is room."""
    out = Glance()
    newest = Batch.objects.order_by("-number").values_list("number", flat=True).first() or 0
    numbers = [n for n in numbers if 0 < n <= newest]
    keys = Seals(ground().keys, ground().instance)
    room = MOST
    known = {b.number: b for b in Batch.objects.filter(number__in=numbers)}
    for number in sorted(set(numbers), reverse=True):
        batch = known.get(number)
        if batch is None:
            out.looked.add(number)
            out.batches[number] = Text(
                f"Không còn lô {number} đã ký những bản ghi này.",
                f"Batch {number}, which signed them, is gone.",
            )
            continue
        size = batch.last - batch.first + 1
        if size > room:
            break
        room -= size
        out.looked.add(number)
        _hold(batch, keys, out)
    return out


def _hold(batch: Batch, keys: Seals, out: Glance) -> None:
    rows = list(Entry.objects.filter(seq__gte=batch.first, seq__lte=batch.last).order_by("seq").values())
    leaves, before = [], None
    for row in rows:
        fields: dict[str, Any] = {**row, "at": chain.moment(row["at"].astimezone(UTC))}
        seq = row["seq"]
        spoiled = chain.digest(chain.line(fields)) != row["digest"]
        head = hashlib.sha512(row["head"].encode()).hexdigest() != row["head_digest"]
        if spoiled or head or row["batch"] != batch.number:
            out.entries[seq] = Text(
                f"Bản ghi {seq} đã bị sửa sau khi ký.", f"Entry {seq} was changed after it was signed."
            )
        elif before is not None and row["previous"] != before:
            out.entries[seq] = Text(
                f"Bản ghi {seq} không nối tiếp bản ghi trước.", f"Entry {seq} does not follow the one before."
            )
        leaves.append(row["digest"])
        before = row["digest"]
    n = batch.number
    certificate = keys.certificate(batch.certificate)
    signed = certificate is not None and seals.signed_by(
        certificate, bytes(batch.signature), batch.statement.encode()
    )
    said = chain.statement(
        ground().instance, n, batch.first, batch.last, batch.previous, batch.head, batch.root,
        batch.at.astimezone(UTC),
    )  # fmt: skip
    if not signed or said != batch.statement:
        out.batches[n] = Text(f"Chữ ký của lô {n} không đúng.", f"The signature of batch {n} does not hold.")
    elif len(rows) != batch.last - batch.first + 1:
        out.batches[n] = Text(f"Lô {n} thiếu bản ghi.", f"Entries of batch {n} are missing.")
    elif not any(batch.first <= seq <= batch.last for seq in out.entries) and (
        chain.root(leaves) != batch.root or leaves[-1] != batch.head
    ):
        out.batches[n] = Text(
            f"Các bản ghi của lô {n} không khớp với chữ ký.", f"Entries of batch {n} are not those signed."
        )
