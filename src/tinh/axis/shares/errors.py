"""What a service refuses whoever calls it, and what the desk of services refuses its officers.

ShareError            `fault` is its type on the wire, in the manner of X-Road
  asked            AXS040 NoSuchShare · AXS041 QueryWrong · AXS042 NoSuchRow · AXS043 FormatRefused
                   AXS044 CursorRefused · AXS045 NotOffered · AXS046 PlaceUnknown · AXS047 QuotaSpent
                   AXS048 MethodRefused · AXS049 PastRefused · AXS054 ColumnRefused · AXS055 NoSuchPath
  behind a proxy   AXS050 RequestUnfit · AXS051 AnswerUnfit · AXS052 BreakerOpen · AXS053 TooLarge
  at the desk      AXS060 ShareFaulty · AXS061 ShareDeclared · AXS062 DemandTwice · AXS063 NoDemand
                   AXS064 NoSubsystem · AXS065 ReasonMissing · AXS066 ShareTaken
"""

from __future__ import annotations

from typing import ClassVar

from tinh.axis.errors import AxisError
from tinh.kit.errors import Text


class ShareError(AxisError):
    code = "AXS100"
    status = 400
    fault: ClassVar[str] = "Client.BadRequest"


class NoSuchShare(ShareError):
    code = "AXS040"
    status = 404
    fault = "Server.ServerProxy.UnknownService"
    says = Text("Không có dịch vụ “{id}”.", "There is no service “{id}”.")
    cure = Text("Xem danh mục tại /dich-vu/.", "See the catalogue at /dich-vu/.")


class QueryWrong(ShareError):
    code = "AXS041"
    says = Text("Tham số “{name}” không dùng được: {why_vi}.", "Parameter “{name}” cannot be used: {why_en}.")
    cure = Text("Xem mô tả của dịch vụ (getOpenAPI).", "See the service's description (getOpenAPI).")


class NoSuchRow(ShareError):
    code = "AXS042"
    status = 404
    fault = "Client.NotFound"
    says = Text("Không có dòng “{key}”.", "There is no row “{key}”.")
    cure = Text("Tìm khóa (_id) trong danh sách.", "Find its key (_id) in the collection.")


class FormatRefused(ShareError):
    code = "AXS043"
    status = 406
    fault = "Client.NotAcceptable"
    says = Text("Dịch vụ không trả lời theo dạng “{asked}”.", "The service does not answer in “{asked}”.")
    cure = Text("Chọn một trong: {known}.", "Choose one of: {known}.")


class CursorRefused(ShareError):
    code = "AXS044"
    says = Text("Con trỏ trang không dùng được: {why_vi}.", "The cursor cannot be used: {why_en}.")
    cure = Text(
        "Đọc lại từ trang đầu; giữ nguyên bộ lọc giữa các trang.",
        "Begin at the first page; keep the filters from page to page.",
    )


class NotOffered(ShareError):
    code = "AXS045"
    status = 403
    fault = "Server.ServerProxy.ServiceDisabled"
    says = Text("Dịch vụ “{id}” {when_vi}.", "The service “{id}” {when_en}.")
    cure = Text("Hỏi {owner_vi}.", "Ask {owner_en}.")


class PlaceUnknown(ShareError):
    code = "AXS046"
    status = 403
    fault = "Server.ServerProxy.AccessDenied"
    says = Text(
        "Dịch vụ chỉ cho mỗi cơ quan xem địa bàn của mình, mà {agency} chưa gắn với địa bàn nào.",
        "The service gives each agency its own place only, and {agency} has none.",
    )
    cure = Text(
        "Nhờ quản trị viên khai địa bàn của cơ quan.", "Have an administrator name the agency's place."
    )


class QuotaSpent(ShareError):
    code = "AXS047"
    status = 429
    retry = True
    fault = "Server.ServerProxy.QuotaExceeded"
    says = Text(
        "Đã dùng hết {limit} lượt gọi cho mỗi {unit_vi}.", "The quota of {limit} calls a {unit_en} is spent."
    )
    cure = Text("Gọi lại sau {seconds} giây.", "Call again in {seconds} seconds.")


class MethodRefused(ShareError):
    code = "AXS048"
    status = 405
    fault = "Client.MethodNotAllowed"
    says = Text("Không nhận phương thức {method} ở đây.", "{method} is not taken here.")
    cure = Text("Dùng {allowed}.", "Use {allowed}.")


