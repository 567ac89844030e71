"""What stored forecasts say of each place: middle and interval at a period, how likely a target is met."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tinh.insight.outlooks.foreseeing import paths_at
from tinh.insight.outlooks.hierarchies import adds
from tinh.insight.outlooks.histories import due_period, steps
from tinh.insight.outlooks.likelihoods import Word, word
from tinh.insight.outlooks.natures import nature_of
from tinh.insight.outlooks.supposing import share_reaching
from tinh.insight.outlooks.targets import limits
from tinh.packs.api import Catalogue, Indicator, Target


@dataclass(frozen=True)
class AtPlace:
    """`likely` is the share of paths at or beyond the target, None where no paths reach its day or the series
    could not be forecast; `own`: the target is the place's and not the province's."""

    place: str
    period: str
    mean: float
    low80: float
    high80: float
    likely: float | None
    verdict: Word | None
    target: Target | None
    own: bool
    simulated: bool


def by_place(indicator: Indicator, catalogue: Catalogue, kept: pl.DataFrame, period: str) -> list[AtPlace]:
    """A row a place but the province, at the due of its own open target, else of the province's, else at
    `period`; the least likely first, then by place. `kept` are the newest forecasts of the indicator."""
    out, province, nature = [], catalogue.place, nature_of(indicator, catalogue)
    shared = () if adds(indicator) else indicator.targets  # no part can be held to the level of a sum
    rows = kept.filter((pl.col("version") == indicator.version) & (pl.col("place") != province))
    for row in rows.iter_rows(named=True):
        periods = row["periods"] or []
        own = indicator.targets_of(row["place"], province)
        targets = sorted((*own, *shared), key=lambda t: (t not in own, t.by))
        target = next((t for t in targets if due_period(t.by, indicator.period) in periods), None)
        at = due_period(target.by, indicator.period) if target else period
        if at not in periods or not row["mean"]:
            continue
        k, ends = periods.index(at), paths_at(row, at, nature) if target else None
        likely = None if ends is None or target is None else share_reaching(indicator, ends, target.value)
        far = steps(row["origin"], at) > (row["values"] or 0)
        out.append(
            AtPlace(
                row["place"], at, row["mean"][k], row["lo_80"][k], row["hi_80"][k], likely,
                None if likely is None else word(likely, limits(catalogue.verdicts), far),
                target, target in own, bool(row["simulated"]),
            )
        )  # fmt: skip
    return sorted(out, key=lambda one: (2.0 if one.likely is None else one.likely, one.place))
