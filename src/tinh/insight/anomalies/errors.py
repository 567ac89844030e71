"""What the search for anomalies refuses; a series that cannot be judged is named and stops no other.

InsightError
└── SeriesError
    ├── TooShort       INS050  fewer points than anything can be learnt from
    ├── Constant       INS051  the same value throughout
    ├── Duplicated     INS052  two points of one moment
    ├── NotNumeric     INS053  a value that is no number
    ├── NoWhen         INS054  a moment that cannot be read
    ├── LacksColumns   INS055  not a table of unique_id, ds, y
    ├── BadSeason      INS056  a season that is no length
    ├── NoSuchAnomaly  INS057  nobody raised that
    └── BadMark        INS058  a mark that is none of the three, or without its note
"""

from __future__ import annotations

from tinh.insight.errors import InsightError
from tinh.kit.errors import Text


class SeriesError(InsightError):
    code = "INS059"


class TooShort(SeriesError):
    code = "INS050"
    says = Text(
        "Chuỗi “{series}” chỉ có {count} điểm có số; cần ít nhất {least}.",
        "Series “{series}” has {count} points with a number; at least {least} are needed.",
    )
    cure = Text("Thêm số liệu các kỳ trước.", "Add the figures of earlier periods.")


class Constant(SeriesError):
    code = "INS051"
    says = Text(
        "Chuỗi “{series}” lúc nào cũng bằng {value:g}: không có gì để so.",
        "Series “{series}” is {value:g} throughout: there is nothing to compare.",
    )
    cure = Text("Kiểm tra nguồn gửi chuỗi này.", "Check the source of this series.")


class Duplicated(SeriesError):
    code = "INS052"
    says = Text("Chuỗi “{series}” có hai giá trị cho {when}.", "Series “{series}” has two values for {when}.")
    cure = Text("Giữ lại một dòng cho mỗi thời điểm.", "Keep one row for each moment.")


class NotNumeric(SeriesError):
    code = "INS053"
    says = Text(
        "Chuỗi “{series}”, lúc {when}: “{value}” không phải là số, hoặc lớn quá mức tính được.",
        "Series “{series}” at {when}: “{value}” is no number, or too large to count with.",
    )
    cure = Text("Sửa ô đó, hoặc để trống nếu không có số.", "Mend the cell, or leave it empty.")


class NoWhen(SeriesError):
    code = "INS054"
    says = Text(
        "Chuỗi “{series}”: không đọc được thời điểm “{value}”.",
        "Series “{series}”: the moment “{value}” cannot be read.",
    )
    cure = Text(
        "Viết ds là số nguyên, ngày (2026-03-01), giờ (2026-03-01T07:00) hoặc kỳ (2026-03, 2026-Q1, 2026).",
        "Write ds as an integer, a date (2026-03-01), a moment (2026-03-01T07:00) or a period"
        " (2026-03, 2026-Q1, 2026).",
    )


class LacksColumns(InsightError):
    code = "INS055"
    says = Text("Bảng thiếu cột: {columns}.", "The table lacks the columns {columns}.")
    cure = Text("Đặt tên các cột là unique_id, ds, y.", "Name the columns unique_id, ds, y.")


class BadSeason(InsightError):
    code = "INS056"
    says = Text("“{season}” không phải là độ dài một mùa.", "“{season}” is not the length of a season.")
    cure = Text(
        "Viết số điểm của một mùa, nhiều mùa cách nhau bằng dấu phẩy: 24,168.",
        "Write the number of points of a season, several with commas: 24,168.",
    )


class NoSuchAnomaly(InsightError):
    code = "INS057"
    status = 404
    says = Text("Không có bất thường nào mang mã “{anomaly}”.", "No anomaly has the id “{anomaly}”.")
    cure = Text("Lấy mã từ danh sách bất thường.", "Take the id from the list of anomalies.")


class BadMark(InsightError):
    code = "INS058"
    status = 422
    says = Text("Chưa ghi nhận được: {reason_vi}.", "It cannot be marked: {reason_en}.")
    cure = Text(
        "Chọn “có thật”, “lỗi số liệu” hoặc “đã biết”, và ghi một câu vì sao (tối đa 500 ký tự).",
        "Choose real, data error or known, and say why in one sentence (at most 500 characters).",
    )
