"""How `indexes/*.yaml`, and the trees of `tinh index`, are written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from tinh.packs.index import (
    AggregateRule,
    BoundsOf,
    Correlation,
    ImputeBy,
    NormaliseKind,
    Penalty,
    ScoringKind,
    SourceType,
    TreatThen,
    UnitLevel,
    WeightsKind,
)
from tinh.packs.shape import NO_WORDS, BothWords, Day, Declared, Id

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80)]


def _named(key: str) -> BeforeValidator:
    """`impute: mean` means `impute: {by: mean}`."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str) else value)


def _ratio(value: object) -> object:
    """`1/3` as people write it."""
    if not isinstance(value, str) or value.count("/") != 1:
        return value
    above, _, below = value.partition("/")
    try:
        return float(above) / float(below)
    except (ValueError, ZeroDivisionError):
        return value


Ratio = Annotated[float, BeforeValidator(_ratio), Field(gt=0)]


class NormaliseEntry(Declared):
    """How a component comes to the common scale. `normalise: zscore` is short for `{kind: zscore}`."""

    kind: NormaliseKind = Field(description="method")
    low: float | None = Field(
        None, description="minmax: least result (0) · zscore: wanted mean (0) · scaled, goalposts: lower post"
    )
    high: float | None = Field(
        None, description="minmax: greatest result (100) · zscore: wanted deviation (1) · else upper post"
    )
    factor: float | None = Field(
        None, description="scaled (100), goalposts (1), categorical (100): the whole"
    )
    target: float | None = Field(None, description="distance_to_target: the target, in the data's unit")
    reference: str = Field("", description="distance_to_reference: the unit compared with")
    cap: bool | None = Field(None, description="cut at the target (default no) or the posts (default yes)")
    log: bool = Field(False, description="goalposts: natural logarithm of the value and of both posts")
    population: bool = Field(False, description="zscore: divide by n, not n − 1")
    percentiles: list[float] = Field(
        default_factory=list, description="categorical: the limits; empty: 5, 25, 50, 75, 95"
    )
    band: float = Field(0.2, description="above_mean: half width around the mean, as a share")


class TreatEntry(Declared):
    """Outliers: winsorised, then transformed where |skewness| ≥ skew and kurtosis ≥ kurt still hold."""

    winsorise: int | None = Field(5, ge=0, description="most points moved; null: as many as it takes")
    then: TreatThen = Field("log", description="transformation of columns that still fail")
    lambda_: float = Field(0.0, alias="lambda", description="of boxcox")
    skew: float = Field(2.0, gt=0, description="limit of the absolute sample skewness")
    kurt: float = Field(3.5, description="limit of the sample excess kurtosis")
    combine: bool = Field(False, description="transform the winsorised values, not the original ones")


class ImputeEntry(Declared):
    """Missing values. `impute: mean` is short for `{by: mean}`."""

    by: ImputeBy = Field(description="method")
    group: str = Field("", description="column of the groups, for group_mean and group_median")


class WeightsEntry(Declared):
    """Weights of siblings. `weights: equal` is short for `{kind: equal}`."""

    kind: WeightsKind = Field(description="method")
    level: int | None = Field(
        None,
        ge=1,
        description="level they are made for, 1 the components; empty: 1 for pca and factor, else all",
    )
    correlation: Correlation = Field("pearson", description="of `optimised`")
    importance: dict[str, float] = Field(
        default_factory=dict, description="wanted influence of each element of the level; empty: equal"
    )
    factors: int | None = Field(
        None, ge=1, description="factors kept by `factor`; empty: by the handbook's rule"
    )
    compare: dict[str, list[list[list[Ratio]]]] = Field(
        default_factory=dict,
        description="ahp: node → matrices, one an expert, of how many times more the row's child matters"
        " than the column's, children in the tree's order; nodes without keep their weights",
    )
    budgets: list[dict[str, float]] = Field(
        default_factory=list,
        description="budget: what each expert gives each element; groups without keep their weights",
    )


class DoubtEntry(Declared):
    """Limits of the weights that `bod` looks for, the same for every child."""

    least: float = Field(0.0, ge=0, le=1, description="least share of a child")
    most: float = Field(1.0, ge=0, le=1, description="greatest share of a child")
    of: BoundsOf = Field(
        "weights", description="shares of the sum of weights, or (`shares`) of the unit's own value"
    )


