"""How a siting is asked for in a file: SPEC.yaml of `tinh siting solve`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tinh.insight.sitings.errors import BadSpec
from tinh.insight.sitings.faults import told
from tinh.kit import yamltree
from tinh.kit.errors import Text

Goal = Literal["cover", "cover-all", "median"]
Measure = Literal["haversine", "euclid"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DemandTable(_Strict):
    """Who is to be served: one row a point (commune, hamlet, cell of a grid)."""

    file: str
    id: str = Field("", description="column of ids; empty: the row's number, from 1")
    x: str = Field("", description="column of the longitude or x; empty: lon, longitude or x")
    y: str = Field("", description="column of the latitude or y")
    weight: str = Field("", description="column of the weight (people); empty: each point counts 1")
    group: str = Field("", description="column of the commune or other group")


class SiteTable(_Strict):
    """Where something can stand: one row a site."""

    file: str
    id: str = ""
    x: str = ""
    y: str = ""
    cost: str = Field("", description="column of the cost; empty: 1 each")
    capacity: str = Field("", description="column of the weight a site can serve; empty cell: any")
    existing: str = Field("", description="column that says (1, true, yes, có) that the site stands already")
    name: str = Field("", description="column of the name people know it by")


class Distances(_Strict):
    """Distances that are given rather than measured."""

    file: str
    kind: Literal["matrix", "pairs", "edges", "or-library-pmed", "or-library-scp"] = "matrix"
    repeated: Literal["shortest", "last"] = Field("shortest", description="of an edge that stands twice")


class Decay(_Strict):
    """Service that fades: in full up to `full`, none from `none` on, between in a line or by steps."""

    full: float = Field(ge=0)
    none: float = Field(gt=0)
    steps: int = Field(0, ge=0, le=20, description="0: a straight line; n: n equal steps between")

    @model_validator(mode="after")
    def _ordered(self) -> Decay:
        if self.none <= self.full:
            raise ValueError("none must be beyond full")
        return self


class Phase(_Strict):
    """One stage: how many sites or how much money; what is open stays open."""

    name: str = ""
    p: int | None = Field(None, ge=0)
    budget: float | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _one(self) -> Phase:
        if (self.p is None) == (self.budget is None):
            raise ValueError("exactly one of p and budget is needed")
        return self


class Minimum(_Strict):
    """The least share (0 to 1) of each group's weight that must be reached by the last phase."""

    share: float = Field(0.0, ge=0, le=1, description="for every group")
    groups: dict[str, float] = Field(default_factory=dict, description="for one group, instead of `share`")

    @model_validator(mode="after")
    def _shares(self) -> Minimum:
        if any(not 0 <= s <= 1 for s in self.groups.values()):
            raise ValueError("a share lies between 0 and 1")
        return self


class Spec(_Strict):
    """A siting, whole."""

    format: Literal[1] = 1
    goal: Goal = Field(
        "cover",
        description="cover: most people for p or budget · cover-all: cheapest that serves "
        "all · median: least distance to the nearest site",
    )
    demand: DemandTable | None = None
    sites: SiteTable | None = None
    existing: SiteTable | None = Field(None, description="a further table of sites that stand already")
    distances: Distances | None = None
    measure: Measure | None = Field(
        None,
        description="haversine: degrees, metres · euclid: the unit of x and y; "
        "by default haversine when the columns are lon and lat",
    )
    radius: float | None = Field(
        None, ge=0, description="how far a site serves, in metres or the unit of x and y"
    )
    decay: Decay | None = None
    p: int | None = Field(None, ge=0, description="how many new sites")
    budget: float | None = Field(None, ge=0, description="what new sites may cost together")
    phases: tuple[Phase, ...] = Field((), strict=False)
    carry_over: bool = Field(False, description="money a phase leaves may be spent in the next")
    minimum: Minimum | None = None
    share: float = Field(
        1.0, gt=0, le=1, description="cover-all: the share of the weight that must be served"
    )
    unreachable: Literal["refuse", "leave_out"] = Field(
        "refuse", description="cover-all: points no site reaches"
    )
    assignment: Literal["split", "whole"] = Field(
        "split", description="with capacities: may a point be shared among sites"
    )
    seed: int = Field(0, ge=0)
    gap: float = Field(0.0, ge=0, lt=1, description="gap at which to stop; 0: the proven optimum")
    time_limit: float = Field(60.0, gt=0, description="seconds")


def read_spec(path: Path) -> Spec:
    """The spec in a file; `BadSpec` with every fault and its line."""
    document = yamltree.load(path)
    if document.findings:
        raise _bad(path, [(f.line, "", f.says) for f in document.findings])
    if not isinstance(document.value, dict):
        raise _bad(path, [(1, "", Text("cần các cặp khóa: giá trị", "a mapping is expected"))])
    value = document.value
    try:
        return Spec.model_validate(_tupled(value))
    except ValidationError as error:
        faults = [
            (document.line(*fault["loc"]), ".".join(map(str, fault["loc"])), told(fault))
            for fault in error.errors()
        ]
        raise _bad(path, faults) from None


def _bad(path: Path, faults: list[tuple[int, str, Text]]) -> BadSpec:
    def joined(language: Literal["vi", "en"]) -> str:
        line = {"vi": "dòng", "en": "line"}[language]
        return "; ".join(
            f"{line} {n}: " + (f"{key}: " if key else "") + says.in_(language) for n, key, says in faults
        )

    return BadSpec(file=path.name, faults_vi=joined("vi"), faults_en=joined("en"))


def _tupled(value: dict[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in value.items()}
