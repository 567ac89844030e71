"""A delivery judged piece by piece, with the verdict and the rows it would have had as a whole.

Every piece is judged by the rules that look at one row, and its rows go out at once. What only all
pieces together show (repeated keys, what is usual, a refusal) is settled after the last one; then
the pieces it concerns, and only those, are read and judged again and their rows replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from tinh.gate import checks, outliers, scores
from tinh.gate.across import Across
from tinh.gate.errors import GateError
from tinh.gate.gathering import Gathering, Settled, repeated_columns
from tinh.gate.judge import Bench, Counts, concluded, examine, refused_by, unclaimed
from tinh.gate.judge import nothing as no_rows
from tinh.gate.known import Known
from tinh.gate.pairs import Pairs
from tinh.gate.parts import Part, added, cleaned, noted, part_of, subject
from tinh.gate.plan import Plan, plan_for
from tinh.gate.threads import several
from tinh.gate.verdict import Judgement
from tinh.packs.api import Dataset, Rule
from tinh.sources.api import AT, ROW, NewNames, Piece, Pieces, Receipt, ahead, clean

_SIDE_BY_SIDE = 3  # pieces


class Sink(Protocol):
    """Takes the rows of each piece, several at once; the last word on a piece counts. Places and periods,
    and the column that speaks of places, may be Enum, each piece's own."""

    def put(self, number: int, accepted: pl.DataFrame, held: pl.DataFrame) -> None: ...
    def clear(self) -> None: ...


def judge_pieces(
    pieces: Pieces, dataset: Dataset, receipt: Receipt, known: Known, sink: Sink, folder: Path
) -> Judgement:
    """The same judgement as `judge`, for a delivery of any size. Its rows are in `sink`; `accepted`
    holds only their places and periods, each pair once. Keys that are stored already are the
    sink's concern. `folder` takes what is needed meanwhile."""
    for attempt in ("first", "again"):
        try:
            return _Stream(pieces, dataset, receipt, _frozen(known), sink, folder / attempt).run()
        except NewNames:
            sink.clear()
    raise AssertionError("the names of all records are known by now")


def _frozen(known: Known) -> Known:
    """The same answers for every piece, each asked once."""
    return replace(
        known,
        reference=cache(known.reference),
        past=cache(known.past),
        known_places=cache(known.known_places),
        gazetteer=None if known.gazetteer is None else _Asked(known.gazetteer),
        seen=None,
    )


