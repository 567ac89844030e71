"""Boundary files as offices keep them (GeoJSON, GeoPackage, zipped Shapefile, FlatGeobuf) → areas by code."""

from __future__ import annotations

import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from tinh.places.errors import BoundaryProjected, BoundaryTooLarge, BoundaryUnreadable

# Spellings of the properties met in public boundary files; ours come first.
_CODES = (
    "code", "ma", "ma_xa", "maxa", "ma_dvhc", "madvhc", "ward_code", "wardcode", "commune_code", "gid_3",
)  # fmt: skip
_NAMES = ("fullname", "full_name", "ten_dvhc", "tendvhc", "ten_xa", "tenxa", "ten", "name", "ward_name")
_AREAS = ("areakm2", "area_km2", "dien_tich", "dientich", "dien_tich_km2", "dtich_km2", "dtkm2")
# Longitudes and latitudes that hold all of Vietnam, its islands included.
_VIETNAM = (101.0, 6.0, 118.0, 24.0)
_LARGEST = 512 * 2**20
_MAGIC = ((b"SQLite format 3\x00", "gpkg"), (b"fgb\x03fgb", "fgb"))
_SHAPE_PARTS = ("shp", "shx", "dbf", "prj", "cpg")
_WGS84 = ("EPSG:4326", "OGC:CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84", "")


@dataclass(frozen=True)
class Area:
    """One area of a file: WGS 84, valid. `said_km2`: what the file states; `mended`: its rings crossed."""

    code: str
    shape: shapely.Geometry
    name: str = ""
    said_km2: float | None = None
    mended: bool = False


@dataclass(frozen=True)
class Areas:
    """The areas of a file by code, in its order; `twice` are codes whose parts were joined."""

    areas: dict[str, Area]
    twice: tuple[str, ...] = field(default=())


def read_areas(file: Path, filename: str = "") -> Areas:
    """Every area of a boundary file; raises when it is none, or not in longitude and latitude."""
    name = filename or file.name
    try:
        if file.stat().st_size > _LARGEST:
            raise BoundaryTooLarge(file=name, size=f"{file.stat().st_size / 2**20:.0f} MB")
        with file.open("rb") as stream:
            head = stream.read(512)
    except OSError as error:
        raise BoundaryUnreadable(file=name, reason=error.strerror) from error
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    features = _geojson(file, name) if text else _through_gdal(file, name, head)
    areas: dict[str, Area] = {}
    twice: list[str] = []
    for area in features:
        if area.code in areas:
            before = areas[area.code]
            joined = shapely.union_all([before.shape, area.shape])
            said = (before.said_km2 or 0.0) + (area.said_km2 or 0.0) or None
            area = Area(area.code, joined, area.name, said, before.mended or area.mended)
            twice.append(area.code)
        areas[area.code] = area
    if not areas:
        raise BoundaryUnreadable(file=name, reason="0 features")
    _check_degrees(name, areas)
    return Areas(areas, tuple(dict.fromkeys(twice)))


def _geojson(file: Path, name: str) -> Iterator[Area]:
    try:
        raw = json.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise BoundaryUnreadable(file=name, reason=error.strerror) from error
    except (ValueError, RecursionError) as error:
        raise BoundaryUnreadable(file=name, reason=f"JSON: {error}") from error
    features = raw.get("features") if isinstance(raw, dict) else None
    if not isinstance(features, list) or not features:
        raise BoundaryUnreadable(file=name, reason="FeatureCollection: 0 features")
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict):
            raise BoundaryUnreadable(file=name, reason=f"feature {number}: not an object")
        properties = feature.get("properties")
        geometry = feature.get("geometry") or {}
        named = properties if isinstance(properties, dict) else {}
        code = _code(named, feature.get("id"))
        if code is None:
            raise BoundaryUnreadable(file=name, reason=f"feature {number}: no “code”")
        if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
            reason = f"feature {number} ({code}): no Polygon or MultiPolygon"
            raise BoundaryUnreadable(file=name, reason=reason)
        try:
            shape = shapely.from_geojson(json.dumps(geometry))
        except (shapely.errors.ShapelyError, ValueError, TypeError, RecursionError) as error:
            raise BoundaryUnreadable(file=name, reason=f"feature {number} ({code}): {error}") from error
        yield _area(name, number, code, shape, named)


