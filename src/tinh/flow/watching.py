"""Alert rules over values: those stored, or those a plan has computed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from tinh.kit.errors import Text
from tinh.packs.api import Catalogue
from tinh.watch.api import Alert, watch_all


def watched(catalogue: Catalogue) -> list[str]:
    """The indicators any alert rule looks at."""
    return sorted({rule.indicator for rule in catalogue.alerts.values()})


def alerts_over(
    catalogue: Catalogue, values: pl.DataFrame, gazetteer: Any, now: datetime
) -> tuple[Alert, ...]:
    """Every rule that is not at rest over a value frame."""
    today = now.astimezone(ZoneInfo(catalogue.timezone)).date()

    def named(code: str) -> Text | None:
        unit = gazetteer.find(code, today)
        return Text(unit.name, unit.name) if unit and code != catalogue.place else None

    return watch_all(
        catalogue, values, now, place_name=named, gone=lambda code: gazetteer.find(code, today) is None
    )
