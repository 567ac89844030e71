"""How declared files are written: strict models of the YAML, kept apart from what they compile to.

Descriptions stand here because the reference page and the editors' JSON Schema are made from them.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from tinh.kit.errors import Language
from tinh.kit.periods import Grain, grain_of
from tinh.packs.foreseen import AS_COUNTED, Foreseen
from tinh.packs.models import Aggregate, Maturity
from tinh.packs.written import ID as ID
from tinh.packs.written import NO_WORDS as NO_WORDS
from tinh.packs.written import BothWords as BothWords
from tinh.packs.written import Declared as Declared
from tinh.packs.written import Id as Id
from tinh.packs.written import Words as Words

DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?")


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value


def _duration(value: Any) -> Any:
    if isinstance(value, str) and value and not DURATION.fullmatch(value):
        raise ValueError("duration")
    return value


def _period(value: Any) -> Any:
    if isinstance(value, str) and value:
        try:
            grain_of(value)
        except ValueError:
            raise ValueError("period") from None
    return value


Day = Annotated[date, BeforeValidator(_day)]
Duration = Annotated[str, BeforeValidator(_duration)]
Period = Annotated[str, BeforeValidator(_period)]
Level = Literal["own", "commune", "province"]
Share = Annotated[float, Field(ge=0, le=1)]


def languages() -> list[Language]:
    return ["vi", "en"]


def _levels() -> list[Level]:
    return ["own", "province"]


# ── pack.yaml ───────────────────────────────────────────────────────────────────────


class PackFile(Declared):
    """`pack.yaml`: one sector. Its words stand in `locale/`."""

    format: Literal[1] = Field(description="number of this file format")
    id: Id = Field(description="the folder's name")
    version: str = Field("1.0.0", description="version of the pack")
    owner: str = Field("", description="agency that owns the datasets which name no owner")
    licence: str = Field("", description="licence of the pack, as an SPDX id")
    maturity: Maturity = Field(
        "trusted", description="draft: seen by authors · trusted: may publish · binding: may open cases"
    )


# ── indicators ──────────────────────────────────────────────────────────────────────


class TermEntry(Declared):
    """One aggregate over one dataset."""

    dataset: str = Field(description="dataset id")
    column: str = Field("", description="column; may be left out for `count`")
    how: Aggregate = Field("sum", description="how rows combine")
    where: str = Field("", description="expression that picks rows")

    @model_validator(mode="after")
    def _column(self) -> TermEntry:
        if not self.column and self.how != "count":
            raise ValueError("column")
        return self


class RatioEntry(Declared):
    """A ratio of two sums."""

    of: TermEntry = Field(description="numerator")
    to: TermEntry = Field(description="denominator")
    scale: float = Field(1.0, description="factor, 100 for per cent")


class WeightedEntry(Declared):
    """A mean weighted by another column."""

    dataset: str = Field(description="dataset id")
    column: str = Field(description="column averaged")
    weight: str = Field(description="column of weights")
    where: str = Field("", description="expression that picks rows")
    scale: float = Field(1.0, description="factor")


class SqlEntry(Declared):
    """A SELECT of place, period, value (and num, den) over named datasets."""

    file: str = Field(description="SQL file beside the indicator")
    reads: list[str] = Field(
        min_length=1, description="datasets the query reads; each is a view of that name"
    )


class DerivedEntry(Declared):
    """An expression over other indicators."""

    from_: list[str] = Field(alias="from", min_length=1, description="indicator ids")
    expression: str = Field(description="expression over those ids, hyphens written as underscores")


class FormulaEntry(Declared):
    """How a value comes about: exactly one of the five."""

    direct: TermEntry | None = Field(None, description="one aggregate")
    ratio: RatioEntry | None = Field(None, description="ratio of two sums")
    weighted: WeightedEntry | None = Field(None, description="weighted mean")
    sql: SqlEntry | None = Field(None, description="SQL file")
    derived: DerivedEntry | None = Field(None, description="from other indicators")

    @model_validator(mode="after")
    def _one(self) -> FormulaEntry:
        if sum(getattr(self, kind) is not None for kind in FORMULAS) != 1:
            raise ValueError("formula")
        return self


FORMULAS = ("direct", "ratio", "weighted", "sql", "derived")


class TargetEntry(Declared):
    """A value promised by a day, and where that is written."""

    value: float = Field(description="value to reach")
    by: Day = Field(description="the day, YYYY-MM-DD")
    source: str = Field("", description="document that sets the target")
    places: list[str] = Field(
        default_factory=list,
        description="codes of the places it is for, or `each` for every place that has values;"
        " left out: the province as a whole",
    )


class BenchmarkEntry(Declared):
    """A published figure to compare with."""

    name: BothWords = Field(description="whose figure")
    value: float = Field(description="the figure")
    source: str = Field("", description="where it was published")


class ReplacesEntry(Declared):
    """The version before, which lives on beside the new one for a while."""

    version: int = Field(ge=1, description="number of the version before; its file stays beside this one")
    until: Day = Field(description="last day it is still computed, YYYY-MM-DD")


class IndicatorFile(Declared):
    """`indicators/<id>.yaml`: one indicator. Its name, definition and unit stand in `locale/`."""

    format: Literal[1] = Field(description="number of this file format")
    id: Id = Field(description="id; the file's name")
    version: int = Field(1, ge=1, description="raised when the meaning changes; values keep their version")
    replaces: ReplacesEntry | None = Field(
        None, description="the version before, kept as `<id>.v<version>.yaml` and computed beside this one"
    )
    unit: BothWords = Field(NO_WORDS, description="unit, when it needs no translation")
    decimals: int = Field(1, ge=0, le=6, description="digits shown after the point")
    direction: Literal["up", "down", "none"] = Field("none", description="which way is better")
    period: Grain = Field(description="grain of the values")
    through: list[Grain] = Field(
        default_factory=list, description="grains climbed from the dataset's own to `period`; empty: at once"
    )
    min_coverage: dict[Grain, Share] = Field(
        default_factory=dict, description="share of finer periods a period of that grain needs to count"
    )
    over_time: Literal["sum", "mean", "last", "min", "max"] = Field(
        "mean", description="how finer periods combine"
    )
    over_places: Literal["sum", "mean", "min", "max", "none"] = Field("sum", description="how places combine")
    over_reforms: Literal["population", "households", "area", "none"] = Field(
        "population", description="measure by which a divided unit's value is shared out; none: not restated"
    )
    places: list[Level] = Field(
        default_factory=_levels, min_length=1, description="levels a value is made for"
    )
    formula: FormulaEntry = Field(description="how a value comes about")
    targets: list[TargetEntry] = Field(default_factory=list, description="targets")
    benchmarks: list[BenchmarkEntry] = Field(default_factory=list, description="figures to compare with")
    bands: list[float] = Field(default_factory=list, description="limits of the map's classes, rising")
    forecast: Foreseen = Field(AS_COUNTED, description="what bounds its future values")
    maturity: Maturity | None = Field(None, description="when it differs from the pack's")


# ── alerts and simulation ───────────────────────────────────────────────────────────


class AlertFile(Declared):
    """`alerts/<id>.yaml`: a threshold over an indicator. Its words stand in `locale/`."""

    format: Literal[1] = Field(description="number of this file format")
    id: Id = Field(description="id; the file's name")
    indicator: str = Field(description="indicator watched")
    version: int | None = Field(None, ge=1, description="version watched; the newest when left out")
    above: float | None = Field(None, description="fires when the value is above")
    below: float | None = Field(None, description="fires when the value is below")
    clear_at: float | None = Field(None, description="a firing alert clears only beyond this value")
    pending: int = Field(1, ge=1, description="periods in a row that must fail before it fires")
    silent_after: Duration = Field(
        "", description="no data for this long (ISO 8601) raises the no-data state"
    )
    severity: Literal["info", "watch", "serious", "critical"] = Field("watch", description="how grave")
    places: Literal["each", "province"] = Field(
        "province", description="watch each place or the whole province"
    )
    tell: list[str] = Field(default_factory=list, description="agencies told; `owner` is the dataset's owner")
    maturity: Maturity | None = Field(None, description="when it differs from the pack's")


class SimulationFile(BaseModel):
    """`simulation/<dataset>.yaml`: settings of the generator that stands in for real data."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)

    format: Literal[1] = Field(description="number of this file format")
    dataset: str = Field(description="dataset id; all other keys are the generator's settings")


