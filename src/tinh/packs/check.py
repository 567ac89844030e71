"""One document against its strict model: every fault at once, each with its line and cure."""

from __future__ import annotations

import re
import types
import typing
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.findings import Faults, Keys

M = TypeVar("M", bound=BaseModel)


def shape(document: Document, model: type[M], faults: Faults, at: Keys = (), value: Any = None) -> M | None:
    """The document (or `value`, standing at path `at` in it) as `model`; None when it has faults."""
    data = document.value if value is None else value
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            _report(document, model, faults, at, data, dict(fault))
        return None


def _report(
    document: Document, model: type[BaseModel], faults: Faults, at: Keys, data: Any, fault: Any
) -> None:
    loc = inside(fault["loc"], data)
    path = (*at, *loc)
    kind, context = fault["type"], fault.get("ctx", {})
    name = str(fault["loc"][-1]) if fault["loc"] else ""
    raw = document.raw(*path)
    if kind == "extra_forbidden":
        known = _keys(model, loc[:-1]) or _keys(model, fault["loc"][:-1])
        faults.unknown(document, path, "PCK010", name, known)
    elif kind == "missing":
        where = (*at, *loc[:-1]) if loc and loc[-1] == name else path
        faults.add(
            document,
            where,
            "PCK011",
            Text(f"thiếu khóa “{name}”", f'the key "{name}" is missing'),
            Text(f"thêm “{name}: …”", f'add "{name}: …"'),
        )
    elif kind == "string_type" and raw is not None:
        faults.add(
            document,
            path,
            "PCK014",
            Text(
                f"“{name}” phải là chữ, nhưng {raw} đọc thành số hoặc đúng/sai",
                f'"{name}" must be text, but {raw} reads as a number or a truth value',
            ),
            Text(f"viết '{raw}' trong dấu nháy", f"write '{raw}' in quotes"),
        )
    elif kind == "literal_error" and name == "format":
        faults.add(
            document,
            path,
            "PCK017",
            Text(f"không biết định dạng {raw}", f"format {raw} is not known"),
            Text("viết format: 1, hoặc nâng cấp phần mềm", "write format: 1, or upgrade the software"),
        )
    elif kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        shown = raw if raw is not None else str(fault.get("input"))
        faults.unknown(document, path, "PCK013", shown, choices)
    elif kind == "value_error":
        _ours(document, path, faults, str(context.get("error", "")), raw)
    elif kind in _BOUNDS:
        limit = next((v for k, v in context.items() if k in _LIMITS), "")
        vi, en = _BOUNDS[kind]
        faults.add(
            document,
            path,
            "PCK016",
            Text(f"“{name}” {vi} {limit}".rstrip(), f'"{name}" {en} {limit}'.rstrip()),
            Text("sửa giá trị", "mend the value"),
        )
    elif kind == "model_type" and not loc and data is None:
        faults.add(
            document,
            path,
            "PCK011",
            Text("tệp trống", "the file is empty"),
            Text("viết nội dung; xem docs/reference/packs.md", "write it; see docs/reference/packs.md"),
        )
    else:
        vi, en = _KINDS.get(kind, ("sai kiểu", "is of the wrong kind"))
        faults.add(
            document,
            path,
            "PCK012",
            Text(f"“{name}” {vi}", f'"{name}" {en}'),
            Text("sửa giá trị; xem docs/reference/packs.md", "mend the value; see docs/reference/packs.md"),
        )


