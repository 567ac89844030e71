"""What stands between a person and a session.

PeopleError
├─ SecondFactorNeeded PPL050  the password was right; a passkey or a code is still to come
├─ WrongCode          PPL051  a one-time or recovery code that does not open
├─ SignInLost         PPL052  the beginning of this sign-in is gone
├─ LastFactor         PPL053  the last second factor of somebody who must have one
├─ ProofNeeded        PPL054  a sensitive change asks for the password or passkey again
├─ PasskeyRefused     PPL055  the browser's answer does not fit what was asked
├─ LinkSpent          PPL056  a one-time link that is unknown, used or out of time
├─ SecondFactorOwed   PPL057  this role must set up a second factor first
├─ NoSuchProvider     PPL058  no OpenID provider of that name is declared
├─ ProviderSilent     PPL059  the OpenID provider does not answer as it should
├─ ProviderDeclined   PPL060  the OpenID provider sent the person back with an error
├─ TokenNotTrusted    PPL061  a token of the provider does not verify
├─ NoRightGiven       PPL062  known there, without a right here
├─ AddressTaken       PPL063  the address belongs to an account here that is not linked
├─ AlreadyLinked      PPL064  that outside account is linked to somebody else
├─ NotAService        PPL065  a person's account where a service account is needed
├─ ScopeUnknown       PPL066  a key asks for what it cannot have
├─ NoSuchKey          PPL067  a key that is not there, or not theirs
├─ LifetimeRefused    PPL068  a key that would live too long or not at all
└─ AddressUnreadable  PPL069  no e-mail address
"""

from __future__ import annotations

from tinh.kit.errors import Text
from tinh.people.errors import PeopleError


class SecondFactorNeeded(PeopleError):
    code = "PPL050"
    status = 401
    says = Text(
        "Mật khẩu đúng; cần thêm bước xác thực thứ hai.", "The password is right; a second step follows."
    )
    cure = Text(
        "Dùng khóa truy cập (passkey), mã từ ứng dụng xác thực hoặc mã dự phòng.",
        "Use a passkey, a code of your authenticator app, or a recovery code.",
    )


class WrongCode(PeopleError):
    code = "PPL051"
    status = 401
    says = Text("Mã không đúng, đã hết hạn hoặc đã dùng rồi.", "The code is wrong, too old, or already used.")
    cure = Text(
        "Chờ mã mới trong ứng dụng rồi nhập lại; kiểm tra giờ của điện thoại.",
        "Wait for the app's next code and enter it; check that the phone's clock is right.",
    )


class SignInLost(PeopleError):
    code = "PPL052"
    status = 400
    says = Text(
        "Lượt đăng nhập này đã hết hạn hoặc mở ở nơi khác.", "This sign-in has expired or began elsewhere."
    )
    cure = Text("Đăng nhập lại từ đầu.", "Sign in again from the start.")


class LastFactor(PeopleError):
    code = "PPL053"
    status = 409
    says = Text(
        "Vai trò của bạn bắt buộc có bước xác thực thứ hai, nên không bỏ được cách cuối cùng.",
        "Your role must have a second factor, so the last one cannot be removed.",
    )
    cure = Text("Thêm một cách khác trước, rồi bỏ cách này.", "Add another one first, then remove this one.")


class ProofNeeded(PeopleError):
    code = "PPL054"
    says = Text("Việc này cần xác nhận lại chính bạn.", "This asks you to prove once more that it is you.")
    cure = Text("Nhập lại mật khẩu hoặc dùng khóa truy cập.", "Enter your password again, or use a passkey.")


class PasskeyRefused(PeopleError):
    code = "PPL055"
    status = 400
    says = Text("Khóa truy cập không được chấp nhận.", "The passkey was not accepted.")
    cure = Text(
        "Thử lại bằng đúng thiết bị đã đăng ký, hoặc dùng cách khác.",
        "Try again with the device you registered, or use another way.",
    )


class LinkSpent(PeopleError):
    code = "PPL056"
    status = 404
    says = Text("Liên kết không đúng, đã dùng hoặc đã hết hạn.", "The link is unknown, used, or out of time.")
    cure = Text("Xin quản trị viên liên kết mới.", "Ask an administrator for a new one.")


