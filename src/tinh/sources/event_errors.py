"""Why events were not taken.

EventError       the family (a FeedError)
  the event      SRC155 EventMalformed · SRC156 AttributeMissing · SRC157 AttributeWrong
                 SRC158 DataUnreadable · SRC159 EventUnwanted
  the request    SRC160 TooManyEvents · SRC161 EventTypeNotRead
  on our side    SRC162 TooManyWaiting · SRC163 JournalFails
  who sends      SRC164 SignatureWrong · SRC165 SignatureOld · SRC166 OriginRefused
"""

from __future__ import annotations

from tinh.kit.errors import Text
from tinh.sources.feeds.errors import FeedError

_SEND_AGAIN = Text(
    "Không sự kiện nào của lần gửi này được nhận; sửa rồi gửi lại cả lần.",
    "No event of this request was taken; mend it and send the whole again.",
)


class EventError(FeedError):
    status = 400


class EventMalformed(EventError):
    code = "SRC155"
    says = Text("{where_vi} không đọc được: {why_vi}.", "{where_en} cannot be read: {why_en}.")
    cure = _SEND_AGAIN


class AttributeMissing(EventError):
    code = "SRC156"
    says = Text(
        "{where_vi} thiếu thuộc tính bắt buộc: {names}.", "{where_en} lacks required attributes: {names}."
    )
    cure = Text(
        "CloudEvents 1.0 cần id, source, specversion và type, đều không rỗng.",
        "CloudEvents 1.0 needs id, source, specversion and type, none of them empty.",
    )


class AttributeWrong(EventError):
    code = "SRC157"
    says = Text(
        "{where_vi} có thuộc tính {name} = “{value}”: {why_vi}.",
        "{where_en} has the attribute {name} = “{value}”: {why_en}.",
    )
    cure = _SEND_AGAIN


class DataUnreadable(EventError):
    code = "SRC158"
    status = 422
    says = Text(
        "Không lấy được bản ghi từ data của {where_vi}: {why_vi}.",
        "No record can be taken from data of {where_en}: {why_en}.",
    )
    cure = Text(
        "data phải là một bản ghi JSON hay danh sách bản ghi, ở chỗ nguồn đã khai (records).",
        "data must be a JSON object or a list of them, where the source declares it (records).",
    )


class EventUnwanted(EventError):
    code = "SRC159"
    status = 422
    says = Text(
        "{where_vi} (type “{type}”, source “{source}”) không thuộc loại nguồn này nhận.",
        "{where_en} (type “{type}”, source “{source}”) is none that this source takes.",
    )
    cure = Text(
        "Gửi đúng loại, hoặc nhờ chủ nguồn thêm vào types hay sources.",
        "Send another kind, or have it added to the source's types or sources.",
    )


class TooManyEvents(EventError):
    code = "SRC160"
    status = 413
    says = Text("Lần gửi vượt giới hạn {limit}.", "The request is beyond the limit of {limit}.")
    cure = Text("Chia thành nhiều lần gửi.", "Send it in parts.")


class EventTypeNotRead(EventError):
    code = "SRC161"
    status = 415
    says = Text("Không đọc được sự kiện kiểu “{type}”.", "Events of type “{type}” cannot be read.")
    cure = Text(
        "Dùng application/cloudevents+json, application/cloudevents-batch+json, hoặc các header ce-* với "
        "thân JSON; bảng mã UTF-8, không nén.",
        "Use application/cloudevents+json, application/cloudevents-batch+json, or ce-* headers with a JSON "
        "body; UTF-8, not compressed.",
    )


class TooManyWaiting(EventError):
    code = "SRC162"
    status = 503
    retry = True
    says = Text(
        "Nguồn “{feed}” còn {count} sự kiện chờ xử lý.",
        "The source “{feed}” still has {count} events waiting.",
    )
    cure = Text("Gửi lại sau ít phút.", "Send it again in a few minutes.")


class JournalFails(EventError):
    code = "SRC163"
    status = 503
    retry = True
    says = Text(
        "Chưa ghi được sự kiện xuống đĩa: {reason}", "The events could not be written to disk: {reason}"
    )
    cure = Text(
        "Gửi lại sau ít phút; nếu kéo dài, báo người quản trị máy chủ.",
        "Send it again in a few minutes; if it lasts, tell who runs the server.",
    )


class SignatureWrong(EventError):
    code = "SRC164"
    status = 401
    says = Text("Chữ ký của lần gửi không đúng.", "The request's signature is not right.")
    cure = Text(
        "Ký HMAC-SHA256 bằng bí mật của nguồn trên thời điểm và nguyên thân; xem docs/guide/ket-noi.md.",
        "Sign time and body with HMAC-SHA256 and the source's secret; see docs/guide/ket-noi.md.",
    )


class SignatureOld(EventError):
    code = "SRC165"
    status = 401
    says = Text(
        "Chữ ký được lập cách đồng hồ máy chủ {seconds} giây.",
        "The signature was made {seconds} seconds away from the server's clock.",
    )
    cure = Text(
        "Chỉnh đồng hồ máy gửi và ký lại; chữ ký chỉ có giá trị trong 5 phút.",
        "Set the sender's clock and sign again; a signature holds for 5 minutes.",
    )


class OriginRefused(EventError):
    code = "SRC166"
    status = 403
    says = Text(
        "“{origin}” không được phép gửi sự kiện tới đây.", "“{origin}” may not send events to this address."
    )
    cure = Text("Nhờ chủ nguồn thêm tên máy vào origins.", "Have the host added to the source's origins.")
