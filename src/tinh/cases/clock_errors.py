"""What the clock of a case refuses.

ClockError
├── NoOffset         CAS100  a moment without its offset from UTC
├── TooFar           CAS101  a count that leaves the years the calendar knows
├── BadLimit         CAS102  a limit in both hours and days, or below zero
├── ExtendedBefore   CAS103  a case is given more time once
└── NotLater         CAS104  more time that is no more time
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class ClockError(TinhError):
    """The family; each member has its code."""

    status = 422


class NoOffset(ClockError):
    code = "CAS100"
    says = Text("Thời điểm {moment} không ghi múi giờ.", "The moment {moment} has no offset from UTC.")
    cure = Text(
        "Ghi kèm múi giờ, ví dụ 2026-11-24T08:00:00+07:00.", "Give it, such as 2026-11-24T08:00:00+07:00."
    )


class TooFar(ClockError):
    code = "CAS101"
    says = Text(
        "Hạn rơi vào năm {year}, ngoài khoảng lịch biết ({first}–{last}).",
        "The deadline falls in {year}, outside the years the calendar knows ({first}–{last}).",
    )
    cure = Text("Kiểm tra thời hạn và ngày bắt đầu.", "Check the limit and the day it starts.")


class BadLimit(ClockError):
    code = "CAS102"
    says = Text(
        "Thời hạn “{limit}” không dùng được: cần đúng một trong số giờ và số ngày, từ 0 trở lên.",
        "The limit “{limit}” cannot be used: exactly one of hours and days, from 0 up, is needed.",
    )
    cure = Text("Ghi số giờ hoặc số ngày làm việc.", "Write working hours or working days.")


class ExtendedBefore(ClockError):
    code = "CAS103"
    status = 409
    says = Text(
        "Vụ việc đã được gia hạn một lần; hạn hiện nay là {due}.",
        "The case has been given more time once; it is due {due}.",
    )
    cure = Text(
        "Không gia hạn lần hai. Trả lời đúng hạn, hoặc báo người giám sát.",
        "There is no second time. Answer by then, or tell the supervisor.",
    )


class NotLater(ClockError):
    code = "CAS104"
    says = Text(
        "Hạn mới {until} không muộn hơn hạn hiện nay {due}.",
        "The new deadline {until} is not later than {due}.",
    )
    cure = Text("Chọn một thời điểm muộn hơn.", "Choose a later moment.")
