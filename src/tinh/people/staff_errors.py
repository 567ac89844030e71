"""PeopleError, of agencies and those who work in them

├─ AgencyTaken      PPL030  an agency with an id that stands already
├─ NoSuchAgency     PPL031  an agency the province does not have
├─ AgencyUnusable   PPL032  what is said of an agency has faults
├─ MergeRefused     PPL033  an agency merged into itself, or twice
├─ LinkUnknown      PPL034  no invitation has this link
├─ LinkExpired      PPL035  the invitation's days are over
├─ LinkUsed         PPL036  the invitation was accepted before
├─ LinkRevoked      PPL037  the invitation was taken back
├─ PostUnusable     PPL038  a post or delegation that cannot stand
├─ LeavingRefused   PPL039  somebody who cannot leave, or cannot hand over
├─ ScopeUnknown     PPL040  a role without the scope it needs, or a scope that is not there
└─ InviteeUnusable  PPL041  an invitation to nobody
"""

from __future__ import annotations

from tinh.kit.errors import Text
from tinh.people.errors import PeopleError


class AgencyTaken(PeopleError):
    code = "PPL030"
    status = 409
    says = Text("Mã “{agency}” đã là của {name}.", "The id “{agency}” is that of {name} already.")
    cure = Text("Chọn mã khác, hoặc sửa cơ quan ấy.", "Choose another id, or change that agency.")


class NoSuchAgency(PeopleError):
    code = "PPL031"
    status = 404
    says = Text("Tỉnh này không có cơ quan “{agency}”.", "This province has no agency “{agency}”.")
    cure = Text(
        "Có: {near}. Xem tất cả ở trang Cơ quan.", "There are: {near}. See them all on the agencies page."
    )


class AgencyUnusable(PeopleError):
    code = "PPL032"
    status = 422
    says = Text("Chưa lưu được cơ quan này: {reason_vi}.", "This agency cannot be kept: {reason_en}.")
    cure = Text("Sửa theo lời nhắc rồi lưu lại.", "Correct what is said and save again.")


class MergeRefused(PeopleError):
    code = "PPL033"
    status = 409
    says = Text("Không sáp nhập được: {reason_vi}.", "This cannot be merged: {reason_en}.")
    cure = Text("Chọn cơ quan khác để nhận.", "Choose another agency to take it over.")


class LinkUnknown(PeopleError):
    code = "PPL034"
    status = 404
    says = Text("Không có lời mời nào dùng liên kết này.", "No invitation has this link.")
    cure = Text(
        "Kiểm tra đã sao chép trọn liên kết; nếu vẫn không được, nhờ người mời gửi lại.",
        "Check that the whole link was copied; if it was, ask whoever invited you to send it again.",
    )


class LinkExpired(PeopleError):
    code = "PPL035"
    status = 410
    says = Text("Lời mời đã hết hạn ngày {day}.", "The invitation ended on {day}.")
    cure = Text("Nhờ {who} gửi lại lời mời.", "Ask {who} to send it again.")


class LinkUsed(PeopleError):
    code = "PPL036"
    status = 410
    says = Text("Lời mời này đã được dùng để mở tài khoản.", "This invitation was used to open an account.")
    cure = Text(
        "Đăng nhập bằng tên đã đặt; nếu không phải bạn đã dùng, báo ngay cho {who}.",
        "Sign in with the name you chose; if it was not you, tell {who} at once.",
    )


class LinkRevoked(PeopleError):
    code = "PPL037"
    status = 410
    says = Text("Lời mời này đã bị thu hồi.", "This invitation was taken back.")
    cure = Text("Hỏi {who} nếu bạn vẫn cần tài khoản.", "Ask {who} if you still need an account.")


class PostUnusable(PeopleError):
    code = "PPL038"
    status = 422
    says = Text("Chưa giao được: {reason_vi}.", "This cannot be given: {reason_en}.")
    cure = Text("Sửa rồi gửi lại.", "Correct it and send again.")


class LeavingRefused(PeopleError):
    code = "PPL039"
    status = 409
    says = Text("Chưa cho thôi việc được: {reason_vi}.", "This person cannot leave: {reason_en}.")
    cure = Text("{cure_vi}.", "{cure_en}.")


class ScopeUnknown(PeopleError):
    code = "PPL040"
    status = 422
    says = Text("Phạm vi chưa dùng được: {reason_vi}.", "The scope cannot be used: {reason_en}.")
    cure = Text("Chọn trong danh sách.", "Choose from the list.")


class InviteeUnusable(PeopleError):
    code = "PPL041"
    status = 422
    says = Text("Chưa mời được: {reason_vi}.", "This invitation cannot be made: {reason_en}.")
    cure = Text("Sửa rồi gửi lại.", "Correct it and send again.")
