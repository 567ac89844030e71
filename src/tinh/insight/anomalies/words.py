"""Why something was raised, in one sentence with its numbers, in Vietnamese and in English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tinh.kit.errors import Text

KIND: dict[str, Text] = {
    "spike": Text("cao vọt", "spike"),
    "dip": Text("sụt bất thường", "dip"),
    "shift": Text("đổi mức", "level shift"),
    "trend": Text("đổi chiều", "trend break"),
    "flat": Text("đứng yên", "flat-lining"),
    "missing": Text("thiếu số", "missing"),
    "impossible": Text("không thể có", "impossible"),
    "relation": Text("trái quan hệ", "breaks a relation"),
}
_POINT = Text(
    "{y}, {side} mức thường có vào lúc này ({expected}; khoảng {low} đến {high}); {odds}",
    "{y}, {side} what is usual then ({expected}; from {low} to {high}); {odds}",
)
_RUN = Text(
    "{length} điểm liền {side} mức thường khoảng {size}, rồi trở lại; {odds}",
    "{length} points in a row {side} the usual level by about {size}, then back; {odds}",
)
_SHIFT = Text(
    "từ đây mức {move} khoảng {size} và giữ ở đó; {odds}",
    "from here on the level is {move} by about {size}; {odds}",
)
_TREND = Text(
    "từ đây chiều đi {move} thêm khoảng {size} mỗi điểm; {odds}",
    "from here on the slope is {move} by about {size} a point; {odds}",
)
_FLAT = Text(
    "{length} điểm liền đứng yên ở {size}, trong khi chuỗi này thường thay đổi; {odds}",
    "{length} points in a row stand still at {size}, where this series usually moves; {odds}",
)
_MISSING = Text(
    "không có số nào trong {length} điểm, trong khi chuỗi này đều đặn",
    "nothing came for {length} points of a regular series",
)
_IMPOSSIBLE = Text("{y} nằm ngoài giới hạn {low} đến {high}", "{y} lies outside the bounds {low} to {high}")
_ODDS = Text(
    "nếu mọi thứ bình thường, chừng {n} điểm mới gặp một lần",
    "were all well, about one point in {n} would be so far out",
)


def kind_text(kind: str, language: str) -> str:
    """The name of a kind of anomaly."""
    return KIND[kind].in_(language)


def plain(value: float, language: str) -> str:
    """A number with as many decimals as say something, as the language writes it."""
    size = abs(value)
    decimals = 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 4
    text = f"{value:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if text in ("-0", ""):
        text = "0"
    return text if language == "en" else text.translate(str.maketrans(",.", ".,"))


def why(
    found: Mapping[str, Any], number: Callable[[float, str], str] = plain,
    beside: Callable[[float, str], str] | None = None,
) -> Text:  # fmt: skip
    """The sentence of a row of detect.FOUND that was raised; `number(value, language)` writes its first
    number, `beside` (the same, if not given) those that are compared with it, whose unit is said then."""
    beside = beside or number
    kind, length = found["kind"], int(found["length"] or 1)
    size = found["size"]
    if kind == "missing":
        return _MISSING.fill(length=length)
    if kind == "impossible":
        return Text(*(_impossible(found, number, beside, lang) for lang in ("vi", "en")))
    shape = {"trend": _TREND, "flat": _FLAT}.get(kind, _POINT)
    if kind == "shift":
        shape = _SHIFT if length == 1 else _RUN
    out = []
    for lang in ("vi", "en"):
        up = (size or 0) > 0 if kind in ("shift", "trend") else kind == "spike"
        out.append(
            shape.in_(lang).format(
                y=_number(found["y"], number, lang),
                expected=_number(found["expected"], beside, lang),
                low=_number(found["low"], beside, lang),
                high=_number(found["high"], beside, lang),
                length=length,
                size=_number(size if kind == "flat" else abs(size or 0.0), number, lang),
                side={"vi": "cao hơn" if up else "thấp hơn", "en": "above" if up else "below"}[lang],
                move={"vi": "tăng" if up else "giảm", "en": "higher" if up else "lower"}[lang],
                odds=odds(found["score"], lang),
            )
        )
    return Text(*out)


def odds(score: float, language: str) -> str:
    """What a surprise of `score` decades means."""
    if score >= 9:
        return "gần như không thể tình cờ" if language == "vi" else "next to impossible by chance"
    n = 10 ** min(score, 9)
    exact = int(float(f"{n:.1g}"))
    return _ODDS.in_(language).format(n=plain(float(exact), language))


def _number(value: float | None, number: Callable[[float, str], str], language: str) -> str:
    return "–" if value is None else number(float(value), language)


def _impossible(
    found: Mapping[str, Any], number: Callable[[float, str], str], beside: Callable[[float, str], str],
    language: str,
) -> str:  # fmt: skip
    return _IMPOSSIBLE.in_(language).format(
        y=_number(found["y"], number, language),
        low=_number(found["low"], beside, language),
        high=_number(found["high"], beside, language),
    )
