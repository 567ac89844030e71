"""Sentences that tell why a row is held, made from a rule's kind and arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinh.kit.errors import Text
from tinh.packs.models import Operator

_LOGICAL = {
    "string": ("chữ", "text"),
    "date": ("ngày", "a date"),
    "timestamp": ("thời điểm", "a date and time"),
    "time": ("giờ trong ngày", "a time of day"),
    "number": ("số", "a number"),
    "integer": ("số nguyên", "a whole number"),
    "boolean": ("đúng/sai", "true or false"),
    "object": ("đối tượng JSON", "a JSON object"),
    "array": ("danh sách JSON", "a JSON list"),
    "map": ("bảng ánh xạ JSON", "a JSON map"),
    "vector": ("véc-tơ số", "a list of numbers"),
}
_FORMATS = {
    "email": ("địa chỉ thư điện tử", "an e-mail address"),
    "uuid": ("mã UUID", "a UUID"),
    "uri": ("địa chỉ URI", "a URI"),
    "hostname": ("tên máy chủ", "a host name"),
    "ipv4": ("địa chỉ IPv4", "an IPv4 address"),
    "ipv6": ("địa chỉ IPv6", "an IPv6 address"),
    "byte": ("chuỗi Base64", "Base64 text"),
}
_METRICS = {
    "nullValues": ("số ô trống của {c}", "empty cells of {c}"),
    "missingValues": ("số giá trị thiếu của {c}", "missing values of {c}"),
    "invalidValues": ("số giá trị không hợp lệ của {c}", "invalid values of {c}"),
    "duplicateValues": ("số giá trị trùng của {c}", "repeated values of {c}"),
    "rowCount": ("số dòng", "the number of rows"),
}
_OPERATORS = {
    "mustBe": ("phải bằng {v}", "must be {v}"),
    "mustNotBe": ("phải khác {v}", "must not be {v}"),
    "mustBeGreaterThan": ("phải lớn hơn {v}", "must be more than {v}"),
    "mustBeGreaterOrEqualTo": ("phải từ {v} trở lên", "must be {v} or more"),
    "mustBeLessThan": ("phải nhỏ hơn {v}", "must be less than {v}"),
    "mustBeLessOrEqualTo": ("không được quá {v}", "must be {v} or less"),
    "mustBeBetween": ("phải từ {a} đến {b}", "must be from {a} to {b}"),
    "mustNotBeBetween": ("không được nằm trong {a} đến {b}", "must not be from {a} to {b}"),
}
_GRAINS = {
    "hour": ("giờ", "hour"),
    "day": ("ngày", "day"),
    "month": ("tháng", "month"),
    "quarter": ("quý", "quarter"),
    "year": ("năm", "year"),
}


def sentence(
    kind: str, label: Text, arguments: Mapping[str, Any], operator: Operator | None = None, name: str = ""
) -> Text:
    """Why a row fails a rule of `kind` over the column(s) called `label`."""
    vi, en = _SENTENCES[kind](arguments) if kind in _SENTENCES else _plain(kind, arguments)
    if kind == "metric":
        vi, en = (w.replace("{c}", "{label}") for w in _METRICS[arguments["name"]])
    if operator is not None and kind in ("metric", "sql"):
        more = _operator(operator, "%" if arguments.get("unit") == "percent" else "")
        vi, en = f"{vi} {more[0]}", f"{en} {more[1]}"
    words = Text(vi.replace("{label}", label.vi), en.replace("{label}", label.en or label.vi))
    return Text(_opened(words.vi, name), _opened(words.en, name))


def _opened(words: str, name: str) -> str:
    """A capital at the start, unless the sentence opens with a column's own name."""
    return words if name and words.startswith(name) else words[:1].upper() + words[1:]


def _operator(operator: Operator, unit: str) -> tuple[str, str]:
    vi, en = _OPERATORS[operator.name]
    value = operator.value
    if "{a}" in vi:
        low, high = value[0], value[1]
        return (vi.format(a=_n(low), b=_n(high)) + unit, en.format(a=_n(low), b=_n(high)) + unit)
    return vi.format(v=_n(value)) + unit, en.format(v=_n(value)) + unit


