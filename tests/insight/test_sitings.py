"""Sitings from files: optimal where all plans can be counted out, bounds that hold, refusals with a place."""

from __future__ import annotations

import csv
import json
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from tinh.insight.sitings import errors
from tinh.insight.sitings.case import read_case
from tinh.insight.sitings.plan import Plan
from tinh.insight.sitings.solve import solve
from tinh.insight.sitings.spec import read_spec

Spec = dict[str, Any]


def asked(folder: Path, **spec: Any) -> Plan:
    (folder / "spec.yaml").write_text(yaml.safe_dump(spec))
    return solve(read_case(read_spec(folder / "spec.yaml"), folder))


def written(folder: Path, name: str, rows: list[dict[str, Any]]) -> dict[str, str]:
    with (folder / name).open("w", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return {"file": name}


class Town:
    """Thirty points, nine sites, few enough to count every plan."""

    def __init__(self, folder: Path, seed: int) -> None:
        dice = np.random.default_rng(seed)
        self.folder = folder
        self.points, self.places = dice.random((30, 2)) * 10, dice.random((9, 2)) * 10
        self.people, self.cost = dice.integers(0, 20, 30).astype(float), dice.integers(1, 5, 9).astype(float)
        self.stands = np.arange(9) == (0 if seed % 2 else 99)
        self.demand = {
            **written(
                folder,
                "d.csv",
                [
                    {"id": f"d{n}", "x": x, "y": y, "people": p, "commune": "AB"[n % 2]}
                    for n, ((x, y), p) in enumerate(
                        zip(self.points.tolist(), self.people.tolist(), strict=True)
                    )
                ],
            ),
            "id": "id",
            "weight": "people",
            "group": "commune",
        }
        self.sites = {
            **written(
                folder,
                "s.csv",
                [
                    {"id": f"s{n}", "x": x, "y": y, "cost": c, "stands": int(e)}
                    for n, ((x, y), c, e) in enumerate(
                        zip(self.places.tolist(), self.cost.tolist(), self.stands.tolist(), strict=True)
                    )
                ],
            ),
            "id": "id",
            "cost": "cost",
            "existing": "stands",
        }
        self.far = np.hypot(*(self.points[:, None] - self.places[None]).transpose(2, 0, 1))

    def solved(self, **spec: Any) -> Plan:
        return asked(self.folder, demand=self.demand, sites=self.sites, **spec)

    def plans(self, p: int | None = None, budget: float | None = None) -> list[list[int]]:
        free = [j for j in range(9) if not self.stands[j]]
        stand = [j for j in range(9) if self.stands[j]]
        return [
            stand + list(s)
            for r in range((9 if p is None else p) + 1)
            for s in combinations(free, r)
            if budget is None or self.cost[list(s)].sum() <= budget
        ]

    def reached(self, plan: list[int], radius: float = 3.0, rows: Any = slice(None)) -> float:
        near = (
            (self.far[rows][:, plan] <= radius).any(1) if plan else np.zeros(len(self.far[rows]), dtype=bool)
        )
        return float(self.people[rows][near].sum())

    def spent(self, plan: list[int]) -> float:
        return float(self.cost[[j for j in plan if not self.stands[j]]].sum())


@pytest.fixture(params=range(4))
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Town:
    return Town(tmp_path, request.param)


def test_covering_is_the_best_of_all_plans_by_number_and_by_money(town: Town) -> None:
    for limit in ({"p": 3}, {"budget": 6.0}):
        plan = town.solved(goal="cover", radius=3.0, **limit)
        best = max(town.reached(s) for s in town.plans(**limit))
        assert plan.value == pytest.approx(best)
        assert (plan.state, plan.gap, plan.bound) == ("optimal", 0.0, pytest.approx(best))
        assert plan.before + sum(s.gain or 0 for s in plan.sites) == pytest.approx(plan.reached)


def test_fading_service_is_the_best_of_all_plans(town: Town) -> None:
    share = np.clip((4 - town.far) / 2.5, 0, 1)
    best = max(float((town.people * share[:, s].max(1)).sum()) if s else 0.0 for s in town.plans(p=3))
    assert town.solved(goal="cover", decay={"full": 1.5, "none": 4.0}, p=3).value == pytest.approx(best)


def test_the_median_is_the_nearest_of_all_plans(town: Town) -> None:
    best = min(float((town.people * town.far[:, s].min(1)).sum()) for s in town.plans(p=3) if s)
    plan = town.solved(goal="median", p=3)
    assert (plan.value, plan.bound) == (pytest.approx(best), pytest.approx(best))


def test_serving_all_is_the_cheapest_of_all_plans(town: Town) -> None:
    can = (town.far <= 3.0).any(1)
    full = [s for s in town.plans() if s and ((town.far[:, s] <= 3.0).any(1) | ~can).all()]
    plan = town.solved(goal="cover-all", radius=3.0, unreachable="leave_out")
    assert plan.value == min(map(town.spent, full))
    assert set(plan.left_out) == {f"d{n}" for n in np.flatnonzero(~can)}
    most = town.people[can].sum() / town.people.sum()
    some = town.solved(goal="cover-all", radius=3.0, share=0.8 * float(most))
    enough = [s for s in town.plans() if town.reached(s) >= 0.8 * most * town.people.sum() - 1e-9]
    assert some.value == min(map(town.spent, enough))


def test_minimum_service_holds_in_each_commune_and_costs_as_little_as_it_can(town: Town) -> None:
    sides = [np.arange(30) % 2 == k for k in (0, 1)]
    kept = [
        s
        for s in town.plans(p=4)
        if all(town.reached(s, rows=r) >= 0.5 * town.people[r].sum() for r in sides)
    ]
    if not kept:
        with pytest.raises(errors.NoPlan):
            town.solved(goal="cover", radius=3.0, p=4, minimum={"share": 0.5})
        return
    plan = town.solved(goal="cover", radius=3.0, p=4, minimum={"share": 0.5})
    assert plan.value == pytest.approx(max(map(town.reached, kept)))
    assert all(g.reached >= 0.5 * g.weight - 1e-9 for g in plan.groups)


def test_phases_keep_what_is_open_and_are_the_best_sum_of_all_phases(town: Town) -> None:
    plan = town.solved(goal="cover", radius=3.0, phases=[{"p": 1}, {"p": 2}])
    best = max(
        town.reached(a) + town.reached(b)
        for a in town.plans(p=1)
        for b in town.plans(p=3)
        if set(a) <= set(b)
    )
    assert sum(p.value for p in plan.phases) == pytest.approx(best)
    alone = [max(map(town.reached, town.plans(p=p))) for p in (1, 3)]
    assert [p.bound for p in plan.phases] == pytest.approx(alone)
    assert [s.phase for s in plan.sites] == sorted(s.phase for s in plan.sites)


def test_capacities_bind(tmp_path: Path) -> None:
    demand = written(tmp_path, "d.csv", [{"x": x, "y": 0, "w": 10} for x in (0, 1, 2, 10)])
    sites = written(tmp_path, "s.csv", [{"x": 1, "y": 0, "room": 15}, {"x": 10, "y": 0, "room": ""}])
    spec: Spec = {"goal": "cover", "radius": 2.0, "demand": {**demand, "weight": "w"}, "p": 2}
    assert asked(tmp_path, sites={**sites, "capacity": "room"}, **spec).value == pytest.approx(25)
    assert asked(tmp_path, sites={**sites, "capacity": "room"}, assignment="whole", **spec).value == 20
    assert asked(tmp_path, sites=sites, **spec).value == 40


def test_matrices_edges_and_or_library_files_say_the_same(tmp_path: Path) -> None:
    edges = [(1, 2, 4), (2, 3, 3), (3, 4, 6), (4, 5, 2), (5, 1, 9), (2, 5, 8)]
    written(tmp_path, "e.csv", [{"from": a, "to": b, "length": c} for a, b, c in edges])
    (tmp_path / "p.txt").write_text("5 6 2\n" + "\n".join(" ".join(map(str, e)) for e in edges))
    far = np.full((5, 5), 99.0)
    for a, b, c in edges:
        far[a - 1, b - 1] = far[b - 1, a - 1] = c
    np.fill_diagonal(far, 0)
    for k in range(5):
        far = np.minimum(far, far[:, [k]] + far[[k]])
    written(tmp_path, "m.csv", [{"id": i + 1, **{f"{j + 1}": far[i, j] for j in range(5)}} for i in range(5)])
    best = min(far[:, list(s)].min(1).sum() for s in combinations(range(5), 2))
    ways = [("matrix", "m.csv", 2), ("edges", "e.csv", 2), ("or-library-pmed", "p.txt", None)]
    for kind, file, p in ways:
        more = {} if p is None else {"p": p}
        assert asked(tmp_path, goal="median", distances={"file": file, "kind": kind}, **more).value == best
    (tmp_path / "c.txt").write_text("3 4\n2 3 4 7\n2\n1 2\n2\n2 3\n2\n1 4\n")
    scp = asked(tmp_path, goal="cover-all", distances={"file": "c.txt", "kind": "or-library-scp"})
    assert (scp.value, [s.site for s in scp.sites]) == (5.0, ["1", "2"])


def test_degrees_are_measured_on_the_globe(tmp_path: Path) -> None:
    demand = written(tmp_path, "d.csv", [{"lon": 105.84, "lat": 21.59}])
    sites = written(tmp_path, "s.csv", [{"lon": 105.85, "lat": 21.59}])  # 1,034 m east at this latitude
    spec: Spec = {"goal": "cover", "demand": demand, "sites": sites, "p": 1}
    assert asked(tmp_path, radius=1040.0, **spec).value == 1
    with pytest.raises(errors.ReachesNothing):
        asked(tmp_path, radius=1030.0, **spec)


def test_a_larger_siting_lies_between_greedy_and_its_bound_and_comes_out_the_same_again(
    tmp_path: Path,
) -> None:
    dice = np.random.default_rng(5)
    written(tmp_path, "d.csv", [{"x": x, "y": y, "w": w} for x, y, w in dice.integers(0, 100, (3000, 3))])
    written(tmp_path, "s.csv", [{"x": x, "y": y} for x, y in dice.integers(0, 100, (80, 2))])
    spec: Spec = {
        "goal": "cover",
        "radius": 12.0,
        "p": 9,
        "gap": 0.005,
        "seed": 3,
        "time_limit": 20.0,
        "demand": {"file": "d.csv", "weight": "w"},
        "sites": {"file": "s.csv"},
    }
    one, two = asked(tmp_path, **spec), asked(tmp_path, **spec)
    assert one.floor <= one.value <= one.bound
    assert one.gap <= 0.005
    assert [s.site for s in one.sites] == [s.site for s in two.sites]


SMALL: Spec = {
    "goal": "cover",
    "demand": {"file": "d.csv", "weight": "w"},
    "sites": {"file": "s.csv", "id": "id"},
}


@pytest.mark.parametrize(
    ("change", "refused", "says"),
    [
        ({"radius": 0.1, "p": 1}, errors.ReachesNothing, "None of 2 sites"),
        ({"radius": 1.0}, errors.AtOdds, "how much"),
        ({"radius": 1.0, "p": 1, "budget": 2.0}, errors.AtOdds, "stand together"),
        ({"radius": 1.0, "p": 1, "colour": "red"}, errors.BadSpec, "colour"),
        ({"p": 1}, errors.AtOdds, "how far"),
        ({"goal": "cover-all", "radius": 1.5}, errors.OutOfReach, "reaches 1 of them: 3"),
        ({"radius": 1.5, "p": 1, "demand": {"file": "none.csv", "weight": "w"}}, errors.NoDemand, "0 points"),
        (
            {"radius": 1.5, "p": 1, "demand": {"file": "zero.csv", "weight": "w"}},
            errors.NoDemand,
            "total weight 0",
        ),
        ({"radius": 1.5, "p": 1, "demand": {"file": "torn.csv", "weight": "w"}}, errors.BadCell, "line 3"),
        (
            {"radius": 1.5, "p": 1, "demand": {"file": "d.csv", "weight": "people"}},
            errors.NoColumn,
            "no column “people”",
        ),
        ({"radius": 1.5, "p": 1, "sites": {"file": "twice.csv", "id": "id"}}, errors.TwiceNamed, "“a”"),
        ({"radius": 1.5, "p": 1, "sites": {"file": "gone.csv"}}, errors.NoTable, "gone.csv"),
    ],
)
def test_what_cannot_be_solved_is_refused_with_its_place(
    tmp_path: Path, change: Spec, refused: type[Exception], says: str
) -> None:
    (tmp_path / "d.csv").write_text("x,y,w\n0,0,1\n1,0,2\n9,9,3\n")
    (tmp_path / "zero.csv").write_text("x,y,w\n0,0,0\n")
    (tmp_path / "none.csv").write_text("x,y,w\n")
    (tmp_path / "torn.csv").write_text("x,y,w\n0,0,1\n0,0,many\n")
    (tmp_path / "s.csv").write_text("id,x,y\na,0.5,0\nb,0.5,0\n")
    (tmp_path / "twice.csv").write_text("id,x,y\na,0.5,0\na,0.5,0\n")
    with pytest.raises(refused, match=says) as found:
        asked(tmp_path, **{**SMALL, **change})
    assert found.value.as_dict()["detail"]["vi"]  # type: ignore[attr-defined]  # a TinhError


def test_sites_that_tie_are_told_once_and_the_first_stands(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("x,y,w\n0,0,1\n1,0,2\n")
    (tmp_path / "s.csv").write_text("id,x,y\na,0.5,0\nb,0.5,0\n")
    plan = asked(tmp_path, **SMALL, radius=1.0, p=2)
    assert (plan.value, [s.site for s in plan.sites]) == (3.0, ["a"])


def test_the_command_writes_the_sites_and_how_each_point_is_served(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from tinh.cli.main import tinh

    (tmp_path / "d.csv").write_text("x,y,w\n0,0,1\n1,0,2\n9,9,3\n")
    (tmp_path / "s.csv").write_text("id,x,y\na,0.5,0\nb,9,9\n")
    (tmp_path / "spec.yaml").write_text(
        yaml.safe_dump({**SMALL, "radius": 1.0, "phases": [{"p": 1}, {"p": 1}]})
    )
    out = [str(tmp_path / "sites.csv"), str(tmp_path / "points.csv")]
    done = CliRunner().invoke(
        tinh,
        ["siting", "solve", str(tmp_path / "spec.yaml"), "-o", out[0], "--points", out[1], "--json"],
        obj={},
    )
    told = json.loads(done.stdout)
    assert (told["status"], told["share"], [p["gap"] for p in told["phases"]]) == ("optimal", 1.0, [0.0, 0.0])
    rows = list(csv.DictReader((tmp_path / "sites.csv").open()))
    assert [(r["phase"], r["site"], r["gain"]) for r in rows] == [("1", "a", "3.0"), ("2", "b", "3.0")]
    assert [r["site"] for r in csv.DictReader((tmp_path / "points.csv").open())] == ["a", "a", "b"]


def test_a_median_of_very_many_points_is_the_plan_a_full_table_proves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way of large cases, on one small enough for the exact way to judge; some sites stand."""
    dice = np.random.default_rng(7)
    points = [{"id": f"d{n}", "x": x, "y": y, "people": int(w)} for n, (x, y, w) in enumerate(
        zip(*(dice.random((2, 1500)) * 20), dice.integers(0, 30, 1500), strict=True))]  # fmt: skip
    sites = [{"id": f"s{n}", "x": x, "y": y, "cost": int(c), "stands": int(n == 3)} for n, (x, y, c) in
             enumerate(zip(*(dice.random((2, 40)) * 20), dice.integers(1, 5, 40), strict=True))]  # fmt: skip
    given: Spec = {
        "goal": "median", "gap": 0.001, "time_limit": 20.0,
        "demand": {**written(tmp_path, "d.csv", points), "id": "id", "weight": "people"},
        "sites": {**written(tmp_path, "s.csv", sites), "id": "id", "cost": "cost", "existing": "stands"},
    }  # fmt: skip
    for amount in ({"p": 4}, {"budget": 9.0}):
        exact = asked(tmp_path, **{**given, "gap": 0.0}, **amount)
        with monkeypatch.context() as large:
            large.setattr("tinh.insight.sitings.case.PAIRS", 1000)
            found = asked(tmp_path, **given, **amount)
        assert exact.gap == 0 and found.method.startswith("gathered")
        assert found.bound <= exact.value * (1 + 1e-9) <= found.value * (1 + 1e-6)
        assert found.gap <= 0.001 or found.state == "time_limit"
        assert found.value <= exact.value * 1.001
        assert found.mean_distance == pytest.approx(found.curve[-1][1])
        assert {s.site for s in found.sites} <= {f"s{n}" for n in range(40)} - {"s3"}
        served = np.array([sites[j]["x"] for j in found.nearest])
        assert served.shape == (1500,) and found.distance.max() < 29


def test_a_median_that_may_open_nothing_says_so(tmp_path: Path) -> None:
    town = Town(tmp_path, 0)
    with pytest.raises(errors.AtOdds, match="No site can be opened and none stands"):
        town.solved(goal="median", p=0)


def test_faults_of_a_spec_are_told_in_both_languages(tmp_path: Path) -> None:
    text = "goal: nearest\np: -1\nradious: 3\nphases: [{p: 1, budget: 2.0}]\ndemand: {file: d.csv}\n"
    (tmp_path / "spec.yaml").write_text(text)
    with pytest.raises(errors.BadSpec) as refused:
        read_spec(tmp_path / "spec.yaml")
    vi, en = refused.value.detail().vi, refused.value.detail().en
    for said in (
        "dòng 1: goal: “nearest” không thuộc",
        "p: phải từ 0",
        "radious: không có khóa này",
        "cần đúng một",
    ):
        assert said in vi
    assert "must be" not in vi and "line 2: p: must be at least 0" in en
