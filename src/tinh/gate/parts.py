"""What is kept of each piece of a large delivery, and how the pieces add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tinh.gate import checks, outliers, scores
from tinh.gate.judge import Bench, Counts
from tinh.gate.plan import Plan
from tinh.packs.api import Dataset

_BY_DEFAULT = ("trim", "nfc", "unseen", "spaces", "lookalikes", "empty", "footnote_mark", "own_unit",
               "read_thousands", "read_fractions")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One piece, judged: which rows of the delivery it holds and what was counted in it."""

    first: int
    counts: Counts
    ragged: int
    cleaning: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]
    filled: int
    counted: Mapping[str, int | None]  # by rules that look at the whole delivery
    ends: Mapping[str, tuple[Any, Any]]  # least and greatest value of measured columns


def part_of(first: int, bench: Bench, plan: Plan, counts: Counts, ragged: int) -> Part:
    cells = bench.cells
    wanted = [c.name for c in outliers.measured(cells.dataset) if c.name not in cells.missing]
    return Part(
        first,
        counts,
        ragged,
        tuple((c.step, c.values) for c in cells.table.cleaning),
        tuple(cells.notes),
        scores.filled(cells),
        {rule.id: checks.counted(rule, cells) for rule in plan.whole if rule.kind != "sql"},
        {name: (cells.typed[name].min(), cells.typed[name].max()) for name in wanted},
    )


def added(parts: Iterable[Part]) -> Counts:
    """The counts of all pieces together."""
    height = right = held = dirty = 0
    failed: Counter[str] = Counter()
    flags: Counter[str] = Counter()
    for part in parts:
        counts = part.counts
        height, right = height + counts.height, right + counts.right
        held, dirty = held + counts.held, dirty + counts.dirty
        failed.update(counts.failed)
        flags.update(counts.flags)
    return Counts(height, right, held, dirty, failed, flags)


def noted(parts: Iterable[Part], plan: Plan) -> list[str]:
    """Remarks of all pieces in the order of the rules they speak of, one for each rule."""
    order = {rule.id: n for n, rule in enumerate((*plan.rows, *plan.whole))}
    found: dict[str, str] = {}
    for part in parts:
        for note in part.notes:
            found.setdefault(subject(note) or note, note)
    return [note for _, note in sorted(found.items(), key=lambda item: order.get(item[0], -1))]


def subject(note: str) -> str:
    """The rule that a remark says could not be judged."""
    return note.split(":")[1] if note.startswith("unjudged:") else ""


def cleaned(parts: Iterable[Part], dataset: Dataset) -> tuple[tuple[str, int], ...]:
    """Values changed by each step, in the order in which a delivery read whole would name them."""
    total: Counter[str] = Counter()
    for part in parts:
        for step, count in part.cleaning:
            total[step] += count
    out: dict[str, int] = {}
    for column in dataset.columns:
        declared = [step.do for step in column.cleaning]
        # What is trimmed or composed unasked comes first, and leaves a declared step nothing to do.
        unasked = [do for do in _BY_DEFAULT if do not in declared or total[f"{column.name}: {do}"]]
        for do in (*unasked, *declared):
            step = f"{column.name}: {do}"
            if step in total:
                out.setdefault(step, total[step])
    out.update((step, count) for step, count in total.items() if step not in out)
    return tuple(out.items())
