"""The compiled shape of what a province declares: frozen, checked, free of YAML.

Every model here is what other rooms read; the modules beside this one make them of files.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from tinh.kit.calendar import OFFICE, Hours
from tinh.kit.errors import Text
from tinh.kit.periods import Grain
from tinh.packs.agency import Agency
from tinh.packs.axisplace import AxisPlace
from tinh.packs.feed import Feed
from tinh.packs.foreseen import AS_COUNTED, AS_SAID, Foreseen, Target, Verdicts
from tinh.packs.frozen import Frozen
from tinh.packs.index import Index
from tinh.packs.layout import Layout, LearnedLayout
from tinh.packs.pilot import Pilot
from tinh.packs.portable import portable
from tinh.packs.privacy import PersonalRegister, Privacy
from tinh.packs.reminding import AS_A_RULE, Reminding
from tinh.packs.report import DesksDeclared
from tinh.packs.room import Room as Room
from tinh.packs.share import Share
from tinh.packs.signing import SignIn
from tinh.packs.siting import Siting
from tinh.packs.subscription import Subscription
from tinh.packs.tiling import BaseMap
from tinh.packs.watching import AS_WATCHED, Relation, Watching
from tinh.places.api import NOTHING, Declared, Measure

Kind = Literal["report", "register", "stream"]
Maturity = Literal["draft", "trusted", "binding"]
Logical = Literal[
    "string", "date", "timestamp", "time", "number", "integer", "boolean", "object", "array", "map", "vector",
]  # fmt: skip
PlaceLevel = Literal["province", "district", "commune"]
Aggregate = Literal["sum", "mean", "last", "count", "min", "max"]


# ── datasets ────────────────────────────────────────────────────────────────────────


class CleaningStep(Frozen):
    """One declared repair of a raw cell, counted each time it changes a value.

    `do` is one of: trim · null_words (words) · strip_unit (units) · number (decimal, group, auto)
    · percent (as_, decimal, group, auto) · date (formats) · code_map (mapping) · zero_pad (width)
    · upper · lower · nfc
    """

    do: Literal[
        "trim", "null_words", "strip_unit", "number", "percent", "date",
        "code_map", "zero_pad", "upper", "lower", "nfc",
    ]  # fmt: skip
    words: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    decimal: str = "."
    group: str = ""
    auto: bool = False  # also the other form, `1.234,5` or `1,234.5`, where a value leaves no doubt
    as_: Literal["percent", "share"] = "percent"  # 45% becomes 45, or 0.45
    formats: tuple[str, ...] = ()
    mapping: Mapping[str, str] = Field(default_factory=dict)
    width: int = 0


class Column(Frozen):
    """One column of a contract. `headers` are the spellings accepted in a file's header.

    `options` are the contract's logicalTypeOptions, with `strptime` beside a date `format`
    (the same form for strptime) where the JDK pattern has one.
    """

    name: str
    headers: tuple[str, ...]
    label: Text = Text("", "")  # the column's name for people
    description: str = ""
    logical: Logical
    options: Mapping[str, Any] = Field(default_factory=dict)
    required: bool = False
    unique: bool = False
    allowed: tuple[Any, ...] = ()
    cleaning: tuple[CleaningStep, ...] = ()
    unit: str = ""
    personal: str = "none"
    privacy: Privacy | None = None  # what it says of a person, why it is held and for how long
    sufficient: bool = False  # counted in the `đủ` score as a field that ought to be filled


class Operator(Frozen):
    """One of the eight comparisons of ODCS, e.g. `mustBeLessThan 5`."""

    name: Literal[
        "mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo",
        "mustBeLessThan", "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween",
    ]  # fmt: skip
    value: Any


RuleKind = Literal[
    "type", "required", "unique", "key", "enum", "pattern", "length", "range", "multiple",
    "format", "expression", "reference", "place", "place_name", "period", "drift", "metric", "sql",
    "agree", "adds_up",
]  # fmt: skip


class Rule(Frozen):
    """One executable rule.

    `holds` rules fail single rows, which are held with the rule's id. The others look at
    the receipt as a whole; when they fail the verdict says so (`severity` decides how hard).
    Arguments by kind:
      range: min, max, above, below · length: min, max · pattern: regex · enum: values
      multiple: of · format: name · expression: text · reference: dataset, column
      metric: name (nullValues … rowCount), unit (rows|percent), operator, arguments
      sql: query (with ${table} for the received rows), tables (names it may call them by), operator
      drift: tolerance · period: every · format: name (email, uuid, uri, hostname, ipv4, ipv6, byte)
      length: min, max (characters) · type: logical
      agree, adds_up: how, dataset, column, their_how, tolerance or tolerance_abs, over_time, trust;
      they judge no delivery but compare what stands in two datasets (see insight.conflicts)
    """

    id: str
    kind: RuleKind
    columns: tuple[str, ...] = ()
    arguments: Mapping[str, Any] = Field(default_factory=dict)
    operator: Operator | None = None
    holds: bool = True
    severity: Literal["error", "warning"] = "error"
    says: Text = Text("", "")
    score: Literal["correct", "clean"] = "correct"


class Carried(Frozen):
    """A quality entry we keep and show but do not execute, with the reason."""

    where: str
    type: str
    text: str
    reason: Text


class PlaceBinding(Frozen):
    """Which column names the place of a row, how, and at which levels it may resolve."""

    column: str
    by: Literal["code", "name"] = "code"
    name_column: str = ""  # its name in the same row must be able to denote the code
    levels: tuple[PlaceLevel, ...] = ("commune", "district", "province")


class PeriodBinding(Frozen):
    """Which column places a row in time, and the grain of its period."""

    column: str
    every: Grain


class Expectation(Frozen):
    """What ought to arrive. `places`: every commune of the province, every place seen
    before (`known`), the province itself, or those in the file (`given`). `window`: the
    whole span a file answers for; an hourly file of `window: month` owes every hour of it.
    """

    places: Literal["communes", "known", "province", "given"] = "given"
    window: Grain | None = None
    due: str = "P5D"  # ISO 8601 duration after the period's end when a delivery is late
    working_days: int | None = None  # instead of `due`: the n-th working day after the period's end
    at: str = ""  # hour of the last day, such as 17:00; empty: the day's end
    grace: str = ""  # how long an overdue dataset may still be on its way; empty: see packs.deadlines
    remind: int | None = None  # working days before the deadline of a reminder; None: as the province says
    start: str = ""  # first period that was ever owed


class Life(Frozen):
    """For a register: the columns that say when a thing began and ended."""

    begins: str
    ends: str = ""


class Dataset(Frozen):
    """A compiled data contract."""

    id: str
    also: tuple[str, ...] = ()  # what its contract calls it, where that differs
    pack: str
    name: Text
    description: Text = Text("", "")
    kind: Kind
    version: str = "1.0.0"
    owner: str = ""
    legal_basis: str = ""
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    place: PlaceBinding | None = None
    period: PeriodBinding | None = None
    expect: Expectation = Expectation()
    life: Life | None = None
    layout: Layout = Layout()
    rules: tuple[Rule, ...] = ()
    carried: tuple[Carried, ...] = ()
    refuse_below: float = 0.5  # share of correct rows under which the receipt is refused
    prefer: tuple[str, ...] = ()  # senders whose rows are not replaced by those after them; then newest
    file: Path
    digest: str  # of the contract's text: rows remember which contract judged them

    def column(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


# ── indicators ──────────────────────────────────────────────────────────────────────


class Term(Frozen):
    """One aggregate over one dataset: `how` of `column` of the rows where `where` holds."""

    dataset: str
    column: str = ""  # may be empty for count
    how: Aggregate = "sum"
    where: str = ""  # in the expression language of kit.expr


class Formula(Frozen):
    """How a value comes about.

    direct: `terms[0]` · ratio: scale × Σ terms[0] / Σ terms[1] · weighted: Σ v·w / Σ w of
    terms[0].column weighted by `weight` · sql: the file's SELECT of place, period, value
    (optionally num, den) · derived: `expression` over the ids in `indicators`
    """

    kind: Literal["direct", "ratio", "weighted", "sql", "derived"]
    terms: tuple[Term, ...] = ()
    weight: str = ""
    scale: float = 1.0
    sql: str = ""
    datasets: tuple[str, ...] = ()  # what a sql formula reads
    indicators: tuple[str, ...] = ()
    expression: str = ""


class Benchmark(Frozen):
    """A published figure to compare with, e.g. the national mean, and where it is from."""

    name: Text
    value: float
    source: str = ""


class Indicator(Frozen):
    """A declared indicator.

    `through` is the ladder of grains from the dataset's own to `period`, e.g. hour → day →
    month; `min_coverage[grain]` is the share of finer periods a period of that grain needs
    to count. `over_time` / `over_places` say how values combine on the way up; ratios and
    weighted means always combine as ratios of sums over places.
    """

    id: str
    pack: str
    version: int = 1
    name: Text
    definition: Text = Text("", "")
    unit: Text = Text("", "")
    decimals: int = 1
    direction: Literal["up", "down", "none"] = "none"
    period: Grain
    through: tuple[Grain, ...] = ()
    min_coverage: Mapping[str, float] = Field(default_factory=dict)
    over_time: Literal["sum", "mean", "last", "min", "max"] = "mean"
    over_places: Literal["sum", "mean", "min", "max", "none"] = "sum"
    places: tuple[Literal["own", "commune", "province"], ...] = ("own", "province")
    over_reforms: Measure | Literal["none"] = "population"  # what divides a unit; none: stays as reported
    formula: Formula
    targets: tuple[Target, ...] = ()  # of the province as a whole
    place_targets: tuple[Target, ...] = ()  # of places
    benchmarks: tuple[Benchmark, ...] = ()
    bands: tuple[float, ...] = ()  # fixed map classes; empty: by quantiles
    forecast: Foreseen = AS_COUNTED
    maturity: Maturity = "trusted"
    replaces: tuple[int, date] | None = None  # the version that lives on beside this one, and until when
    file: Path
    digest: str

    def targets_of(self, place: str, province: str) -> tuple[Target, ...]:
        """The targets of one place, or of the province as a whole."""
        return tuple(t for t in (*self.targets, *self.place_targets) if t.of(place, province))

    def reads(self) -> tuple[str, ...]:
        """Ids of the datasets this formula reads directly."""
        if self.formula.kind == "sql":
            return self.formula.datasets
        return tuple(dict.fromkeys(t.dataset for t in self.formula.terms))


# ── alerts ──────────────────────────────────────────────────────────────────────────


class AlertRule(Frozen):
    """A threshold over an indicator's series. `pending` consecutive periods must fail before
    it fires; once firing it clears only beyond `clear_at` (hysteresis). `silent_after`
    (ISO 8601 duration since the newest value's period ended) raises the no-data state.
    """

    id: str
    pack: str
    name: Text
    indicator: str
    version: int = 0  # 0: whichever is newest
    above: float | None = None
    below: float | None = None
    clear_at: float | None = None
    pending: int = 1
    silent_after: str = ""
    severity: Literal["info", "watch", "serious", "critical"] = "watch"
    places: Literal["each", "province"] = "province"
    tell: tuple[str, ...] = ()
    says: Text = Text("", "")
    maturity: Maturity = "trusted"
    file: Path


class Simulation(Frozen):
    """Seeded generator of deliveries for one dataset; see sources.simulator."""

    dataset: str
    pack: str
    settings: Mapping[str, Any]
    file: Path


class CalendarDay(Frozen):
    day: date
    works: bool
    name: Text


class Pack(Frozen):
    id: str
    name: Text
    description: Text = Text("", "")
    owner: str = ""
    licence: str = ""
    version: str = "1.0.0"
    maturity: Maturity = "trusted"
    folder: Path


class Catalogue(DesksDeclared):
    """Everything a province declares, compiled. Dictionaries are keyed by id."""

    id: str
    name: Text
    place: str  # official code of the province, e.g. "19"
    languages: tuple[str, ...] = ("vi", "en")
    timezone: str = "Asia/Ho_Chi_Minh"
    calendar: tuple[CalendarDay, ...] = ()
    hours: Hours = OFFICE  # of a worked day
    agencies: Mapping[str, Agency]
    packs: Mapping[str, Pack]
    datasets: Mapping[str, Dataset]
    indicators: Mapping[str, Indicator]
    former: Mapping[str, Indicator] = Field(default_factory=dict)  # `pm25.v1`: replaced, still computed
    alerts: Mapping[str, AlertRule]
    simulations: tuple[Simulation, ...] = ()
    feeds: Mapping[str, Feed] = Field(default_factory=dict)
    shares: Mapping[str, Share] = Field(default_factory=dict)
    indexes: Mapping[str, Index] = Field(default_factory=dict)
    sitings: Mapping[str, Siting] = Field(default_factory=dict)
    pilots: Mapping[str, Pilot] = Field(default_factory=dict)
    subscriptions: Mapping[str, Subscription] = Field(default_factory=dict)
    units: Declared = NOTHING  # later reforms, shares and sizes of its units; for `places.gazetteer`
    layouts: tuple[LearnedLayout, ...] = ()  # learned ones of the province's folder
    privacy: PersonalRegister = PersonalRegister()  # kinds of personal data, purposes, clocks, consent texts
    room: Room = Room()
    relations: Mapping[str, Relation] = Field(default_factory=dict)  # between indicators, for anomalies
    reminders: Reminding = AS_A_RULE
    anomalies: Watching = AS_WATCHED
    verdicts: Verdicts = AS_SAID
    sign_in: SignIn = SignIn()
    axis: AxisPlace = AxisPlace()
    base_map: BaseMap = BaseMap()
    folder: Path
    digest: str

    def as_json(self) -> dict[str, Any]:
        """Everything declared, free of this machine's paths, so that two versions diff."""
        places = {**{p.folder: f"packs/{p.id}" for p in self.packs.values()}, self.folder: "."}
        plain = self.model_copy(update={"agencies": dict(self.agencies)})
        return {"format": 1, **portable(plain.model_dump(), places)}
