"""The `tinh` custom properties of a contract: what ODCS has no word for."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from tinh.kit.periods import Grain
from tinh.packs.agreement import AddsUpEntry, AgreeEntry, Prefer, PreferEntry
from tinh.packs.deadlines import whole_days
from tinh.packs.layouts import LayoutEntry
from tinh.packs.models import Kind, PlaceLevel
from tinh.packs.personalfile import PersonalEntry
from tinh.packs.shape import Declared, Duration, Period, Share


def _down() -> list[PlaceLevel]:
    return ["commune", "district", "province"]


class PlaceEntry(Declared):
    """Which column names the place of a row."""

    column: str = Field(description="column that names the place")
    by: Literal["code", "name"] = Field(
        "code",
        description="official code, or name as people write it; a name that means a single place on the "
        "day of its row counts as its code",
    )
    name_column: str = Field(
        "", description="by: code only: column with the place's name, which must be able to denote that code"
    )
    levels: list[PlaceLevel] = Field(
        default_factory=_down,
        min_length=1,
        description="levels tried, in order; the first with any candidate decides",
    )


class PeriodEntry(Declared):
    """Which column places a row in time."""

    column: str = Field(description="column with the moment or period")
    every: Grain = Field(description="grain of a row's period")


def _due(value: Any) -> Any:
    return {"after": value} if isinstance(value, str) else value


class DueEntry(Declared):
    """When a delivery is late; a plain text such as `P5D` means `after`."""

    after: Duration = Field("", description="ISO 8601 time after the period's end")
    working_days: int | None = Field(
        None, ge=1, le=250, description="or: the n-th working day of the province's calendar after it"
    )

    @model_validator(mode="after")
    def _one(self) -> DueEntry:
        if self.after and self.working_days is not None:
            raise ValueError("due")
        return self


class ExpectEntry(Declared):
    """What ought to arrive, for the scores đủ (sufficient) and sống (alive)."""

    places: Literal["communes", "known", "province", "given"] = Field(
        "given", description="every commune · places seen before · the province · those in the file"
    )
    window: Grain | None = Field(None, description="the whole span a file answers for")
    due: Annotated[DueEntry, BeforeValidator(_due, json_schema_input_type=str | DueEntry)] = Field(
        DueEntry(after="", working_days=None), description="when a delivery is late"
    )
    at: str = Field(
        "",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description='hour of the last day until which a delivery is on time, such as "17:00"; empty: its end',
    )
    grace: Duration = Field(
        "",
        description="ISO 8601 time after which an overdue dataset counts as a source that stopped; "
        "empty: a day, or six hours where an hour is owed",
    )
    remind: int | None = Field(
        None,
        ge=0,
        le=20,
        description="working days before the deadline at which a reminder goes out, 0 for none; "
        "empty: as the province reminds, and never for what is owed by the hour or day",
    )
    start: Period = Field(
        "", description="first period ever owed; empty: the one in which the first delivery came"
    )

    @model_validator(mode="after")
    def _whole_days(self) -> ExpectEntry:
        if self.at and not whole_days(self.due.after, self.due.working_days):
            raise ValueError("at")
        return self


class LifeEntry(Declared):
    """For a register: when a thing began and ended."""

    begins: str = Field(description="column of the first day")
    ends: str = Field("", description="column of the last day; empty cell: still alive")


class ReferenceEntry(Declared):
    """A value that must stand in another dataset."""

    column: str = Field(description="column of this dataset")
    dataset: str = Field(description="dataset looked into")
    to: str = Field(description="column looked into")


class DriftEntry(Declared):
    """A value that must stay near the dataset's own past."""

    column: str = Field(description="numeric column")
    tolerance: float = Field(gt=0, description="share by which the value may leave its past mean")


