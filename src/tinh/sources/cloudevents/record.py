"""One event → lines of JSON with the columns its source declares; numbers keep every digit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tinh.packs.api import EventWay
from tinh.sources.cloudevents.event import Event
from tinh.sources.event_errors import DataUnreadable, EventUnwanted
from tinh.sources.table import AT, ROW

_NOTHING = object()


def lines(event: Event, way: EventWay) -> list[str]:
    """Its records, each a line."""
    kind, source = event.attributes["type"], event.source
    if not way.wants(kind, source):
        where = event.where
        raise EventUnwanted(where_vi=where.vi, where_en=where.en, type=kind[:100], source=source[:100])
    given = {AT: f"{source}#{event.id}"}
    given |= {column: event.attributes.get(name) for column, name in way.attributes.items()}  # type: ignore[misc]
    return [_line(record, given, way) for record in _records(event, way)]


def _records(event: Event, way: EventWay) -> list[Mapping[str, Any]]:
    found = event.data
    if found is None and way.attributes and not way.records:
        return [{}]
    if way.records:
        found = _at(found, way.records)
        if found is _NOTHING:
            raise _unreadable(event, f"không có “{way.records}”", f"there is no “{way.records}”")
    records = found if isinstance(found, list) else [found]
    if not records or not all(isinstance(one, dict) for one in records):
        raise _unreadable(
            event, "không phải bản ghi hay danh sách bản ghi", "it is no object and no list of them"
        )
    return records


def _line(record: Mapping[str, Any], given: Mapping[str, Any], way: EventWay) -> str:
    if way.columns:
        picked = {column: _at(record, path) for path, column in way.columns.items()}
        values = {column: one for column, one in picked.items() if one is not _NOTHING}
    else:
        values = dict(record)
    kept = {name: one for name, one in values.items() if name not in given and name != ROW}
    return spelt({**given, **kept}) + "\n"


def _at(value: Any, path: str) -> Any:
    if isinstance(value, dict) and path in value:
        return value[path]
    for step in path.split("."):
        if not isinstance(value, dict) or step not in value:
            return _NOTHING
        value = value[step]
    return value


def spelt(value: Any) -> str:
    """JSON on one line; a decimal number as it was sent."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(k))}:{spelt(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(spelt(one) for one in value) + "]"
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        return (
            text if text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text) else json.dumps(value)
        )
    return json.dumps(value)


def _unreadable(event: Event, vi: str, en: str) -> DataUnreadable:
    return DataUnreadable(where_vi=event.where.vi, where_en=event.where.en, why_vi=vi, why_en=en)
