"""Documents of GeoReport v2 in its two forms: XML as the specification draws it, and JSON after the Spark
convention (lists lose their wrapping element, single records theirs, an empty element is null).

A document is a root name and what it holds: a mapping is a record, a list holds records whose element is
named by `_ITEM`. https://wiki.open311.org/GeoReport_v2, "Format Support".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpResponse

XML = "text/xml; charset=utf-8"
JSON = "application/json; charset=utf-8"
FORMATS = {"xml": XML, "json": JSON}

_ITEM = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "extended_attributes": "extended_attribute",
    "photos": "photo",
}
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(form: str, root: str, held: Any, status: int = 200) -> HttpResponse:
    """An answer in `form`: xml or json."""
    body = as_json(held) if form == "json" else as_xml(root, held)
    return HttpResponse(body, status=status, content_type=FORMATS[form])


def as_json(held: Any) -> str:
    return json.dumps(_plain(held), ensure_ascii=False)


def as_xml(root: str, held: Any) -> str:
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_element(root, held)}\n'


def moment(at: datetime | None) -> str | None:
    """A W3C date and time with its offset, to the second."""
    return at.replace(microsecond=0).isoformat() if at is not None else None


def _plain(held: Any) -> Any:
    if isinstance(held, Mapping):
        return {name: _plain(value) for name, value in held.items()}
    if isinstance(held, Sequence) and not isinstance(held, str):
        return [_plain(value) for value in held]
    if isinstance(held, datetime):
        return moment(held)
    return None if held == "" else held


def _element(name: str, held: Any) -> str:
    if held is None or held == "":
        return f"<{name}/>"
    if isinstance(held, Mapping):
        inside = "".join(_element(key, value) for key, value in held.items())
    elif isinstance(held, Sequence) and not isinstance(held, str):
        item = _ITEM.get(name, "value")
        inside = "".join(_element(item, value) for value in held)
    else:
        return f"<{name}>{_text(held)}</{name}>"
    return f"<{name}>{inside}</{name}>" if inside else f"<{name}/>"


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return str(moment(value))
        case _:
            return escape(_NOT_XML.sub("", str(value)))
