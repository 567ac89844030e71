"""Why events are not sent out, and what is refused whoever subscribes others.

TellingError (an AxisError)
├─ SubscriptionFaulty    AXS080  a subscription that contradicts itself
├─ NoSuchSubscription    AXS081  none of this id
├─ SubscriptionDeclared  AXS082  declared in a pack or the province, so not changed here
├─ SubscriptionTaken     AXS083  another agency's stands under the id
├─ NoSuchTelling         AXS084  no event of this number
├─ NotGreeted            AXS085  the receiver did not allow us to send (handshake)
├─ ReceiverGone          AXS086  the receiver says 410: nothing more is sent
├─ ReceiverRefuses       AXS087  the receiver refuses this event for good
├─ ReceiverFails         AXS088  the receiver fails or is not reached; tried again
└─ SecretUnset           AXS089  the secret that signs or opens is not set
"""

from __future__ import annotations

from tinh.axis.errors import AxisError
from tinh.kit.errors import Text


class TellingError(AxisError):
    status = 422


class SubscriptionFaulty(TellingError):
    code = "AXS080"
    says = Text("Đăng ký chưa dùng được: {reason_vi}", "The subscription cannot stand: {reason_en}")
    cure = Text("Sửa rồi lưu lại.", "Mend it and keep it again.")


class NoSuchSubscription(TellingError):
    code = "AXS081"
    status = 404
    says = Text("Không có đăng ký sự kiện “{id}”.", "There is no subscription “{id}”.")
    cure = Text("Xem danh sách ở /truc/su-kien/.", "See the list at /truc/su-kien/.")


class SubscriptionDeclared(TellingError):
    code = "AXS082"
    status = 409
    says = Text(
        "Đăng ký “{id}” được khai trong gói hoặc thư mục tỉnh.",
        "The subscription “{id}” is declared in a pack or the province.",
    )
    cure = Text("Sửa tệp subscriptions/ rồi áp dụng.", "Change its file in subscriptions/ and apply.")


class SubscriptionTaken(TellingError):
    code = "AXS083"
    status = 409
    says = Text("Mã “{id}” đã thuộc về cơ quan khác.", "The id “{id}” belongs to another agency.")
    cure = Text("Chọn mã khác.", "Choose another id.")


class NoSuchTelling(TellingError):
    code = "AXS084"
    status = 404
    says = Text("Không có sự kiện số {number}.", "There is no event of number {number}.")
    cure = Text("Xem lại danh sách của đăng ký.", "See the subscription's list.")


class NotGreeted(TellingError):
    code = "AXS085"
    status = 502
    says = Text(
        "Bên nhận {host} chưa cho phép gửi: {why_vi}.",
        "The receiver {host} has not allowed us to send: {why_en}.",
    )
    cure = Text(
        "Bên nhận phải trả lời OPTIONS có WebHook-Request-Origin: {origin} bằng "
        "WebHook-Allowed-Origin: {origin} (hoặc *).",
        "The receiver must answer OPTIONS with WebHook-Request-Origin: {origin} by "
        "WebHook-Allowed-Origin: {origin} (or *).",
    )


class ReceiverGone(TellingError):
    code = "AXS086"
    status = 502
    says = Text(
        "Bên nhận {host} trả 410: không nhận sự kiện nữa.", "The receiver {host} says 410: no more events."
    )
    cure = Text(
        "Hỏi cơ quan nhận; khi họ nhận lại thì bấm Tiếp tục.",
        "Ask the receiving agency; once it takes events again, resume.",
    )


class ReceiverRefuses(TellingError):
    code = "AXS087"
    status = 502
    says = Text(
        "Bên nhận {host} từ chối sự kiện: HTTP {code}", "The receiver {host} refuses the event: HTTP {code}"
    )
    cure = Text(
        "Hỏi cơ quan nhận vì sao, rồi gửi lại từ trang của đăng ký.",
        "Ask the receiving agency why, then send it again from the subscription's page.",
    )


class ReceiverFails(TellingError):
    code = "AXS088"
    status = 502
    retry = True
    says = Text("Chưa gửi được tới {host}: {why_vi}", "{host} could not be told: {why_en}")
    cure = Text(
        "Hệ thống tự gửi lại; nếu kéo dài, báo cơ quan nhận.",
        "It is tried again; if it lasts, tell its owner.",
    )


class SecretUnset(TellingError):
    code = "AXS089"
    status = 409
    says = Text("Bí mật “{name}” chưa được đặt.", "The secret “{name}” is not set.")
    cure = Text("Đặt bằng tinh secret set {name}.", "Set it with tinh secret set {name}.")
