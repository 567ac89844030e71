"""Weights and rankings of the OECD/JRC handbook (2008), step 6, against the numbers it prints."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tinh.insight import api as insight
from tinh.insight.composite.aggregating import Options, aggregate, outranking
from tinh.insight.composite.experts import from_pairs
from tinh.insight.composite.frontier import benefit
from tinh.insight.composite.orders import kemeny
from tinh.insight.composite.unobserved import unobserved
from tinh.kit.errors import TinhError
from tinh.packs import api as packs

TREE = """
format: 1
id: index
method:
  normalise: none
  {method}
tree:
  id: index
  children: [{id: a}, {id: b}, {id: c}]
"""
ROWS = {"unit": ["p", "q", "r", "s"], "a": [4, 3, 2, 1], "b": [1, 3, 2, 4], "c": [2, 2, 1, 4]}


def built(
    tmp_path: Path, method: str, rows: dict[str, list[object]] | None = None, tree: str = TREE
) -> insight.Builder:
    file = tmp_path / "tree.yaml"
    file.write_text(tree.replace("{method}", method), "utf-8")
    index = packs.index_file(file)
    return insight.Builder(index, insight.unit_table(pl.DataFrame(rows or ROWS), index))


def orders(groups: list[tuple[int, str]]) -> tuple[np.ndarray, np.ndarray]:
    """Values that rank units as groups of indicators do (“how many, best to worst”), and their weights."""
    units = sorted(groups[0][1])
    x = np.array([[len(units) - order.index(u) for _, order in groups] for u in units], dtype=float)
    return x, np.array([float(many) for many, _ in groups])


# ── rankings by pairs ───────────────────────────────────────────────────────────────


def test_the_ranking_with_most_support_solves_condorcets_cycle_as_the_handbook_prints() -> None:
    """Handbook, tables 28 and 30 and p. 111: 60 indicators in a cycle; b, c, a has 104 of the support."""
    x, w = orders([(23, "abc"), (17, "bca"), (2, "bac"), (10, "cab"), (8, "cba")])
    support = outranking(x, w)
    assert (support * 60).round(9).tolist() == [[0, 33, 25], [27, 0, 42], [35, 18, 0]]
    best = kemeny(support).order
    assert best == [1, 2, 0]
    assert sum(support[best[i], best[j]] for i, j in ((0, 1), (0, 2), (1, 2))) * 60 == pytest.approx(104)


def test_where_there_is_a_condorcet_order_it_is_the_one() -> None:
    """Handbook, tables 25 and 27: c, b, d, a of 21 indicators, though most put a first."""
    x, w = orders([(3, "abcd"), (5, "acbd"), (7, "bdca"), (6, "cbda")])
    assert kemeny(outranking(x, w)).order == [2, 1, 3, 0]


def test_five_countries_have_the_outranking_matrix_and_support_that_are_printed() -> None:
    """Handbook, tables 35 to 37: Finland, the United States, Sweden, Japan, Korea; best support 6.375."""
    x = np.array(
        [
            [187, 125.6, 200.2, 50.7, 3.080, 4.150, 10, 27.4],
            [289, 130, 179.1, 66.2, 2.997, 4.073, 12, 13.9],
            [271, 156.6, 125.8, 59.7, 3.096, 4.145, 11.4, 15.3],
            [994, 64.6, 49, 80.8, 3.003, 3.865, 9.5, 10],
            [779, 9.8, 4.8, 66.7, 2.972, 3.653, 10.8, 23.2],
        ]
    )
    support = outranking(x, np.ones(8))
    assert support[0].tolist() == [0, 0.5, 0.375, 0.75, 0.625]
    assert support[2].tolist() == [0.625, 0.5, 0, 0.75, 0.625]
    best = kemeny(support).order
    assert best[3:] == [3, 4]
    assert best[:3] in ([1, 2, 0], [2, 0, 1], [2, 1, 0])
    assert sum(support[a, b] for n, a in enumerate(best) for b in best[n + 1 :]) == pytest.approx(6.375)
    assert aggregate(x, np.ones(8), "kemeny").tolist() == [4.0 - best.index(n) for n in range(5)]


def test_no_other_ranking_has_more_support_with_weights_ties_and_gaps() -> None:
    rng = np.random.default_rng(11)
    for _ in range(12):
        x = rng.integers(0, 4, (6, 5)).astype(float)
        x[rng.random(x.shape) < 0.1] = np.nan
        support = outranking(x, rng.random(5))

        def held(order: tuple[int, ...] | list[int], e: np.ndarray = support) -> float:
            return float(sum(e[a, b] for n, a in enumerate(order) for b in order[n + 1 :]))

        assert held(kemeny(support).order) == pytest.approx(max(map(held, permutations(range(6)))))


def tournament(units: int, seed: int = 5) -> np.ndarray:
    """Who beats whom by lot: the hardest there is to rank."""
    upper = np.triu(np.random.default_rng(seed).integers(0, 2, (units, units)), 1).astype(float)
    return upper + np.tril(1 - upper.T, -1)


def test_a_ranking_that_cannot_be_proven_in_time_says_so_and_how_good_it_is() -> None:
    from itertools import combinations

    for units, until in ((9, 0.0), (9, float("inf")), (200, float("inf"))):
        e = tournament(units)
        found = kemeny(e, until)
        assert sorted(found.order) == list(range(units))
        held = sum(e[a, b] for a, b in combinations(found.order, 2))
        assert found.proven == (units == 9 and until > 0)
        if units == 9:
            best = held if found.proven else sum(e[a, b] for a, b in combinations(kemeny(e).order, 2))
            assert found.share <= held / best + 1e-12 and held >= 0.9 * best
        else:
            assert 0.5 < found.share < 1 and held > 0.55 * units * (units - 1) / 2


def test_a_programme_without_an_answer_is_no_ranking(monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    from tinh.insight.composite import orders as module

    nothing = SimpleNamespace(x=None, fun=None, status=1, mip_dual_bound=None)
    monkeypatch.setattr(module, "_programme", lambda *_: nothing)
    x, w = orders([(23, "abc"), (17, "bca"), (2, "bac"), (10, "cab"), (8, "cba")])
    found = kemeny(outranking(x, w))
    assert found.order == [1, 2, 0] and not found.proven


def test_an_index_tells_which_of_its_rankings_is_not_proven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tinh.insight.composite import aggregating

    cycle = {"unit": ["p", "q", "r"], "a": [3, 2, 1], "b": [1, 3, 2], "c": [2, 1, 3]}
    assert built(tmp_path, "aggregate: kemeny", cycle).build().unproven == ()
    monkeypatch.setattr(aggregating, "SECONDS", -1.0)
    [(node, share)] = built(tmp_path, "aggregate: kemeny", cycle).build().unproven
    assert node == "index" and 0.5 < share < 1


# ── benefit of the doubt ────────────────────────────────────────────────────────────


def test_a_unit_below_the_frontier_has_its_share_of_the_way_there() -> None:
    """Figure 16 of the handbook: a, b and c on the frontier of two children; d has 0d/0d'. Here d = (2, 2),
    and the line from a (1, 5) to c (5, 1) meets its ray at (3, 3): 2/3."""
    x = np.array([[1.0, 5.0], [5.0, 1.0], [2.0, 2.0]])
    both = np.ones(2, dtype=bool)
    assert benefit(x, both, packs.Doubt()).tolist() == pytest.approx([1, 1, 2 / 3])
    assert benefit(1000 * x, both, packs.Doubt()).tolist() == pytest.approx([1, 1, 2 / 3])


def test_equal_weights_are_the_benefit_of_the_doubt_without_any_doubt() -> None:
    """Limits that leave one set of weights: the mean against the best mean; by shares, the harmonic mean."""
    x = np.array([[1.0, 5.0], [4.0, 4.0], [2.0, 2.0]])
    both = np.ones(2, dtype=bool)
    tight = packs.Doubt(least=0.5, most=0.5)
    assert benefit(x, both, tight).tolist() == pytest.approx([3 / 4, 1, 1 / 2])
    shares = benefit(x, both, packs.Doubt(least=0.5, most=0.5, of="shares"))
    # for (1, 5) weights 1/2, 1/10 of its value 1: sums 1, 2.4, 1.2 of the units, so 1/2.4
    assert shares.tolist() == pytest.approx([1 / 2.4, 1, 1 / 2])


def test_wider_limits_never_hurt_and_gaps_are_left_out() -> None:
    x = np.random.default_rng(2).random((12, 5))
    every = np.ones(5, dtype=bool)
    values = [benefit(x, every, packs.Doubt(least=low, most=high)) for low, high in ((0.15, 0.3), (0.1, 0.5))]
    free = benefit(x, every, packs.Doubt())
    assert (values[0] <= values[1] + 1e-9).all() and (values[1] <= free + 1e-9).all()
    assert free.max() == values[0].max() == 1
    x[3, 1] = np.nan
    four = np.array([True, False, True, True, True])
    assert benefit(x, every, packs.Doubt())[3] == pytest.approx(
        benefit(np.where(np.isnan(x), 0, x), four, packs.Doubt())[3]
    )


def test_limits_no_weights_can_keep_are_refused_and_values_below_zero_too(tmp_path: Path) -> None:
    with pytest.raises(TinhError, match="INS089"):
        built(tmp_path, "aggregate: bod\n  doubt: {least: 0.4}").build()
    with pytest.raises(TinhError, match="INS074"):
        built(tmp_path, "aggregate: bod", {**ROWS, "a": [-1, 3, 2, 1]}).build()


# ── experts ─────────────────────────────────────────────────────────────────────────


def test_comparisons_give_saatys_weights_and_consistency(tmp_path: Path) -> None:
    """A consistent matrix gives back its weights with ratio 0. Of the handbook's table 20 (eight indicators
    of the TAI): patents and schooling lead, telephones and electricity weigh least and alike."""
    truth = np.array([0.6, 0.3, 0.1])
    weights, greatest = from_pairs(truth[:, None] / truth)
    assert weights == pytest.approx(truth)
    assert greatest == pytest.approx(3)
    upper = {(0, 1): 2, (0, 2): 3, (0, 3): 2, (0, 4): 5, (0, 5): 5, (0, 6): 1, (0, 7): 3, (1, 2): 2,
             (1, 3): 1 / 2, (1, 4): 4, (1, 5): 4, (1, 6): 1 / 2, (1, 7): 3, (2, 3): 1 / 4, (2, 4): 2,
             (2, 5): 2, (2, 6): 1 / 5, (2, 7): 1 / 2, (3, 4): 4, (3, 5): 4, (3, 6): 1 / 2, (3, 7): 3,
             (4, 5): 1, (4, 6): 1 / 5, (4, 7): 1 / 2, (5, 6): 1 / 5, (5, 7): 1 / 2, (6, 7): 4}  # fmt: skip
    matrix = np.eye(8)
    for (i, j), much in upper.items():
        matrix[i, j], matrix[j, i] = much, 1 / much
    weights, greatest = from_pairs(matrix)
    assert set(np.argsort(-weights)[:2]) == {0, 6}
    assert weights[4] == pytest.approx(weights[5]) == pytest.approx(weights.min())
    assert (greatest - 8) / 7 / 1.41 < 0.1  # the experts' answers hold together
    method = 'weights: {kind: ahp, compare: {index: [[[1, 2, 6], ["1/2", 1, 3], ["1/6", "1/3", 1]]]}}'
    builder = built(tmp_path, method)
    assert builder.weights[:3] == pytest.approx(truth)
    (said,) = insight.consistency(builder.tree, builder.index.method.weights)
    assert (said.node, said.expert, said.ratio) == ("index", 1, pytest.approx(0, abs=1e-9))
    circle = "[[1, 5, 0.2], [0.2, 1, 5], [5, 0.2, 1]]"
    builder = built(tmp_path, f"weights: {{kind: ahp, compare: {{index: [{circle}]}}}}")
    (said,) = insight.consistency(builder.tree, builder.index.method.weights)
    assert said.index == pytest.approx((6.2 - 3) / 2)  # rows add up to 6.2, which is the eigenvalue
    assert said.ratio == pytest.approx(1.6 / 0.58)


def test_budgets_are_averaged_over_the_experts(tmp_path: Path) -> None:
    """Handbook, step 6.5: each expert shares out points; weights are the mean shares."""
    method = "weights: {kind: budget, budgets: [{a: 50, b: 30, c: 20}, {a: 10, b: 10}]}"
    assert built(tmp_path, method).weights[:3] == pytest.approx([0.5, 0.4, 0.1])


def test_where_points_add_up_experts_share_the_same_points_anew(tmp_path: Path) -> None:
    """Eighteen points of 10 and 8 become 13.5 and 4.5 when one child counts three times the other."""
    tree = """
