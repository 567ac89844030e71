"""A catalogue is whole, frozen and comparable."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # no stubs come with it
import pytest
from pydantic import ValidationError

from tinh.kit import yamltree
from tinh.kit.errors import Text
from tinh.packs.api import NoSuchProvince, PackFaults, compile, load, schemas

from .samples import CONTRACT, GOOD, INDICATOR, PROVINCE

Write = Callable[..., Path]
FULL = """\
format: 1
id: full
version: 3
unit: {vi: trạm, en: stations}
decimals: 2
direction: up
period: year
through: [month, quarter, year]
min_coverage: {quarter: 0.5, year: 1}
over_time: last
over_places: mean
places: [own, commune, province]
formula:
  direct: {dataset: stations, column: stations, how: sum, where: "opened >= '2025-07-01' and note is null"}
targets: [{value: 20, by: 2026-12-31, source: a.txt}]
benchmarks: [{name: {vi: Cả nước, en: National}, value: 15}]
bands: [1, 2.5, 4]
maturity: draft
"""
ALERT = (
    "format: 1\nid: low\nindicator: sharing\nbelow: 9\nclear_at: 10\npending: 2\n"
    "silent_after: P40D\ntell: [owner]\n"
)
RULES = """\
      rules:
        - {id: shared-not-above-all, expression: "shared <= stations and opened < '2030-01-01'"}
        - {id: known, reference: {column: commune, dataset: stations, to: commune}, score: clean}
        - {id: drift, drift: {column: stations, tolerance: 0.2}, severity: warning}
