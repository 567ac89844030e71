"""A mixed-integer program put together in pieces and solved by HiGHS (Huangfu & Hall 2018)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from tinh.insight.sitings.worth import Floats, Ints

Status = Literal["optimal", "infeasible", "stopped"]
_FREE = 1e30


@dataclass(frozen=True, eq=False)
class Answer:
    """`values` by column (None: no solution found), `bound` on the objective, `duals` by row of an LP."""

    status: Status
    values: Floats | None
    objective: float
    bound: float
    duals: Floats | None = None


@dataclass
class Program:
    """minimise cost · x, low ≤ A x ≤ high, lower ≤ x ≤ upper, some x whole."""

    cost: list[Floats] = field(default_factory=list)
    lower: list[Floats] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)
    whole: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    low: list[Floats] = field(default_factory=list)
    high: list[Floats] = field(default_factory=list)
    at: list[Ints] = field(default_factory=list)
    of: list[Ints] = field(default_factory=list)
    value: list[Floats] = field(default_factory=list)
    columns: int = 0
    rows: int = 0

    def add_columns(
        self, cost: npt.ArrayLike, upper: npt.ArrayLike = 1.0, lower: npt.ArrayLike = 0.0, whole: bool = False
    ) -> Ints:
        """New columns; returns their numbers."""
        c = np.atleast_1d(np.asarray(cost, dtype=np.float64))
        many = len(c)
        self.cost.append(c)
        self.lower.append(np.broadcast_to(np.asarray(lower, dtype=np.float64), (many,)).copy())
        self.upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), (many,)).copy())
        self.whole.append(np.full(many, whole))
        self.columns += many
        return np.arange(self.columns - many, self.columns)

    def add_rows(
        self,
        many: int,
        at: npt.ArrayLike,
        of: npt.ArrayLike,
        value: npt.ArrayLike,
        low: npt.ArrayLike = -_FREE,
        high: npt.ArrayLike = _FREE,
    ) -> Ints:
        """`many` new rows with entries (row within these, column, value); returns their numbers."""
        rows = np.asarray(at, dtype=np.int64)
        self.at.append(rows + self.rows)
        self.of.append(np.asarray(of, dtype=np.int64))
        self.value.append(np.broadcast_to(np.asarray(value, dtype=np.float64), rows.shape).copy())
        self.low.append(np.broadcast_to(np.asarray(low, dtype=np.float64), (many,)).copy())
        self.high.append(np.broadcast_to(np.asarray(high, dtype=np.float64), (many,)).copy())
        self.rows += many
        return np.arange(self.rows - many, self.rows)

    def solve(
        self,
        seconds: float,
        *,
        gap: float = 0.0,
        absolute: float = 1e-6,
        seed: int = 0,
        start: Floats | None = None,
        relaxed: bool = False,
        told: Callable[[float, float], None] | None = None,
    ) -> Answer:
        """Solve it, or its linear relaxation by the interior point method without crossover."""
        import highspy
        from scipy.sparse import coo_matrix

        if not self.columns:
            return Answer("optimal", np.zeros(0), 0.0, 0.0, np.zeros(self.rows))
        made: Any = highspy.Highs
        solver = made()
        options: dict[str, Any] = {
            "output_flag": False,
            "time_limit": float(max(0.05, seconds)),
            "random_seed": seed % 2**31,
            "mip_rel_gap": gap,
            "mip_abs_gap": absolute,
            "threads": 4,
            "mip_feasibility_tolerance": 1e-7,
        }
        if relaxed:
            options |= {"solver": "ipm", "run_crossover": "off"}
        for name, value in options.items():
            solver.setOptionValue(name, value)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.columns, self.rows
        model.col_cost_ = np.concatenate(self.cost)
        model.col_lower_, model.col_upper_ = np.concatenate(self.lower), np.concatenate(self.upper)
        model.row_lower_ = _joined(self.low)
        model.row_upper_ = _joined(self.high)
        whole = np.concatenate(self.whole)
        if not relaxed and whole.any():
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            model.integrality_ = [kinds[int(w)] for w in whole]
        matrix = coo_matrix(
            (_joined(self.value), (_joined(self.at), _joined(self.of))), shape=(self.rows, self.columns)
        ).tocsc()
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data
        solver.passModel(model)
        if start is not None:
            guess = highspy.HighsSolution()
            guess.col_value = [float(v) for v in start]
            solver.setSolution(guess)
        if told is not None and not relaxed:
            solver.cbMipImprovingSolution.subscribe(
                lambda e: told(e.data_out.mip_primal_bound, e.data_out.mip_dual_bound)
            )
        solver.run()
        return _answer(solver, highspy, relaxed or not whole.any())


def _answer(solver: Any, highspy: Any, linear: bool) -> Answer:
    state, info, found = solver.getModelStatus(), solver.getInfo(), solver.getSolution()
    status: Status = "stopped"
    if state == highspy.HighsModelStatus.kOptimal:
        status = "optimal"
    elif state in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        status = "infeasible"
    there = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible or linear
    values = np.asarray(found.col_value, dtype=np.float64) if there and len(found.col_value) else None
    bound = info.objective_function_value if linear else info.mip_dual_bound
    duals = np.asarray(found.row_dual, dtype=np.float64) if linear and len(found.row_dual) else None
    if linear and status != "optimal":
        bound = -np.inf
    return Answer(status, values, float(info.objective_function_value), float(bound), duals)


def _joined(parts: list[Any]) -> Any:
    return np.concatenate(parts) if parts else np.zeros(0)
