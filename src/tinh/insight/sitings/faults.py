"""What is wrong with a spec, key by key, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tinh.kit.errors import Text

_KINDS = {
    "extra_forbidden": Text("không có khóa này", "there is no such key"),
    "missing": Text("thiếu khóa này", "this key is missing"),
    "int_type": Text("phải là số nguyên", "must be a whole number"),
    "float_type": Text("phải là số", "must be a number"),
    "bool_type": Text("phải là true hoặc false", "must be true or false"),
    "string_type": Text("phải là chữ (viết trong dấu nháy)", "must be text (write it in quotes)"),
    "dict_type": Text("phải là nhóm khóa", "must be a group of keys"),
    "model_type": Text("phải là nhóm khóa", "must be a group of keys"),
    "tuple_type": Text("phải là danh sách", "must be a list"),
    "list_type": Text("phải là danh sách", "must be a list"),
    "finite_number": Text("phải là số hữu hạn", "must be a finite number"),
}
_BOUNDS = {
    "greater_than_equal": Text("phải từ {limit}", "must be at least {limit}"),
    "greater_than": Text("phải lớn hơn {limit}", "must be more than {limit}"),
    "less_than_equal": Text("không được quá {limit}", "must be at most {limit}"),
    "less_than": Text("phải nhỏ hơn {limit}", "must be less than {limit}"),
}
_OURS = {
    "none must be beyond full": Text("none phải lớn hơn full", "none must be beyond full"),
    "exactly one of p and budget is needed": Text(
        "cần đúng một trong hai: p hoặc budget", "exactly one of p and budget is needed"
    ),
    "a share lies between 0 and 1": Text("tỷ lệ phải từ 0 đến 1", "a share lies between 0 and 1"),
}


def told(fault: Mapping[str, Any]) -> Text:
    """One fault of pydantic (an item of `ValidationError.errors()`)."""
    kind, context = str(fault["type"]), fault.get("ctx", {})
    if kind in _BOUNDS:
        limit = next((f"{context[k]:g}" for k in ("ge", "gt", "le", "lt") if k in context), "")
        return Text(_BOUNDS[kind].vi.format(limit=limit), _BOUNDS[kind].en.format(limit=limit))
    if kind == "literal_error":
        choices = ", ".join(re.findall(r"'([^']*)'", str(context.get("expected", ""))))
        given = str(fault.get("input"))[:60]
        return Text(f"“{given}” không thuộc: {choices}", f"“{given}” is none of: {choices}")
    if kind == "value_error":
        message = str(context.get("error", ""))
        return _OURS.get(message, Text(f"không hợp lệ: {message}", message))
    return _KINDS.get(kind, Text("sai kiểu giá trị", "is of the wrong kind"))
