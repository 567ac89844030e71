"""The official boundaries a province holds: one set a change, each with the days it is valid."""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

import shapely

from tinh.kit import durable
from tinh.kit.errors import Text
from tinh.kit.ids import fresh
from tinh.places.errors import BoundarySetMissing, BoundarySetUnfit
from tinh.places.geofiles import read_areas
from tinh.places.survey import Survey, square_km, survey

if TYPE_CHECKING:
    from tinh.places.gazetteer import Gazetteer

_LIST = "atlas.json"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEPT_APART = 86_400.0  # seconds


@dataclass(frozen=True, slots=True)
class BoundarySet:
    """One imported file. `valid_from` is its first day; `valid_to`, where set, the day it ended."""

    id: str
    filename: str
    digest: str
    valid_from: date
    valid_to: date | None
    source: str
    by: str
    imported_at: datetime
    areas: int
    km2: float
    remarks: int

    def as_dict(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "imported_at": self.imported_at.isoformat(),
        }


class Atlas:
    """The folder of boundary sets of a province.

    A GeoJSON file laid there by hand counts as a set without days, behind those that were imported.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sets(self) -> tuple[BoundarySet, ...]:
        """Every set, the newest validity first."""
        try:
            found = json.loads((self._folder / _LIST).read_bytes())["sets"]
        except FileNotFoundError:
            return ()
        sets = [_set(one) for one in found]
        return tuple(sorted(sets, key=lambda s: (s.valid_from, s.imported_at), reverse=True))

    def file(self, id: str) -> Path:
        """The areas of a set as GeoJSON."""
        if id not in {one.id for one in self.sets()}:
            raise BoundarySetMissing(id=id)
        return self._folder / f"{id}.geojson"

    def original(self, id: str) -> Path:
        """The bytes as they were imported."""
        one = next((s for s in self.sets() if s.id == id), None)
        if one is None:
            raise BoundarySetMissing(id=id)
        return self._folder / "originals" / one.digest

    def on(self, day: date) -> Path | None:
        """The areas in force on a day, where a set says so; else the first loose file by name."""
        for one in self.sets():
            if one.valid_from <= day and (one.valid_to is None or day < one.valid_to):
                return self._folder / f"{one.id}.geojson"
        imported = {f"{one.id}.geojson" for one in self.sets()}
        loose = sorted(p for p in self._folder.glob("*.geojson") if p.name not in imported)
        return loose[0] if loose else None

    def lay_aside(self, blocks: Iterable[bytes]) -> str:
        """Keep a file apart for a day, to be looked at and perhaps taken in; its digest names it."""
        drafts = self._folder / "drafts"
        drafts.mkdir(parents=True, exist_ok=True)
        for old in drafts.iterdir():
            with suppress(FileNotFoundError):
                if time() - old.stat().st_mtime > _KEPT_APART:
                    old.unlink()
        part, hasher = drafts / f".{fresh(8)}", hashlib.sha256()
        try:
            with part.open("xb") as out:
                for block in blocks:
                    hasher.update(block)
                    out.write(block)
            part.replace(drafts / hasher.hexdigest())
        finally:
            part.unlink(missing_ok=True)
        return hasher.hexdigest()

    def laid_aside(self, digest: str) -> Path | None:
        """A file that was laid aside and still waits."""
        if not _DIGEST.fullmatch(digest):
            return None
        file = self._folder / "drafts" / digest
        return file if file.is_file() else None

    def look(self, file: Path, filename: str, book: Gazetteer, province: str, on: date) -> Survey:
        """What a file is worth for a day, without taking it in."""
        return survey(read_areas(file, filename), book, province, on)

    def take(
        self,
        file: Path,
        filename: str,
        book: Gazetteer,
        province: str,
        valid_from: date,
        source: str,
        by: str,
        now: datetime,
        valid_to: date | None = None,
    ) -> BoundarySet:
        """Store a file that holds. The same bytes for the same first day replace what they were."""
        data = file.read_bytes()
        found = self.look(file, filename, book, province, valid_from)
        if not found.holds:
            raise unfit(found, filename)
        digest = hashlib.sha256(data).hexdigest()
        remarks = sum(
            len(part)
            for part in (
                found.missing, found.renamed, found.twice, found.mended, found.areas, found.strays,
                found.flaws,
            )
        )  # fmt: skip
        taken = BoundarySet(
            id=f"{valid_from:%Y%m%d}-{digest[:10]}",
            filename=filename,
            digest=digest,
            valid_from=valid_from,
            valid_to=valid_to,
            source=source,
            by=by,
            imported_at=now,
            areas=found.matched,
            km2=round(found.km2, 2),
            remarks=remarks,
        )
        (self._folder / "originals").mkdir(parents=True, exist_ok=True)
        with self._turn():
            durable.write(self._folder / "originals" / digest, data)
            durable.write(self._folder / f"{taken.id}.geojson", _geojson(found, book))
            self._keep([one for one in self.sets() if one.id != taken.id] + [taken])
        return taken

    def drop(self, id: str) -> BoundarySet:
        """Take a set out of use; its original bytes stay."""
        with self._turn():
            gone = next((one for one in self.sets() if one.id == id), None)
            if gone is None:
                raise BoundarySetMissing(id=id)
            self._keep([one for one in self.sets() if one.id != id])
            durable.remove(self._folder / f"{id}.geojson")
        return gone

    def _keep(self, sets: list[BoundarySet]) -> None:
        kept = {"format": 1, "sets": [one.as_dict() for one in sets]}
        durable.write(self._folder / _LIST, json.dumps(kept, ensure_ascii=False, indent=1).encode())

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One writer at a time, in whichever process."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / ".turn").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def unfit(found: Survey, filename: str) -> BoundarySetUnfit:
    """Why a file may not be taken in for the day it was looked at for."""
    if found.foreign:
        codes = ", ".join(found.foreign[:5]) + (" …" if len(found.foreign) > 5 else "")
        why = Text(
            f"{len(found.foreign)} mã không phải đơn vị của tỉnh ({codes})",
            f"{len(found.foreign)} codes are no units of the province ({codes})",
        )
    elif found.matched:
        why = Text(
            "mã có thật vào ngày đó nhưng hình là của địa giới phía bên kia mốc 01/7/2025",
            "these codes stood then, but with the areas of the other side of 2025-07-01",
        )
    else:
        why = Text("không mã nào thuộc tỉnh", "no code belongs to the province")
    return BoundarySetUnfit(file=filename, on=found.on, why_vi=why.vi, why_en=why.en)


def _set(one: dict[str, Any]) -> BoundarySet:
    last = one["valid_to"]
    return BoundarySet(
        **{
            **one,
            "valid_from": date.fromisoformat(one["valid_from"]),
            "valid_to": date.fromisoformat(last) if last else None,
            "imported_at": datetime.fromisoformat(one["imported_at"]),
        }
    )


def _geojson(found: Survey, book: Gazetteer) -> bytes:
    features = []
    for code, shape in found.shapes.items():
        unit = book.get(code, found.on)
        features.append(
            {
                "type": "Feature",
                "id": code,
                "properties": {
                    "code": code,
                    "name": unit.short,
                    "fullName": unit.name,
                    "areaKm2": round(square_km(shape), 3),
                },
                "geometry": json.loads(shapely.to_geojson(shape)),
            }
        )
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()
