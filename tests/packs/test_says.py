"""Rules told in words: labels, limits with units, comparisons, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tinh.kit.errors import Text
from tinh.packs.api import load

from .samples import CONTRACT

NAMES = {"stations": ("Số trạm", "Stations"), "shared": ("Số trạm dùng chung", "Shared stations")}
NAMES |= {"opened": ("Ngày khai trương", "Opening day"), "note": ("Ghi chú", "Note")}
EXPRESSIONS = {
    "shared <= stations": Text(
        "Số trạm dùng chung không được lớn hơn số trạm", "Shared stations must not be more than stations"
    ),
    "stations >= 12000": Text(
        "Số trạm không được nhỏ hơn 12.000 trạm", "Stations must not be less than 12,000 stations"
    ),
    "opened is null or opened > '2020-12-31'": Text(
        "Ngày khai trương phải muộn hơn 31/12/2020 (khi có ngày khai trương)",
        "Opening day must be later than 2020-12-31 (where opening day is given)",
    ),
    "note in ['mới', 'cũ']": Text(
        "Ghi chú phải là một trong: “mới”, “cũ”", "Note must be one of: “mới”, “cũ”"
    ),
    "stations - shared > 0.5 and note is not null": Text(
        "Số trạm − số trạm dùng chung phải lớn hơn 0,5, và ghi chú không được để trống",
        "Stations − shared stations must be more than 0.5, and note must be filled",
    ),
    "not (shared = 3)": Text(
        "Dòng phải thỏa điều kiện: not (shared = 3)", "The row must satisfy: not (shared = 3)"
    ),
}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_is_told_with_the_names_people_know(
    province: Callable[..., Path], expression: str
) -> None:
    rule = f'      rules: [{{id: r, expression: "{expression}"}}]\n'
    contract = CONTRACT.replace("      kind: report\n", "      kind: report\n" + rule)
    unit = "customProperties: [{property: tinh, value: {unit: trạm}}], "
    contract = contract.replace("{name: stations, logicalType", "{name: stations, " + unit + "logicalType")
    words = {
        f"locale/{language}.yaml": "pack: {name: x}\nindicators: {sharing: {name: x, unit: x}}\n"
        "datasets:\n  stations:\n    name: x\n    columns: {"
        + ", ".join(f"{c}: {n[at]}" for c, n in NAMES.items())
        + "}\n"
        for at, language in enumerate(("vi", "en"))
    }
    compiled = load(province(telecom={"datasets/stations.odcs.yaml": contract, **words}))
    assert compiled.catalogue is not None, compiled.findings
    rules = {r.id: r.says for r in compiled.catalogue.datasets["stations"].rules}
    assert rules["r"] == EXPRESSIONS[expression]
    assert rules["stations-range"] == Text(
        "Số trạm phải từ 0 trạm trở lên", "Stations must be at least 0 stations"
    )
