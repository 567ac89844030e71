"""What a pack declares about the deliveries to simulate: `packs/<sector>/simulation/<dataset>.yaml`.

form: report (a row a place and period) · register (a row a thing, sent when it changes) ·
stream (a row an hour and station) · scorecard (a row a place, period and component of an index).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from tinh.kit.errors import Text, TinhError


class SimulationFault(TinhError):
    code: ClassVar[str] = "SRC090"
    says: ClassVar[Text] = Text(
        "Khai báo mô phỏng {file} chưa đúng ở {where}: {reason}",
        "The simulation declared in {file} is wrong at {where}: {reason}",
    )
    cure: ClassVar[Text] = Text(
        "Sửa mục đó trong tệp khai báo rồi chạy lại; dữ liệu thật không bị ảnh hưởng.",
        "Mend that entry and run again; real data is not affected.",
    )


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _day(value: Any) -> Any:
    """`2020`, `2020-11` and `2020-11-12` all name a day; the missing parts are the first."""
    text = str(value)
    return date.fromisoformat(text + "-01-01"[3 * text.count("-") :])


Day = Annotated[date, BeforeValidator(_day)]


class Point(Strict):
    """One point of a curve; `source` names where an anchored figure comes from."""

    at: Day
    value: float
    source: str = ""


class Swing(Strict):
    """A wave of `swing` (share of the level) that is highest at `peak`: a month, or an hour of the day."""

    swing: float
    peak: float


class Gain(Strict):
    """From `at` on, the figure of some places becomes `times` as large, growing there over `months`."""

    places: tuple[str, ...]
    at: Day
    times: float
    months: float = 1
    source: str = ""


Is = Literal[
    "period", "moment", "place_code", "place_name", "province_code",
    "total", "per", "share", "flag", "fixed",
    "wave", "times", "steps", "choice", "absent",
    "serial", "name", "begins", "ends",
]  # fmt: skip


class ColumnPlan(Strict):
    """How one column is made; which settings matter depends on `is`.

    total: `value` of the whole province, split over places · per: `rate` of another column ·
    share: part of another column, together on the `curve` · flag: yes in the `curve`'s share of
    places · wave: `level` with season, hours, weather and noise · times: `rate` of another column ·
    steps: through `table` · choice: of `options` · serial: a code of `prefix` and digits ·
    name: one word from each of `parts`
    """

    is_: Is = Field(alias="is")
    of: str = ""
    value: float = 0
    rate: float = 1
    curve: tuple[Point, ...] = ()
    urban: float = 1  # how many times the rural figure an urban commune has
    ahead: float = 0  # how far urban communes are ahead in a share or flag
    spread: float = 0  # how far places differ for good
    noise: float = 0  # how far one period or hour differs
    yearly: float = 0
    gains: tuple[Gain, ...] = ()  # what a pilot changes in some places, for `fixed` in a report
    at_least: float | None = None
    at_most: float | None = None
    decimals: int = 0
    level: float = 0
    season: Swing | None = None
    hours: Swing | None = None
    weather: float = 0
    additive: bool = False  # a wave in the column's own unit and not in shares of its level
    table: tuple[tuple[float, float], ...] = ()
    options: Mapping[str, float] = Field(default_factory=dict)
    parts: tuple[tuple[str, ...], ...] = ()
    prefix: str = ""
    digits: int = 8
    written: str = "{}"  # how a cell is spelt, e.g. "{} km/h"
    comma: bool = False  # 21.400,5 as Vietnamese spreadsheets show it
    absent: float = 0
    absent_as: str = ""
    yes: str = "Có"
    no: str = "Không"


Format = Literal["csv", "csv-bom", "csv-1258", "csv-utf16", "csv-semicolon", "xlsx"]


class Late(Strict):
    share: float
    days: tuple[int, int]


class Sender(Strict):
    """Who sends which places, when and in which form. `{place}` in `sender` is the commune's name."""

    sender: str
    filename: str
    places: float = 1.0  # share of places that send for themselves; the last sender takes the rest
    formats: tuple[Format, ...] = ("csv",)
    headers: Literal["vi", "name"] = "vi"
    day: int = 2  # days after the period's end
    hour: int = 9
    late: Late | None = None
    never: float = 0  # share of periods in which a sender of its own stays silent


FaultKind = Literal[
    "duplicate_row", "conflicting_row", "wrong_code", "old_place", "impossible", "text_in_number",
    "missing_required", "outlier", "wrong_encoding", "repeated_file",
]  # fmt: skip


class FaultPlan(Strict):
    """A fault planted in every `every`-th delivery of sender number `sender`, from the `first`-th on."""

    kind: FaultKind
    sender: int = -1
    every: int = 1
    first: int = 0
    rows: int = 1
    column: str = ""
    above: str = ""  # impossible: the column that must be exceeded
    text: str = ""
    factor: float = 0  # outlier: how many times the true figure, instead of `text`
    holds: bool = True  # whether the gate must hold the row; drift only marks it
    mended: int = 0  # days until a corrected file follows; 0 is never


class Stations(Strict):
    urban: int = 3
    rural: int = 1


class Settings(Strict):
    format: Literal[1] = 1
    dataset: str = ""
    form: Literal["report", "register", "stream", "scorecard"]
    seed: str = "1"
    start: str  # first period simulated
    level: Literal["commune", "province"] = "commune"
    reference_communes: int = 0  # totals are meant for a province of this size; 0 means never scale
    columns: Mapping[str, ColumnPlan]
    senders: tuple[Sender, ...]
    faults: tuple[FaultPlan, ...] = ()
    index: str = ""  # scorecard: the declared index whose components are reported
    # register; scorecard: the mean share of the points
    alive: tuple[Point, ...] = ()
    yearly_end: float = 0  # share of things that end each year
    # stream
    stations: Stations = Stations()
    missing_hours: float = 0
    pulse_minutes: int = 5


def parse(settings: Mapping[str, Any], file: str) -> Settings:
    """The settings as a checked model."""
    try:
        return Settings.model_validate(dict(settings))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SimulationFault(file=file, where=where, reason=first["msg"]) from None
