"""A delivery before its contract: accepted rows, held rows, four scores, one verdict."""

from __future__ import annotations

from functools import reduce
from operator import or_

import polars as pl

from tinh.gate import checks, keys, scores, whereabouts
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
RELEASED = "released"
_NOTHING = Scores(Score(0, 0), Score(0, 0), Score(0, 0), Score(0, 0))


class _Bench:
    """What each rule found, while one delivery is judged."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
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


def judge(table: Table, dataset: Dataset, receipt: Receipt, known: Known) -> Judgement:
    """Every row against every rule. Rows that fail are held with all their reasons; nothing
    is mended here. A refused delivery lets no row through."""
    if not table.frame.height:
        return refusal(receipt, NothingReceived())
    plan = plan_for(dataset)
    cells = read_cells(table, dataset, receipt, known)
    bench = _Bench(cells)
    where = whereabouts.find(cells)
    cells.typed = cells.typed.with_columns(where.place)
    found = keys.find(cells, where)
    cells.copies = found.copies
    if table.ragged:
        bench.hold(SHAPE, cells.typed[ROW].is_in(list(table.ragged)), tuple(c.name for c in dataset.columns))
    for name, faulty in table.faulty.items():
        bench.hold(CELL_ERROR, faulty, (name,))
    answering = known.answering
    rules = plan.rows
    if answering and answering.released:
        rules = tuple(rule for rule in plan.rows if rule.kind == "type")
        bench.flag(RELEASED, cells.true())
        _must_stand(bench, where, found)
    masks = side_by_side(lambda rule: failing(rule, cells), rules, cells.height)
    for rule, mask in zip(rules, masks, strict=True):
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
            taken = answering.taken(pl.DataFrame([found.key, where.period]))
            bench.hold(plan.ids["key"], taken, dataset.key)
    made = [] if answering else checks.run(plan.whole, cells)
    for rule_id, mask in outliers(cells).items():
        bench.flag(rule_id, mask)
    if table.untidy is not None and len(table.untidy):
        bench.flag(UNTIDY, cells.typed[ROW].is_in(table.untidy.cast(pl.UInt32).implode()))
    return _conclude(bench, where, found, made)


def refusal(receipt: Receipt, error: TinhError) -> Judgement:
    """The verdict on a delivery that could not be read as a table at all."""
    del receipt  # kept in the signature: what is refused is a receipt
    verdict = Verdict("refused", 0, 0, 0, _NOTHING, (Reason(error.code, 0),), problem=error.as_dict())
    return Judgement(verdict, _system_columns(), _held_columns())


def _must_stand(bench: _Bench, where: whereabouts.Whereabouts, found: keys.Keys) -> None:
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


def _conclude(
    bench: _Bench, where: whereabouts.Whereabouts, found: keys.Keys, made: list[checks.Outcome]
) -> Judgement:
    cells = bench.cells
    dataset, table, height = cells.dataset, cells.table, cells.height
    wrong = 0 if bench.wrong is None else int(bench.wrong.sum())
    right = height - wrong
    refused = None if cells.known.answering else _refused(dataset, right, height, made)
    if refused is not None:
        left = cells.true() if bench.held is None else ~bench.held
        bench.hold(REFUSED, left, correct=False)
    held_count = 0 if bench.held is None else int(bench.held.sum())
    accepted_count = height - held_count
    accepted, flags, dirty = _accept(bench, where, found)
    notes = [*table.notes, *cells.notes, *(f"unknown:{name}" for name in table.unknown)]
    notes += [f"missing:{name}" for name in table.missing]
    if accepted.height and dataset.kind == "stream" and dataset.key and cells.known.seen is not None:
        repeated = cells.known.seen(accepted.select("_key", "_period"))
        count = int(repeated.sum())
        if count:
            notes.append(f"known:{count}")
            accepted = accepted.filter(~repeated)
    failed_check = any(not m.check.passed and m.check.severity == "error" for m in made)
    outcome: Outcome = "refused" if refused else "in part" if held_count or failed_check else "accepted"
    counted = {**{rule: int(mask.sum()) for rule, (mask, _) in bench.failed.items()}}
    verdict = Verdict(
        outcome,
        height,
        accepted_count,
        held_count,
        Scores(
            correct=Score(right, height),
            sufficient=scores.sufficient(cells, where),
            clean=Score(accepted_count - dirty, accepted_count),
            alive=scores.alive(cells, where),
        ),
        tuple(Reason(rule, n) for rule, n in sorted(counted.items(), key=lambda item: (-item[1], item[0]))),
        tuple(m.check for m in made),
        tuple((c.step, c.values) for c in table.cleaning),
        tuple(dict.fromkeys(notes)),
        refused.as_dict() if refused else None,
        tuple(
            Reason(rule, n) for rule, n in sorted(flags.items(), key=lambda item: (-item[1], item[0])) if n
        ),
    )
    held = held_frame(cells, bench.held, bench.failed) if bench.held is not None else _held_columns(dataset)
    return Judgement(verdict, accepted, held, {"flags": flags})


def _refused(dataset: Dataset, right: int, height: int, made: list[checks.Outcome]) -> GateError | None:
    if right < dataset.refuse_below * height or not right:
        return TooManyFail(right=right, received=height, percent=f"{dataset.refuse_below * 100:g}")
    for one in made:
        if one.hard:
            measured = one.check.measured
            return CheckFailed(rule=one.check.rule, measured=f"{measured:g}", expected=one.check.expected)
    return None


def _accept(
    bench: _Bench, where: whereabouts.Whereabouts, found: keys.Keys
) -> tuple[pl.DataFrame, dict[str, int], int]:
    """The accepted frame, how many of its rows trip each flag, and how many trip any."""
    cells = bench.cells
    good = None if bench.held is None else ~bench.held
    frame = cells.typed.drop("_place")
    said = [where.place, where.period, found.key]
    known = [series for series in said if series.null_count() < cells.height]
    frame = frame.with_columns(known)
    frame = frame if good is None else frame.filter(good)
    blank = [s.clear() for s in said if s.null_count() == cells.height]
    frame = frame.with_columns(s.extend_constant(None, 1).new_from_index(0, frame.height) for s in blank)
    flags = {rule: mask if good is None else mask.filter(good) for rule, mask in bench.flags.items()}
    counts = {rule: int(mask.sum()) for rule, mask in flags.items()}
    tripped = {rule: mask for rule, mask in flags.items() if counts[rule]}
    if not tripped:
        empty = pl.Series("_flags", [], pl.String).reshape((frame.height, 0)).arr.to_list()
        return _ordered(frame.with_columns(empty), cells.dataset), {}, 0
    lists, any_flag = _flag_lists(tripped)
    frame = frame.with_columns(lists)
    return _ordered(frame, cells.dataset), {r: counts[r] for r in tripped}, int(any_flag.sum())


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


def _held_columns(dataset: Dataset | None = None) -> pl.DataFrame:
    schema = {ROW: pl.UInt32(), "_rules": pl.List(pl.String), "_values": pl.String(), AT: pl.String()}
    if dataset is not None:
        schema |= {c.name: pl.String() for c in dataset.columns}
    return pl.DataFrame(schema=schema)
