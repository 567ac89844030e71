"""Agencies and posts from a terminal."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.cli.conftest import Tinh
from tests.harness.commands import ROOT


def test_an_agency_made_at_the_terminal_owns_data_has_people_and_is_merged(
    standing: Tinh, tmp_path: Path
) -> None:
    province = tmp_path / "provinces" / "thai-nguyen"
    shutil.copytree(ROOT / "provinces" / "thai-nguyen", province)
    shutil.copytree(ROOT / "packs", tmp_path / "packs")
    pack = tmp_path / "packs" / "telecom" / "pack.yaml"
    pack.write_text(pack.read_text("utf-8").replace("owner: so-khcn", "owner: tt-cds"), "utf-8")
    contract = tmp_path / "packs" / "telecom" / "datasets" / "telecom-monthly.odcs.yaml"
    contract.write_text(contract.read_text("utf-8").replace("owner: so-khcn", "owner: tt-cds"), "utf-8")
    refused = standing("check", "--json", province=province).json
    assert {f["code"] for f in refused["findings"]} == {"PCK030"}
    assert not refused["province"]

    demo = ROOT / "provinces" / "thai-nguyen"
    made = standing("agency", "add", "Trung tâm Chuyển đổi số", "--id", "tt-cds", "--identifier",
                "ma-dinh-danh=H55.99", "--json", province=demo)  # fmt: skip
    assert made.code == 0, made.err
    assert made.json["identifiers"] == {"ma-dinh-danh": "H55.99"}
    assert standing("check", "--json", province=province).json["findings"] == []
    planned = standing("plan", "--json", province=province)
    assert planned.code == 1, planned.out
    applied = standing("apply", "--reason", "chuyển đơn vị", "--yes", "--json", province=province)
    assert applied.code == 0, applied.out
    shown = standing("agency", "show", "tt-cds", "--json", province=province).json
    assert shown["holds"]["datasets"] == ["telecom-monthly"] and shown["origin"] == "home"

    opened = standing("account", "add", "sen", "--role", "data_officer", "--agency", "tt-cds", "--sector",
                  "telecom", "--json", province=province)  # fmt: skip
    assert opened.code == 0, opened.out
    wrong = standing(
        "account", "add", "ai", "--role", "data_officer", "--agency", "khong", "--json", province=province
    )
    assert (wrong.code, wrong.json["problem"]["code"]) == (2, "PPL040")
    post = standing("account", "post", "sen", "--role", "leader", "--agency", "tt-cds", "--reason", "QĐ 12",
                "--json", province=province)  # fmt: skip
    assert post.code == 0, post.out
    held = standing("account", "posts", "sen", "--json", province=province).json
    assert [p["role"] for p in held] == ["data_officer", "leader"] and held[0]["sector"] == "telecom"

    asked = standing("agency", "merge", "tt-cds", "so-khcn", province=province)
    assert asked.code == 2 and "telecom-monthly" in asked.out
    merged = standing(
        "agency", "merge", "tt-cds", "so-khcn", "--until", "2026-06-30", "--yes", "--json", province=province
    )
    assert merged.json["merged"] and merged.json["moves"]["people"] == 1
    listed = standing("account", "list", "--json", province=province).json
    assert {u["agency"] for u in listed if u["username"] == "sen"} == {"so-khcn"}
    names = {
        a["id"]: [x["id"] for x in a["aliases"]]
        for a in standing("agency", "list", "--json", province=province).json
    }
    assert "tt-cds" not in names and names["so-khcn"] == ["tt-cds"]
    assert standing("check", "--json", province=province).json["findings"] == []
