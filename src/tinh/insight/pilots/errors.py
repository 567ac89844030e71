"""What the evaluation of pilots refuses.

InsightError
└── PilotError
    ├── BadTable        INS090  the table cannot be read, or a column is missing
    ├── NotANumber      INS091  a cell of the outcome or a covariate is not a number
    ├── Twice           INS092  one unit and period stands in two rows
    ├── NobodyTreated   INS093  no unit of the table is treated within it
    ├── NobodyToCompare INS094  no unit is left to compare with
    ├── NoBefore        INS095  no period before the start
    ├── ComesAndGoes    INS096  a unit's status goes back to 0, or its start or cluster changes
    ├── UnknownUnit     INS097  a unit of the specification is not in the table
    ├── UnknownPilot    INS098  no pilot of that id
    ├── NotJudged       INS099  a fault of our own stopped the evaluation
    └── NothingAsked    INS109  what should be done with a pilot was not said
"""

from __future__ import annotations

from tinh.insight.errors import InsightError
from tinh.kit.errors import Text


class PilotError(InsightError):
    code = "INS100"
    status = 422


class BadTable(PilotError):
    code = "INS090"
    says = Text("Không dùng được bảng số liệu: {reason_vi}.", "The table cannot be used: {reason_en}.")
    cure = Text(
        "Đưa tệp CSV dạng dài, mỗi dòng một đơn vị và một kỳ; tên cột ghi ở mục data của tệp khai báo.",
        "Give a long CSV, a row for each unit and period; name its columns under `data`.",
    )


class NotANumber(PilotError):
    code = "INS091"
    says = Text(
        "Cột “{column}” có ô không phải số: “{cell}” (đơn vị {unit}, kỳ {time}).",
        "Column “{column}” has a cell that is no number: “{cell}” (unit {unit}, period {time}).",
    )
    cure = Text("Sửa ô đó, hoặc để trống nếu không có số.", "Mend that cell, or leave it empty if unknown.")


class Twice(PilotError):
    code = "INS092"
    says = Text(
        "Đơn vị {unit}, kỳ {time} có {rows} dòng; mỗi đơn vị và kỳ chỉ được một dòng.",
        "Unit {unit}, period {time} has {rows} rows; each unit and period has one.",
    )
    cure = Text("Bỏ hoặc gộp các dòng trùng trước khi đưa vào.", "Drop or merge the repeated rows first.")


class NobodyTreated(PilotError):
    code = "INS093"
    says = Text(
        "Không đơn vị nào có thí điểm bắt đầu trong các kỳ của bảng ({first} đến {last}).",
        "No unit has a pilot that starts within the periods of the table ({first} to {last}).",
    )
    cure = Text("Kiểm tra mã đơn vị và kỳ bắt đầu.", "Check the units' codes and the start.")


class NobodyToCompare(PilotError):
    code = "INS094"
    says = Text("Không còn đơn vị nào để so sánh.", "No unit is left to compare with.")
    cure = Text(
        "Thêm đơn vị không tham gia thí điểm vào bảng, hoặc bỏ bớt leave_out.",
        "Add units without the pilot to the table, or shorten leave_out.",
    )


class NoBefore(PilotError):
    code = "INS095"
    says = Text(
        "Không có kỳ nào trước khi thí điểm bắt đầu ({start}).",
        "There is no period before the pilot starts ({start}).",
    )
    cure = Text("Bổ sung số liệu các kỳ trước.", "Add the periods before.")


class ComesAndGoes(PilotError):
    code = "INS096"
    says = Text(
        "Cột “{column}” của đơn vị {unit} đổi giữa chừng, mà thí điểm đã bắt đầu thì phải giữ nguyên.",
        "Column “{column}” of unit {unit} changes, but a pilot once started stays, and so does its group.",
    )
    cure = Text("Sửa cột đó, hoặc bỏ đơn vị bằng leave_out.", "Mend the column, or leave the unit out.")


class UnknownUnit(PilotError):
    code = "INS097"
    says = Text("Bảng số liệu không có đơn vị “{unit}”.", "The table has no unit “{unit}”.")
    cure = Text("Viết đúng như trong cột đơn vị của bảng.", "Write it as the table's unit column does.")


class UnknownPilot(PilotError):
    code = "INS098"
    status = 404
    says = Text("Không có thí điểm nào mang mã “{pilot}”.", "No pilot has the id “{pilot}”.")
    cure = Text("Xem danh sách ở trang Thí điểm.", "See the list on the Pilots page.")


class NotJudged(PilotError):
    code = "INS099"
    status = 500
    says = Text(
        "Lỗi của chương trình làm dừng việc đánh giá.", "A fault of the program stopped the evaluation."
    )
    cure = Text(
        "Báo quản trị viên: nhật ký máy chủ có dòng pilot.failed. Sẽ tính lại khi số liệu hoặc khai báo đổi.",
        "Tell the administrator: the server's log has a line pilot.failed. It is judged again once data or"
        " declaration change.",
    )


class NothingAsked(PilotError):
    code = "INS109"
    status = 400
    says = Text("Không rõ cần làm gì với thí điểm này.", "What to do with this pilot was not said.")
    cure = Text(
        "Bấm nút kết thúc hoặc xóa trên trang của thí điểm.", "Use the page's button to close or delete it."
    )
