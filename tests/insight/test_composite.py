"""Composite indexes against printed results and against formulas worked by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tinh.insight import api as insight
from tinh.insight.composite import treating
from tinh.insight.composite.aggregating import aggregate
from tinh.insight.composite.auditing import cronbach
from tinh.insight.composite.imputing import impute
from tinh.insight.composite.moments import shape
from tinh.insight.composite.normalising import Normalising, normalise
from tinh.insight.composite.ranking import best_first
from tinh.insight.composite.uncertainty import estimate, saltelli
from tinh.insight.composite.weighing import factor_weights, first_component, varimax
from tinh.kit.errors import TinhError
from tinh.packs import api as packs

HDI = """
format: 1
id: hdi
decimals: 3
tree:
  id: hdi
  aggregate: geometric
  children:
    - {id: life, normalise: {kind: goalposts, low: 20, high: 85}}
    - id: education
      children:
        - {id: expected, normalise: {kind: goalposts, low: 0, high: 18}}
        - {id: mean, normalise: {kind: goalposts, low: 0, high: 15}}
    - {id: income, normalise: {kind: goalposts, low: 100, high: 75000, log: true}}
"""


def made(tmp_path: Path, tree: str, rows: dict[str, list[object]]) -> insight.Builder:
    file = tmp_path / "tree.yaml"
    file.write_text(tree, "utf-8")
    index = packs.index_file(file)
    return insight.Builder(index, insight.unit_table(pl.DataFrame(rows), index))


def value(built: insight.Built, element: str, unit: int = 0) -> float:
    return float(built.values[unit, built.tree.place(element)])


# ── printed results ─────────────────────────────────────────────────────────────────


def test_the_human_development_index_comes_out_as_its_technical_note_prints_it(tmp_path: Path) -> None:
    """UNDP, HDR 2020, Technical note 1, worked example: GNI 3,829 gives 0.5506, and
    (0.6971 · 0.3447 · 0.5506)^(1/3) = 0.510. Education 0.3447 is taken as printed; 0.6971 is 65.31 years."""
    tree = HDI.replace(HDI[HDI.index("    - id: education") : HDI.index("    - {id: income")],
                       "    - {id: education, normalise: none}\n")  # fmt: skip
    rows = {"unit": ["Example"], "life": [65.31], "education": [0.3447], "income": [3829.0]}
    built = made(tmp_path, tree, rows).build()
    assert round(value(built, "life"), 4) == 0.6971
    assert round(value(built, "income"), 4) == 0.5506
    assert round(value(built, "hdi"), 3) == 0.510


def test_the_human_development_index_follows_its_formula_from_the_four_figures(tmp_path: Path) -> None:
    """Posts 20–85, 0–18, 0–15, ln 100–ln 75,000 (UNDP, Technical note 1); education is the mean of two."""
    rows = {"unit": ["A"], "life": [80.0], "expected": [15.4], "mean": [8.8], "income": [14636.0]}
    built = made(tmp_path, HDI, rows).build()
    education = (15.4 / 18 + 8.8 / 15) / 2
    income = (np.log(14636) - np.log(100)) / (np.log(75000) - np.log(100))
    assert value(built, "education") == pytest.approx(education)
    assert value(built, "hdi") == pytest.approx((60 / 65 * education * income) ** (1 / 3))


def test_outliers_are_pulled_in_as_the_reference_implementation_prints() -> None:
    """COINr 1.0, vignette “Outlier Treatment”: skew(x), kurt(x), Treat(x) of 1…10, 30, 100."""
    x = np.array([[*range(1, 11), 30, 100]], dtype=float).T
    before = shape(x)
    assert (round(float(before.skew[0]), 6), round(float(before.kurt[0]), 6)) == (3.063241, 9.741391)
    done = treating.treat(x, treating.Treating(most=2))
    assert (int(done.moved[0]), done.x[-1, 0]) == (1, 30.0)
    assert (round(float(done.after.skew[0]), 6), round(float(done.after.kurt[0]), 6)) == (1.712038, 1.815781)


def test_sobol_indices_of_ishigamis_function_come_near_the_exact_ones() -> None:
    """f = sin x₁ + a sin² x₂ + b x₃⁴ sin x₁ on (−π, π)³ (Ishigami & Homma 1990), its parts integrated:
    E sin² = 1/2, Var sin² = 1/8, E x⁴ = π⁴/5, E x⁸ = π⁸/9, so that f₁ = (1 + b π⁴/5) sin x₁,
    f₂ = a (sin² x₂ − 1/2), and what x₁ and x₃ do together is b (x₃⁴ − π⁴/5) sin x₁."""
    a, b = 7.0, 0.1
    first = np.array([(1 + b * np.pi**4 / 5) ** 2 / 2, a**2 / 8, 0.0])
    both = b**2 * (np.pi**8 / 9 - np.pi**8 / 25) / 2
    whole = first.sum() + both
    rng = np.random.default_rng(3)
    x = 2 * np.pi * saltelli(8192, 3, rng) - np.pi
    y = np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])
    found, variance = estimate(y, 8192, 3, 50, rng)
    assert variance == pytest.approx(whole, rel=0.03)
    assert found[0] == pytest.approx(first / whole, abs=0.04)
    assert found[1] == pytest.approx((first + np.array([both, 0, both])) / whole, abs=0.03)
    assert (found[4] < found[1]).all() and (found[1] < found[5]).all()


# ── the steps, by hand ──────────────────────────────────────────────────────────────


def test_each_normalisation_gives_what_its_formula_says_ties_and_gaps_included() -> None:
    x = np.array([[2.0, 4.0, 4.0, 8.0, np.nan]]).T

    def by(kind: str, **how: object) -> list[float]:
        return normalise(x, Normalising(kind, **how))[:4, 0].round(6).tolist()  # type: ignore[arg-type]

    assert by("minmax") == [0, 33.333333, 33.333333, 100]
    assert by("zscore") == [-0.993399, -0.198680, -0.198680, 1.390759]  # sd with n − 1 = 2.516611
    assert by("rank") == [1, 2, 2, 4]
    assert by("borda") == [0, 1, 1, 3]
    assert by("percentile") == [0, 0.333333, 0.333333, 1]
    assert by("distance_to_target", target=6.0) == [0, 0.5, 0.5, 1.5]
    assert by("distance_to_target", target=6.0, cap=True) == [0, 0.5, 0.5, 1]
    assert by("distance_to_reference", reference=1) == [0, 1, 1, 3]
    assert by("fraction_of_best") == [0.25, 0.5, 0.5, 1]
    assert by("goalposts", low=3.0, high=7.0, factor=10.0) == [0, 2.5, 2.5, 10]
    assert by("scaled", low=0.0, high=10.0) == [20, 40, 40, 80]
    assert np.isnan(normalise(x, Normalising("rank"))[4, 0])


def test_a_component_where_less_is_better_is_the_mirror_of_its_opposite(tmp_path: Path) -> None:
    tree = """
