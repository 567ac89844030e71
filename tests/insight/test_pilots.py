"""Pilots: what was tried, against what would have been."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from tinh.cli.main import tinh
from tinh.insight.api import judge_pilot as evaluate
from tinh.insight.pilots.aggregates import aggregate
from tinh.insight.pilots.blocks import blocks
from tinh.insight.pilots.errors import BadTable, ComesAndGoes, NobodyTreated, NotANumber, Twice, UnknownUnit
from tinh.insight.pilots.fewclusters import deal, wild
from tinh.insight.pilots.fixed import did
from tinh.insight.pilots.grouptime import group_times
from tinh.insight.pilots.panel import Panel, panel_of, read_table
from tinh.insight.pilots.power import power
from tinh.insight.pilots.simplex import nearest
from tinh.insight.pilots.synthdid import synthetic_did
from tinh.packs.api import GroupTime, Pilot, SyntheticDid, read_pilot

HEAD = "format: 1\nid: trial\n"


def declared(tmp_path: Path, text: str) -> Pilot:
    file = tmp_path / "spec.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    pilot, findings = read_pilot(file)
    assert pilot is not None, findings
    return pilot


def block(
    units: int = 24, periods: int = 20, treated: int = 8, start: int = 14, effect: float = 2.0,
    drift: float = 0.0, noise: float = 1.0, seed: int = 0,
) -> pl.DataFrame:  # fmt: skip
    """Units with their own level and common shocks; the first `treated` of them from period `start` on."""
    rng = np.random.default_rng(seed)
    level, shock = rng.normal(10, 3, units), rng.normal(0, 1, periods)
    rows = []
    for i, t in product(range(units), range(periods)):
        mine = i < treated
        gain = effect if mine and t >= start else 0.0
        value = level[i] + shock[t] + gain + drift * t * mine + noise * rng.normal()
        rows.append((f"u{i:02d}", 2000 + t, value, (2000 + start) if mine else 0, f"c{i // 2}"))
    return pl.DataFrame(rows, schema=["unit", "time", "outcome", "start", "group"], orient="row")


SPELT = {
    "month/year": lambda y, m: f"{m:02d}/{y}",
    "yearmonth": lambda y, m: f"{y}{m:02d}",
    "month without a zero": lambda y, m: f"{y}-{m}",
    "day/month/year": lambda y, m: f"01/{m:02d}/{y}",
}


@pytest.mark.parametrize("spelling", SPELT)
def test_periods_come_in_the_order_of_time_however_a_sheet_writes_them(tmp_path: Path, spelling: str) -> None:
    spelt, table = SPELT[spelling], block()

    def at(year: int, month: int) -> str:
        return f"{year}-{month:02d}"

    months = [(2023 + t // 12, t % 12 + 1) for t in range(20)]
    plain = table.with_columns(pl.col("time").map_elements(lambda t: at(*months[t - 2000]), pl.String))
    loose = table.with_columns(pl.col("time").map_elements(lambda t: spelt(*months[t - 2000]), pl.String))
    text = (
        "data: {{unit: unit, time: time, outcome: outcome}}\ntreated: [{{units: [u00, u01], start: '{}'}}]\n"
    )
    said = [
        panel_of(declared(tmp_path, text.format(start)), one)
        for start, one in (("2024-03", plain), (spelt(2024, 3), loose))
    ]
    assert said[0].cohorts == said[1].cohorts == [14]
    assert np.array_equal(said[0].y, said[1].y) and np.array_equal(said[0].clock, said[1].clock)


def test_a_start_written_unlike_the_periods_is_refused_rather_than_guessed(tmp_path: Path) -> None:
    table = block().with_columns(
        pl.col("time").map_elements(lambda t: f"{1523 + t // 4}Q{t % 4 + 1}", pl.String)
    )
    text = "data: {{unit: unit, time: time, outcome: outcome}}\ntreated: [{{units: [u00], start: '{}'}}]\n"
    assert panel_of(declared(tmp_path, text.format("2026-Q3")), table).cohorts == [14]
    with pytest.raises(BadTable, match="2023-07"):
        panel_of(declared(tmp_path, text.format("2023-07")), table)


def staggered(seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    starts = rng.choice([0, 2004, 2006], 60, p=[0.5, 0.25, 0.25])
    for i, t in product(range(60), range(2002, 2009)):
        on = starts[i] > 0 and t >= starts[i]
        rows.append((f"u{i:02d}", t, 0.3 * t + i % 7 + (t >= 2005) + on * (1 + 0.2 * (t - starts[i]))
                     + 0.4 * rng.normal(), int(starts[i]), float(i % 5)))  # fmt: skip
    return pl.DataFrame(rows, schema=["unit", "time", "outcome", "start", "size"], orient="row")


BY_START = "data: {start: start}\n"


def test_difference_in_differences_is_pyfixests_with_its_cluster_errors(tmp_path: Path) -> None:
    import pyfixest

    table = block().sample(fraction=0.9, seed=3)  # holes everywhere
    panel = panel_of(declared(tmp_path, "data: {start: start, cluster: group}\n"), table)
    _, found = did(panel)
    frame = table.to_pandas()
    frame["on"] = ((frame.start > 0) & (frame.time >= frame.start)).astype(float)
    peer = pyfixest.feols("outcome ~ on | unit + time", frame, vcov={"CRV1": "group"})
    assert found.beta[0] == pytest.approx(peer.coef().iloc[0], rel=1e-9)
    assert found.se[0] == pytest.approx(peer.se().iloc[0], rel=1e-9)
    assert found.p() == pytest.approx(peer.pvalue().iloc[0], rel=1e-6)


def test_group_time_effects_are_the_plain_difference_of_means(tmp_path: Path) -> None:
    table = staggered()
    panel = panel_of(declared(tmp_path, BY_START), table)
    found = group_times(panel, GroupTime())
    wide = table.pivot(on="time", index=["unit", "start"], values="outcome")
    for cell, se in zip(found.cells, found.errors(found.influence), strict=True):
        g, t = int(panel.times[cell.group]), panel.times[cell.time]
        before = panel.times[cell.time - 1] if not cell.after else panel.times[cell.group - 1]
        change = {s: part[t] - part[before] for (s,), part in wide.group_by("start")}
        mine, others = change[g].to_numpy(), change[0].to_numpy()
        assert cell.value == pytest.approx(mine.mean() - others.mean())
        assert se == pytest.approx(np.sqrt(mine.var() / len(mine) + others.var() / len(others)))


def test_aggregates_weigh_groups_by_their_size_and_event_times_alike(tmp_path: Path) -> None:
    panel = panel_of(declared(tmp_path, BY_START), staggered())
    found = group_times(panel, GroupTime(control="not_yet"))
    shares = found.shares
    after = [c for c in found.cells if c.after]
    simple = sum(shares[c.group] * c.value for c in after) / sum(shares[c.group] for c in after)
    assert aggregate(found, "simple", 95, 0, 0).overall == pytest.approx(simple)
    dynamic = aggregate(found, "dynamic", 95, 199, 0)
    assert dynamic.overall == pytest.approx(
        np.mean([v for k, v in zip(dynamic.keys, dynamic.values, strict=True) if k >= 0])
    )
    assert dynamic.critical > 1.96  # a band over several distances is wider than one interval
    assert aggregate(found, "group", 95, 0, 0).overall == pytest.approx(
        sum(shares[g] * np.mean([c.value for c in after if c.group == g]) for g in shares)
        / sum(shares.values())
    )


def test_doubly_robust_takes_out_a_trend_that_follows_a_covariate(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    rows = []
    for i in range(400):
        size = rng.normal()
        mine = rng.random() < 1 / (1 + np.exp(-size))
        for t in (0, 1):
            rows.append((f"u{i}", t, size + 2 * size * t + (mine and t) * 1.0 + 0.1 * rng.normal(),
                         1 if mine else "", size))  # fmt: skip
    table = pl.DataFrame(
        [(u, t, y, str(s), x) for u, t, y, s, x in rows],
        schema=["unit", "time", "outcome", "start", "size"], orient="row",
    )  # fmt: skip
    panel = panel_of(declared(tmp_path, "data: {start: start}\ncovariates: [size]\n"), table)
    plain = group_times(panel, GroupTime()).cells[0].value
    assert abs(plain - 1) > 0.5
    for estimator in ("dr", "or", "ipw"):
        value = group_times(panel, GroupTime(estimator=estimator), ("size",)).cells[0].value
        assert value == pytest.approx(1, abs=0.1 if estimator != "ipw" else 0.5)


def test_simplex_weights_are_the_nearest_point(tmp_path: Path) -> None:
    from scipy.optimize import minimize

    rng = np.random.default_rng(0)
    rows, goal = rng.normal(size=(12, 6)), rng.normal(size=12)
    mine = nearest(rows, goal)
    peer = minimize(
        lambda w: ((rows @ w - goal) ** 2).sum(), np.full(6, 1 / 6), bounds=[(0, 1)] * 6,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, method="SLSQP", options={"ftol": 1e-14},
    ).x  # fmt: skip
    assert mine.sum() == pytest.approx(1)
    assert mine == pytest.approx(peer, abs=1e-5)


def slow_synthdid(y: np.ndarray, controls: int, before: int) -> float:
    """Algorithm 1 of Arkhangelsky et al. (2021), a step at a time."""
    noise = np.diff(y[:controls, :before], axis=1).std(ddof=1)
    after, treated = y.shape[1] - before, len(y) - controls

    def walk(a: np.ndarray, b: np.ndarray, zeta: float) -> np.ndarray:
        a, b, n = a - a.mean(axis=0), b - b.mean(), len(a)
        x = np.full(a.shape[1], 1 / a.shape[1])
        for most in (100, 10_000):
            values: list[float] = []
            while len(values) < most and (len(values) < 2 or values[-2] - values[-1] > (1e-5 * noise) ** 2):
                slope = (a @ x - b) @ a + n * zeta**2 * x
                step = -x
                step[slope.argmin()] += 1
                bottom = ((a @ step) ** 2).sum() + n * zeta**2 * (step**2).sum()
                x = x + np.clip(-(slope @ step) / bottom, 0, 1) * step
                values.append(float(zeta**2 * (x**2).sum() + ((a @ x - b) ** 2).sum() / n))
            if most == 100:
                x = np.where(x <= x.max() / 4, 0, x)
                x = x / x.sum()
        return x

    times = walk(y[:controls, :before], y[:controls, before:].mean(axis=1), 1e-6 * noise)
    units = walk(
        y[:controls, :before].T, y[controls:, :before].mean(axis=0), (treated * after) ** 0.25 * noise
    )
    gap = y[controls:].mean(axis=0) - units @ y[:controls]
    return float(gap[before:].mean() - times @ gap[:before])


def test_synthetic_did_follows_the_papers_algorithm(tmp_path: Path) -> None:
    panel = panel_of(declared(tmp_path, BY_START), block(treated=3))
    cut, _ = blocks(panel)
    found = synthetic_did(cut, SyntheticDid(replications=40), 0)
    y = np.vstack([cut[0].controls, cut[0].treated])
    assert found.value == pytest.approx(slow_synthdid(y, len(cut[0].controls), 14), rel=1e-6)
    assert 0.1 < found.se < 2


def test_wild_bootstrap_agrees_with_refitting_every_sign_pattern(tmp_path: Path) -> None:
    panel = panel_of(declared(tmp_path, BY_START), block(units=8, treated=3, periods=6, start=3, effect=0.8))
    within, found = did(panel)
    y, d = within.cells(panel.y), within.residual(within.cells(panel.on))
    fast = wild(within, y, within.cells(panel.on), 95, 999, 0)

    def t(column: np.ndarray) -> float:
        r = within.residual(column)
        beta = d @ r / (d @ d)
        return float(abs(beta) / np.sqrt((within.gathered(d * (r - d * beta)) ** 2).sum()))

    null = within.residual(y)
    drawn = [t(null * np.array(signs)[within.cluster]) for signs in product((-1.0, 1.0), repeat=8)]
    assert fast.weights == "every" and fast.draws == 256
    assert fast.p == pytest.approx(np.mean(np.array(drawn) >= t(y) * (1 - 1e-10)))
    assert fast.low < found.beta[0] < fast.high


def test_randomisation_counts_every_deal_when_they_are_few(tmp_path: Path) -> None:
    panel = panel_of(declared(tmp_path, BY_START), block(units=9, treated=2, periods=6, start=3, effect=50.0))
    within, found = did(panel)
    dealt = deal(panel, within, within.cells(panel.y), found, 1999, 0)
    assert dealt.exact and dealt.draws == 36
    assert dealt.p == dealt.least == pytest.approx(1 / 36)


def test_detectable_effect_is_found_about_as_often_as_promised(tmp_path: Path) -> None:
    pilot = declared(tmp_path, "treated: [{units: [u00, u01, u02, u03, u04, u05, u06, u07], start: 2040}]\n")
    panel = panel_of(pilot, block(periods=40, effect=0.0), planned=True)
    ahead = power(panel, 6, 0.05, 0.8, 1500, 0)
    assert ahead.way == "past" and ahead.treated == 8
    seen = 0
    for seed in range(40):
        table = block(periods=40, start=34, effect=ahead.detectable, seed=100 + seed)
        seen += did(panel_of(declared(tmp_path, BY_START), table))[1].p() < 0.05
    assert 23 <= seen <= 39  # 80 % of 40, give or take


def test_clear_pilot_is_called_so_and_the_estimate_holds_the_truth(tmp_path: Path) -> None:
    found = evaluate(declared(tmp_path, BY_START + "direction: increase\ndraws: 399\n"), block())
    assert found.verdict.code == "gained"
    assert all(e.low < 2 < e.high for e in found.estimates)


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        (block(drift=0.5), "trends"),
        (block(units=8, treated=1), "few"),
        (block(effect=0.1), "unsure"),
        (block(periods=6, start=2), "no_past"),
    ],
)
def test_verdict_says_it_cannot_tell_and_by_which_rule(
    table: pl.DataFrame, rule: str, tmp_path: Path
) -> None:
    found = evaluate(declared(tmp_path, BY_START + "draws: 399\nmethods: [did, synthetic_did]\n"), table)
    assert found.verdict.code == "cannot_tell"
    assert rule in {r for r, _ in found.verdict.reasons}


def test_effect_too_small_to_matter_is_not_the_same_as_not_knowing(tmp_path: Path) -> None:
    spec = BY_START + "draws: 399\nmatters: 1.5\n"
    found = evaluate(declared(tmp_path, spec), block(effect=0.0, units=40, treated=20, noise=0.5, seed=3))
    assert found.verdict.code == "no_effect"


def test_faults_of_a_table_name_the_row(tmp_path: Path) -> None:
    pilot, table = declared(tmp_path, BY_START), block(units=6, periods=4, treated=2, start=2)
    with pytest.raises(Twice, match="u00"):
        panel_of(pilot, pl.concat([table, table.head(1)]))
    words = table.with_columns(pl.col("outcome").cast(pl.String).replace_strict({}, default="NotSaid"))
    with pytest.raises(NotANumber, match="NotSaid"):
        panel_of(pilot, words)
    with pytest.raises(NobodyTreated):
        panel_of(pilot, table.with_columns(start=pl.lit(0)))
    with pytest.raises(UnknownUnit, match="nowhere"):
        panel_of(declared(tmp_path, "treated: [{units: [nowhere], start: 2002}]\n"), table)
    on = table.with_columns(on=(pl.col("time") == 2001).cast(pl.Int8))
    with pytest.raises(ComesAndGoes):
        panel_of(declared(tmp_path, "data: {status: on}\n"), on)


def test_command_line_answers_people_and_programs(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(HEAD + BY_START + "draws: 199\nmethods: [did, group_time]\n")
    block().write_csv(tmp_path / "data.csv")
    files = [str(tmp_path / "spec.yaml"), str(tmp_path / "data.csv")]
    said = CliRunner().invoke(tinh, ["pilot", "evaluate", *files, "--lang", "en"])
    assert said.exit_code == 0 and "The pilot had an effect" in said.output
    told = CliRunner().invoke(tinh, ["--json", "pilot", "evaluate", *files, "-o", str(tmp_path / "out.csv")])
    answer = json.loads(told.stdout)
    assert answer["verdict"]["code"] == "gained"
    assert answer["estimates"][0]["estimate"] == pytest.approx(2, abs=0.5)
    assert pl.read_csv(tmp_path / "out.csv")["method"].to_list() == ["did", "group_time"]
    ahead = json.loads(CliRunner().invoke(tinh, ["--json", "pilot", "power", *files]).stdout)
    assert 0.3 < ahead["detectable"] < 2


def test_specification_with_two_ways_of_saying_who_is_treated_is_refused(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(HEAD + BY_START + "treated: [{units: [a], start: 1}]\n")
    pilot, findings = read_pilot(tmp_path / "spec.yaml")
    assert pilot is None and [f.code for f in findings] == ["PCK016"]


def test_panel_keeps_holes_as_holes(tmp_path: Path) -> None:
    panel: Panel = panel_of(declared(tmp_path, BY_START), block().filter(pl.col("time") != 2003).slice(1))
    assert np.isnan(panel.y).sum() == 1 and "2003" not in panel.times


SHORT = "data: {start: start}\n"


def test_a_panel_nothing_can_be_learnt_from_is_refused(tmp_path: Path) -> None:
    table = block()
    flat = table.with_columns(outcome=pl.lit(5.0))
    with pytest.raises(BadTable, match="5"):
        evaluate(declared(tmp_path, SHORT), flat)
    with pytest.raises(BadTable, match="2050"):
        evaluate(declared(tmp_path, SHORT + "from: 2050\nto: 2060\n"), table)
    wild_cell = table.with_columns(
        pl.col("outcome").cast(pl.String).replace(str(table["outcome"][3]), "1e300")
    )
    with pytest.raises(NotANumber):
        evaluate(declared(tmp_path, SHORT), wild_cell)


def test_rows_without_a_unit_are_told_and_other_separators_read(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    block().write_csv(file, separator=";")
    file.write_text(file.read_text() + ";2001;3;0;c0\n")
    panel = panel_of(declared(tmp_path, SHORT), read_table(file))
    assert len(panel.units) == 24 and "1 rows without" in panel.notes[0].en
    file.write_bytes(b"\xff\xfeu\0")
    with pytest.raises(BadTable, match="UTF-16"):
        read_table(file)


def test_an_effect_without_any_noise_is_no_crash(tmp_path: Path) -> None:
    rows = [(f"u{i:02d}", t, float(i + t + 5 * (i < 2 and t >= 8)), 8 * (i < 2))
            for i, t in product(range(12), range(1, 13))]  # fmt: skip
    table = pl.DataFrame(rows, schema=["unit", "time", "outcome", "start"], orient="row")
    assert evaluate(declared(tmp_path, SHORT), table).estimates[0].value == pytest.approx(5)


def test_starts_that_share_their_controls_share_their_luck_in_the_bootstrap(tmp_path: Path) -> None:
    """Controls part ways in the last two periods: 6 of the 9 cells of a treated trio bear that error, all of
    it the controls' and so the same for each start; errors drawn apart would cancel down to 0.38."""
    rng = np.random.default_rng(5)
    level, late, noise = rng.normal(10, 2, 24), rng.normal(0, 3, 24), rng.normal(0, 0.5, (24, 8))

    def error(starts: list[int]) -> float:
        rows = []
        for i, t in product(range(24), range(8)):
            begin = starts[i // 2] if i < 6 else 0
            value = level[i] + noise[i, t] + (late[i] * (t >= 6) if i >= 6 else float(t >= begin))
            rows.append((f"u{i:02d}", t, value, begin))
        table = pl.DataFrame(rows, schema=["unit", "time", "outcome", "start"], orient="row")
        cut, _ = blocks(panel_of(declared(tmp_path, BY_START), table))
        return synthetic_did(cut, SyntheticDid(inference="bootstrap", replications=25), 1).se

    assert error([4, 5, 6]) / error([6, 6, 6]) == pytest.approx(6 / 9, abs=0.15)


def test_bootstrap_of_one_treated_unit_gives_no_error_rather_than_a_wrong_one(tmp_path: Path) -> None:
    cut, _ = blocks(panel_of(declared(tmp_path, BY_START), block(units=8, treated=1)))
    assert np.isnan(synthetic_did(cut, SyntheticDid(inference="bootstrap", replications=20), 0).se)


def test_placebos_of_several_starts_are_units_known_throughout(tmp_path: Path) -> None:
    """A period the first group lacks lets in a control the second has to do without."""
    table = block(units=16, treated=4).with_columns(
        start=pl.when(pl.col("unit") < "u02").then(2012).otherwise(pl.col("start"))
    )
    gone = ((pl.col("unit") == "u00") | (pl.col("unit") == "u05")) & (pl.col("time") == 2003)
    cut, _ = blocks(panel_of(declared(tmp_path, BY_START), table.filter(~gone)))
    assert [len(b.controls) for b in cut] == [12, 11]
    found = synthetic_did(cut, SyntheticDid(replications=100), 0)
    one = next(int(i) for b in cut for i in b.controls_at if i not in cut[1].controls_at)
    cut[0].controls[list(cut[0].controls_at).index(one)] += 1e6  # never taken for a pilot: no placebo moves
    again = synthetic_did(cut, SyntheticDid(replications=100), 0)
    assert np.abs(again.draws).max() < 100 and len(found.draws) == 100


def test_a_treated_unit_whose_outcome_is_unknown_from_its_start_is_neither_treated_nor_compared(
    tmp_path: Path,
) -> None:
    table = block(units=12, treated=3).with_columns(
        on=((pl.col("start") > 0) & (pl.col("time") >= pl.col("start"))).cast(pl.Int8)
    )
    blind = table.with_columns(
        outcome=pl.when((pl.col("unit") == "u00") & (pl.col("on") == 1))
        .then(None)
        .otherwise(pl.col("outcome"))
    )
    pilot = declared(tmp_path, "data: {status: on}\n")
    panel = panel_of(pilot, blind)
    assert "u00" not in panel.units and int(panel.treated.sum()) == 2
    assert any("u00" in n.en and "since" in n.en for n in panel.notes)
    late = blind.filter((pl.col("unit") != "u01") | (pl.col("time") >= 2014))
    assert "u01" not in panel_of(pilot, late).units


def test_a_status_that_leaves_open_when_the_pilot_began_is_refused(tmp_path: Path) -> None:
    table = block(units=12, treated=3).with_columns(
        on=((pl.col("start") > 0) & (pl.col("time") >= pl.col("start"))).cast(pl.Float64)
    )
    pilot = declared(tmp_path, "data: {status: on}\n")

    def without(*rows: tuple[str, int]) -> pl.DataFrame:
        gone = pl.any_horizontal([(pl.col("unit") == u) & (pl.col("time") == t) for u, t in rows])
        return table.with_columns(on=pl.when(gone).then(None).otherwise(pl.col("on")))

    sure = panel_of(pilot, without(("u00", 2005), ("u00", 2016), ("u09", 2010)))
    assert sure.times[int(sure.start[0])] == "2014"  # between equal cells there is no doubt
    for rows in ([("u00", 2013)], [("u00", 2014)], [("u09", t) for t in range(2012, 2020)]):
        with pytest.raises(BadTable, match=rows[0][0]):
            panel_of(pilot, without(*rows))
    with pytest.raises(BadTable, match=r"0\.5"):
        panel_of(pilot, table.with_columns(on=pl.col("on") / 2))