format: 1
id: index
method:
  {method}
tree:
  id: index
  points: 18
  children: [{id: a, points: 10, scoring: boolean}, {id: b, points: 8, scoring: boolean}]
"""
    rows: dict[str, list[object]] = {"unit": ["p", "q", "r"], "a": [1, 1, 0], "b": [1, 0, 1]}
    for said in (
        "{kind: budget, budgets: [{a: 75, b: 25}]}",
        '{kind: ahp, compare: {index: [[[1, 3], ["1/3", 1]]]}}',
    ):
        found = built(tmp_path, f"weights: {said}", rows, tree).build()
        assert found.scores.tolist() == pytest.approx([18, 13.5, 4.5])


@pytest.mark.parametrize(
    "method",
    [
        "weights: ahp",
        "weights: budget",
        "weights: {kind: ahp, compare: {moon: [[[1]]]}}",
        "weights: {kind: ahp, compare: {index: [[[1, 2], [0.5, 1]]]}}",
        "weights: {kind: ahp, compare: {index: [[[1, 2, 6], [2, 1, 3], [0.1667, 0.333, 1]]]}}",
        "weights: {kind: budget, budgets: [{moon: 3}]}",
        "weights: {kind: budget, budgets: [{a: 0, b: 0}]}",
        "doubt: {least: 0.6, most: 0.5}",
    ],
)
def test_what_experts_cannot_have_said_is_told_with_its_line(tmp_path: Path, method: str) -> None:
    with pytest.raises(packs.PackFaults) as raised:
        built(tmp_path, method)
    assert {f.code for f in raised.value.findings} == {"PCK168"}
    assert all(f.line > 1 for f in raised.value.findings)


# ── unevenness, and what is not observed ────────────────────────────────────────────


def test_unevenness_is_taken_off_as_mazziotta_and_pareto_do() -> None:
    """M − S²/M: 100 and 120 have mean 110 and variance 100; a unit of 110 and 110 loses nothing."""
    x, w = np.array([[100.0, 120.0], [110.0, 110.0]]), np.ones(2)
    assert aggregate(x, w, "mazziotta_pareto").tolist() == pytest.approx([110 - 100 / 110, 110])
    assert aggregate(x, w, "mazziotta_pareto", Options(penalty="high"))[0] == pytest.approx(110 + 100 / 110)


def test_the_unobserved_component_is_the_most_likely_one() -> None:
    """Against the likelihood of the one-factor normal model itself, which any other parameters lower, and
    against the weights of equation 25 worked from the truth of a large sample."""
    from tinh.insight.composite.unobserved import _estimate

    rng = np.random.default_rng(5)
    hidden = rng.normal(size=4000)
    load, own = np.array([1.0, 2.0, -0.5, 3.0]), np.array([0.3, 1.0, 2.0, 0.6])  # own: deviation of ε
    x = 7 + load * (hidden[:, None] + own * rng.normal(size=(4000, 4)))
    found = unobserved(x, np.ones(4, dtype=bool))
    weights = own**-2 / (1 + (own**-2).sum())
    exact = ((x - 7) / load * weights).sum(axis=1)
    assert np.corrcoef(found, exact)[0, 1] > 0.999
    assert found == pytest.approx(exact, abs=0.2)
    x[rng.random(x.shape) < 0.3] = np.nan
    some = ~np.isnan(x).all(axis=1)
    assert np.isnan(unobserved(x, np.ones(4, dtype=bool))[~some]).all()

    small = x[some][:60]
    z = (small - np.nanmean(small, axis=0)) / np.nanstd(small, axis=0)

    def likelihood(alpha: np.ndarray, beta: np.ndarray, rest: np.ndarray) -> float:
        whole = 0.0
        for row in z:
            at = ~np.isnan(row)
            cov = np.outer(beta[at], beta[at]) + np.diag(rest[at])
            off = row[at] - alpha[at]
            whole -= 0.5 * (np.linalg.slogdet(cov)[1] + off @ np.linalg.solve(cov, off))
        return whole

    best = _estimate(np.nan_to_num(z), ~np.isnan(z))
    top = likelihood(*best)
    for _ in range(20):
        alpha, beta, rest = (p * (1 + 0.05 * rng.normal(size=4)) for p in best)
        assert likelihood(alpha + 0.02 * rng.normal(size=4), beta, np.maximum(rest, 0.005)) < top


def test_ranks_can_vary_with_the_way_of_weighing_and_of_combining(tmp_path: Path) -> None:
    """Saisana, Saltelli & Tarantola (2005) vary weights (budget, AHP, benefit of the doubt) and the rule."""
    rng = np.random.default_rng(8)
    rows: dict[str, list[object]] = {"unit": [f"u{n}" for n in range(8)]}
    rows |= {c: list(rng.random(8)) for c in "abc"}
    tree = TREE.replace(
        "tree:",
        "assumptions:\n"
        "  - {what: weighting, choices: [given, equal, pca, factor, ahp, budget]}\n"
        "  - {what: aggregate, choices: [arithmetic, geometric, mazziotta_pareto, bod, copeland, kemeny]}\n"
        "tree:",
    )
    method = (
        "weights: {kind: given, budgets: [{a: 90, b: 5, c: 5}],"
        " compare: {index: [[[1, 0.2, 0.2], [5, 1, 1], [5, 1, 1]]]}}"
    )
    builder = built(tmp_path, method, rows, tree)
    found = insight.sobol(builder, 64, seed=3)
    assert [one.what for one in found.influences] == ["weighting", "aggregate"]
    assert found.spread.failed == 0
    assert all(one.total > 0 for one in found.influences)
    alone = insight.monte_carlo(builder, 30, given=[packs.Assumption(what="weighting", choices=("budget",))])
    budget = built(tmp_path, method.replace("given", "budget"), rows, tree).build()
    assert (alone.ranks == budget.ranks[:, -1]).all()
