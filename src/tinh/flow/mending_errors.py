"""What the mending of held rows refuses.

MendingError
├── UnknownReceipt   FLW010  there is no such receipt
├── NothingHeld      FLW011  no row of the receipt is held (any more)
├── NoLines          FLW012  the answer does not say which rows it is about
├── OtherReceipt     FLW013  the answer is about another receipt
├── WrongLines       FLW014  rows that are unknown, extra, repeated, or whose identification changed
├── AllMended        FLW015  somebody has mended all these rows before
├── NotReadable      FLW016  rows that cannot be released, because they cannot be read
├── ReasonNeeded     FLW017  a release without a reason
├── NotHeld          FLW018  chosen rows that are not held
├── NoSuchProposal   FLW019  a proposal that is not (or no longer) offered
├── Recalled         FLW020  the receipt has been recalled
├── DatasetGone      FLW021  the province no longer declares the dataset
├── AnAnswer         FLW022  the receipt is itself an answer
└── NewerBears       FLW023  rows that cannot be released, because a newer receipt bears their key
"""

from __future__ import annotations

from tinh.flow.errors import FlowError
from tinh.kit.errors import Text


class MendingError(FlowError):
    code = "FLW029"


class UnknownReceipt(MendingError):
    code = "FLW010"
    status = 404
    says = Text("Không có biên nhận {receipt}.", "There is no receipt {receipt}.")
    cure = Text("Xem các lần gửi ở trang Dữ liệu.", "See the receipts on the data page.")


class NothingHeld(MendingError):
    code = "FLW011"
    status = 409
    says = Text(
        "Biên nhận {receipt} không còn dòng nào bị giữ.", "No row of receipt {receipt} is held any more."
    )
    cure = Text("Không cần làm gì thêm.", "There is nothing left to do.")


class NoLines(MendingError):
    code = "FLW012"
    status = 422
    says = Text(
        "Tệp “{filename}” không có cột “Mã dòng”, nên không biết mỗi dòng sửa cho dòng nào đã bị giữ.",
        "File “{filename}” has no column “Row id”, so nobody can tell which held row each of its rows mends.",
    )
    cure = Text(
        "Tải bảng các dòng bị giữ, sửa ngay trong bảng đó, không xoá cột đầu tiên, rồi gửi lại. "
        "Chương trình gửi CSV thì giữ cột “_row”.",
        "Download the spreadsheet of held rows, mend in it without removing its first column, and send it "
        "back. Programs that send CSV keep the column “_row”.",
    )


class OtherReceipt(MendingError):
    code = "FLW013"
    status = 422
    says = Text(
        "Bảng này là của biên nhận {found}, không phải của {receipt}.",
        "This spreadsheet belongs to receipt {found}, not to {receipt}.",
    )
    cure = Text(
        "Mở biên nhận {found} rồi gửi bảng ở đó.", "Open receipt {found} and send the spreadsheet there."
    )


class WrongLines(MendingError):
    code = "FLW014"
    status = 422
    says = Text("Không nhận bảng sửa: {what_vi}.", "The answer was not taken: {what_en}.")
    cure = Text(
        "Chưa dòng nào được ghi. Tải lại bảng các dòng bị giữ, chép các ô đã sửa sang, giữ nguyên cột "
        "“Mã dòng”, không thêm dòng; dòng mới thì gửi bằng một tệp dữ liệu riêng.",
        "No row was taken. Download the held rows again, copy what you mended into it, leave the column "
        "“Row id” as it is and add no rows; send new rows as a delivery of their own.",
    )


class AllMended(MendingError):
    code = "FLW015"
    status = 409
    says = Text(
        "Các dòng trong bảng này đã được xử lý trước đó: {what_vi}.",
        "The rows of this spreadsheet have been dealt with before: {what_en}.",
    )
    cure = Text(
        "Xem phần lịch sử của biên nhận. Nếu giá trị đã ghi còn sai, gửi lại dòng đó trong một tệp mới.",
        "See the history of the receipt. If a value taken is still wrong, send its row again in a new file.",
    )


class NotReadable(MendingError):
    code = "FLW016"
    status = 422
    says = Text("Không cho qua được dòng {rows}: {what_vi}.", "Row {rows} cannot be released: {what_en}.")
    cure = Text(
        "Chỉ cho qua được dòng đọc được đúng kiểu, có khóa riêng, có địa bàn và kỳ. "
        "Hãy sửa dòng này rồi gửi lại.",
        "Only rows that can be read in their types, with a key of their own, a place and a period can be "
        "released. Mend this row and send it back.",
    )


class ReasonNeeded(MendingError):
    code = "FLW017"
    status = 422
    says = Text("Chưa ghi lý do cho qua.", "A release needs a reason.")
    cure = Text(
        "Ghi vì sao các dòng này đúng dù không đạt quy tắc.",
        "Write why these rows are right although they fail a rule.",
    )


class NotHeld(MendingError):
    code = "FLW018"
    status = 422
    says = Text("Không phải dòng đang bị giữ: {rows}.", "Not among the rows that are held: {rows}.")
    cure = Text("Tải lại trang rồi chọn lại.", "Load the page again and choose anew.")


class NoSuchProposal(MendingError):
    code = "FLW019"
    status = 409
    says = Text(
        "Đề xuất không còn nữa: {ids}. Có thể các dòng ấy đã được sửa.",
        "These proposals are not offered any more: {ids}. Their rows may have been mended.",
    )
    cure = Text("Tải lại danh sách đề xuất rồi chọn lại.", "Load the proposals again and choose anew.")


class Recalled(MendingError):
    code = "FLW020"
    status = 409
    says = Text(
        "Biên nhận {receipt} đã bị thu hồi, nên không sửa hay cho qua dòng của nó được.",
        "Receipt {receipt} has been recalled, so its rows can be neither mended nor released.",
    )
    cure = Text(
        "Khôi phục biên nhận trước, hoặc gửi một tệp mới.",
        "Reinstate the receipt first, or send a new file.",
    )


class DatasetGone(MendingError):
    code = "FLW021"
    status = 409
    says = Text(
        "Tỉnh không còn khai bộ dữ liệu “{dataset}”, nên không có quy tắc để xét lại.",
        "The province no longer declares dataset “{dataset}”, so there are no rules to judge by.",
    )
    cure = Text("Khai lại bộ dữ liệu rồi gửi.", "Declare the dataset again, then send.")


class AnAnswer(MendingError):
    code = "FLW022"
    status = 409
    says = Text(
        "Biên nhận {receipt} là bản sửa của {original}; dòng còn sai nằm ở {original}.",
        "Receipt {receipt} answers {original}; what is still wrong is held there.",
    )
    cure = Text("Sửa ở biên nhận {original}.", "Mend at receipt {original}.")


class NewerBears(MendingError):
    code = "FLW023"
    status = 409
    says = Text(
        "Không cho qua được dòng {rows}: lần gửi mới hơn {newer} đã có dòng mang cùng khóa.",
        "Row {rows} cannot be released: the newer receipt {newer} has a row with the same key.",
    )
    cure = Text(
        "Số liệu mới hơn được giữ. Nếu số liệu mới sai, thu hồi lần gửi {newer} rồi cho qua, "
        "hoặc gửi một tệp mới.",
        "The newer figures stand. If they are wrong, recall receipt {newer} and release again, "
        "or send a new file.",
    )
