"""How much of personal data a request sees: masked, unless its session has leave, and then it is recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl
from django.http import HttpRequest

from tinh.jobs.house import house
from tinh.kit.errors import Text

if TYPE_CHECKING:
    from tinh.flow.api import Proposal, Veil
    from tinh.packs.api import Dataset
    from tinh.people import api as people


@dataclass(frozen=True, slots=True)
class Sight:
    """The veil a request looks through, and the leave that lifts it, if any."""

    request: HttpRequest
    veil: Veil
    leave: people.Unmasking | None = None

    def frame(self, rows: pl.DataFrame, subject: str) -> pl.DataFrame:
        """Rows as they may be seen; clear ones are recorded with whom they are about."""
        self.record(rows, subject)
        return self.veil.frame(rows)

    def record(self, rows: pl.DataFrame, subject: str) -> None:
        from tinh.people import api as people

        if self.leave is None or rows.is_empty():
            return
        kinds = self.veil.register.kinds
        naming = [
            c.name for c in self.veil.columns
            if c.privacy and c.name in rows.columns and (k := kinds.get(c.privacy.kind)) and k.identifies
        ]  # fmt: skip
        whom = [str(v) for n in naming for v in rows.get_column(n).drop_nulls().unique().to_list()]
        people.looked(self.request, self.leave, subject, self.veil.names, whom)

    def record_whole(self, subject: str) -> None:
        """Record that a delivery was seen as it came, with all it holds."""
        from tinh.people import api as people

        if self.leave is not None:
            people.looked(self.request, self.leave, subject, self.veil.names, ())

    def proposals(self, offered: Iterable[Proposal]) -> list[Proposal]:
        """Corrections as they may be seen; those of a masked column do not say what they are made of."""
        hidden = set(self.veil.names) if self.veil.drawn else set()
        return [
            replace(
                p, seen=_shown(self, p.column, p.seen), offer=_shown(self, p.column, p.offer), says=_SILENT
            )
            if p.column in hidden
            else p
            for p in offered
        ]


_SILENT = Text("", "")


def _shown(seen: Sight, column: str, value: str) -> str:
    return str(seen.veil.cell(column, value))


def sight(request: HttpRequest, actor: people.Actor | None, dataset: Dataset | None) -> Sight:
    """What `actor` sees of a dataset's rows in this request."""
    from tinh.flow.api import Veil
    from tinh.people import api as people

    register = house().catalogue.privacy
    if dataset is None:
        return Sight(request, Veil(None, register))
    if not any(c.privacy for c in dataset.columns):
        return Sight(request, Veil(dataset, register, True))
    given = people.leave_to_see(request, actor, dataset)
    hidden = people.restricted() if given else frozenset()
    return Sight(request, Veil(dataset, register, given is not None, hidden), given)


def lifted(request: HttpRequest) -> tuple[str, ...]:
    """What this session may see clear now: part of what tells one answer from another."""
    from tinh.people import api as people

    if not any(c.privacy for d in house().catalogue.datasets.values() for c in d.columns):
        return ()
    return people.leaves(request)


def clear(request: HttpRequest, actor: people.Actor | None, dataset: Dataset | None) -> Sight:
    """The same where only clear values make sense (bytes as received, a sheet to mend in): a dataset with
    personal columns needs leave first, or UnmaskFirst."""
    from tinh.people import api as people

    found = sight(request, actor, dataset)
    if dataset is None or (found.veil.columns and found.leave is None):
        raise people.UnmaskFirst(dataset=dataset.id if dataset else "?")
    return found
