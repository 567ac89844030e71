"""A delivery before its contract: accepted rows, held rows, four scores, one verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

import polars as pl

from tinh.gate import checks, keys, notations, scores, whereabouts
from tinh.gate.across import Across
from tinh.gate.called import coded
from tinh.gate.cells import Cells, read_cells
from tinh.gate.errors import CheckFailed, GateError, NothingReceived, TooManyFail
from tinh.gate.held import held_frame
from tinh.gate.known import Known
from tinh.gate.outliers import outliers
from tinh.gate.plan import only_flags, plan_for
from tinh.gate.rules import Mask, failing
from tinh.gate.threads import side_by_side
from tinh.gate.verdict import Judgement, Outcome, Reason, Score, Scores, Verdict
from tinh.kit.errors import TinhError
from tinh.packs.api import Dataset
from tinh.sources.api import AT, ROW, Receipt, Table

DUPLICATE = "duplicate"
SHAPE = "shape"
UNTIDY = "untidy"
CELL_ERROR = "cell-error"
REFUSED = "receipt-refused"
OTHERS = "other-delivery"
RELEASED = "released"
_NOTHING = Scores(Score(0, 0), Score(0, 0), Score(0, 0), Score(0, 0))


class Bench:
    """What each rule found, while one delivery or a piece of it is judged."""

    def __init__(self, cells: Cells, where: whereabouts.Whereabouts, found: keys.Keys) -> None:
        self.cells = cells
        self.where = where
        self.found = found
        self.failed: dict[str, tuple[pl.Series, tuple[str, ...]]] = {}
        self.wrong: pl.Series | None = None  # fails a rule of correctness
        self.held: pl.Series | None = None  # not let through, for whatever reason
        self.flags: dict[str, pl.Series] = {}

    def hold(self, rule: str, mask: Mask, columns: tuple[str, ...] = (), correct: bool = True) -> None:
        if mask is None or not mask.any():
            return
        if rule in self.failed:
            before, seen = self.failed[rule]
            mask_all, columns = before | mask, tuple(dict.fromkeys((*seen, *columns)))
        else:
            mask_all = mask
        self.failed[rule] = (mask_all, columns)
        self.held = mask if self.held is None else self.held | mask
        if correct:
            self.wrong = mask if self.wrong is None else self.wrong | mask

    def flag(self, rule: str, mask: Mask) -> None:
        if mask is not None and mask.any():
            self.flags[rule] = self.flags[rule] | mask if rule in self.flags else mask

    def refuse(self) -> None:
        """Hold what is left, without saying that it is wrong."""
        left = self.cells.true() if self.held is None else ~self.held
        self.hold(REFUSED, left, correct=False)

    def right(self) -> int:
        return self.cells.height - (0 if self.wrong is None else int(self.wrong.sum()))

    def held_count(self) -> int:
        return 0 if self.held is None else int(self.held.sum())

    def counted(self) -> dict[str, int]:
        return {rule: int(mask.sum()) for rule, (mask, _) in self.failed.items()}

    def held_rows(self) -> pl.DataFrame:
        if self.held is None:
            return nothing(self.cells.dataset)
        return held_frame(self.cells, self.held, self.failed)

    def accept(self, named: bool = False) -> tuple[pl.DataFrame, dict[str, int], int]:
        """The accepted frame, how many of its rows trip each flag, and how many trip any. With `named`
        places and periods may be Enum."""
        cells, where = self.cells, self.where
        good = None if self.held is None else ~self.held
        frame = cells.typed.drop("_place")
        if named and where.said is not None and frame.schema[where.said.name] == pl.String:
            frame = frame.with_columns(where.said)
        places, periods = (where.places, where.periods) if named else (where.place, where.period)
        said = [places, periods, self.found.key]
        known = [series for series in said if series.null_count() < cells.height]
        frame = frame.with_columns(known)
        frame = frame if good is None else frame.filter(good)
        blank = [s.clear() for s in said if s.null_count() == cells.height]
        frame = frame.with_columns(s.extend_constant(None, 1).new_from_index(0, frame.height) for s in blank)
        flags = {rule: mask if good is None else mask.filter(good) for rule, mask in self.flags.items()}
        counts = {rule: int(mask.sum()) for rule, mask in flags.items()}
        tripped = {rule: mask for rule, mask in flags.items() if counts[rule]}
        if not tripped:
            empty = pl.Series("_flags", [], pl.String).reshape((frame.height, 0)).arr.to_list()
            return _ordered(frame.with_columns(empty), cells.dataset), {}, 0
        lists, any_flag = _flag_lists(tripped)
        frame = frame.with_columns(lists)
        return _ordered(frame, cells.dataset), {r: counts[r] for r in tripped}, int(any_flag.sum())


def judge(table: Table, dataset: Dataset, receipt: Receipt, known: Known) -> Judgement:
    """Every row against every rule. Rows that fail are held with all their reasons; nothing
    is mended here. A refused delivery lets no row through."""
    if not table.frame.height:
        return refusal(receipt, NothingReceived())
    bench = examine(table, dataset, receipt, known)
    cells = bench.cells
    made = [] if known.answering else checks.run(plan_for(dataset).whole, cells)
    refused = None if known.answering else refused_by(dataset, bench.right(), cells.height, made)
    if refused is not None:
        refused = notations.told(refused, table, dataset, bench.right(), cells.height)
        bench.refuse()
    accepted, flags, dirty = bench.accept()
    notes = [*table.notes, *cells.notes, *unclaimed(table)]
    if accepted.height and dataset.kind == "stream" and dataset.key and known.seen is not None:
        repeated = known.seen(accepted.select("_key", "_period"))
        count = int(repeated.sum())
        if count:
            notes.append(f"known:{count}")
            accepted = accepted.filter(~repeated)
    counts = Counts(cells.height, bench.right(), bench.held_count(), dirty, bench.counted(), flags)
    cleaning = tuple((c.step, c.values) for c in cells.table.cleaning)
    verdict = concluded(counts, scores.came(cells, bench.where), made, cleaning, notes, refused)
    return Judgement(verdict, accepted, bench.held_rows(), {"flags": flags})


def examine(
    table: Table, dataset: Dataset, receipt: Receipt, known: Known, across: Across | None = None
) -> Bench:
    """Every row rule over the rows of a table, which may be a piece of a delivery."""
    plan = plan_for(dataset)
    cells = read_cells(table, dataset, receipt, known)
    cells.across = across
    where = whereabouts.find(cells)
    if coded(cells, where):
        where = whereabouts.find(cells)
    cells.typed = cells.typed.with_columns(where.place)
    found = keys.find(cells, where)
    cells.copies = found.copies
    bench = Bench(cells, where, found)
    if table.ragged:
        bench.hold(SHAPE, cells.typed[ROW].is_in(list(table.ragged)), tuple(c.name for c in dataset.columns))
    for name, faulty in table.faulty.items():
        bench.hold(CELL_ERROR, faulty, (name,))
    answering = known.answering
    unjudged = across.unjudged if across is not None else frozenset()
    asked = [rule for rule in plan.rows if rule.id not in unjudged]
    if answering and answering.released:
        asked = [rule for rule in asked if rule.kind == "type"]
        bench.flag(RELEASED, cells.true())
        _must_stand(bench, where, found)
    masks = side_by_side(lambda rule: failing(rule, cells), asked, cells.height)
    for rule, mask in zip(asked, masks, strict=True):
        if only_flags(rule):
            bench.flag(rule.id, mask)
        else:
            bench.hold(rule.id, mask, rule.columns or _columns_of(rule.arguments, dataset))
    if dataset.place:
        bench.hold(plan.ids["place"], where.bad_place, (dataset.place.column,))
        if dataset.place.name_column:
            both = (dataset.place.name_column, dataset.place.column)
            bench.hold(plan.ids["place_name"], where.bad_name, both)
    if dataset.period:
        bench.hold(plan.ids["period"], where.bad_period, (dataset.period.column,))
    if dataset.key:
        bench.hold(plan.ids["key"], found.lacking, dataset.key)
        bench.hold(plan.ids["key"], found.conflict, dataset.key)
        bench.hold(DUPLICATE, found.copies, dataset.key, correct=False)
        bench.flag(DUPLICATE, found.copied)
        if answering:
            rows = pl.DataFrame([cells.typed[ROW], found.key, where.period])
            bench.hold(plan.ids["key"], answering.taken(rows), dataset.key)
            bench.hold(OTHERS, answering.others(rows), dataset.key, correct=False)
    for rule_id, mask in outliers(cells).items():
        bench.flag(rule_id, mask)
    if table.untidy is not None and len(table.untidy):
        bench.flag(UNTIDY, cells.typed[ROW].is_in(table.untidy.cast(pl.UInt32).implode()))
    return bench


def refusal(receipt: Receipt, error: TinhError) -> Judgement:
    """The verdict on a delivery that could not be read as a table at all."""
    del receipt  # kept in the signature: what is refused is a receipt
    verdict = Verdict("refused", 0, 0, 0, _NOTHING, (Reason(error.code, 0),), problem=error.as_dict())
    return Judgement(verdict, _system_columns(), nothing())


def _must_stand(bench: Bench, where: whereabouts.Whereabouts, found: keys.Keys) -> None:
    """What no decision can let through: a row nobody could find again, or place."""
    cells, ids = bench.cells, plan_for(bench.cells.dataset).ids
    if cells.dataset.key:
        bench.hold(ids["key"], found.key.is_null(), cells.dataset.key)
    if cells.dataset.place:
        bench.hold(ids["place"], where.place.is_null(), (cells.dataset.place.column,))
    if cells.dataset.period:
        bench.hold(ids["period"], where.period.is_null(), (cells.dataset.period.column,))


def _columns_of(arguments: object, dataset: Dataset) -> tuple[str, ...]:
    text = str(arguments)
    return tuple(c.name for c in dataset.columns if c.name in text)


def unclaimed(table: Table) -> list[str]:
    return [*(f"unknown:{name}" for name in table.unknown), *(f"missing:{name}" for name in table.missing)]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of a delivery came, are right, are held, and trip a flag; by rule and by flag."""

    height: int
    right: int
    held: int
    dirty: int
    failed: Mapping[str, int]
    flags: Mapping[str, int]


