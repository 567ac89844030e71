"""Whether one unit lies in another, also when a reform stands between their days."""

from __future__ import annotations

from datetime import date, timedelta

from tinh.places.gazetteer import Gazetteer
from tinh.places.model import Unit


def lies_in(book: Gazetteer, place: str, code: str, today: date, on: date | None = None) -> bool:
    """Whether what `code` denotes (on a day, else today, else ever) lies wholly in the unit `place` is.

    A unit of before a reform lies where all its heirs lie; a unit of after it lies in a former one when all
    it was made from did. What was divided over a border lies on neither side.
    """
    own = book.find(place, today) or next(reversed(book.versions(place)), None)
    if own is None:
        return False
    meant = book.find(code, on) if on else book.find(code, today)
    units = [meant] if meant else [] if on else list(book.versions(code))
    return bool(units) and all(_forward(book, own, unit) or _back(book, own, unit) for unit in units)


def _forward(book: Gazetteer, own: Unit, unit: Unit) -> bool:
    if _under(book, own, unit):
        return True
    if unit.valid_to is None:
        return False
    heirs = book.successors(unit.code, unit.valid_to - timedelta(days=1))
    return bool(heirs) and all(_forward(book, own, link.unit) for link in heirs)


def _back(book: Gazetteer, own: Unit, unit: Unit) -> bool:
    if _under(book, own, unit):
        return True
    if own.valid_to is None or unit.valid_from is None or unit.valid_from < own.valid_to:
        return False
    made_from = book.predecessors(unit.code, unit.valid_from)
    return bool(made_from) and all(_back(book, own, link.unit) for link in made_from)


def _under(book: Gazetteer, own: Unit, unit: Unit) -> bool:
    return any(step.code == own.code and step.valid_from == own.valid_from for step in book.path(unit))
