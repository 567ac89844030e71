"""What the axis refuses people and programs of the house; faults on the wire are `faults`.

AxisError
├─ IdentifierRefused  AXS001  a part of an identifier has letters that X-Road does not allow
├─ NoSuchMember       AXS002  no member, subsystem, service or right of this name
├─ AlreadyThere       AXS003  a member, subsystem or service of this identifier is there
├─ GroundMissing      AXS004  a right without purpose, legal basis or a period that holds
├─ Unreachable        AXS005  what stands behind a service does not answer
├─ ProviderMissing    AXS006  a service names a kind of provider nobody handed in
├─ NotInstalled       AXS007  the axis was asked before it was told which province it serves
├─ StampRefused       AXS008  the timestamp authority gave no stamp that holds
├─ NoSuchExchange     AXS009  the log has no exchange of this number
├─ NoWay              AXS010  no server is declared through which the member is reached
├─ AnswerNotBound     AXS011  an answer does not prove that it answers what was asked
└─ CallRefused        AXS012  the axis of the other side ended the call
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class AxisError(TinhError):
    code = "AXS000"


class IdentifierRefused(AxisError):
    code = "AXS001"
    status = 422
    says = Text(
        "“{part}” không dùng được trong định danh trên trục.", "“{part}” cannot stand in an identifier."
    )
    cure = Text(
        "Chỉ dùng chữ cái không dấu, chữ số và '()+,-.=?, tối đa 64 ký tự; đủ các phần: {wanted}.",
        "Use letters A-Z, digits and '()+,-.=?, at most 64 of them; all parts: {wanted}.",
    )


class NoSuchMember(AxisError):
    code = "AXS002"
    status = 404
    says = Text("Trục không có {what} “{name}”.", "The axis has no {what} “{name}”.")
    cure = Text("Xem danh sách: tinh axis list", "See what there is: tinh axis list")


class AlreadyThere(AxisError):
    code = "AXS003"
    status = 409
    says = Text("“{name}” đã có trên trục.", "“{name}” is on the axis already.")
    cure = Text("Chọn mã khác, hoặc dùng cái đã có.", "Choose another code, or use what is there.")


class GroundMissing(AxisError):
    code = "AXS004"
    status = 422
    says = Text("Chưa cấp được quyền: {why_vi}.", "The right cannot be given: {why_en}.")
    cure = Text(
        "Ghi mục đích, căn cứ pháp lý và thời hạn (từ ngày không sau đến ngày).",
        "State the purpose, the legal basis and the period (its first day not after its last).",
    )


class Unreachable(AxisError):
    """Facts: `where` (an address to quote), `reason`."""

    code = "AXS005"
    status = 502
    retry = True
    says = Text("{where} không trả lời: {reason}", "{where} does not answer: {reason}")
    cure = Text(
        "Thử lại sau; báo cơ quan cung cấp nếu còn lỗi.", "Try again later; tell the provider if it stays."
    )


class ProviderMissing(AxisError):
    code = "AXS006"
    status = 500
    says = Text(
        "Dịch vụ {service} chưa có nơi trả lời ({provider}).", "Nothing answers for {service} ({provider})."
    )
    cure = Text("Sửa khai báo của dịch vụ.", "Mend the declaration of the service.")


class NotInstalled(AxisError):
    code = "AXS007"
    status = 500
    says = Text("Trục chưa được giao tỉnh nào.", "The axis has not been told which province it serves.")
    cure = Text("Khởi động qua tinh.site.", "Start through tinh.site.")


class StampRefused(AxisError):
    code = "AXS008"
    status = 502
    retry = True
    says = Text(
        "Nơi cấp dấu thời gian {authority} không cấp được: {reason}",
        "The timestamp authority {authority} gave no stamp: {reason}",
    )
    cure = Text(
        "Kiểm tra TINH_AXIS_TSA và TINH_AXIS_TSA_ROOTS; các lô chờ sẽ được đóng dấu lần sau.",
        "Check TINH_AXIS_TSA and TINH_AXIS_TSA_ROOTS; the batches wait for the next stamp.",
    )


class NoSuchExchange(AxisError):
    code = "AXS009"
    status = 404
    says = Text("Nhật ký không có lượt gọi “{id}”.", "The log has no exchange “{id}”.")
    cure = Text("Tìm lại ở /truc/nhat-ky/.", "Look for it at /truc/nhat-ky/.")


class NoWay(AxisError):
    code = "AXS010"
    status = 404
    says = Text(
        "Chưa khai báo máy chủ nào để tới “{member}”.",
        "No server is declared through which “{member}” is reached.",
    )
    cure = Text("Thêm vào axis.remotes của province.yaml.", "Add one to axis.remotes of province.yaml.")


class AnswerNotBound(AxisError):
    code = "AXS011"
    status = 502
    says = Text(
        "Câu trả lời của {service} không gắn với yêu cầu đã gửi: {why}.",
        "The answer of {service} is not bound to what was asked: {why}.",
    )
    cure = Text("Không dùng câu trả lời này; báo bên cung cấp.", "Do not use it; tell the provider.")


class CallRefused(AxisError):
    """Facts: `service`, `type`, `message` as the other side worded them."""

    code = "AXS012"
    status = 502
    says = Text(
        "Trục từ chối gọi {service}: {type}: {message}",
        "The axis ended the call to {service}: {type}: {message}",
    )
    cure = Text("Làm theo thông báo của bên kia.", "Do as the other side's message says.")
