"""Simulated reports: what people of a province might have sent over two years, from a seed. Nothing is real.

Texts are composed of the phrases the pack declares around a category's examples. Reports come in by hour, day
and season; some spots draw many; some repeat one that is open; some agencies are late. Pure: the same
seed, the same catalogue and the same moment give the same reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import cos, exp, radians
from random import Random
from zoneinfo import ZoneInfo

from tinh.packs.api import Catalogue, ReportCategory
from tinh.places.api import Outlines

_DEGREE = 111_320.0
_HOURS = (1, 0, 0, 0, 1, 3, 8, 14, 18, 16, 14, 11, 7, 8, 11, 12, 13, 14, 13, 12, 10, 8, 5, 2)
_SOURCES = {"web": 45, "app": 33, "hotline": 15, "email": 4, "walk-in": 3}
_WET = {
    "flooding",
    "blocked-drain",
    "landslide-road",
    "fallen-tree",
    "disaster",
    "water-pollution",
    "disease",
}
_DRY = {"smoke-burning", "forest", "water-outage", "pothole"}
_HOT = ("pothole", "illegal-dumping", "waste-uncollected", "street-light", "blocked-drain",
"sidewalk-encroachment",
        "parking", "noise", "flooding", "smoke-burning")  # fmt: skip


@dataclass(slots=True)
class Imagined:
    """One report as it was sent. `repeats`: the number of the report it says again, earlier in the list."""

    number: int
    category: ReportCategory
    at: datetime
    place: str
    latitude: float
    longitude: float
    subject: str
    body: str
    address: str
    source: str
    answers: dict[str, object] = field(default_factory=dict)
    supporters: int = 0
    repeats: int | None = None


def imagine(
    catalogue: Catalogue, areas: Outlines, end: datetime, count: int, seed: int = 19, days: int = 730
) -> list[Imagined]:
    """`count` reports that came in the `days` before `end`, in order of time."""
    rng = Random(f"{seed}/{catalogue.id}/{count}")
    world = _World(catalogue, areas, end, days, rng)
    spots = [world.spot() for _ in range(max(4, count // 60))]
    hot = int(count * 0.22)
    made = [world.at_spot(rng.choice(spots)) for _ in range(hot)]
    made += [world.anywhere() for _ in range(count - hot)]
    made.sort(key=lambda one: one.at)
    for number, one in enumerate(made):
        one.number = number
    _repeat(made, rng)
    return made


def _repeat(made: Sequence[Imagined], rng: Random) -> None:
    """Some say again what somebody near said a few days before."""
    recent: dict[str, list[Imagined]] = {}
    for one in made:
        near = [
            o for o in recent.get(one.category.id, [])[-12:]
            if one.at - o.at < timedelta(days=6) and _metres(one, o) <= one.category.radius
        ]  # fmt: skip
        if near and rng.random() < 0.5:
            one.repeats = near[0].number
        else:
            recent.setdefault(one.category.id, []).append(one)
            one.supporters = int(rng.expovariate(1.1)) if rng.random() < 0.3 else 0


def _metres(a: Imagined, b: Imagined) -> float:
    x = (a.longitude - b.longitude) * _DEGREE * cos(radians(a.latitude))
    return float((x * x + ((a.latitude - b.latitude) * _DEGREE) ** 2) ** 0.5)


class _World:
    def __init__(self, catalogue: Catalogue, areas: Outlines, end: datetime, days: int, rng: Random) -> None:
        self.catalogue, self.areas, self.end, self.days, self.rng = catalogue, areas, end, days, rng
        self.zone = ZoneInfo(catalogue.timezone)
        self.categories = list(catalogue.report_categories.values())
        self.weights = [c.weight for c in self.categories]
        self.units = [u for u in areas.units.values() if u.lat is not None and u.lon is not None]
        self.crowds = [7.0 if u.kind == "phường" else 1.0 for u in self.units]

    def moment(self, category: ReportCategory) -> datetime:
        """More of late than at first, more by day, more of a thing in its season."""
        for _ in range(40):
            back = self.days * (1 - self.rng.random() ** 0.75)
            day = (self.end.astimezone(self.zone) - timedelta(days=back)).date()
            if self.rng.random() <= self._season(category.id, day):
                break
        hour = self.rng.choices(range(24), _HOURS)[0]
        clock = time(hour, self.rng.randrange(60), self.rng.randrange(60))
        return min(
            datetime.combine(day, clock, self.zone), self.end - timedelta(minutes=self.rng.randrange(5, 300))
        )

    @staticmethod
    def _season(category: str, day: date) -> float:
        wet = exp(-(((day.timetuple().tm_yday - 215) / 55) ** 2))
        return 0.15 + 0.85 * wet if category in _WET else 1 - 0.7 * wet if category in _DRY else 0.8

    def point(self, unit: object, spread: float) -> tuple[float, float]:
        """A point in the commune, most of them near its centre."""
        lat, lon, code = unit.lat, unit.lon, unit.code  # type: ignore[attr-defined]  # a places.Unit
        for _ in range(6):
            y = lat + self.rng.gauss(0, spread) / _DEGREE
            x = lon + self.rng.gauss(0, spread) / (_DEGREE * cos(radians(lat)))
            if self.areas.at(y, x) == code:
                return round(y, 6), round(x, 6)
        return lat, lon

    def spot(self) -> tuple[ReportCategory, object, float, float, datetime, int]:
        """Somewhere that draws the same report for a while."""
        known = [c for c in self.categories if c.id in _HOT] or self.categories
        category, unit = self.rng.choice(known), self.rng.choices(self.units, self.crowds)[0]
        lat, lon = self.point(unit, 1500)
        return category, unit, lat, lon, self.moment(category), self.rng.randrange(5, 120)

    def at_spot(self, spot: tuple[ReportCategory, object, float, float, datetime, int]) -> Imagined:
        category, unit, lat, lon, since, lasts = spot
        at = min(since + timedelta(days=lasts * self.rng.random()), self.end - timedelta(hours=1))
        lat += self.rng.gauss(0, 18) / _DEGREE
        lon += self.rng.gauss(0, 18) / _DEGREE
        return self.report(category, unit, round(lat, 6), round(lon, 6), at)

    def anywhere(self) -> Imagined:
        category = self.rng.choices(self.categories, self.weights)[0]
        unit = self.rng.choices(self.units, self.crowds)[0]
        lat, lon = self.point(unit, 1800 if unit.kind == "phường" else 2500)
        return self.report(category, unit, lat, lon, self.moment(category))

    def report(
        self, category: ReportCategory, unit: object, lat: float, lon: float, at: datetime
    ) -> Imagined:
        rng, phrases = self.rng, self.catalogue.report_phrases
        example = rng.choice(category.examples or (category.name.vi,))
        where = rng.choice(phrases.wheres or ("",))
        opening = rng.choice(phrases.openings) if phrases.openings and rng.random() < 0.7 else ""
        closing = rng.choice(phrases.closings) if phrases.closings and rng.random() < 0.8 else ""
        said = f"{example} {where}".strip()
        begun = f"{opening} {said}".strip() if opening else said
        text = f"{begun[0].upper()}{begun[1:]}. {closing}".strip()
        return Imagined(
            number=0, category=category, at=at, place=unit.code, latitude=lat, longitude=lon,  # type: ignore[attr-defined]
            subject=f"{said[0].upper()}{said[1:]}"[:120], body=text, address=where,
            source=rng.choices(list(_SOURCES), list(_SOURCES.values()))[0],
            answers=dict(self._answers(category)),
        )  # fmt: skip

    def _answers(self, category: ReportCategory) -> Iterator[tuple[str, object]]:
        for q in category.questions:
            if q.options:
                one = self.rng.choice(q.options).id
                yield q.id, [one] if q.kind == "multi" else one
            elif q.kind == "number":
                yield q.id, self.rng.randrange(1, 40)
            elif q.required:
                yield q.id, "không rõ"