"""


def test_a_good_province_compiles_without_a_remark(province: Write) -> None:
    compiled = load(province(telecom={}))
    assert compiled.findings == ()
    catalogue = compiled.catalogue
    assert catalogue is not None
    stations = catalogue.datasets["stations"]
    assert (stations.kind, stations.key, stations.owner) == ("report", ("commune", "month"), "so-khcn")
    assert stations.name == Text("Trạm", "Stations")
    assert {r.id for r in stations.rules} >= {
        "place",
        "period",
        "key",
        "commune-required",
        "shared-range",
        "shared-type",
    }
    assert catalogue.indicators["sharing"].through == ("month",)
    assert catalogue.packs["telecom"].name == Text("Viễn thông", "Telecom")


def test_an_indicator_keeps_everything_it_declares(province: Write) -> None:
    catalogue = compile(province(telecom={"indicators/full.yaml": FULL}))
    full = catalogue.indicators["full"]
    assert full.unit == Text("trạm", "stations")
    assert full.through == ("month", "quarter", "year")
    assert dict(full.min_coverage) == {"quarter": 0.5, "year": 1}
    assert full.targets[0].by == date(2026, 12, 31)
    assert full.formula.terms[0].where == "((opened >= date('2025-07-01')) and (note is null))"
    assert (full.version, full.decimals, full.maturity, full.bands) == (3, 2, "draft", (1, 2.5, 4))


def test_rules_of_the_tinh_block_compile_with_their_sentences(province: Write) -> None:
    contract = CONTRACT.replace("schema:\n", RULES + "schema:\n", 1)
    vi = GOOD["locale/vi.yaml"].replace("{name: Trạm}", "{name: Trạm, rules: {shared-range: Không thể âm}}")
    files = {"datasets/stations.odcs.yaml": contract, "locale/vi.yaml": vi}
    rules = {r.id: r for r in compile(province(telecom=files)).datasets["stations"].rules}
    assert rules["shared-not-above-all"].columns == ("stations", "shared", "opened")
    assert "date('2030-01-01')" in rules["shared-not-above-all"].arguments["text"]
    assert rules["known"].arguments == {"dataset": "stations", "column": "commune"}
    assert (rules["known"].holds, rules["known"].score) == (False, "clean")
    assert (rules["drift"].arguments, rules["drift"].severity) == ({"tolerance": 0.2}, "warning")
    assert rules["shared-range"].says == Text("Không thể âm", "shared must be at least 0")


def test_sql_and_derived_formulas_know_what_they_read(province: Write) -> None:
    sql = "format: 1\nid: by-sql\nperiod: month\nformula: {sql: {file: by.sql, reads: [stations]}}\n"
    derived = (
        "format: 1\nid: less\nperiod: month\n"
        "formula: {derived: {from: [sharing, by-sql], expression: sharing / by_sql}}\n"
    )
    files = {
        "indicators/by-sql.yaml": sql,
        "indicators/by.sql": 'select _place as place from "stations" -- end; of line\n;',
        "indicators/less.yaml": derived,
    }
    first = compile(province(one=files, two=files)).indicators
    assert first["by-sql"].reads() == ("stations",)
    assert 'from "two.stations"' in first["two.by-sql"].formula.sql
    assert first["less"].formula.indicators == ("sharing", "by-sql")
    assert first["two.less"].formula.expression == "(two_sharing / two_by_sql)"


def test_alerts_and_simulations_point_at_what_there_is(province: Write) -> None:
    files = {
        "alerts/low.yaml": ALERT,
        "simulation/stations.yaml": "format: 1\ndataset: stations\nseed: 7\nrows: {a: [1]}\n",
    }
    catalogue = compile(province(telecom=files))
    alert = catalogue.alerts["low"]
    assert (alert.indicator, alert.below, alert.clear_at, alert.pending) == ("sharing", 9, 10, 2)
    assert "{threshold}" in alert.says.vi
    assert catalogue.simulations[0].settings == {"seed": 7, "rows": {"a": [1]}}


def test_a_catalogue_is_frozen_and_its_digest_moves_with_any_word(province: Write) -> None:
    home = province(telecom={})
    first, again = compile(home), compile(home)
    assert first.digest == again.digest
    with pytest.raises(ValidationError):
        first.place = "31"
    vi = home / "packs/telecom/locale/vi.yaml"
    vi.write_text(vi.read_text("utf-8").replace("Trạm", "Trạm phát sóng"), "utf-8")
    assert compile(home).digest != first.digest


def test_the_export_says_the_same_wherever_the_folder_stands(province: Write, tmp_path: Path) -> None:
    home = province(telecom={"alerts/low.yaml": ALERT})
    first = compile(home)
    home.rename(tmp_path / "elsewhere")
    second = compile(tmp_path / "elsewhere")
    assert first.as_json() == second.as_json()
    assert str(tmp_path) not in json.dumps(first.as_json())
    assert first.digest == second.digest


def test_faults_stop_a_catalogue_and_a_missing_province_is_told(province: Write, tmp_path: Path) -> None:
    with pytest.raises(PackFaults) as caught:
        compile(province(telecom={"indicators/sharing.yaml": INDICATOR + "a: 1\nb: 2\n"}))
    assert [f.code for f in caught.value.findings] == ["PCK010", "PCK010"]
    assert "2" in caught.value.detail().vi
    with pytest.raises(NoSuchProvince):
        load(tmp_path / "nowhere")


def test_packs_are_found_by_the_environment_and_beside_the_province(
    province: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = province(**{"not-in-the-checkout": {}})
    (home / "packs").rename(tmp_path / "shelf")
    assert load(home).catalogue is None
    monkeypatch.setenv("TINH_PACKS", f"/nowhere:{tmp_path / 'shelf'}")
    assert load(home).catalogue is not None
    monkeypatch.delenv("TINH_PACKS")
    assert load(home, [tmp_path / "shelf"]).catalogue is not None


def test_schemas_for_editors_accept_what_compiles_and_refuse_what_does_not(province: Write) -> None:
    made = schemas()
    assert set(made) >= {"province", "pack", "indicator", "alert", "simulation", "locale", "tinh"}
    good = {
        "province": PROVINCE,
        "pack": GOOD["pack.yaml"].replace("ID", "x"),
        "indicator": FULL,
        "alert": ALERT,
    }
    for name, text in good.items():
        value = yamltree.parse(text.encode(), Path(name)).value
        jsonschema.validate(value, made[name])
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**value, "unknown": 1}, made[name])


def test_a_hundred_packs_compile_in_reasonable_time(province: Write) -> None:
    home = province(**{f"p{i}": {} for i in range(100)})
    begun = time.process_time()
    assert load(home).catalogue is not None
    assert time.process_time() - begun < 10