format: 1
id: mirror
method: {normalise: {kind: goalposts, low: 0, high: 10}}
tree: {id: all, children: [{id: a}, {id: b, direction: down}]}
"""
    built = made(tmp_path, tree, {"unit": ["x", "y"], "a": [3, 7], "b": [7, 3]}).build()
    assert value(built, "a") == pytest.approx(value(built, "b")) == pytest.approx(0.3)


def test_tied_outliers_move_together_and_a_column_that_stays_skewed_is_transformed() -> None:
    many = np.array([[*np.arange(30.0), 1000, 5000]]).T
    done = treating.treat(many, treating.Treating(most=1))
    assert done.transformed[0]
    low, high = many.min(), many.max()
    assert done.x[:, 0] == pytest.approx(np.log(many[:, 0] - low + 0.01 * (high - low)))
    out, moved = treating.winsorise(np.array([[*np.arange(20.0), 900, 900]]).T, 1)
    assert (moved[0], out.max()) == (2, 19.0)


def test_gaps_are_filled_by_group_and_by_expectation_maximisation() -> None:
    x = np.array([[1.0, 2.0], [3.0, np.nan], [np.nan, 8.0], [7.0, 14.0], [9.0, 18.0]])
    assert impute(x, "mean")[2, 0] == 5.0
    assert impute(x, "group_mean", ["a", "a", "a", "b", "b"])[:3, 0].tolist() == [1, 3, 2]
    assert np.isnan(impute(x, "group_mean", [None] * 5)[2, 0])
    filled = impute(x, "em")  # the columns lie on one line
    assert (filled[1, 1], filled[2, 0]) == (pytest.approx(6.0, abs=0.01), pytest.approx(4.0, abs=0.01))


def test_means_leave_out_what_is_missing_and_medians_weigh() -> None:
    x, w = np.array([[1.0, 4.0, np.nan], [2.0, 8.0, 16.0]]), np.array([1.0, 1.0, 2.0])
    assert aggregate(x, w, "arithmetic").tolist() == [2.5, 10.5]
    assert aggregate(x, w, "geometric") == pytest.approx([2.0, (2 * 8 * 16**2) ** 0.25])
    assert aggregate(x, w, "harmonic") == pytest.approx([1.6, 4 / (1 / 2 + 1 / 8 + 2 / 16)])
    assert aggregate(x, w, "median").tolist() == [2.5, 12.0]
    assert np.isnan(aggregate(x, w, "arithmetic", available=0.9)[0])
    votes = np.array([[3.0, 1.0], [2.0, 1.0], [1.0, 5.0]])
    assert aggregate(votes, np.array([0.6, 0.4]), "copeland") == pytest.approx([1.4, 0.8, 0.8])


def test_ranks_share_the_best_place_in_a_tie() -> None:
    assert best_first(np.array([5.0, 9.0, 9.0, np.nan, 1.0]))[[0, 1, 2, 4]].tolist() == [3, 1, 1, 4]


def test_alpha_pca_and_factor_weights_agree_with_their_textbook_forms() -> None:
    rng = np.random.default_rng(5)
    one, two = rng.normal(size=(2, 300, 1))
    x = np.hstack([one + 0.3 * rng.normal(size=(300, 3)), two + 0.3 * rng.normal(size=(300, 2))])
    k = x.shape[1]
    textbook = k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / x.sum(axis=1).var(ddof=1))
    assert cronbach(x) == pytest.approx(textbook)
    loadings = first_component(x)
    assert (loadings**2).sum() == pytest.approx(1) and (loadings[:3] > 0.5).all()
    weights = factor_weights(x)
    assert weights.sum() == pytest.approx(1) and weights[:3].sum() == pytest.approx(0.6, abs=0.03)
    given = np.array([[0.8, 0.3], [0.7, 0.4], [0.3, -0.7]])
    length = np.sqrt((given**2).sum(axis=1, keepdims=True))

    def simple(loadings: np.ndarray) -> float:
        return float(((loadings / length) ** 2).var(axis=0).sum())

    angles = np.linspace(0, np.pi / 2, 2000)
    turns = [np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]) for t in angles]
    assert simple(varimax(given)) >= max(simple(given @ t) for t in turns) - 1e-9


# ── scoring by points ───────────────────────────────────────────────────────────────

POINTS = """
format: 1
id: points
tree:
  id: total
  points: 70
  children:
    - {id: head, points: 10, scoring: {kind: tier, tiers: {chair: 1, deputy: 0.5, other: 0}}}
    - {id: attends, points: 10, scoring: {kind: additive, parts: {province: 0.5, own: 0.5}}}
    - {id: signed, points: 10, scoring: {kind: ratio, numerator: by_head, denominator: all_docs}}
    - {id: online, points: 10, scoring: {kind: ratio_threshold, scale: 100, threshold: 0.8}}
    - {id: plan, points: 10, scoring: boolean, effort: 0.1}
    - {id: firms, points: 10, scoring: relative_max}
    - {id: news, points: 10, scoring: {kind: band, bands: [[1, 0.25], [4, 0.5], [8, 1]]}}
    - {id: city, points: 30, scored: false}
