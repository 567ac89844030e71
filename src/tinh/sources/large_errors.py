"""Refusals of large deliveries; part of the tree in `errors`."""

from __future__ import annotations

from tinh.kit.errors import Text
from tinh.sources.family import SourceError


class RecordTooLarge(SourceError):
    code = "SRC060"
    says = Text(
        "Trong tệp “{filename}” có một bản ghi bắt đầu ở dòng {line} dài hơn {limit}, không thể là một dòng "
        "của bảng.",
        "In the file “{filename}” one record, which begins in line {line}, is longer than {limit}; a row of "
        "a table is not.",
    )
    cure = Text(
        "Kiểm tra dấu ngoặc kép và dấu xuống dòng từ dòng đó, xuất lại tệp rồi gửi lại.",
        "Check the quotes and the line ends from that line on, export the file again and resend it.",
    )


class OldLettersTooLarge(SourceError):
    code = "SRC061"
    says = Text(
        "Tệp “{filename}” có {size} chữ không phải Unicode (phông chữ cũ như TCVN3, VNI hoặc bảng mã của "
        "Windows); loại này phải đọc cả tệp một lần nên chỉ nhận đến {limit}.",
        "The file “{filename}” holds {size} of text that is not Unicode (an old font such as TCVN3 or VNI, "
        "or a code page of Windows); such text is read at one go and taken up to {limit} only.",
    )
    cure = Text(
        "Chuyển chữ sang Unicode (bộ công cụ của UniKey, hoặc lưu CSV UTF-8) rồi gửi lại; hoặc chia tệp "
        "thành các phần nhỏ hơn {limit}, mỗi phần giữ dòng tiêu đề.",
        "Convert the letters to Unicode (UniKey's toolkit, or save as CSV UTF-8) and resend it; or split the "
        "file into parts of less than {limit}, each with the header.",
    )
