"""What is odd about a column, and what a person should see before believing it."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from tinh.gate.profile import dating, notation, writing
from tinh.gate.profile.model import Candidate, Kind
from tinh.gate.profile.texts import KIND_NAMES, LEVEL_NAMES, Column

_ALPHABETS = ("CYRILLIC", "GREEK")
_FORMS = {
    "tax code": r"^\d{10}(-?\d{3})?$",
    "e-mail": r"^\S+@\S+$",
    "phone": r"^\+?[\d .-]+$",
    "boolean": r"^\w+$",
    "place": r"^\w",
}


def mixed(column: Column, near: Candidate) -> None:
    values, _, _ = column.apart()
    odd = [v for v in values.to_list() if not _reads(v, near.kind)][:3]
    vi = (
        f"“{column.header}”: {near.hits}/{near.of} ô đọc được là {KIND_NAMES[near.kind].vi}, số còn "
        f"lại thì không"
    )
    en = (
        f"“{column.header}”: {near.hits} of {near.of} cells read as {KIND_NAMES[near.kind].en}, the "
        f"others do not"
    )
    if odd:
        vi, en = f"{vi} (ví dụ “{odd[0][:40]}”)", f"{en} (such as “{odd[0][:40]}”)"
    column.remark("mixed types", vi, en, column.text.is_in(odd) if odd else None)


def _reads(value: str, kind: Kind) -> bool:
    if kind in ("integer", "number", "percent"):
        return bool(re.match(r"^[-+−]?[\d.,\s'%]+\S{0,12}$", value))
    if kind in ("date", "timestamp"):
        return bool(re.match(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", value))
    if kind == "period":
        return dating.grain_of(value) is not None
    return bool(re.match(_FORMS.get(kind, r"^\d+$"), value))


def look(column: Column, kind: Kind, facts: dict[str, Any]) -> None:
    """What a person should see before believing the column."""
    header = column.header
    if kind in ("integer", "number", "percent"):
        _look_at_numbers(column, facts)
    if kind in ("date", "timestamp"):
        _look_at_days(column, facts)
    if kind == "place":
        _look_at_places(column, facts)
    if kind == "period" and facts.get("mixed"):
        column.remark(
            "mixed periods", f"“{header}” trộn nhiều loại kỳ", f"“{header}” mixes periods of several grains"
        )
    if dating.yearless(column.values):
        column.remark(
            "no year",
            f"“{header}” ghi tháng hoặc quý mà không có năm; năm phải lấy từ tên tệp, tên trang hoặc tiêu đề",
            f"“{header}” gives months or quarters without a year; take the year from the file's or "
            f"sheet's name",
        )
    if len(column.values) == 1 and column.height > 1 and column.filled == column.height:
        value = column.values[0]
        column.remark(
            "constant",
            f"“{header}” chỉ có một giá trị: “{value[:40]}”",
            f"“{header}” has a single value: “{value[:40]}”",
        )
    seen = "\n".join(column.values.head(2000).to_list())
    if not seen.isascii():
        strange = sorted(
            {c for c in seen if c.isalpha() and unicodedata.name(c, "").startswith(_ALPHABETS)} - set("µμΩα°")
        )
        mixed = [
            w
            for w in re.findall(r"\w+", seen)
            if any(c in strange for c in w) and any(unicodedata.name(c, "").startswith("LATIN") for c in w)
        ]
        if mixed:
            column.remark(
                "look-alike letters",
                f"“{header}” có chữ cái của bảng chữ khác lẫn vào: “{mixed[0]}”",
                f"“{header}” holds letters of another alphabet: “{mixed[0]}”",
                column.text.str.contains(re.escape(mixed[0])),
            )


def _look_at_numbers(column: Column, facts: dict[str, Any]) -> None:
    header = column.header
    if not facts.get("sure", True):
        one = next(
            (v for v in column.values.to_list() if re.match(r"^[-+−]?[1-9]\d{0,2}[.,]\d{3}$", v)), "1.234"
        )
        as_group = bool(facts["group"])
        meant = (one.replace(".", "").replace(",", ""), one.replace(",", "."))[0 if as_group else 1]
        column.remark(
            "doubtful notation",
            f"“{header}”: không ô nào cho biết chắc “{one}” là hàng nghìn hay phần thập phân; đang "
            f"đọc là {meant}",
            f"“{header}”: no cell proves whether “{one}” is thousands or decimals; it is read as {meant}",
        )
    low = facts.get("low")
    if low is not None and low < 0 and writing.says(header, *writing.COUNTED):
        column.remark(
            "negative count", f"“{header}” có số âm ({low:g})", f"“{header}” has negative numbers ({low:g})"
        )
    values, counts, _ = column.apart()
    typed = notation.read(values, facts["decimal"], facts["group"]).drop_nulls()
    if len(typed) >= 12:
        q1, q3 = typed.quantile(0.25) or 0.0, typed.quantile(0.75) or 0.0
        far = (
            typed.filter((typed > q3 + 10 * (q3 - q1)) | (typed < q1 - 10 * (q3 - q1)))
            if q3 > q1
            else typed.clear()
        )
        if 0 < len(far) <= 0.02 * len(typed) + 1:
            column.remark(
                "outliers",
                f"“{header}” có {len(far)} giá trị xa hẳn số còn lại, ví dụ {far[0]:g}",
                f"“{header}” has {len(far)} values far from the others, such as {far[0]:g}",
            )
    del counts


def _look_at_days(column: Column, facts: dict[str, Any]) -> None:
    header = column.header
    if facts.get("mixed"):
        column.remark(
            "mixed dates",
            f"“{header}” vừa có ngày/tháng/năm vừa có tháng/ngày/năm",
            f"“{header}” holds both d/m/y and m/d/y",
        )
    if not facts.get("sure", True):
        column.remark(
            "doubtful dates",
            f"“{header}”: không ngày nào lớn hơn 12 nên thứ tự ngày/tháng không chắc; đang đọc là "
            f"ngày/tháng/năm",
            f"“{header}”: no day is past the twelfth, so the order is not certain; read as d/m/y",
        )
    if facts.get("order") == "serial":
        return
    found = dating.Days(
        "timestamp" if column.text.str.contains(r"\d:\d").any() else "date",
        tuple(facts["formats"]),
        facts["order"],
        True,
        0,
    )
    typed = dating.read(column.text, found)
    now = column.around.now.replace(tzinfo=None)
    ahead = (typed > now).fill_null(False)
    if ahead.any():
        column.remark(
            "future dates",
            f"“{header}” có {int(ahead.sum())} ngày sau hôm nay",
            f"“{header}” has {int(ahead.sum())} days after today",
            ahead,
        )
    if typed.drop_nulls().len():
        facts["low"], facts["high"] = str(typed.min())[:10], str(typed.max())[:10]


def _look_at_places(column: Column, facts: dict[str, Any]) -> None:
    header, hits, of = column.header, facts["hits"], facts["of"]
    level = LEVEL_NAMES[facts["level"]]
    if facts["side"] == "before" and facts["level"] != "province":
        column.remark(
            "old places",
            f"“{header}”: đây là {level.vi} trước 07/2025 ({hits}/{of} tên, mã tìm thấy)",
            f"“{header}”: these are {level.en} from before 07/2025 ({hits} of {of} found)",
        )
    if hits < of:
        column.remark(
            "unknown places",
            f"“{header}”: {of - hits} trong {of} tên hoặc mã không tìm thấy trong danh mục",
            f"“{header}”: {of - hits} of {of} names or codes are not in the gazetteer",
        )
