"""Why a broker or a mailbox could not be used, or what it held was not taken.

ConnectorError   the family
  brokers        SRC140 BrokerRefused · SRC141 TopicRefused · SRC142 MessageUnreadable
  mailboxes      SRC145 NoSuchFolder · SRC146 SenderUnknown · SRC147 SenderUnproven
                 SRC148 AttachmentRefused · SRC149 MailboxRefused · SRC150 MailUnreadable
"""

from __future__ import annotations

from tinh.kit.errors import Text
from tinh.sources.connector_errors import ConnectorError


class BrokerRefused(ConnectorError):
    code = "SRC140"
    retry = True
    says = Text("Máy chủ “{host}” không nhận kết nối MQTT: {reason}", "“{host}” refuses MQTT: {reason}")
    cure = Text(
        "Máy chủ phải nói MQTT 5; kiểm tra cổng, mã client và giới hạn của tài khoản với chủ nguồn.",
        "The broker must speak MQTT 5; check port, client id and the account's limits with its owner.",
    )


class TopicRefused(ConnectorError):
    code = "SRC141"
    says = Text(
        "Không được đăng ký chủ đề “{topic}”: {reason}", "The topic “{topic}” may not be read: {reason}"
    )
    cure = Text(
        "Nhờ chủ nguồn cho tài khoản quyền đọc chủ đề này với QoS 1.",
        "Ask the broker's owner to let the account read it with QoS 1.",
    )


class MessageUnreadable(ConnectorError):
    code = "SRC142"
    status = 422
    says = Text(
        "{count} bản tin không đọc được, bản đầu ở “{topic}”: {why_vi}.",
        "{count} messages cannot be read, the first at “{topic}”: {why_en}.",
    )
    cure = Text(
        "Bản tin được giữ nguyên trong biên nhận bị từ chối; thiết bị phải gửi JSON: bản ghi hay danh sách.",
        "They are kept in a refused receipt; the device must send JSON, an object or a list of them.",
    )


class NoSuchFolder(ConnectorError):
    code = "SRC145"
    says = Text(
        "Hộp thư không có thư mục “{folder}”: {reason}", "The mailbox has no folder “{folder}”: {reason}"
    )
    cure = Text("Chọn một trong: {known}.", "Choose one of: {known}.")


class SenderUnknown(ConnectorError):
    code = "SRC146"
    status = 422
    says = Text(
        "Thư của “{sender}” ({subject}) không được nhận: địa chỉ không có trong danh sách.",
        "The mail of “{sender}” ({subject}) is not taken: the address is not on the list.",
    )
    cure = Text(
        "Nếu đúng là cán bộ của cơ quan, thêm địa chỉ vào senders rồi đánh dấu thư chưa đọc và gửi lại.",
        "If it is an officer's, add the address to senders and have the mail sent again.",
    )


class SenderUnproven(ConnectorError):
    code = "SRC147"
    status = 422
    says = Text(
        "Thư mang tên “{sender}” ({subject}) không được nhận: máy chủ thư không xác nhận nơi gửi.",
        "The mail under the name “{sender}” ({subject}) is not taken: the mail server does not vouch for it.",
    )
    cure = Text(
        "Có thể là thư giả mạo: gọi hỏi người gửi. Nếu thật, nhờ quản trị thư của họ bật DKIM.",
        "It may be forged: ask the sender by telephone. If it is real, their mail server must sign (DKIM).",
    )


class AttachmentRefused(ConnectorError):
    code = "SRC148"
    status = 422
    says = Text(
        "Không nhận tệp đính kèm “{filename}” của “{sender}”: {why_vi}.",
        "The attachment “{filename}” of “{sender}” is not taken: {why_en}.",
    )
    cure = Text(
        "Nhờ người gửi gửi lại đúng tệp, không mật khẩu, không nén nhiều lớp.",
        "Ask the sender for the file itself, without a password and not archived.",
    )


class MailboxRefused(ConnectorError):
    code = "SRC149"
    retry = True
    says = Text("Hộp thư trên “{host}” không làm được: {reason}", "The mailbox on “{host}” fails: {reason}")
    cure = Text(
        "Hệ thống sẽ tự thử lại. Nếu kéo dài, báo người quản trị thư.",
        "It is retried. If it lasts, tell who runs the mail server.",
    )


class MailUnreadable(ConnectorError):
    code = "SRC150"
    status = 422
    says = Text("Thư số {uid} không đọc được: {why_vi}.", "The mail number {uid} cannot be read: {why_en}.")
    cure = Text("Mở thư trong hộp thư và nhờ gửi lại.", "Open it in the mailbox and ask for it again.")
