"""What one place owes and has delivered, dataset by dataset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tinh.flow.calendar import window_of
from tinh.flow.corridor import Corridor
from tinh.kit.errors import Text
from tinh.kit.periods import between, end, grain_of, start, up


@dataclass(frozen=True, slots=True)
class PlaceHealth:
    """`owed` is 0 where nobody said what the place owes; `days` is how late its last owed window is."""

    dataset: str
    name: Text
    owner: str
    delivered: int
    owed: int
    newest: str
    days: int
    simulated: bool


def owing(corridor: Corridor, code: str) -> tuple[PlaceHealth, ...]:
    """The datasets that have, or ought to have, rows of the place."""
    status = corridor.status()
    out = []
    for dataset in corridor.catalogue.datasets.values():
        window = window_of(dataset)
        if dataset.place is None or window is None or dataset.period is None or dataset.kind == "register":
            continue
        presence = corridor.lake.presence(dataset, window)
        mine = presence.filter(presence["place"] == code)
        came = set(mine["window"].to_list())
        each = status.dataset(dataset.id)
        owed = _owed(corridor, code, dataset.expect.places, dataset.expect.start, each.last_window, came)
        if not came and not owed:
            continue
        late = next((one.days for one in each.late if one.place == code), 0)
        out.append(
            PlaceHealth(
                dataset.id, dataset.name, dataset.owner, len(came & owed) if owed else len(came), len(owed),
                max(came, default=""), late, bool(mine["simulated"].any()) if mine.height else False,
            )
        )  # fmt: skip
    return tuple(out)


def _owed(corridor: Corridor, code: str, expected: str, first: str, last: str, came: set[str]) -> set[str]:
    """The windows the place owed: those of the calendar in which it stood."""
    if expected not in ("communes", "known") or not last:
        return set()
    begin = up(first, grain_of(last)) if first and expected == "communes" else min(came, default="")
    if not begin:
        return set()
    book = corridor.gazetteer
    lowest = {"communes": ("commune",), "known": ("commune", "district", "province")}[expected]
    out = set()
    for window in between(begin, last):
        unit = book.find(code, (end(window) - timedelta(seconds=1)).date()) or book.find(
            code, start(window).date()
        )
        if unit is not None and unit.level in lowest and unit.province == corridor.catalogue.place:
            out.add(window)
    return out
