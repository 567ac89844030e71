"""What comes back with an action or from a service, checked before it becomes facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tinh.cases.errors import FieldWrong, NoSuchAction
from tinh.packs.api import ProcessField as ActionField
from tinh.packs.api import ProcessNode as Node


def taken(node: Node, action: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` as facts. NoSuchAction when the step does not offer `action`, FieldWrong for a bad field."""
    if node.kind != "user":
        return dict(data)
    offered = {a.id: a for a in node.actions}
    if action not in offered:
        raise NoSuchAction(action=action, step=node.vi or node.id, known=", ".join(offered))
    out = dict(data)
    for field in offered[action].fields:
        value = out.get(field.id)
        if value in (None, "", []):
            if field.required:
                raise FieldWrong(field=field.vi or field.id, wanted="một giá trị / a value")
            out[field.id] = None
            continue
        out[field.id] = _checked(field, value)
    return out


def _checked(field: ActionField, value: Any) -> Any:
    known = [option.id for option in field.options]
    try:
        if field.kind == "number":
            number = float(value)
            if isinstance(value, bool) or number != number or abs(number) == float("inf"):
                raise ValueError
            return int(number) if number.is_integer() else number
        if field.kind == "date":
            return date.fromisoformat(str(value)[:10]).isoformat()
        if field.kind == "boolean":
            return {"true": True, "false": False, "on": True}[str(value).lower()]
        if field.kind == "choice" and value not in known:
            raise ValueError
        if field.kind == "multi":
            chosen = [value] if isinstance(value, str) else list(value)
            if any(one not in known for one in chosen):
                raise ValueError
            return chosen
    except (ValueError, TypeError, KeyError) as error:
        wanted = {
            "number": "một số / a number",
            "date": "một ngày / a day",
            "boolean": "có hoặc không / yes or no",
        }.get(field.kind, ", ".join(known))
        raise FieldWrong(field=field.vi or field.id, wanted=wanted) from error
    return str(value) if field.kind == "text" else value
