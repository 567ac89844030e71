"""Two versions of an indicator side by side: which is shown, which is drawn beside it, and their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import polars as pl
from django.http import HttpRequest

from tinh.flow.api import Definition
from tinh.jobs import api as jobs
from tinh.packs.api import Catalogue, Indicator, ends, versions
from tinh.watch.api import Alert
from tinh.web import formats
from tinh.web.words import words


@dataclass(frozen=True, slots=True)
class Choice:
    label: str
    link: str
    here: bool


@dataclass(frozen=True, slots=True)
class Side:
    """`older`: what is shown is not the newest. `values` by period are of the version drawn beside."""

    older: bool
    choices: tuple[Choice, ...]
    label: str
    beside: str
    values: Mapping[str, float]


def asked(request: HttpRequest) -> int | None:
    text = request.GET.get("phien-ban", "")
    return int(text) if text.isdecimal() and len(text) < 6 and int(text) else None


def about(catalogue: Catalogue, alert: Alert, shown: Indicator) -> bool:
    """Whether an alert of this indicator follows the version shown; alerts of others always do."""
    if alert.indicator != shown.id:
        return True
    follows = catalogue.alerts[alert.rule].version if alert.rule in catalogue.alerts else 0
    newest = catalogue.indicators.get(shown.id)
    return shown.version == (follows or (newest.version if newest else shown.version))


def of(defined: Definition, frame: pl.DataFrame, place: str, request: HttpRequest, language: str) -> Side:
    """What stands beside the version shown: the one it replaced, or the one that replaced it."""
    shown = defined.indicator
    catalogue = jobs.catalogue()
    declared = versions(catalogue, shown.id)
    older = bool(declared) and shown.version < declared[0].version
    if len(declared) < 2:
        return Side(older, (), "", "", {})
    others = [i for i in declared if i.version != shown.version]
    other = others[0]
    same = other.unit == shown.unit and other.period == shown.period
    mine = frame.filter(
        (pl.col("version") == other.version) & (pl.col("place") == place) & pl.col("value").is_not_null()
    )
    values = dict(mine.select("period", "value").iter_rows()) if same else {}
    keep = {name: request.GET[name] for name in ("noi", "as-of") if request.GET.get(name)}
    return Side(
        older,
        tuple(
            Choice(
                label(catalogue, i, language),
                "?" + urlencode({**keep, "phien-ban": i.version}),
                i.version == shown.version,
            )
            for i in declared
        ),
        label(catalogue, shown, language),
        label(catalogue, other, language) if values else "",
        values,
    )


def label(catalogue: Catalogue, indicator: Indicator, language: str) -> str:
    """“Tên (phiên bản 1, tính đến 31/12/2026)”."""
    say = words(language)
    last = ends(catalogue, indicator)
    name = indicator.name.in_(language)
    if last is None:
        return say("changes.version_name", name=name, version=indicator.version)
    until = formats.day(last, language)
    return say("changes.version_until", name=name, version=indicator.version, until=until)
