"""Scorecards: what an agency reports of every component of a declared index, a row a unit and component."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tinh.kit import periods
from tinh.packs.api import Element
from tinh.places.api import Unit
from tinh.sources.simulator import dice
from tinh.sources.simulator.ground import Ground
from tinh.sources.simulator.ground import points as curve_of
from tinh.sources.simulator.sheet import Row, Sheet


def sheets(ground: Ground, until: datetime) -> Iterator[Sheet]:
    """One file a period from the first sender, `day` days after the period's end."""
    sender = ground.settings.senders[0]
    period = ground.settings.start
    while ground.utc(periods.end(period)) <= until:
        last = (periods.end(period) - timedelta(days=1)).date()
        sent = ground.utc(periods.end(period) + timedelta(days=sender.day, hours=sender.hour))
        if sent <= until:
            rows, places = [], []
            for unit in ground.units(max(last, date(2025, 7, 1))):
                for element in _components(ground):
                    rows.append(_row(ground, unit, element, period, last))
                    places.append(unit.code)
            yield Sheet(
                filename=sender.filename.format(period=period, code="", ending="csv"), sender=sender.sender,
                sent_at=sent, due_at=ground.due(period), columns=ground.columns,
                headers=ground.headers(sender), rows=rows, places=places, form=sender.formats[0],
            )  # fmt: skip
        period = periods.shift(period, 1)


def _components(ground: Ground) -> list[Element]:
    index = ground.index
    return list(index.tree.components()) if index else []


def _row(ground: Ground, unit: Unit, element: Element, period: str, day: date) -> Row:
    """What is reported: the rule's own input, the points claimed and verified, and a document."""
    name = (*ground.seed, unit.code, element.id)
    level = dice.along(curve_of(ground.settings.alive), day)
    share = min(
        1.0, max(0.05, level + 0.24 * dice.normal(*name, "level") + 0.03 * dice.normal(*name, period))
    )
    cells = _inputs(element, share, name)
    reached = float(cells.pop("share"))
    points = element.points or 0.0
    strict = 1.0 if dice.uniform(*name, period, "strict") < 0.7 else 0.6 + 0.4 * dice.uniform(*name, "cut")
    number = 1 + int(dice.uniform(*name, "number") * 900)
    signed = day - timedelta(days=20 + int(dice.uniform(*name, "signed") * 280))
    shown = reached > 0 and dice.uniform(*name, period, "shown") < 0.9
    said = {
        "component": element.id, "self_score": f"{points * reached:.2f}",
        "verified_score": f"{points * reached * strict:.2f}",
        "evidence_number": f"{number}/BC-MP" if shown else "",
        "evidence_day": signed.isoformat() if shown else "",
        "evidence_summary": "Văn bản mô phỏng" if shown else "",
    }  # fmt: skip
    fixed = {"place_code": unit.code, "province_code": unit.code, "period": period}
    row: Row = {}
    for column, plan in ground.settings.columns.items():
        row[column] = fixed.get(plan.is_) or cells.get(column) or said.get(column, "")
    return row


def _inputs(element: Element, share: float, name: dice.Seed) -> dict[str, str]:
    """The cells a component's rule reads, and the share of the points they give."""
    rule = element.scoring
    if rule is None or rule.kind == "points":
        points = round((element.points or 0.0) * share, 2)
        return {"value": f"{points:.2f}", "share": repr(points / element.points if element.points else 0.0)}
    if rule.kind == "boolean":
        held = dice.uniform(*name, "held") < share
        return {"value": "1" if held else "0", "share": "1" if held else "0"}
    if rule.kind == "tier":
        choice, reached = min(rule.tiers.items(), key=lambda tier: abs(tier[1] - share))
        return {"choice": choice, "share": repr(reached)}
    if rule.kind == "additive":
        held_parts = [p for p in rule.parts if dice.uniform(*name, p) < share]
        return {"choice": ";".join(p.rpartition(".")[2] for p in held_parts) or "–",
                "share": repr(sum(rule.parts[p] for p in held_parts))}  # fmt: skip
    if rule.kind == "band":
        value, reached = max((b for b in rule.bands if b[1] <= share), default=(0.0, 0.0))
        return {"value": f"{value:g}", "share": repr(reached)}
    if rule.numerator:
        below = 20 + int(dice.uniform(*name, "below") * 400)
        above = round(below * min(1.0, share * rule.threshold))
        reached = min(1.0, above / below / (rule.threshold if rule.kind == "ratio_threshold" else 1.0))
        return {"numerator": str(above), "denominator": str(below), "share": repr(reached)}
    goal = (rule.best or 1.0) if rule.kind == "relative_max" else rule.threshold * rule.scale
    value = round(goal * share, 4)
    return {"value": f"{value:g}", "share": repr(min(1.0, value / goal))}
