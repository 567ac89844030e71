"""Every pack in `packs/`, without exception: its contracts, its words, its samples, its simulation."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from tinh.flow.samples import judge_sample, samples, text
from tinh.packs.api import Catalogue, load

Compile = Callable[[Path], Catalogue]
ROOT = Path(__file__).parents[2]
DEMO = ROOT / "provinces" / "thai-nguyen"
PACKS = tuple(sorted(folder.parent for folder in (ROOT / "packs").glob("*/pack.yaml")))
CONTRACTS = tuple(sorted((ROOT / "packs").glob("*/datasets/*.odcs.yaml")))
SAMPLES = tuple(sorted(path for path in (ROOT / "packs").glob("*/samples/*/*") if path.is_file()))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT / "packs"))


def leaves(words: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    if isinstance(words, dict):
        return {k: v for key, below in words.items() for k, v in leaves(below, (*path, key)).items()}
    return {path: words}


def test_the_demo_province_compiles_without_a_finding() -> None:
    compiled = load(DEMO)
    assert [finding.render("en") for finding in compiled.findings] == []
    assert compiled.catalogue is not None
    assert set(compiled.catalogue.packs) == {pack.name for pack in PACKS}


@pytest.mark.parametrize("contract", CONTRACTS, ids=named)
def test_contract_is_valid_by_the_standard_itself(contract: Path) -> None:
    declared = yaml.safe_load(contract.read_text(encoding="utf-8"))
    OpenDataContractStandard.model_validate(declared)
    schema = json.loads(OpenDataContractStandard.json_schema())
    assert list(jsonschema.Draft201909Validator(schema).iter_errors(declared)) == []


@pytest.mark.parametrize("contract", CONTRACTS, ids=named)
def test_every_column_says_whether_it_is_personal(contract: Path) -> None:
    declared = yaml.safe_load(contract.read_text(encoding="utf-8"))
    for column in declared["schema"][0]["properties"]:
        ours = [p["value"] for p in column.get("customProperties", []) if p["property"] == "tinh"]
        assert ours and ours[0].get("personal"), column["name"]


@pytest.mark.parametrize("pack", PACKS, ids=named)
def test_both_languages_have_the_same_words(pack: Path) -> None:
    words = {
        language: leaves(yaml.safe_load((pack / "locale" / f"{language}.yaml").read_text(encoding="utf-8")))
        for language in ("vi", "en")
    }
    assert set(words["vi"]) == set(words["en"])
    assert all(text for language in words.values() for text in language.values())


@pytest.mark.parametrize("pack", PACKS, ids=named)
def test_pack_compiles_alone_and_names_everything_people_see(pack: Path, compiled: Compile) -> None:
    catalogue = compiled(pack)
    for dataset in catalogue.datasets.values():
        words = yaml.safe_load((pack / "locale" / "vi.yaml").read_text(encoding="utf-8"))
        said = words["datasets"][dataset.id]
        assert set(said["columns"]) == {column.name for column in dataset.columns}
        declared = yaml.safe_load(dataset.file.read_text(encoding="utf-8"))
        ours = declared["customProperties"][0]["value"]
        assert {rule["id"] for rule in ours.get("rules", [])} <= set(said.get("rules", {}))
    for indicator in catalogue.indicators.values():
        assert indicator.name.vi and indicator.name.en and indicator.definition.vi and indicator.unit.vi


@pytest.mark.parametrize("pack", PACKS, ids=named)
def test_every_dataset_has_a_sample(pack: Path, compiled: Compile) -> None:
    catalogue = compiled(pack)
    found = samples(next(iter(catalogue.packs.values())))
    assert {sample.dataset for sample in found} == set(catalogue.datasets)


@pytest.mark.parametrize("path", SAMPLES, ids=named)
def test_sample_is_judged_as_expected(path: Path, compiled: Compile) -> None:
    pack = path.parents[2]
    catalogue = compiled(pack)
    expected = pack / "expected" / path.parent.name / f"{path.name}.json"
    assert expected.exists(), f"./tinh bless {pack.name}"
    result = judge_sample(catalogue, catalogue.datasets[path.parent.name], path)
    assert text(result) == expected.read_text(encoding="utf-8")


def test_no_expected_result_is_left_without_its_sample() -> None:
    kept = {
        path.relative_to(path.parents[2] / "expected") for path in (ROOT / "packs").glob("*/expected/*/*")
    }
    made = {path.relative_to(path.parents[2] / "samples").with_name(f"{path.name}.json") for path in SAMPLES}
    assert kept == made