class ScoringEntry(Declared):
    """A rule that gives a share of the component's points."""

    kind: ScoringKind = Field(description="rule")
    tiers: dict[str, float] = Field(default_factory=dict, description="tier: answer → share of the points")
    parts: dict[str, float] = Field(
        default_factory=dict, description="additive: column → share of the points"
    )
    numerator: str = Field("", description="ratios: column above; empty: the component's column is the ratio")
    denominator: str = Field("", description="ratios: column below")
    scale: float = Field(1.0, gt=0, description="value that counts as the whole, 100 for per cent")
    threshold: float = Field(1.0, gt=0, description="ratio_threshold: from this ratio on all the points")
    best: float | None = Field(None, gt=0, description="relative_max: best known value; empty: of the units")
    bands: list[Annotated[list[float], Field(min_length=2, max_length=2)]] = Field(
        default_factory=list, description="band: pairs of `from` and share, the highest reached counts"
    )
    absent: Literal["missing", "zero"] = Field(
        "zero", description="what an absent value or a zero denominator is"
    )


class DenominatorEntry(Declared):
    """Divides the component by a column. `denominator: population` is short for `{column: population}`."""

    column: str = Field(description="column divided by")
    scale: float = Field(1.0, description="factor of the quotient, such as 1000 for “per thousand”")


class EvidenceEntry(Declared):
    """A document the score rests on."""

    number: str = Field(min_length=1, description="số hiệu")
    day: Day | None = Field(None, description="ngày")
    summary: str = Field("", description="trích yếu")


class ElementEntry(Declared):
    """A node (it has `children`) or a component."""

    id: Name = Field(description="id; unique in the tree; letters, digits and `. _ -`")
    name: BothWords = Field(NO_WORDS, description="name for people; empty: the id")
    note: BothWords = Field(NO_WORDS, description="what it asks")
    weight: float = Field(1.0, ge=0, description="weight among its siblings")
    points: float | None = Field(
        None, ge=0, description="greatest points; of a node: the sum that must come out"
    )
    children: list[ElementEntry] = Field(default_factory=list, description="elements below")
    aggregate: AggregateRule | None = Field(None, description="rule of this node; empty: that of the method")
    power: float = Field(1.0, description="exponent of `generalised`")
    doubt: DoubtEntry | None = Field(None, description="limits of `bod` here; empty: those of the method")
    penalty: Penalty | None = Field(None, description="of `mazziotta_pareto` here; empty: the method's")
    available: float = Field(0.0, ge=0, le=1, description="least share of children that must have values")
    scored: bool = Field(True, description="false: shown, not counted")
    illustrative: bool = Field(False, description="its text or points are not public; said wherever it shows")
    column: str = Field("", description="column of the data; empty: the id")
    direction: Literal["up", "down"] = Field("up", description="down: less is better")
    denominator: Annotated[DenominatorEntry | None, _named("column")] = Field(None, description="divides it")
    treat: TreatEntry | Literal["none"] | None = Field(
        None, description="own treatment of outliers; `none`: never"
    )
    normalise: Annotated[NormaliseEntry | None, _named("kind")] = Field(None, description="own normalisation")
    scoring: Annotated[ScoringEntry | None, _named("kind")] = Field(None, description="rule for its points")
    indicator: str = Field("", description="indicator of the lake whose values it takes")
    source_type: SourceType | None = Field(None, description="where values come from")
    owner: str = Field("", description="agency that answers for it")
    deadline: str = Field("", description="by when it is reported, a day or `MM-DD` of each year")
    must_show: BothWords = Field(NO_WORDS, description="evidence that is asked for")
    evidence: list[EvidenceEntry] = Field(default_factory=list, description="documents at hand")
    effort: float = Field(1.0, gt=0, description="relative effort of raising it, for “cheapest points first”")


class AssumptionEntry(Declared):
    """One choice of the method that is uncertain."""

    what: Literal["impute", "treat", "normalise", "weights", "weighting", "aggregate", "exclude", "data"] = (
        Field(
            description="what varies; weighting: the way weights are made; exclude: one component left out;"
            " data: each value by a random share"
        )
    )
    choices: list[str] = Field(
        default_factory=list,
        description="methods, equally likely: impute, normalise, weighting, aggregate by name; treat: none,"
        " or most points winsorised; exclude: elements, or none for nothing;"
        " empty: what the reference page lists",
    )
    low: float | None = Field(None, description="lower bound of every normalised minmax")
    high: float | None = Field(None, description="upper bound of every normalised minmax")
    within: float = Field(0.25, gt=0, lt=1, description="weights, data: most that each is moved, as a share")
    level: int | None = Field(None, ge=1, description="weights: only of this level, 1 the components")


