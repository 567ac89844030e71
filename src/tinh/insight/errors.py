"""What insight refuses.

InsightError
├── UnknownIndicator   INS001  no indicator of that id
├── NoTime             INS002  the formula reads rows that nothing places in time
├── TooFine            INS003  the indicator's period is finer than its data
├── BadSql             INS004  a SQL formula gives the wrong columns or fails
├── NothingToTrace     INS005  no row stands behind that place and period
├── Circular           INS006  derived indicators that need each other
└── BadPeriod          INS007  a period of another grain than the indicator's
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class InsightError(TinhError):
    code = "INS000"


class UnknownIndicator(InsightError):
    code = "INS001"
    status = 404
    says = Text("Không có chỉ tiêu nào mang mã “{indicator}”.", "No indicator has the id “{indicator}”.")
    cure = Text(
        "Xem danh mục chỉ tiêu của tỉnh để lấy đúng mã.{hint}",
        "Look the id up in the province's catalogue.{hint}",
    )


class NoTime(InsightError):
    code = "INS002"
    says = Text(
        "Chỉ tiêu “{indicator}” đọc bộ dữ liệu “{dataset}”, nhưng hợp đồng không nói cột nào cho biết kỳ.",
        "Indicator “{indicator}” reads dataset “{dataset}”, whose contract names no column for the period.",
    )
    cure = Text(
        "Thêm mục `period` (cột, độ chi tiết) vào hợp đồng, hoặc khai bộ dữ liệu là sổ đăng ký (register).",
        "Add `period` (column, every) to the contract, or declare the dataset a register.",
    )


class TooFine(InsightError):
    code = "INS003"
    says = Text(
        "Chỉ tiêu “{indicator}” tính theo {period}, chi tiết hơn dữ liệu của “{dataset}” (theo {every}).",
        "Indicator “{indicator}” is by {period}, finer than the data of “{dataset}” (by {every}).",
    )
    cure = Text("Đổi kỳ của chỉ tiêu thành {every} hoặc dài hơn.", "Make its period {every} or longer.")


class BadSql(InsightError):
    code = "INS004"
    says = Text(
        "Câu lệnh SQL của chỉ tiêu “{indicator}” không dùng được: {reason}",
        "The SQL of indicator “{indicator}” cannot be used: {reason}",
    )
    cure = Text(
        "Câu lệnh phải là một SELECT cho các cột place, period, value (có thể thêm num, den, cov_num,"
        " cov_den, simulated), mọi kỳ cùng một độ chi tiết.",
        "Write one SELECT of place, period, value (num, den, cov_num, cov_den, simulated may be added),"
        " all periods of one grain.",
    )


class NothingToTrace(InsightError):
    code = "INS005"
    status = 404
    says = Text(
        "Không có dữ liệu nào đứng sau “{indicator}” tại {place}, kỳ {period}.",
        "No data stands behind “{indicator}” at {place} in {period}.",
    )
    cure = Text(
        "Kiểm tra mã địa bàn và kỳ. Các kỳ chỉ số này có giá trị: {span}.",
        "Check the place code and the period. Periods this indicator has values for: {span}.",
    )


class Circular(InsightError):
    code = "INS006"
    says = Text(
        "Các chỉ tiêu tính từ nhau thành vòng: {chain}.",
        "Indicators are computed from each other in a circle: {chain}.",
    )
    cure = Text("Bỏ một mắt trong vòng này.", "Break the circle at one of them.")


class BadPeriod(InsightError):
    code = "INS007"
    says = Text(
        "“{period}” không phải là một kỳ theo {grain_vi} của chỉ tiêu “{indicator}”.",
        "“{period}” is not a {grain} of indicator “{indicator}”.",
    )
    cure = Text("Viết kỳ theo mẫu {example}.", "Write the period like {example}.")
