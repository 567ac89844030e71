"""A panel cut into blocks: the units that start together, and those that can stand in for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinh.insight.pilots.panel import NEVER, Floats, Ints, Panel
from tinh.kit.errors import Text


@dataclass(frozen=True)
class Block:
    """`treated` (units × periods) starts at index `before` of `periods`; `controls` never do. No holes."""

    start: int  # index into the panel's periods
    treated: Floats
    controls: Floats
    before: int
    periods: Ints
    treated_at: Ints  # rows of the panel
    controls_at: Ints

    @property
    def after(self) -> int:
        return len(self.periods) - self.before

    @property
    def cells(self) -> int:
        """Treated unit-periods: the weight of the block among others."""
        return len(self.treated) * self.after


def blocks(panel: Panel) -> tuple[list[Block], list[Text]]:
    """One block a start. Periods a treated unit lacks are left out, then controls with holes; said."""
    out: list[Block] = []
    notes: list[Text] = []
    never = np.flatnonzero(panel.start == NEVER)
    for start in panel.cohorts:
        mine = np.flatnonzero(panel.start == start)
        periods = np.flatnonzero(~np.isnan(panel.y[mine]).any(axis=0))
        before = int((periods < start).sum())
        whole = never[~np.isnan(panel.y[np.ix_(never, periods)]).any(axis=1)]
        label = panel.times[start]
        if before < 2 or before == len(periods) or len(whole) < 2:
            notes.append(
                Text(f"Nhóm bắt đầu {label}: không đủ kỳ hoặc đơn vị cho đối chứng tổng hợp.",
                     f"The group that starts in {label}: too few periods or units for synthetic methods.")
            )  # fmt: skip
            continue
        lost, short = len(panel.times) - len(periods), len(never) - len(whole)
        if lost or short:
            notes.append(
                Text(f"Đối chứng tổng hợp ({label}) bỏ {lost} kỳ và {short} đơn vị thiếu số liệu.",
                     f"Synthetic methods ({label}) leave out {lost} periods and {short} units with holes.")
            )  # fmt: skip
        out.append(
            Block(start, panel.y[np.ix_(mine, periods)], panel.y[np.ix_(whole, periods)], before,
                  periods, mine, whole)
        )  # fmt: skip
    return out, notes
