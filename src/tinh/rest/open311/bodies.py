"""The body of a POST: a form as the specification has it, a form with files, or one JSON object as clients of
today send it; its fields are the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from tinh.rest.open311.faults import UnreadableBody


def posted(request: HttpRequest) -> list[tuple[str, list[str]]]:
    """Every field with its values. Raises UnreadableBody."""
    if request.content_type == "application/json":
        return list(_fields(_object(request)))
    try:
        return [(name, [str(value) for value in values]) for name, values in request.POST.lists()]
    except (MultiPartParserError, UnreadablePostError) as fault:
        raise UnreadableBody(what=str(fault)[:100]) from None


def _object(request: HttpRequest) -> Mapping[str, Any]:
    try:
        found = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as fault:
        raise UnreadableBody(what=f"JSON: {str(fault)[:80]}") from None
    if not isinstance(found, Mapping):
        raise UnreadableBody(what="JSON: {…}")
    return found


def _fields(found: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for name, value in found.items():
        if name in ("attribute", "attributes"):
            yield from ((f"attribute[{code}]", values) for code, values in _attributes(value))
        else:
            yield str(name), _texts(value)


def _attributes(value: Any) -> Iterator[tuple[str, list[str]]]:
    """`{code: value}`, or a list of `{code, value}`."""
    if isinstance(value, Mapping):
        yield from ((str(code), _texts(one)) for code, one in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value:
            if isinstance(one, Mapping) and "code" in one:
                yield str(one["code"]), _texts(one.get("value"))


def _texts(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, str | int | float):
        return [str(value)]
    if isinstance(value, Sequence):
        return [text for one in value if not isinstance(one, list | dict) for text in _texts(one)]
    return []
