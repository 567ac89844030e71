"""Why the gate refuses a whole delivery.

GateError
  GAT001 NothingReceived  a table without rows
  GAT002 TooManyFail      fewer rows are right than the contract asks for
  GAT004 OtherNotation    the same, because numbers are written in another way than declared
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


class OtherNotation(TooManyFail):
    code = "GAT004"
    says = Text(
        "Chỉ {right}/{received} dòng đúng quy tắc, dưới mức {percent} % mà hợp đồng dữ liệu yêu cầu: số ở "
        "cột “{column}” viết khác lối đã khai (“{seen}”; hợp đồng đọc “{wanted}”).",
        "Only {right} of {received} rows keep the rules, under the {percent} % the contract asks for: the "
        "numbers of “{column}” are not written as declared (“{seen}”; the contract reads “{wanted}”).",
    )
    cure = Text(
        "Gửi lại với số viết như hợp đồng đọc, không dấu cách và số âm ghi bằng dấu trừ; nếu cơ quan luôn "
        "viết thế, đề nghị khai lại decimal và group của cột trong hợp đồng.",
        "Send them again as the contract reads them, without spaces and with a minus for what is negative; "
        "where the agency always writes so, ask for decimal and group of the column to be declared anew.",
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
