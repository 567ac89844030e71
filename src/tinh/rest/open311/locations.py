"""Where a report is: `lat` with `long`, else `address_id` (a commune's code), else `address_string`. What
comes before settles the place; an address that comes along is kept."""

from __future__ import annotations

from dataclasses import dataclass

from tinh.jobs import api as jobs
from tinh.rest.open311 import arguments
from tinh.rest.open311.entry import Call
from tinh.rest.open311.faults import ArgumentMissing, UnknownAddress


@dataclass(frozen=True, slots=True)
class Location:
    """`place`: code of the commune, "" where the point or a clerk says it."""

    latitude: float | None
    longitude: float | None
    place: str
    address: str


def read(call: Call) -> Location:
    """Raises ArgumentMissing, BadArgument, UnknownAddress. An `address_id` of somebody else's register is
    passed over where a point or an address says the place."""
    latitude = arguments.number(call.given, "lat", -90, 90)
    longitude = arguments.number(call.given, "long", -180, 180)
    address, id = call.one("address_string"), call.one("address_id")
    if (latitude is None) != (longitude is None):
        raise ArgumentMissing(name="lat" if latitude is None else "long")
    if latitude is not None:
        return Location(latitude, longitude, "", address)
    if not address and not id:
        raise ArgumentMissing(name="lat, long | address_string | address_id")
    name = _name(id) if id else ""
    if name:
        return Location(None, None, id, address if len(address) >= 4 else name)
    if not address:
        raise UnknownAddress(id=id[:60])
    return Location(None, None, _commune(address), address)


def _name(code: str) -> str:
    """The name of the commune of this code; "" where the province has none."""
    catalogue = jobs.catalogue()
    unit = jobs.gazetteer().find(code, jobs.now().date())
    ours = unit is not None and unit.level == "commune" and unit.province == catalogue.place
    return unit.name if unit is not None and ours else ""


def _commune(address: str) -> str:
    """The commune an address names; "" when it names none, or several."""
    catalogue, book = jobs.catalogue(), jobs.gazetteer()
    today = jobs.now().date()
    parts = [part.strip() for part in address.split(",") if part.strip()]
    for part in reversed(parts[-5:]):
        found = book.resolve(part, today, within=catalogue.place)
        unit = found.unit
        if unit is not None and unit.level == "commune" and unit.province == catalogue.place:
            return unit.code
    return ""
