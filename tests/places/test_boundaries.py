from __future__ import annotations

import json
import math
import re
import statistics
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from tinh.places.api import (
    BoundaryForeign,
    BoundaryProjected,
    BoundaryUnreadable,
    Gazetteer,
    Outlines,
    boundaries,
)

BEFORE = date(2025, 4, 1)
AFTER = date(2025, 8, 1)


@pytest.fixture(scope="module")
def cells() -> Outlines:
    return boundaries("19", AFTER)


def overlap(one: shapely.Geometry, other: shapely.Geometry) -> float:
    return float(shapely.area(shapely.intersection(one, other)) / shapely.area(shapely.union(one, other)))


def write(folder: Path, features: list[dict[str, Any]] | Any) -> Path:
    file = folder / "boundaries.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return file


def square(code: object, x: float = 105.8, y: float = 21.6, size: float = 0.1) -> dict[str, Any]:
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def test_cells_cover_every_commune_and_say_they_are_approximate(cells: Outlines, book: Gazetteer) -> None:
    assert cells.approximate
    assert set(cells.shapes) == {unit.code for unit in book.communes("19", AFTER)}
    assert cells.missing == ()
    assert all(shapely.area(shape) > 0 and shapely.is_valid(shape) for shape in cells.shapes.values())
    assert all(feature["properties"]["approximate"] for feature in cells.geojson()["features"])


def test_cells_come_close_to_the_official_boundaries(cells: Outlines, official: Path) -> None:
    truth = boundaries("19", AFTER, official)
    assert not truth.approximate and truth.missing == () and len(truth.shapes) == 92
    outlines = [shapely.union_all(list(each.shapes.values())) for each in (cells, truth)]
    assert overlap(*outlines) >= 0.947
    assert statistics.median(overlap(cells.shapes[c], s) for c, s in truth.shapes.items()) >= 0.70


def test_every_commune_of_today_has_a_cell(book: Gazetteer) -> None:
    for province in book.provinces(AFTER):
        outlines = boundaries(province.code, AFTER)
        assert outlines.missing == (), province
        assert all(not shapely.is_empty(shape) for shape in outlines.shapes.values())


def test_before_the_reform_only_units_that_share_anothers_centre_lack_a_cell(book: Gazetteer) -> None:
    everywhere = [boundaries(province.code, BEFORE) for province in book.provinces(AFTER)]
    lacking = [outlines.units[code] for outlines in everywhere for code in outlines.missing]
    drawn = [outlines.units[code] for outlines in everywhere for code in outlines.shapes]
    assert len(drawn) + len(lacking) == 10_040
    assert len(lacking) < 200
    taken = {(round(unit.lat, 5), round(unit.lon, 5)) for unit in drawn}
    assert {(round(unit.lat, 5), round(unit.lon, 5)) for unit in lacking} <= taken


def test_far_islands_stand_in_insets_below_the_map(book: Gazetteer) -> None:
    for province, island in (
        ("48", "Đặc khu Hoàng Sa"),
        ("56", "Đặc khu Trường Sa"),
        ("79", "Đặc khu Côn Đảo"),
    ):
        outlines = boundaries(province, AFTER)
        picture = outlines.picture(600, 600)
        code = next(code for code, unit in outlines.units.items() if unit.name == island)
        assert picture.paths[code] and picture.insets
        _, _, width, height = (float(n) for n in picture.viewbox.split())
        for x, y, wide, high in picture.insets:
            assert x >= 0 and y >= 0 and x + wide <= width + 0.2 and y + high <= height + 0.2
        assert max(width, height) == pytest.approx(600, abs=0.1)


def test_a_compact_province_needs_no_insets(cells: Outlines) -> None:
    assert cells.picture(800, 600).insets == ()


def test_cells_do_not_overlap(cells: Outlines) -> None:
    whole = shapely.union_all(list(cells.shapes.values()))
    assert sum(shapely.area(shape) for shape in cells.shapes.values()) == pytest.approx(
        shapely.area(whole), rel=1e-6
    )


def test_the_land_is_about_as_large_as_the_country(book: Gazetteer) -> None:
    def km2(shape: shapely.Geometry, lat: float) -> float:
        return float(shapely.area(shape)) * 111.2**2 * math.cos(math.radians(lat))

    total = 0.0
    for province in book.provinces(AFTER):
        for code, shape in boundaries(province.code, AFTER).shapes.items():
            total += km2(shape, book.get(code, AFTER).lat)
    assert total == pytest.approx(331_345, rel=0.03)


def test_paths_fit_the_box_in_true_proportion(cells: Outlines) -> None:
    paths = cells.svg_paths(800, 600)
    assert set(paths) == set(cells.shapes)
    _, _, width, height = (float(n) for n in cells.viewbox.split())
    assert width <= 800 and height == 600
    assert height / width == pytest.approx(1.86, abs=0.06)  # the province is about 1.9 times as tall as wide
    for path in paths.values():
        assert re.fullmatch(r"(M-?[\d.]+,-?[\d.]+l[-\d., ]+z)+", path)


