"""Held rows as people see them: which rules, which raw values, and every raw cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from tinh.gate.cells import Cells
from tinh.sources.api import AT, ROW

Failed = Mapping[str, tuple[pl.Series, Sequence[str]]]  # rule id → (mask, columns it looks at)


def held_frame(cells: Cells, held: pl.Series, failed: Failed) -> pl.DataFrame:
    """`_row`, `_rules`, `_values` (JSON of the raw cells the failing rules look at), `_at`, raw cells;
    where some of these came as numbers and not as text, `_numeric` names them row by row."""
    at = held.arg_true()
    raw = cells.table.raw if cells.table.raw is not None else cells.raw
    names = [c.name for c in cells.dataset.columns if c.name in raw.columns]
    shown = raw.select(names)[at].select(_as_text(raw, n) for n in names)
    masks = {rule: mask.gather(at) for rule, (mask, _) in failed.items()}
    rules = _rules(masks, len(at))
    looked: dict[str, pl.Series] = {}
    for rule, (_, columns) in failed.items():
        for name in columns:
            if name in names:
                looked[name] = looked[name] | masks[rule] if name in looked else masks[rule]
    values = _values(shown, {name: looked[name] for name in names if name in looked})
    absent = [c.name for c in cells.dataset.columns if c.name not in names]
    row, where = cells.typed[ROW].gather(at), cells.typed[AT].gather(at)
    frame = pl.DataFrame([row, rules, values, where, *shown.get_columns()])
    numbers = {n: m.gather(at) for n, m in cells.table.numbers.items() if n in names}
    if any(mask.any() for mask in numbers.values()):
        frame = frame.with_columns(_rules(numbers, len(at)).alias("_numeric"))
    return frame.with_columns(pl.lit(None, pl.String).alias(n) for n in absent)


def _as_text(raw: pl.DataFrame, name: str) -> pl.Expr:
    kind = raw.schema[name]
    if kind == pl.String:
        return pl.col(name)
    if kind.is_nested():
        return pl.struct(name).struct.json_encode().alias(name)
    return pl.col(name).cast(pl.String, strict=False)


def _rules(masks: Mapping[str, pl.Series], count: int) -> pl.Series:
    if not masks:
        return pl.Series("_rules", [[]] * count, pl.List(pl.String))
    frame = pl.DataFrame({f"r{i}": mask for i, mask in enumerate(masks.values())})
    tests = [pl.when(pl.col(f"r{i}")).then(pl.lit(rule)) for i, rule in enumerate(masks)]
    return frame.select(pl.concat_list(tests).list.drop_nulls().alias("_rules"))["_rules"]


def _values(shown: pl.DataFrame, looked: Mapping[str, pl.Series]) -> pl.Series:
    if not looked:
        return pl.Series("_values", ["{}"], pl.String).new_from_index(0, shown.height)
    masked = shown.with_columns(mask.alias(f"\x00{name}") for name, mask in looked.items())
    pieces = [
        pl.when(pl.col(f"\x00{name}")).then(
            pl.struct(name).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
        )
        for name in looked
    ]
    joined = pl.concat_str(pieces, separator=",", ignore_nulls=True)
    return masked.select((pl.lit("{") + joined + pl.lit("}")).alias("_values"))["_values"]
