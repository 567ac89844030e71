"""How `pilots/*.yaml`, and the SPEC of `tinh pilot`, are written."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from tinh.packs.written import NO_WORDS, BothWords, Declared, Id

Moment = int | str  # a number of a period (1989), or a period in the spelling of the table (2025-04)
Method = Literal["did", "group_time", "synthetic_control", "synthetic_did"]
METHODS: tuple[Method, ...] = ("did", "group_time", "synthetic_control", "synthetic_did")


class ColumnsEntry(Declared):
    """What the columns of the table are called."""

    unit: str = Field("unit", description="column of the unit: commune, state, shop")
    time: str = Field("time", description="column of the period: whole numbers, or periods as text")
    outcome: str = Field("outcome", description="column of the outcome, a number")
    start: str = Field(
        "", description="column of the period in which the unit's pilot starts; empty or 0: never"
    )
    status: str = Field("", description="column that is 1 while the pilot runs in the unit, else 0")
    cluster: str = Field("", description="column of the cluster errors are gathered by; empty: the unit")


class TreatedEntry(Declared):
    """Units in which the pilot starts together."""

    units: list[str | int] = Field(
        min_length=1, description="units, as the table or the gazetteer codes them"
    )
    start: Moment = Field(description="first period with the pilot")


class PredictorEntry(Declared):
    """One row of what the synthetic control is matched on: a mean over periods."""

    column: str = Field("", description="column averaged; empty: the outcome")
    begins: Moment | None = Field(None, alias="from", description="first period; empty: the first there is")
    ends: Moment | None = Field(None, alias="to", description="last period; empty: the last before the start")


class SyntheticEntry(Declared):
    """Choices of the synthetic control."""

    predictors: list[PredictorEntry] = Field(
        default_factory=list,
        description="what is matched; empty: the outcome of every period before the start",
    )
    weights: Literal["fitted", "equal"] = Field(
        "fitted", description="importance of predictors: fitted to the periods before, or all alike"
    )
    begins: Moment | None = Field(
        None, alias="from", description="first period the importance is fitted to; empty: the first there is"
    )
    ends: Moment | None = Field(
        None, alias="to", description="last period it is fitted to; empty: the last before the start"
    )


class GroupTimeEntry(Declared):
    """Choices of the group-time effects."""

    control: Literal["never", "not_yet"] = Field(
        "never", description="compared with units never treated, or not treated yet"
    )
    estimator: Literal["dr", "or", "ipw"] = Field(
        "dr", description="doubly robust, outcome regression, or inverse probability weighting"
    )
    base: Literal["varying", "universal"] = Field(
        "varying", description="base period of the periods before the start"
    )
    anticipation: int = Field(0, ge=0, description="periods in which the pilot may act before it starts")
    bootstrap: int = Field(999, ge=0, le=20_000, description="draws of the multiplier bootstrap; 0: analytic")


class SyntheticDidEntry(Declared):
    """Choices of the synthetic difference-in-differences."""

    inference: Literal["placebo", "jackknife", "bootstrap"] = Field(
        "placebo", description="where its standard error comes from"
    )
    replications: int = Field(200, ge=20, le=5_000, description="draws of the placebo or bootstrap")


class PilotFile(Declared):
    """`pilots/<id>.yaml` of a province (or of its data folder, when made on the web), and the SPEC of
    `tinh pilot`: what is tried where since when, and what it is compared with."""

    format: Literal[1] = Field(description="number of this file format")
    id: Id = Field(description="id; the file's name")
    name: BothWords = Field(NO_WORDS, description="name for people")
    description: BothWords = Field(NO_WORDS, description="what is tried, and why")
    indicator: str = Field("", description="outcome inside a province: indicator id")
    data: ColumnsEntry = Field(
        default_factory=lambda: ColumnsEntry.model_validate({}),
        description="columns of a table given by hand",
    )
    treated: list[TreatedEntry] = Field(default_factory=list, description="where the pilot runs, since when")
    candidates: list[str | int] = Field(
        default_factory=list, description="units to compare with; empty: every unit the pilot never reaches"
    )
    leave_out: list[str | int] = Field(default_factory=list, description="units kept out of everything")
    begins: Moment | None = Field(None, alias="from", description="first period used")
    ends: Moment | None = Field(None, alias="to", description="last period used")
    direction: Literal["increase", "decrease", "either"] = Field(
        "either", description="what the pilot should do to the outcome"
    )
    matters: float | None = Field(
        None, gt=0, description="smallest effect that matters, in the outcome's unit"
    )
    covariates: list[str] = Field(
        default_factory=list, description="columns that trends may depend on (group-time effects)"
    )
    methods: list[Method] = Field(
        default_factory=lambda: list(METHODS), min_length=1, description="methods asked"
    )
    group_time: GroupTimeEntry = Field(
        default_factory=lambda: GroupTimeEntry.model_validate({}), description="group-time effects"
    )
    synthetic_control: SyntheticEntry = Field(
        default_factory=lambda: SyntheticEntry.model_validate({}), description="synthetic control"
    )
    synthetic_did: SyntheticDidEntry = Field(
        default_factory=lambda: SyntheticDidEntry.model_validate({}), description="synthetic DID"
    )
    draws: int = Field(
        1999, ge=99, le=99_999, description="draws of the wild bootstrap and of the randomisation"
    )
    level: float = Field(95, gt=50, lt=100, description="level of intervals, in per cent")
    seed: int = Field(0, ge=0, description="seed of every draw")
    closed: bool = Field(False, description="the pilot is over; its evaluation stays")
    made_by: str = Field("", description="who declared it, when made on the web")
    made_at: str = Field("", description="when, when made on the web")

    @model_validator(mode="after")
    def _one_way(self) -> PilotFile:
        ways = [bool(self.treated), bool(self.data.start), bool(self.data.status)]
        if sum(ways) != 1:
            raise ValueError("treated")
        return self
