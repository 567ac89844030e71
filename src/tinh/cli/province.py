"""Which province a command speaks of, and its data home."""

from __future__ import annotations

import os
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tinh.cli.errors import (
    NoSuchDataset,
    NoSuchIndicator,
    NoSuchIndicatorVersion,
    UnreadableMoment,
    UnreadablePeriod,
    UnreadableUnits,
)
from tinh.cli.output import asked
from tinh.kit import periods

if TYPE_CHECKING:
    from tinh.flow.api import Corridor, Definition
    from tinh.packs.api import Catalogue, Dataset, Indicator
    from tinh.places.api import Gazetteer

DEMO = Path(__file__).parents[3] / "provinces" / "thai-nguyen"


def folder() -> Path:
    """`--province`, else TINH_PROVINCE, else the folder one stands in, else the demo province."""
    chosen = asked("province") or os.environ.get("TINH_PROVINCE")
    if chosen:
        return Path(chosen)
    here = Path.cwd()
    return here if (here / "province.yaml").is_file() else DEMO


def catalogue() -> Catalogue:
    """The province as it is in force: its last applied version, or the folder before there is one."""
    from tinh.flow.api import in_force

    return in_force(folder())


def declared() -> Catalogue:
    """The province as its folder says now, applied or not."""
    from tinh.flow.api import home_of
    from tinh.packs.api import compile, province_id

    return compile(folder(), home=home_of(province_id(folder())).root)


def book() -> Gazetteer:
    """The gazetteer, with what the province declares of its units."""
    from tinh.places.api import gazetteer

    return gazetteer(catalogue().units)


def units(text: str, timezone: str) -> date | None:
    """The day whose units are asked for; None: as reported."""
    if text in ("", "then"):
        return None
    if text == "today":
        from tinh.kit.clock import SystemClock

        return SystemClock().now().astimezone(ZoneInfo(timezone)).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnreadableUnits(text=text) from None


def corridor(declared: Catalogue | None = None) -> Corridor:
    from tinh.flow.api import Corridor, home_for

    declared = declared or catalogue()
    return Corridor(declared, home_for(declared))


def dataset(declared: Catalogue, name: str) -> Dataset:
    from tinh.packs.api import dataset_called

    if found := dataset_called(declared, name):
        return found
    raise NoSuchDataset(province=declared.id, dataset=name, known=", ".join(declared.datasets))


def indicator(declared: Catalogue, name: str) -> Indicator:
    if found := declared.indicators.get(name):
        return found
    raise NoSuchIndicator(province=declared.id, indicator=name, known=", ".join(declared.indicators))


def definition(
    declared: Catalogue, name: str, version: int | None = None, as_of: datetime | None = None
) -> Definition:
    """The indicator `name` as it is meant now, or was on the day of `as_of`."""
    from tinh.flow.api import Applied, home_for
    from tinh.flow.api import definition as find
    from tinh.packs.api import versions

    found = find(Applied(home_for(declared)), declared, name, version, as_of)
    if found is not None:
        return found
    indicator(declared, name)
    known = ", ".join(str(i.version) for i in versions(declared, name))
    raise NoSuchIndicatorVersion(indicator=name, version=version, known=known)


def moment(text: str | None, timezone: str) -> datetime | None:
    """A day means its last moment; a time without an offset is local time."""
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise UnreadableMoment(text=text) from None
    if len(text) <= 10:
        read = datetime.combine(read.date(), time.max)
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(timezone))


def period(text: str | None) -> str | None:
    """A period as the reader spelt it, once it is known to be one."""
    if text:
        try:
            periods.start(text)
        except ValueError:
            raise UnreadablePeriod(text=text) from None
    return text or None
