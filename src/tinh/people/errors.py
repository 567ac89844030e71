"""Who may not, and why.

PeopleError
├─ SignInNeeded    PPL001  nobody is signed in
├─ NotAllowed      PPL002  signed in, but the role or the agency does not allow it
├─ TokenRefused    PPL003  the bearer token is unknown, expired or revoked
├─ WrongPassword   PPL004  the name or the password is wrong
├─ TooManyAttempts PPL005  too many wrong passwords from one address
├─ WeakPassword    PPL006  a new password that is easy to guess
├─ NameTaken       PPL007  another account has the name or address
├─ NoSuchAccount   PPL008  nobody has this name or address
├─ RightsUnreadable PPL020 the table of rights cannot be read
├─ DelegationRefused PPL021 a post that may not be handed on so
├─ NoSuchPost      PPL022  no such post, or none of one's own
├─ KeyTooWide      PPL023  a key that would reach beyond its owner, or a service key without actions
├─ ShiftTaken      PPL024  somebody else has taken the shift meanwhile
└─ ShiftRefused    PPL025  a shift that cannot be taken or handed over so
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class PeopleError(TinhError):
    code = "PPL000"
    status = 403


class SignInNeeded(PeopleError):
    code = "PPL001"
    status = 401
    says = Text("Cần đăng nhập để xem nội dung này.", "This needs a sign-in.")
    cure = Text(
        "Đăng nhập, hoặc gửi mã truy cập: Authorization: Bearer <mã>.",
        "Sign in, or send a token: Authorization: Bearer <token>.",
    )


class NotAllowed(PeopleError):
    code = "PPL002"
    says = Text(
        "Tài khoản {who} không được làm việc này: {action_vi} ({subject}).",
        "{who} may not do this: {action_en} ({subject}).",
    )
    cure = Text(
        "Xem Bảng quyền (/quyen/); cần thêm quyền thì nhờ quản trị viên.",
        "See the table of rights (/quyen/); ask an administrator for more.",
    )


class TokenRefused(PeopleError):
    code = "PPL003"
    status = 401
    says = Text(
        "Mã truy cập không đúng, đã hết hạn hoặc đã bị thu hồi.",
        "The token is unknown, has expired or was revoked.",
    )
    cure = Text("Xin quản trị viên cấp mã mới.", "Ask an administrator for a new one.")


class WrongPassword(PeopleError):
    code = "PPL004"
    status = 401
    says = Text("Tên đăng nhập hoặc mật khẩu không đúng.", "The name or the password is wrong.")
    cure = Text("Kiểm tra lại, kể cả phím Caps Lock.", "Check both, and the Caps Lock key.")


class TooManyAttempts(PeopleError):
    code = "PPL005"
    status = 429
    retry = True
    says = Text(
        "Nhập sai quá nhiều lần từ địa chỉ này. Thử lại sau {seconds} giây.",
        "Too many wrong attempts from this address. Try again in {seconds} seconds.",
    )
    cure = Text(
        "Chờ rồi thử lại; tài khoản không bị khoá.", "Wait, then try again; the account is not locked."
    )


class WeakPassword(PeopleError):
    code = "PPL006"
    status = 422
    says = Text("Mật khẩu chưa đủ mạnh: {reason_vi}.", "The password is too weak: {reason_en}.")
    cure = Text("Dùng ít nhất 12 ký tự, khó đoán.", "Use at least 12 characters that are hard to guess.")


class NameTaken(PeopleError):
    code = "PPL007"
    status = 409
    says = Text(
        "Đã có tài khoản dùng tên hoặc địa chỉ {name}.", "Another account has the name or address {name}."
    )
    cure = Text("Chọn tên khác.", "Choose another.")


class NoSuchAccount(PeopleError):
    code = "PPL008"
    status = 404
    says = Text("Không có tài khoản {name}.", "There is no account {name}.")
    cure = Text("Xem các tài khoản bằng: tinh account list", "See the accounts with: tinh account list")


class RightsUnreadable(PeopleError):
    code = "PPL020"
    status = 500
    says = Text("Bảng quyền {file} có lỗi: {faults_vi}", "The table of rights {file} is wrong: {faults_en}")
    cure = Text(
        "Sửa các dòng đã nêu rồi khởi động lại; hệ thống không chạy khi bảng quyền có lỗi.",
        "Mend the lines named and start again; nothing runs on a table that is wrong.",
    )


class DelegationRefused(PeopleError):
    code = "PPL021"
    status = 422
    says = Text("Không ủy quyền được: {reason_vi}.", "The post cannot be handed on: {reason_en}.")
    cure = Text(
        "Chọn chức trách của chính bạn, người nhận, thời hạn và nêu lý do.",
        "Choose a post of your own, somebody else, a time, and give a reason.",
    )


class NoSuchPost(PeopleError):
    code = "PPL022"
    status = 404
    says = Text(
        "Không có chức trách số {post} nào mà bạn được kết thúc.", "There is no post {post} you may end."
    )
    cure = Text(
        "Nhờ người đã giao hoặc quản trị viên kết thúc.", "Ask who gave it, or an administrator, to end it."
    )


class KeyTooWide(PeopleError):
    code = "PPL023"
    status = 422
    says = Text(
        "Khóa “{key}” chưa nêu việc được làm, hoặc nêu việc chủ khóa không được làm: {odd}.",
        'The key "{key}" names no action, or one that its owner may not do: {odd}.',
    )
    cure = Text(
        "Nêu từng việc trong số những việc vai trò của chủ khóa được làm (trang Bảng quyền).",
        "Name the actions one by one, out of those its owner's role may do (page Rights).",
    )


class ShiftTaken(PeopleError):
    code = "PPL024"
    status = 409
    says = Text(
        "{who} đã nhận ca từ lúc trang này được mở.", "{who} has taken the shift since this page was opened."
    )
    cure = Text("Tải lại trang rồi xem ai đang trực.", "Reload the page and see who is on duty.")


class ShiftRefused(PeopleError):
    code = "PPL025"
    status = 422
    says = Text("Không giao nhận ca được: {reason_vi}.", "The shift cannot change hands: {reason_en}.")
    cure = Text("Sửa rồi gửi lại.", "Mend it and send it again.")
