"""A verdict completed by what was found stored when its rows were written."""

from __future__ import annotations

from dataclasses import replace

from tinh.lake.ledger import Entry
from tinh.lake.recalling import SPAN


def with_known(entry: Entry, known: int, span: tuple[str, str] | None) -> Entry:
    """Add to the verdict the stream rows that were found stored when they were written, and in which
    periods these lie, where that is known."""
    if not known:
        return entry
    verdict = entry.judgement.verdict
    before = sum(int(n.split(":")[1]) for n in verdict.notes if n.startswith("known:"))
    notes = (*(n for n in verdict.notes if not n.startswith(("known:", SPAN))), f"known:{before + known}")
    notes = (*notes, f"{SPAN}{'/'.join(span)}") if span else notes
    return replace(entry, judgement=replace(entry.judgement, verdict=replace(verdict, notes=notes)))
