"""One message → lines of JSON with the columns that the topic gives; numbers keep every digit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tinh.kit.errors import Text
from tinh.packs.api import MqttWay
from tinh.sources.table import AT, ROW

_BLANK = " \t\r\n"
_NOT_JSON = Text("nội dung không phải JSON", "the payload is not JSON")
_NOT_TEXT = Text("nội dung không phải chữ UTF-8", "the payload is not UTF-8 text")
_NO_RECORD = Text(
    "JSON không phải bản ghi hay danh sách bản ghi", "the JSON is no object and no list of objects"
)
_SHALLOW = Text("chủ đề thiếu cấp đã khai", "the topic lacks a declared level")
_DEEP = Text("JSON lồng quá sâu", "the JSON is nested too deep")


class Unreadable(Exception):
    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came. `turn` counts connections: only its own can acknowledge it."""

    turn: int
    mid: int
    qos: int
    topic: str
    payload: bytes
    mark: str  # digest of topic and payload
    at: datetime


def lines(message: Message, way: MqttWay) -> list[str]:
    """Its records, each a line; Unreadable says why there are none. An empty payload has none."""
    if not message.payload.strip():
        return []
    try:
        text = message.payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(_NOT_TEXT) from None
    given = _given(message, way)
    try:
        records = list(_records(text, way.value))
    except RecursionError:
        raise Unreadable(_DEEP) from None
    return [_line(raw, value, given) for raw, value in records]


def _given(message: Message, way: MqttWay) -> dict[str, str]:
    levels = message.topic.split("/")
    found = {AT: message.topic}
    for column, level in way.parts.items():
        if level > len(levels):
            raise Unreadable(_SHALLOW)
        found[column] = levels[level - 1]
    if way.received:
        found[way.received] = message.at.isoformat()
    return found


def _records(text: str, value: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(its text, the object) of each record."""
    body = text.strip(_BLANK)
    try:
        found = _loads(body)
    except ValueError:
        parts = [line for line in body.split("\n") if line.strip()]
        if len(parts) > 1:
            for part in parts:
                yield from _records_of(part.strip(_BLANK), "")
            return
        if value:
            found = body
        else:
            raise Unreadable(_NOT_JSON) from None
        yield json.dumps({value: found}, ensure_ascii=False), {value: found}
        return
    yield from _of(body, found, value)


def _records_of(text: str, value: str) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        found = _loads(text)
    except ValueError:
        raise Unreadable(_NOT_JSON) from None
    yield from _of(text, found, value)


def _of(text: str, found: Any, value: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(found, dict):
        yield text, found
    elif isinstance(found, list):
        for raw in _items(text):
            item = _loads(raw)
            if not isinstance(item, dict):
                raise Unreadable(_NO_RECORD)
            yield raw, item
    elif value and found is not None:
        yield "{" + json.dumps(value, ensure_ascii=False) + ":" + text + "}", {value: found}
    else:
        raise Unreadable(_NO_RECORD)


def _items(text: str) -> Iterator[str]:
    """The texts of an array's items, as they were spelt."""
    at = 1
    while True:
        while text[at] in _BLANK + ",":
            at += 1
        if text[at] == "]":
            return
        _, end = _DECODER.raw_decode(text, at)
        yield text[at:end]
        at = end


def _line(raw: str, value: dict[str, Any], given: dict[str, str]) -> str:
    head = ",".join(f"{json.dumps(k, ensure_ascii=False)}:{json.dumps(v)}" for k, v in given.items())
    if any(name in value for name in (*given, ROW)):
        rest = {k: v for k, v in value.items() if k not in given and k != ROW}
        raw = json.dumps(rest, ensure_ascii=False)
    inside = raw.strip(_BLANK)[1:-1].replace("\r", " ").replace("\n", " ").strip()
    text = "{" + head + ("," + inside if inside else "") + "}\n"
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates
        return json.dumps({**value, **given}) + "\n"
    return text


def _loads(text: str) -> Any:
    return _DECODER.decode(text)


def _constant(name: str) -> Any:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_constant)
