"""What a header says: its unit, a name for the column, and words that hint at its meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_ASIDE = re.compile(r"[(\[]\s*([^()\[\]]{1,40})\s*[)\]]\s*$")
_UNIT_WORD = re.compile(
    r"^(?:đvt|đơn vị(?: tính)?|unit)?\s*:?\s*((?:nghìn |ngàn |triệu |tỷ |tỉ )?"
    r"(?:đồng|vnđ|vnd|usd|đô la|người|hộ|trạm|ha|m2|m²|m3|m³|km|km2|km²|kg|tấn|tạ|kw|kwh|mw|lượt|vụ|"
    r"cái|chiếc|con|"
    r"cơ sở|doanh nghiệp|hồ sơ|văn bản|thuê bao|học sinh|giường|phần trăm|%|‰|µg/m³|°c|km/h|giờ|phút|"
    r"ngày|tháng|năm)"
    r"(?:/[\w² ³]{1,12})?|triệu|tỷ|tỉ|nghìn|ngàn)$",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[a-z0-9]+")
_RUNNING = re.compile(r"^(?:stt|tt|số tt|số thứ tự|so tt|no\.?|#)$", re.IGNORECASE)


def plain(text: str) -> str:
    """Lower case, without diacritics."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(c for c in apart if not unicodedata.combining(c))


def tokens(text: str) -> list[str]:
    return _WORDS.findall(plain(text))


def unit_of(header: str) -> str:
    """`Chi ngân sách (triệu đồng)` → `triệu đồng`; empty when the aside is no unit."""
    aside = _ASIDE.search(header.strip())
    if aside and (found := _UNIT_WORD.match(aside.group(1).strip())):
        return found.group(1).strip()
    return "%" if header.rstrip().endswith("%") else ""


def name_of(header: str, taken: Iterable[str]) -> str:
    """A column name from a header: `Số trạm BTS` → `so_tram_bts`, unique among `taken`."""
    stem = _ASIDE.sub("", header) if unit_of(header) else header
    words = tokens(stem)
    name = "_".join(words)[:60].strip("_") or "cot"
    if name[0].isdigit():
        name = f"c_{name}"
    used, number, out = set(taken), 2, name
    while out in used:
        out, number = f"{name}_{number}", number + 1
    return out


def says(header: str, *hints: str) -> bool:
    """Whether the header holds any of the hints, as whole words without diacritics."""
    text = f" {' '.join(tokens(header))} "
    return any(f" {' '.join(tokens(hint))} " in text for hint in hints)


def running_number(header: str) -> bool:
    return bool(_RUNNING.match(header.strip()))


COUNTED = (
    "số",
    "số lượng",
    "dân số",
    "hộ",
    "người",
    "lượt",
    "tổng số",
    "tổng",
    "count",
    "population",
    "number",
)
DATES = ("ngày", "date", "thời điểm", "thời gian", "hạn")
PERIODS = ("kỳ", "kỳ báo cáo", "tháng", "quý", "năm", "period", "month", "quarter", "year", "thời gian")
PLACES = (
    "xã",
    "phường",
    "thị trấn",
    "địa phương",
    "địa bàn",
    "đơn vị hành chính",
    "huyện",
    "tỉnh",
    "commune",
    "đơn vị",
    "province",
    "district",
    "ward",
)
CODES = ("mã", "mã số", "code", "id", "số hiệu")
PHONES = ("điện thoại", "đt", "sđt", "sdt", "phone", "di động", "mobile", "tel")
TAXES = ("mã số thuế", "mst", "mã số doanh nghiệp", "tax")
CITIZENS = ("cccd", "cmnd", "căn cước", "định danh", "chứng minh", "số định danh cá nhân")
PEOPLE = (
    "họ và tên",
    "họ tên",
    "tên chủ hộ",
    "chủ hộ",
    "người đại diện",
    "họ tên chủ hộ",
    "full name",
    "tên người",
)
BIRTHS = ("ngày sinh", "năm sinh", "birth")
HOMES = ("địa chỉ", "nơi ở", "thường trú", "tạm trú", "address", "chỗ ở")
