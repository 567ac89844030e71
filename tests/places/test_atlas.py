"""Official boundaries: looked at before they are believed, stored with their days, written out."""

from __future__ import annotations

import json
import math
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from tinh.places.api import (
    Atlas,
    BoundaryProjected,
    BoundarySetMissing,
    BoundarySetUnfit,
    BoundaryUnreadable,
    Gazetteer,
    boundaries,
    export,
    square_km,
)

REFORM, AFTER = date(2025, 7, 1), date(2025, 8, 1)
NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)


def altered(official: Path, folder: Path, change: Any) -> Path:
    """The official file with `change` made to its list of features."""
    raw = json.loads(official.read_text("utf-8"))
    raw["features"] = change(raw["features"])
    file = folder / "altered.geojson"
    file.write_text(json.dumps(raw), "utf-8")
    return file


def look(file: Path, book: Gazetteer, on: date = REFORM) -> Any:
    return Atlas(file.parent / "none").look(file, file.name, book, "19", on)


def test_an_area_is_measured_on_the_ellipsoid() -> None:
    # Snyder's authalic radius: the whole ellipsoid has 510,065,621.7 km².
    assert square_km(shapely.box(-180, -90, 180, 90)) == pytest.approx(510_065_621.7, rel=1e-7)
    south, north = math.sin(math.radians(21)), math.sin(math.radians(22))
    sphere = 6371.0072**2 * math.radians(1) * (north - south)
    assert square_km(shapely.box(105, 21, 106, 22)) == pytest.approx(sphere, rel=0.005)


def test_the_official_file_matches_every_commune_and_its_published_total(
    book: Gazetteer, official: Path
) -> None:
    found = look(official, book)
    assert (found.matched, found.units, found.foreign, found.missing) == (92, 92, (), ())
    assert found.renamed == () and found.flaws == () and found.measured == 92
    assert found.km2 == pytest.approx(8375.2, rel=0.001)  # area of the province since the merger
    assert all(abs(a.drawn - a.said) > 0.05 * a.said for a in found.areas) and len(found.areas) <= 2


def test_overlaps_and_gaps_are_found_and_said_where(book: Gazetteer, official: Path, tmp_path: Path) -> None:
    def change(features: list[Any]) -> list[Any]:
        inner = next(f for f in features if f["id"] == "05443")
        shape = shapely.from_geojson(json.dumps(inner["geometry"]))
        inner["geometry"] = json.loads(shapely.to_geojson(shapely.buffer(shape, 0.01)))
        gone = next(f for f in features if f["id"] == "05818")
        middle = shapely.from_geojson(json.dumps(gone["geometry"]))
        hole = shapely.buffer(shapely.point_on_surface(middle), 0.002)
        gone["geometry"] = json.loads(shapely.to_geojson(shapely.difference(middle, hole)))
        return features

    raw = {f["id"] for f in json.loads(official.read_text("utf-8"))["features"]}
    assert {"05443", "05818"} <= raw
    found = look(altered(official, tmp_path, change), book)
    overlaps = [f for f in found.flaws if f.kind == "overlap"]
    gaps = [f for f in found.flaws if f.kind == "gap"]
    assert overlaps and all("05443" in f.codes and f.km2 > 0.01 for f in overlaps)
    assert [(f.codes, round(f.km2, 2)) for f in gaps] == [(("05818",), pytest.approx(0.14, abs=0.02))]
    assert found.holds and not found.clean


def test_missing_renamed_and_wrongly_sized_areas_are_named(
    book: Gazetteer, official: Path, tmp_path: Path
) -> None:
    def change(features: list[Any]) -> list[Any]:
        features[0]["properties"]["fullName"] = "Phường Khác"
        features[1]["properties"]["areaKm2"] = features[1]["properties"]["areaKm2"] * 1.2
        return features[:-1]

    gone = json.loads(official.read_text("utf-8"))["features"]
    found = look(altered(official, tmp_path, change), book)
    assert found.missing == (gone[-1]["id"],)
    assert [code for code, _, _ in found.renamed] == [gone[0]["id"]]
    assert gone[1]["id"] in {a.code for a in found.areas}


def test_boundaries_of_another_day_or_province_are_not_taken_in(
    book: Gazetteer, official: Path, tmp_path: Path
) -> None:
    atlas = Atlas(tmp_path / "atlas")
    with pytest.raises(BoundarySetUnfit):
        atlas.take(official, "a.geojson", book, "19", date(2025, 6, 1), "nguồn", "thử", NOW)
    with pytest.raises(BoundarySetUnfit):
        atlas.take(official, "a.geojson", book, "31", REFORM, "nguồn", "thử", NOW)
    assert atlas.sets() == () and atlas.on(AFTER) is None


