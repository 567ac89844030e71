"""What the desk of citizens' reports refuses (DSK001–049).

ReportsError        the root
  DraftWrong        a report that lacks something, field by field
  NoSuchCategory    a category that is not declared
  OutsideProvince   the place is elsewhere; says where to go
  NoSuchReport      no report of this code that everybody may see
  NotTold           code and phone (or link) do not go together
  TooManyReports    more from one network or device than a desk takes
  Blocked           sending is blocked, with its reason and how to appeal
  ChallengeWrong    the small question was not answered
  NotNow            the step is over or has not come
  NoSuchBlock       a block that is not there
"""

from __future__ import annotations

from typing import Any

from tinh.kit.errors import Text, TinhError


class ReportsError(TinhError):
    """Facts: `reason`."""

    code = "DSK001"
    says = Text("Bàn tiếp nhận không nhận: {reason}", "The desk refuses: {reason}")


class DraftWrong(ReportsError):
    """Facts: `first_vi`, `first_en`, `faults`: field → Text."""

    code = "DSK002"
    status = 422
    says = Text("Phản ánh chưa gửi được: {first_vi}", "The report cannot be sent yet: {first_en}")
    cure = Text("bổ sung những mục được nêu rồi gửi lại", "fill in what is named and send again")

    def __init__(self, faults: dict[str, Text]) -> None:
        first = next(iter(faults.values()))
        self.faults = faults
        super().__init__(first_vi=first.vi, first_en=first.en, fields=sorted(faults))

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "fields": {k: t.as_dict() for k, t in self.faults.items()}}


class NoSuchCategory(ReportsError):
    """Facts: `category`."""

    code = "DSK003"
    status = 404
    says = Text("Không có chuyên mục “{category}”", 'There is no category "{category}"')
    cure = Text("chọn một chuyên mục trong danh sách", "choose one of the list")


class OutsideProvince(ReportsError):
    """Facts: `place_vi`, `place_en`, `go_vi`, `go_en`."""

    code = "DSK004"
    status = 422
    says = Text("Vị trí nằm ngoài tỉnh ({place_vi})", "The place is outside the province ({place_en})")
    cure = Text("{go_vi}", "{go_en}")


class NoSuchReport(ReportsError):
    """Facts: `report`."""

    code = "DSK005"
    status = 404
    says = Text("Không có phản ánh công khai mang mã “{report}”", 'No public report has the code "{report}"')
    cure = Text(
        "kiểm tra mã; phản ánh của mình xem ở “Theo dõi” bằng mã và số điện thoại",
        "check the code; your own report opens under Track with code and phone",
    )


class NotTold(ReportsError):
    """Facts: none; the same for a wrong code and a wrong phone."""

    code = "DSK006"
    status = 404
    says = Text(
        "Mã và số điện thoại hoặc thư điện tử không khớp nhau",
        "The code and the phone or e-mail do not go together",
    )
    cure = Text(
        "kiểm tra lại cả hai, hoặc mở đường dẫn riêng nhận được khi gửi",
        "check both, or open the private link you were given",
    )


class TooManyReports(ReportsError):
    """Facts: `most`, `minutes`."""

    code = "DSK007"
    status = 429
    retry = True
    says = Text(
        "Quá {most} lần trong thời gian ngắn từ nơi này", "More than {most} times in a short while from here"
    )
    cure = Text("thử lại sau {minutes} phút", "try again in {minutes} minutes")


class Blocked(ReportsError):
    """Facts: `block`, `why`, `until`."""

    code = "DSK008"
    status = 403
    says = Text(
        "Việc gửi từ đây đang bị chặn đến {until}: {why}", "Sending from here is blocked until {until}: {why}"
    )
    cure = Text(
        "nếu nhầm, gửi khiếu nại với số {block}", "if that is a mistake, appeal naming the number {block}"
    )


class ChallengeWrong(ReportsError):
    """Facts: none."""

    code = "DSK009"
    status = 422
    retry = True
    says = Text(
        "Câu hỏi nhỏ chưa được trả lời đúng hoặc đã hết giờ",
        "The small question is unanswered, wrong or too old",
    )
    cure = Text("trả lời câu hỏi mới", "answer the new one")


class NotNow(ReportsError):
    """Facts: `what_vi`, `what_en`."""

    code = "DSK010"
    status = 409
    says = Text("Lúc này không {what_vi} được", "It is not the time to {what_en}")
    cure = Text(
        "tải lại trang để xem phản ánh đang ở bước nào", "load the page again to see where the report is"
    )


class NoSuchBlock(ReportsError):
    """Facts: `block`."""

    code = "DSK011"
    status = 404
    says = Text("Không có lệnh chặn số {block}", "There is no block number {block}")
    cure = Text("kiểm tra lại số", "check the number")