_LIMITS = ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern")
_BOUNDS = {
    "greater_than_equal": ("phải từ", "must be at least"),
    "greater_than": ("phải lớn hơn", "must be more than"),
    "less_than_equal": ("không được quá", "must be at most"),
    "less_than": ("phải nhỏ hơn", "must be less than"),
    "too_short": ("cần ít nhất", "needs at least this many entries:"),
    "string_pattern_mismatch": ("phải theo mẫu", "must match"),
}
_KINDS = {
    "list_type": ("phải là danh sách", "must be a list"),
    "dict_type": ("phải là nhóm khóa", "must be a group of keys"),
    "model_type": ("phải là nhóm khóa", "must be a group of keys"),
    "int_type": ("phải là số nguyên", "must be a whole number"),
    "float_type": ("phải là số", "must be a number"),
    "bool_type": ("phải là true hoặc false", "must be true or false"),
    "string_type": ("phải là chữ", "must be text"),
    "date_type": ("phải là ngày YYYY-MM-DD", "must be a day, YYYY-MM-DD"),
}
_OURS: dict[str, tuple[str, Text, Text]] = {
    "fixed": (
        "PCK101",
        Text("cột cố định thiếu hoặc thừa đối số", "the fixed column lacks an argument or has one too many"),
        Text(
            "from: cell cần cell, from: value cần value, from: column cần header, from: title và filename "
            "cần pattern",
            "from: cell needs cell, from: value needs value, from: column needs header, from: title and "
            "filename need a pattern",
        ),
    ),
    "id": (
        "PCK015",
        Text("mã “{raw}” viết sai dạng", 'the id "{raw}" is not well formed'),
        Text("dùng chữ thường không dấu, số và gạch nối", "use lower-case letters, digits and hyphens"),
    ),
    "duration": (
        "PCK016",
        Text("“{raw}” không phải khoảng thời gian ISO 8601", '"{raw}" is not an ISO 8601 duration'),
        Text("viết như P5D (5 ngày), PT6H (6 giờ), P1M (1 tháng)", "write like P5D (5 days), PT6H (6 hours)"),
    ),
    "period": (
        "PCK016",
        Text("“{raw}” không phải kỳ", '"{raw}" is not a period'),
        Text(
            "viết 2025, 2025-Q2, 2025-04, 2025-04-01 hoặc 2025-04-01T07",
            "write 2025, 2025-Q2, 2025-04, 2025-04-01 or 2025-04-01T07",
        ),
    ),
    "formula": (
        "PCK016",
        Text("công thức phải có đúng một trong năm dạng", "a formula has exactly one of the five forms"),
        Text(
            "giữ một: direct, ratio, weighted, sql, derived",
            "keep one: direct, ratio, weighted, sql, derived",
        ),
    ),
    "verdicts": (
        "PCK016",
        Text("các mức gọi tên không giảm dần", "the limits of the names do not fall"),
        Text("viết certain > likely > unclear > unlikely", "write certain > likely > unclear > unlikely"),
    ),
    "treated": (
        "PCK016",
        Text(
            "thí điểm cần đúng một trong: treated, data.start, data.status",
            "a pilot needs exactly one of: treated, data.start, data.status",
        ),
        Text(
            "giữ một cách nói đơn vị nào thí điểm từ kỳ nào",
            "keep one way of saying which units are treated since when",
        ),
    ),
    "column": (
        "PCK011",
        Text("thiếu khóa “column”", 'the key "column" is missing'),
        Text("thêm column, hoặc dùng how: count", "add the column, or use how: count"),
    ),
    "time": (
        "PCK016",
        Text("“{raw}” không phải giờ trong ngày", '"{raw}" is not a time of day'),
        Text('viết như "06:30"', 'write like "06:30"'),
    ),
    "span": (
        "PCK016",
        Text("“{raw}” không phải khoảng giờ trong ngày", '"{raw}" is not a span of hours'),
        Text('viết như "07:30-11:30", giờ đầu trước giờ cuối', 'write like "07:30-11:30", the earlier first'),
    ),
    "spans": (
        "PCK016",
        Text("các khoảng giờ chồng nhau hoặc ngược thứ tự", "the spans of hours overlap or are out of order"),
        Text("xếp từ sáng đến chiều, không chồng nhau", "put them in rising order, apart"),
    ),
    "day of year": (
        "PCK016",
        Text("“{raw}” không phải ngày trong năm", '"{raw}" is not a day of the year'),
        Text('viết tháng-ngày như "04-16"', 'write month-day, like "04-16"'),
    ),
    "rule": (
        "PCK016",
        Text(
            "quy tắc phải có đúng một trong: expression, reference, drift, agree, adds_up",
            "a rule has exactly one of: expression, reference, drift, agree, adds_up",
        ),
        Text("tách thành nhiều quy tắc", "split it into several rules"),
    ),
    "at": (
        "PCK095",
        Text("“at” cần hạn tính bằng ngày", '"at" needs a due time in days'),
        Text(
            "viết due: P5D hoặc due: {working_days: 5}, hoặc bỏ at",
            "write due: P5D or due: {working_days: 5}, or leave `at` out",
        ),
    ),
    "due": (
        "PCK096",
        Text("hạn có cả after lẫn working_days", "the due time has both `after` and `working_days`"),
        Text("giữ một trong hai", "keep one of the two"),
    ),
    "tolerance": (
        "PCK086",
        Text(
            "quy tắc so hai nguồn cần đúng một mức chênh cho phép",
            "a rule that compares two sources needs exactly one tolerance",
        ),
        Text(
            "viết tolerance: 0.02 (2 %) hoặc tolerance_abs: 5 (theo đơn vị)",
            "write tolerance: 0.02 (2 %) or tolerance_abs: 5 (in the unit)",
        ),
    ),
    "clean": (
        "PCK011",
        Text("bước làm sạch thiếu đối số của nó", "the cleaning step lacks its argument"),
        Text(
            "null_words cần words, strip_unit cần units, date cần formats, code_map cần mapping, "
            "zero_pad cần width",
            "null_words needs words, strip_unit units, date formats, code_map mapping, zero_pad width",
        ),
    ),
}