"""
ROWS: dict[str, list[object]] = {
    "unit": ["a", "b"], "head": ["deputy", "chair"], "province": ["có", 1], "own": [0, 1],
    "by_head": [3, 4], "all_docs": [4, 0], "online": [40, 90], "plan": ["không", "có"],
    "firms": [30, 120], "news": [5, 8],
}  # fmt: skip


def test_every_scoring_rule_gives_its_share_of_the_points(tmp_path: Path) -> None:
    rows = {k: [str(v) for v in values] for k, values in ROWS.items()}
    built = made(tmp_path, POINTS, rows).build()
    ids = ("head", "attends", "signed", "online", "plan", "firms", "news")
    assert [value(built, id, 0) for id in ids] == [5, 5, 7.5, 5, 0, 2.5, 5]
    assert [value(built, id, 1) for id in ids] == [10, 10, 0, 10, 10, 10, 10]
    assert built.scores.tolist() == [30, 60]


def test_the_cheapest_points_come_first_and_a_what_if_gives_them(tmp_path: Path) -> None:
    rows = {k: [str(v) for v in values] for k, values in ROWS.items()}
    builder = made(tmp_path, POINTS, rows)
    steps = insight.cheapest(builder.index, builder.table, "a")
    assert (steps[0].element, steps[0].gain, steps[0].effort) == ("plan", 10, 0.1)
    online = next(s for s in steps if s.element == "online")
    assert online.gain == 5 and online.changes == (("online", "80.0"),)
    changes = {"online": "80", "plan": "1", "signed": "1"}
    before, after = insight.what_if(builder.index, builder.table, "a", changes)
    assert (before.scores[0], after.scores[0]) == (30, 47.5)
    assert before.scores[1] == after.scores[1]
    with pytest.raises(TinhError, match="INS082"):
        insight.what_if(builder.index, builder.table, "a", {"moon": "1"})


def test_a_merged_province_has_the_mean_of_its_predecessors_main_values(tmp_path: Path) -> None:
    tree = """
