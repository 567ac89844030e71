"""Proving the histories of cases by the clock, and telling the administrators of one that does not hold."""

from __future__ import annotations

from collections.abc import Sequence

from tinh.cases import api as cases
from tinh.channels import api as channels
from tinh.kit.errors import Text
from tinh.people import api as people

_SUBJECT = Text("KHẨN: lịch sử vụ việc không còn nguyên vẹn", "URGENT: the history of cases is not intact")
_BODY = Text(
    "Việc kiểm tra tự động thấy lịch sử không còn đúng như lúc ghi:\n\n{lines}\n\nHãy giữ nguyên máy chủ và "
    "các bản sao lưu, báo người phụ trách an toàn thông tin, rồi xem trang quản trị bàn tiếp nhận.",
    "The automatic check found histories that are not as they were written:\n\n{lines}\n\nLeave the server "
    "and its backups as they are, tell whoever answers for security, then see the desk's administration.",
)
_CASE = Text("• {code}: {problem} ở sự kiện {number}", "• {code}: {problem} at event {number}")
_ANCHOR = Text("• mốc số {number} không khớp", "• anchor {number} does not fit")
_PAGE = "/quan-tri/ban-tiep-nhan/#so-vu-viec"


def prove(seconds: float = 15.0) -> list[cases.Fault]:
    """A round of proofs; what is newly broken is told to every administrator at once."""
    found = cases.round_of_proofs(seconds)
    if found:
        _tell(found)
    return found


def _tell(found: Sequence[cases.Fault]) -> None:
    with people.through("work"):
        told = list(people.User.objects.filter(role="administrator", is_active=True).exclude(email=""))
    first = found[0]
    key = f"history-broken/{first.case or first.anchor}/{first.found_at.isoformat()}"
    both = [_BODY.in_(language).format(lines=_lines(found, language)) for language in ("vi", "en")]
    for one in told:
        channels.send(
            channels.Notice(
                to=one.email,
                subject=f"{_SUBJECT.vi} · {_SUBJECT.en}",
                body="\n\n".join(both),
                key=key,
                about="history:cases",
                link=_PAGE,
                name=one.full_name,
            )
        )


def _lines(found: Sequence[cases.Fault], language: str) -> str:
    return "\n".join(_said(fault).in_(language) for fault in found[:50])


def _said(fault: cases.Fault) -> Text:
    if not fault.case:
        return _ANCHOR.fill(number=fault.anchor)
    return _CASE.fill(code=fault.case, problem=fault.problem, number=fault.number)
