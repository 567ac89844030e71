"""Forecasts and outlooks kept up to date: by night and when values move, only what moved.

`refresh` does one round; any process may call it (the command line does). In a serving process the chore
`OUTLOOKS` starts rounds in a process of their own, so that pages stay quick while models are fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tinh.jobs.chores import Chore, Mark, Progress
from tinh.kit.ids import fresh

if TYPE_CHECKING:
    import polars as pl

    from tinh.flow.api import Corridor
    from tinh.insight.api import Record
    from tinh.jobs.house import House

NAME = "outlooks"

Told = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Round:
    """What a round did: series forecast, outlooks written, past days played again."""

    series: int
    outlooks: int
    replays: int


def refresh(
    corridor: Corridor, only: Collection[str] | None = None, told: Told | None = None, *, replays: bool = True
) -> Round:
    """Forecast what moved and write it; `told(indicator, done, of)` hears how far it is.

    On a new day or under other declarations every indicator is looked through, otherwise those of which a
    value was written. Those with targets come first, then the room's tiles; each is written as soon as it is
    done. A round of another process is waited for; one over `only` some indicators leaves the others due.
    """
    with Mark(corridor.home.root, NAME).turn():
        return _refreshed(corridor, only, told or _untold, replays)


def _refreshed(corridor: Corridor, only: Collection[str] | None, told: Told, replays: bool) -> Round:
    from tinh.flow.api import Applied
    from tinh.insight.api import METHOD, Stamp, foresee, replay

    catalogue, lake = corridor.catalogue, corridor.lake
    now = corridor.clock.now()
    local = now.astimezone(ZoneInfo(catalogue.timezone)).replace(tzinfo=None)
    stamp = Stamp(fresh(12), now, Applied(corridor.home).number())
    mark = Mark(corridor.home.root, NAME)
    before = mark.read().get("state")
    now_at = _state(corridor)
    state = before if only is not None else now_at
    wanted = only if only is not None else _moved(corridor, before, now_at)
    order = [id for id in _order(corridor) if wanted is None or id in wanted]
    series = outlooks = 0
    frames = {}
    for number, id in enumerate(order):
        told(id, number, len(order))
        mark.running(id, number, len(order), now.isoformat())
        indicator = catalogue.indicators[id]
        frames[id] = lake.values(id, version=indicator.version)
        made = foresee(
            indicator, catalogue, frames[id], lake.foreseen.forecasts([id]), lake.foreseen.outlooks([id]),
            local, stamp,
        )  # fmt: skip
        lake.foreseen.add(made.forecasts, made.outlooks)
        series, outlooks = series + made.computed, outlooks + len(made.outlooks)
    again: list[dict[str, Any]] = []
    if replays:
        told("", len(order), len(order))
        again = replay(
            catalogue, frames, lake.foreseen.every_outlook(order, "replay"), local, stamp, METHOD
        )  # fmt: skip
        lake.foreseen.add([], again)
    mark.done(state=state, finished_at=now.isoformat(), series=series)
    return Round(series, outlooks, len(again))


def _untold(_indicator: str, _done: int, _of: int) -> None:
    pass


def _order(corridor: Corridor) -> list[str]:
    found = corridor.catalogue.indicators
    today = corridor.clock.now().date()
    first = [i for i, one in found.items() if any(t.by >= today for t in one.targets)]
    first += [i for i, one in found.items() if one.targets]
    tiles = [i for i in corridor.catalogue.room.tiles if i in found]
    return list(dict.fromkeys([*first, *tiles, *found]))


def _state(corridor: Corridor) -> list[Any]:
    """What a round stands on: equal states, nothing to do."""
    from tinh.insight.api import METHOD
    from tinh.lake.api import values_turn

    local = corridor.clock.now().astimezone(ZoneInfo(corridor.catalogue.timezone))
    return [values_turn(corridor.lake), local.date().isoformat(), corridor.catalogue.digest, METHOD]


def _moved(corridor: Corridor, before: Any, state: list[Any]) -> set[str] | None:
    """The indicators of which a value was written since a state; None for all."""
    from tinh.lake.api import moved_series

    if not before or before[1:] != state[1:]:
        return None
    return {indicator for indicator, _ in moved_series(corridor.lake, before[0])}


def _due(house: House, kept: dict[str, Any]) -> bool:
    return kept.get("state") != _state(house.corridor())


OUTLOOKS = Chore(NAME, _due, ("outlook", "--refresh"))


def track_record(corridor: Corridor, only: list[str] | None = None) -> dict[str, Record | None]:
    """How outlooks kept their word: those that were published and have come due (`live`), and past days
    played again (`replay`), never mixed."""
    from tinh.insight.api import record

    out: dict[str, Record | None] = {}
    for kind in ("live", "replay"):
        frame = settled(corridor, kind, only)
        out[kind] = record(
            frame.get_column("probability").to_list(), frame.get_column("outcome").to_list(),
            owners=frame.get_column("indicator").to_list(),
        )  # fmt: skip
    return out


def replayed(corridor: Corridor, id: str) -> tuple[int, int, int] | None:
    """Of one indicator's past days played again: how many values came, and how many lay within the 80 % and
    the 95 % interval that had been drawn without them. None where none was."""
    import polars as pl

    rows = settled(corridor, "replay", [id]).unique(["place", "origin"]).drop("value")
    version = corridor.catalogue.indicators[id].version
    if rows.is_empty():
        return None
    came = corridor.lake.values(
        id, sorted(set(rows["place"])), min(rows["due"]), max(rows["due"]), version=version
    ).select("place", "value", due="period")
    both = rows.join(came, on=["place", "due"]).drop_nulls(["value", "lo_80"])
    if both.is_empty():
        return None
    within = [
        int(both.select(pl.col("value").is_between(f"lo_{n}", f"hi_{n}").sum()).item()) for n in (80, 95)
    ]
    return both.height, within[0], within[1]


def settled(corridor: Corridor, kind: str, only: list[str] | None = None) -> pl.DataFrame:
    """Every outlook with a likelihood whose day has come, and whether it was met (`outcome`). An outlook
    counts once for each newest value it stood on."""
    import polars as pl

    rows = corridor.lake.foreseen.every_outlook(only, kind).filter(pl.col("probability").is_not_null())
    rows = rows.unique(
        ["indicator", "place", "by", "target", "origin", "digest"], keep="last", maintain_order=True
    )
    if kind == "replay":
        newest = rows.group_by("indicator", "place", "origin").agg(pl.col("digest").last().alias("_last"))
        rows = rows.join(newest, on=["indicator", "place", "origin"])
        return rows.filter(pl.col("digest") == pl.col("_last")).drop("_last")
    came = corridor.lake.foreseen.outlooks(only).filter(pl.col("outcome").is_not_null())
    came = came.select("indicator", "place", "by", "target", "outcome")
    return rows.drop("outcome").join(came, on=["indicator", "place", "by", "target"], how="inner")


def outlook_progress() -> Progress:
    """How far the round over this process's province is."""
    from tinh.jobs.house import house

    return Mark(house().home, NAME).progress()


def outlooks_wanted() -> bool:
    """Whether a round is to come: this process keeps outlooks up to date and values have moved."""
    from tinh.jobs import run

    return run.due(NAME)