def _through_gdal(file: Path, name: str, head: bytes) -> Iterator[Area]:
    """What GDAL reads; archives are unpacked under a bound first, so that nothing escapes its folder."""
    import pyogrio  # type: ignore[import-untyped]  # ships no types
    from pyogrio.errors import (  # type: ignore[import-untyped]  # ships no types
        DataLayerError,
        DataSourceError,
    )

    with tempfile.TemporaryDirectory(prefix="tinh-ranh-gioi-") as folder:
        source = _told_apart(file, name, head, Path(folder))
        try:
            layers = pyogrio.list_layers(source)
            areal = [str(layer) for layer, kind in layers if kind is None or "Polygon" in str(kind)]
            if not areal:
                raise BoundaryUnreadable(file=name, reason="0 polygon layers")
            meta, _, wkb, values = pyogrio.raw.read(source, layer=areal[0], datetime_as_string=True)
        except (DataSourceError, DataLayerError, ValueError, UnicodeError) as error:
            reason = str(error).replace(str(source), name).split("\n", 1)[0][:200]
            raise BoundaryUnreadable(file=name, reason=reason) from error
        crs = str(meta.get("crs") or "")
        if crs not in _WGS84:
            raise BoundaryProjected(file=name, bounds=crs[:80])
        fields = [str(f) for f in meta["fields"]]
        for number, geometry in enumerate(wkb, start=1):
            named = {f: _plain(column[number - 1]) for f, column in zip(fields, values, strict=True)}
            code = _code(named, None)
            if code is None:
                raise BoundaryUnreadable(file=name, reason=f"feature {number}: no “code”")
            shape = shapely.from_wkb(geometry) if geometry is not None else None
            if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon"):
                reason = f"feature {number} ({code}): no Polygon or MultiPolygon"
                raise BoundaryUnreadable(file=name, reason=reason)
            yield _area(name, number, code, shape, named)


def _told_apart(file: Path, name: str, head: bytes, folder: Path) -> Path:
    """The file under a name of ours, once its first bytes say that it is one of the three formats: GDAL
    would also open descriptions of other files and addresses (VRT), which nobody may send."""
    if head.startswith(b"PK\x03\x04"):
        return _unpacked(file, name, folder)
    ending = next((e for magic, e in _MAGIC if head.startswith(magic)), "")
    if not ending:
        raise BoundaryUnreadable(file=name, reason="GeoJSON, GeoPackage, FlatGeobuf, Shapefile (zip)?")
    source = folder / f"areas.{ending}"
    source.symlink_to(file.absolute())
    return source


def _unpacked(file: Path, name: str, folder: Path) -> Path:
    """The Shapefile of a zip archive, its parts laid flat under names of our own."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = [p for p in archive.infolist() if not p.is_dir() and "__MACOSX" not in p.filename]
            if sum(p.file_size for p in parts) > _LARGEST or len(parts) > 1000:
                raise BoundaryTooLarge(file=name, size=f"> {_LARGEST // 2**20} MB")
            stems = [p.filename[:-4] for p in parts if p.filename.lower().endswith(".shp")]
            if len(stems) != 1:
                raise BoundaryUnreadable(file=name, reason=f"zip: {len(stems)} × .shp")
            for part in parts:
                if part.filename.lower().startswith(stems[0].lower() + "."):
                    ending = part.filename.rsplit(".", 1)[-1].lower()
                    if ending in _SHAPE_PARTS:
                        (folder / f"areas.{ending}").write_bytes(archive.read(part))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError) as error:
        raise BoundaryUnreadable(file=name, reason=f"zip: {error}") from error
    source = folder / "areas.shp"
    if source.read_bytes()[:4] != b"\x00\x00\x27\x0a":
        raise BoundaryUnreadable(file=name, reason=".shp: 9994?")
    return source


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _area(name: str, number: int, code: str, shape: shapely.Geometry, properties: dict[str, Any]) -> Area:
    shape = shapely.force_2d(shape)
    if shapely.is_empty(shape):
        raise BoundaryUnreadable(file=name, reason=f"feature {number} ({code}): no area")
    whole = bool(shapely.is_valid(shape))
    if not whole:
        shape = _areas_only(shapely.make_valid(shape))
    lower = {str(key).lower(): value for key, value in properties.items()}
    said = next((lower[key] for key in _AREAS if lower.get(key) is not None), None)
    title = next((str(lower[key]) for key in _NAMES if isinstance(lower.get(key), str)), "")
    return Area(code, shape, title.strip(), _number(said), not whole)


def _number(value: Any) -> float | None:
    try:
        found = float(str(value).strip().replace(",", "."))
    except ValueError:
        return None
    return found if 0 < found < 1e6 else None


def _areas_only(shape: shapely.Geometry) -> shapely.Geometry:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts)


def _code(properties: dict[str, Any], id: Any) -> str | None:
    named = {str(key).lower(): value for key, value in properties.items()}
    value = next((named[key] for key in _CODES if named.get(key) is not None), id)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        # A number lost the zeros in front; a commune's code always has five digits.
        return f"{value:05d}"
    return value.strip() if isinstance(value, str) and value.strip() else None


def _check_degrees(name: str, areas: dict[str, Area]) -> None:
    west, south, east, north = shapely.total_bounds([a.shape for a in areas.values()]).tolist()
    left, low, right, high = _VIETNAM
    if not (left <= west and east <= right and low <= south and north <= high):
        bounds = f"x {west:.4g} – {east:.4g}, y {south:.4g} – {north:.4g}"
        raise BoundaryProjected(file=name, bounds=bounds)