# ── locale ──────────────────────────────────────────────────────────────────────────


class PackWords(Declared):
    name: str = Field("", description="name of the sector")
    description: str = Field("", description="what it covers")


class DatasetWords(Declared):
    name: str = Field("", description="name of the dataset")
    description: str = Field("", description="what a row is")
    columns: dict[str, str] = Field(default_factory=dict, description="names of columns")
    rules: dict[str, str] = Field(default_factory=dict, description="sentences why a row was held")


class IndicatorWords(Declared):
    name: str = Field("", description="name of the indicator")
    definition: str = Field("", description="what it measures and how")
    unit: str = Field("", description="unit")


class AlertWords(Declared):
    name: str = Field("", description="name of the alert")
    says: str = Field(
        "", description="sentence; may use {value} {threshold} {place} {period} {unit} {indicator}"
    )


class LocaleFile(Declared):
    """`locale/vi.yaml`, `locale/en.yaml`: every word people see."""

    pack: PackWords = Field(
        default_factory=lambda: PackWords.model_validate({}), description="words of the pack"
    )
    datasets: dict[str, DatasetWords] = Field(default_factory=dict, description="words of datasets, by id")
    indicators: dict[str, IndicatorWords] = Field(
        default_factory=dict, description="words of indicators, by id"
    )
    alerts: dict[str, AlertWords] = Field(default_factory=dict, description="words of alerts, by id")
