"""What can be wrong about a notice or a reminder.

ChannelError
├─ NoSuchNotice    CHN001  no notice has this number
├─ NotAnAddress    CHN002  what should be an e-mail address is none
├─ NoMailServer    CHN003  letters were to go out and no mail server is named
├─ ReasonMissing   CHN004  a step that needs a reason came without one
├─ NobodyToRemind  CHN005  an agency has nothing to be reminded of, or nobody to remind
├─ NoSuchPause     CHN006  no pause of reminders has this number, or it is over
├─ PauseUnfit      CHN007  reminders cannot be paused like this
├─ NotAPhone       CHN008  what should be a telephone number is none
└─ DeviceUnfit     CHN009  a browser's subscription to push that nothing can be sent to
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class ChannelError(TinhError):
    code = "CHN000"
    status = 422


class NoSuchNotice(ChannelError):
    code = "CHN001"
    status = 404
    says = Text("Không có thư số {number}.", "There is no notice {number}.")
    cure = Text("Mở danh sách thư để tìm lại.", "Look it up in the list of notices.")


class NotAnAddress(ChannelError):
    code = "CHN002"
    says = Text("“{address}” không phải là địa chỉ thư điện tử.", "“{address}” is no e-mail address.")
    cure = Text("Sửa địa chỉ của người nhận rồi gửi lại.", "Mend the recipient's address and send again.")


class NoMailServer(ChannelError):
    code = "CHN003"
    status = 409
    says = Text(
        "Chưa khai báo máy chủ thư, nên thư không gửi đi được.",
        "No mail server is set up, so no mail can go.",
    )
    cure = Text(
        "Người quản trị đặt TINH_SMTP_URL rồi khởi động lại; cách đặt ở docs/reference/settings.md.",
        "The administrator sets TINH_SMTP_URL and starts again; see docs/reference/settings.md.",
    )


class ReasonMissing(ChannelError):
    code = "CHN004"
    says = Text("Chưa ghi lý do.", "No reason is given.")
    cure = Text("Viết lý do trong một câu.", "Give the reason in one sentence.")


class NobodyToRemind(ChannelError):
    code = "CHN005"
    status = 409
    says = Text(
        "Không có thư nào để gửi cho {agency}: {reason_vi}.", "There is no letter for {agency}: {reason_en}."
    )
    cure = Text(
        "Xem bảng theo cơ quan trên trang nhắc việc.", "Look at the agencies on the page of reminders."
    )


class NoSuchPause(ChannelError):
    code = "CHN006"
    status = 404
    says = Text(
        "Không có lần tạm tắt nhắc số {number}, hoặc đã hết hạn.",
        "No pause of reminders has the number {number}, or it is over.",
    )
    cure = Text("Tải lại trang nhắc việc.", "Open the page of reminders again.")


class PauseUnfit(ChannelError):
    code = "CHN007"
    says = Text("Không tạm tắt nhắc được: {reason_vi}.", "Reminders cannot be paused: {reason_en}.")
    cure = Text(
        "Chọn bộ dữ liệu và một ngày kết thúc trong vòng một năm tới.",
        "Choose a dataset and an end within the next year.",
    )


class NotAPhone(ChannelError):
    code = "CHN008"
    says = Text("“{number}” không phải là số điện thoại.", "“{number}” is no telephone number.")
    cure = Text(
        "Viết số di động Việt Nam, như 0912 345 678, hoặc số quốc tế bắt đầu bằng +.",
        "Write a Vietnamese mobile number such as 0912 345 678, or an international one that begins with +.",
    )


class DeviceUnfit(ChannelError):
    code = "CHN009"
    says = Text(
        "Không gửi được thông báo tới thiết bị này: {why_vi}.", "This device cannot be told: {why_en}."
    )
    cure = Text(
        "Tắt rồi bật lại thông báo trong trình duyệt, hoặc nhận tin qua thư điện tử.",
        "Turn notifications off and on again in the browser, or be told by e-mail.",
    )
