"""What other rooms ask about pilots; the methods load only when one is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from tinh.insight.pilots.evaluate import Evaluation, Told
    from tinh.insight.pilots.power import Power
    from tinh.packs.api import Pilot


def pilot_table(file: Path) -> pl.DataFrame:
    """A long CSV as columns of text. Raises BadTable."""
    from tinh.insight.pilots.panel import read_table

    return read_table(file)


def judge_pilot(pilot: Pilot, table: pl.DataFrame, told: Told | None = None) -> Evaluation:
    """A declared pilot over a long table (a row a unit and period). Raises errors INS090 to INS097."""
    from tinh.insight.pilots.evaluate import evaluate

    return evaluate(pilot, table, told)


def pilot_told(found: Evaluation) -> Mapping[str, Any]:
    """Everything found, ready for JSON."""
    from tinh.insight.pilots.told import as_dict

    return as_dict(found)


def pilot_power(
    pilot: Pilot, table: pl.DataFrame, periods: int | None = None, chance: float = 0.8, draws: int = 1999,
    told: Callable[[int], None] | None = None,
) -> Power:  # fmt: skip
    """The smallest effect the pilot could show if watched for `periods`, by the periods before its start.
    Raises errors INS090 to INS097."""
    from tinh.insight.pilots.panel import panel_of
    from tinh.insight.pilots.power import power

    panel = panel_of(pilot, table, planned=True)
    return power(panel, periods, 1 - pilot.level / 100, chance, draws, pilot.seed, told)
