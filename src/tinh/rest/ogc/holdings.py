"""The collections that are offered, and their features as the gazetteer and the boundaries give them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import shapely

from tinh.jobs import api as jobs
from tinh.kit.errors import Text
from tinh.places.api import Feature, Level, features_of_all_time, features_on
from tinh.rest.errors import NothingThere


@dataclass(frozen=True, slots=True)
class Collection:
    """`level` of the units; `all_time`: every version ever, not only those in force today."""

    id: str
    level: Level
    all_time: bool
    title: Text
    description: Text


COLLECTIONS: dict[str, Collection] = {
    one.id: one
    for one in (
        Collection(
            "communes", "commune", False,
            Text("Xã, phường, đặc khu hiện nay", "Communes and wards of today"),
            Text("Đơn vị cấp xã đang có hiệu lực, mã theo danh mục quốc gia.",
                 "The commune-level units in force, with the national codes."),
        ),
        Collection(
            "communes-by-time", "commune", True,
            Text("Xã, phường qua các thời kỳ", "Communes and wards through time"),
            Text("Mọi đơn vị cấp xã với thời gian có hiệu lực; dùng datetime. Trước 01/7/2025: xấp xỉ.",
                 "Every commune-level unit with its validity; use datetime. Before 2025-07-01 approximate."),
        ),
        Collection(
            "districts-by-time", "district", True,
            Text("Huyện, quận, thị xã trước 01/7/2025", "Districts before 2025-07-01"),
            Text("Cấp huyện đã kết thúc hoạt động; hình là hợp của các xã cũ, xấp xỉ.",
                 "The level that has ended; areas are the union of the old communes, approximate."),
        ),
        Collection(
            "province", "province", False,
            Text("Tỉnh", "The province"),
            Text("Hợp của các đơn vị cấp xã đang có hiệu lực.", "The union of the communes in force."),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Held:
    """A feature and what it says, written once: areas are large and asked for again and again."""

    feature: Feature

    @cached_property
    def properties(self) -> dict[str, Any]:
        return self.feature.properties()

    @cached_property
    def geojson(self) -> str:
        """Every area as a MultiPolygon: a layer of one kind is what GIS programs and their formats hold."""
        shape = shapely.set_precision(self.feature.shape, 1e-6)
        if isinstance(shape, shapely.Polygon):
            shape = shapely.MultiPolygon([shape])
        said = json.dumps(
            {"type": "Feature", "id": self.feature.id, "properties": self.properties},
            ensure_ascii=False, separators=(",", ":"),
        )  # fmt: skip
        return f'{said[:-1]},"geometry":{shapely.to_geojson(shape)}}}'


def collection_of(id: str) -> Collection:
    if id not in COLLECTIONS:
        what = Text("bộ sưu tập", "collection")
        raise NothingThere(what_vi=what.vi, what_en=what.en, id=id, list="/ogc/collections")
    return COLLECTIONS[id]


def today() -> date:
    return jobs.now().astimezone(ZoneInfo(jobs.catalogue().timezone)).date()


def features(collection: Collection) -> Sequence[Held]:
    """All features of a collection, in the order of their ids."""
    day = today()
    sets = tuple(one.id for one in jobs.atlas().sets())
    official = jobs.official_boundaries(day)
    stamp = official.stat().st_mtime_ns if official else 0
    return _features(jobs.catalogue().place, collection.id, day, sets, stamp)


@lru_cache(maxsize=16)
def _features(
    province: str,
    id: str,
    day: date,
    sets: tuple[str, ...],  # noqa: ARG001  the cache's key
    stamp: int,  # noqa: ARG001  the cache's key
) -> tuple[Held, ...]:
    collection, book = COLLECTIONS[id], jobs.gazetteer()
    if collection.all_time:
        found = features_of_all_time(book, province, day, jobs.official_boundaries)
    else:
        found = features_on(book, province, day, jobs.official_boundaries(day))
    return tuple(Held(feature) for feature in found[collection.level])
