"""What experts said of weights, checked against the tree: comparisons in pairs, budgets, limits."""

from __future__ import annotations

from collections.abc import Callable

from tinh.packs.findings import Keys
from tinh.packs.index import Element
from tinh.packs.indexfile import DoubtEntry, ElementEntry, IndexFile

RECIPROCAL = 0.03  # how far a_ij·a_ji may be from 1: 0.33 for a third is let through
CODE = "PCK168"
Add = Callable[[Keys, str, str, str, str, str], None]


def weights(entry: IndexFile, tree: Element, add: Add) -> None:
    """Faults (PCK168) of `method.weights` of the kinds ahp and budget, and of `doubt`, where they stand."""
    nodes = {e.id: [c for c in e.children if c.scored] for e in tree.everything() if e.children}
    _doubts(entry, nodes, add)
    how = entry.method.weights
    if how is None:
        return
    at: Keys = ("method", "weights")
    for kind, said in (("ahp", how.compare), ("budget", how.budgets)):
        if how.kind == kind and not said:
            key = "compare" if kind == "ahp" else "budgets"
            add((*at, "kind"), CODE, f"{kind} cần {key}", f"{kind} needs {key}", f"thêm {key}", f"add {key}")
    for node, experts in how.compare.items():
        if node not in nodes:
            add((*at, "compare", node), CODE, f"cây không có nút “{node}”", f'the tree has no node "{node}"',
                "sửa mã", "mend the id")  # fmt: skip
            continue
        for n, matrix in enumerate(experts):
            _matrix(matrix, len(nodes[node]), (*at, "compare", node, n), add)
    known = {e.id for e in tree.everything()}
    for n, budget in enumerate(how.budgets):
        for id, points in budget.items():
            if id not in known:
                add((*at, "budgets", n, id), CODE, f"cây không có phần tử “{id}”",
                    f'the tree has no element "{id}"', "sửa mã", "mend the id")  # fmt: skip
            if points < 0:
                add((*at, "budgets", n, id), CODE, "điểm không được âm", "points are not negative",
                    "viết số từ 0", "write a number from 0")  # fmt: skip
        for children in nodes.values():
            given = [budget[c.id] for c in children if c.id in budget]
            if given and sum(given) <= 0:
                add((*at, "budgets", n), CODE, "các nhánh cùng nút đều 0 điểm",
                    "the children of one node all have no points", "cho ít nhất một nhánh điểm",
                    "give one of them points")  # fmt: skip


def _matrix(matrix: list[list[float]], many: int, at: Keys, add: Add) -> None:
    if len(matrix) != many or any(len(row) != many for row in matrix):
        add(at, CODE, f"ma trận phải có {many} hàng và {many} cột, mỗi nhánh được tính một",
            f"the matrix has {many} rows and {many} columns, one for each counted child",
            "sửa ma trận", "mend the matrix")  # fmt: skip
        return
    for i in range(many):
        for j in range(i, many):
            if abs(matrix[i][j] * matrix[j][i] - 1) > RECIPROCAL:
                add((*at, i, j), CODE,
                    f"hàng {i + 1} cột {j + 1} là {matrix[i][j]:g}, chiều ngược lại là {matrix[j][i]:g},"
                    f" không phải nghịch đảo",
                    f"row {i + 1}, column {j + 1} is {matrix[i][j]:g}, the other way round"
                    f" {matrix[j][i]:g}, which is not its reciprocal",
                    "viết 3 ở một bên thì bên kia là 1/3; đường chéo là 1",
                    "3 on one side is 1/3 on the other; the diagonal is 1")  # fmt: skip


def _doubts(entry: IndexFile, nodes: dict[str, list[Element]], add: Add) -> None:
    _room(entry.method.doubt, 0, ("method", "doubt"), add)

    def walk(one: ElementEntry, at: Keys) -> None:
        _room(one.doubt, len(nodes.get(one.id, ())), (*at, "doubt"), add)
        for n, child in enumerate(one.children):
            walk(child, (*at, "children", n))

    walk(entry.tree, ("tree",))


def _room(limits: DoubtEntry | None, many: int, at: Keys, add: Add) -> None:
    if limits is None:
        return
    tight = many and (limits.least * many > 1 + 1e-9 or limits.most * many < 1 - 1e-9)
    if limits.least > limits.most or tight:
        add(at, CODE, f"không có trọng số nào nằm giữa {limits.least:g} và {limits.most:g}",
            f"no weights lie between {limits.least:g} and {limits.most:g}",
            "nới least hoặc most", "widen least or most")  # fmt: skip
