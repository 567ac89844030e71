"""Reading a contract through the standard's own models, without refusing what is still readable.

A contract of ours (one with a `tinh` block) must fit the standard exactly. A public one that leaves it in
a detail is mended where the meaning is plain (a number where text belongs, `yes` for true), otherwise
the detail is left out; either way a warning says so.
"""

from __future__ import annotations

import typing
from copy import deepcopy
from typing import Any

from open_data_contract_standard.model import OpenDataContractStandard
from pydantic import BaseModel, ValidationError

from tinh.kit.errors import Level, Text
from tinh.kit.yamltree import Document
from tinh.packs.check import inside, unwrap
from tinh.packs.findings import Faults, Keys, nearest

VERSIONS = ("v3.2.0", "v3.1.0", "v3.0.2", "v3.0.1", "v3.0.0")
_TRUTH = {
    "yes": True,
    "no": False,
    "on": True,
    "off": False,
    "true": True,
    "false": False,
    "y": True,
    "n": False,
}
# Keys some tools write that the standard does not name but this room understands.
_TOLERATED = {
    "validValues",
    "pattern",
    "missingValues",
    "properties",
    "column",
    "mustBeGreaterThanOrEqualTo",
    "mustBeLessThanOrEqualTo",
}
_SWITCHES = {"required", "unique", "primaryKey", "deprecated", "partitioned", "criticalDataElement"}
_LONGEST = 200  # faults mended in one contract before it is given up


def read(document: Document, faults: Faults) -> dict[str, Any] | None:
    """The contract as plain data in the standard's shape; None when it cannot be one."""
    value = document.value
    if not isinstance(value, dict):
        faults.add(
            document,
            (),
            "PCK051",
            Text("tệp không phải hợp đồng ODCS", "the file is not an ODCS contract"),
            Text("xem docs/reference/contracts.md", "see docs/reference/contracts.md"),
        )
        return None
    level: Level = "error" if ours(value) else "warning"
    if not _version(document, value, faults):
        return None
    value = deepcopy(value)
    _loosen(document, value, faults, level)
    for _ in range(_LONGEST):
        try:
            OpenDataContractStandard.model_validate(value)
            break
        except ValidationError as error:
            done: set[Keys] = set()
            for fault in error.errors(include_url=False):
                path = inside(fault["loc"], value)
                if any(path[: len(d)] == d or d[: len(path)] == path for d in done):
                    continue  # one fault of a place at a time: the next round sees what is left
                done.add(path)
                if not _mend(document, value, fault["type"], path, faults, level):
                    return None
    else:
        return None
    _unknown(document, OpenDataContractStandard, value, (), faults, level)
    return value


def ours(value: Any) -> bool:
    """Whether a contract carries a `tinh` block anywhere."""
    if isinstance(value, dict):
        return value.get("property") == "tinh" or any(ours(v) for v in value.values())
    return isinstance(value, list) and any(ours(v) for v in value)


def _version(document: Document, value: dict[str, Any], faults: Faults) -> bool:
    version = str(document.raw("apiVersion") or "")
    if "dataContractSpecification" in value or ("schema" not in value and "dataset" in value):
        faults.add(
            document,
            (),
            "PCK059",
            Text("đây không phải ODCS 3", "this is not ODCS 3"),
            Text(
                "chuyển hợp đồng sang ODCS 3.1 (ví dụ bằng datacontract-cli)",
                "convert the contract to ODCS 3.1 (for instance with datacontract-cli)",
            ),
        )
        return False
    if version and version not in VERSIONS:
        known = version.lower().lstrip("v").startswith("3")
        faults.add(
            document,
            ("apiVersion",),
            "PCK059",
            Text(f"không biết phiên bản ODCS “{version}”", f'ODCS version "{version}" is not known'),
            nearest(version, VERSIONS),
            "warning" if known else "error",
        )
        return known
    for key in ("apiVersion", "kind", "id", "version"):
        if value.get(key) is None:
            faults.add(
                document,
                (),
                "PCK050",
                Text(f"thiếu “{key}” của ODCS", f'"{key}" of ODCS is missing'),
                Text(f"thêm {key}", f"add {key}"),
                "warning",
            )
    return True


