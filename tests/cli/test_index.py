"""`tinh index`: a tree and a table in, a table out, without a province."""

from __future__ import annotations

from pathlib import Path

import polars as pl

TREE = """
format: 1
id: small
decimals: 1
tree:
  id: total
  children:
    - {id: reach, children: [{id: fibre}, {id: phones}]}
    - {id: use, children: [{id: online, effort: 5}, {id: paper, direction: down}]}
"""
DATA = "unit;fibre;phones;online;paper\nA;10;50;30;9\nB;20;80;20;2\nC;40;60;70;5\nD;35;NA;10;4\n"


def files(tmp_path: Path) -> tuple[Path, Path]:
    tree, data = tmp_path / "tree.yaml", tmp_path / "data.csv"
    tree.write_text(TREE, "utf-8")
    data.write_text(DATA, "utf-8")
    return tree, data


def test_scores_go_to_a_file_with_rank_intervals_and_sobol_indices(tinh, tmp_path: Path) -> None:
    tree, data = files(tmp_path)
    out = tmp_path / "out.csv"
    done = tinh("index", "score", tree, data, "-o", out, "--uncertainty", "64", "--sensitivity", "--json")
    assert done.code == 0
    found = pl.read_csv(out)
    assert found.columns[:8] == ["unit", "rank", "total", "reach", "fibre", "phones", "use", "online"]
    assert dict(zip(found["unit"], found["rank"], strict=True))["C"] == 1
    assert found.filter(pl.col("unit") == "D")["phones"].to_list() == [None]
    assert (found["rank_q5"] <= found["rank_q95"]).all()
    told = pl.read_csv(tmp_path / "out-sensitivity.csv")
    assert told["assumption"].to_list() == ["weights", "exclude", "normalise"]
    assert [u["unit"] for u in done.json["units"]] == ["A", "B", "C", "D"]


def test_the_other_questions_are_answered_too(tinh, tmp_path: Path) -> None:
    tree, data = files(tmp_path)
    audit = tinh("index", "audit", tree, data, "--json").json
    assert {g["node"] for g in audit["groups"]} == {"reach", "use", "total"}
    assert audit["effective_weights"]["fibre"] == 0.25
    removed = tinh("index", "remove-one", tree, data, "--json").json
    assert {r["removed"] for r in removed} == {"fibre", "phones", "online", "paper"}
    rows = tinh("index", "what-if", tree, data, "--unit", "A", "--set", "fibre=40", "--json").json
    assert round(next(r["after"] - r["before"] for r in rows if r["unit"] == "A"), 9) == 25.0
    steps = tinh("index", "cheapest", tree, data, "--unit", "A", "--json").json
    assert steps[0]["component"] != "online" and steps[0]["gain"] > 0


def test_what_is_asked_for_wrongly_is_said(tinh, tmp_path: Path) -> None:
    tree, data = files(tmp_path)
    nobody = tinh("index", "cheapest", tree, data, "--unit", "Z")
    assert (nobody.code, "INS077" in nobody.err) == (2, True)
    assert "CLI340" in tinh("index", "what-if", tree, data, "--unit", "A").err
    data.write_text(DATA.replace("fibre", "fiber"), "utf-8")
    assert "INS071" in tinh("index", "score", tree, data).err


def test_levels_seeds_ids_and_places_that_cannot_be_are_declared(tinh, tmp_path: Path) -> None:
    tree, data = files(tmp_path)
    assert "INS078" in tinh("index", "remove-one", tree, data, "--level", "9").err
    assert "CLI112" in tinh("index", "remove-one", tree, data, "--level", "0").err
    assert "CLI112" in tinh("index", "score", tree, data, "--uncertainty", "20", "--seed", "-4").err
    assert "CLI108" in tinh("index", "score", tree, data, "-o", tmp_path / "no" / "out.csv").err
    tree.write_text(TREE.replace("id: total", "id: unit"), "utf-8")
    assert "INS085" in tinh("index", "score", tree, data).err