def concluded(
    counts: Counts,
    came: scores.Came,
    made: list[checks.Outcome],
    cleaning: tuple[tuple[str, int], ...],
    notes: list[str],
    refused: GateError | None,
) -> Verdict:
    failed_check = any(not m.check.passed and m.check.severity == "error" for m in made)
    accepted = counts.height - counts.held
    outcome: Outcome = "refused" if refused else "in part" if counts.held or failed_check else "accepted"
    return Verdict(
        outcome,
        counts.height,
        accepted,
        counts.held,
        Scores(
            correct=Score(counts.right, counts.height),
            sufficient=scores.sufficient(came),
            clean=Score(accepted - counts.dirty, accepted),
            alive=scores.alive(came),
        ),
        _reasons(counts.failed),
        tuple(m.check for m in made),
        cleaning,
        tuple(dict.fromkeys(notes)),
        refused.as_dict() if refused else None,
        _reasons(counts.flags),
    )


def _reasons(counted: Mapping[str, int]) -> tuple[Reason, ...]:
    return tuple(
        Reason(rule, n) for rule, n in sorted(counted.items(), key=lambda item: (-item[1], item[0])) if n
    )


def refused_by(dataset: Dataset, right: int, height: int, made: list[checks.Outcome]) -> GateError | None:
    if right < dataset.refuse_below * height or not right:
        return TooManyFail(right=right, received=height, percent=f"{dataset.refuse_below * 100:g}")
    for one in made:
        if one.hard:
            measured = one.check.measured
            return CheckFailed(rule=one.check.rule, measured=f"{measured:g}", expected=one.check.expected)
    return None