class MethodEntry(Declared):
    """How the tree is computed, in this order: denominate, screen, impute, treat, normalise, aggregate."""

    screen: float | None = Field(
        None, gt=0, le=1, description="units with a smaller share of values are left out"
    )
    impute: Annotated[ImputeEntry | None, _named("by")] = Field(
        None, description="missing values; empty: none"
    )
    treat: TreatEntry | Literal["none"] | None = Field(None, description="outliers; empty: none")
    normalise: Annotated[NormaliseEntry | None, _named("kind")] = Field(
        None, description="common scale; empty: minmax from 0 to 100"
    )
    weights: Annotated[WeightsEntry | None, _named("kind")] = Field(None, description="weights; empty: given")
    aggregate: AggregateRule | list[AggregateRule] = Field(
        "arithmetic", description="rule of every node, or a list from level 2 up"
    )
    doubt: DoubtEntry | None = Field(None, description="limits of the weights of `bod`; empty: none")
    penalty: Penalty = Field(
        "low", description="mazziotta_pareto: unevenness lowers the value (more is better), or raises it"
    )
    merge: Literal["none", "mean"] = Field(
        "none", description="mean: a merged unit gets the mean of its predecessors' values below the root"
    )


class ColumnsEntry(Declared):
    """Columns that are not components."""

    unit: str = Field("", description="names the unit of a row; empty: the first column")
    name: str = Field("", description="name of the unit for people")
    groups: list[str] = Field(default_factory=list, description="group columns")
    merged_into: str = Field("", description="the unit a former unit became part of, for `merge`")


class DeliveredEntry(Declared):
    """A dataset agencies deliver: a row a unit (a column a component), or a row a unit and component."""

    dataset: str = Field(description="dataset id")
    component: str = Field("", description="column with the component's id; empty: a column a component")
    value: str = Field("value", description="column with the value")
    numerator: str = Field("", description="column above, of ratios")
    denominator: str = Field("", description="column below, of ratios")
    choice: str = Field("", description="column with the answer of a tier, or parts divided by `;`")
    self_score: str = Field("", description="column with the points the agency gives itself")
    verified_score: str = Field("", description="column with the points that were verified")
    evidence_number: str = Field("", description="column with the document's number")
    evidence_day: str = Field("", description="column with its day")
    evidence_summary: str = Field("", description="column with its summary")


class ReferenceEntry(Declared):
    """A published figure to compare with."""

    name: BothWords = Field(description="what it is")
    value: float | None = Field(None, description="the figure")
    text: BothWords = Field(NO_WORDS, description="the figure in words, such as a rank of so many")
    element: str = Field("", description="element it belongs to; empty: the whole")
    period: str = Field("", description="its period")
    source: str = Field(min_length=1, description="where it is from")


class IndexFile(Declared):
    """`indexes/<id>.yaml` of a pack, or a file for `tinh index`: one composite index."""

    format: Literal[1] = Field(description="number of this file format")
    id: Id = Field(description="id")
    version: int = Field(1, ge=1, description="raised when the meaning changes")
    name: BothWords = Field(NO_WORDS, description="name for people; empty: the id")
    description: BothWords = Field(NO_WORDS, description="what it measures")
    source: BothWords = Field(NO_WORDS, description="decision or publication it follows")
    units: UnitLevel = Field("given", description="what is compared; given: whatever the data names")
    decimals: int = Field(2, ge=0, le=10, description="decimals shown")
    scale: float = Field(1.0, gt=0, description="the published value is the points divided by this")
    columns: ColumnsEntry = Field(
        default_factory=lambda: ColumnsEntry.model_validate({}), description="columns that are not components"
    )
    values: DeliveredEntry | None = Field(
        None, description="dataset of the lake with what agencies delivered"
    )
    method: MethodEntry = Field(
        default_factory=lambda: MethodEntry.model_validate({}), description="how it is computed"
    )
    assumptions: list[AssumptionEntry] = Field(
        default_factory=list,
        description="what varies in the uncertainty analysis; empty: see the reference page",
    )
    references: list[ReferenceEntry] = Field(default_factory=list, description="published figures")
    tree: ElementEntry = Field(description="the root of the tree")
