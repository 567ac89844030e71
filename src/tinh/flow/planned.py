"""What a plan says: each effect a changed folder would have, with numbers and examples."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from tinh.kit.errors import Text
from tinh.packs.api import Broken, Change


@dataclass(frozen=True, slots=True)
class RowMove:
    """A row that would be held, or let through, by the changed contract."""

    receipt: str
    file: str
    row: int
    at: str | None
    what: str  # held | released
    rules: tuple[str, ...]
    says: tuple[Text, ...]
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class VerdictMove:
    """A delivery whose verdict would be another."""

    receipt: str
    file: str
    before: str
    after: str
    accepted_before: int
    accepted_after: int
    received: int


@dataclass(frozen=True, slots=True)
class Rejudged:
    """The deliveries of one dataset under its contract before and after. `tried` of `of` were
    judged; `rows` is how many rows those hold; `lost` names deliveries whose bytes are gone."""

    dataset: str
    of: int
    tried: int
    rows: int
    held: int
    released: int
    other_rules: int
    verdicts: tuple[VerdictMove, ...]
    examples: tuple[RowMove, ...]
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ValueMove:
    place: str
    period: str
    before: float | None
    after: float | None

    @property
    def difference(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Revalued:
    """An indicator's stored values and what its new definition makes of the same rows.

    `version` before and after (0: there was none); counts are of places and periods with a value.
    `failed` says why the new definition could not be computed.
    """

    indicator: str
    version: tuple[int, int]
    before: int
    after: int
    changed: int
    appear: int
    vanish: int
    largest: tuple[ValueMove, ...] = ()
    appearing: tuple[ValueMove, ...] = ()
    vanishing: tuple[ValueMove, ...] = ()
    failed: str = ""

    @property
    def moves(self) -> bool:
        return bool(self.changed or self.appear or self.vanish or self.failed)


@dataclass(frozen=True, slots=True)
class Standing:
    """A target against the province's newest value; `met` None where there is no value."""

    version: int
    target: float
    period: str
    value: float | None
    met: bool | None
    gap: float | None


@dataclass(frozen=True, slots=True)
class TargetMove:
    indicator: str
    by: str
    before: Standing | None
    after: Standing | None


@dataclass(frozen=True, slots=True)
class Fall:
    """A tier lost: binding → trusted → draft. `others` fall because their pack does."""

    kind: str  # pack | indicator | alert
    id: str
    before: str
    after: str
    others: int = 0


@dataclass(frozen=True, slots=True)
class AlertMove:
    """An alert that would start or end."""

    rule: str
    place: str
    what: str  # starts | ends
    before: str
    after: str
    sentence: Text


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying a folder would change. `number` is the version in force, 0 while there is none."""

    province: str
    number: int
    digest_before: str
    digest_after: str
    files: tuple[tuple[str, str], ...] = ()
    changes: tuple[Change, ...] = ()
    broken: tuple[Broken, ...] = ()
    rejudged: tuple[Rejudged, ...] = ()
    revalued: tuple[Revalued, ...] = ()
    targets: tuple[TargetMove, ...] = ()
    falls: tuple[Fall, ...] = ()
    alerts: tuple[AlertMove, ...] = ()
    unreadable: str = ""  # why the version in force could not be compiled to compare with
    recompute: tuple[str, ...] = field(default=())

    @property
    def empty(self) -> bool:
        return self.number > 0 and not self.files and not self.changes

    @property
    def refused(self) -> tuple[Broken, ...]:
        """What stands in the way of applying."""
        return tuple(b for b in self.broken if b.refuses)

    def as_dict(self) -> dict[str, Any]:
        """The object of `plan --json`."""
        return {
            "province": self.province,
            "applied": self.number,
            "digest": {"before": self.digest_before, "after": self.digest_after},
            "nothing": self.empty,
            "refused": bool(self.refused),
            "files": [{"file": name, "what": what} for name, what in self.files],
            "changes": [change.as_dict() for change in self.changes],
            "broken": [{"indicator": b.indicator, **b.finding.as_dict()} for b in self.broken],
            "rejudged": [asdict(r) for r in self.rejudged],
            "values": [_revalued(r) for r in self.revalued],
            "targets": [asdict(t) for t in self.targets],
            "tiers_lost": [asdict(f) for f in self.falls],
            "alerts": [{**asdict(a), "sentence": a.sentence.as_dict()} for a in self.alerts],
            "recompute": list(self.recompute),
            **({"unreadable": self.unreadable} if self.unreadable else {}),
        }


def _revalued(one: Revalued) -> dict[str, Any]:
    out = asdict(one)
    out["version"] = {"before": one.version[0], "after": one.version[1]}
    for name in ("largest", "appearing", "vanishing"):
        out[name] = [{**asdict(m), "difference": m.difference} for m in getattr(one, name)]
    return out