def _ours(document: Document, path: Keys, faults: Faults, word: str, raw: str | None) -> None:
    if word in _OURS:
        code, says, cure = _OURS[word]
        faults.add(
            document, path, code, Text(*(t.replace("{raw}", raw or "") for t in (says.vi, says.en))), cure
        )
        return
    faults.add(
        document,
        path,
        "PCK016",
        Text(f"“{raw}” viết sai dạng", f'"{raw}" is not well formed'),
        Text("ngày viết YYYY-MM-DD", "days are written YYYY-MM-DD"),
    )


def inside(loc: Keys, data: Any) -> Keys:
    """The part of a model's location that exists in the document."""
    out: list[str | int] = []
    for step in loc:
        if step == "[key]":
            break
        if isinstance(data, dict) and step in data:  # noqa: SIM114  each branch narrows the index
            data = data[step]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        elif isinstance(data, list) and isinstance(step, str):
            continue  # a level the short form leaves out: `calendar: [...]` for `calendar: {days: [...]}`
        else:
            break
        out.append(step)
    return tuple(out)


def _keys(model: Any, path: Keys) -> list[str]:
    """The keys allowed where `path` leads inside `model`."""
    for step in path:
        model = _step(model, step)
    models = [m for m in unwrap(model) if isinstance(m, type) and issubclass(m, BaseModel)]
    return [field.alias or name for m in models for name, field in m.model_fields.items()]


def _step(model: Any, step: str | int) -> Any:
    for kind in unwrap(model):
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin is list and isinstance(step, int):
            return arguments[0]
        if origin is dict:
            return arguments[1]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, field in kind.model_fields.items():
                if step in (field.alias, name):
                    return field.annotation
    return None


def unwrap(kind: Any) -> list[Any]:
    """A type without Optional, unions and annotations."""
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return unwrap(typing.get_args(kind)[0])
    if origin in (typing.Union, types.UnionType):
        return [inner for part in typing.get_args(kind) for inner in unwrap(part)]
    return [kind]
