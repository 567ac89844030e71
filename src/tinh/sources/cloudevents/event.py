"""An HTTP request → its events, by the HTTP protocol binding 1.0.2: structured, batched or binary."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from email.message import Message
from typing import Any
from urllib.parse import unquote, urlsplit

from tinh.kit.errors import Text
from tinh.sources.event_errors import (
    AttributeMissing,
    AttributeWrong,
    DataUnreadable,
    EventMalformed,
    EventTypeNotRead,
    TooManyEvents,
)

REQUIRED = ("id", "source", "specversion", "type")
STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
_NAME = re.compile(r"[a-z0-9]+")
_URI = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.IGNORECASE)
_MEDIA = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+\s*(;.*)?", re.ASCII | re.DOTALL)
_JSON = re.compile(r"[^/;\s]+/(json|[^/;\s]+\+json)\s*(;|$)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LONGEST = 2048


@dataclass(frozen=True, slots=True)
class Event:
    """`data` is a JSON value; None where the event carries none."""

    where: Text
    attributes: Mapping[str, str]
    data: Any = None

    @property
    def id(self) -> str:
        return self.attributes["id"]

    @property
    def source(self) -> str:
        return self.attributes["source"]


def events_of(headers: Mapping[str, str], body: bytes, most: int) -> list[Event]:
    """The events of a request; EventError says what is wrong with it. `headers` by lower-case names."""
    kind, charset = _kind(headers.get("content-type", ""))
    cloud = kind.startswith("application/cloudevents")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise EventTypeNotRead(type=f"Content-Encoding: {headers['content-encoding'][:60]}")
    if (cloud and kind not in (STRUCTURED, BATCH)) or charset.lower() not in (
        "",
        "utf-8",
        "utf8",
        "us-ascii",
    ):
        raise EventTypeNotRead(type=headers.get("content-type", "")[:100])
    whole = Text("Thân yêu cầu", "The request's body")
    if kind == BATCH:
        found = _loads(body, whole)
        if not isinstance(found, list):
            raise _malformed(whole, "không phải danh sách sự kiện", "it is no list of events")
        if len(found) > most:
            raise TooManyEvents(limit=most)
        return [
            _structured(one, Text(f"Sự kiện thứ {n}", f"Event number {n}")) for n, one in enumerate(found, 1)
        ]
    the_event = Text("Sự kiện", "The event")
    return [_structured(_loads(body, whole), the_event) if cloud else _binary(headers, body, the_event)]


def _kind(text: str) -> tuple[str, str]:
    message = Message()
    message["Content-Type"] = re.sub(r"[\r\n]", " ", text)
    charset = message.get_param("charset", "")
    return text.partition(";")[0].strip().lower(), charset if isinstance(charset, str) else ""


def _structured(value: Any, where: Text) -> Event:
    if not isinstance(value, dict):
        raise _malformed(where, "không phải đối tượng JSON", "it is no JSON object")
    given: dict[str, str] = {}
    for name, one in value.items():
        if name in ("data", "data_base64") or one is None:
            continue
        if not isinstance(one, str | bool | int) or (name in _TEXTS and not isinstance(one, str)):
            raise _wrong(where, name, json.dumps(one, default=str), *_WORDS["kind"])
        given[name] = ("true" if one else "false") if isinstance(one, bool) else str(one)
    attributes = _checked(given, where)
    if "data" in value and "data_base64" in value:
        raise _malformed(where, "có cả data và data_base64", "it holds both data and data_base64")
    if "data_base64" not in value:
        return Event(where, attributes, value.get("data"))
    try:
        raw = base64.b64decode(str(value["data_base64"]), validate=True)
    except (binascii.Error, ValueError):
        raise _malformed(where, "data_base64 không phải base64", "data_base64 is no base64") from None
    return Event(where, attributes, _data(raw, attributes.get("datacontenttype", ""), where))


def _binary(headers: Mapping[str, str], body: bytes, where: Text) -> Event:
    given = {
        name.removeprefix("ce-"): _unescaped(value)
        for name, value in headers.items()
        if name.startswith("ce-")
    }
    given.pop("datacontenttype", None)
    kind = headers.get("content-type", "").strip()
    if kind:
        given["datacontenttype"] = kind
    attributes = _checked(given, where)
    return Event(where, attributes, _data(body, kind, where) if body else None)


def _unescaped(value: str) -> str:
    """A header's value as the binding writes it: unquoted, then percent-decoded once."""
    text = value.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    with suppress(UnicodeError):
        text = text.encode("latin-1").decode()  # a sender that does not escape
    return unquote(text, errors="replace")