class _Asked:
    """A gazetteer that is asked for each code and day once: the pieces of a delivery share most."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self.find = cache(book.find)
        self.territory = cache(book.territory)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._book, name)


@dataclass(frozen=True, slots=True)
class _Done:
    """A piece judged row by row, its rows gone out."""

    number: int
    ragged: int
    bench: Bench
    counts: Counts
    let_in: pl.Series  # places and periods of the accepted rows, each pair once


@dataclass
class _Stream:
    pieces: Pieces
    dataset: Dataset
    receipt: Receipt
    known: Known
    sink: Sink
    folder: Path
    parts: list[Part] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    pairs: Pairs = field(default_factory=Pairs)  # places and periods of all rows

    def run(self) -> Judgement:
        self.folder.mkdir(parents=True)
        plan = plan_for(self.dataset)
        gathering = Gathering(self.dataset, plan, self.folder / "hashes")
        try:
            self._all(plan, gathering)
            self.remarks = noted(self.parts, plan)
            settled = gathering.settle(frozenset(filter(None, map(subject, self.remarks))))
            made, refused = self._checked(plan, settled)
            # Nothing the rest of the delivery says makes a row right again.
            settled.refused = refused is not None and not self._misjudged(settled)
            self._again(plan, settled, self._concerned(plan, settled))
            made, refused = self._checked(plan, settled)
            if refused is not None and not settled.refused:
                settled.refused = True
                self._again(plan, settled, range(len(self.parts)))
        finally:
            gathering.close()
        return self._judgement(made, refused)

    # ── passes ──────────────────────────────────────────────────────────────────────

    def _all(self, plan: Plan, gathering: Gathering) -> None:
        usual_known = frozenset(
            c.name
            for c in outliers.measured(self.dataset)
            if outliers.from_past(self.known.past(c.name)) is not None
        )
        with closing(self._examined(None, lambda _number: Across())) as pieces:
            for done in pieces:
                bench = done.bench
                gathering.add(bench, usual_known)
                if any(rule.kind == "sql" for rule in plan.whole):
                    bench.cells.local.drop(ROW, AT).write_parquet(
                        self._rows_of(done.number), compression="lz4"
                    )
                first = gathering.rows - bench.cells.height
                self.parts.append(part_of(first, bench, plan, done.counts, done.ragged))
                self.pairs.see(done.let_in)
                if (out := bench.held) is not None:
                    where = bench.where
                    self.pairs.see(self.pairs.of(where.places.filter(out), where.periods.filter(out)))
                self._let_in(done.number, done.let_in)
                del done, bench  # other pieces are in work meanwhile

    def _again(self, plan: Plan, settled: Settled, wanted: Iterable[int]) -> None:
        numbers = frozenset(wanted)
        if not numbers:
            return

        def told(number: int) -> Across:
            return settled.of(self.parts[number].first, self.parts[number].counts.height)

        with closing(self._examined(numbers, told, settled.refused)) as pieces:
            for done in pieces:
                before = self.parts[done.number]
                after = part_of(before.first, done.bench, plan, done.counts, before.ragged)
                self._let_in(done.number, done.let_in)
                self.parts[done.number] = replace(after, counted=before.counted)
                del done

    def _examined(
        self, wanted: Collection[int] | None, told: Callable[[int], Across], refused: bool = False
    ) -> Generator[_Done]:
        """Each piece cleaned, judged row by row and its rows handed over, some of them side by side."""

        def one(piece: Piece) -> _Done:
            piece = replace(piece, table=clean(piece.table, self.dataset))
            bench = examine(piece.table, self.dataset, self.receipt, self.known, told(piece.number))
            if refused:
                bench.refuse()
            accepted, flags, dirty = bench.accept(named=True)
            counts = Counts(
                bench.cells.height, bench.right(), bench.held_count(), dirty, bench.counted(), flags
            )
            let_in = self.pairs.of(accepted["_place"], accepted["_period"])
            self.sink.put(piece.number, accepted, bench.held_rows())
            return _Done(piece.number, len(piece.table.ragged), bench, counts, let_in)

        return several(one, ahead(self.pieces.read(wanted)), _SIDE_BY_SIDE)

    def _let_in(self, number: int, pairs: pl.Series) -> None:
        """Keep the places and periods of the accepted rows of a piece."""
        pairs.to_frame().write_parquet(self.folder / f"in-{number:06d}.parquet", compression="lz4")

    def _rows_of(self, number: int) -> Path:
        return self.folder / f"rows-{number:06d}.parquet"

    # ── what the whole says ─────────────────────────────────────────────────────────

    def _misjudged(self, settled: Settled) -> bool:
        """Whether a rule held rows of one piece and could not be judged in another."""
        return any(not settled.unjudged.isdisjoint({*p.counts.failed, *p.counts.flags}) for p in self.parts)

    def _concerned(self, plan: Plan, settled: Settled) -> list[int]:
        """The pieces that the whole says something about."""
        if settled.refused:
            return list(range(len(self.parts)))
        holding = [rule for rule in plan.rows if rule.kind in ("unique", "metric")]
        found = []
        for number, part in enumerate(self.parts):
            across = settled.of(part.first, part.counts.height)
            masks = [across.conflict, across.copies, across.copied]
            masks += [across.unique.get(rule.columns) for rule in holding if rule.kind == "unique"]
            masks += [across.twice.get(repeated_columns(rule, self.dataset)) for rule in holding]
            held = settled.unjudged & {*part.counts.failed, *part.counts.flags}
            if held or any(mask is not None for mask in masks) or _far_out(part, settled):
                found.append(number)
        return found

    def _checked(self, plan: Plan, settled: Settled) -> tuple[list[checks.Outcome], GateError | None]:
        counts = added(self.parts)
        made: list[checks.Outcome | None] = []
        for rule in plan.whole:
            if rule.kind == "sql":
                files = [self._rows_of(n) for n in range(len(self.parts))]
                rows = pl.scan_parquet(files)
                made.append(checks.asked(rule, rows, self.dataset, self._note, engine="streaming"))
                continue
            made.append(checks.concluded(rule, self._count(rule, settled), counts.height, self._note))
        done = [m for m in made if m is not None]
        return done, refused_by(self.dataset, counts.right, counts.height, done)

    def _count(self, rule: Rule, settled: Settled) -> int | None:
        found = [part.counted[rule.id] for part in self.parts]
        if rule.id in settled.unjudged and rule.kind == "metric":
            return None
        if rule.id in settled.unjudged:
            return 0
        if rule.kind == "unique":
            return len(settled.unique[rule.columns])
        if columns := repeated_columns(rule, self.dataset):
            return len(settled.twice[columns])
        return sum(n or 0 for n in found)

    def _note(self, remark: str) -> None:
        if remark not in self.remarks:
            self.remarks.append(remark)

    def _judgement(self, made: list[checks.Outcome], refused: GateError | None) -> Judgement:
        counts, parts = added(self.parts), self.parts
        whole = self.pieces.whole()
        came = scores.Came(
            self.dataset,
            self.receipt,
            self.known,
            self.pairs.seen(),  # a delivery without rows was refused by its reader
            sum(p.filled for p in parts),
            counts.height,
        )
        notes = [*self.pieces.notes(sum(p.ragged for p in parts)), *self.remarks, *unclaimed(whole)]
        verdict = concluded(counts, came, made, cleaned(parts, self.dataset), notes, refused)
        return Judgement(
            verdict, self.pairs.read(self.folder / "in-*.parquet"), no_rows(), {"flags": dict(counts.flags)}
        )


def _far_out(part: Part, settled: Settled) -> bool:
    for name, (low, high) in part.ends.items():
        if name not in settled.usual or low is None:
            continue
        median, spread = settled.usual[name]
        if not (low >= median - outliers.FAR * spread and high <= median + outliers.FAR * spread):
            return True
    return False
