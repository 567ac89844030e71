"""The compiled shape of a composite index: a tree of components and how it is computed.

Methods and their names follow the OECD/JRC Handbook on Constructing Composite Indicators (2008);
what each one computes stands in `insight.composite` and in docs/reference/indexes.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field

from tinh.kit.errors import Text
from tinh.packs.frozen import Frozen

NormaliseKind = Literal[
    "minmax", "zscore", "scaled", "rank", "borda", "percentile", "distance_to_target",
    "distance_to_reference", "distance_to_best", "fraction_of_best", "goalposts", "categorical",
    "above_mean", "none",
]  # fmt: skip
TreatThen = Literal["log", "log_signed", "log_plus_one", "log_gii", "boxcox", "none"]
ImputeBy = Literal[
    "none", "mean", "median", "group_mean", "group_median", "row_mean", "row_median", "em", "zero"
]
AggregateRule = Literal[
    "arithmetic", "geometric", "harmonic", "generalised", "median", "copeland", "sum", "mazziotta_pareto",
    "bod", "unobserved", "kemeny",
]  # fmt: skip
WeightsKind = Literal["given", "equal", "pca", "factor", "optimised", "ahp", "budget"]
Penalty = Literal["low", "high"]
BoundsOf = Literal["weights", "shares"]
ScoringKind = Literal[
    "boolean", "tier", "additive", "ratio", "ratio_threshold", "relative_max", "band", "points"
]
SourceType = Literal["measured", "reported", "survey"]
Matrix = tuple[tuple[float, ...], ...]
Correlation = Literal["pearson", "spearman", "kendall"]
UnitLevel = Literal["given", "province", "commune", "agency"]


class Normalise(Frozen):
    kind: NormaliseKind = "minmax"
    low: float | None = None
    high: float | None = None
    factor: float | None = None
    target: float | None = None
    reference: str = ""
    cap: bool | None = None
    log: bool = False
    population: bool = False
    percentiles: tuple[float, ...] = ()
    band: float = 0.2


class Treat(Frozen):
    winsorise: int | None = 5  # None: as many points as it takes
    then: TreatThen = "log"
    lambda_: float = 0.0
    skew: float = 2.0
    kurt: float = 3.5
    combine: bool = False


class Impute(Frozen):
    by: ImputeBy = "none"
    group: str = ""


class Weights(Frozen):
    kind: WeightsKind = "given"
    level: int | None = None  # 1: components; None: every level, or 1 for pca and factor
    correlation: Correlation = "pearson"
    importance: Mapping[str, float] = Field(default_factory=dict)
    factors: int | None = None
    compare: Mapping[str, tuple[Matrix, ...]] = Field(default_factory=dict)  # node → one matrix an expert
    budgets: tuple[Mapping[str, float], ...] = ()  # one an expert: element → points


class Doubt(Frozen):
    """What benefit-of-the-doubt weights may be, as shares of all weight or of the value."""

    least: float = 0.0
    most: float = 1.0
    of: BoundsOf = "weights"


class Scoring(Frozen):
    """From what was delivered to a share of the component's points; see insight.composite.scoring."""

    kind: ScoringKind
    tiers: Mapping[str, float] = Field(default_factory=dict)
    parts: Mapping[str, float] = Field(default_factory=dict)  # column of the part → its share
    numerator: str = ""
    denominator: str = ""
    scale: float = 1.0  # value that means the whole: 100 for per cent
    threshold: float = 1.0
    best: float | None = None
    bands: tuple[tuple[float, float], ...] = ()  # from, share; ascending
    absent: Literal["missing", "zero"] = "zero"


class Evidence(Frozen):
    """What a score rests on: số hiệu, ngày, trích yếu."""

    number: str
    day: date | None = None
    summary: str = ""


class Element(Frozen):
    """A node (with children) or a component of the tree."""

    id: str
    name: Text
    note: Text = Text("", "")
    weight: float = 1.0
    points: float | None = None
    children: tuple[Element, ...] = ()
    aggregate: AggregateRule | None = None
    power: float = 1.0
    doubt: Doubt | None = None
    penalty: Penalty | None = None
    available: float = 0.0
    scored: bool = True
    illustrative: bool = False  # its text or its points are not public
    column: str = ""
    down: bool = False
    denominator: str = ""
    denominator_scale: float = 1.0
    treat: Treat | None = None
    treated: bool = True
    normalise: Normalise | None = None
    scoring: Scoring | None = None
    indicator: str = ""
    source_type: SourceType | None = None
    owner: str = ""
    deadline: str = ""
    must_show: Text = Text("", "")
    evidence: tuple[Evidence, ...] = ()
    effort: float = 1.0

    def components(self) -> Iterator[Element]:
        """The components below, counted or not, in order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.components()

    def everything(self) -> Iterator[Element]:
        """This one and all below, parents first."""
        yield self
        for child in self.children:
            yield from child.everything()

    def total(self) -> float:
        """Points that can be had here."""
        if not self.scored:
            return 0.0
        if self.points is not None:
            return self.points
        return sum(child.total() for child in self.children)


class Assumption(Frozen):
    """One uncertain choice of the method, varied in the Monte Carlo analysis."""

    what: Literal["impute", "treat", "normalise", "weights", "weighting", "aggregate", "exclude", "data"]
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    within: float = 0.25
    level: int | None = None


class Method(Frozen):
    screen: float | None = None  # least share of components a unit must have
    impute: Impute = Impute()
    treat: Treat | None = None
    normalise: Normalise = Normalise()
    weights: Weights = Weights()
    aggregate: tuple[AggregateRule, ...] = ("arithmetic",)  # from level 2 up; the last goes on
    doubt: Doubt = Doubt()
    penalty: Penalty = "low"
    merge: Literal["none", "mean"] = "none"


class Columns(Frozen):
    """Columns of a file or dataset that are not components."""

    unit: str = ""
    name: str = ""
    groups: tuple[str, ...] = ()
    merged_into: str = ""


class Delivered(Frozen):
    """A dataset of the lake that holds what agencies delivered: a row a unit (wide), or a row a unit and
    component (`component` names the column)."""

    dataset: str
    component: str = ""
    value: str = "value"
    numerator: str = ""
    denominator: str = ""
    choice: str = ""
    self_score: str = ""
    verified_score: str = ""
    evidence_number: str = ""
    evidence_day: str = ""
    evidence_summary: str = ""


class Reference(Frozen):
    """A published figure to compare with, and where it is from."""

    name: Text
    value: float | None = None
    text: Text = Text("", "")
    element: str = ""
    period: str = ""
    source: str


class Index(Frozen):
    """A declared composite index."""

    id: str
    version: int = 1
    pack: str = ""
    name: Text
    description: Text = Text("", "")
    source: Text = Text("", "")
    units: UnitLevel = "given"
    decimals: int = 2
    scale: float = 1.0  # published value = points / scale
    columns: Columns = Columns()
    values: Delivered | None = None
    method: Method = Method()
    assumptions: tuple[Assumption, ...] = ()
    references: tuple[Reference, ...] = ()
    tree: Element
    file: Path
    digest: str
