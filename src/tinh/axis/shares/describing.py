"""The OpenAPI 3.1 description of a service, made from its contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinh.axis.shares.asking import DEFAULT, RECEIPTS_MOST
from tinh.axis.shares.fields import Field, both, fields_of
from tinh.axis.shares.ground import Desk
from tinh.axis.shares.writing import TYPES
from tinh.kit.errors import Text
from tinh.packs.api import Share

_ERRORS = {
    "400": Text("Câu hỏi sai", "The question is wrong"),
    "403": Text("Không được phép", "Not allowed"),
    "404": Text("Không có", "Not there"),
    "406": Text("Không có dạng này", "Not in this format"),
    "410": Text("Phiên bản không còn", "The version is gone"),
    "429": Text("Hết lượt gọi", "The quota is spent"),
    "500": Text("Lỗi của nơi cung cấp", "A fault of the provider"),
    "503": Text("Tạm thời không trả lời", "Not answering for a while"),
}
_PERIOD = r"^\d{4}(-(Q[1-4]|(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]))?)?))?$"


def openapi(share: Share, at: Desk, fields: Mapping[str, Field] | None = None) -> dict[str, Any]:
    """Of all columns the share names, or of those one caller sees."""
    if share.proxy is not None:
        return dict(share.proxy.openapi)
    fields = fields_of(share, at.catalogue) if fields is None else fields
    dataset = at.catalogue.datasets.get(share.dataset)
    timed = bool(share.indicators) or (dataset is not None and dataset.period is not None)
    placed = bool(share.indicators) or (dataset is not None and dataset.place is not None)
    keyed = bool(share.indicators) or (dataset is not None and bool(dataset.key))
    paths: dict[str, Any] = {"/": {"get": _collection(share, fields, timed, placed)}}
    if keyed:
        paths["/{_id}"] = {"get": _one(fields)}
    owner = at.agencies().get(share.owner)
    words = [
        both(share.description) if share.description.vi else "",
        f"Mục đích / Purpose: {both(share.purpose)}",
    ]
    words += [f"Căn cứ / Legal basis: {share.legal_basis}"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": both(share.name), "version": f"{share.version}.0.0",
            "description": "\n\n".join(w for w in words if w),
            "contact": {"name": both(owner.name) if owner else share.owner},
        },
        "paths": paths,
        "components": {"schemas": {"Row": _row(fields), "Error": _ERROR, "Origin": _ORIGIN}},
    }  # fmt: skip


def _row(fields: Mapping[str, Field]) -> dict[str, Any]:
    properties = {name: field.schema() for name, field in fields.items()}
    properties |= {
        "_id": {"type": "string", "description": "Khóa của dòng / Key of the row"},
        "_simulated": {"type": "boolean", "description": "Dữ liệu mô phỏng / Simulated data"},
        "_receipt": {"$ref": "#/components/schemas/Origin"},
    }
    return {
        "type": "object", "properties": properties, "required": ["_simulated"],
        "additionalProperties": False,
    }  # fmt: skip


def _collection(share: Share, fields: Mapping[str, Field], timed: bool, placed: bool) -> dict[str, Any]:
    page = {
        "type": "object",
        "required": ["data", "next", "meta"],
        "additionalProperties": False,
        "properties": {
            "data": {
                "type": "array",
                "maxItems": share.largest,
                "items": {"$ref": "#/components/schemas/Row"},
            },
            "next": {"type": ["string", "null"], "description": "cursor của trang sau / of the next page"},
            "meta": {
                "type": "object",
                "required": ["service", "version", "simulated", "read_at", "count"],
                "additionalProperties": False,
                "properties": {
                    "service": {"const": share.id},
                    "version": {"type": "integer"},
                    "simulated": {"enum": ["true", "partly", "false"]},
                    "read_at": {"type": "string", "format": "date-time"},
                    "as_of": {"type": "string", "format": "date-time"},
                    "count": {"type": ["integer", "null"], "minimum": 0},
                },
            },
        },
    }
    content: dict[str, Any] = {}
    for form in share.formats:
        kind = TYPES[form].partition(";")[0]
        content[kind] = {"schema": page} if form == "json" else {"schema": {}}
    return {
        "operationId": "list",
        "summary": both(share.name),
        "parameters": [*_filters(fields), *_paging(share, fields, timed, placed)],
        "responses": {
            "200": {"description": "Một trang / A page", "headers": _HEADERS, "content": content},
            "304": {"description": "Không đổi / Not modified"},
            **_errors(),
        },
    }


def _one(fields: Mapping[str, Field]) -> dict[str, Any]:
    return {
        "operationId": "one",
        "summary": "Một dòng theo khóa / One row by key",
        "parameters": [
            {"name": "_id", "in": "path", "required": True,
             "schema": {"type": "string", "minLength": 1, "maxLength": 500}},
            _fields(fields), _receipt(), _as_of(),
        ],
        "responses": {
            "200": {
                "description": "Dòng / The row",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Row"}}},
            },
            "304": {"description": "Không đổi / Not modified"},
            **_errors(),
        },
    }  # fmt: skip


def _filters(fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    out = []
    for name, field in fields.items():
        plain = field.parameter()
        label = both(field.label)
        out.append(_query(name, plain, label))
        if field.logical != "boolean" and "enum" not in plain:
            out += [_query(f"{name}.{op}", plain, f"{label} {sign}") for op, sign in _SIGNS.items()]
        listed = {"name": f"{name}.in", "in": "query", "style": "form", "explode": False,
                  "description": f"{label}: một trong / one of",
                  "schema": {"type": "array", "minItems": 1, "maxItems": 50,
                             "items": _part(plain)}}  # fmt: skip
        out += [listed, _query(f"{name}.null", {"type": "boolean"}, f"{label}: trống / empty")]
    return out


_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "ne": "≠"}


def _part(plain: dict[str, Any]) -> dict[str, Any]:
    """One value of a list: a comma would part it."""
    text = plain.get("type") == "string" and not {"enum", "format"} & set(plain)
    return {**plain, "pattern": "^[^,]+$"} if text else plain


def _query(name: str, schema: dict[str, Any], words: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": words}


def _paging(share: Share, fields: Mapping[str, Field], timed: bool, placed: bool) -> list[dict[str, Any]]:
    out = [
        _query("limit", {"type": "integer", "minimum": 1, "maximum": share.largest,
                         "default": min(DEFAULT, share.largest)}, "Số dòng một trang / Rows a page"),
        _query("cursor",
               {"type": "string", "minLength": 1, "maxLength": 2000}, "next của trang trước / of the last"),
        _query("sort", {"type": "string", "enum": ["key", "-key"], "default": "key"}, "Thứ tự / Order"),
        _query("count", {"type": "boolean", "default": False}, "Đếm tất cả / Count all rows"),
        _query("format", {"type": "string", "enum": list(share.formats)}, "Dạng / Format"),
        _fields(fields), _receipt(),
    ]  # fmt: skip
    if placed:
        words = "Mã địa bàn, gồm cả cấp dưới / Codes of places, with all units in them"
        out.append(_query("place", {"type": "string", "pattern": r"^\d{2,5}(,\d{2,5})*$"}, words))
    if timed:
        out += [_query("from", {"type": "string", "pattern": _PERIOD}, "Từ kỳ / From period"),
                _query("to", {"type": "string", "pattern": _PERIOD}, "Đến kỳ / To period")]  # fmt: skip
    if share.as_of:
        out.append(_as_of())
    return out


def _fields(fields: Mapping[str, Field]) -> dict[str, Any]:
    return {
        "name": "fields", "in": "query", "style": "form", "explode": False,
        "description": "Chỉ các cột này / Only these columns",
        "schema": {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(fields)}},
    }  # fmt: skip


def _receipt() -> dict[str, Any]:
    words = f"Kèm nguồn gốc, tối đa {RECEIPTS_MOST} dòng / With origins, at most {RECEIPTS_MOST} rows"
    return _query("_receipt", {"type": "boolean", "default": False}, words)


def _as_of() -> dict[str, Any]:
    schema = {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
    return _query("as-of", schema, "Như đã biết ngày đó / As known on that day")


def _errors() -> dict[str, Any]:
    schema = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {status: {"description": both(words), "content": schema} for status, words in _ERRORS.items()}


_HEADERS = {
    "ETag": {"schema": {"type": "string"}},
    "X-Next-Cursor": {"schema": {"type": "string"}},
    "X-Total-Count": {"schema": {"type": "integer"}},
    "X-Tinh-Simulated": {"schema": {"enum": ["true", "partly", "false"]}},
}
_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["type", "message", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["Client.BadRequest"]},
        "message": {"type": "string"},
        "detail": {"type": "string"},
        "message_vi": {"type": "string"},
        "code": {"type": "string", "pattern": "^[A-Z]{3}[0-9]{3}$"},
    },
}
_ORIGIN: dict[str, Any] = {
    "type": "object",
    "required": ["receipts", "formula"],
    "properties": {
        "receipts": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["receipt", "rows", "received_at"],
                "properties": {
                    "receipt": {"type": ["string", "null"]},
                    "rows": {"type": "array", "items": {"type": "integer"}},
                    "received_at": {"type": ["string", "null"], "format": "date-time"},
                },
            },
        },
        "formula": {"type": ["string", "null"]},
    },
}
