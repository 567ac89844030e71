"""Shares are declared in packs, in the province or in its data folder; contradictions are found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml

from tinh.packs.api import Shares, load, schemas

from .samples import CONTRACT

Write = Callable[..., Path]
ROWS = """\
format: 1
id: tram
name: {vi: Trạm, en: Stations}
dataset: stations
columns: [commune, month, shared]
reach: {place: own, periods: {first: "2025-01"}, where: "stations > 0"}
members:
  - {agency: so-khcn, subsystem: ioc, until: 2027-12-31}
  - {group: commune}
purpose: {vi: Quy hoạch, en: Planning}
legal_basis: Quyết định 1
until: 2027-12-31
as_of: no
"""
VALUES = """\
format: 1
id: ty-le
name: Tỷ lệ
indicator: sharing
members: [{group: all}]
purpose: x
legal_basis: y
"""
SPEC = """\
openapi: 3.1.0
info: {title: Kho, version: "1"}
paths:
  /items/{id}:
    get: {responses: {200: {description: ok}}}
"""
PROXY = """\
format: 1
id: kho
name: Kho
owner: so-khcn
kind: proxy
members: [{group: all}]
purpose: x
legal_basis: y
proxy:
  base: https://kho.example.vn/api
  openapi: kho.openapi.yaml
  allow: {"/items/{id}": [get]}
  headers: {Authorization: "Bearer {secret.KHO}"}
"""
PERSONAL = CONTRACT.replace(
    "{name: note, logicalType: string}",
    "{name: note, logicalType: string, customProperties: [{property: tinh, value: {personal: contact}}]}",
)


def test_shares_of_a_pack_of_the_province_and_of_the_data_folder_stand_together(
    province: Write, tmp_path: Path
) -> None:
    folder = province(a={"shares/tram.yaml": ROWS, "shares/kho.yaml": PROXY, "shares/kho.openapi.yaml": SPEC})
    (folder / "shares").mkdir()
    (folder / "shares" / "ty-le.yaml").write_text(VALUES)
    compiled = load(folder)
    assert compiled.catalogue is not None, compiled.findings
    shares = compiled.catalogue.shares
    assert set(shares) == {"ty-le", "tram", "kho"}
    tram = shares["tram"]
    assert (tram.owner, tram.as_of, tram.reach.place) == ("so-khcn", False, "own")
    assert shares["ty-le"].indicators == ("sharing",) and "value" in shares["ty-le"].columns
    assert shares["kho"].proxy is not None
    assert shares["kho"].proxy.openapi["paths"]["/items/{id}"]["get"]["responses"]["200"]

    home = tmp_path / "home"
    book = Shares(compiled.catalogue, home)
    assert set(book.all()) == set(shares)
    (home / "shares").mkdir(parents=True)
    (home / "shares" / "moi.yaml").write_text(VALUES.replace("ty-le", "moi"))
    (home / "shares" / "ty-le.yaml").write_text(VALUES)
    (home / "shares" / "hong.yaml").write_text(VALUES.replace("indicator: sharing", "indicator: sharng"))
    assert set(book.all()) == {*shares, "moi"}
    assert {(f.code, f.file.name) for f in book.findings()} == {
        ("PCK024", "ty-le.yaml"),
        ("PCK033", "hong.yaml"),
    }


def test_personal_columns_are_left_out_unless_a_member_has_a_right_that_names_them(province: Write) -> None:
    open_ = ROWS.replace("columns: [commune, month, shared]\n", "")
    named = open_.replace("id: tram", "id: rieng").replace(
        "{agency: so-khcn, subsystem: ioc, until: 2027-12-31}",
        "{agency: so-khcn, personal: {columns: [note], purpose: z, legal_basis: w}}",
    )
    files = {"datasets/stations.odcs.yaml": PERSONAL, "shares/tram.yaml": open_, "shares/rieng.yaml": named}
    compiled = load(province(a=files))
    assert compiled.catalogue is not None, compiled.findings
    assert "note" not in compiled.catalogue.shares["tram"].columns
    assert "note" in compiled.catalogue.shares["rieng"].columns


CASES = [
    ("PCK140", 4, ROWS, "dataset: stations", "kind: proxy\ndataset: stations"),
    ("PCK140", 1, VALUES, "indicator: sharing\n", ""),
    ("PCK030", 8, ROWS, "agency: so-khcn", "agency: so-nobody"),
    ("PCK031", 4, ROWS, "dataset: stations", "dataset: station"),
    ("PCK032", 5, ROWS, "month, shared", "month, sharde"),
    ("PCK041", 6, ROWS, "stations > 0", "statons > 0"),
    ("PCK013", 9, ROWS, "group: commune", "group: communes"),
    ("PCK142", 5, VALUES, "members:", 'reach: {where: "value > 0"}\nmembers:'),
    ("PCK143", 13, ROWS, "until: 2027-12-31\nas_of", "from: 2028-01-01\nuntil: 2027-12-31\nas_of"),
    ("PCK143", 6, ROWS, 'first: "2025-01"', 'first: "2025-01", last: "2024-01"'),
    ("PCK144", 8, ROWS, "agency: so-khcn, subsystem", "agency: so-khcn, group: all, subsystem"),
    ("PCK144", 9, ROWS, "{group: commune}", "{group: commune, subsystem: ioc}"),
    ("PCK141", 8, ROWS, "subsystem: ioc,",
     "personal: {columns: [note], purpose: a, legal_basis: b},"),
    ("PCK011", 1, ROWS, "legal_basis: Quyết định 1\n", ""),
    ("PCK062", 10, PROXY, "https://kho", "ftp://kho"),
    ("PCK065", 10, PROXY, "https://kho", "https://a:b@kho"),
    ("PCK065", 13, PROXY, "{secret.KHO}", "abc"),
    ("PCK145", 11, PROXY, "kho.openapi.yaml", "khac.openapi.yaml"),
    ("PCK145", 11, PROXY, "kho.openapi.yaml", "../kho.openapi.yaml"),
    ("PCK146", 12, PROXY, "[get]", "[get, delete]"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "line", "text", "old", "new"), CASES)
def test_a_contradiction_is_found_at_its_line(province: Write, code, line, text, old, new) -> None:
    assert old in text
    files = {"shares/thu.yaml": text.replace(old, new, 1), "shares/kho.openapi.yaml": SPEC}
    compiled = load(province(a=files))
    found = [(f.code, f.line) for f in compiled.findings if f.file.name == "thu.yaml"]
    assert code in {c for c, _ in found}, [f.render("en") for f in compiled.findings]
    assert (code, line) in found
    assert all(f.says.vi and f.says.en and f.cure.vi and f.cure.en for f in compiled.findings)
    assert compiled.catalogue is None


def test_the_schema_of_shares_accepts_what_compiles() -> None:
    for text in (VALUES, PROXY):
        found = yaml.safe_load(text)
        for key in ("name", "purpose"):
            found[key] = {"vi": found[key]}
        jsonschema.validate(found, schemas()["share"])
