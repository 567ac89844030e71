"""What anomalies look like, for the published OpenAPI."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from tinh.rest.shapes import Shape


class AnomalyMark(Shape):
    mark: Literal["real", "data_error", "known", "open"]
    note: str
    by: str
    at: datetime


class Anomaly(Shape):
    """`score`: decades of surprise; `low` to `high`: the band expected; `group` is shared by one cause."""

    id: str
    subject: Literal["indicator", "relation", "dataset"]
    indicator: str
    version: int
    relation: str | None
    place: str
    kind: str
    first: str
    last: str
    length: int
    grain: str
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    score: float
    weight: float
    group: str
    cause: Literal["receipt", "place", "many"] | None
    receipt: str | None
    why: dict[str, str]
    state: Literal["open", "real", "data_error", "known", "quiet", "gone"]
    because: str | None
    simulated: bool
    raised_at: datetime | None
    seen_at: datetime
    mark: AnomalyMark | None
    trace: str | None


class Anomalies(Shape):
    items: list[Anomaly]
    next: str | None


class AnomalyWhole(Anomaly):
    marks: list[AnomalyMark]
    series: list[dict[str, Any]]
