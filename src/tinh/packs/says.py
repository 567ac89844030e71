"""Sentences that tell why a row is held, made from a rule's kind and arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tinh.kit.errors import Text
from tinh.packs.models import Operator
from tinh.packs.phrases import phrase
from tinh.packs.wording import Told, figure, inner, opened

__all__ = ["Told", "sentence"]

_LOGICAL = {
    "string": ("chữ", "text"),
    "date": ("một ngày, ví dụ 31/12/2025", "a date, such as 2025-12-31"),
    "timestamp": ("một thời điểm: ngày và giờ", "a date and time"),
    "time": ("giờ trong ngày, ví dụ 07:30", "a time of day, such as 07:30"),
    "number": ("số", "a number"),
    "integer": ("số nguyên", "a whole number"),
    "boolean": ("có hoặc không", "yes or no"),
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


Pair = tuple[str, str]


def sentence(
    kind: str,
    columns: tuple[str, ...],
    arguments: Mapping[str, Any],
    operator: Operator | None = None,
    told: Told = Told(),
) -> Text:
    """Why a row fails a rule of `kind` over these columns, or what a check of the whole delivery asks."""
    vi, en = _SENTENCES[kind](arguments, columns, told)
    if operator is not None and kind in ("metric", "sql"):
        after = Text(" %", "%") if arguments.get("unit") == "percent" else Text("", "")
        more = _operator(operator, after)
        vi, en = f"{vi} {more[0]}", f"{en} {more[1]}"
    label = told.label(columns)
    name = "".join(columns[:1])
    return Text(
        opened(vi.replace("{label}", label.vi), name),
        opened(en.replace("{label}", label.en or label.vi), name),
    )


def _operator(operator: Operator, after: Text) -> Pair:
    vi, en = _OPERATORS[operator.name]
    value = operator.value
    if "{a}" in vi:
        low, high = figure(value[0]), figure(value[1], after)
        return vi.format(a=low.vi, b=high.vi), en.format(a=low.en, b=high.en)
    limit = figure(value, after)
    return vi.format(v=limit.vi), en.format(v=limit.en)


def _range(a: Mapping[str, Any], columns: tuple[str, ...], told: Told) -> Pair:
    after = told.unit(columns[0]) if columns else Text("", "")
    low, high, over, under = (a.get(k) for k in ("min", "max", "above", "below"))
    if low is not None and high is not None:
        first, last = figure(low), figure(high, after)
        return (
            f"{{label}} phải từ {first.vi} đến {last.vi}",
            f"{{label}} must be from {first.en} to {last.en}",
        )
    vi, en = [], []
    for limit, said in (
        (low, ("từ {} trở lên", "at least {}")),
        (over, ("lớn hơn {}", "more than {}")),
        (high, ("không quá {}", "at most {}")),
        (under, ("nhỏ hơn {}", "less than {}")),
    ):
        if limit is not None:
            shown = figure(limit, after)
            vi.append(said[0].format(shown.vi))
            en.append(said[1].format(shown.en))
    return "{label} phải " + " và ".join(vi), "{label} must be " + " and ".join(en)


def _length(a: Mapping[str, Any], _columns: tuple[str, ...], _told: Told) -> Pair:
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


def _enum(a: Mapping[str, Any], _columns: tuple[str, ...], _told: Told) -> Pair:
    values = [str(v) for v in a["values"]]
    listed = ", ".join(values[:8]) + (", …" if len(values) > 8 else "")
    return f"{{label}} phải là một trong: {listed}", f"{{label}} must be one of: {listed}"


_DIGITS = re.compile(r"\^?(?:\[0-9\]|\\d)\{(\d+)(?:,(\d+))?\}\$?")


def _pattern(a: Mapping[str, Any], _columns: tuple[str, ...], _told: Told) -> Pair:
    regex = str(a.get("regex"))
    digits = _DIGITS.fullmatch(regex)
    if digits is None:
        return f"{{label}} phải viết theo mẫu {regex}", f"{{label}} must match {regex}"
    few, many = digits[1], digits[2]
    if many and many != few:
        return f"{{label}} phải gồm {few} đến {many} chữ số", f"{{label}} must be {few} to {many} digits"
    return f"{{label}} phải gồm đúng {few} chữ số", f"{{label}} must be exactly {few} digits"


def _expression(a: Mapping[str, Any], columns: tuple[str, ...], told: Told) -> Pair:
    text = str(a.get("text") or a.get("expression"))
    said = phrase(text, told)
    if said is not None:
        return said.vi, said.en
    del columns
    return f"dòng phải thỏa điều kiện: {text}", f"the row must satisfy: {text}"


def _metric(a: Mapping[str, Any], _columns: tuple[str, ...], _told: Told) -> Pair:
    vi, en = (w.replace("{c}", "{label}") for w in _METRICS[a["name"]])
    return vi, en


def _reference(a: Mapping[str, Any], _columns: tuple[str, ...], told: Told) -> Pair:
    name = told.words.get("name") or Text(str(a.get("dataset")), str(a.get("dataset")))
    return f"{{label}} phải có trong “{name.vi}”", f"{{label}} must stand in “{name.en or name.vi}”"


def _drift(a: Mapping[str, Any], _columns: tuple[str, ...], _told: Told) -> Pair:
    share = figure(100 * float(a.get("tolerance", 0)))
    return (
        f"{{label}} lệch quá {share.vi} % so với các lần trước",
        f"{{label}} is more than {share.en}% away from its own past",
    )


def _compared(a: Mapping[str, Any], columns: tuple[str, ...], told: Told) -> Pair:
    """Two datasets that speak of one thing; `words` has the other one's name and its column's label."""
    name, label = told.words["name"], told.words["label"]
    theirs = _made(a["their_how"], label)
    own = Text("{label}", "{label}") if columns else Text("số dòng", "the number of rows")
    own = Text("số dòng", "the number of rows") if a["how"] == "count" else own
    if a["how"] == "mean":
        own = Text("trung bình {label}", "the mean of {label}")
    if a["tolerance"] is not None:
        share = figure(100 * float(a["tolerance"]))
        within = Text(f"chênh không quá {share.vi} %", f"within {share.en}%")
    else:
        amount = figure(a["tolerance_abs"], told.unit(columns[0]) if columns else Text("", ""))
        within = Text(f"chênh không quá {amount.vi}", f"within {amount.en}")
    if a["area"]:
        return (
            f"{own.vi} cộng các xã phải khớp với {theirs.vi} của cả tỉnh trong “{name.vi}”, {within.vi}",
            f"{own.en} added over the communes must agree with {theirs.en} of the province "
            f"in “{name.en or name.vi}”, {within.en}",
        )
    return (
        f"{own.vi} phải khớp với {theirs.vi} trong “{name.vi}”, {within.vi}",
        f"{own.en} must agree with {theirs.en} in “{name.en or name.vi}”, {within.en}",
    )


def _made(how: str, label: Text) -> Text:
    if how == "count":
        return Text("số dòng", "the number of rows")
    shown = Text(inner(label.vi or label.en), inner(label.en or label.vi))
    return Text(f"trung bình {shown.vi}", f"the mean of {shown.en}") if how == "mean" else shown


def _type(a: Mapping[str, Any], _columns: tuple[str, ...], _told: Told) -> Pair:
    vi, en = _LOGICAL[a["logical"]]
    if a["logical"] == "boolean":
        return f"{{label}}: chỉ ghi {vi}", f"{{label}}: only {en}"
    return f"{{label}} phải là {vi}", f"{{label}} must be {en}"


def _format(a: Mapping[str, Any], _columns: tuple[str, ...], _told: Told) -> Pair:
    vi, en = _FORMATS.get(a["name"], (a["name"],) * 2)
    return f"{{label}} phải là {vi}", f"{{label}} must be {en}"


def _period(a: Mapping[str, Any], _columns: tuple[str, ...], _told: Told) -> Pair:
    vi, en = _GRAINS[a["every"]]
    return (
        f"{{label}} phải là một {vi} có thật và đã bắt đầu",
        f"{{label}} must be a real {en} that has begun",
    )


def _multiple(a: Mapping[str, Any], _columns: tuple[str, ...], _told: Told) -> Pair:
    of = figure(a.get("of"))
    return f"{{label}} phải là bội của {of.vi}", f"{{label}} must be a multiple of {of.en}"


def _always(vi: str, en: str) -> Callable[..., Pair]:
    return lambda _arguments, _columns, _told: (vi, en)


_SENTENCES: dict[str, Callable[[Mapping[str, Any], tuple[str, ...], Told], Pair]] = {
    "range": _range, "length": _length, "enum": _enum, "pattern": _pattern, "multiple": _multiple,
    "expression": _expression, "metric": _metric, "type": _type, "format": _format, "period": _period,
    "reference": _reference, "drift": _drift,
    "agree": lambda a, c, t: _compared({**a, "area": False}, c, t),
    "adds_up": lambda a, c, t: _compared({**a, "area": True}, c, t),
    "required": _always("{label} không được để trống", "{label} must be filled"),
    "unique": _always("{label} không được lặp lại", "{label} must not repeat"),
    "key": _always(
        "khóa ({label}) không được lặp lại trong một lần gửi",
        "the key ({label}) must not repeat within a delivery",
    ),
    "place": _always(
        "{label} phải là địa bàn của tỉnh vào ngày của dòng",
        "{label} must be a place of the province on the row's day",
    ),
    "place_name": _always(
        "tên và mã địa bàn ({label}) phải chỉ cùng một nơi vào ngày của dòng",
        "the place's name and code ({label}) must denote one place on the row's day",
    ),
    "sql": _always("kết quả truy vấn kiểm tra", "the result of the check query"),
}  # fmt: skip
