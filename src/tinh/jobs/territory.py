"""What rights stand on in a serving process: its agencies and its gazetteer."""

from __future__ import annotations

from datetime import date

from tinh.jobs.house import catalogue, gazetteer, now
from tinh.places.api import lies_in

_MOST = 50_000


class Territory:
    """Answers for the province of this process; what it found once it keeps while the gazetteer stands."""

    def __init__(self) -> None:
        self._book: object = None
        self._found: dict[tuple[str, str, int, date], bool] = {}

    def same_agency(self, agency: str) -> frozenset[str]:
        """The agency under every id it has had."""
        names = getattr(catalogue().agencies, "names", None)
        return frozenset(names(agency)) if names is not None else frozenset({agency})

    def inside(self, place: str, unit: str, on: date | None = None) -> bool:
        """Whether `unit` (of `on`) lies wholly in today's `place`."""
        book, today = gazetteer(), now().date()
        if book is not self._book or len(self._found) > _MOST:
            self._book, self._found = book, {}
        key = (place, unit, -1 if on is None else book.epoch(on), today)
        if key not in self._found:
            self._found[key] = lies_in(book, place, unit, today, on)
        return self._found[key]
