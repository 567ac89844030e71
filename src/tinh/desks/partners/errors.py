"""What can be wrong between this desk and another Open311 system.

PartnerError
├─ PartnerSilent    DSK100  it was not reached, or answers what is no Open311
│  ├─ PartnerUnclear  DSK104  it took what was sent, and answers what is no Open311
│  └─ PartnerLost     DSK105  something was sent, and no answer says whether it was taken
├─ PartnerRefuses   DSK101  it took the call and said no
├─ NoSuchPartner    DSK102  no partner has this id
└─ PartnerUnfit     DSK103  a partner cannot be kept like this
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class PartnerError(TinhError):
    code = "DSK109"
    status = 502


class PartnerSilent(PartnerError):
    code = "DSK100"
    retry = True
    says = Text(
        "Không nhận được trả lời Open311 từ {host}: {why_vi}.", "No Open311 answer from {host}: {why_en}."
    )
    cure = Text(
        "Hệ thống tự thử lại; kiểm tra địa chỉ và đường truyền.", "It is tried again; check address and line."
    )


class PartnerUnclear(PartnerSilent):
    code = "DSK104"
    retry = False
    says = Text(
        "{host} đã nhận nhưng trả lời không đọc được: {why_vi}.",
        "{host} took it, and its answer cannot be read: {why_en}.",
    )
    cure = Text(
        "Xem ở hệ thống bên kia; nếu chưa có thì bấm gửi lại.",
        "Look in the other system; if it is not there, send it again.",
    )


class PartnerLost(PartnerSilent):
    code = "DSK105"
    says = Text(
        "Đã gửi sang {host} nhưng không rõ bên đó có nhận không: {why_vi}.",
        "Sent to {host}, and nothing says whether it was taken: {why_en}.",
    )
    cure = Text(
        "Hệ thống tự tìm ở bên kia trước khi gửi lại; không tìm được thì hỏi cán bộ.",
        "It is looked for there before it is sent again; where that says nothing, a person is asked.",
    )


class PartnerRefuses(PartnerError):
    code = "DSK101"
    says = Text("{host} từ chối: {said}", "{host} refuses: {said}")
    cure = Text(
        "Sửa khóa, mã loại việc hoặc thông tin còn thiếu rồi gửi lại.",
        "Mend the key, the service code or what is missing, and send again.",
    )


class NoSuchPartner(PartnerError):
    code = "DSK102"
    status = 404
    says = Text("Không có hệ thống đối tác “{id}”.", "There is no partner “{id}”.")
    cure = Text("Xem danh sách kết nối Open311.", "See the list of Open311 links.")


class PartnerUnfit(PartnerError):
    code = "DSK103"
    status = 422
    says = Text("Không lưu được kết nối: {why_vi}.", "The link cannot be kept: {why_en}.")
    cure = Text("Sửa ô được nêu rồi lưu lại.", "Mend the field named and save again.")
