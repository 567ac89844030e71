"""Agencies as they are declared, and what is said of wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tinh.packs.api import Directory, compile, entry_of, load, schemas, seated

from .samples import PROVINCE

FULL = """  - id: so-tc
    name: {vi: Sở Tài chính, en: Department of Finance}
    kind: department
    identifiers: {ma-dinh-danh: H55.07, ma-so-thue: "4600123456"}
    aliases:
      - {id: so-khdt, name: Sở Kế hoạch và Đầu tư, until: 2025-02-28}
      - {name: Sở Tài chính Bắc Kạn}
    parent: vp-ubnd
    place: "19"
    sectors: [good]
    head: nguyen-van-an
    contact: {email: so-tc@example.vn, phone: 0208 385 0000}
    from: 2025-03-01
  - {id: vp-ubnd, name: Văn phòng}
"""


def with_agencies(text: str) -> str:
    return PROVINCE + text


def write(home: Path, id: str, text: str) -> None:
    (home / "agencies").mkdir(parents=True, exist_ok=True)
    (home / "agencies" / f"{id}.yaml").write_text(f"format: 1\n{text}", "utf-8")


def test_an_agency_says_who_it_is_whom_it_took_over_and_how_it_is_reached(
    province: Callable[..., Path],
) -> None:
    found = compile(province(with_agencies(FULL), good={})).agencies["so-tc"]
    assert found.official == "H55.07"
    assert found.identifiers["ma-so-thue"] == "4600123456"
    assert [a.id for a in found.aliases] == ["so-khdt", ""]
    assert found.aliases[0].until == date(2025, 2, 28)
    assert (found.parent, found.place, found.sectors) == ("vp-ubnd", "19", ("good",))
    assert (found.head, found.contact.email, found.since) == (
        "nguyen-van-an", "so-tc@example.vn", date(2025, 3, 1),
    )  # fmt: skip


def test_a_merged_predecessor_leads_to_its_successor_and_is_listed_once(
    province: Callable[..., Path],
) -> None:
    agencies = compile(province(with_agencies(FULL), good={})).agencies
    assert isinstance(agencies, Directory)
    assert agencies["so-khdt"].id == "so-tc"
    assert "so-khdt" in agencies and "so-khdt" not in list(agencies)
    assert agencies.names("so-khdt") == {"so-tc", "so-khdt"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("  - {id: a, name: A, parent: khong-co}\n", "PCK130"),
        ("  - {id: a, name: A, parent: b}\n  - {id: b, name: B, parent: a}\n", "PCK130"),
        (
            "  - {id: a, name: A, identifiers: {ma: X}}\n  - {id: b, name: B, identifiers: {ma: X}}\n",
            "PCK131",
        ),
        ("  - {id: a, name: A, aliases: [{id: b}]}\n  - {id: b, name: B}\n", "PCK132"),
        ("  - {id: a, name: A, aliases: [{id: x}]}\n  - {id: b, name: B, aliases: [{id: x}]}\n", "PCK132"),
        ('  - {id: a, name: A, place: "99999"}\n', "PCK133"),
        ("  - {id: a, name: A, from: 2026-01-02, until: 2026-01-01}\n", "PCK134"),
        ("  - {id: a, name: A, sectors: [khong-co]}\n", "PCK136"),
        ("  - {id: a, name: A, aliases: [{until: 2026-01-01}]}\n", "PCK137"),
        ("  - {id: a, name: A, identifiers: {ma-dinh-danh: 19}}\n", "PCK014"),
        ('  - {id: a, name: A, identifiers: {ma-dinh-danh: "19"}}\n', "PCK138"),
        ("  - {id: a, name: A, kind: so}\n", "PCK013"),
        ("  - {id: a, name: A, aliases: [{id: Sở Cũ}]}\n", "PCK015"),
    ],
)
def test_a_wrong_agency_is_told_with_its_line_and_a_cure(
    province: Callable[..., Path], text: str, code: str
) -> None:
    folder = province(with_agencies(text), good={})
    found = [f for f in load(folder).findings if f.code == code]
    assert found, load(folder).findings
    assert found[0].cure.vi and found[0].cure.en
    assert "name: " in (folder / "province.yaml").read_text().splitlines()[found[0].line - 1]


def test_an_agency_of_the_data_folder_may_own_a_dataset(
    province: Callable[..., Path], tmp_path: Path
) -> None:
    folder = province(good={})
    folder_of_data = tmp_path / "home"
    manifest = folder / "packs" / "good" / "pack.yaml"
    manifest.write_text(manifest.read_text().replace("owner: so-khcn", "owner: tt-moi"), "utf-8")
    assert {f.code for f in load(folder).findings} == {"PCK030"}
    write(folder_of_data, "tt-moi", "id: tt-moi\nname: Trung tâm mới\n")
    made = load(folder, home=folder_of_data)
    assert made.findings == ()
    assert made.catalogue and {d.owner for d in made.catalogue.datasets.values()} == {"tt-moi"}
    assert seated(made.catalogue, folder_of_data).agencies["tt-moi"].name.vi == "Trung tâm mới"


def test_a_bad_file_of_the_data_folder_is_told_and_stops_nothing(
    province: Callable[..., Path], tmp_path: Path
) -> None:
    write(tmp_path / "home", "tot", "id: tot\nname: Tốt\n")
    write(tmp_path / "home", "sai", "id: khac\nname: Sai tên tệp\n")
    write(tmp_path / "home", "hong", "id: hong\nnam: Hỏng\n")
    found = load(province(good={}), home=tmp_path / "home")
    assert {f.code for f in found.findings} == {"PCK135", "PCK010", "PCK011"}
    assert found.catalogue is not None
    assert "tot" in seated(found.catalogue, tmp_path / "home").agencies


def test_what_a_merger_in_the_data_folder_moves_is_the_successors(
    province: Callable[..., Path], tmp_path: Path
) -> None:
    catalogue = compile(province(good={}))
    owner = next(d.owner for d in catalogue.datasets.values())
    write(tmp_path / "home", "moi", f"id: moi\nname: Mới\naliases: [{{id: {owner}}}]\n")
    after = seated(catalogue, tmp_path / "home")
    assert {d.owner for d in after.datasets.values()} == {"moi"}
    assert owner not in list(after.agencies) and after.agencies[owner].id == "moi"
    assert after.digest == catalogue.digest


def test_an_agency_is_written_as_it_was_read(province: Callable[..., Path]) -> None:
    from tinh.packs.api import AgencyEntry

    found = compile(province(with_agencies(FULL), good={})).agencies["so-tc"]
    again = AgencyEntry.model_validate(entry_of(found).model_dump(by_alias=True))
    assert entry_of(found) == again


def test_editors_have_a_schema_of_an_agencys_file() -> None:
    keys = schemas()["agency"]["properties"]
    assert {"format", "id", "name", "kind", "aliases", "from", "until"} <= set(keys)