def _flag_lists(tripped: dict[str, pl.Series]) -> tuple[pl.Series, pl.Series]:
    """`_flags` of every row; lists are made only for the rows that trip something."""
    any_flag = reduce(or_, tripped.values())
    at = any_flag.arg_true()
    masks = pl.DataFrame({f"f{i}": mask.gather(at) for i, mask in enumerate(tripped.values())})
    names = [pl.when(pl.col(f"f{i}")).then(pl.lit(rule)) for i, rule in enumerate(tripped)]
    made = masks.select(pl.concat_list(names).list.drop_nulls().alias("_flags"))["_flags"]
    pool = pl.concat([pl.Series("_flags", [[]], pl.List(pl.String)), made])
    none = pl.Series("at", [0], pl.UInt32).new_from_index(0, len(any_flag))
    return pool.gather(none.scatter(at, pl.arange(1, len(at) + 1, dtype=pl.UInt32, eager=True))), any_flag


def _ordered(frame: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    return frame.select(*(c.name for c in dataset.columns), ROW, "_place", "_period", "_key", "_flags", AT)


def _system_columns() -> pl.DataFrame:
    text = pl.String()
    return pl.DataFrame(
        schema={
            ROW: pl.UInt32(),
            "_place": text,
            "_period": text,
            "_key": text,
            "_flags": pl.List(pl.String),
            AT: text,
        }
    )


def nothing(dataset: Dataset | None = None) -> pl.DataFrame:
    schema = {ROW: pl.UInt32(), "_rules": pl.List(pl.String), "_values": pl.String(), AT: pl.String()}
    if dataset is not None:
        schema |= {c.name: pl.String() for c in dataset.columns}
    return pl.DataFrame(schema=schema)
