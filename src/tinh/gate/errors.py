"""Why the gate refuses a whole delivery.

GateError
  GAT001 NothingReceived  a table without rows
  GAT002 TooManyFail      fewer rows are right than the contract asks for
  GAT003 CheckFailed      a check on the whole delivery failed so that it cannot be the one expected
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class GateError(TinhError):
    code = "GAT000"
    status = 422


class NothingReceived(GateError):
    code = "GAT001"
    says = Text("Lần gửi không có dòng dữ liệu nào.", "The delivery holds no rows.")
    cure = Text(
        "Kiểm tra bộ lọc hoặc khoảng thời gian khi xuất dữ liệu rồi gửi lại.",
        "Check the filter or the time span of the export, then resend it.",
    )


class TooManyFail(GateError):
    code = "GAT002"
    says = Text(
        "Chỉ {right}/{received} dòng đúng quy tắc, dưới mức {percent} % mà hợp đồng dữ liệu yêu cầu.",
        "Only {right} of {received} rows keep the rules, under the {percent} % the contract asks for.",
    )
    cure = Text(
        "Xem các dòng bị giữ và lý do, sửa ở nguồn rồi gửi lại cả tệp.",
        "Look at the held rows and their reasons, mend them at the source and resend the whole file.",
    )


class CheckFailed(GateError):
    code = "GAT003"
    says = Text(
        "Lần gửi không đạt kiểm tra “{rule}”: đo được {measured}, yêu cầu {expected}.",
        "The delivery fails the check “{rule}”: measured {measured}, expected {expected}.",
    )
    cure = Text(
        "Kiểm tra tệp có đủ và đúng bộ dữ liệu không rồi gửi lại.",
        "Check that the file is whole and the right one, then resend it.",
    )
