"""A verdict with each rule in words and the values that failed it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tinh.cli.output import say


def explained(corridor: Any, item: dict[str, Any]) -> dict[str, Any]:
    """A verdict whose reasons and checks say their rule, with up to five failing rows a reason."""
    from tinh.flow.api import Veil
    from tinh.gate.api import examples

    contract = corridor.catalogue.datasets.get(item["dataset"])
    says = {rule.id: rule.says.as_dict() for rule in contract.rules} if contract else {}
    held = Veil(contract, corridor.catalogue.privacy).frame(corridor.lake.held(item["receipt"]))
    shown = examples(held, contract) if item.get("reasons") else {}
    return {
        **item,
        "reasons": [
            {**one, "says": says.get(one["rule"]), "examples": shown.get(one["rule"], [])}
            for one in item.get("reasons", ())
        ],
        "checks": [{**one, "says": says.get(one["rule"])} for one in item.get("checks", ())],
    }


def called(one: dict[str, Any]) -> str:
    """A rule as people read it, with its id."""
    words = one.get("says")
    return f"{say(words['vi'], words['en'])} [{one['rule']}]" if words else str(one["rule"])


def seen(reason: dict[str, Any]) -> Iterator[str]:
    """Where a rule failed and what stood there, a line each."""
    for one in reason.get("examples", ()):
        where = one["at"] or say(f"dòng {one['row']}", f"row {one['row']}")
        blank = say("trống", "empty")
        values = ", ".join(f"{name} = {blank if v is None else v}" for name, v in one["values"].items())
        yield f"{where}: {values}" if values else str(where)
