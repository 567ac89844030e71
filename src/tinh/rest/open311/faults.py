"""What the Open311 door refuses. The words go into GeoReport's list of errors, the status beside them.

Open311Fault
├─ KeyMissing           RST601  403: a write without api_key
├─ KeyInvalid           RST602  403: an api_key nobody has, or one that may not
├─ ArgumentMissing      RST603  400: an argument that must be sent
├─ BadArgument          RST604  400: an argument that cannot be read
├─ RangeTooLong         RST605  400: more than 90 days asked for at once
├─ UnknownJurisdiction  RST606  404
├─ UnknownService       RST607  404: no such service_code
├─ UnknownRequest       RST608  404: no such service_request_id
├─ UnknownToken         RST609  404
├─ UnknownAttribute     RST610  400: an attribute the service does not have
├─ BadValue             RST611  400: a value the attribute does not have
├─ NoSuchResource       RST612  404: an address this API does not have
├─ UnfitMedia           RST613  400: a file or address that is no photo
├─ UnreadableBody       RST614  400: a body that cannot be read as what it says it is
└─ UnknownAddress       RST615  400: an address_id that is no commune of the province, and nothing else
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tinh.kit.errors import Text, TinhError

T = TypeVar("T")


class Open311Fault(TinhError):
    code = "RST600"


class KeyMissing(Open311Fault):
    code = "RST601"
    status = 403
    says = Text("Thiếu api_key.", "Missing api_key.")
    cure = Text("Gửi kèm khóa do tỉnh cấp.", "Send the key that the province gave you.")


class KeyInvalid(Open311Fault):
    code = "RST602"
    status = 403
    says = Text("api_key không hợp lệ hoặc không được phép.", "Invalid api_key, or one that may not do this.")
    cure = Text("Kiểm tra khóa và hạn của khóa.", "Check the key and until when it is valid.")


class ArgumentMissing(Open311Fault):
    code = "RST603"
    says = Text("Thiếu {name}.", "{name} was not provided.")
    cure = Text("Gửi thêm {name}.", "Send {name} too.")


class BadArgument(Open311Fault):
    code = "RST604"
    says = Text("{name} không đọc được: “{value}”.", "{name} cannot be read: “{value}”.")
    cure = Text("Viết dưới dạng {expected}.", "Write it as {expected}.")


class RangeTooLong(Open311Fault):
    code = "RST605"
    says = Text(
        "Khoảng thời gian {days} ngày dài hơn 90 ngày.", "A range of {days} days is longer than 90 days."
    )
    cure = Text("Hỏi từng khoảng không quá 90 ngày.", "Ask for ranges of at most 90 days.")


class UnknownJurisdiction(Open311Fault):
    code = "RST606"
    status = 404
    says = Text("Không có jurisdiction_id “{id}”.", "jurisdiction_id “{id}” was not found.")
    cure = Text("Bỏ tham số này hoặc dùng “{known}”.", "Leave it out, or use “{known}”.")


class UnknownService(Open311Fault):
    code = "RST607"
    status = 404
    says = Text("Không có service_code “{id}”.", "service_code “{id}” was not found.")
    cure = Text("Xem danh sách tại /services.", "See the list at /services.")


class UnknownRequest(Open311Fault):
    code = "RST608"
    status = 404
    says = Text("Không có service_request_id “{id}”.", "service_request_id “{id}” was not found.")
    cure = Text("Kiểm tra lại mã.", "Check the id.")


class UnknownToken(Open311Fault):
    code = "RST609"
    status = 404
    says = Text("Không có token “{id}”.", "token “{id}” was not found.")
    cure = Text("Dùng token nhận được khi gửi phản ánh.", "Use the token that the request was answered with.")


class UnknownAttribute(Open311Fault):
    code = "RST610"
    says = Text("“{service}” không có thuộc tính “{name}”.", "“{service}” has no attribute “{name}”.")
    cure = Text("Xem định nghĩa tại /services/{service}.", "See its definition at /services/{service}.")


class BadValue(Open311Fault):
    code = "RST611"
    says = Text("attribute[{name}] không nhận “{value}”.", "attribute[{name}] does not take “{value}”.")
    cure = Text("Dùng: {expected}.", "Use: {expected}.")


class NoSuchResource(Open311Fault):
    code = "RST612"
    status = 404
    says = Text("Không có địa chỉ này.", "There is no such resource.")
    cure = Text("Xem {discovery}.", "See {discovery}.")


class UnfitMedia(Open311Fault):
    code = "RST613"
    says = Text("Không nhận được ảnh: {why_vi}.", "The photo cannot be taken: {why_en}.")
    cure = Text("Gửi JPEG, PNG, WebP hoặc HEIC.", "Send JPEG, PNG, WebP or HEIC.")


class UnreadableBody(Open311Fault):
    code = "RST614"
    says = Text("Không đọc được nội dung gửi lên: {what}.", "The body cannot be read: {what}.")
    cure = Text(
        "Gửi application/x-www-form-urlencoded hoặc multipart/form-data bằng UTF-8.",
        "Send application/x-www-form-urlencoded or multipart/form-data in UTF-8.",
    )


class UnknownAddress(Open311Fault):
    code = "RST615"
    says = Text("Không có address_id “{id}”.", "address_id “{id}” was not found.")
    cure = Text(
        "Gửi mã xã, phường của tỉnh, hoặc lat với long, hoặc address_string.",
        "Send the code of a commune of the province, or lat with long, or address_string.",
    )


class Gathered:
    """Reads one thing after another and keeps what is wrong, so that all of it is told at once."""

    def __init__(self) -> None:
        self.faults: list[Open311Fault] = []

    def read(self, reading: Callable[[], T]) -> T | None:
        try:
            return reading()
        except Open311Fault as fault:
            self.faults.append(fault)
            return None

    def judge(self) -> None:
        """Raises the fault, or an ExceptionGroup of several."""
        if len(self.faults) == 1:
            raise self.faults[0]
        if self.faults:
            raise ExceptionGroup("Open311", self.faults)
