"""New folders work at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tinh.packs.api import FolderTaken, NoSuchPack, NotAnId, NotAProvince, load, new_province, new_sector

from .samples import PROVINCE

Write = Callable[..., Path]


@dataclass(frozen=True)
class Unit:
    code: str
    short: str
    kind: str


class Nation:
    """Three provinces stand for the gazetteer, which is another room."""

    units = (
        Unit("31", "Hải Phòng", "thành phố"),
        Unit("68", "Lâm Đồng", "tỉnh"),
        Unit("66", "Đắk Lắk", "tỉnh"),
    )

    def province(self, code_or_name: str, on: date) -> Unit | None:
        return next((u for u in self.units if code_or_name in (u.code, u.short)), None)


@pytest.mark.parametrize(
    ("code", "id", "police"),
    [
        ("31", "hai-phong", "Công an thành phố"),
        ("Lâm Đồng", "lam-dong", "Công an tỉnh"),
        ("66", "dak-lak", "Công an tỉnh"),
    ],
)
def test_a_new_province_compiles_with_every_pack_found(
    province: Write, tmp_path: Path, code: str, id: str, police: str
) -> None:
    shelf = province(telecom={}, other={}) / "packs"
    folder = new_province(code, tmp_path / "new", [shelf], Nation())
    compiled = load(folder, [shelf])
    assert compiled.catalogue is not None, [f.render("en") for f in compiled.findings]
    assert compiled.catalogue.id == id
    assert {"telecom", "other"} <= set(compiled.catalogue.packs)
    assert compiled.catalogue.agencies["cong-an"].name.vi == police
    assert compiled.catalogue.room.map in compiled.catalogue.indicators
    assert "sharing" in compiled.catalogue.room.tiles


def test_a_new_province_is_not_written_over_anything_or_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine", "utf-8")
    with pytest.raises(FolderTaken):
        new_province("31", tmp_path, (), Nation())
    with pytest.raises(NotAProvince):
        new_province("99", tmp_path / "new", (), Nation())


def test_a_new_sector_compiles_without_a_remark(province: Write, tmp_path: Path) -> None:
    home = province(telecom={})
    (home / "province.yaml").write_text(PROVINCE.replace("PACKS", "telecom, giao-thong"), "utf-8")
    folder = new_sector("giao-thong", home / "packs")
    compiled = load(home)
    assert compiled.findings == ()
    assert compiled.catalogue is not None
    assert set(compiled.catalogue.indicators) == {"sharing", "giao-thong-share"}
    sample = next((folder / "samples").rglob("*.csv")).read_text("utf-8")
    dataset = compiled.catalogue.datasets["giao-thong-monthly"]
    assert sample.splitlines()[0].split(",") == [c.name for c in dataset.columns]


def test_a_sector_copied_under_a_new_name_stands_beside_its_model(province: Write) -> None:
    home = province(telecom={})
    new_sector("vien-thong-2", home / "packs", like="telecom")
    (home / "province.yaml").write_text(PROVINCE.replace("PACKS", "telecom, vien-thong-2"), "utf-8")
    compiled = load(home)
    assert compiled.catalogue is not None, [f.render("en") for f in compiled.findings]
    assert compiled.catalogue.packs["vien-thong-2"].name.vi == "Viễn thông (vien-thong-2)"
    assert "vien-thong-2.sharing" in compiled.catalogue.indicators
    (home / "province.yaml").write_text(PROVINCE.replace("PACKS", "vien-thong-2"), "utf-8")
    alone = load(home)
    assert alone.findings == ()
    assert alone.catalogue is not None and "sharing" in alone.catalogue.indicators


def test_a_sector_needs_a_good_id_a_free_folder_and_a_model_that_is_there(province: Write) -> None:
    packs = province(telecom={}) / "packs"
    with pytest.raises(NotAnId):
        new_sector("Giao thông", packs)
    with pytest.raises(FolderTaken):
        new_sector("telecom", packs)
    with pytest.raises(NoSuchPack):
        new_sector("roads", packs, like="nowhere")
