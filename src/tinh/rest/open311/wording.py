"""How a report stands, in the two words GeoReport has and in sentences."""

from __future__ import annotations

from tinh.desks.api import reports
from tinh.kit.errors import Text

STATES = {"accepted": "accepted", "asked": "waiting", "answered": "answered", "published": "published"}
_WORDS = {
    "new": Text("Mới gửi, chờ tiếp nhận", "New, not accepted yet"),
    "accepted": Text("Đã tiếp nhận", "Accepted"),
    "waiting": Text("Chờ người gửi bổ sung", "Waiting for more from its sender"),
    "assigned": Text("Đã giao cơ quan xử lý", "Given to the agency that handles it"),
    "working": Text("Đang xử lý", "Being handled"),
    "answered": Text("Đã có trả lời, chờ duyệt", "Answered, to be approved"),
    "published": Text("Đã công khai kết quả", "Answer published"),
    "refused": Text("Từ chối", "Refused"),
    "closed": Text("Đã kết thúc", "Closed"),
    "merged": Text("Đã gộp vào phản ánh khác", "Merged into another report"),
}
_OUTCOMES = {
    "fixed": Text("đã khắc phục", "fixed"),
    "answered": Text("đã trả lời", "answered"),
    "planned": Text("đã đưa vào kế hoạch", "planned"),
    "not_found": Text("không còn tại hiện trường", "no longer there"),
    "withdrawn": Text("người gửi rút", "taken back by its sender"),
}


def status_of(one: reports.Shown) -> str:
    """open until its answer is published or it ends otherwise."""
    return "closed" if one.published_at or one.closed_at else "open"


def status_words(one: reports.Shown, language: str) -> str:
    """The state, the outcome and the answer; for a refusal why, and where to go."""
    words = _WORDS.get(one.state, Text(one.state, one.state)).in_(language)
    if one.outcome in _OUTCOMES:
        words += f" ({_OUTCOMES[one.outcome].in_(language)})"
    if one.merged_into:
        words += f" {one.merged_into}"
    if one.refusal is not None:
        return f"{words}. {one.refusal.says.in_(language)} {one.refusal.go.in_(language)}"
    return f"{words}. {one.answer}" if one.answer else words
