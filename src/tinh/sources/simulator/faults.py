"""Planting faults in a sheet, each written down where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tinh.places.api import Unit
from tinh.sources.simulator import dice
from tinh.sources.simulator.ground import Ground
from tinh.sources.simulator.settings import FaultPlan
from tinh.sources.simulator.sheet import Fault, Row, Sheet


def plant(ground: Ground, sheet: Sheet, sender: int, turn: int, key: tuple[str, ...]) -> Iterator[Sheet]:
    """The sheet with the faults due in its sender's `turn`-th delivery, then the files that mend them."""
    clean = sheet.of_rows(list(range(len(sheet.rows))), sheet.filename, sheet.sent_at)
    free = list(range(len(sheet.rows)))
    followers: list[Sheet] = []
    for number, plan in enumerate(ground.settings.faults):
        if plan.sender not in (-1, sender) or turn < plan.first or (turn - plan.first) % plan.every:
            continue
        drawn = dice.pick(plan.rows, len(free), *ground.seed, *key, "fault", str(number))
        rows = [free[i] for i in drawn]
        _do(ground, sheet, plan, rows)
        free = [i for i in free if i not in rows]
        if plan.mended and any(fault.kind == plan.kind for fault in sheet.faults):
            whole = plan.kind == "wrong_encoding"
            stem, dot, end = sheet.filename.rpartition(".")
            sent = sheet.sent_at + timedelta(days=plan.mended)
            kept = list(range(len(clean.rows))) if whole else sorted(rows)
            followers.append(clean.of_rows(kept, f"{stem}-dinh-chinh-{number + 1}{dot}{end}", sent))
        if plan.kind == "repeated_file":
            followers.append(_again(sheet))
    yield sheet
    yield from followers


def _again(sheet: Sheet) -> Sheet:
    """The very same file, sent once more an hour later."""
    copy = sheet.of_rows(list(range(len(sheet.rows))), sheet.filename, sheet.sent_at + timedelta(hours=1))
    copy.rows = sheet.rows
    return copy


def _note(ground: Ground, sheet: Sheet, plan: FaultPlan, index: int, column: str = "") -> None:
    row = index + 2 if index >= 0 else 0
    place = sheet.places[index] if index >= 0 else ""
    holds = plan.holds and plan.kind != "repeated_file"
    sheet.faults.append(
        Fault(ground.dataset.id, sheet.filename, row, plan.kind, column or plan.column, place, holds)
    )


def _do(ground: Ground, sheet: Sheet, plan: FaultPlan, rows: list[int]) -> None:
    if plan.kind == "wrong_encoding":
        if sheet.form != "xlsx":  # a workbook carries its encoding with it
            sheet.garbled = True
            _note(ground, sheet, plan, -1)
    elif plan.kind == "repeated_file":
        _note(ground, sheet, plan, -1)
    for index in rows:
        row = sheet.rows[index]
        if plan.kind in ("duplicate_row", "conflicting_row"):
            _repeat(ground, sheet, plan, index, row)
        elif plan.kind == "wrong_code":
            row[plan.column] = plan.text
            _note(ground, sheet, plan, index)
        elif plan.kind == "old_place":
            old = _abolished(ground, sheet, index)
            if old is not None:
                binding = ground.dataset.place
                row[plan.column] = old.code if binding and binding.by == "code" else old.name
                _note(ground, sheet, plan, index)
        elif plan.kind == "impossible":
            row[plan.column] = str(int(float(row[plan.above] or 0)) + 3)
            _note(ground, sheet, plan, index)
        elif plan.kind in ("text_in_number", "outlier"):
            row[plan.column] = str(int(float(row[plan.column]) * plan.factor)) if plan.factor else plan.text
            _note(ground, sheet, plan, index)
        elif plan.kind == "missing_required":
            row[plan.column] = ""
            _note(ground, sheet, plan, index)


def _repeat(ground: Ground, sheet: Sheet, plan: FaultPlan, index: int, row: Row) -> None:
    """A second row of the same key at the end: the same, or with another figure in `column`."""
    copy = dict(row)
    if plan.kind == "conflicting_row":
        copy[plan.column] = plan.text
        _note(ground, sheet, plan, index)
    sheet.rows.append(copy)
    sheet.places.append(sheet.places[index])
    _note(ground, sheet, plan, len(sheet.rows) - 1)


def _abolished(ground: Ground, sheet: Sheet, index: int) -> Unit | None:
    """A unit of the time before the reform that means nothing on the day of the delivery."""
    today = ground.local(sheet.sent_at).date()
    before = ground.communes(date(2025, 6, 30))
    for turn in dice.pick(len(before), len(before), *ground.seed, sheet.filename, "old", str(index)):
        old = before[turn]
        if ground.gazetteer.find(old.code, today) is not None:
            continue
        if (
            ground.gazetteer.resolve(old.name, today, within=ground.province, levels=["commune"]).status
            == "none"
        ):
            return old
    return None
