"""`tinh index`: a tree and a table in, a table out, without a province."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
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


META = """iCode,iName,Level,Parent,Direction,Weight,Type,Denominator,Unit
Goods,Trade in goods,1,Conn,1,1,Indicator,GDP,USD
Tariff,Tariffs,1,Conn,-1,0.5,Indicator,NA,%
School,Schooling,1,Sust,1,2,Indicator,NA,years
Waste,Waste,1,Sust,-1,1,Indicator,Pop,t
Conn,Connectivity,2,Index,1,1,Aggregate,NA,Score
Sust,Sustainability,2,Index,1,3,Aggregate,NA,Score
Index,Overall,3,NA,1,1,Aggregate,NA,Score
GDP,GDP,NA,NA,NA,NA,Denominator,NA,USD
Pop,Population,NA,NA,NA,NA,Denominator,NA,people
Area,Group by area,NA,NA,NA,NA,Group,NA,NA
"""
IDATA = """uCode,uName,Area,GDP,Pop,Goods,Tariff,School,Waste
AUT,Austria,EU,400,9,180,1.6,11.3,5
BEL,Belgium,EU,470,11,390,1.6,11.4,6
CHN,China,Asia,11000,1380,1900,8.1,7.6,400
JPN,Japan,Asia,5000,127,620,4.4,12.5,44
NOR,Norway,EU,370,5,NA,3.1,12.6,4
"""


def test_indicator_metadata_of_coinr_make_the_tree_they_describe(tinh, tmp_path: Path) -> None:
    """Denominated, min–max to 100, weighted means with missing children left out: by plain numpy."""
    meta, data = tmp_path / "iMeta.csv", tmp_path / "iData.csv"
    meta.write_text(META, "utf-8")
    data.write_text(IDATA, "utf-8")
    x = np.genfromtxt(data, delimiter=",", skip_header=1)[:, 3:]
    raw = np.column_stack([x[:, 2] / x[:, 0], -x[:, 3], x[:, 4], -x[:, 5] / x[:, 1]])
    low, high = np.nanmin(raw, axis=0), np.nanmax(raw, axis=0)
    part = (raw - low) / (high - low) * 100

    def mean(columns: np.ndarray, weights: list[float]) -> np.ndarray:
        w = np.where(np.isnan(columns), 0, weights)
        return np.nansum(columns * w, axis=1) / w.sum(axis=1)

    sides = np.column_stack([mean(part[:, :2], [1, 0.5]), mean(part[:, 2:], [2, 1])])
    wanted = {"Conn": sides[:, 0], "Sust": sides[:, 1], "Index": mean(sides, [1, 3])}

    tree = tmp_path / "tree.yaml"
    assert tinh("index", "from-coinr", data, meta, "-o", tree).code == 0
    for given in (tree, meta):  # the metadata may also stand where the tree does
        assert tinh("index", "score", given, data, "-o", tmp_path / "out.csv").code == 0
        found = pl.read_csv(tmp_path / "out.csv")
        assert found["name"].to_list()[0] == "Austria"
        for element, values in wanted.items():
            assert np.allclose(found[element].to_numpy(), values, rtol=1e-12)
    plain = tinh("index", "from-coinr", data, meta, "--no-denominate").out
    assert "denominator" not in plain and "groups" in plain


def test_metadata_that_make_no_tree_are_refused_with_every_fault(tinh, tmp_path: Path) -> None:
    meta, data = tmp_path / "iMeta.csv", tmp_path / "iData.csv"
    data.write_text(IDATA, "utf-8")
    meta.write_text(
        META.replace("Sust,1,2", "Nowhere,1,2").replace("-1,0.5", "0,x").replace(",GDP,USD", ",Gold,USD", 1)
    )
    told = tinh("index", "from-coinr", data, meta, "--lang", "en").err
    for said in ("INS088", "Nowhere", "Tariff: the Direction is 1 or -1", "“x” is no number", "Gold"):
        assert said in told.replace("\n", " ")
    meta.write_text(META.replace("Weight", "Wait"))
    assert "Weight" in tinh("index", "from-coinr", data, meta).err


def test_a_table_that_lost_its_shape_is_refused_with_the_line(tinh, tmp_path: Path) -> None:
    tree, data = files(tmp_path)
    for text, said in (
        (DATA.replace("B;20;80;20;2", "B;20;80;20"), "dòng 3"),
        (DATA.replace("B;20;80;20;2", "B;20;80;20;2;7"), "dòng 3"),
        (DATA.replace("phones", "fibre"), "“fibre”"),
        ("", "trống"),
    ):
        data.write_text(text, "utf-8")
        refused = tinh("index", "score", tree, data)
        assert refused.code != 0 and "INS086" in refused.err and said in refused.err
    data.write_text(DATA, "utf-8")
    tree.write_text(
        TREE.replace("{id: fibre}, {id: phones}", "{id: fibre, weight: 0}, {id: phones, weight: 0}")
    )
    assert "INS087" in tinh("index", "score", tree, data).err


def test_what_cannot_be_had_is_null_so_that_every_reader_takes_the_json(tinh, tmp_path: Path) -> None:
    """A group of one has no alpha; two children cannot contradict each other, a circle of three does."""
    tree, data = files(tmp_path)
    tree.write_text(TREE.replace("{id: fibre}, {id: phones}", "{id: fibre}"), "utf-8")
    text = tinh("index", "audit", tree, data, "--json").out

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    groups = {g["node"]: g for g in json.loads(text, parse_constant=refuse)["groups"]}
    assert groups["reach"]["alpha"] is None and groups["use"]["alpha"] is not None
    pairs = 'compare: {total: [[[1, 3], ["1/3", 1]]]}'
    tree.write_text(TREE.replace("tree:", f"method: {{weights: {{kind: ahp, {pairs}}}}}\ntree:"), "utf-8")
    told = json.loads(tinh("index", "score", tree, data, "--json").out, parse_constant=refuse)
    assert told["weights"]["reach"] == 0.75
    assert [c["ratio"] for c in told["consistency"]] == [0]
