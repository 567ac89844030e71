"""Group-time effects for pilots that start at several times.

Callaway & Sant'Anna (2021), "Difference-in-differences with multiple time periods", J. Econometrics 225:
ATT(g,t) of eq. 2.8 (never treated) and 2.9 (not yet treated), periods before compared with the one just
before them (`varying`) or with the base period (`universal`), as the reference implementation `did` for R
defines them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tinh.insight.pilots.fixed import wald
from tinh.insight.pilots.panel import NEVER, Flags, Floats, Panel
from tinh.insight.pilots.twoperiod import effect
from tinh.kit.errors import Text
from tinh.packs.api import GroupTime


@dataclass(frozen=True)
class Cell:
    """ATT(g,t): `group` and `time` index the panel's periods."""

    group: int
    time: int
    value: float
    after: bool
    known: bool = True  # False: zero by definition (the universal base)


@dataclass(frozen=True)
class GroupTimes:
    """Every cell with its influence function (units × cells, scaled so that V = inf'inf / n)."""

    cells: tuple[Cell, ...]
    influence: Floats
    panel: Panel
    notes: tuple[Text, ...] = ()
    shares: dict[int, float] = field(default_factory=dict)  # group → its share of all units

    @property
    def n(self) -> int:
        return len(self.panel.units)

    def errors(self, influence: Floats) -> Floats:
        """Standard errors of columns of influence functions, gathered by cluster."""
        sums = np.zeros((self.panel.clusters, influence.shape[1]))
        np.add.at(sums, self.panel.cluster, influence)
        out: Floats = np.sqrt((sums**2).sum(axis=0)) / self.n
        return out

    def before(self) -> tuple[float, int, float]:
        """Wald statistic (chi-squared), restrictions and p of all effects before the start being zero."""
        from scipy import stats

        at = [k for k, c in enumerate(self.cells) if not c.after and c.known]
        if not at:
            return float("nan"), 0, float("nan")
        sums = np.zeros((self.panel.clusters, len(at)))
        np.add.at(sums, self.panel.cluster, self.influence[:, at])
        cov = sums.T @ sums / self.n**2
        statistic, rank, _ = wald(np.array([self.cells[k].value for k in at]), cov, 1)
        if rank < len(at):  # too few clusters to weigh that many effects together
            return float("nan"), len(at), float("nan")
        return statistic * rank, rank, float(stats.chi2.sf(statistic * rank, rank))


def group_times(panel: Panel, choices: GroupTime, covariates: tuple[str, ...] = ()) -> GroupTimes:
    """All ATT(g,t) of a panel. Units with holes are left out when most have none, as `did` does; else each
    comparison takes the units seen in both of its periods."""
    notes: list[Text] = []
    whole: Flags = np.asarray(~np.isnan(panel.y).any(axis=1))
    for name in covariates:
        whole = whole & ~np.isnan(panel.x[name]).any(axis=1)
    kept = panel.keep(whole) if whole.any() else panel
    if whole.all():
        pass
    elif whole.mean() >= 0.5 and set(kept.cohorts) == set(panel.cohorts) and (kept.start == NEVER).any():
        panel = kept
        notes.append(
            Text(f"Hiệu ứng nhóm–kỳ bỏ {int((~whole).sum())} đơn vị thiếu số liệu ở một số kỳ.",
                 f"Group-time effects leave out {int((~whole).sum())} units with missing periods.")
        )  # fmt: skip
    else:
        notes.append(
            Text("Hiệu ứng nhóm–kỳ dùng, ở mỗi phép so, các đơn vị có số liệu ở cả hai kỳ.",
                 "Group-time effects use, in each comparison, the units seen in both periods.")
        )  # fmt: skip
    never = bool((panel.start == NEVER).any())
    control = choices.control
    groups, last = panel.cohorts, len(panel.times)
    if not never:
        if control == "never":
            notes.append(
                Text("Không có đơn vị nào không bao giờ tham gia; so với đơn vị chưa bắt đầu.",
                     "No unit is never treated; those not treated yet are compared with.")
            )  # fmt: skip
            control = "not_yet"
        last, groups = max(groups) - choices.anticipation, groups[:-1]
    cells: list[Cell] = []
    columns: list[Floats] = []
    n = len(panel.units)
    failed = 0
    for g in groups:
        base = g - choices.anticipation - 1
        if base < 0:
            notes.append(Text(f"Nhóm bắt đầu {panel.times[g]} không có kỳ trước để so.",
                              f"The group of {panel.times[g]} has no period before."))  # fmt: skip
            continue
        for t in range(0 if choices.base == "universal" else 1, last):
            early = t < g - choices.anticipation
            before = t - 1 if early and choices.base == "varying" else base
            if t == before:
                cells.append(Cell(g, t, 0.0, False, known=False))
                columns.append(np.zeros(n))
                continue
            found = _cell(panel, g, t, before, control, choices, covariates)
            if found is None:
                failed += 1
                continue
            cells.append(Cell(g, t, found[0], t >= g))
            columns.append(found[1])
    if failed:
        notes.append(
            Text(f"{failed} phép so nhóm–kỳ không tính được (quá ít đơn vị hoặc biến không tách được).",
                 f"{failed} group-time comparisons cannot be computed (too few units, or no overlap).")
        )  # fmt: skip
    shares = {g: float((panel.start == g).mean()) for g in groups}
    matrix = np.column_stack(columns) if columns else np.zeros((n, 0))
    return GroupTimes(tuple(cells), matrix, panel, tuple(notes), shares)


def _cell(
    panel: Panel, g: int, t: int, before: int, control: str, choices: GroupTime, covariates: tuple[str, ...]
) -> tuple[float, Floats] | None:
    treated = panel.start == g
    compared = panel.start == NEVER
    if control == "not_yet":
        compared |= (panel.start > max(t, before) + choices.anticipation) & ~treated
    change = panel.y[:, t] - panel.y[:, before]
    use = (treated | compared) & ~np.isnan(change)
    x = np.column_stack([np.ones(len(change)), *(panel.x[c][:, before] for c in covariates)])
    use &= ~np.isnan(x).any(axis=1)
    d = treated[use].astype(float)
    if not d.any() or d.all() or min(d.sum(), (1 - d).sum()) < 1 or (1 - d).sum() < x.shape[1]:
        return None
    try:
        value, inside = effect(change[use], d, x[use], choices.estimator)
    except np.linalg.LinAlgError:
        return None
    influence = np.zeros(len(change))
    influence[use] = inside * (len(change) / use.sum())
    return value, influence