class SecondFactorOwed(PeopleError):
    code = "PPL057"
    says = Text(
        "Vai trò của bạn phải có bước xác thực thứ hai trước khi làm việc tiếp.",
        "Your role must set up a second factor before going on.",
    )
    cure = Text("Mở trang /tai-khoan/ và thêm một cách xác thực.", "Open /tai-khoan/ and add one.")


class NoSuchProvider(PeopleError):
    code = "PPL058"
    status = 404
    says = Text("Không có nơi đăng nhập nào tên {name}.", "No sign-in provider is called {name}.")
    cure = Text("Đăng nhập bằng mật khẩu hoặc khóa truy cập.", "Sign in with a password or a passkey.")


class ProviderSilent(PeopleError):
    code = "PPL059"
    status = 502
    retry = True
    says = Text("{name} không trả lời đúng cách: {reason}", "{name} does not answer as it should: {reason}")
    cure = Text(
        "Thử lại sau ít phút; nếu vẫn vậy, báo quản trị viên.",
        "Try again in a few minutes; if it stays, tell an administrator.",
    )


class ProviderDeclined(PeopleError):
    code = "PPL060"
    status = 400
    says = Text("{name} không cho đăng nhập: {reason}", "{name} did not let you in: {reason}")
    cure = Text("Thử lại, hoặc đăng nhập bằng cách khác.", "Try again, or sign in another way.")


class TokenNotTrusted(PeopleError):
    code = "PPL061"
    status = 401
    says = Text(
        "Giấy xác nhận của {name} không đáng tin: {reason}",
        "What {name} vouches with does not verify: {reason}",
    )
    cure = Text("Không thử lại; báo quản trị viên.", "Do not try again; tell an administrator.")


class NoRightGiven(PeopleError):
    code = "PPL062"
    says = Text(
        "{name} xác nhận bạn là {who}, nhưng bạn chưa được cấp quyền nào ở đây.",
        "{name} confirms that you are {who}, but you have no right here yet.",
    )
    cure = Text("Nhờ quản trị viên cấp quyền.", "Ask an administrator for one.")


class AddressTaken(PeopleError):
    code = "PPL063"
    status = 409
    says = Text(
        "Địa chỉ {email} đã thuộc một tài khoản ở đây chưa liên kết với {name}.",
        "The address {email} belongs to an account here that is not linked with {name}.",
    )
    cure = Text(
        "Đăng nhập bằng mật khẩu, rồi liên kết ở trang Tài khoản của tôi.",
        "Sign in with your password, then link it on the page My account.",
    )


class AlreadyLinked(PeopleError):
    code = "PPL064"
    status = 409
    says = Text(
        "Danh tính này ở {name} đã liên kết với một tài khoản khác.",
        "That identity at {name} is linked with another account.",
    )
    cure = Text("Bỏ liên kết ở tài khoản kia trước.", "Remove the link there first.")


class NotAService(PeopleError):
    code = "PPL065"
    status = 422
    says = Text("{name} không phải tài khoản dịch vụ.", "{name} is not a service account.")
    cure = Text("Chọn một tài khoản dịch vụ.", "Choose a service account.")


class ScopeUnknown(PeopleError):
    code = "PPL066"
    status = 422
    says = Text("Khóa không thể có phạm vi {scope}.", "A key cannot have the scope {scope}.")
    cure = Text("Chọn trong danh sách việc và bộ dữ liệu.", "Choose among the listed actions and datasets.")


class NoSuchKey(PeopleError):
    code = "PPL067"
    status = 404
    says = Text("Không có khóa này.", "There is no such key.")
    cure = Text("Xem các khóa ở trang /tai-khoan/khoa/.", "See the keys at /tai-khoan/khoa/.")


class LifetimeRefused(PeopleError):
    code = "PPL068"
    status = 422
    says = Text(
        "Khóa phải sống từ 1 đến {most} ngày, không phải {days}.",
        "A key lives between 1 and {most} days, not {days}.",
    )
    cure = Text("Chọn thời hạn ngắn hơn rồi xoay khóa khi gần hết.", "Choose a shorter life and rotate.")


class AddressUnreadable(PeopleError):
    code = "PPL069"
    status = 422
    says = Text("“{email}” không phải địa chỉ thư điện tử.", "“{email}” is no e-mail address.")
    cure = Text("Viết dạng ten@co-quan.gov.vn.", "Write it like name@agency.gov.vn.")
