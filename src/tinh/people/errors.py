"""Who may not, and why.

PeopleError
├─ SignInNeeded    PPL001  nobody is signed in
├─ NotAllowed      PPL002  signed in, but the role or the agency does not allow it
├─ TokenRefused    PPL003  the bearer token is unknown, expired or revoked
├─ WrongPassword   PPL004  the name or the password is wrong
├─ TooManyAttempts PPL005  too many wrong passwords from one address
├─ WeakPassword    PPL006  a new password that is easy to guess
├─ NameTaken       PPL007  another account has the name or address
└─ NoSuchAccount   PPL008  nobody has this name or address
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
        "Tài khoản {who} không có quyền “{action}” đối với {subject}.", "{who} may not “{action}” {subject}."
    )
    cure = Text("Nhờ quản trị viên cấp quyền phù hợp.", "Ask an administrator for the right.")


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
    says = Text("Mật khẩu chưa đủ mạnh: {reason}", "The password is too weak: {reason}")
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
