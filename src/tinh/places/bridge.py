"""From the units of one day to the units of another: what went where, and how sure that is.

A bridge is a list of `Span`s between units of two epochs, made by chaining the reforms between them.
Forward, a span's share is the part of the source that went over; backward, it is the part of the
source that had come from the target. Shares of one source add up to one either way, so that a sum
over all places is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from tinh.places.model import REFORM, Unit
from tinh.places.reforms import MEASURES, Declared, Measure

if TYPE_CHECKING:
    from tinh.places.crosswalk import Crosswalk

_WHOLE = 1 - 1e-9


class Part(NamedTuple):
    """What one divided or whole unit gave to another across one reform."""

    older: str
    newer: str
    share: float
    estimated: bool
    by: str  # the measure of a declared share, "" when whole or estimated
    source: str
    size: float | None  # how large the older unit was by the wanted measure, where that is declared


@dataclass(frozen=True, slots=True)
class Span:
    """One source and one target of a bridge.

    `share` of the source's amount belongs to the target, `guessed` of which rests on an estimate.
    `weight` is how much the source counts in a mean at the target (they add up to one for each
    target); `weighed` says that this weight rests on no estimate.
    """

    source: str
    target: str
    share: float
    guessed: float
    weight: float
    weighed: bool


def parts_of(walk: Crosswalk, day: date, declared: Declared, by: Measure, codes: Iterable[str]) -> list[Part]:
    """How each of the older units `codes` went over on the day of one reform."""
    stated: dict[tuple[str, Measure], Mapping[str, float]] = {}
    origins: dict[tuple[str, Measure], str] = {}
    for parts in declared.parts:
        if parts.day == day:
            stated[parts.older, parts.by] = dict(parts.shares)
            origins[parts.older, parts.by] = parts.source
    sizes = {(s.code, s.by): s.value for s in declared.sizes if _stood(walk, s.code, s.on)}
    ladder = (by, *(m for m in MEASURES if m != by))
    out: list[Part] = []
    for older in codes:
        heirs = walk.heirs(older)
        if len(heirs) == 1:
            out.append(Part(older, heirs[0][0], 1.0, False, "", "", sizes.get((older, by))))
            continue
        used = next((m for m in ladder if (older, m) in stated), None)
        if used is not None:
            shares, origin = stated[older, used], origins[older, used]
        else:
            shares, origin = _nearest(walk, older, day), ""
        out += [
            Part(
                older, newer, shares.get(newer, 0.0), used is None, used or "", origin, sizes.get((older, by))
            )
            for newer, _, _ in heirs
        ]
    return out


def _stood(walk: Crosswalk, code: str, on: date) -> bool:
    unit = walk.old(code)
    return unit is not None and unit.valid_on(on)


def _nearest(walk: Crosswalk, older: str, day: date) -> Mapping[str, float]:
    from tinh.places.estimates import nearest_shares  # numbers load only where a unit was divided

    unit = walk.old(older)
    assert unit is not None
    centres: dict[str, list[Unit]] = {}
    for newer, _, _ in walk.heirs(older):
        heir = walk.new(newer)
        whole = [walk.old(code) for code, entire, _ in walk.origins(newer) if entire]
        centres[newer] = [u for u in (heir, *whole) if u is not None]
    return nearest_shares(unit, centres, before_2025=day == REFORM)


def forward(parts: Iterable[Part]) -> list[Span]:
    """Older → newer across one reform."""
    by_target: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        by_target[part.newer].append(part)
    out = []
    for target, came in by_target.items():
        sized = all(p.size is not None for p in came)
        total = sum((p.size if sized and p.size is not None else 1.0) * p.share for p in came)
        alone = len(came) == 1
        for p in came:
            weight = (p.size if sized and p.size is not None else 1.0) * p.share
            out.append(
                Span(
                    p.older, target, p.share, p.share if p.estimated else 0.0,
                    weight / total if total else 1 / len(came),
                    (alone and p.share > _WHOLE) or (sized and not p.estimated),
                )
            )  # fmt: skip
    return out


def backward(parts: Iterable[Part]) -> list[Span]:
    """Newer → older across one reform."""
    parts = list(parts)
    by_source: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        by_source[part.newer].append(part)
    out = []
    for source, came in by_source.items():
        sized = all(p.size is not None for p in came)
        weights = [(p.size if sized and p.size is not None else 1.0) * p.share for p in came]
        total = sum(weights)
        alone = len(came) == 1
        for p, weight in zip(came, weights, strict=True):
            share = weight / total if total else 1 / len(came)
            guessed = 0.0 if alone or (sized and not any(q.estimated for q in came)) else share
            # The value of a whole says nothing certain about one of its parts.
            out.append(Span(source, p.older, share, guessed, p.share, alone and not p.estimated))
    return out


def chained(first: list[Span], then: list[Span]) -> list[Span]:
    """Two bridges in a row; a unit the second does not speak of stands still."""
    onward: dict[str, list[Span]] = defaultdict(list)
    for span in then:
        onward[span.source].append(span)
    met: dict[tuple[str, str], list[float]] = {}
    for a in first:
        for b in onward.get(a.target, (Span(a.target, a.target, 1.0, 0.0, 1.0, True),)):
            sure = (a.share - a.guessed) * (b.share - b.guessed)
            cell = met.setdefault((a.source, b.target), [0.0, 0.0, 0.0, 1.0])
            cell[0] += a.share * b.share
            cell[1] += a.share * b.share - sure
            cell[2] += a.weight * b.weight
            cell[3] *= float(a.weighed and b.weighed)
    # Guessed parts that meet again in one unit are no guess any more.
    return [
        Span(s, t, c[0], 0.0 if c[0] > _WHOLE else min(c[0], max(0.0, c[1])), c[2], bool(c[3]))
        for (s, t), c in met.items()
    ]
