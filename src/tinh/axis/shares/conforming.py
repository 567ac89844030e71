"""Requests and answers against an OpenAPI file."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, unquote

import jsonschema_rs


@dataclass(frozen=True)
class Operation:
    """One method of one path: what it asks and what it answers."""

    path: str
    pattern: re.Pattern[str]
    names: tuple[str, ...]
    spec: Mapping[str, Any]
    shared: tuple[Mapping[str, Any], ...]


class Conforming:
    """The operations of an OpenAPI file; a Swagger-like `nullable` of 3.0 is read as 3.1 reads it."""

    def __init__(self, spec: Mapping[str, Any], allow: Mapping[str, tuple[str, ...]]) -> None:
        self._spec: dict[str, Any] = _modern(copy.deepcopy(dict(spec)))
        self._root = {"components": self._spec.get("components", {})}
        self._found: list[tuple[tuple[str, ...], Operation]] = []
        for path in sorted(allow, key=lambda p: (p.count("{"), p)):  # a plain path before a pattern
            item = self._spec["paths"].get(path, {})
            for method in allow[path]:
                operation = item.get(method.lower()) or ({} if method == "HEAD" else None)
                if operation is not None:
                    self._found.append(((method,), _operation(path, item, operation)))

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | tuple[None, list[str]]:
        """The operation of a request and the parts of its path; else the methods this path knows."""
        others: list[str] = []
        for methods, operation in self._found:
            match = operation.pattern.fullmatch(path)
            if match is not None and method in methods:
                values = [unquote(part) for part in match.groups()]
                return operation, dict(zip(operation.names, values, strict=True))
            if match is not None:
                others += methods
        return None, others

    def request(self, operation: Operation, parts: Mapping[str, str], query: str, headers: Mapping[str, str],
                body: bytes) -> str:  # fmt: skip
        """Why a request does not fit; empty when it does."""
        if ";" in query:  # between parameters to some servers, part of a value to others
            return "query: write ; as %3B"
        asked = parse_qs(query, keep_blank_values=True)
        known, deep = set(), set()
        for given in (*operation.shared, *operation.spec.get("parameters", ())):
            one = self._resolved(given)
            name, place = str(one.get("name")), one.get("in")
            if place == "query":
                known.add(name)
                if one.get("style") == "deepObject":
                    deep.add(name)
            found = _given(name, place, parts, asked, headers)
            if not found:
                if one.get("required"):
                    return f"{place} {name}: required"
                continue
            if len(found) > 1 and _kind(one.get("schema") or {}) != "array":
                return f"{place} {name}: repeated"  # servers differ in which of them counts
            why = self._fits(_typed(found, one), one.get("schema") or {})
            if why:
                return f"{place} {name}: {why}"
        strange = [name for name in asked if name not in known and not _inside(name, deep)]
        if strange:
            return f"query {strange[0][:60]}: unknown"
        return self._body(operation.spec.get("requestBody"), headers.get("content-type", ""), body)

    def answer(self, operation: Operation, status: int, kind: str, body: bytes) -> str:
        """Why an answer does not fit; empty when it does."""
        told = operation.spec.get("responses", {})
        found = told.get(str(status)) or told.get(f"{status // 100}XX") or told.get("default")
        if found is None:
            return f"status {status}" if told and status < 500 else ""
        content = self._resolved(found).get("content")
        if not content or not body:
            return ""
        media = _media(content, kind)
        if media is None:
            return f"Content-Type {kind[:60] or '—'}"
        return self._content(media, kind, body)

    def _body(self, declared: Any, kind: str, body: bytes) -> str:
        if declared is None:
            return "body: none is expected" if body else ""
        one = self._resolved(declared)
        if not body:
            return "body: required" if one.get("required") else ""
        media = _media(one.get("content") or {}, kind)
        return f"Content-Type {kind[:60] or '—'}" if media is None else self._content(media, kind, body)

    def _content(self, media: Mapping[str, Any], kind: str, body: bytes) -> str:
        bare = kind.partition(";")[0].strip().lower()
        if bare != "application/json" and not bare.endswith("+json"):
            return ""
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return "JSON"
        return self._fits(value, media.get("schema") or {})

    def _fits(self, value: Any, schema: Any) -> str:
        found = _validator(json.dumps({**self._root, "allOf": [schema]}, sort_keys=True))
        fault = next(iter(found.iter_errors(value)), None)
        if fault is None:
            return ""
        where = "/".join(str(part) for part in fault.instance_path)
        return f"{where + ': ' if where else ''}{str(fault.message)[:200]}"

    def _resolved(self, node: Any, depth: int = 0) -> dict[str, Any]:
        if isinstance(node, dict) and isinstance(node.get("$ref"), str) and depth < 10:
            found: Any = self._spec
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = (
                    found.get(part.replace("~1", "/").replace("~0", "~"), {})
                    if isinstance(found, dict)
                    else {}
                )
            return self._resolved(found, depth + 1)
        return node if isinstance(node, dict) else {}


@lru_cache(512)
def _validator(schema: str) -> Any:
    return jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True)


def _operation(path: str, item: Mapping[str, Any], spec: Mapping[str, Any]) -> Operation:
    names = tuple(re.findall(r"\{([^{}]+)\}", path))
    pattern = re.compile("".join(
        "([^/]+)" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^{}]+\})", path)
    ))  # fmt: skip
    return Operation(path, pattern, names, spec, tuple(item.get("parameters", ())))


def _given(
    name: str,
    place: Any,
    parts: Mapping[str, str],
    asked: Mapping[str, list[str]],
    headers: Mapping[str, str],
) -> list[str]:
    if place == "path":
        return [parts[name]] if name in parts else []
    if place == "query":
        return list(asked.get(name, ()))
    if place == "header":
        return [headers[name.lower()]] if name.lower() in headers else []
    return []  # cookies do not pass the axis


def _inside(name: str, deep: Collection[str]) -> bool:
    """Whether it is a field of a declared object: `filter[year]`."""
    return name.endswith("]") and name.partition("[")[0] in deep


def climbs(path: str) -> bool:
    """Whether a part of a path may mean another place to the server that reads it: dots (also before
    `;parameters`, as Java's servers see them), a slash of either kind or a control sign, encoded up to
    twice."""
    for part in path.split("/"):
        for text in (part, unquote(part), unquote(unquote(part))):
            bare = text.partition(";")[0].strip()
            if bare in (".", "..") or any(c in "/\\" or c < " " or c == "\x7f" for c in text):
                return True
    return False


def _typed(found: list[str], one: Mapping[str, Any]) -> Any:
    """A text of the wire as its schema types it; what cannot be read stays text and fails the schema."""
    schema = one.get("schema") or {}
    if _kind(schema) == "array":
        explode = one.get("explode", one.get("style", "form") == "form" and one.get("in") == "query")
        parts = found if explode else found[0].split(",")
        return [_scalar(part, schema.get("items") or {}) for part in parts]
    return _scalar(found[0], schema)


def _kind(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    return next((k for k in kind if k != "null"), "") if isinstance(kind, list) else str(kind or "")


def _scalar(text: str, schema: Any) -> Any:
    kind = _kind(schema) if isinstance(schema, dict) else ""
    try:
        if kind == "integer":
            return int(text) if re.fullmatch(r"[+-]?\d{1,300}", text) else text
        if kind == "number":
            return float(text)
    except ValueError:
        return text
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return text


def _media(content: Mapping[str, Any], kind: str) -> Mapping[str, Any] | None:
    bare = kind.partition(";")[0].strip().lower()
    for name in (bare, bare.partition("/")[0] + "/*", "*/*"):
        for known, media in content.items():
            if known.partition(";")[0].strip().lower() == name:
                return media if isinstance(media, dict) else {}
    return None


def _modern(node: Any) -> Any:
    """OpenAPI 3.0 schemas as JSON Schema 2020-12."""
    if isinstance(node, list):
        return [_modern(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: _modern(value) for key, value in node.items()}
    if out.get("nullable") is True and isinstance(out.get("type"), str):
        out["type"] = [out["type"], "null"]
        if isinstance(out.get("enum"), list) and None not in out["enum"]:
            out["enum"] = [*out["enum"], None]
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if out.get(exclusive) is True:
            out[exclusive] = out.pop(bound, None)
        elif out.get(exclusive) is False:
            del out[exclusive]
    return out
