"""What the corridor refuses.

FlowError
├── UnknownDataset  FLW001  the province has no dataset of this id
├── Stumbled        FLW002  a step failed in a way nobody foresaw; the bytes are kept
├── RawLost         FLW003  the bytes of an accepted delivery are gone from the raw store
├── UnknownIndicators FLW004  the province has no indicator of this id
├── NoSuchVersion   FLW050  no such applied version
├── VersionUnreadable FLW051  an applied version no longer compiles with this software
├── WouldBreak      FLW052  a published series would change its meaning under the same version
├── PlanStale       FLW053  the folder is not the one the plan was made of
├── AppliedMeanwhile FLW054  somebody else applied a version since the plan was made
├── NothingToApply  FLW055  the folder is what is applied already
├── NoReason        FLW056  a version is applied with a reason
├── NoSuchDelivery  FLW030  no judged receipt of this id
├── AlreadyRecalled FLW031  somebody recalled the receipt before
├── NotRecalled     FLW032  a receipt that counts cannot be reinstated
├── ReasonNeeded    FLW033  a recall or a reinstatement without a reason
├── WasRecalled     FLW034  the same bytes sent again after they were recalled
├── RecalledWith    FLW035  the receipt went with the one it answers and comes back with it
└── DatasetAway     FLW036  the receipt's dataset is not in use now
└── MendingError    FLW010–023  of answers, releases and proposals: see `mending_errors`
├── NoTable         FLW040  a file in which no table was found
├── NoSuchLayout    FLW041  the dataset has no learned layout of this name
├── LayoutFaulty    FLW042  a layout that does not fit its contract or cannot be read
├── LayoutDeclared  FLW043  a layout of the province's folder, which only its authors change
└── TrialGone       FLW044  a waiting file whose time is over, or somebody else's
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class FlowError(TinhError):
    code = "FLW000"


class UnknownDataset(FlowError):
    code = "FLW001"
    status = 404
    says = Text(
        "Tỉnh này không có bộ dữ liệu “{dataset}”.",
        "This province has no dataset “{dataset}”.",
    )
    cure = Text("Chọn một trong các bộ dữ liệu: {known}.", "Choose one of: {known}.")


class Stumbled(FlowError):
    code = "FLW002"
    status = 500
    retry = True
    says = Text(
        "Không xử lý xong lần gửi {receipt} ở bước “{step}”: {reason}",
        "Delivery {receipt} could not be finished at step “{step}”: {reason}",
    )
    cure = Text(
        "Dữ liệu đã nhận vẫn còn nguyên và sẽ được xử lý lại khi khởi động. Nếu lỗi lặp lại, gửi nhật ký "
        "của lần chạy cho người quản trị.",
        "What was received is safe and will be tried again at the next start. If it fails again, send the "
        "run's journal to the administrator.",
    )


class RawLost(FlowError):
    code = "FLW003"
    status = 500
    says = Text(
        "Không còn bản gốc của lần gửi {receipt} (mã băm {digest}) trong kho.",
        "The original of delivery {receipt} (digest {digest}) is gone from the store.",
    )
    cure = Text(
        "Khôi phục thư mục raw từ bản sao lưu, hoặc gửi lại tệp.",
        "Restore the raw folder from a backup, or send the file again.",
    )


class UnknownIndicators(FlowError):
    code = "FLW004"
    status = 404
    says = Text("Tỉnh này không có chỉ tiêu “{indicator}”.", "This province has no indicator “{indicator}”.")
    cure = Text("Chọn một trong các chỉ tiêu: {known}.", "Choose one of: {known}.")


class NoSuchVersion(FlowError):
    code = "FLW050"
    status = 404
    says = Text("Không có bản áp dụng số {number}.", "There is no applied version {number}.")
    cure = Text("Có các bản: {known}.", "There are: {known}.")


class VersionUnreadable(FlowError):
    code = "FLW051"
    status = 500
    says = Text(
        "Bản áp dụng số {number} không biên dịch được với phần mềm này: {reason}",
        "Applied version {number} does not compile with this software: {reason}",
    )
    cure = Text(
        "Chạy tinh check để sửa thư mục tỉnh, rồi tinh apply để áp dụng một bản mới.",
        "Mend the province folder with tinh check, then apply a new version with tinh apply.",
    )


class WouldBreak(FlowError):
    code = "FLW052"
    status = 409
    says = Text("Chưa áp dụng được: {findings_vi}", "This cannot be applied: {findings_en}")
    cure = Text(
        "Tăng version của chỉ tiêu và giữ định nghĩa cũ bằng replaces; xem tinh plan.",
        "Raise the indicator's version and keep the old definition with replaces; see tinh plan.",
    )


class PlanStale(FlowError):
    code = "FLW053"
    status = 409
    says = Text(
        "Thư mục tỉnh đã đổi sau khi xem kế hoạch.",
        "The province folder has changed since the plan was shown.",
    )
    cure = Text("Xem lại kế hoạch rồi áp dụng.", "Look at the plan again, then apply.")


class AppliedMeanwhile(FlowError):
    code = "FLW054"
    status = 409
    says = Text(
        "Người khác vừa áp dụng bản số {number}.", "Version {number} was applied by somebody else meanwhile."
    )
    cure = Text("Xem lại kế hoạch rồi áp dụng.", "Look at the plan again, then apply.")


class NothingToApply(FlowError):
    code = "FLW055"
    status = 409
    says = Text(
        "Thư mục tỉnh giống hệt bản áp dụng số {number}.",
        "The province folder is what applied version {number} says already.",
    )
    cure = Text("Không cần làm gì.", "There is nothing to do.")


class NoReason(FlowError):
    code = "FLW056"
    status = 422
    says = Text("Chưa ghi lý do áp dụng.", "No reason was given for applying.")
    cure = Text(
        "Ghi một câu: thay đổi gì, vì sao, theo văn bản nào.",
        "Write one sentence: what changes, why, by which document.",
    )


class NoSuchDelivery(FlowError):
    code = "FLW030"
    status = 404
    says = Text(
        "Không có lần gửi {receipt} nào đã được xét.", "There is no receipt {receipt} that has been judged."
    )
    cure = Text(
        "Kiểm tra lại mã; lần vừa gửi thì chờ vài giây cho xét xong rồi thử lại.",
        "Check the id; if it has only just been sent, wait a few seconds until it is judged and try again.",
    )


class AlreadyRecalled(FlowError):
    code = "FLW031"
    status = 409
    says = Text(
        "Lần gửi {receipt} đã được {actor} thu hồi lúc {at}, vì: {reason}",
        "Receipt {receipt} was recalled by {actor} at {at}, because: {reason}",
    )
    cure = Text(
        "Không cần thu hồi nữa. Nếu đó là nhầm lẫn, hãy khôi phục lần gửi.",
        "Nothing is left to do. If that was a mistake, reinstate the receipt.",
    )


class NotRecalled(FlowError):
    code = "FLW032"
    status = 409
    says = Text(
        "Lần gửi {receipt} đang được tính, không ở trong tình trạng thu hồi.",
        "Receipt {receipt} counts; it is not recalled.",
    )
    cure = Text("Không cần khôi phục.", "There is nothing to reinstate.")


class ReasonNeeded(FlowError):
    code = "FLW033"
    status = 422
    says = Text("Thiếu lý do.", "A reason is missing.")
    cure = Text(
        "Viết lý do trong một câu (không quá {most} ký tự): nó được lưu vào lịch sử của lần gửi.",
        "Write the reason in one sentence (at most {most} characters): it stays in the receipt's history.",
    )


class WasRecalled(FlowError):
    code = "FLW034"
    status = 409
    says = Text(
        "Tệp này đã được nhận (lần gửi {receipt}) và sau đó {actor} đã thu hồi lúc {at}, vì: {reason}",
        "This file was received (receipt {receipt}) and recalled by {actor} at {at}, because: {reason}",
    )
    cure = Text(
        "Nếu tệp đúng, hãy khôi phục lần gửi đó tại /du-lieu/nhan/{receipt}/thu-hoi "
        "(hoặc: tinh reinstate {receipt} --reason …); nếu không, gửi tệp đã sửa.",
        "If the file is right, reinstate that receipt at /du-lieu/nhan/{receipt}/thu-hoi "
        "(or: tinh reinstate {receipt} --reason …); otherwise send the corrected file.",
    )


class RecalledWith(FlowError):
    code = "FLW035"
    status = 409
    says = Text(
        "Lần gửi {receipt} được thu hồi cùng lần gửi {other} mà nó trả lời.",
        "Receipt {receipt} was recalled together with receipt {other}, which it answers.",
    )
    cure = Text("Khôi phục lần gửi {other}.", "Reinstate receipt {other}.")


class DatasetAway(FlowError):
    code = "FLW036"
    status = 409
    says = Text(
        "Bộ dữ liệu “{dataset}” của lần gửi {receipt} hiện không dùng nữa.",
        "Dataset “{dataset}” of receipt {receipt} is not in use now.",
    )
    cure = Text(
        "Khai lại gói có bộ dữ liệu này rồi thử lại; dữ liệu không được dùng thì không tính vào đâu cả.",
        "Put the pack of this dataset back in use and try again; data not in use counts for nothing.",
    )


class NoTable(FlowError):
    code = "FLW040"
    status = 422
    says = Text("Không thấy bảng nào trong tệp “{filename}”.", "No table was found in “{filename}”.")
    cure = Text(
        "Gửi tệp có một dòng tiêu đề và các dòng số liệu bên dưới.",
        "Send a file with a header row and rows of data below it.",
    )


class NoSuchLayout(FlowError):
    code = "FLW041"
    status = 404
    says = Text(
        "Bộ dữ liệu “{dataset}” không có bố cục đã lưu tên “{name}”.",
        "Dataset “{dataset}” has no saved layout “{name}”.",
    )
    cure = Text("Có: {known}.", "There are: {known}.")


class LayoutFaulty(FlowError):
    code = "FLW042"
    status = 422
    says = Text("Bố cục này chưa dùng được: {reason_vi}", "This layout cannot be used: {reason_en}")
    cure = Text(
        "Sửa theo lời nhắc rồi lưu lại; docs/guide/bo-cuc.md giải thích từng phần.",
        "Correct what is said and save again; docs/guide/bo-cuc.md explains each part.",
    )


class LayoutDeclared(FlowError):
    code = "FLW043"
    status = 409
    says = Text(
        "Bố cục “{name}” nằm trong thư mục khai báo của tỉnh, không sửa được ở đây.",
        "Layout “{name}” stands in the province's declared folder and cannot be changed here.",
    )
    cure = Text(
        "Lưu bố cục mới với tên khác, hoặc sửa tệp khai báo.",
        "Save a new layout under another name, or edit the declared file.",
    )


class TrialGone(FlowError):
    code = "FLW044"
    status = 404
    says = Text(
        "Không còn tệp chờ này: đã quá {hours} giờ, hoặc không phải của bạn.",
        "This waiting file is gone: {hours} hours have passed, or it is not yours.",
    )
    cure = Text("Chọn lại tệp từ đầu.", "Choose the file again.")