def test_a_set_holds_from_its_day_and_a_later_one_takes_over(
    book: Gazetteer, official: Path, tmp_path: Path
) -> None:
    atlas = Atlas(tmp_path)
    first = atlas.take(official, "a.geojson", book, "19", REFORM, "Bộ", "an", NOW)
    again = altered(official, tmp_path / "..", lambda features: features[:-1])
    second = atlas.take(again, "b.geojson", book, "19", date(2026, 1, 1), "Sở", "bình", NOW)
    assert atlas.on(date(2025, 6, 30)) is None
    assert atlas.on(AFTER) == atlas.file(first.id) and atlas.on(date(2026, 5, 1)) == atlas.file(second.id)
    assert atlas.original(first.id).read_bytes() == official.read_bytes()
    drawn = boundaries("19", AFTER, atlas.on(AFTER), book)
    assert not drawn.approximate and len(drawn.shapes) == 92
    assert boundaries("19", date(2025, 6, 1), atlas.on(date(2025, 6, 1)), book).approximate
    atlas.drop(second.id)
    assert atlas.on(date(2026, 5, 1)) == atlas.file(first.id)
    with pytest.raises(BoundarySetMissing):
        atlas.drop(second.id)


def test_the_same_file_taken_twice_is_one_set(book: Gazetteer, official: Path, tmp_path: Path) -> None:
    atlas = Atlas(tmp_path)
    for by in ("an", "bình"):
        atlas.take(official, "a.geojson", book, "19", REFORM, "Bộ", by, NOW)
    assert [one.by for one in atlas.sets()] == ["bình"]


@pytest.mark.parametrize("form", ["geojson", "fgb", "gpkg"])
def test_what_is_written_out_is_read_back_the_same(
    form: Any, book: Gazetteer, official: Path, tmp_path: Path
) -> None:
    outlines = boundaries("19", AFTER, official, book)
    file = tmp_path / f"units.{form}"
    file.write_bytes(export(outlines, form))
    found = look(file, book)
    assert found.matched == 92 and found.clean | bool(found.areas)
    assert found.km2 == pytest.approx(sum(map(square_km, outlines.shapes.values())), rel=1e-6)
    info = pyogrio.read_info(file)
    assert info["features"] == 92 and {"code", "name"} <= set(info["fields"])


def test_a_zipped_shapefile_is_read_and_its_paths_lead_nowhere(
    book: Gazetteer, official: Path, tmp_path: Path
) -> None:
    outlines = boundaries("19", AFTER, official, book)
    codes = np.array(list(outlines.shapes), dtype=object)
    pyogrio.raw.write(
        tmp_path / "xa.shp", shapely.to_wkb(np.array(list(outlines.shapes.values()), dtype=object)),
        field_data=[codes], fields=["MA_XA"], geometry_type="Polygon", crs="EPSG:4326",
        driver="ESRI Shapefile",
    )  # fmt: skip
    file = tmp_path / "xa.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for part in tmp_path.glob("xa.*"):
            if part.suffix != ".zip":
                archive.write(part, f"../../ngoai/{part.name}")
    assert look(file, book).matched == 92
    assert not (tmp_path / ".." / ".." / "ngoai").exists()


def test_projected_and_foreign_files_say_what_to_do(tmp_path: Path, book: Gazetteer) -> None:
    square = shapely.to_wkb(np.array([shapely.box(500_000, 2_300_000, 510_000, 2_310_000)], dtype=object))
    file = tmp_path / "vn2000.gpkg"
    pyogrio.raw.write(
        file, square, field_data=[np.array(["05443"], dtype=object)], fields=["code"],
        geometry_type="Polygon", crs="EPSG:3405", driver="GPKG",
    )  # fmt: skip
    with pytest.raises(BoundaryProjected) as refused:
        look(file, book)
    assert "VN-2000" in refused.value.remedy().vi
    described = b"""<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>CSV:/etc/passwd</SrcDataSource>
        <SrcSQL>SELECT 1</SrcSQL></OGRVRTLayer></OGRVRTDataSource>"""
    with zipfile.ZipFile(tmp_path / "vrt.zip", "w") as archive:
        archive.writestr("a.shp", described)
    inside = (tmp_path / "vrt.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "hong.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", b"shape" * 50)
    damaged = bytearray((tmp_path / "hong.zip").read_bytes())
    damaged[35:47] = b"\xff" * 12  # where the packed bytes of its only member begin
    for name, content in (
        ("c.zip", bytes(damaged)),
        ("a.gpkg", described),
        ("a.fgb", described),
        ("b.zip", inside),
        ("a.zip", b"PK\x03\x04rest"),
        ("a.fgb", b"fgb\x03\x00"),
        ("a.pdf", b"%PDF-1.4"),
    ):
        odd = tmp_path / name
        odd.write_bytes(content)
        with pytest.raises(BoundaryUnreadable):
            look(odd, book)