def _n(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _range(a: Mapping[str, Any]) -> tuple[str, str]:
    low, high, over, under = (a.get(k) for k in ("min", "max", "above", "below"))
    if low is not None and high is not None:
        return (
            f"{{label}} phải từ {_n(low)} đến {_n(high)}",
            f"{{label}} must be from {_n(low)} to {_n(high)}",
        )
    vi, en = [], []
    if low is not None:
        vi.append(f"từ {_n(low)} trở lên")
        en.append(f"at least {_n(low)}")
    if over is not None:
        vi.append(f"lớn hơn {_n(over)}")
        en.append(f"more than {_n(over)}")
    if high is not None:
        vi.append(f"không quá {_n(high)}")
        en.append(f"at most {_n(high)}")
    if under is not None:
        vi.append(f"nhỏ hơn {_n(under)}")
        en.append(f"less than {_n(under)}")
    return "{label} phải " + " và ".join(vi), "{label} must be " + " and ".join(en)


def _length(a: Mapping[str, Any]) -> tuple[str, str]:
    low, high = a.get("min"), a.get("max")
    if low is not None and low == high:
        return f"{{label}} phải có đúng {low} ký tự", f"{{label}} must have exactly {low} characters"
    if low is not None and high is not None:
        return (
            f"{{label}} phải có từ {low} đến {high} ký tự",
            f"{{label}} must have {low} to {high} characters",
        )
    if low is not None:
        return f"{{label}} phải có ít nhất {low} ký tự", f"{{label}} must have at least {low} characters"
    return f"{{label}} không được quá {high} ký tự", f"{{label}} must have at most {high} characters"


def _enum(a: Mapping[str, Any]) -> tuple[str, str]:
    values = [str(v) for v in a["values"]]
    listed = ", ".join(values[:8]) + (", …" if len(values) > 8 else "")
    return f"{{label}} phải là một trong: {listed}", f"{{label}} must be one of: {listed}"


_SENTENCES: dict[str, Any] = {
    "range": _range,
    "length": _length,
    "enum": _enum,
    "type": lambda a: tuple(
        w + x for w, x in zip(("{label} phải là ", "{label} must be "), _LOGICAL[a["logical"]], strict=True)
    ),
    "format": lambda a: tuple(
        w + x
        for w, x in zip(
            ("{label} phải là ", "{label} must be "), _FORMATS.get(a["name"], (a["name"],) * 2), strict=True
        )
    ),
    "period": lambda a: (
        f"{{label}} phải là {_GRAINS[a['every']][0]} đã được chờ nhận",
        f"{{label}} must be an expected {_GRAINS[a['every']][1]}",
    ),
}


def _plain(kind: str, a: Mapping[str, Any]) -> tuple[str, str]:
    words = {
        "required": ("{label} không được để trống", "{label} must be filled"),
        "unique": ("{label} không được lặp lại", "{label} must not repeat"),
        "key": (
            "khóa ({label}) không được lặp lại trong một lần gửi",
            "the key ({label}) must not repeat within a delivery",
        ),
        "pattern": (f"{{label}} phải theo mẫu {a.get('regex')}", f"{{label}} must match {a.get('regex')}"),
        "multiple": (
            f"{{label}} phải là bội của {a.get('of')}",
            f"{{label}} must be a multiple of {a.get('of')}",
        ),
        "expression": (f"phải đúng: {a.get('text')}", f"must hold: {a.get('text')}"),
        "reference": (
            f"{{label}} phải có trong {a.get('dataset')}",
            f"{{label}} must stand in {a.get('dataset')}",
        ),
        "place": (
            "{label} phải là địa bàn của tỉnh vào ngày của dòng",
            "{label} must be a place of the province on the row's day",
        ),
        "place_name": (
            "tên và mã địa bàn ({label}) phải chỉ cùng một nơi vào ngày của dòng",
            "the place's name and code ({label}) must denote one place on the row's day",
        ),
        "drift": (
            f"{{label}} lệch quá {_percent(a)} so với các lần trước",
            f"{{label}} is more than {_percent(a)} away from its own past",
        ),
        "sql": ("kết quả truy vấn kiểm tra", "the result of the check query"),
        "metric": ("", ""),
    }
    return words[kind]


def _percent(a: Mapping[str, Any]) -> str:
    return f"{100 * float(a.get('tolerance', 0)):g}%"