_TEXTS = ("id", "source", "specversion", "type", "subject", "time", "dataschema", "datacontenttype")
_WORDS = {
    "kind": ("phải là chữ, số nguyên hoặc đúng/sai", "it must be text, a whole number or true/false"),
    "name": ("tên chỉ gồm chữ thường a–z và số", "a name has lower-case letters and digits only"),
    "version": ("chỉ nhận bản 1.0", "only version 1.0 is taken"),
    "empty": ("không được rỗng", "it may not be empty"),
    "uri": ("không phải địa chỉ URI", "it is no URI"),
    "time": ("không phải thời điểm RFC 3339", "it is no moment of RFC 3339"),
    "media": ("không phải kiểu nội dung", "it is no media type"),
    "sign": ("có ký tự điều khiển hoặc quá dài", "it holds control signs or is too long"),
}


def _checked(given: Mapping[str, str], where: Text) -> Mapping[str, str]:
    missing = [name for name in REQUIRED if not given.get(name, "")]
    if missing:
        raise AttributeMissing(where_vi=where.vi, where_en=where.en, names=", ".join(missing))
    for name, value in given.items():
        wrong = _fault(name, value)
        if wrong:
            raise _wrong(where, name, value, *_WORDS[wrong])
    return given


def _fault(name: str, value: str) -> str:
    if not _NAME.fullmatch(name):
        return "name"
    if _CONTROL.search(value) or len(value) > _LONGEST or not _writable(value):
        return "sign"
    if name in _TEXTS and not value:
        return "empty"
    if name == "specversion":
        return "" if value == "1.0" else "version"
    if name == "source":
        return "" if _URI.fullmatch(value) and _splits(value) else "uri"
    if name == "dataschema":
        return "" if _URI.fullmatch(value) and _splits(value) and ":" in value else "uri"
    if name == "time":
        return "" if _moment(value) else "time"
    if name == "datacontenttype":
        return "" if _MEDIA.fullmatch(value) else "media"
    return ""


def _writable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates
        return False
    return True


def _splits(value: str) -> bool:
    try:
        urlsplit(value)
    except ValueError:
        return False
    return True


def _moment(value: str) -> bool:
    if not _TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(re.sub(r"\.\d+", "", value.upper()).replace(":60", ":59"))
    except ValueError:
        return False
    return True


def _data(raw: bytes, kind: str, where: Text) -> Any:
    if kind and not _JSON.match(kind):
        raise DataUnreadable(
            where_vi=where.vi, where_en=where.en, why_vi=f"kiểu {kind[:60]} không phải JSON",
            why_en=f"its type {kind[:60]} is not JSON",
        )  # fmt: skip
    return _loads(raw, Text(f"data của {where.vi}", f"data of {where.en}"))


def _loads(raw: bytes, where: Text) -> Any:
    """JSON whose numbers keep every digit."""
    try:
        return json.loads(
            raw.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_once
        )
    except UnicodeDecodeError:
        raise _malformed(where, "không phải chữ UTF-8", "it is not UTF-8 text") from None
    except RecursionError:
        raise _malformed(where, "JSON lồng quá sâu", "the JSON is nested too deep") from None
    except ArithmeticError:
        raise _malformed(where, "có số quá lớn", "it holds a number beyond bounds") from None
    except ValueError as fault:
        place = getattr(fault, "pos", None)
        vi, en = (f" ở ký tự {place + 1}", f" at character {place + 1}") if place is not None else ("", "")
        raise _malformed(where, f"không phải JSON{vi}", f"it is not JSON{en}") from None


def _constant(name: str) -> Any:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _malformed(where: Text, vi: str, en: str) -> EventMalformed:
    return EventMalformed(where_vi=where.vi, where_en=where.en, why_vi=vi, why_en=en)


def _wrong(where: Text, name: str, value: str, vi: str, en: str) -> AttributeWrong:
    return AttributeWrong(
        where_vi=where.vi, where_en=where.en, name=name[:60], value=value[:100], why_vi=vi, why_en=en
    )