format: 1
id: merged
columns: {merged_into: became}
method: {merge: mean}
tree:
  id: total
  children: [{id: one, points: 100}, {id: two, points: 100}]
"""
    rows = {"unit": ["19", "06", "31"], "became": ["19", "19", ""], "one": [80, 60, 90], "two": [50, 40, 70]}
    built = made(tmp_path, tree, rows).build()
    assert built.units == ("19", "31")
    assert built.values[:, -1].tolist() == [115, 160] and value(built, "one") == 70


# ── the whole ───────────────────────────────────────────────────────────────────────

FULL = """
format: 1
id: full
method: {impute: mean, treat: {winsorise: 5}, normalise: {kind: minmax, low: 1, high: 100}}
tree:
  id: index
  children:
    - {id: left, children: [{id: a}, {id: b, direction: down}, {id: c, denominator: people}]}
    - {id: right, weight: 2, children: [{id: d}, {id: e}]}
"""


@pytest.fixture
def full(tmp_path: Path) -> insight.Builder:
    rng = np.random.default_rng(11)
    rows: dict[str, list[object]] = {"unit": [f"u{n}" for n in range(30)]}
    common = rng.normal(size=30)
    for id in "abcde":
        rows[id] = list((common + rng.normal(size=30)) * (-1 if id == "b" else 1) + 10)
    rows["people"] = list(rng.uniform(1, 2, 30))
    rows["a"][3] = None
    return made(tmp_path, FULL, rows)


def test_rank_intervals_hold_the_nominal_rank_and_repeat_with_their_seed(full: insight.Builder) -> None:
    built = full.build()
    one = insight.monte_carlo(full, 400, seed=4)
    again = insight.monte_carlo(full, 400, seed=4)
    assert (one.ranks == again.ranks).all()
    low, high = one.quantiles(0.0, 1.0)
    nominal = built.ranks[:, -1]
    assert ((low <= nominal) & (nominal <= high)).mean() > 0.9
    assert (high > low).any()


def test_an_assumption_that_changes_nothing_has_no_influence(full: insight.Builder) -> None:
    given = (
        packs.Assumption(what="weights", within=0.5),
        packs.Assumption(what="treat", choices=("none", "0")),
    )
    found = insight.sobol(full, 256, given=given, bootstraps=20)
    weights, treat = found.influences
    assert weights.total > 0.8 and treat.total == pytest.approx(0, abs=1e-12)
    with pytest.raises(TinhError, match="INS079"):
        insight.sobol(full, 64, given=given[:1])


def test_many_rebuilds_side_by_side_equal_one_at_a_time(full: insight.Builder) -> None:
    rng = np.random.default_rng(2)
    sets = np.stack([full.raw * rng.uniform(0.9, 1.1, full.raw.shape) for _ in range(3)], axis=1)
    together = full.climb(full.prepare(sets), np.repeat(full.weights[None], 3, axis=0))
    for n in range(3):
        alone = full.climb(full.prepare(sets[:, n : n + 1]), full.weights[None])
        assert together[n] == pytest.approx(alone[0])


def test_leaving_out_and_optimising_weights_do_what_they_say(full: insight.Builder, tmp_path: Path) -> None:
    (first, *_) = insight.remove_one(full, level=2)
    right = full.build().values[:, full.tree.place("right")]
    assert first.element == "left" and first.scores == pytest.approx(right)
    optimised = FULL.replace("method: {", "method: {weights: {kind: optimised, level: 2}, ")
    rows = {c: [None if v is None else v for v in full.table.cells[c]] for c in full.table.cells}
    builder = made(tmp_path, optimised, rows)
    values = builder.build().values
    r = [np.corrcoef(values[:, builder.tree.place(id)], values[:, -1])[0, 1] for id in ("left", "right")]
    assert r[0] == pytest.approx(r[1], abs=1e-4)


@pytest.mark.parametrize(
    ("tree", "rows", "code"),
    [
        (HDI, {"unit": ["x"], "life": [80]}, "INS071"),
        (HDI, {"unit": ["x"], "life": ["tám"], "expected": [1], "mean": [1], "income": [200]}, "INS072"),
        (HDI, {"unit": ["x", "x"], **{c: [1, 2] for c in ("life", "expected", "mean", "income")}}, "INS073"),
        (FULL, {"unit": ["x", "y"], **{c: [1, 1] for c in "abcde"}, "people": [1, 1]}, "INS075"),
        (FULL.replace("low: 1", "low: 0").replace("id: index", "id: index\n  aggregate: harmonic"),
         {"unit": ["x", "y"], **{c: [1, 2] for c in "abcde"}, "people": [1, 1]}, "INS074"),
        (POINTS, {**{k: [str(v[0])] for k, v in ROWS.items()}, "head": ["king"]}, "INS081"),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_refused_with_its_place(
    tmp_path: Path, tree: str, rows: dict[str, list[object]], code: str
) -> None:
    with pytest.raises(TinhError, match=code):
        made(tmp_path, tree, rows).build()


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("PCK160", POINTS[POINTS.index("  children:") :], ""),
        ("PCK161", "tree:", "references: [{name: x, element: moon, source: a book}]\ntree:"),
        ("PCK162", "id: news", "id: head"),
        ("PCK163", "  points: 70\n", "  points: 70\n  scoring: boolean\n"),
        ("PCK164", "points: 70", "points: 80"),
        ("PCK165", "tiers: {chair: 1, deputy: 0.5, other: 0}", "tiers: {}"),
        ("PCK165", "[4, 0.5], [8, 1]", "[9, 0.5], [8, 1]"),
        ("PCK166", "{id: plan, points: 10, scoring: boolean", "{id: plan, points: 10, normalise: goalposts"),
        ("PCK167", "tree:", "assumptions: [{what: treat, choices: [much]}]\ntree:"),
        ("PCK013", "tree:", "assumptions: [{what: normalise, choices: [zcore]}]\ntree:"),
    ],
)
def test_a_tree_that_cannot_be_is_told_with_its_line(tmp_path: Path, code: str, old: str, new: str) -> None:
    file = tmp_path / "bad.yaml"
    assert old in POINTS
    file.write_text(POINTS.replace(old, new), "utf-8")
    with pytest.raises(packs.PackFaults) as raised:
        packs.index_file(file)
    assert code in {f.code for f in raised.value.findings}
    assert all(f.line > 1 for f in raised.value.findings)


def test_all_faults_of_a_tree_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(POINTS.replace("points: 70", "points: 80").replace("id: news", "id: head"), "utf-8")
    with pytest.raises(packs.PackFaults) as raised:
        packs.index_file(file)
    assert {f.code for f in raised.value.findings} == {"PCK162", "PCK164"}
    assert all(f.line > 1 for f in raised.value.findings)


def test_probabilities_of_kendall_correlations_are_kendalls_own() -> None:
    from scipy import stats

    from tinh.insight.composite.correlating import correlations, p_values

    rng = np.random.default_rng(4)
    x = rng.normal(size=(12, 3))
    x[3, 1] = np.nan
    r = correlations(x, x, "kendall")
    there = ~np.isnan(x[:, 1])
    known = stats.kendalltau(x[there, 0], x[there, 1])
    assert r[0, 1] == pytest.approx(known.statistic)
    assert p_values(x, x, r, "kendall")[0, 1] == pytest.approx(known.pvalue)


def test_assumptions_of_one_kind_keep_names_apart() -> None:
    from tinh.insight.composite.uncertainty import _names
    from tinh.packs.api import Assumption

    found = _names([Assumption(what="weights")] * 3 + [Assumption(what="weights", level=1)])
    assert found == ["weights", "weights (2)", "weights (3)", "weights 1"]
