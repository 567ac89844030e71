"""What the REST door refuses by itself; everything else keeps the code of its own room.

RestError
├─ NothingThere        RST001  no such dataset, receipt, indicator, place …
├─ BadParameter        RST002  a query parameter cannot be read
├─ NothingSent         RST003  a delivery without a byte
├─ TooLarge            RST004  a delivery beyond the limit
├─ TypeNotRead         RST005  a Content-Type no reader takes
├─ KeyReused           RST006  an Idempotency-Key already stands for other bytes
├─ NoSuchFormat        RST007  Accept names nothing we can write
├─ BadCursor           RST008  a cursor that is not ours
├─ FormExpired         RST009  a session write without its CSRF token
├─ BadUpload           RST010  a multipart body that cannot be read
├─ OneFile             RST030  an answer of several files
├─ BadUnits            RST070  units that are neither `then`, `today` nor a day
└─ NoSuchAgency        RST040  a filter by an agency the province does not have
└─ NotUtf8             RST060  a YAML body that is not UTF-8 text
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class RestError(TinhError):
    code = "RST000"


class NothingThere(RestError):
    code = "RST001"
    status = 404
    says = Text("Không có {what_vi} “{id}”.", "There is no {what_en} “{id}”.")
    cure = Text("Xem danh sách tại {list}.", "See the list at {list}.")


class BadParameter(RestError):
    code = "RST002"
    status = 422
    says = Text("Tham số {name} không đọc được: “{value}”.", "Parameter {name} cannot be read: “{value}”.")
    cure = Text("Viết dưới dạng {expected}.", "Write it as {expected}.")


class NothingSent(RestError):
    code = "RST003"
    status = 422
    says = Text(
        "Không nhận được dữ liệu: nội dung gửi lên trống.", "Nothing was received: the body is empty."
    )
    cure = Text("Gửi tệp trong thân yêu cầu.", "Send the file as the body of the request.")


class TooLarge(RestError):
    code = "RST004"
    status = 413
    says = Text(
        "Nội dung gửi lên vượt quá giới hạn {limit}.", "The body is larger than the limit of {limit}."
    )
    cure = Text(
        "Chia nhỏ thành nhiều lần gửi, dùng Parquet để giảm dung lượng, hoặc nạp bằng lệnh tinh load.",
        "Send it in parts, use Parquet to make it smaller, or load it with `tinh load`.",
    )


class TypeNotRead(RestError):
    code = "RST005"
    status = 415
    says = Text("Không đọc được nội dung kiểu “{type}”.", "Content of type “{type}” cannot be read.")
    cure = Text("Dùng một trong các kiểu: {known}.", "Use one of: {known}.")


class KeyReused(RestError):
    code = "RST006"
    status = 422
    says = Text(
        "Idempotency-Key “{key}” đã dùng cho nội dung khác (biên nhận {receipt}).",
        "Idempotency-Key “{key}” already stands for other content (receipt {receipt}).",
    )
    cure = Text("Tạo khoá mới cho mỗi lần gửi khác nhau.", "Make a new key for each different delivery.")


class NoSuchFormat(RestError):
    code = "RST007"
    status = 406
    says = Text("Không có định dạng “{accept}”.", "“{accept}” is not available.")
    cure = Text("Chọn một trong: {known}.", "Choose one of: {known}.")


class BadCursor(RestError):
    code = "RST008"
    status = 422
    says = Text("Con trỏ trang không hợp lệ.", "The cursor is not valid.")
    cure = Text(
        "Bắt đầu lại từ trang đầu và chỉ dùng liên kết “next” máy chủ trả về.",
        "Start at the first page and follow only the “next” links the server gives.",
    )


class FormExpired(RestError):
    code = "RST009"
    status = 403
    says = Text(
        "Phiên đăng nhập gửi dữ liệu mà không kèm mã chống giả mạo.",
        "A signed-in session sent data without its anti-forgery token.",
    )
    cure = Text(
        "Tải lại trang rồi gửi lại; chương trình nên dùng mã truy cập.",
        "Reload the page and send again; programs should use a token.",
    )


class BadUpload(RestError):
    code = "RST010"
    says = Text("Không đọc được biểu mẫu nhiều phần: {reason}", "The multipart body cannot be read: {reason}")
    cure = Text("Gửi tệp trong phần tên “file”.", "Send the file in a part called “file”.")


class BadUnits(RestError):
    code = "RST070"
    status = 422
    says = Text(
        "“{value}” không cho biết muốn xem theo đơn vị hành chính của ngày nào.",
        "“{value}” does not say on the units of which day the values are wanted.",
    )
    cure = Text(
        "Viết units=today, units=then (như báo cáo) hoặc một ngày như units=2025-06-30.",
        "Write units=today, units=then (as reported) or a day such as units=2025-06-30.",
    )


class NoSuchAgency(RestError):
    code = "RST040"
    status = 422
    says = Text("Tỉnh này không có cơ quan “{agency}”.", "This province has no agency “{agency}”.")
    cure = Text("Chọn một trong: {known}.", "Choose one of: {known}.")


class OneFile(RestError):
    code = "RST030"
    status = 422
    says = Text("Một lần sửa chỉ gồm một tệp; đã nhận {count}.", "An answer is one file; {count} came.")
    cure = Text("Gửi từng tệp một.", "Send them one by one.")


class NotUtf8(RestError):
    code = "RST060"
    status = 422
    says = Text("Nội dung gửi lên không phải văn bản UTF-8.", "The body is not UTF-8 text.")
    cure = Text(
        "Lưu tệp YAML với bảng mã UTF-8 rồi gửi lại.", "Save the YAML file as UTF-8 and send it again."
    )