class RuleEntry(Declared):
    """A rule beyond what ODCS says: exactly one of expression, reference, drift, agree, adds_up."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]+$", description="id of the rule, shown with held rows")
    expression: str = Field("", description="expression that must hold for each row")
    reference: ReferenceEntry | None = Field(None, description="value that must stand in another dataset")
    drift: DriftEntry | None = Field(None, description="value that must stay near its own past")
    agree: AgreeEntry | None = Field(None, description="figure that must agree with another dataset's")
    adds_up: AddsUpEntry | None = Field(
        None, description="communes that must add up to the province's own figure"
    )
    score: Literal["correct", "clean"] = Field(
        "correct", description="correct: failing rows are held · clean: they are flagged and kept"
    )
    severity: Literal["error", "warning"] = Field("error", description="how hard a failure weighs")

    @model_validator(mode="after")
    def _one(self) -> RuleEntry:
        others = (self.reference, self.drift, self.agree, self.adds_up)
        if bool(self.expression) + sum(entry is not None for entry in others) != 1:
            raise ValueError("rule")
        return self


class DatasetBlock(Declared):
    """The `tinh` custom property at a contract's root."""

    kind: Kind | None = Field(None, description="default: register when a primary key stands, else stream")
    owner: str = Field("", description="agency that owes the data; default: the pack's owner")
    legal_basis: str = Field("", description="document that obliges the agency to report")
    place: PlaceEntry | None = Field(None, description="place of a row")
    period: PeriodEntry | None = Field(None, description="period of a row")
    expect: ExpectEntry | None = Field(None, description="what ought to arrive")
    life: LifeEntry | None = Field(None, description="life of a thing in a register")
    layout: LayoutEntry | None = Field(None, description="layout of files")
    refuse_below: Share = Field(0.5, description="share of correct rows under which a delivery is refused")
    rules: list[RuleEntry] = Field(default_factory=list, description="rules beyond ODCS")
    prefer: Prefer = Field(
        default_factory=lambda: PreferEntry(senders=[]), description="whose row counts; default: the newest"
    )


class CleanEntry(Declared):
    """One declared repair of a cell; each change is counted and shown."""

    do: Literal[
        "trim",
        "null_words",
        "strip_unit",
        "number",
        "percent",
        "date",
        "code_map",
        "zero_pad",
        "upper",
        "lower",
        "nfc",
    ] = Field(description="what is done")
    words: list[str] = Field(
        default_factory=list, description="null_words: texts that mean nothing was given"
    )
    units: list[str] = Field(default_factory=list, description="strip_unit: units taken off a number")
    decimal: Literal[".", ","] = Field(".", description="number, percent: decimal mark")
    group: Literal["", ".", ",", " "] = Field("", description="number, percent: mark between thousands")
    auto: bool = Field(
        False, description="number, percent: also `1.234,5` or `1,234.5`, where a value leaves no doubt"
    )
    as_: Literal["percent", "share"] = Field(
        "percent", alias="as", description="percent: 45% becomes 45, or 0.45"
    )
    formats: list[str] = Field(
        default_factory=list,
        description="date: accepted forms, such as dd/MM/yyyy; `serial`: day numbers of Excel",
    )
    mapping: dict[str, str] = Field(default_factory=dict, description="code_map: from → to")
    width: int = Field(0, ge=0, le=64, description="zero_pad: digits wanted")

    @model_validator(mode="after")
    def _arguments(self) -> CleanEntry:
        wanted = NEEDED.get(self.do)
        if wanted and not getattr(self, wanted):
            raise ValueError("clean")
        return self


NEEDED = {
    "null_words": "words",
    "strip_unit": "units",
    "date": "formats",
    "code_map": "mapping",
    "zero_pad": "width",
}


class ColumnBlock(Declared):
    """The `tinh` custom property of a column."""

    headers: list[str] = Field(default_factory=list, description="spellings accepted in a file's header")
    unit: str = Field("", description="unit of the values")
    personal: str | PersonalEntry = Field(
        "none", description="`none`, or what it says of a person: kind, purposes and how long it is kept"
    )
    sufficient: bool = Field(False, description="counted in the đủ score as a field that ought to be filled")
    clean: list[CleanEntry] = Field(default_factory=list, description="repairs, in order")
