"""What can be wrong between this desk and another Open311 system.

PartnerError
├─ PartnerSilent    DSK100  it was not reached, or answers what is no Open311
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
