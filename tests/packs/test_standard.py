"""Nothing the standard names goes unanswered: its own JSON Schema against our tables."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import open_data_contract_standard
import pytest

from tinh.packs import options, quality, sla, treatment
from tinh.packs.api import contracts_reference, reference
from tinh.packs.models import Logical
from tinh.packs.odcs import VERSIONS

SCHEMA: dict[str, Any] = json.loads((files(open_data_contract_standard) / "schema.json").read_text("utf-8"))
DEFS = SCHEMA["$defs"]
DOCS = Path(__file__).parents[2] / "docs" / "reference"


def words(*names: str) -> set[str]:
    return {key for name in names for key in DEFS[name].get("properties", {})}


def test_every_key_of_a_contract_has_a_treatment() -> None:
    assert set(treatment.CONTRACT) == set(SCHEMA["properties"])


def test_every_key_of_an_object_and_of_a_property_has_a_treatment() -> None:
    assert set(treatment.OBJECT) == words("SchemaElement", "SchemaObject")
    own = words("SchemaElement", "SchemaBaseProperty", "SchemaItemProperty")
    nested = {"items", "map"}  # described inside the conditions of the array and map types
    assert set(treatment.PROPERTY) == own | nested


def test_every_key_of_a_quality_entry_and_relationship_has_a_treatment() -> None:
    found = words("DataQuality", "DataQualityLibrary", "DataQualitySql", "DataQualityCustom")
    assert set(treatment.QUALITY) == found
    assert set(treatment.RELATIONSHIP) == words("RelationshipBase")


def test_every_metric_operator_and_type_of_quality_is_known() -> None:
    assert set(quality.METRICS) == set(DEFS["DataQualityLibrary"]["properties"]["metric"]["enum"])
    assert set(treatment.METRICS) == set(quality.METRICS)
    assert set(quality.OPERATORS) == {
        key for o in DEFS["DataQualityOperators"]["oneOf"] for key in o["properties"]
    }
    assert set(quality.TYPES) == set(DEFS["DataQuality"]["properties"]["type"]["enum"])


def test_every_option_of_every_logical_type_is_known() -> None:
    types = DEFS["SchemaBaseProperty"]["properties"]["logicalType"]["enum"]
    assert set(options.TREATMENT) == set(types) == set(Logical.__args__)  # type: ignore[attr-defined]  # a Literal
    for condition in DEFS["SchemaBaseProperty"]["allOf"]:
        if "if" not in condition:
            continue
        cases = condition["if"].get("anyOf", [condition["if"]])
        described = condition["then"]["properties"].get("logicalTypeOptions", {}).get("properties", {})
        for case in cases:
            logical = case["properties"]["logicalType"]["const"]
            assert set(options.TREATMENT[logical]) == set(described), logical


def test_every_version_from_3_0_is_read() -> None:
    assert set(VERSIONS) == {v for v in SCHEMA["properties"]["apiVersion"]["enum"] if v.startswith("v3")}


def test_service_levels_of_the_standard_are_known_by_name_and_short_name() -> None:
    for short, long in (("ly", "latency"), ("FY", "frequency"), ("re", "retention"), ("td", "timeToDetect")):
        assert sla.canonical(short) == long
    assert sla.span(4, "d") == ("P4D", None)
    assert sla.span(1, "h") == ("PT1H", "hour")
    assert sla.span("24h", None) == ("PT24H", None)
    assert sla.span("P2D", None) == ("P2D", None)
    assert sla.span("monthly", None) == ("P1M", "month")
    assert sla.span("soon", "d") == ("", None)


@pytest.mark.parametrize(
    ("page", "text"), [("packs.md", reference()), ("contracts.md", contracts_reference())]
)
def test_the_reference_pages_are_what_the_code_says(page: str, text: str) -> None:
    assert (DOCS / page).read_text("utf-8") == text, "write the page again from tinh.packs.api"