def test_simplified_neighbours_share_their_edges(official: Path) -> None:
    outlines = boundaries("19", AFTER, official)
    fine, coarse = outlines.svg_paths(800, 900, 0), outlines.svg_paths(800, 900, 4)
    assert sum(map(len, coarse.values())) < sum(map(len, fine.values())) / 5
    drawn = [polygon(path) for path in coarse.values()]
    covered = shapely.area(shapely.union_all(drawn))
    assert sum(shapely.area(shape) for shape in drawn) == pytest.approx(covered, rel=0.002)


def polygon(path: str) -> shapely.Geometry:
    rings = []
    for ring in path.rstrip("z").split("z"):
        start, steps = ring.lstrip("M").split("l")
        x, y = (float(n) for n in start.split(","))
        points = [(x, y)]
        for step in steps.split():
            dx, dy = (float(n) for n in step.split(","))
            x, y = x + dx, y + dy
            points.append((x, y))
        rings.append(shapely.make_valid(shapely.Polygon(points)))
    return shapely.union_all(rings)


def test_a_label_point_lies_in_the_box(cells: Outlines) -> None:
    for x, y in cells.picture(800, 600).labels.values():
        assert 0 <= x <= 800 and 0 <= y <= 600


def test_a_point_is_located_by_cells_and_by_official_boundaries(
    cells: Outlines, book: Gazetteer, official: Path
) -> None:
    assert cells.at(21.594, 105.848) == "05443"
    assert cells.at(10.0, 105.0) is None
    near = book.at(21.594, 105.848, AFTER)
    assert near is not None and (near[0].code, near[1]) == ("05443", True)
    exact = book.at(21.594, 105.848, AFTER, official)
    assert exact is not None and (exact[0].code, exact[1]) == ("05443", False)
    elsewhere = book.at(21.03, 105.85, AFTER, official)
    assert elsewhere is not None and (elsewhere[0].province, elsewhere[1]) == ("01", True)
    before = book.at(21.594, 105.848, BEFORE)
    assert before is not None and before[0].parent == "164"


@pytest.mark.parametrize(
    ("lat", "lon"), [(15.0, 110.5), (0.0, 0.0), (48.8, 2.3), (23.0, 113.3), (18.0, 102.6)]
)
def test_a_point_off_the_land_is_in_no_unit(book: Gazetteer, lat: float, lon: float) -> None:
    assert book.at(lat, lon, AFTER) is None


def test_cells_and_nearest_centres_agree(book: Gazetteer, cells: Outlines) -> None:
    for code, shape in cells.shapes.items():
        point = shapely.point_on_surface(shape)
        found = book.at(float(shapely.get_y(point)), float(shapely.get_x(point)), AFTER)
        assert found is not None and found[0].code == code


def test_boundaries_of_another_province_are_refused(official: Path) -> None:
    with pytest.raises(BoundaryForeign) as error:
        boundaries("31", AFTER, official)
    assert error.value.code == "PLC011" and error.value.facts["count"] == 92


def test_boundaries_of_another_day_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BoundaryForeign):
        boundaries("19", BEFORE, write(tmp_path, [square("05818"), square("99999")]))


def test_a_file_of_more_than_the_province_is_read_for_the_province(tmp_path: Path, book: Gazetteer) -> None:
    file = write(tmp_path, [square("05818"), square("00070"), square("19", size=0.5)])
    assert list(boundaries("19", AFTER, file).shapes) == ["05818"]
    found = book.at(21.65, 105.85, AFTER, file)
    assert found is not None and not found[1]


def test_areas_a_file_lacks_are_named(tmp_path: Path) -> None:
    outlines = boundaries("19", AFTER, write(tmp_path, [square("05818")]))
    assert list(outlines.shapes) == ["05818"]
    assert len(outlines.missing) == 91


def test_a_code_written_as_a_number_gets_its_zeros_back(tmp_path: Path) -> None:
    assert list(boundaries("19", AFTER, write(tmp_path, [square(5818)])).shapes) == ["05818"]


@pytest.mark.parametrize(
    "features",
    [
        [],
        "none",
        [square(None)],
        [{"type": "Feature", "properties": {"code": "05818"}, "geometry": None}],
        [
            {
                "type": "Feature",
                "properties": {"code": "05818"},
                "geometry": {"type": "Point", "coordinates": [1, 2]},
            }
        ],
        [
            {
                "type": "Feature",
                "properties": {"code": "05818"},
                "geometry": {"type": "Polygon", "coordinates": [[]]},
            }
        ],
        ["05818"],
    ],
)
def test_files_that_are_no_boundaries_are_refused(tmp_path: Path, features: Any) -> None:
    with pytest.raises(BoundaryUnreadable):
        boundaries("19", AFTER, write(tmp_path, features))


def test_a_missing_or_broken_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BoundaryUnreadable):
        boundaries("19", AFTER, tmp_path / "absent.geojson")
    broken = tmp_path / "broken.geojson"
    broken.write_bytes(b"{\xff")
    with pytest.raises(BoundaryUnreadable):
        boundaries("19", AFTER, broken)


def test_projected_coordinates_and_swapped_axes_are_refused(tmp_path: Path) -> None:
    for shape in (square("05818", 420_000, 2_390_000, 1000), square("05818", 21.6, 105.8)):
        with pytest.raises(BoundaryProjected):
            boundaries("19", AFTER, write(tmp_path, [shape]))