def _loosen(document: Document, value: dict[str, Any], faults: Faults, level: Level) -> None:
    """Plain lists of values where 3.2 wants objects; a text where it wants a description."""
    if isinstance(value.get("description"), str):
        value["description"] = {"purpose": value["description"]}
    known = OpenDataContractStandard.model_fields
    names = {f.alias or n for n, f in known.items()} | {"$schema"}
    for key in [k for k in value if k not in names]:
        faults.unknown(document, (key,), "PCK010", key, names, level)
        del value[key]
    value.pop("$schema", None)
    for path, prop in columns(value):
        listed = prop.get("enum")
        if isinstance(listed, list):
            prop["enum"] = [v if isinstance(v, dict) else {"value": v} for v in listed]
        for key in _SWITCHES & set(prop):
            if isinstance(prop[key], str) and prop[key].lower() in _TRUTH:
                prop[key] = _TRUTH[prop[key].lower()]
                _read_as(document, (*path, key), prop[key], faults)


def _read_as(document: Document, path: Keys, value: Any, faults: Faults) -> None:
    raw = document.raw(*path)
    text = isinstance(value, str)
    faults.add(
        document,
        path,
        "PCK050",
        Text(
            f"“{path[-1]}” phải viết khác trong ODCS; đã hiểu là {value!r}",
            f'"{path[-1]}" is written otherwise in ODCS; it was read as {value!r}',
        ),
        Text(
            f"viết '{raw}' trong dấu nháy" if text else f"viết {str(value).lower()}",
            f"write '{raw}' in quotes" if text else f"write {str(value).lower()}",
        ),
        "warning",
    )


def columns(value: dict[str, Any]) -> list[tuple[Keys, dict[str, Any]]]:
    """Every column of every object of a contract, with its path."""
    out: list[tuple[Keys, dict[str, Any]]] = []
    schema = value.get("schema")
    for i, obj in enumerate(schema if isinstance(schema, list) else []):
        properties = obj.get("properties") if isinstance(obj, dict) else None
        for j, prop in enumerate(properties if isinstance(properties, list) else []):
            if isinstance(prop, dict):
                out.append((("schema", i, "properties", j), prop))
    return out


def _mend(
    document: Document, value: dict[str, Any], kind: str, path: Keys, faults: Faults, level: Level
) -> bool:
    if not path or path == ("schema",):
        faults.add(
            document,
            path,
            "PCK051",
            Text("phần “schema” không đọc được", 'the "schema" part cannot be read'),
            Text(
                "viết schema là danh sách đối tượng có properties",
                "write schema as a list of objects with properties",
            ),
        )
        return False
    holder: Any = value
    for step in path[:-1]:
        holder = holder[step]
    last, found = path[-1], holder[path[-1]]
    raw = document.raw(*path)
    mended: Any = None
    if kind == "string_type" and isinstance(found, int | float) and raw is not None:
        mended = raw
    elif kind in ("bool_type", "bool_parsing") and str(found).lower() in _TRUTH:
        mended = _TRUTH[str(found).lower()]
    elif kind == "list_type" and isinstance(found, str):
        mended = [found]
    if mended is not None:
        holder[last] = mended
        _read_as(document, path, mended, faults)
        return True
    if isinstance(holder, list) and isinstance(found, dict) and found:
        holder[int(last)] = {}  # keeps the places, and so the lines, of the others
    elif isinstance(holder, list):
        return _mend(document, value, kind, path[:-1], faults, level)
    else:
        del holder[last]
    faults.add(
        document,
        path,
        "PCK050",
        Text(f"“{last}” không theo ODCS nên bị bỏ qua", f'"{last}" is not as ODCS wants it and is left out'),
        Text("sửa theo chuẩn; xem docs/reference/contracts.md", "mend it; see docs/reference/contracts.md"),
        level,
    )
    return True


def _unknown(
    document: Document, model: type[BaseModel], value: Any, path: Keys, faults: Faults, level: Level
) -> None:
    """Keys the standard does not have, at any depth the standard describes."""
    if not isinstance(value, dict):
        return
    fields = {f.alias or n: f for n, f in model.model_fields.items()}
    for key, inner in value.items():
        field = fields.get(key)
        if field is None:
            if key not in _TOLERATED:
                faults.unknown(document, (*path, key), "PCK010", key, fields, level)
            continue
        for kind in unwrap(field.annotation):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                _unknown(document, kind, inner, (*path, key), faults, level)
            elif typing.get_origin(kind) is list and isinstance(inner, list):
                for part in unwrap(typing.get_args(kind)[0]):
                    if isinstance(part, type) and issubclass(part, BaseModel):
                        for at, item in enumerate(inner):
                            _unknown(document, part, item, (*path, key, at), faults, level)