class PastRefused(ShareError):
    code = "AXS049"
    says = Text("Dịch vụ không cho đọc số liệu của ngày cũ.", "The service does not give earlier days.")
    cure = Text("Bỏ as-of.", "Leave as-of out.")


class RequestUnfit(ShareError):
    code = "AXS050"
    fault = "Client.SchemaViolation"
    says = Text(
        "Yêu cầu không đúng mô tả của dịch vụ: {why}", "The request does not fit the description: {why}"
    )
    cure = Text("Xem getOpenAPI rồi sửa yêu cầu.", "Mend the request; see getOpenAPI.")


class AnswerUnfit(ShareError):
    code = "AXS051"
    status = 502
    fault = "Server.ServerProxy.SchemaViolation"
    says = Text(
        "Hệ thống của cơ quan cung cấp trả lời không đúng mô tả: {why}",
        "The provider's system answered against its description: {why}",
    )
    cure = Text("Báo cơ quan cung cấp.", "Tell the provider.")


class BreakerOpen(ShareError):
    code = "AXS052"
    status = 503
    retry = True
    fault = "Server.ServerProxy.CircuitOpen"
    says = Text(
        "Tạm ngừng gọi hệ thống của cơ quan cung cấp vì nó đang lỗi liên tiếp.",
        "The provider's system is not called for a while: it kept failing.",
    )
    cure = Text("Gọi lại sau {seconds} giây.", "Call again in {seconds} seconds.")


class TooLarge(ShareError):
    code = "AXS053"
    status = 413
    fault = "Client.TooLarge"
    says = Text("Nội dung lớn hơn {limit} byte.", "The content is larger than {limit} bytes.")
    cure = Text("Chia nhỏ yêu cầu.", "Ask for less at a time.")


class ColumnRefused(ShareError):
    code = "AXS054"
    status = 403
    fault = "Client.ColumnDenied"
    says = Text(
        "Cột “{column}” không nằm trong phần được chia sẻ cho bên gọi.",
        "The column “{column}” is not shared with the caller.",
    )
    cure = Text("Các cột được dùng: {known}.", "Columns that may be used: {known}.")


class NoSuchPath(ShareError):
    code = "AXS055"
    status = 404
    fault = "Client.NotFound"
    says = Text("Dịch vụ không có đường dẫn “{path}”.", "The service has no path “{path}”.")
    cure = Text("Xem mô tả của dịch vụ (getOpenAPI).", "See the service's description (getOpenAPI).")


class ShareFaulty(ShareError):
    code = "AXS060"
    status = 422
    says = Text("Chưa công bố được: {reason_vi}", "It cannot be published: {reason_en}")
    cure = Text("Sửa các chỗ nêu trên.", "Mend what is named.")


class ShareDeclared(ShareError):
    code = "AXS061"
    status = 409
    says = Text(
        "Dịch vụ “{id}” được khai trong thư mục của tỉnh, không sửa được tại đây.",
        "The service “{id}” is declared in the province's folder and cannot be changed here.",
    )
    cure = Text("Sửa tệp shares/{id}.yaml rồi áp dụng.", "Change the file shares/{id}.yaml and apply it.")


class DemandTwice(ShareError):
    code = "AXS062"
    status = 409
    says = Text("Cơ quan đã có yêu cầu đang chờ trả lời.", "A request of this agency waits for an answer.")
    cure = Text("Chờ cơ quan cung cấp trả lời.", "Wait for the owner's answer.")


class NoDemand(ShareError):
    code = "AXS063"
    status = 404
    says = Text("Không có yêu cầu “{id}” đang chờ.", "No request “{id}” is waiting.")
    cure = Text("Xem các yêu cầu ở trang của dịch vụ.", "See the requests on the page of the service.")


class NoSubsystem(ShareError):
    code = "AXS064"
    status = 409
    says = Text(
        "Cơ quan của tài khoản chưa có hệ thống nào trên trục.",
        "The account's agency has no system on the axis.",
    )
    cure = Text("Nhờ quản trị viên thêm hệ thống ở trang /truc/.", "Have an administrator add one at /truc/.")


class ReasonMissing(ShareError):
    code = "AXS065"
    status = 422
    says = Text("Chưa ghi {what_vi}.", "{what_en} is missing.")
    cure = Text("Điền rồi gửi lại.", "Fill it in and send again.")


class ShareTaken(ShareError):
    code = "AXS066"
    status = 409
    says = Text(
        "Mã “{id}” đã là dịch vụ của một cơ quan khác.", "“{id}” is the service of another agency already."
    )
    cure = Text("Chọn mã khác.", "Choose another id.")
