"""What another system answered, as records: XML without document types or entities, or JSON; in whatever
order and with whatever else it has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

_DEEPEST = 30
Record = dict[str, Any]


def records(body: bytes, item: str) -> list[Record]:
    """Every record of the kind `item`, as its children's texts. Raises ValueError for what is no Open311."""
    bare = body.removeprefix(b"\xef\xbb\xbf").strip()  # what some servers put first
    if bare[:1] in (b"[", b"{"):
        return _json(bare)
    try:
        return _xml(bare, item)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error


def _json(body: bytes) -> list[Record]:
    try:
        found = json.loads(body)
    except RecursionError:
        raise ValueError("too deep") from None
    if isinstance(found, Mapping):  # {"service_requests": [...]}: the list with its name, as some write it
        inner = [value for value in found.values() if isinstance(value, list)]
        found = inner[0] if inner else [found]
    return [
        {str(name): _plain(value) for name, value in one.items() if not isinstance(value, list | Mapping)}
        for one in found if isinstance(one, Mapping)
    ]  # fmt: skip


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value).strip()


def _xml(body: bytes, item: str) -> list[Record]:
    found: list[Record] = []
    path: list[str] = []
    texts: list[list[str]] = []
    at: list[int] = []  # depth of the open record

    def begin(name: str, _attributes: Any) -> None:
        path.append(name.rpartition(":")[2])
        texts.append([])
        if len(path) > _DEEPEST:
            raise ValueError("too deep")
        if path[-1] == item and not at:
            at.append(len(path))
            found.append({})

    def end(_name: str) -> None:
        name, text = path.pop(), "".join(texts.pop()).strip()
        if at and len(path) == at[0]:
            found[-1].setdefault(name, text)
        if at and len(path) < at[0]:
            at.pop()

    def refuse(*_: object) -> int:
        raise ValueError("document types and entities are not read")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = lambda text: texts[-1].append(text) if texts else None
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.Parse(body, True)
    return found
